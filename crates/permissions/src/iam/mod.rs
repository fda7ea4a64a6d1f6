//! How are grants said in IAM?
//!
//! API Gateway caches the policy under the token and asks it again for other methods, so it holds everything that the
//! token may do in this API and stage, whichever method asked for it. The module `compile` has the argument why it is right:
//!
//! - **safe**: no path of the catalog is open that the decision engine does not grant;
//! - **live**: what the engine grants for the requested method is open;
//! - **exact** wherever one policy can say the token's rights at all;
//! - **closed** outside the catalog as far as nothing granted is shut by it.
//!
//! ```text
//! Grants ── rights ──> Piece ── compile ──> Glob ── template ──> Resource ── statements ──> PolicyDocument
//! ```

mod compile;
mod document;
mod glob;
mod lint;
mod method_arn;
mod policies;
mod rights;
mod statements;
mod template;

pub use document::{Compiled, Coverage, CutShort, DEFAULT_BUDGET_BYTES, Limits, PolicyDocument};
pub use lint::{Finding, lint};
pub use method_arn::{InvalidMethodArn, LONGEST_RESOURCE, MethodArn};
pub use policies::Policies;

use crate::{Grants, Pattern, Route, Verdict};

/// What do the grants say of the requested method?
#[must_use]
pub fn decide<'a>(grants: &Grants<'a>, method: &MethodArn) -> Verdict<'a> {
    grants.decide(method.verb(), method.path().as_ref())
}

/// The route that a method falls under that no grant mentions.
#[must_use]
pub fn named_route<'a>(grants: &Grants<'a>, method: &MethodArn) -> Option<&'a Route> {
    let path = method.path()?;
    grants.catalog().iter().find(|route| Pattern::anyones(route).matches(method.verb(), &path))
}
