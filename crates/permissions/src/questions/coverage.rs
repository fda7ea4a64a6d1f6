//! Which parts of a document could be taken out without a test noticing?
//!
//! A mutant is the document with one thing taken out: a permission, one of its routes, one of its conditions, or the
//! precedence of one literal. The catalog stays. A test notices a mutant if its request is decided differently. Only what
//! can match the request is looked at, so this takes a handful of decisions a test.

use super::atom::atoms;
use super::gains::Question;
use super::index::Role;
use super::mutant::Mutant;
use super::selection::{Denies, From, Partners};
use super::universe::Universe;
use super::view::View;
use super::{Budget, Caller, Facts, Gain, Index, Undecided, Witness};
use crate::grants::Rule;
use crate::method::Method;
use crate::pattern::Effect;
use crate::permissions::Permissions;
use crate::route::Route;
use std::collections::HashSet;

/// Which mutants were noticed.
#[derive(Clone, Debug)]
pub struct Coverage<'a> {
    index: &'a Index<'a>,
    mutants: Vec<(Mutant<'a>, bool)>,
}

impl<'a> Coverage<'a> {
    /// Nothing is noticed yet.
    #[must_use]
    pub fn new(index: &'a Index<'a>) -> Self {
        let mut mutants = Vec::new();
        for (permission, entry) in index.document().permissions().iter().enumerate() {
            mutants.push(Mutant::Permission(permission));
            for effect in [Effect::Allow, Effect::Deny] {
                let routes = entry.routes(effect).iter().enumerate();
                mutants.extend(routes.map(|(place, route)| Mutant::Rule(Rule { permission, effect, route }, place)));
            }
            mutants.extend(atoms(entry).into_iter().map(|atom| Mutant::Condition(permission, atom)));
        }
        let catalog = index.document().catalog().iter().enumerate();
        mutants.extend(catalog.filter(|(place, _)| index.is_winner(*place)).map(|(_, route)| Mutant::Literal(route)));
        Self { index, mutants: mutants.into_iter().map(|mutant| (mutant, false)).collect() }
    }

    /// All mutants, and whether each was noticed.
    #[must_use]
    pub fn mutants(&self) -> &[(Mutant<'a>, bool)] {
        &self.mutants
    }

    /// One test: this caller's request has the answer that the document gives.
    pub fn test(&mut self, caller: &Caller, method: &Method) {
        let index = self.index;
        let path: Vec<Option<&str>> = method.segments().map(Some).collect();
        let near = index.meeting(&path);
        let permissions: HashSet<usize> = near.iter().filter_map(|entry| permission_of(entry.role)).collect();
        let routes: HashSet<&str> = near.iter().map(|entry| entry.route.text()).collect();
        let allowed = View::whole(index).decide(caller, method).is_permitted();
        for (mutant, noticed) in self.mutants.iter_mut().filter(|(_, noticed)| !noticed) {
            let can_matter = match mutant {
                Mutant::Permission(place) | Mutant::Condition(place, _) => permissions.contains(place),
                Mutant::Rule(rule, _) => routes.contains(rule.route.text()),
                Mutant::Literal(route) => routes.contains(route.text()),
            };
            *noticed =
                can_matter && mutant.with_view(index, |view| view.decide(caller, method).is_permitted()) != allowed;
        }
    }

    /// One test of another kind: whether it holds of a document. It holds of this one. Each mutant that was not noticed yet
    /// is put to it, if the test is about all routes or about one that meets the mutant's.
    ///
    /// # Errors
    /// The first error of the test.
    pub fn test_by<E>(
        &mut self,
        about: Option<&Route>,
        mut holds: impl FnMut(&Permissions) -> Result<bool, E>,
    ) -> Result<(), E> {
        let document = self.index.document();
        for (mutant, noticed) in self.mutants.iter_mut().filter(|(_, noticed)| !noticed) {
            let can_matter = about.is_none_or(|route| mutant.meets(document, route));
            if let Some(document) = mutant.document(document).filter(|_| can_matter) {
                *noticed = !holds(&document)?;
            }
        }
        Ok(())
    }

    /// For each mutant that was not noticed the smallest request that would notice it. None: it says the same as the
    /// document, so no test can.
    ///
    /// # Errors
    /// [`Undecided`] when there is no answer.
    pub fn missing_tests(
        &self,
        facts: &Facts,
        budget: &mut Budget,
    ) -> Result<Vec<(Mutant<'a>, Option<Witness>)>, Undecided> {
        let universe = Universe::new(facts, &[self.index.document()], &[], &[])?;
        let unnoticed = self.mutants.iter().filter(|(_, noticed)| !noticed);
        unnoticed
            .map(|(mutant, _)| {
                let look = |view: View<'_>| least_difference(&universe, self.index, mutant, view, budget);
                Ok((*mutant, mutant.with_view(self.index, look)?))
            })
            .collect()
    }
}

/// The smallest request that the document and the view of it decide differently.
fn least_difference(
    universe: &Universe<'_>,
    index: &Index<'_>,
    mutant: &Mutant<'_>,
    view: View<'_>,
    budget: &mut Budget,
) -> Result<Option<Witness>, Undecided> {
    let whole = View::whole(index);
    let question = |new, old, from, partners| Question { universe, new, old, region: None, more: &[], from, partners };
    let denies = |denies| Partners { nothing: false, winners: false, denies };
    let questions = match *mutant {
        Mutant::Permission(place) => [
            question(whole, view, From::Permission(place), Partners::WINNERS),
            question(view, whole, From::All, denies(Denies::Permission(place))),
        ],
        Mutant::Rule(rule, place) => [
            question(whole, view, From::Rule(rule.permission, place), Partners::WINNERS),
            question(view, whole, From::Meeting(rule.route), denies(Denies::Rule(rule.permission, place))),
        ],
        Mutant::Condition(place, _) => [
            question(view, whole, From::Permission(place), Partners::ALL),
            question(whole, view, From::All, denies(Denies::Permission(place))),
        ],
        Mutant::Literal(route) => [
            question(view, whole, From::Meeting(route), Partners::WINNERS),
            question(whole, view, From::Meeting(route), Partners::NONE),
        ],
    };
    let mut least: Option<Gain<'_>> = None;
    for question in &questions {
        least = least.into_iter().chain(question.least_gain(budget)?).min_by_key(|gain| gain.size);
    }
    Ok(least.map(|gain| gain.witness))
}

fn permission_of(role: Role) -> Option<usize> {
    if let Role::Rule(_, permission, _) = role { Some(permission) } else { None }
}
