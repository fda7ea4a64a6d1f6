//! What does a document grant, over all tokens and all requests?
//!
//! Each answer is decided, not sampled, and by the engine that decides requests: a question is reduced to finitely many
//! callers and requests, and the engine is asked about each (`gains.rs` says how and why). Where the answer is that
//! something can happen, the caller and request come with it.
//!
//! Work is bounded by a [`Budget`]. Without an answer there is [`Undecided`], never a "no".

mod assertions;
mod atom;
mod caller;
mod cells;
mod coverage;
mod dead;
mod diff;
mod facts;
mod gains;
mod index;
mod mutant;
mod needs;
mod overlap;
mod region;
mod selection;
mod solve;
#[cfg(test)]
mod tests;
mod token;
mod uncallable;
mod undecided;
mod universe;
mod view;
mod ways;
mod who;
mod why;
mod witness;

pub use assertions::{Counterexample, Exception, Only, everyone, nobody, only};
pub use atom::{Atom, Conditions, atoms};
pub use caller::Caller;
pub use coverage::Coverage;
pub use dead::{DeadRule, NeedlessCondition, Reason, dead_permissions, dead_rules, needless_conditions};
pub use diff::{Difference, diff, first_gain};
pub use facts::Facts;
pub use index::Index;
pub use mutant::Mutant;
pub use uncallable::uncallable_routes;
pub use undecided::{Budget, Undecided};
pub use ways::{Need, Way};
pub use who::{Cell, Who, who};
pub use why::{Change, Explanation, Obstacle, Remedy, explain};
pub use witness::{Gain, Witness};
