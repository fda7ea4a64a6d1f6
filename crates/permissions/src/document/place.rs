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
    /// Where the byte at this offset stands.
    #[must_use]
    pub fn of(document: &[u8], offset: usize) -> Self {
        let before = document.get(..offset).unwrap_or(document);
        let lines = before.split(|byte| *byte == b'\n');
        let (line, last) = lines.enumerate().last().unwrap_or_default();
        let last = if line == 0 { last.strip_prefix(super::text::MARK).unwrap_or(last) } else { last };
        // In UTF-8 every character has one byte that does not begin with the bits 10.
        let column = last.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count();
        Self { line: line + 1, column: column + 1 }
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
    }
}
