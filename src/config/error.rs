//! Why does the function not start?

use std::fmt;

/// Why the function does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// A file that a setting names cannot be used.
    File {
        /// The setting.
        variable: &'static str,
        /// The file's path.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A value is not understood.
    Invalid {
        /// The setting.
        variable: &'static str,
        /// The value, or the part of it that is not understood.
        found: String,
        /// What would be.
        expected: &'static str,
    },
    /// A value is needed.
    Missing {
        /// The setting.
        variable: &'static str,
        /// What to set it to.
        expected: &'static str,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { variable, path, problem } => write!(f, "`{variable}`: file `{path}`: {problem}"),
            Self::Invalid { variable, found, expected } => {
                write!(f, "`{variable}`: found `{}`, expected {expected}", found.escape_debug())
            }
            Self::Missing { variable, expected } => write!(f, "`{variable}`: found nothing, expected {expected}"),
        }
    }
}

impl std::error::Error for ConfigError {}
