//! What a verb has found, whatever the form in which it is told.

use super::spot::{Source, Spot};
use serde::Serialize;
use std::rc::Rc;

/// One cause, however often it was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable name of the cause.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What was found, in a sentence.
    pub message: String,
    /// Where it was met: routes, or other short texts.
    pub examples: Vec<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The file that it is about.
    pub file: String,
    /// Where in the file it was met, if that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spots: Vec<Spot>,
    /// What else in the file has to do with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Spot>,
    /// The page and section that explain it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub see: Option<String>,
    /// The file's text.
    #[serde(skip)]
    pub source: Option<Rc<Source>>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Probably not meant.
    Warning,
    /// Wrong.
    Error,
}

impl Level {
    /// The level's name, as SARIF and GitHub's JSON write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How many examples or places a finding shows unless all are asked for.
const SHOWN: usize = 3;

impl Finding {
    /// The examples to show, and how many are left out.
    pub(super) fn shown(&self, all: bool) -> (&[String], usize) {
        first(&self.examples, all)
    }

    /// The places to show, and how many are left out.
    pub(super) fn shown_spots(&self, all: bool) -> (&[Spot], usize) {
        first(&self.spots, all)
    }
}

fn first<T>(list: &[T], all: bool) -> (&[T], usize) {
    let shown = if all { list.len() } else { list.len().min(SHOWN) };
    (list.get(..shown).unwrap_or_default(), list.len() - shown)
}
