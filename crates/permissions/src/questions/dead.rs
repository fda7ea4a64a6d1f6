//! Which parts of a document make no difference?
//!
//! Each answer compares the document with a view of it that leaves one thing out. The catalog stays, so no route begins or
//! ceases to win by its literal. Two equal permissions are each dead because of the other: leave one out, and ask again.

use super::assertions::made;
use super::atom::{Atom, atoms};
use super::gains::Question;
use super::selection::{Denies, From, Partners};
use super::universe::Universe;
use super::view::{View, Without};
use super::{Budget, Facts, Index, Undecided};
use crate::grants::{Rule, Verdict};
use crate::pattern::Effect;
use crate::permission::Permission;
use std::ops::ControlFlow;

/// A route of a permission that makes no difference.
#[derive(Clone, Debug)]
pub struct DeadRule<'a> {
    /// The rule.
    pub rule: Rule<'a>,
    /// The route's place in the permission's `allow` or `deny`.
    pub place: usize,
    /// Why it makes none.
    pub reason: Reason<'a>,
    /// Does its literal win over another allow? Then the route has to stay in the document, under `routes`.
    pub wins: bool,
}

/// Why does a rule make no difference?
#[derive(Clone, Debug)]
pub enum Reason<'a> {
    /// Nobody can meet its conditions, or denies shut all that it could open; a deny: nothing that it could shut is open.
    NoEffect,
    /// These allows open everything that it opens.
    Covered(Vec<Rule<'a>>),
}

/// A condition without which the document says the same.
#[derive(Clone, Copy, Debug)]
pub struct NeedlessCondition<'a> {
    /// The permission's place in the document.
    pub permission: usize,
    /// The condition.
    pub atom: Atom<'a>,
}

/// The routes of permissions that make no difference.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn dead_rules<'a>(
    index: &'a Index<'a>,
    facts: &'a Facts,
    budget: &mut Budget,
) -> Result<Vec<DeadRule<'a>>, Undecided> {
    let universe = Universe::new(facts, &[index.document()], &[], &[])?;
    let mut dead = Vec::new();
    for (rule, place) in rules(index) {
        let comparison = Comparison { universe: &universe, index };
        if !comparison.matters_as(Without::Rule(rule.effect, rule.permission, place), rule, place, budget)? {
            let reason = comparison.reason(rule, place, budget)?;
            dead.push(DeadRule {
                rule,
                place,
                reason,
                wins: rule.effect == Effect::Allow && index.wins_by_literal(rule.route),
            });
        }
    }
    Ok(dead)
}

/// The permissions that make no difference, by their places.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn dead_permissions(index: &Index<'_>, facts: &Facts, budget: &mut Budget) -> Result<Vec<usize>, Undecided> {
    let universe = Universe::new(facts, &[index.document()], &[], &[])?;
    let comparison = Comparison { universe: &universe, index };
    let mut dead = Vec::new();
    for permission in 0..index.document().permissions().len() {
        let (whole, without) = (View::whole(index), View { index, without: Without::Permission(permission) });
        let opens = comparison.question(whole, without, From::Permission(permission), Partners::WINNERS);
        let shuts = comparison.question(without, whole, From::All, denies_of(Denies::Permission(permission)));
        let has_denies = index.document().permissions().get(permission).is_some_and(|found| !found.deny().is_empty());
        let matters = opens.has_gain(budget)? || (has_denies && shuts.has_gain(budget)?);
        if !matters {
            dead.push(permission);
        }
    }
    Ok(dead)
}

/// The conditions without which the document says the same.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn needless_conditions<'a>(
    index: &'a Index<'a>,
    facts: &Facts,
    budget: &mut Budget,
) -> Result<Vec<NeedlessCondition<'a>>, Undecided> {
    let universe = Universe::new(facts, &[index.document()], &[], &[])?;
    let mut needless = Vec::new();
    for (permission, entry) in index.document().permissions().iter().enumerate() {
        for atom in atoms(entry) {
            let loosened = without_atom(entry, atom);
            let without = Without::Condition(permission, &loosened);
            if !(Comparison { universe: &universe, index }).condition_matters(without, permission, budget)? {
                needless.push(NeedlessCondition { permission, atom });
            }
        }
    }
    Ok(needless)
}

/// Comparisons of one document with views of it.
#[derive(Clone, Copy)]
struct Comparison<'q, 'a> {
    universe: &'q Universe<'a>,
    index: &'a Index<'a>,
}

impl<'q, 'a> Comparison<'q, 'a> {
    fn question(self, new: View<'a>, old: View<'a>, from: From<'a>, partners: Partners) -> Question<'q, 'a> {
        Question { universe: self.universe, new, old, region: None, more: &[], from, partners }
    }

    /// Does the document without the rule allow something else?
    fn matters_as(
        self,
        without: Without<'a>,
        rule: Rule<'a>,
        place: usize,
        budget: &mut Budget,
    ) -> Result<bool, Undecided> {
        let (whole, without) = (View::whole(self.index), View { index: self.index, without });
        let question = match rule.effect {
            Effect::Allow => self.question(whole, without, From::Rule(rule.permission, place), Partners::WINNERS),
            Effect::Deny => {
                let partners = denies_of(Denies::Rule(rule.permission, place));
                self.question(without, whole, From::Meeting(rule.route), partners)
            }
        };
        question.has_gain(budget)
    }

    fn condition_matters(
        self,
        without: Without<'a>,
        permission: usize,
        budget: &mut Budget,
    ) -> Result<bool, Undecided> {
        let (whole, loose) = (View::whole(self.index), View { index: self.index, without });
        if self.question(loose, whole, From::Permission(permission), Partners::ALL).has_gain(budget)? {
            return Ok(true);
        }
        let denies = whole.permission(permission).is_some_and(|found| !found.deny().is_empty());
        let shuts = self.question(whole, loose, From::All, denies_of(Denies::Permission(permission)));
        Ok(denies && shuts.has_gain(budget)?)
    }

    /// What opens the requests of a dead allow?
    fn reason(self, rule: Rule<'a>, place: usize, budget: &mut Budget) -> Result<Reason<'a>, Undecided> {
        if rule.effect == Effect::Deny {
            return Ok(Reason::NoEffect);
        }
        let nothing = made(Vec::new(), Vec::new(), self.index.document());
        let nothing = Index::new(&nothing);
        let without = View { index: self.index, without: Without::Rule(rule.effect, rule.permission, place) };
        let from = From::Rule(rule.permission, place);
        let (new, old) = (View::whole(self.index), View::whole(&nothing));
        let universe = self.universe;
        let partners = Partners::NONE;
        let mut others: Vec<Rule<'a>> = Vec::new();
        let _ =
            Question { universe, new, old, region: None, more: &[], from, partners }.gains(budget, &mut |found| {
                let verdict = without.decide(&found.candidate, &found.method);
                if let Verdict::Allowed(other) = verdict
                    && !others.contains(&other)
                {
                    others.push(other);
                }
                ControlFlow::Continue(())
            })?;
        Ok(if others.is_empty() { Reason::NoEffect } else { Reason::Covered(others) })
    }
}

fn denies_of(denies: Denies) -> Partners {
    Partners { nothing: false, winners: false, denies }
}

/// Each rule, with the route's place in its list.
fn rules<'a>(index: &Index<'a>) -> impl Iterator<Item = (Rule<'a>, usize)> + use<'a> {
    index.document().permissions().iter().enumerate().flat_map(|(permission, entry)| {
        [Effect::Allow, Effect::Deny].into_iter().flat_map(move |effect| {
            let routes = entry.routes(effect).iter().enumerate();
            routes.map(move |(place, route)| (Rule { permission, effect, route }, place))
        })
    })
}

/// The permission without one of its conditions. It may be left with none: then it applies to everybody.
pub(crate) fn without_atom(permission: &Permission, atom: Atom<'_>) -> Permission {
    let mut loosened = permission.clone();
    loosened.scopes.retain(|scope| atom != Atom::Scope(scope));
    loosened.groups.retain(|group| atom != Atom::Group(group));
    loosened.claims.retain(|(name, value)| {
        let is_group = name == super::atom::GROUPS && value.as_str().is_some_and(|group| atom == Atom::Group(group));
        atom != Atom::Claim(name, value) && !is_group
    });
    loosened
}
