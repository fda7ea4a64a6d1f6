//! In a document that names every route: fewer Allows, which also open paths that no route has.
//!
//! An Allow such as `GET/orders/*` may stand for many granted routes below `/orders`. What it opens besides does not matter as
//! long as no ungranted route is among it; those that are, are cut. Which Allows and Denies take the fewest bytes is the set
//! cover problem twice over, so it is done greedily, step by step from the plan, and only as far as the budget needs: a
//! policy should open hardly more than it must.
//!
//! Example: `GET/orders`, `GET/orders/*`, `POST/orders` beside the ungranted `GET /orders/{id}/pii` may become `*/orders`,
//! `GET/orders/*` with the cut `*/pii`.

use super::bits::Bits;
use super::cover::{Care, Cover, Elements, cover};
use super::draft::{Draft, Fit, Workshop};
use super::effort::{Effort, Spent};
use super::needs::Needs;
use super::plan::{Opening, Plan};
use super::rights::Rights;
use super::sizes::AROUND;
use super::word::{Glob, OTHER_VERBS, Verb};

/// So many candidates are looked at closely in each step, those that promise most first.
const MOST_WEIGHED: usize = 48;

/// What Allows are merged from, whatever the care.
pub(super) struct Material<'a> {
    workshop: &'a Workshop<'a>,
    plan: &'a Plan,
    /// All granted methods, verb by verb.
    methods: Elements,
    /// For each granted method its row.
    rows: Vec<(Verb, usize)>,
    needs: Needs,
}

impl<'a> Material<'a> {
    pub(super) fn new(workshop: &'a Workshop<'a>, plan: &'a Plan, effort: &mut Effort) -> Result<Self, Spent> {
        let granted = granted_methods(workshop.rights, plan);
        let methods = Elements::new(granted.iter().map(|(glob, _)| glob.clone()).collect());
        let rows = granted.into_iter().map(|(_, method)| method).collect();
        let needs = Needs::new(workshop.rights, &plan.openings, &methods.globs, effort)?;
        Ok(Self { workshop, plan, methods, rows, needs })
    }

    /// The plan with Allows merged until it fits. If it does not get there, the Allows that were merged so far come back, for
    /// a part to be chosen from.
    pub(super) fn merged(&self, care: Care, effort: &mut Effort) -> Result<Draft, Vec<Opening>> {
        let Ok(mut merging) = Merging::new(self, care, effort) else { return Err(Vec::new()) };
        let limit = self.workshop.limit;
        while merging.bytes() > limit {
            if effort.spend(merging.candidates.len() * 8).is_err() {
                break;
            }
            let Some(step) = merging.next_step() else { break };
            merging.take(step);
        }
        let openings = merging.openings();
        if merging.bytes() > limit {
            return Err(openings);
        }
        let mut draft = Draft { fit: Fit::Merged, loss: self.plan.loss.clone(), ..Draft::default() };
        for opening in &openings {
            draft.add(opening, &merging.cover, false);
        }
        draft.loss.special |= !draft.lossy.is_empty();
        draft.bytes = self.workshop.bytes(&draft);
        if draft.bytes <= limit { Ok(draft) } else { Err(openings) }
    }
}

/// An Allow that may be part of the policy.
struct Candidate {
    glob: Glob,
    bytes: usize,
    /// The granted methods that it opens.
    opens: Bits,
    /// The denies that it needs, of the cover's chosen ones.
    needs: Bits,
}

struct Merging<'a> {
    material: &'a Material<'a>,
    cover: Cover,
    deny_bytes: Vec<usize>,
    candidates: Vec<Candidate>,
    /// The Allows chosen so far.
    current: Vec<Candidate>,
}

impl<'a> Merging<'a> {
    fn new(material: &'a Material<'a>, care: Care, effort: &mut Effort) -> Result<Self, Spent> {
        let Workshop { rights, sizes, .. } = material.workshop;
        let denies = &material.needs.denies;
        let cover = cover(rights, denies.of_kind(true), denies.of_kind(false), care, sizes, effort);
        let deny_bytes = cover.chosen.iter().map(|chosen| sizes.resource(&chosen.glob)).collect();
        let mut merging = Self { material, cover, deny_bytes, candidates: Vec::new(), current: Vec::new() };
        let chosen_for: Vec<Option<usize>> = denies.globs.iter().map(|deny| merging.cover.of(deny)).collect();
        for (opening, needs) in material.plan.openings.iter().zip(&material.needs.of_plan) {
            let candidate = merging.candidate(&opening.glob, needs, &chosen_for, effort)?;
            merging.current.extend(candidate);
        }
        for (shape, needs) in &material.needs.of_shapes {
            let candidate = merging.candidate(shape, needs, &chosen_for, effort)?;
            let worth = |candidate: &Candidate| candidate.opens.count() > 1 && sizes.fits(&candidate.glob);
            merging.candidates.extend(candidate.filter(worth));
        }
        Ok(merging)
    }

    fn candidate(
        &self,
        glob: &Glob,
        denies: &[usize],
        chosen_for: &[Option<usize>],
        effort: &mut Effort,
    ) -> Result<Option<Candidate>, Spent> {
        let mut needs = Bits::none(self.cover.chosen.len());
        for deny in denies {
            // What the cover does not have, is not known to shut nothing granted.
            let Some(place) = chosen_for.get(*deny).copied().flatten() else { return Ok(None) };
            needs.insert(place);
        }
        let opens = self.material.methods.covered(glob, effort)?;
        Ok(Some(Candidate { glob: glob.clone(), bytes: self.material.workshop.sizes.resource(glob), opens, needs }))
    }

    fn bytes(&self) -> usize {
        let mut needs = Bits::none(self.cover.chosen.len());
        let mut bytes = AROUND + self.material.workshop.sizes.guard() + self.material.workshop.constants;
        for allow in &self.current {
            bytes += allow.bytes;
            needs.add(&allow.needs);
        }
        bytes + self.bytes_of(&needs)
    }

    fn bytes_of(&self, needs: &Bits) -> usize {
        needs.iter().filter_map(|place| self.deny_bytes.get(place)).sum()
    }

    /// The smallest step that is enough, or the one that saves most.
    fn next_step(&self) -> Option<usize> {
        let missing = self.bytes().saturating_sub(self.material.workshop.limit);
        let mut needs = Bits::none(self.cover.chosen.len());
        for allow in &self.current {
            needs.add(&allow.needs);
        }
        let mut promising = self.promising(&needs);
        promising.truncate(MOST_WEIGHED);
        let mut best: Option<(usize, usize)> = None;
        for (_, place) in promising {
            let saving = self.saving(place);
            let is_better = match best {
                None => true,
                Some((known, _)) if known >= missing => saving >= missing && saving < known,
                Some((known, _)) => saving > known,
            };
            if saving > 0 && is_better {
                best = Some((saving, place));
            }
        }
        best.map(|(_, place)| place)
    }

    /// Candidates by what they could save at best, those that promise most first.
    fn promising(&self, needs: &Bits) -> Vec<(usize, usize)> {
        let mut share = vec![0; self.material.methods.globs.len()];
        for allow in &self.current {
            let each = allow.bytes / allow.opens.count().max(1);
            for method in allow.opens.iter() {
                if let Some(share) = share.get_mut(method) {
                    *share = each.max(*share);
                }
            }
        }
        let mut promising = Vec::new();
        for (place, candidate) in self.candidates.iter().enumerate() {
            let replaced: usize = candidate.opens.iter().filter_map(|method| share.get(method)).sum();
            let mut new = candidate.needs.clone();
            new.take(needs);
            let cost = candidate.bytes + self.bytes_of(&new);
            if replaced > cost {
                promising.push((replaced - cost, place));
            }
        }
        promising.sort_unstable_by(|one, other| other.cmp(one));
        promising
    }

    /// By how many bytes is the policy smaller with this candidate, and without the Allows that it makes superfluous?
    fn saving(&self, place: usize) -> usize {
        let Some(candidate) = self.candidates.get(place) else { return 0 };
        let (mut before, mut after) = (Bits::none(self.cover.chosen.len()), Bits::none(self.cover.chosen.len()));
        let mut replaced = 0;
        for allow in &self.current {
            before.add(&allow.needs);
            if allow.opens.is_within(&candidate.opens) {
                replaced += allow.bytes;
            } else {
                after.add(&allow.needs);
            }
        }
        after.add(&candidate.needs);
        (replaced + self.bytes_of(&before)).saturating_sub(candidate.bytes + self.bytes_of(&after))
    }

    fn take(&mut self, place: usize) {
        let candidate = self.candidates.swap_remove(place);
        self.current.retain(|allow| !allow.opens.is_within(&candidate.opens));
        self.current.push(candidate);
    }

    /// The denies that an Allow needs, those that shut nothing granted, or those that do.
    fn chosen(&self, allow: &Candidate, lossy: bool) -> Vec<Glob> {
        let needed = allow.needs.iter().filter_map(|place| self.cover.chosen.get(place));
        needed.filter(|chosen| chosen.lossy == lossy).map(|chosen| chosen.glob.clone()).collect()
    }

    fn openings(&self) -> Vec<Opening> {
        let opening = |allow: &Candidate| Opening {
            glob: allow.glob.clone(),
            clean: self.chosen(allow, false),
            lossy: self.chosen(allow, true),
            closing: Vec::new(),
            opens: allow.opens.iter().filter_map(|method| self.material.rows.get(method).copied()).collect(),
        };
        self.current.iter().map(opening).collect()
    }
}

/// Every granted method that the plan opens, as the glob around it, with its verb and row.
fn granted_methods(rights: &Rights, plan: &Plan) -> Vec<(Glob, (Verb, usize))> {
    let mut methods = Vec::new();
    for (verb, row) in plan.openings.iter().flat_map(|opening| &opening.opens) {
        if let Some(method) = rights.ordinary(*verb, *row).filter(|_| *verb != OTHER_VERBS) {
            methods.push((method, (*verb, *row)));
        }
    }
    methods.sort_unstable();
    methods.dedup_by(|one, other| one.0 == other.0);
    methods
}
