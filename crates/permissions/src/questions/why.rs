//! Why is a request refused, and what would open it?

use super::atom::Atom;
use super::needs::claims_of;
use super::universe::Universe;
use super::view::View;
use super::ways::{Need, openers};
use super::{Caller, Facts, Index, Undecided};
use crate::grants::{Rule, Verdict};
use crate::method::Method;
use crate::pattern::{ClaimValues, Effect, matches};
use serde_json::Value;

/// At most so many absent claims are set in all combinations.
const MOST_ABSENT: usize = 6;

/// What the document says of one request, and what would change it.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The answer, with the rule that decides.
    pub verdict: Verdict<'a>,
    /// The denies that shut it. Whatever is added to the token, they stay.
    pub denies: Vec<Rule<'a>>,
    /// The smallest changes of the token that open it. Empty when it is open already.
    pub remedies: Vec<Remedy<'a>>,
    /// Changes that would open it if no deny shut it then.
    pub obstacles: Vec<Obstacle<'a>>,
    /// So many claims would have to be tried together that some were left out: there can be more remedies.
    pub left_out: bool,
}

/// One change of a token, as small as can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy<'a> {
    /// All of these together.
    pub changes: Vec<Change<'a>>,
    /// The place of the permission that then allows the request.
    pub permission: usize,
}

/// A change that is not enough.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle<'a> {
    /// What an allow still asks for.
    pub changes: Vec<Change<'a>>,
    /// The place of that allow's permission.
    pub permission: usize,
    /// The denies that shut the request then.
    pub denies: Vec<Rule<'a>>,
}

/// One thing to change in a token.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<'a> {
    /// Add the scope.
    Scope(&'a str),
    /// Join the group.
    Group(&'a str),
    /// Give the claim this value, instead of another or of none.
    Claim(&'a str, Value),
    /// Give the absent claim any value that can stand in a path and differs from the path's segments.
    AnyOther(&'a str),
}

/// Why may the caller not call the method, and what would change that? Each remedy was put to the engine.
///
/// # Errors
/// [`Undecided`] when conditions depend on each other.
pub fn explain<'a>(
    index: &'a Index<'a>,
    caller: &Caller,
    method: &Method,
    facts: &'a Facts,
) -> Result<Explanation<'a>, Undecided> {
    let universe = Universe::new(facts, &[index.document()], &[], &[])?;
    let case = Case { universe: &universe, index, method };
    let verdict = case.decide(caller);
    let denies = case.denies(caller);
    let mut explanation = Explanation { verdict, denies, remedies: Vec::new(), obstacles: Vec::new(), left_out: false };
    if verdict.is_permitted() || verdict == Verdict::Misspelled {
        return Ok(explanation);
    }
    for (permission, needs) in openers(&universe, index, method) {
        let changes: Vec<Change<'a>> = needs.iter().filter_map(|need| case.lacking(caller, need)).collect();
        let absent = case.absent(&case.changed(caller, &changes));
        explanation.left_out |= absent.len() > MOST_ABSENT;
        let more = case.enough(caller, &changes, absent);
        if more.is_empty() {
            let denies = case.denies(&case.changed(caller, &changes));
            explanation.obstacles.push(Obstacle { changes: changes.clone(), permission, denies });
        }
        let remedies = more.into_iter().map(|more| Remedy { changes: [changes.clone(), more].concat(), permission });
        explanation.remedies.extend(remedies);
    }
    keep_minimal(&mut explanation.remedies);
    Ok(explanation)
}

#[derive(Clone, Copy)]
struct Case<'c, 'a> {
    universe: &'c Universe<'a>,
    index: &'a Index<'a>,
    method: &'c Method,
}

impl<'a> Case<'_, 'a> {
    fn decide(self, caller: &Caller) -> Verdict<'a> {
        View::whole(self.index).decide(caller, self.method)
    }

    /// The denies that hit.
    fn denies(self, caller: &Caller) -> Vec<Rule<'a>> {
        let applied = self.index.document().permissions().iter().enumerate();
        let applied = applied.filter(|(_, permission)| permission.applies_to(caller));
        let rules = applied.flat_map(|(permission, entry)| {
            entry.deny().iter().map(move |route| Rule { permission, effect: Effect::Deny, route })
        });
        rules.filter(|rule| matches(rule.route, Effect::Deny, caller, self.method)).collect()
    }

    /// What the caller has to change for this need.
    fn lacking(self, caller: &Caller, need: &Need<'a>) -> Option<Change<'a>> {
        let path: Vec<&str> = self.method.segments().collect();
        if need.holds_for(caller, &path) {
            return None;
        }
        match *need {
            Need::Atom(Atom::Scope(scope)) => Some(Change::Scope(scope)),
            Need::Atom(Atom::Group(group)) => Some(Change::Group(group)),
            Need::Atom(Atom::Claim(name, value)) => Some(Change::Claim(name, value.clone())),
            Need::IsSegment(name, place) => Some(Change::Claim(name, path.get(place).copied()?.into())),
            Need::IsSegmentOrUnusable(..) | Need::Unusable(_) => None,
        }
    }

    fn changed(self, caller: &Caller, changes: &[Change<'a>]) -> Caller {
        let other: Value = self.universe.fresh.last().map(String::as_str).unwrap_or_default().into();
        changes.iter().fold(caller.clone(), |caller, change| match change {
            Change::Scope(scope) => caller.with(Atom::Scope(scope)),
            Change::Group(group) => caller.with(Atom::Group(group)),
            Change::Claim(name, value) => caller.with_claim(name, value.clone()),
            Change::AnyOther(name) => caller.with_claim(name, other.clone()),
        })
    }

    /// The claims that routes of denies that hit name and the caller has not, sorted.
    fn absent(self, caller: &Caller) -> Vec<&'a str> {
        let mut absent: Vec<&'a str> = Vec::new();
        for rule in self.denies(caller) {
            let named = claims_of(rule.route).into_iter().map(|(claim, _)| claim);
            absent.extend(named.filter(|claim| caller.value(claim).is_none() && caller.claims().get(*claim).is_none()));
        }
        absent.sort_unstable();
        absent.dedup();
        absent
    }

    /// What has to come on top of these changes: one empty list when they are enough. Denies that hit only for want of a
    /// claim are lifted by a claim that differs; all smallest ways to do so are tried. None: nothing helps.
    fn enough(self, caller: &Caller, changes: &[Change<'a>], mut absent: Vec<&'a str>) -> Vec<Vec<Change<'a>>> {
        let asker = self.changed(caller, changes);
        absent.truncate(MOST_ABSENT);
        let mut sets: Vec<Vec<&str>> = vec![Vec::new()];
        for claim in absent {
            let with: Vec<Vec<&str>> = sets.iter().map(|set| [set.as_slice(), &[claim]].concat()).collect();
            sets.extend(with);
        }
        sets.sort_by_key(Vec::len);
        let mut helping: Vec<Vec<&'a str>> = Vec::new();
        for set in sets {
            let more: Vec<Change<'a>> = set.iter().copied().map(Change::AnyOther).collect();
            let is_smallest = !helping.iter().any(|known| known.iter().all(|claim| set.contains(claim)));
            if is_smallest && self.decide(&self.changed(&asker, &more)).is_permitted() {
                helping.push(set);
            }
        }
        helping.into_iter().map(|set| set.into_iter().map(Change::AnyOther).collect()).collect()
    }
}

/// Of two remedies of which one contains the other the smaller stays.
fn keep_minimal(remedies: &mut Vec<Remedy<'_>>) {
    let mut kept: Vec<Remedy<'_>> = Vec::new();
    let within = |one: &Remedy<'_>, other: &Remedy<'_>| one.changes.iter().all(|change| other.changes.contains(change));
    for remedy in remedies.drain(..) {
        if !kept.iter().any(|known| within(known, &remedy)) {
            kept.retain(|known| !within(&remedy, known));
            kept.push(remedy);
        }
    }
    *remedies = kept;
}
