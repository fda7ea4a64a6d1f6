//! When may the key endpoint be asked?
//!
//! Two things ration fetches. A budget, because key ids come from unverified tokens, so whoever sends them decides how
//! often an unknown one turns up. A backoff, because an endpoint that fails does not get better by being asked at every
//! request.
//!
//! Over any `T` seconds of healthy answers there are at most `BURST + T / REFILL_SECONDS` fetches. A key that was
//! published a moment ago waits for the next of them: not at all while the budget lasts, at most `REFILL_SECONDS` while
//! somebody is using it up, since each fetch brings the whole set for everyone.

use super::no_key::Unavailable;
use crate::clock::UnixTime;

/// Fetches that may follow each other at once: a rotation, a retry, and room for a few stray tokens.
pub const BURST: u64 = 5;

/// Seconds after which one more fetch may be made: what aws-jwt-verify's penalty box waits.
pub const REFILL_SECONDS: u64 = 10;

/// Seconds to wait after the first failure in a row; each further one doubles it.
const FIRST_BACKOFF_SECONDS: u64 = 1;

/// The longest wait after a failure: what an outage's end may add to it, for whom no key is at hand.
pub const LONGEST_BACKOFF_SECONDS: u64 = 60;

/// What was fetched so far, as far as it rations what may be fetched.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    /// Fetches that the budget has spent, and since when it has been refilling.
    spent: u64,
    refilled: Option<UnixTime>,
    /// Failures in a row, and the last one's time.
    failures: u32,
    failed: Option<UnixTime>,
    cause: Option<Unavailable>,
}

impl Schedule {
    /// May a fetch be made now? If so, it is counted.
    pub(super) fn take(&mut self, now: UnixTime) -> bool {
        self.refill(now);
        if self.is_backing_off(now) || self.spent >= BURST {
            return false;
        }
        self.spent += 1;
        true
    }

    /// The fetch succeeded.
    pub(super) fn succeeded(&mut self) {
        (self.failures, self.failed, self.cause) = (0, None, None);
    }

    /// The fetch failed. Is that news, or did the one before it fail for the same cause?
    pub(super) fn failed(&mut self, now: UnixTime, cause: &Unavailable) -> bool {
        (self.failures, self.failed) = (self.failures.saturating_add(1), Some(now));
        let before = self.cause.replace(cause.clone());
        before.as_ref() != Some(cause)
    }

    /// How many fetches in a row have failed.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// A clock that was set back refills the budget and ends the backoff: neither can be told any more.
    fn refill(&mut self, now: UnixTime) {
        let since = self.refilled.and_then(|refilled| Some((refilled, now.seconds_since(refilled)?)));
        match since.map(|(refilled, elapsed)| (refilled, elapsed / REFILL_SECONDS)) {
            Some((_, 0)) => {}
            Some((refilled, fetches)) if fetches < self.spent => {
                (self.spent, self.refilled) =
                    (self.spent - fetches, Some(refilled.plus_seconds(fetches * REFILL_SECONDS)));
            }
            _ => (self.spent, self.refilled) = (0, Some(now)),
        }
    }

    fn is_backing_off(&self, now: UnixTime) -> bool {
        let elapsed = self.failed.and_then(|failed| now.seconds_since(failed));
        elapsed.is_some_and(|elapsed| elapsed < backoff_seconds(self.failures))
    }
}

/// 1, 2, 4, … seconds after the first, second, third failure in a row, and no more than the longest.
fn backoff_seconds(failures: u32) -> u64 {
    let doublings = failures.saturating_sub(1);
    let wait = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX).saturating_mul(FIRST_BACKOFF_SECONDS);
    wait.min(LONGEST_BACKOFF_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_seconds(1_000_000 + seconds)
    }

    #[test]
    fn a_burst_is_free_and_then_one_fetch_a_refill() {
        let mut schedule = Schedule::default();
        assert_eq!((0..100).filter(|_| schedule.take(at(0))).count(), 5);
        for (seconds, expected) in
            [(9, false), (10, true), (11, false), (19, false), (20, true), (35, true), (39, false), (40, true)]
        {
            assert_eq!(schedule.take(at(seconds)), expected, "{seconds}");
        }
    }

    #[test]
    fn no_one_gets_more_than_the_stated_bound() {
        let mut schedule = Schedule::default();
        let taken = (0..3600).filter(|second| schedule.take(at(*second))).count();
        assert!(taken <= 5 + 3600 / 10, "{taken}");
        let mut idle = Schedule::default();
        let taken =
            [0, 10_000].into_iter().flat_map(|start| vec![start; 50]).filter(|start| idle.take(at(*start))).count();
        assert_eq!(taken, 10, "an unused budget does not grow");
    }

    #[test]
    fn failures_in_a_row_wait_twice_as_long_each_up_to_a_minute() {
        assert_eq!((1..=9).map(backoff_seconds).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff_seconds(u32::MAX), 60);
        let mut schedule = Schedule::default();
        assert!(schedule.take(at(0)));
        assert!(schedule.failed(at(0), &Unavailable::TooEarly));
        assert!(!schedule.take(at(0)) && schedule.take(at(1)));
        assert!(!schedule.failed(at(1), &Unavailable::TooEarly));
        assert!(!schedule.take(at(2)) && schedule.take(at(3)));
        schedule.succeeded();
        assert!(schedule.take(at(3)));
    }

    #[test]
    fn a_clock_that_is_set_back_ends_every_wait() {
        let mut schedule = Schedule::default();
        while schedule.take(at(500)) {}
        schedule.failed(at(500), &Unavailable::TooEarly);
        assert!(!schedule.take(at(500)) && schedule.take(at(100)));
    }
}
