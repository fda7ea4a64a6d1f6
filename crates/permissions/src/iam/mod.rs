//! Writes grants as an IAM policy.
//!
//! API Gateway caches the policy under the token and asks it again for other methods, so it holds everything that the
//! token may do in this API and stage, whichever method asked for it. The theory, with an example, is in `docs/policy.md`. A
//! policy is
//!
//! - **safe**: no path of the document is open that the engine does not grant, and what a deny rule matches is shut, named
//!   or not;
//! - **live**: what the engine grants for the requested method is open;
//! - **exact** wherever one policy can say the rights at all, and is allowed to be that large;
//! - **closed** outside the document, as far as nothing granted is shut by it. A document that is complete has no outside.
//!
//! ```text
//! Grants → rows → rights → plan (cuts) → draft (cover, merge, part) → template → statements → PolicyDocument
//! ```

mod bits;
mod cover;
mod cuts;
mod draft;
mod effort;
mod index;
mod lay;
mod merge;
mod needs;
mod part;
mod plan;
mod policies;
mod rights;
mod rows;
mod sizes;
mod statements;
mod template;
mod word;

pub use policies::{Compiled, Coverage, DEFAULT_BUDGET_BYTES, Limits, Policies, Says};
pub use statements::PolicyDocument;
