//! What time is it?
//!
//! Whole seconds are enough: JWTs (RFC 7519 `NumericDate`) and key-set ages are both told in them. What decides takes
//! the time as an argument; only the gateway's entry point asks a [`Clock`].

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The moment `seconds` after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The moment `seconds` later, or the last moment there is.
    #[must_use]
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Milliseconds since the epoch, or the last number there is.
    #[must_use]
    pub const fn milliseconds(self) -> u64 {
        self.0.saturating_mul(1000)
    }

    /// Seconds from `earlier` to this moment; `None` when the clock was set back in between.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> Option<u64> {
        self.0.checked_sub(earlier.0)
    }
}

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> UnixTime;
}

/// The wall clock. The monotonic clock would not do: it may stand still while Lambda freezes the process.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixTime {
        // A clock before 1970 reads as the far future: every token is then expired, none accepted by mistake.
        UnixTime(SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |elapsed| elapsed.as_secs()))
    }
}
