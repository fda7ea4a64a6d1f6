//! What may the holder of a token do?
//!
//! The operator's permission document becomes a [`Permissions`] once, at start. Together with one [`Holder`] it gives
//! [`Grants`], the decision engine: allows add up, any matching deny wins, the rest is denied. The module [`iam`] writes
//! grants as an IAM policy. The module [`questions`] answers what a document grants over all holders and all requests.
//!
//! Pure: no clock, no file, no network, no token. The function and every tool ask this one engine.

#![forbid(unsafe_code)]

mod cause;
mod claims;
mod document;
pub mod findings;
mod grants;
mod holder;
pub mod iam;
mod invalid_route;
pub mod issuers;
pub mod json;
mod method;
mod nearest;
mod pattern;
mod permission;
mod permissions;
pub mod questions;
mod route;
mod spelling;

pub use cause::{Cause, Lack, Nearest};
pub use document::{Ignore, InvalidDocument, Place, Position, Problem, RESERVED_CONTEXT_NAMES, Step};
pub use grants::{Grants, Rule, Verdict};
pub use holder::Holder;
pub use invalid_route::InvalidRoute;
pub use method::{InvalidMethodArn, LONGEST_RESOURCE, Method};
pub use pattern::{ClaimValues, Effect, LONGEST_CLAIM_VALUE, encoded, matches, matches_anyones, spells, usable_value};
pub use permission::Permission;
pub use permissions::Permissions;
pub use route::{CONNECT, Route, Segment, VERBS, Verb};
pub use spelling::Spelling;
