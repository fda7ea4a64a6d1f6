//! What a verb has found, whatever the form in which it is told.

use serde::Serialize;

/// One cause, however often it was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable name of the cause, in kebab case.
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
    /// The line of the file, from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
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

/// How many examples a finding shows unless all are asked for.
const SHOWN: usize = 3;

impl Finding {
    /// The examples to show, and how many are left out.
    pub(super) fn shown(&self, all: bool) -> (&[String], usize) {
        let shown = if all { self.examples.len() } else { self.examples.len().min(SHOWN) };
        (self.examples.get(..shown).unwrap_or_default(), self.examples.len() - shown)
    }
}
