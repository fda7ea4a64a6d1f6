//! One token and one request that prove an answer, made as small as can be.

use super::caller::Caller;
use super::gains::{Found, Question};
use super::{Budget, Undecided};
use crate::grants::{Rule, Verdict};
use crate::holder::Holder;
use crate::method::Method;
use crate::route::{CONNECT, VERBS};
use std::fmt;
use std::ops::ControlFlow;

/// A caller and a request that prove an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Who calls. A claim that makes no difference is left out, even if every token has it.
    pub caller: Caller,
    /// The verb.
    pub verb: &'static str,
    /// The path with its leading slash; empty for `$connect`.
    pub path: String,
}

impl Witness {
    /// Is the verb one that API Gateway lists? An HTTP API's `ANY` also takes others; a REST API's does not.
    #[must_use]
    pub fn has_listed_verb(&self) -> bool {
        self.verb == CONNECT || VERBS.contains(&self.verb)
    }

    /// The request's method in an API that no document names.
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        Method::parse(format!("arn:aws:execute-api:us-east-1:123456789012:api/test/{}{}", self.verb, self.path)).ok()
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.path.is_empty() { "" } else { " " };
        write!(f, "{}{space}{} for {}", self.verb, self.path, self.caller)
    }
}

/// How small is a witness? What a reader has to take in comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size {
    /// Scopes, groups and wanted values of claims.
    pub(crate) atoms: usize,
    /// Claims that are there only because a route names them.
    made: usize,
    length: usize,
    unlisted: bool,
}

/// Something that the new document allows and the old one does not.
#[derive(Clone, Debug)]
pub struct Gain<'a> {
    /// Who can call what.
    pub witness: Witness,
    /// The new document's allow that opens it.
    pub by: Rule<'a>,
    /// What the old document says.
    pub before: Verdict<'a>,
    pub(crate) size: Size,
}

impl<'q, 'a> Question<'q, 'a> {
    /// Is there a gain?
    pub(crate) fn has_gain(&self, budget: &mut Budget) -> Result<bool, Undecided> {
        let seen = self.gains(budget, &mut |_| ControlFlow::Break(()))?;
        Ok(seen.is_break())
    }

    /// The smallest of all gains.
    pub(crate) fn least_gain(&self, budget: &mut Budget) -> Result<Option<Gain<'a>>, Undecided> {
        let mut least: Option<Gain<'a>> = None;
        let _ = self.gains(budget, &mut |found| {
            least = least.take().into_iter().chain(self.shrink(&found)).min_by_key(|gain| gain.size);
            ControlFlow::Continue(())
        })?;
        Ok(least)
    }

    /// Takes away what the gain does not need, and asks the engine about the rest once more. `None` would mean that a
    /// candidate and its token are not decided alike.
    pub(crate) fn shrink(&self, found: &Found<'q, 'a>) -> Option<Gain<'a>> {
        let mut caller = found.candidate.to_caller();
        let mut made = found.only_usable.len();
        let gained = |caller: &Caller, verb: &str| self.is_gain(caller, verb, &found.path);
        for claim in &found.only_usable {
            let smaller = caller.clone().without_claim(claim);
            if gained(&smaller, found.verb) {
                (caller, made) = (smaller, made - 1);
            }
        }
        let listed = found.verb == CONNECT || VERBS.contains(&found.verb);
        let instead = VERBS.into_iter().find(|verb| !listed && gained(&caller, verb));
        let verb = instead.unwrap_or(found.verb);
        let confirmed = gained(&caller, verb);
        let atoms = self.atoms_of(&caller);
        let size = Size { atoms, made, length: found.path.len(), unlisted: !listed && instead.is_none() };
        let path = if verb == CONNECT { String::new() } else { format!("/{}", found.path.join("/")) };
        let witness = Witness { caller, verb, path };
        confirmed.then_some(Gain { witness, by: found.by, before: found.before, size })
    }

    fn is_gain(&self, caller: &Caller, verb: &str, path: &[&str]) -> bool {
        let method = Method::parse(self.universe.arn(verb, path));
        method.is_ok_and(|method| self.new.confirm(caller, &method) && !self.old.confirm(caller, &method))
    }

    /// Scopes, groups and wanted values of claims.
    fn atoms_of(&self, caller: &Caller) -> usize {
        let claims = self.universe.claims.iter();
        let wanted = |name| caller.claim(name).map_or(0, |value| self.universe.wanted_of(name, value));
        caller.scopes().count() + caller.groups().count() + claims.map(|claim| wanted(claim.name)).sum::<usize>()
    }
}
