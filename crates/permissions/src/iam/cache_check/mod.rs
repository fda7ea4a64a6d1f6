//! Is a document safe to cache by token?
//!
//! API Gateway caches one policy for a token and asks it for the token's next requests. Where that policy does not say all of
//! the token's rights, the next request is refused. So the question is about *every possible holder*: does each one's policy
//! say everything, special values aside, within the budget? There are too many holders to compile a policy for each. The
//! check looks at the document instead:
//!
//! 1. **Bindings** ([`bindings`]). What a route's `${claim}` can be to the document: a text of its own, one of the document's
//!    literals, another claim's value, nothing that can stand in a path. All that follows is done for each.
//! 2. **Conflicts** ([`conflicts`]). Rights cannot be said if a path that must stay shut lies between two open ones, e ≤ u ≤ e'
//!    (the theorem in `docs/policy.md`). The two are opened by one or two permissions. Conditions only add up, so of all who
//!    hold these two, whoever holds **nothing else** opens least. If u is open to that holder, it is open to all of them. So two
//!    permissions, and one more for a deny, are enough to look at: no larger set of permissions has a conflict of its own.
//! 3. **Bytes** ([`bound`]). Allows and cuts of a larger holder are among those that each row would need if nothing else were
//!    granted. Their sum is an upper bound for everybody's policy.
//! 4. **Witnesses**. A conflict is only told if the compiler itself loses a method for that holder. Where the bound is above the
//!    budget, holders that are likely to have large policies are compiled: [`search`].
//!
//! Proved: there are no conflicts, and the bound is within the budget. Else a witness was found, or nothing is proved.
//!
//! Example: `orders/read` allows `GET /a/{x}`, `orders/deep` allows `GET /a/{x}/{y}/{z}`, and `GET /a/{x}/{y}` is in `routes`. Whoever
//! holds both scopes is a witness: the cut `GET/a/*/*` takes the deeper route.
//!
//! The work is bounded by steps for each route of the document. A check that is cut off has proved nothing.

mod asked;
mod beside;
mod bindings;
mod bound;
mod conflicts;
mod held;
mod search;
mod survey;

use super::effort::{Effort, Spent};
use super::policies::{Coverage, Key, Policies};
use crate::method::Method;
use crate::permissions::Permissions;
use crate::questions::Facts;
use asked::Asker;
use conflicts::Conflict;
pub use held::SupposedHolder;
use survey::Survey;

/// What the check may take for each route: 300 routes in 2 ms, 1,200 in 10 ms of a full core, where a step takes some 5 ns.
const STEPS_FOR_A_ROUTE: usize = 1_400;

/// What the check may take for a small document, whose permissions may all meet each other.
const LEAST_STEPS: usize = 100_000;

/// What it may take at most, for the largest documents.
const MOST_STEPS: usize = 2_000_000;

/// What it takes to number the segments of a row, in steps: a few operations for each of its places.
const STEPS_FOR_A_ROW: usize = 50;

/// What the compiler reckons as one step takes up to so many times as long while it chooses Denies and merges Allows.
const DRAFTING: usize = 6;

/// Is a document safe to cache by token?
#[derive(Clone, Debug)]
pub enum CacheSafety {
    /// Every possible holder's policy says all that the holder may do, special values aside, and fits.
    Proved,
    /// This holder's policy does not.
    Witness(Witness),
    /// The check ended without an answer. The largest policy that it compiled, if any.
    NotProved {
        /// The holder, and the size of the policy in bytes of JSON.
        largest: Option<(SupposedHolder, usize)>,
    },
}

/// A holder whose rights one policy does not say.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The holder of least conditions that was found.
    pub holder: SupposedHolder,
    /// The permissions whose conditions it has, by their places in the document.
    pub permissions: Vec<usize>,
    /// What goes wrong.
    pub breaks: Breaks,
}

/// Why does a policy not say all that a holder may do?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// No policy can say these rights. A route that is lost, as far as the compiler names one.
    NotExact {
        /// As a route, its parameters as `{}`.
        example: Option<String>,
    },
    /// The policy would take this many bytes.
    OverBudget {
        /// Bytes of JSON, with room for the requested method.
        bytes: usize,
    },
    /// A resource would be longer than API Gateway takes.
    LongResource,
}

impl Policies {
    /// Is the document safe to cache by token? `method` is any method of the API and stage that the policies are for: the
    /// length of its ARN counts. `facts` are known of every token.
    #[must_use]
    pub fn cache_safety(&self, permissions: &Permissions, method: &Method, facts: &Facts) -> CacheSafety {
        if self.limits.coverage == Coverage::Request || bound::is_plain_and_small(self, permissions, method) {
            return CacheSafety::Proved;
        }
        let steps = (permissions.catalog().len() * STEPS_FOR_A_ROUTE).clamp(LEAST_STEPS, MOST_STEPS);
        self.cache_safety_within(permissions, method, facts, steps)
    }

    /// The same with another bound on the work.
    pub(super) fn cache_safety_within(
        &self,
        permissions: &Permissions,
        method: &Method,
        facts: &Facts,
        steps: usize,
    ) -> CacheSafety {
        // Compiling witnesses has half, so that finding conflicts cannot use it up.
        let mut effort = Effort::of_steps(steps / 2);
        let found = self.look(permissions, method, facts, &mut effort);
        if found.is_proof {
            return CacheSafety::Proved;
        }
        let mut asker = Asker::new(self, permissions, method, facts, steps / 2 + effort.left());
        let conflict = found.conflicts.iter().find_map(|conflict| asker.witness(&conflict.permissions));
        let witness = conflict.or_else(|| {
            asker.slow_down(DRAFTING);
            search::search(&mut asker)
        });
        witness.map_or(CacheSafety::NotProved { largest: asker.largest }, CacheSafety::Witness)
    }

    /// Looks for conflicts and for the most bytes, under each binding.
    fn look(&self, permissions: &Permissions, method: &Method, facts: &Facts, effort: &mut Effort) -> Found {
        let mut conflicts = Vec::new();
        let mut is_within = true;
        let keys = bindings::all(self, permissions, method, facts);
        let is_whole = keys.is_some_and(|keys| {
            keys.iter().all(|key| {
                let looked = self.look_at(permissions, key, facts, &mut conflicts, effort);
                is_within &= looked == Ok(true);
                looked.is_ok() && conflicts.is_empty()
            })
        });
        conflicts.sort_by_key(Conflict::weight);
        Found { is_proof: is_whole && is_within && conflicts.is_empty(), conflicts }
    }

    /// The same under one binding. Says whether everybody's policy is within the budget.
    fn look_at(
        &self,
        permissions: &Permissions,
        key: &Key,
        facts: &Facts,
        conflicts: &mut Vec<Conflict>,
        effort: &mut Effort,
    ) -> Result<bool, Spent> {
        effort.spend(self.catalog.rows.all.len() * STEPS_FOR_A_ROW)?;
        let survey = Survey::new(self, permissions, key, facts);
        conflicts::find(&survey, conflicts, effort)?;
        if !conflicts.is_empty() {
            return Ok(false);
        }
        bound::is_within(&survey, self.limits.budget_bytes, effort)
    }
}

/// What looking at a document found.
struct Found {
    conflicts: Vec<Conflict>,
    /// Is the document safe, if the work was done to the end?
    is_proof: bool,
}

#[cfg(test)]
mod tests;
