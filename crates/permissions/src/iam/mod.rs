//! Writes grants as an IAM policy.
//!
//! API Gateway caches the policy under the token and asks it again for other methods, so it holds everything that the
//! token may do in this API and stage, whichever method asked for it. The theory, with an example, is in `docs/policy.md`. A
//! policy is
//!
//! - **safe**: no path of the document is open that the engine does not grant, and what a deny rule matches is shut, named
//!   or not;
//! - **live**: what the engine grants for the requested method is open;
//! - **exact** as far as one policy can say the rights, a greedy search finds it, and the budget holds it. What is not said is
//!   refused from the cache, and open in a policy made for that request;
//! - **closed** outside the document, as far as nothing granted is shut by it and the work that one policy may take reaches.
//!   A document that is complete has no outside.
//!
//! ```text
//! Grants → rows → rights → plan (cuts) → draft (cover, close, merge, part) → template → statements → PolicyDocument
//! ```
//!
//! In the order in which they are best read:
//!
//! | module | what it does |
//! |---|---|
//! | `word` | words, globs and rows |
//! | `bits`, `index`, `lay` | sets of rows; which rows a glob meets; which of a row's paths |
//! | `effort` | bounds the work, and remembers answers |
//! | `rows`, `rights` | the document's routes as rows; what a holder may do with them |
//! | `plan`, `cuts` | Allows, the Denies that each needs, and which rows give way |
//! | `sizes`, `draft` | bytes; what of the plan becomes the policy |
//! | `cover`, `merge` with `needs`, `part` | fewer Denies; fewer Allows; as many methods as fit |
//! | `template`, `statements` | what is kept of a policy; its JSON |
//! | `policies` | keeps templates, and makes of each what the request needs |

mod bits;
mod cache_check;
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

pub use cache_check::{Breaks, CacheSafety, SupposedHolder, Witness};
pub use policies::{Compiled, Coverage, DEFAULT_BUDGET_BYTES, Limits, Policies, Says};
pub use statements::PolicyDocument;
