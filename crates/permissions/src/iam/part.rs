//! When not everything fits: granted methods while they fit, chosen greedily. Another choice may hold more.

use super::cover::{Care, Cover, stretched};
use super::cuts::cuts_for;
use super::draft::{Draft, Fit, Workshop};
use super::effort::Effort;
use super::plan::{Opening, Plan, close, opening_of};
use super::rights::Rights;
use super::word::{Glob, OTHER_VERBS, Verb, VerbSeg};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// Chooses among the planned Allows and those of each row by itself, in order of bytes for each method that they open.
pub(super) fn part(workshop: &Workshop<'_>, plan: &Plan, effort: &mut Effort) -> Draft {
    let mut openings = plan.openings.clone();
    openings.extend(narrow_openings(workshop.rights, plan, effort));
    openings.retain(|opening| workshop.can_be_said(opening));
    choose(workshop, &openings, plan, effort)
}

/// For each granted row the Allow that says it alone, also where another covers it or it had to give way.
fn narrow_openings(rights: &Rights, plan: &Plan, effort: &mut Effort) -> Vec<Opening> {
    let known: BTreeSet<&Glob> = plan.openings.iter().map(|opening| &opening.glob).collect();
    let mut openings: Vec<Opening> = Vec::new();
    for class in &rights.classes {
        for row in class.allowed.iter() {
            let Some(Some(path)) = class.generic.get(row) else { continue };
            let is_new = |verb: &Verb| !known.contains(&Glob::new(VerbSeg::One(*verb), path));
            if !class.verbs.iter().any(|verb| *verb != OTHER_VERBS && is_new(verb)) {
                continue;
            }
            let Ok(cuts) = cuts_for(rights, class, path, effort) else { return openings };
            openings.extend(opening_of(rights, class, path, &cuts, effort));
        }
    }
    openings.retain(|opening| !known.contains(&opening.glob));
    openings
}

fn choose(workshop: &Workshop<'_>, openings: &[Opening], plan: &Plan, effort: &mut Effort) -> Draft {
    let cover = workshop.cover(openings, false, Care::Ordinary, effort);
    let mut draft = Draft { fit: Fit::Part, loss: plan.loss.clone(), ..Draft::default() };
    draft.bytes = workshop.bytes(&draft) + workshop.constants;
    let mut choices: Vec<Choice<'_>> = openings.iter().map(|opening| Choice::new(opening, &cover)).collect();
    let mut heap = BinaryHeap::new();
    for (place, choice) in choices.iter_mut().enumerate() {
        if let Some(cost) = choice.cost(workshop, &draft, &cover) {
            heap.push(Reverse((cost.for_each, place)));
        }
    }
    // Costs shrink as denies are shared, and grow as methods are open already: each is reckoned anew when its turn comes.
    while let Some(Reverse((was, place))) = heap.pop() {
        let Some(choice) = choices.get_mut(place) else { continue };
        let Some(now) = choice.cost(workshop, &draft, &cover) else { continue };
        if now.for_each > was {
            heap.push(Reverse((now.for_each, place)));
            continue;
        }
        if draft.bytes + now.bytes > workshop.limit {
            continue;
        }
        let closing = new_closings(workshop, &draft, choice.opening, effort);
        let bytes: usize = now.bytes + closing.iter().map(|deny| workshop.sizes.resource(deny)).sum::<usize>();
        if draft.bytes + bytes <= workshop.limit {
            draft.add(choice.opening, &cover, false);
            draft.deny.extend(closing);
            draft.bytes += bytes;
        }
    }
    draft
}

/// What closes the outside of the document beside this Allow and is not closed yet, as wide as it can be.
fn new_closings(workshop: &Workshop<'_>, draft: &Draft, opening: &Opening, effort: &mut Effort) -> Vec<Glob> {
    if workshop.rights.complete {
        return Vec::new();
    }
    let mut opening = opening.clone();
    close(workshop.rights, &mut opening, effort);
    let mut new: Vec<Glob> = Vec::new();
    for deny in &opening.closing {
        let known = draft.deny.iter().chain(&new).any(|known| known.covers(deny));
        if !known {
            new.push(stretched(workshop.rights, deny, effort));
        }
    }
    new.retain(|deny| workshop.sizes.fits(deny));
    new
}

/// What an Allow would add to the policy.
struct Cost {
    bytes: usize,
    /// Bytes for each thousand methods that it would open.
    for_each: usize,
}

/// An Allow that may be chosen.
struct Choice<'a> {
    opening: &'a Opening,
    /// The denies that it needs and that are not said yet, of the cover's chosen ones.
    unsaid: BTreeSet<usize>,
}

impl<'a> Choice<'a> {
    fn new(opening: &'a Opening, cover: &Cover) -> Self {
        let denies = opening.clean.iter().chain(&opening.lossy);
        Self { opening, unsaid: denies.filter_map(|deny| cover.of(deny)).collect() }
    }

    /// What the Allow would add; `None` if it opens nothing new, shuts what is open, or cannot be said.
    fn cost(&mut self, workshop: &Workshop<'_>, draft: &Draft, cover: &Cover) -> Option<Cost> {
        let Opening { glob, lossy, opens, .. } = self.opening;
        let rights = workshop.rights;
        let is_shut_now =
            |(verb, row): (Verb, usize)| is_shut(rights, verb, row, draft.lossy.iter().map(|(deny, _)| deny));
        let new = opens.iter().filter(|method| !draft.opens.contains(method));
        let new = new.filter(|(verb, row)| *verb != OTHER_VERBS && !is_shut_now((*verb, *row))).count();
        let shuts_open = !lossy.is_empty() && draft.opens.iter().any(|(verb, row)| is_shut(rights, *verb, *row, lossy));
        if new == 0 || shuts_open {
            return None;
        }
        let is_said = |glob: &Glob| draft.deny.contains(glob) || draft.lossy.iter().any(|(said, _)| said == glob);
        let chosen = |place: &usize| cover.chosen.get(*place).map(|chosen| &chosen.glob);
        // What was said stays said.
        self.unsaid.retain(|place| chosen(place).is_some_and(|glob| !is_said(glob)));
        let denies: usize = self.unsaid.iter().filter_map(chosen).map(|glob| workshop.sizes.resource(glob)).sum();
        let bytes = workshop.sizes.resource(glob) + denies;
        Some(Cost { bytes, for_each: bytes * 1000 / new })
    }
}

/// Do these denies shut the row's ordinary paths?
fn is_shut<'a>(rights: &Rights, verb: Verb, row: usize, denies: impl IntoIterator<Item = &'a Glob>) -> bool {
    let Some(method) = rights.ordinary(verb, row) else { return true };
    denies.into_iter().any(|deny| deny.covers(&method))
}
