//! How far can a key set be relied on?

use super::key_set::KeySet;
use crate::clock::UnixTime;

/// How old a key set may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxAge {
    /// Age at which the set is refreshed, in seconds.
    pub refresh_seconds: u64,
    /// Age at which it is no longer trusted, in seconds.
    pub trust_seconds: u64,
}

/// A key set, and when the issuer last said that these are its keys.
pub(super) struct Confirmed {
    pub(super) keys: KeySet,
    pub(super) at: UnixTime,
}

/// How far a set can be relied on.
#[derive(PartialEq, Eq)]
pub(super) enum Standing {
    Fresh,
    Due,
    Untrusted,
}

impl Confirmed {
    /// A clock that was set back leaves the age unknown: the set is due, and trusted.
    pub(super) fn standing(&self, max_age: MaxAge, now: UnixTime) -> Standing {
        match now.seconds_since(self.at) {
            Some(age) if age >= max_age.trust_seconds => Standing::Untrusted,
            Some(age) if age < max_age.refresh_seconds => Standing::Fresh,
            Some(_) | None => Standing::Due,
        }
    }
}
