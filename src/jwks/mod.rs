//! Which keys may sign?
//!
//! A user pool publishes its public keys as a JWK Set (RFC 7517). [`KeyCache`] keeps one issuer's set across warm
//! invocations, [`KeySource`] says where it comes from, [`KeySet`] what of it is usable. Nothing here has seen a token
//! beyond the key id it names.

mod cache;
mod confirmed;
mod event;
mod key;
mod no_key;
mod roots;
mod schedule;
mod source;

pub use cache::{KeyCache, KeyLookup, KeyOrigin, PATIENCE};
pub use confirmed::MaxAge;
pub use event::{KeyEvent, Observer};
pub use key::{InvalidKeySet, KeyId, KeySet, VerifyingKey};
pub use no_key::{NoKey, Unavailable};
pub use roots::TrustedRoots;
pub use schedule::{BURST, LONGEST_BACKOFF_SECONDS, REFILL_SECONDS};
pub use source::{BundledKeySource, FetchError, HttpKeySource, KeySource, LARGEST_ANSWER};
