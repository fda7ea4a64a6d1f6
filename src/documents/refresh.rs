//! When is a newer document looked for, and what becomes of it?
//!
//! On the request path, by age, since Lambda freezes the process between invocations. One look at a time, and whoever looks
//! waits for [`PATIENCE`] at the most: the look goes on without him, and its document decides when it is there. A document is
//! read and compiled before it takes the place of the one at hand, as a whole. One that cannot be used changes nothing.

use super::source::DocumentSource;
use super::{ActiveDocument, version};
use crate::clock::UnixTime;
use crate::jwks::FetchError;
use arc_swap::ArcSwap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

/// How long a request waits for a newer document while one is at hand: a loopback call takes a millisecond or two, and a
/// decision that waits longer is felt.
pub const PATIENCE: Duration = Duration::from_millis(50);

/// The longest wait after failures in a row, in seconds: what an outage's end may add to a document's age.
pub const LONGEST_WAIT_SECONDS: u64 = 60;

/// Reads a document, or says why it cannot be used.
pub type Reader = Box<dyn Fn(&[u8]) -> Result<ActiveDocument, String> + Send + Sync>;

/// Hears of what happens to the document.
pub type DocumentObserver = Box<dyn Fn(&DocumentEvent) + Send + Sync>;

/// What happens to the document, each thing told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentEvent {
    /// Another document decides from now on.
    Replaced {
        /// The version that decided before.
        before: String,
        /// The version that decides now.
        version: String,
    },
    /// A document cannot be used. The one at hand goes on deciding.
    Rejected {
        /// Its version.
        version: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The source begins to fail, or fails in another way.
    Failing {
        /// How.
        cause: FetchError,
    },
    /// The source answers again.
    Recovered {
        /// How many times it failed.
        failures: u32,
    },
}

impl fmt::Display for DocumentEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replaced { before, version } => {
                write!(f, "permission document {version} decides now, in place of {before}")
            }
            Self::Rejected { version, problem } => {
                write!(f, "permission document {version} cannot be used, the one before goes on deciding: {problem}")
            }
            Self::Failing { cause } => {
                write!(f, "permission document not fetched, the one at hand goes on deciding: {}", cause.reason())
            }
            Self::Recovered { failures } => write!(f, "permission document fetched again after {failures} failures"),
        }
    }
}

/// A document, and where newer ones come from.
pub(super) struct Refreshed {
    pub(super) active: ArcSwap<ActiveDocument>,
    source: Box<dyn DocumentSource>,
    read: Reader,
    refresh_seconds: u64,
    observer: DocumentObserver,
    /// Whoever holds it is the one who looks.
    looks: Arc<Mutex<Looks>>,
    failures: AtomicU64,
    rejections: AtomicU64,
}

/// The looks so far, as far as they say when the next one is due.
#[derive(Debug, Default)]
struct Looks {
    last: Option<UnixTime>,
    wait_seconds: u64,
    failures: u32,
    cause: Option<FetchError>,
    rejected: Option<String>,
}

impl Looks {
    /// A clock that was set back makes the next look due.
    fn is_due(&self, now: UnixTime) -> bool {
        let elapsed = self.last.and_then(|last| now.seconds_since(last));
        elapsed.is_none_or(|elapsed| elapsed >= self.wait_seconds)
    }
}

impl Refreshed {
    pub(super) fn new(
        document: Arc<ActiveDocument>,
        source: Box<dyn DocumentSource>,
        refresh_seconds: u64,
        read: Reader,
        observer: DocumentObserver,
    ) -> Self {
        Self {
            active: ArcSwap::new(document),
            source,
            read,
            refresh_seconds,
            observer,
            looks: Arc::default(),
            failures: AtomicU64::new(0),
            rejections: AtomicU64::new(0),
        }
    }

    /// Fetches that failed, and documents that could not be used, so far.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.failures.load(Ordering::Relaxed), self.rejections.load(Ordering::Relaxed))
    }

    /// Looks for a newer document if that is due and nobody else does.
    pub(super) async fn refresh(self: &Arc<Self>, now: UnixTime) {
        let Ok(looks) = Arc::clone(&self.looks).try_lock_owned() else { return };
        if looks.is_due(now) {
            let this = Arc::clone(self);
            let look = tokio::spawn(async move { this.look(looks, now).await });
            // A look that takes longer goes on.
            let _ = timeout(PATIENCE, look).await;
        }
    }

    async fn look(&self, mut looks: OwnedMutexGuard<Looks>, now: UnixTime) {
        let fetched = self.source.fetch().await;
        looks.last = Some(now);
        match fetched {
            Ok(text) => self.fetched(&mut looks, &text),
            Err(cause) => self.failed(&mut looks, cause),
        }
    }

    fn fetched(&self, looks: &mut Looks, text: &[u8]) {
        if looks.failures > 0 {
            (self.observer)(&DocumentEvent::Recovered { failures: looks.failures });
        }
        (looks.failures, looks.cause, looks.wait_seconds) = (0, None, self.refresh_seconds);
        let version = version(text);
        let before = self.active.load();
        if version == before.version || looks.rejected.as_ref() == Some(&version) {
            return;
        }
        match (self.read)(text) {
            Ok(document) => {
                looks.rejected = None;
                (self.observer)(&DocumentEvent::Replaced { before: before.version.clone(), version });
                self.active.store(Arc::new(document));
            }
            Err(problem) => {
                looks.rejected = Some(version.clone());
                self.rejections.fetch_add(1, Ordering::Relaxed);
                (self.observer)(&DocumentEvent::Rejected { version, problem });
            }
        }
    }

    fn failed(&self, looks: &mut Looks, cause: FetchError) {
        looks.failures = looks.failures.saturating_add(1);
        looks.wait_seconds = wait_seconds(looks.failures);
        self.failures.fetch_add(1, Ordering::Relaxed);
        if looks.cause.as_ref() != Some(&cause) {
            (self.observer)(&DocumentEvent::Failing { cause: cause.clone() });
            looks.cause = Some(cause);
        }
    }
}

/// 1, 2, 4, … seconds after the first, second, third failure in a row, and no more than the longest.
fn wait_seconds(failures: u32) -> u64 {
    1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX).min(LONGEST_WAIT_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_wait_twice_as_long_each_up_to_a_minute() {
        assert_eq!((1..=8).map(wait_seconds).collect::<Vec<_>>(), [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(wait_seconds(u32::MAX), 60);
    }

    #[test]
    fn a_look_is_due_at_its_age_and_when_the_clock_was_set_back() {
        let at = UnixTime::from_seconds;
        let looks = Looks { last: Some(at(100)), wait_seconds: 30, ..Looks::default() };
        for (now, expected) in [(100, false), (129, false), (130, true), (99, true)] {
            assert_eq!(looks.is_due(at(now)), expected, "{now}");
        }
        assert!(Looks::default().is_due(at(0)));
    }
}
