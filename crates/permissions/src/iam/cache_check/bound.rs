//! How many bytes can a policy take at most, whoever holds it?
//!
//! Each row that somebody may call has an Allow and the cuts that it would need if nothing else were granted: a larger holder
//! needs some of these, and no others. Denies are covered by wider ones, which are chosen by their bytes for each deny: so no
//! deny costs more than by itself, and the sum of all is an upper bound.
//!
//! What is within a budget of some kilobytes is so little that the compiler comes nowhere near the bound on its own work.

use super::super::bits::Bits;
use super::super::effort::{Effort, Spent};
use super::super::policies::Policies;
use super::super::sizes::{AROUND, Lengths, Sizes};
use super::super::word::{Glob, OTHER_VERBS, Seg, Verb, VerbSeg, Word, covers};
use super::beside::{Cuts, closings};
use super::survey::{Survey, Verbs};
use crate::grants::Spellings;
use crate::method::Method;
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::{Route, Segment, VERBS, Verb as RouteVerb};
use std::collections::HashSet;

/// The greedy cover reckons in whole bytes, and a star is a byte longer than the root path's empty segment.
const ROUNDING: usize = 2;

/// Are all allowed routes texts without a parameter, and few? Then nothing has to be cut, and the document is safe at a glance.
pub(super) fn is_plain_and_small(policies: &Policies, permissions: &Permissions, method: &Method) -> bool {
    let lengths = Lengths::new(method, Spellings::new(&[], &[]));
    let sizes = Sizes { lengths: &lengths, texts: &policies.catalog.texts };
    let mut bytes = AROUND + sizes.guard();
    for route in permissions.permissions().iter().flat_map(Permission::allow) {
        let Some(resource) = plain_length(route).and_then(|length| sizes.resource_of(length)) else { return false };
        bytes += resource;
        if bytes > policies.limits.budget_bytes {
            return false;
        }
    }
    true
}

/// Of a route without parameters, the bytes of verb and path.
fn plain_length(route: &Route) -> Option<usize> {
    let verb = VERBS.iter().find(|verb| route.verb() != RouteVerb::Any && route.verb().covers(verb))?;
    let mut bytes = verb.len() + usize::from(route.segments().is_empty());
    for segment in route.segments() {
        let Segment::Literal(literal) = segment else { return None };
        bytes += 1 + literal.len();
    }
    Some(bytes)
}

/// Is the bound within the budget?
pub(super) fn is_within(survey: &Survey<'_>, budget: usize, effort: &mut Effort) -> Result<bool, Spent> {
    let spelling = survey.sizes.constants(survey.permissions.spelling());
    let bytes = AROUND + survey.sizes.guard() + spelling;
    let mut bound = Bound { survey, budget, bytes, known: HashSet::new() };
    for verbs in &survey.classes {
        for row in verbs.openable.iter() {
            if survey.has_ordinary(verbs, row, effort)? && !bound.add_row(verbs, row, effort)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

struct Bound<'a> {
    survey: &'a Survey<'a>,
    budget: usize,
    /// What everything takes that was added.
    bytes: usize,
    known: HashSet<Glob>,
}

impl Bound<'_> {
    /// Adds all that a row may need. Says whether the sum is within the budget still, and everything can be said.
    fn add_row(&mut self, verbs: &Verbs, row: usize, effort: &mut Effort) -> Result<bool, Spent> {
        let survey = self.survey;
        if is_covered(survey, verbs, row, effort)? {
            return Ok(true);
        }
        // Then the row begins with a longer path for some, and needs other cuts.
        if verbs.denies.iter().any(|(_, deny)| survey.takes_beginning(*deny, row)) {
            return Ok(false);
        }
        let path = survey.word(row).to_vec();
        let mut fits = true;
        for verb in &verbs.all {
            fits &= self.add(*verb, &path);
            if *verb == OTHER_VERBS {
                // A star for the verb takes segments, too.
                let longer: Word = [&[Seg::Open], path.as_slice()].concat();
                fits &= self.add(*verb, &longer);
                fits &= self.add_closings(*verb, &path, effort)?;
            } else if path.contains(&Seg::Open) {
                fits &= self.add_closings(*verb, &path, effort)?;
            }
        }
        Ok(fits && (!path.contains(&Seg::Open) || self.add_cuts(verbs, row, effort)?))
    }

    /// Adds a resource. Says whether it can be said, and the sum is within the budget still.
    fn add(&mut self, verb: Verb, path: &[Seg]) -> bool {
        let verb = if verb == OTHER_VERBS { VerbSeg::Star } else { VerbSeg::One(verb) };
        let resource = Glob::new(verb, path);
        let fits = self.survey.sizes.fits(&resource);
        let bytes = self.survey.sizes.resource(&resource) + ROUNDING;
        if self.known.insert(resource) {
            self.bytes += bytes;
        }
        fits && self.bytes <= self.budget
    }

    /// Adds the cuts of a row that some holder may need.
    fn add_cuts(&mut self, verbs: &Verbs, row: usize, effort: &mut Effort) -> Result<bool, Spent> {
        let survey = self.survey;
        // Whoever is denied all of the row has no Allow for it.
        let mut denied = Bits::none(survey.rows.len());
        verbs
            .denies
            .iter()
            .filter(|(_, deny)| !survey.takes_all(*deny, row))
            .for_each(|(_, deny)| denied.insert(*deny));
        let mut met = survey.touched(row, effort)?;
        let mut relevant = verbs.must.clone();
        relevant.add(&denied);
        met.keep(&relevant);
        for other in met.iter() {
            let mut cuts = Cuts { survey, verbs, denied: &denied, row, other, found: Vec::new() };
            cuts.find(effort)?;
            for path in &cuts.found {
                effort.spend(path.len() + verbs.all.len())?;
                for verb in &verbs.all {
                    if !self.add(*verb, path) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Adds what may close the outside of the document. A document that names every route goes without where it does not fit.
    fn add_closings(&mut self, verb: Verb, path: &[Seg], effort: &mut Effort) -> Result<bool, Spent> {
        if self.survey.complete {
            return Ok(true);
        }
        let verb_seg = if verb == OTHER_VERBS { VerbSeg::Star } else { VerbSeg::One(verb) };
        let possible = closings(self.survey, &Glob::new(verb_seg, path), effort)?;
        if runs_of_stars(path) == 1 {
            // Each is longer than the one before, and one is enough.
            let sizes = possible.iter().map(|longer| self.survey.sizes.resource(longer));
            self.bytes += sizes.max().map_or(0, |bytes| bytes + ROUNDING);
            return Ok(self.bytes <= self.budget);
        }
        Ok(possible.iter().all(|longer| !self.survey.sizes.fits(longer) || self.add(verb, &longer.path)))
    }
}

fn runs_of_stars(path: &[Seg]) -> usize {
    let begins = |place: usize| place.checked_sub(1).and_then(|before| path.get(before)) != Some(&Seg::Open);
    path.iter().enumerate().filter(|(place, seg)| **seg == Seg::Open && begins(*place)).count()
}

/// Does whoever may call the row always have an Allow that covers it? Not told where denies may take the other one away.
fn is_covered(survey: &Survey<'_>, verbs: &Verbs, row: usize, effort: &mut Effort) -> Result<bool, Spent> {
    if !verbs.denies.is_empty() || verbs.all.contains(&OTHER_VERBS) {
        return Ok(false);
    }
    let path = survey.word(row);
    for other in verbs.openable.iter() {
        effort.spend(1)?;
        let wide = survey.word(other);
        let covers = other != row && wide != path && covers(wide, path);
        if covers && verbs.openers(row).all(|opener| verbs.openers(other).any(|known| known == opener)) {
            return survey.has_ordinary(verbs, other, effort);
        }
    }
    Ok(false)
}
