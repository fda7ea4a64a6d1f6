//! Which keys may sign?
//!
//! An issuer publishes its public keys as a JWK Set (RFC 7517). [`KeyCache`] keeps one issuer's set across warm
//! invocations, [`KeySource`] says where it comes from, [`KeySet`] what of it is usable. Nothing here has seen a token
//! beyond the key id it names.

mod algorithm;
mod cache;
mod confirmed;
mod discovery;
mod event;
mod key;
mod key_set;
mod no_key;
mod roots;
mod schedule;
mod source;

pub use algorithm::{Algorithm, Algorithms};
pub use cache::{KeyCache, KeyLookup, KeyOrigin, PATIENCE};
pub use confirmed::MaxAge;
pub use discovery::{DiscoveredKeySource, Discovery};
pub use event::{KeyEvent, Observer};
pub use key::{KeyId, VerifyingKey};
pub use key_set::{InvalidKeySet, KeySet};
pub use no_key::{NoKey, Unavailable};
pub use roots::TrustedRoots;
pub use schedule::{BURST, LONGEST_BACKOFF_SECONDS, REFILL_SECONDS};
pub use source::{BundledKeySource, FetchError, HttpKeySource, KeySource, LARGEST_ANSWER};
pub(crate) use source::{body, build_client};
