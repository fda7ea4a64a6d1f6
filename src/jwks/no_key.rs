//! Why is there no key to verify with?

use super::key_set::InvalidKeySet;
use super::source::FetchError;
use std::fmt;

/// Why there is no key to verify with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoKey {
    /// There is nothing to answer from.
    Unavailable {
        /// What went wrong.
        cause: Unavailable,
    },
    /// The set at hand has no such key, and its issuer cannot be asked: it is too early, or the fetch failed.
    Unchecked,
    /// The issuer publishes no such key.
    Unknown,
}

impl From<Unavailable> for NoKey {
    fn from(cause: Unavailable) -> Self {
        Self::Unavailable { cause }
    }
}

/// Why keys are unavailable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The fetch failed.
    Fetch(FetchError),
    /// What was fetched is not usable.
    KeySet(InvalidKeySet),
    /// There is no set to trust, and it is too early to ask again.
    TooEarly,
}

impl From<FetchError> for Unavailable {
    fn from(error: FetchError) -> Self {
        Self::Fetch(error)
    }
}

impl From<InvalidKeySet> for Unavailable {
    fn from(error: InvalidKeySet) -> Self {
        Self::KeySet(error)
    }
}

impl Unavailable {
    /// A stable code for logs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Fetch(error) => error.reason(),
            Self::KeySet(InvalidKeySet::NotAKeySet) => "keys_malformed",
            Self::KeySet(InvalidKeySet::NoUsableKey { .. }) => "keys_unusable",
            Self::TooEarly => "keys_too_early",
        }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetch(error) => error.fmt(f),
            Self::KeySet(error) => error.fmt(f),
            Self::TooEarly => f.write_str("no keys at hand, and too early to ask the key endpoint again"),
        }
    }
}
