//! Where in a document does something stand?

use super::node::Node;
use std::fmt;
use std::ops::Range;

/// A place in a permission document: the way from its top to one value, such as `permissions[3].allow[0]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    steps: Vec<Step>,
}

/// One step on the way to a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into the member of this name.
    Member(String),
    /// Into the element of this number, from 0.
    Element(usize),
}

impl Place {
    /// The place of a permission.
    #[must_use]
    pub fn permission(number: usize) -> Self {
        Self::default().member("permissions").element(number)
    }

    /// The place of a member of the object that stands here.
    #[must_use]
    pub fn member(mut self, name: &str) -> Self {
        self.steps.push(Step::Member(name.to_owned()));
        self
    }

    /// The place of an element of the list that stands here, counted from 0.
    #[must_use]
    pub fn element(mut self, number: usize) -> Self {
        self.steps.push(Step::Element(number));
        self
    }

    /// The steps from the top of the document.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The bytes of the document that stand here; `None` where the document has no such place.
    #[must_use]
    pub fn find_in(&self, document: &[u8]) -> Option<Range<usize>> {
        let text = super::text::read(document).ok()?;
        find(&Node::top(text).ok()?, &self.steps)
    }
}

fn find(node: &Node<'_>, steps: &[Step]) -> Option<Range<usize>> {
    let Some((step, rest)) = steps.split_first() else { return Some(node.range()) };
    let inner = match step {
        Step::Member(name) => node.members()?.into_iter().find(|member| member.name() == name)?.into_value(),
        Step::Element(number) => node.elements()?.into_iter().nth(*number)?,
    };
    find(&inner, rest)
}

impl fmt::Display for Place {
    /// A name with a character that means something in a place stands in brackets: `claims["custom:a.b"]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            return f.write_str(".");
        }
        for (number, step) in self.steps.iter().enumerate() {
            match step {
                Step::Element(element) => write!(f, "[{element}]")?,
                Step::Member(name) if !is_plain(name) => write!(f, "[{}]", serde_json::Value::from(name.as_str()))?,
                Step::Member(name) if number == 0 => f.write_str(name)?,
                Step::Member(name) => write!(f, ".{name}")?,
            }
        }
        Ok(())
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['.', '[', ']', '"', '`', '\\', ' ']) && !name.contains(char::is_control)
}

/// Line and column of a byte of the document, both from 1. The column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1. A byte order mark is none.
    pub column: usize,
}

impl Position {
    /// Where a document begins.
    const BEGIN: Self = Self { line: 1, column: 1 };

    /// Where the byte at this offset stands.
    #[must_use]
    pub fn of(document: &[u8], offset: usize) -> Self {
        Self::BEGIN.behind(document.get(..offset).unwrap_or(document))
    }

    /// Where the text ends that begins here.
    fn behind(self, text: &[u8]) -> Self {
        let is_begin = self == Self::BEGIN;
        let text = if is_begin { text.strip_prefix(super::text::MARK).unwrap_or(text) } else { text };
        let lines = text.split(|byte| *byte == b'\n').count().saturating_sub(1);
        let last = text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        // In UTF-8 every character has one byte that does not begin with the bits 10.
        let characters = last.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count();
        let before = if lines == 0 { self.column } else { 1 };
        Self { line: self.line + lines, column: before + characters }
    }

    /// Where these offsets stand, which are in order. The document is looked at once.
    pub(super) fn of_all(document: &[u8], offsets: impl Iterator<Item = usize>) -> Vec<Self> {
        let (mut position, mut begin) = (Self::BEGIN, 0);
        let mut positions = Vec::new();
        for offset in offsets {
            position = position.behind(document.get(begin..offset).unwrap_or_default());
            begin = begin.max(offset);
            positions.push(position);
        }
        positions
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_the_way_it_names() {
        let document = "\u{feff}{ \"a\": [1, {\"custom:b.c\": \"d\\n\"}],\n \"\\u0065\": 2 }";
        let top = Place::default;
        for (place, written, found) in [
            (top().member("a").element(0), "a[0]", Some("1")),
            (top().member("a").element(1).member("custom:b.c"), "a[1][\"custom:b.c\"]", Some("\"d\\n\"")),
            (top().member("e"), "e", Some("2")),
            (top().member("a").element(2), "a[2]", None),
            (top().member("a").member("b"), "a.b", None),
            (Place::permission(3).member("allow").element(1), "permissions[3].allow[1]", None),
        ] {
            let range = place.find_in(document.as_bytes());
            assert_eq!((place.to_string().as_str(), range.and_then(|range| document.get(range))), (written, found));
        }
    }

    #[test]
    fn a_position_counts_lines_and_characters() {
        let document = "\u{feff}{é\n  ü: 1";
        for (offset, line, column) in [(3, 1, 1), (4, 1, 2), (6, 1, 3), (7, 2, 1), (9, 2, 3), (11, 2, 4), (99, 2, 7)] {
            assert_eq!(Position::of(document.as_bytes(), offset), Position { line, column }, "{offset}");
        }
        let offsets = [3, 3, 4, 6, 7, 9, 11, 11];
        let one_by_one = offsets.map(|offset| Position::of(document.as_bytes(), offset));
        assert_eq!(Position::of_all(document.as_bytes(), offsets.into_iter()), one_by_one);
    }
}
