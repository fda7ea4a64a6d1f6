//! What may the holder of a token do?
//!
//! The operator's permission document becomes a [`PermissionMap`] once, at start. Together with one [`Holder`] it gives
//! [`Grants`], the decision engine: allows add up, any matching deny wins, the rest is denied. The module [`iam`] writes
//! grants as an IAM policy.
//!
//! Pure: no clock, no file, no network, no token. The function and every tool ask this one engine.

#![forbid(unsafe_code)]

mod document;
mod grants;
mod holder;
pub mod iam;
mod invalid_route;
pub mod json;
mod path;
mod permission;
mod permission_map;
mod route;
mod value;

pub use document::InvalidDocument;
pub use grants::{Grants, Part, Pattern, Verdict};
pub use holder::Holder;
pub use invalid_route::InvalidRoute;
pub use path::{ENCODED_SEPARATORS, RequestedPath};
pub use permission::Permission;
pub use permission_map::PermissionMap;
pub use route::{CONNECT, Route, Segment, VERBS, Verb};
pub use value::RESERVED_CONTEXT_NAMES;
