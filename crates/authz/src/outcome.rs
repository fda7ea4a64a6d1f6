//! How a run ends, and its exit code.

use permissions::questions::Undecided;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What was asked got an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds: exit code 0.
    Holds,
    /// It does not hold: a finding, a red test, access gained. Exit code 1.
    DoesNotHold,
    /// A file that was asked about is not valid, and the answer says why. Exit code 3.
    NotValid,
}

impl Outcome {
    /// Does it hold?
    #[must_use]
    pub fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::DoesNotHold }
    }

    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Self::Holds => ExitCode::SUCCESS,
            Self::DoesNotHold => ExitCode::from(1),
            Self::NotValid => ExitCode::from(3),
        }
    }
}

/// There is no answer.
#[derive(Debug)]
pub enum Failure {
    /// The command line was not understood: exit code 2.
    Usage(String),
    /// A file cannot be read, or what it holds is not valid: exit code 3.
    File {
        /// The file, as the command line names it.
        file: PathBuf,
        /// What is wrong, in a line.
        problem: String,
    },
    /// The question is too large to decide, or is not analysed. Exit code 4: it is no "no".
    Undecided(Undecided),
    /// The answer cannot be written: exit code 3.
    Unwritable(io::Error),
}

impl Failure {
    /// A failure of this file.
    pub fn file(file: &Path, problem: impl fmt::Display) -> Self {
        Self::File { file: file.to_owned(), problem: problem.to_string() }
    }

    /// Whoever reads what is printed went away, as `head` does: nothing to complain about.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Unwritable(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::File { .. } | Self::Unwritable(_) => ExitCode::from(3),
            Self::Undecided(_) => ExitCode::from(4),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => f.write_str(text.trim_end().trim_start_matches("error: ")),
            Self::File { file, problem } => write!(f, "{}: {problem}", file.display()),
            Self::Undecided(undecided) => undecided.fmt(f),
            Self::Unwritable(error) => write!(f, "the answer cannot be written: {error}"),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Undecided> for Failure {
    fn from(undecided: Undecided) -> Self {
        Self::Undecided(undecided)
    }
}
