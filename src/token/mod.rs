//! Is the token genuine, current and ours?
//!
//! ```text
//! BearerToken ── UnverifiedToken::parse ──> UnverifiedToken ── Verifier::verify ──> VerifiedClaims
//! ```
//!
//! Each step consumes what came before, and only the last one lets anything but the key id out. There is no other way
//! to [`VerifiedClaims`]:
//!
//! ```compile_fail,E0451
//! use cognito_authorizer::token::VerifiedClaims;
//! let forged = VerifiedClaims { subject: "admin".to_owned(), ..todo!() };
//! ```
//! ```compile_fail,E0277
//! use cognito_authorizer::token::VerifiedClaims;
//! let forged: VerifiedClaims = serde_json::from_str(r#"{"sub":"admin"}"#).unwrap();
//! ```
//! ```compile_fail,E0599
//! use cognito_authorizer::token::VerifiedClaims;
//! let forged = VerifiedClaims::default();
//! ```
//! ```compile_fail,E0624
//! use cognito_authorizer::token::VerifiedClaims;
//! let forged = VerifiedClaims::read(Default::default(), None, todo!(), None);
//! ```
//! An unverified token has no claims to ask for, and cannot be verified twice:
//!
//! ```compile_fail,E0599
//! # use cognito_authorizer::token::UnverifiedToken;
//! fn subject(token: UnverifiedToken<'_>) -> String {
//!     token.subject().to_owned()
//! }
//! ```
//! ```compile_fail,E0382
//! # use cognito_authorizer::{clock::UnixTime, jwks::VerifyingKey, token::*};
//! fn twice(token: UnverifiedToken<'_>, verifier: &Verifier, issuer: &Issuer, key: &VerifyingKey, now: UnixTime) {
//!     let _ = verifier.verify(token, issuer, key, now);
//!     let _ = verifier.verify(token, issuer, key, now);
//! }
//! ```

mod bearer;
mod claims;
mod error;
mod profile;
mod scope;
mod unverified;
mod verifier;

pub use bearer::{BearerToken, LONGEST_TOKEN, Scheme};
pub use claims::{TokenUse, VerifiedClaims};
pub use error::InvalidToken;
pub use profile::{Lists, Mark, Profile};
pub use scope::Scopes;
pub use unverified::{MediaType, UnverifiedToken};
pub use verifier::{Clients, Issuer, LONGEST_LEEWAY_SECONDS, Verifier};
