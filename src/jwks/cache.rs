//! Is the key at hand, and when is it worth asking for the set again?
//!
//! - A key at hand is found without a lock and without the network, until the set is due for a refresh.
//! - A set that is due is refreshed by the next look-up, which answers from the old set if that takes longer than
//!   [`PATIENCE`]; everyone else goes on with the old set meanwhile. There is no background task, since Lambda freezes
//!   the process between invocations.
//! - A key id that is not at hand causes a fetch, as far as the schedule lets it, shared by all who wait for it.
//! - A set that has not been confirmed for too long is not trusted at all.
//!
//! A fetch replaces the set whole or not at all. Ages are told by the wall clock: they hold across a freeze.

use super::algorithm::Algorithms;
use super::confirmed::{Confirmed, MaxAge, Standing};
use super::event::{KeyEvent, Observer};
use super::key::{KeyId, VerifyingKey};
use super::key_set::KeySet;
use super::no_key::{NoKey, Unavailable};
use super::schedule::Schedule;
use super::source::{FetchError, KeySource};
use crate::clock::UnixTime;
use arc_swap::ArcSwapOption;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

/// How long a look-up waits for a refresh when the key it needs is at hand. A fetch within a region takes tens of
/// milliseconds; a caller hardly notices half a second once an hour.
pub const PATIENCE: Duration = Duration::from_millis(500);

/// One issuer's keys.
pub struct KeyCache {
    source: Box<dyn KeySource>,
    algorithms: Algorithms,
    max_age: MaxAge,
    observer: Observer,
    keys: ArcSwapOption<Confirmed>,
    /// Whoever holds it is the one who fetches.
    flight: Mutex<Schedule>,
    /// Fetches begun so far, so that who waited for the flight knows whether it was for their sake.
    attempts: AtomicU64,
    /// Of these, how many failed.
    failures: AtomicU64,
    /// Has the source ever told a usable set?
    answered: AtomicBool,
}

/// A key, and what it took to find it.
#[derive(Clone, Debug)]
pub struct KeyLookup {
    /// The key of the id asked for.
    pub key: Arc<VerifyingKey>,
    /// Where it was.
    pub origin: KeyOrigin,
}

/// Where a key was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOrigin {
    /// In the set at hand.
    Cached,
    /// In a set fetched for this look-up.
    Fetched,
    /// In the set at hand, which was due for a refresh and could not get it.
    Stale,
}

impl KeyOrigin {
    /// A stable word for logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cached => "hit",
            Self::Fetched => "fetched",
            Self::Stale => "stale",
        }
    }
}

impl KeyCache {
    /// An empty cache over this source, for keys that verify signatures by these algorithms.
    #[must_use]
    pub fn new(source: Box<dyn KeySource>, algorithms: Algorithms, max_age: MaxAge, observer: Observer) -> Self {
        Self {
            source,
            algorithms,
            max_age,
            observer,
            keys: ArcSwapOption::empty(),
            flight: Mutex::default(),
            attempts: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            answered: AtomicBool::new(false),
        }
    }

    /// Starts with a bundled set, as if it had been fetched now.
    #[must_use]
    pub fn starting_with(self, keys: KeySet, now: UnixTime) -> Self {
        self.keys.store(Some(Arc::new(Confirmed { keys, at: now })));
        self
    }

    /// Fetches the set if there is none or it is due, so that the next token need not wait for it. The observer hears
    /// of a failure, and the next look-up tries again.
    pub async fn prefetch(&self, now: UnixTime) {
        let mut flight = self.flight.lock().await;
        let fresh = self.keys.load().as_ref().is_some_and(|set| set.standing(self.max_age, now) == Standing::Fresh);
        if !fresh && flight.take(now) {
            // The observer has heard of a failure; there is nobody else to tell.
            let _ = self.fetch(&mut flight, now).await;
        }
    }

    /// Fetches begun so far.
    #[must_use]
    pub fn fetches(&self) -> u64 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Fetches that have failed so far.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// The age of the set at hand, in seconds. `None` without one, or when the clock was set back.
    #[must_use]
    pub fn age_seconds(&self, now: UnixTime) -> Option<u64> {
        now.seconds_since(self.keys.load().as_ref()?.at)
    }

    /// Has the source ever told a usable set? A bundled set is nobody's answer.
    #[must_use]
    pub fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Acquire)
    }

    /// Is a set at hand that can be relied on now?
    #[must_use]
    pub fn is_trusted(&self, now: UnixTime) -> bool {
        self.trusted(now).is_some()
    }

    /// Finds the key of this id.
    ///
    /// # Errors
    /// [`NoKey::Unknown`] when the issuer publishes no such key, [`NoKey::Unchecked`] when that could not be asked,
    /// [`NoKey::Unavailable`] when there is no set to rely on.
    pub async fn find(&self, id: &KeyId, now: UnixTime) -> Result<KeyLookup, NoKey> {
        let attempts = self.attempts.load(Ordering::Acquire);
        match self.at_hand(id, now) {
            Some((key, Standing::Fresh)) => Ok(KeyLookup { key, origin: KeyOrigin::Cached }),
            Some((key, Standing::Due)) => self.refresh_in_passing(id, key, now).await,
            Some((_, Standing::Untrusted)) | None => self.fetch_for(id, attempts, now).await,
        }
    }

    fn at_hand(&self, id: &KeyId, now: UnixTime) -> Option<(Arc<VerifyingKey>, Standing)> {
        let set = self.keys.load();
        let set = set.as_ref()?;
        Some((set.keys.find(id)?, set.standing(self.max_age, now)))
    }

    /// Refreshes the set if nobody else does and it does not take long, and answers from what is then at hand.
    async fn refresh_in_passing(&self, id: &KeyId, old: Arc<VerifyingKey>, now: UnixTime) -> Result<KeyLookup, NoKey> {
        let stale = KeyLookup { key: old, origin: KeyOrigin::Stale };
        let Ok(mut flight) = self.flight.try_lock() else { return Ok(stale) };
        if !flight.take(now) {
            return Ok(stale);
        }
        let fetched = timeout(PATIENCE, self.fetch(&mut flight, now)).await;
        match fetched {
            // A key that is gone from the set is refused from here on.
            Ok(Ok(fresh)) => found(&fresh, id, KeyOrigin::Fetched).ok_or(NoKey::Unknown),
            Ok(Err(_)) => Ok(stale),
            Err(_) => {
                self.failed(&mut flight, FetchError::TimedOut.into(), now);
                Ok(stale)
            }
        }
    }

    /// Fetches the set for a key that is not at hand, or lets the fetch count that somebody else made meanwhile.
    async fn fetch_for(&self, id: &KeyId, attempts: u64, now: UnixTime) -> Result<KeyLookup, NoKey> {
        let mut flight = self.flight.lock().await;
        let at_hand = self.trusted(now);
        if let Some(found) = at_hand.as_ref().and_then(|set| found(set, id, KeyOrigin::Fetched)) {
            return Ok(found);
        }
        let meanwhile = self.attempts.load(Ordering::Acquire) != attempts;
        if meanwhile || !flight.take(now) {
            return Err(at_hand.map_or(Unavailable::TooEarly.into(), |_| NoKey::Unchecked));
        }
        match self.fetch(&mut flight, now).await {
            Ok(fresh) => found(&fresh, id, KeyOrigin::Fetched).ok_or(NoKey::Unknown),
            // The keys in use are at hand, so an id that an unverified token made up is no outage.
            Err(_) if at_hand.is_some() => Err(NoKey::Unchecked),
            Err(error) => Err(error),
        }
    }

    fn trusted(&self, now: UnixTime) -> Option<Arc<Confirmed>> {
        self.keys.load_full().filter(|set| set.standing(self.max_age, now) != Standing::Untrusted)
    }

    async fn fetch(&self, flight: &mut MutexGuard<'_, Schedule>, now: UnixTime) -> Result<Arc<Confirmed>, NoKey> {
        self.attempts.fetch_add(1, Ordering::AcqRel);
        let text = self.source.fetch().await;
        let key_set = |text: Vec<u8>| KeySet::parse(&text, self.algorithms).map_err(Unavailable::from);
        let parsed = text.map_err(Unavailable::from).and_then(key_set);
        match parsed {
            Ok(keys) => Ok(self.succeeded(flight, keys, now)),
            Err(cause) => Err(self.failed(flight, cause, now)),
        }
    }

    fn succeeded(&self, flight: &mut MutexGuard<'_, Schedule>, keys: KeySet, now: UnixTime) -> Arc<Confirmed> {
        if flight.failures() > 0 {
            (self.observer)(&KeyEvent::Recovered { failures: flight.failures() });
        }
        if keys.skipped() > 0 {
            (self.observer)(&KeyEvent::Skipped { keys: keys.skipped(), algorithms: self.algorithms });
        }
        flight.succeeded();
        let fresh = Arc::new(Confirmed { keys, at: now });
        self.keys.store(Some(Arc::clone(&fresh)));
        self.answered.store(true, Ordering::Release);
        fresh
    }

    fn failed(&self, flight: &mut MutexGuard<'_, Schedule>, cause: Unavailable, now: UnixTime) -> NoKey {
        self.failures.fetch_add(1, Ordering::Relaxed);
        if flight.failed(now, &cause) {
            (self.observer)(&KeyEvent::Failing { cause: cause.clone() });
        }
        cause.into()
    }
}

fn found(set: &Confirmed, id: &KeyId, origin: KeyOrigin) -> Option<KeyLookup> {
    set.keys.find(id).map(|key| KeyLookup { key, origin })
}
