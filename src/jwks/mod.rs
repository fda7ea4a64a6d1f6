//! Which keys may sign?
//!
//! A user pool publishes its public keys as a JWK Set (RFC 7517). [`KeyCache`] keeps one issuer's set across warm
//! invocations, [`KeySource`] says where it comes from, [`KeySet`] what of it is usable. Nothing here has seen a token
//! beyond the key id it names.

mod cache;
mod key;
mod source;

pub use cache::{COOLDOWN_SECONDS, KeyCache, KeyLookup, KeyOrigin, NoKey, Unavailable};
pub use key::{InvalidKeySet, KeyId, KeySet, VerifyingKey};
pub use source::{FetchError, HttpKeySource, KeySource, TrustedRoots};
