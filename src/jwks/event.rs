//! What does the operator hear of the keys?

use super::algorithm::Algorithms;
use super::no_key::Unavailable;
use std::fmt;

/// Hears of what happens to the keys.
pub type Observer = Box<dyn Fn(&KeyEvent) + Send + Sync>;

/// What happens to an issuer's keys, each thing told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyEvent {
    /// An outage begins, or its cause changes.
    Failing {
        /// Why the fetch failed.
        cause: Unavailable,
    },
    /// An outage is over.
    Recovered {
        /// How many fetches failed.
        failures: u32,
    },
    /// A fetched set has keys that cannot be used.
    Skipped {
        /// How many.
        keys: usize,
        /// What the issuer's keys are to be for.
        algorithms: Algorithms,
    },
}

impl fmt::Display for KeyEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failing { cause } => write!(f, "keys not fetched: {cause}"),
            Self::Recovered { failures } => write!(f, "keys fetched again after {failures} failures"),
            Self::Skipped { keys, algorithms } => {
                write!(f, "passed over {keys} keys that cannot verify {algorithms} signatures")
            }
        }
    }
}
