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

pub use document::{Compiled, Coverage, DEFAULT_BUDGET_BYTES, Limits, PolicyDocument};
pub use lint::{Finding, lint};
pub use method_arn::{InvalidMethodArn, LONGEST_RESOURCE, MethodArn};
pub use policies::Policies;

use crate::access::{Grants, Pattern, Route};

/// Do the grants permit the requested method?
#[must_use]
pub fn permits(grants: &Grants<'_>, method: &MethodArn) -> bool {
    grants.permits(method.verb(), method.path().as_ref())
}

/// The route that the requested method falls under: the one that decides, or else one that is merely named.
#[must_use]
pub fn route<'a>(grants: &Grants<'a>, method: &MethodArn) -> Option<&'a Route> {
    let path = method.path()?;
    let falls_under = |pattern: &&Pattern<'a>| pattern.matches(method.verb(), &path);
    let deciding = grants.denied().iter().chain(grants.allowed()).find(falls_under).map(Pattern::route);
    let named = || grants.catalog().iter().map(Pattern::anyones).find(|pattern| falls_under(&pattern));
    deciding.or_else(|| named().map(|pattern| pattern.route()))
}
