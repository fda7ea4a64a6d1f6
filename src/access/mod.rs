//! What may the token's holder do?
//!
//! The operator's permission document becomes a [`PermissionMap`] once, at start. Together with one token's
//! [`VerifiedClaims`](crate::token::VerifiedClaims) it gives [`Grants`], the decision engine: allows add up, any
//! matching deny wins, the rest is denied. Nothing here knows of API Gateway or IAM.

mod document;
mod grants;
mod invalid_route;
mod path;
mod permission;
mod permission_map;
mod route;
mod value;

pub use document::InvalidDocument;
pub use grants::{Grants, Part, Pattern, Verdict};
pub use invalid_route::InvalidRoute;
pub use path::{ENCODED_SEPARATORS, RequestedPath};
pub use permission::Permission;
pub use permission_map::PermissionMap;
pub use route::{CONNECT, Route, Segment, VERBS, Verb};
pub use value::RESERVED_CONTEXT_NAMES;
