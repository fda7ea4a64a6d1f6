//! Is the key at hand, and when is it worth asking for the set again?
//!
//! A key id that is not in the set causes one fetch, shared by everyone who waits for it. Whether that succeeds or
//! not, the next one waits for the cooldown: key ids come from unverified tokens, so whoever sends them must not
//! decide how often the endpoint is asked. A fetch replaces the set whole or not at all.

use super::key::{InvalidKeySet, KeyId, KeySet, VerifyingKey};
use super::source::{FetchError, KeySource};
use crate::clock::UnixTime;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;

/// Shortest time between two fetches, in seconds: what aws-jwt-verify's penalty box waits.
pub const COOLDOWN_SECONDS: u64 = 10;

/// One issuer's keys.
pub struct KeyCache {
    source: Box<dyn KeySource>,
    /// Held for as long as it takes to copy or swap a pointer, never across a fetch.
    keys: RwLock<Option<Arc<KeySet>>>,
    /// The time of the last fetch. Whoever holds it is the one who fetches.
    flight: Mutex<Option<UnixTime>>,
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
}

impl KeyOrigin {
    /// A stable word for logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cached => "hit",
            Self::Fetched => "fetched",
        }
    }
}

impl KeyCache {
    /// An empty cache over this source.
    #[must_use]
    pub fn new(source: Box<dyn KeySource>) -> Self {
        Self { source, keys: RwLock::new(None), flight: Mutex::new(None) }
    }

    /// A cache that starts with a bundled set.
    #[must_use]
    pub fn starting_with(keys: KeySet, source: Box<dyn KeySource>) -> Self {
        Self { source, keys: RwLock::new(Some(Arc::new(keys))), flight: Mutex::new(None) }
    }

    /// Is there a key set at hand?
    #[must_use]
    pub fn is_filled(&self) -> bool {
        self.at_hand().is_some()
    }

    /// Fetches the set, so that the first token need not wait for it.
    ///
    /// # Errors
    /// [`NoKey::Unavailable`]; the next look-up tries again after the cooldown.
    pub async fn prefetch(&self, now: UnixTime) -> Result<(), NoKey> {
        let mut last_fetch = self.flight.lock().await;
        self.refresh(&mut last_fetch, now).await.map(|_| ())
    }

    /// Finds the key of this id.
    ///
    /// # Errors
    /// [`NoKey::Unknown`] when the issuer publishes no such key, [`NoKey::Unchecked`] when that could not be asked
    /// during the cooldown, [`NoKey::Unavailable`] when there is nothing to answer from.
    pub async fn find(&self, id: &KeyId, now: UnixTime) -> Result<KeyLookup, NoKey> {
        if let Some(key) = self.key_at_hand(id) {
            return Ok(KeyLookup { key, origin: KeyOrigin::Cached });
        }
        let mut last_fetch = self.flight.lock().await;
        // Someone else may have fetched while this look-up waited for its turn.
        if let Some(key) = self.key_at_hand(id) {
            return Ok(KeyLookup { key, origin: KeyOrigin::Fetched });
        }
        if is_cooling_down(*last_fetch, now) {
            let known_keys = self.at_hand().is_some();
            return Err(if known_keys {
                NoKey::Unchecked
            } else {
                NoKey::Unavailable { cause: Unavailable::Cooldown }
            });
        }
        let fresh = self.refresh(&mut last_fetch, now).await?;
        fresh.find(id).map(|key| KeyLookup { key, origin: KeyOrigin::Fetched }).ok_or(NoKey::Unknown)
    }

    async fn refresh(&self, last_fetch: &mut Option<UnixTime>, now: UnixTime) -> Result<Arc<KeySet>, NoKey> {
        *last_fetch = Some(now);
        let text = self.source.fetch().await.map_err(|error| NoKey::from(Unavailable::Fetch(error)))?;
        let fresh = KeySet::parse(&text).map_err(|error| NoKey::from(Unavailable::KeySet(error)))?;
        let fresh = Arc::new(fresh);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    fn at_hand(&self) -> Option<Arc<KeySet>> {
        // A poisoned lock still holds a whole set: the swap is one assignment.
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn key_at_hand(&self, id: &KeyId) -> Option<Arc<VerifyingKey>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).as_ref()?.find(id)
    }
}

/// A clock that was set back does not prolong the cooldown.
fn is_cooling_down(last_fetch: Option<UnixTime>, now: UnixTime) -> bool {
    let elapsed = last_fetch.and_then(|last| now.seconds_since(last));
    elapsed.is_some_and(|seconds| seconds < COOLDOWN_SECONDS)
}

/// Why there is no key to verify with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoKey {
    /// There is nothing to answer from.
    Unavailable {
        /// What went wrong.
        cause: Unavailable,
    },
    /// The set at hand has no such key, and it is too early to ask again.
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
    /// The last fetch failed a moment ago.
    Cooldown,
    /// The fetch failed.
    Fetch(FetchError),
    /// What was fetched is not usable.
    KeySet(InvalidKeySet),
}

impl Unavailable {
    /// A stable code for logs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Cooldown => "keys_cooldown",
            Self::Fetch(error) => error.reason(),
            Self::KeySet(InvalidKeySet::NotAKeySet) => "keys_malformed",
            Self::KeySet(InvalidKeySet::NoUsableKey { .. }) => "keys_unusable",
        }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cooldown => write!(f, "the last fetch of keys failed less than {COOLDOWN_SECONDS} s ago"),
            Self::Fetch(error) => error.fmt(f),
            Self::KeySet(error) => error.fmt(f),
        }
    }
}
