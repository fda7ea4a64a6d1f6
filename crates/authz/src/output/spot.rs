//! Where in a file something stands.

use permissions::Position;
use serde::Serialize;
use std::fmt;
use std::ops::Range;

/// The text of a file that has places.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    bytes: Vec<u8>,
    /// `None`: it is not UTF-8.
    text: Option<String>,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// What stands there: a place such as `permissions[3].allow[0]`, or a setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The route that stands there, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// The line of its first character, from 1.
    pub line: usize,
    /// The column of its first character, in characters from 1.
    pub column: usize,
    /// The line behind its last character.
    pub end_line: usize,
    /// The column behind its last character.
    pub end_column: usize,
    /// Its bytes.
    #[serde(skip)]
    pub(crate) range: Range<usize>,
}

impl Source {
    /// The text of a file.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes.clone()).ok();
        Self { bytes, text }
    }

    /// The file's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The part of these bytes.
    #[must_use]
    pub fn spot(&self, range: Range<usize>, place: Option<String>, route: Option<String>) -> Spot {
        let (begin, end) = (Position::of(&self.bytes, range.start), Position::of(&self.bytes, range.end));
        Spot { place, route, line: begin.line, column: begin.column, end_line: end.line, end_column: end.column, range }
    }

    /// The whole lines that have these bytes, and where they begin. A byte order mark is left out.
    pub(super) fn lines(&self, range: &Range<usize>) -> Option<(&str, usize)> {
        let text = self.text.as_deref()?;
        let before = text.get(..range.start)?;
        let mark = if text.starts_with(MARK) { MARK.len_utf8() } else { 0 };
        let begin = before.rfind('\n').map_or(mark, |line_feed| line_feed + 1);
        let end = text.get(range.end..)?.find('\n').map_or(text.len(), |length| range.end + length);
        Some((text.get(begin..end)?, begin))
    }
}

/// The byte order mark.
const MARK: char = '\u{feff}';

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.place, &self.route) {
            (Some(place), Some(route)) => write!(f, "{place} `{route}`"),
            (Some(place), None) => f.write_str(place),
            (None, _) => write!(f, "line {}", self.line),
        }
    }
}
