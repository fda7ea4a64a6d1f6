//! Why is a text not a route?

use crate::route::{LITERAL_PUNCTUATION, VERBS};
use std::fmt;

/// Why a text is not a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidRoute {
    /// A segment is `.` or `..`.
    DotSegment {
        /// The segment.
        found: String,
    },
    /// Two slashes in a row, or a trailing slash.
    EmptySegment,
    /// A greedy parameter stands before the last segment.
    GreedyNotLast {
        /// The parameter's name.
        name: String,
    },
    /// A segment is neither a literal nor a whole `{name}`, `{name+}` or `${claim}`.
    MalformedSegment {
        /// The segment.
        found: String,
    },
    /// There is no space between a verb and a path.
    NotVerbAndPath {
        /// The text.
        found: String,
    },
    /// The path does not begin with `/`.
    PathWithoutSlash {
        /// The path.
        found: String,
    },
    /// A parameter name is used twice.
    RepeatedParameter {
        /// The parameter's name.
        name: String,
    },
    /// The verb is not one that API Gateway knows.
    UnknownVerb {
        /// The verb.
        found: String,
    },
}

impl fmt::Display for InvalidRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DotSegment { found } => {
                write!(f, "found the segment `{found}`, expected a path without dot segments")
            }
            Self::EmptySegment => {
                f.write_str("found an empty segment, expected a path without `//` and without a trailing `/`")
            }
            Self::GreedyNotLast { name } => {
                write!(f, "found `{{{name}+}}` before the end, expected a greedy parameter as the last segment only")
            }
            Self::MalformedSegment { found } => write!(
                f,
                "found the segment `{found}`, expected `{{name}}`, `{{name+}}`, `${{claim}}` or a literal of ASCII \
                 letters, digits and `{LITERAL_PUNCTUATION}`"
            ),
            Self::NotVerbAndPath { found } => {
                write!(f, "found `{found}`, expected a route such as `GET /orders/{{id}}`")
            }
            Self::PathWithoutSlash { found } => {
                write!(f, "found the path `{found}`, expected one that begins with `/`")
            }
            Self::RepeatedParameter { name } => {
                write!(f, "found the parameter `{name}` twice, expected each name once in a route")
            }
            Self::UnknownVerb { found } => {
                write!(f, "found the verb `{found}`, expected ANY or one of {}", VERBS.join(", "))
            }
        }
    }
}

impl std::error::Error for InvalidRoute {}
