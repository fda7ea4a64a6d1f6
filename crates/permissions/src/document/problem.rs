//! What is wrong with a document?

use super::node::Node;
use super::place::{Place, Position};
use std::fmt;
use std::ops::Range;

/// Why the permission document cannot be used: everything that is wrong with it, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDocument {
    problems: Vec<Problem>,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands. `None` in a text that is no JSON, and so has no places.
    pub place: Option<Place>,
    /// The bytes of the document that are wrong.
    pub range: Range<usize>,
    /// Where they begin.
    pub position: Position,
    /// What was found, and what was expected. It may quote the document, control characters included.
    pub message: String,
}

impl InvalidDocument {
    /// Everything that is wrong, in the document's order. There is at least one problem.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// A document that cannot be read at all.
    pub(crate) fn unreadable(document: &[u8], offset: usize, message: String) -> Self {
        let range = offset..document.len().min(offset + 1);
        let problem = Problem { place: None, range, position: Position::of(document, offset), message };
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for InvalidDocument {
    /// One line. Several problems are parted by semicolons.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "at `{}` ({})", OneLine(&place.to_string()), self.position)?,
            None => write!(f, "at {}", self.position)?,
        }
        write!(f, ": {}", OneLine(&self.message))
    }
}

impl std::error::Error for InvalidDocument {}

/// A text that may quote the document, with its control characters escaped: a message is one line.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .chars()
            .try_for_each(|c| if c.is_control() { write!(f, "{}", c.escape_default()) } else { write!(f, "{c}") })
    }
}

/// What was found wrong so far.
///
/// INVARIANT: whoever leaves out a part of the document, because it cannot be used, notes a problem. So a document
/// without a problem was read as a whole.
pub(crate) struct Problems<'a> {
    document: &'a str,
    found: Vec<(Place, Range<usize>, String)>,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(document: &'a str) -> Self {
        Self { document, found: Vec::new() }
    }

    /// Notes that a value cannot be used.
    pub(crate) fn note(&mut self, node: &Node<'_>, message: impl fmt::Display) {
        self.note_at(node.place(), node.range(), message);
    }

    /// Notes that something of a place cannot be used, such as its name.
    pub(crate) fn note_at(&mut self, place: Place, range: Range<usize>, message: impl fmt::Display) {
        self.found.push((place, range, message.to_string()));
    }

    /// Gives out what was read, if nothing was wrong with it.
    pub(crate) fn settle<T>(self, read: Option<T>) -> Result<T, InvalidDocument> {
        match read {
            Some(read) if self.found.is_empty() => Ok(read),
            _ => Err(self.in_order()),
        }
    }

    fn in_order(mut self) -> InvalidDocument {
        self.found.sort_by_key(|(_, range, _)| range.start);
        let offsets = self.found.iter().map(|(_, range, _)| range.start);
        let positions = Position::of_all(self.document.as_bytes(), offsets);
        let problem = |((place, range, message), position): ((Place, Range<usize>, String), Position)| Problem {
            place: Some(place),
            range,
            position,
            message,
        };
        InvalidDocument { problems: self.found.into_iter().zip(positions).map(problem).collect() }
    }
}
