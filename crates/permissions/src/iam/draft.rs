//! Which Allows and Denies become the policy, so that it fits?
//!
//! The first of these that fits into the budget:
//!
//! 1. the whole [`plan`](super::plan) with [fewer Denies](super::cover), paths outside the document closed, and, if there is
//!    room for all of them, Denies by name of what nothing allows;
//! 2. the same with Denies that also shut special values; not in a document that names every route;
//! 3. in a document that names every route: without what only shuts paths that no route has;
//! 4. there, too: with Allows [merged](super::merge), which opens paths that no route has;
//! 5. a **part**: granted methods while they fit, those that take the fewest bytes first.
//!
//! It aims at more than the requested method: a policy is cached, and answers for the next route.

use super::cover::{Care, Chosen, Cover, cover};
use super::effort::Effort;
use super::merge::Material;
use super::part;
use super::plan::{Loss, Opening, Plan, close};
use super::rights::Rights;
use super::sizes::{AROUND, Sizes};
use super::word::{Glob, OTHER_VERBS, Verb, VerbSeg};
use std::collections::BTreeSet;

/// What a policy says behind the stage, before constants and the requested method.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) allow: Vec<Glob>,
    /// Denies that shut nothing granted.
    pub(super) deny: BTreeSet<Glob>,
    /// Denies of what the document names and nothing allows. It is shut anyway, but where an API's resource policy allows
    /// everybody, only an explicit Deny keeps it shut.
    pub(super) refuse: Vec<Glob>,
    /// Denies that shut something granted, each with the places of the Allows that need it.
    pub(super) lossy: Vec<(Glob, Vec<usize>)>,
    /// The granted methods that are open, by verb and row: each row's ordinary paths.
    pub(super) opens: BTreeSet<(Verb, usize)>,
    /// How the draft was made to fit.
    pub(super) fit: Fit,
    pub(super) loss: Loss,
    /// Its size, in bytes of JSON, with room for the requested method.
    pub(super) bytes: usize,
}

/// How a policy was made to fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fit {
    /// It says everything that it should.
    #[default]
    Whole,
    /// It opens paths that no route of a complete document has.
    Merged,
    /// Some granted methods were left out.
    Part,
}

/// What all drafts are made from.
pub(super) struct Workshop<'a> {
    pub(super) rights: &'a Rights,
    pub(super) sizes: &'a Sizes<'a>,
    /// The largest policy, in bytes of JSON.
    pub(super) limit: usize,
    /// What the constants take that every policy with a wildcard denies.
    pub(super) constants: usize,
}

/// Why does not all of a plan become the policy?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// A resource is longer than API Gateway takes.
    LongResource,
    /// The policy would be larger than it may be: the smallest that was found, in bytes of JSON.
    TooLarge(usize),
}

impl Workshop<'_> {
    pub(super) fn draft(&self, mut plan: Plan, effort: &mut Effort) -> Draft {
        self.all_of(&mut plan, effort).unwrap_or_else(|_| part::part(self, &plan, effort))
    }

    /// All of the plan, if it fits. If not, the plan is left as a part can be chosen from it.
    pub(super) fn all_of(&self, plan: &mut Plan, effort: &mut Effort) -> Result<Draft, Misfit> {
        let planned = plan.openings.len();
        plan.openings.retain(|opening| self.can_be_said(opening));
        if plan.openings.len() < planned {
            return Err(Misfit::LongResource);
        }
        let bytes = match self.whole(plan, effort) {
            Ok(draft) => return Ok(draft),
            Err(bytes) => bytes,
        };
        if self.rights.complete {
            match self.merged(plan, effort) {
                Ok(draft) => return Ok(draft),
                Err(merged) => plan.openings.extend(merged),
            }
        }
        Err(Misfit::TooLarge(bytes))
    }

    /// The plan with Allows merged so that it fits, or as far as they could be.
    fn merged(&self, plan: &Plan, effort: &mut Effort) -> Result<Draft, Vec<Opening>> {
        let Ok(material) = Material::new(self, plan, effort) else { return Err(Vec::new()) };
        material.merged(Care::Everything, effort).or_else(|_| material.merged(Care::Ordinary, effort))
    }

    /// All of the plan without merging, or if that does not fit, the bytes that it would take.
    fn whole(&self, plan: &mut Plan, effort: &mut Effort) -> Result<Draft, usize> {
        let mut care = Care::Everything;
        let mut open = self.assemble(plan, false, care, effort);
        if open.bytes > self.limit && !self.rights.complete {
            care = Care::Ordinary;
            open = self.assemble(plan, false, care, effort);
        }
        if open.bytes > self.limit {
            return Err(open.bytes);
        }
        for opening in &mut plan.openings {
            close(self.rights, opening, effort);
        }
        let closed = self.assemble(plan, true, care, effort);
        if closed.bytes <= self.limit {
            return Ok(self.with_refusals(closed, effort));
        }
        if self.rights.complete {
            return Ok(open);
        }
        let short = self.assemble(plan, true, Care::Ordinary, effort);
        if short.bytes <= self.limit { Ok(short) } else { Err(short.bytes) }
    }

    /// Does API Gateway take each resource that the Allow needs?
    pub(super) fn can_be_said(&self, opening: &Opening) -> bool {
        let denies = opening.clean.iter().chain(&opening.lossy);
        self.sizes.fits(&opening.glob) && denies.into_iter().all(|deny| self.sizes.fits(deny))
    }

    /// What is left of the budget may deny by name what the document names and nothing allows.
    fn with_refusals(&self, mut draft: Draft, effort: &mut Effort) -> Draft {
        let mut refusals: Vec<Glob> = Vec::new();
        for class in &self.rights.classes {
            let mut rows = class.named.clone();
            rows.take(&class.allowed);
            for row in rows.iter().filter_map(|row| self.rights.rows.get(row)) {
                for verb in class.verbs.iter().filter(|verb| **verb != OTHER_VERBS) {
                    let refusal = Glob::new(VerbSeg::One(*verb), &row.word);
                    let known = draft.deny.iter().any(|deny| deny.covers(&refusal));
                    if !known && self.rights.touches(&refusal, effort).is_ok_and(|touches| !touches) {
                        refusals.push(refusal);
                    }
                }
            }
        }
        let cover = cover(self.rights, refusals, Vec::new(), Care::Everything, self.sizes, effort);
        let bytes: usize = cover.chosen.iter().map(|chosen| self.sizes.resource(&chosen.glob)).sum();
        if draft.bytes + bytes <= self.limit {
            draft.refuse = cover.chosen.into_iter().map(|chosen| chosen.glob).collect();
            draft.bytes += bytes;
        }
        draft
    }

    /// All of the plan, with the fewest denies.
    fn assemble(&self, plan: &Plan, closed: bool, care: Care, effort: &mut Effort) -> Draft {
        let cover = self.cover(&plan.openings, closed, care, effort);
        let mut draft = Draft { loss: plan.loss.clone(), ..Draft::default() };
        for opening in &plan.openings {
            draft.add(opening, &cover, closed);
        }
        draft.loss.special |= care == Care::Ordinary;
        draft.bytes = self.bytes(&draft);
        draft
    }

    /// The fewest denies for all of these.
    pub(super) fn cover(&self, openings: &[Opening], closed: bool, care: Care, effort: &mut Effort) -> Cover {
        let (mut clean, mut lossy) = (Vec::new(), Vec::new());
        for opening in openings {
            clean.extend(opening.clean.iter().cloned());
            lossy.extend(opening.lossy.iter().cloned());
            if closed {
                clean.extend(opening.closing.iter().filter(|deny| self.sizes.fits(deny)).cloned());
            }
        }
        cover(self.rights, clean, lossy, care, self.sizes, effort)
    }

    /// The size of the policy, with room for the requested method.
    pub(super) fn bytes(&self, draft: &Draft) -> usize {
        let allow: usize = draft.allow.iter().map(|glob| self.sizes.resource(glob)).sum();
        let deny: usize = draft.deny.iter().map(|glob| self.sizes.resource(glob)).sum();
        let lossy: usize = draft.lossy.iter().map(|(glob, _)| self.sizes.resource(glob)).sum();
        let constants = if draft.allow.iter().any(Glob::has_star) { self.constants } else { 0 };
        AROUND + self.sizes.guard() + constants + allow + deny + lossy
    }
}

impl Draft {
    /// Adds an Allow and what it needs: of the denies, those that cover it in the given cover.
    pub(super) fn add(&mut self, opening: &Opening, cover: &Cover, closed: bool) {
        let place = self.allow.len();
        self.allow.push(opening.glob.clone());
        let closing = if closed { opening.closing.as_slice() } else { &[] };
        let clean = opening.clean.iter().chain(closing).map(|deny| (deny, false));
        let mut added = BTreeSet::new();
        for (deny, lossy) in clean.chain(opening.lossy.iter().map(|deny| (deny, true))) {
            let chosen = cover.of(deny);
            if chosen.is_some_and(|chosen| !added.insert(chosen)) {
                continue;
            }
            // What the cover does not know stands for itself.
            let itself = Chosen { glob: deny.clone(), lossy };
            let Chosen { glob, lossy } = chosen.and_then(|chosen| cover.chosen.get(chosen)).unwrap_or(&itself);
            if *lossy {
                self.add_lossy(glob, place);
            } else {
                self.deny.insert(glob.clone());
            }
        }
        self.opens.extend(opening.opens.iter().copied());
    }

    /// A lossy deny that another covers is not said, but whoever needs it needs the other.
    fn add_lossy(&mut self, deny: &Glob, needed_by: usize) {
        if let Some((_, needed)) = self.lossy.iter_mut().find(|(known, _)| known == deny) {
            if needed.last() != Some(&needed_by) {
                needed.push(needed_by);
            }
            return;
        }
        if let Some((_, needed)) = self.lossy.iter_mut().find(|(known, _)| known.covers(deny)) {
            if !needed.contains(&needed_by) {
                needed.push(needed_by);
            }
            return;
        }
        let mut needed = vec![needed_by];
        self.lossy.retain(|(known, by)| {
            let narrower = deny.covers(known);
            if narrower {
                needed.extend(by);
            }
            !narrower
        });
        self.lossy.push((deny.clone(), needed));
    }
}
