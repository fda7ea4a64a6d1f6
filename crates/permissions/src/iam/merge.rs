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
use super::cuts::{Cut, own_cuts};
use super::draft::{Draft, Fit, Workshop};
use super::effort::{Effort, Harm, Spent};
use super::plan::{Opening, Plan};
use super::rights::{Class, Rights};
use super::sizes::AROUND;
use super::word::{Glob, OTHER_VERBS, Seg, Verb, VerbSeg, Word};
use std::collections::BTreeSet;

/// So many candidates are looked at closely in each step, those that promise most first.
const MOST_WEIGHED: usize = 48;

/// The plan with Allows merged until it fits. If it does not get there, the Allows that were merged so far come back, for a part
/// to be chosen from.
pub(super) fn merged(
    workshop: &Workshop<'_>,
    plan: &Plan,
    care: Care,
    effort: &mut Effort,
) -> Result<Draft, Vec<Opening>> {
    let Ok(mut merging) = Merging::new(workshop, plan, care, effort) else { return Err(Vec::new()) };
    while merging.bytes() > workshop.limit {
        if effort.spend(merging.candidates.len() * 8).is_err() {
            break;
        }
        let Some(step) = merging.next_step() else { break };
        merging.take(step);
    }
    let openings = merging.openings();
    if merging.bytes() > workshop.limit {
        return Err(openings);
    }
    let mut draft = Draft { fit: Fit::Merged, loss: plan.loss.clone(), ..Draft::default() };
    for opening in &openings {
        draft.add(opening, &merging.cover, false);
    }
    draft.loss.special |= !draft.lossy.is_empty();
    draft.bytes = workshop.bytes(&draft);
    if draft.bytes <= workshop.limit { Ok(draft) } else { Err(openings) }
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
    workshop: &'a Workshop<'a>,
    /// All granted methods, verb by verb.
    methods: Elements,
    /// For each granted method its row.
    rows: Vec<(Verb, usize)>,
    cover: Cover,
    deny_bytes: Vec<usize>,
    candidates: Vec<Candidate>,
    /// The Allows chosen so far.
    current: Vec<Candidate>,
}

impl<'a> Merging<'a> {
    fn new(workshop: &'a Workshop<'a>, plan: &Plan, care: Care, effort: &mut Effort) -> Result<Self, Spent> {
        let rights = workshop.rights;
        let granted = granted_methods(rights, plan);
        let globs: Vec<Glob> = granted.iter().map(|(glob, _)| glob.clone()).collect();
        let methods = Elements::new(globs);
        let row_of = |glob: &Glob| granted.iter().find(|(known, _)| known == glob).map(|(_, method)| *method);
        let rows = methods.globs.iter().map(|glob| row_of(glob).unwrap_or_default()).collect();
        let mut needs = Needs::new(rights, effort)?;
        for opening in &plan.openings {
            needs.clean.extend(opening.clean.iter().cloned());
            needs.lossy.extend(opening.lossy.iter().cloned());
        }
        let (clean, lossy) = (std::mem::take(&mut needs.clean), std::mem::take(&mut needs.lossy));
        let cover = cover(rights, clean, lossy, care, workshop.sizes, effort);
        let deny_bytes = cover.chosen.iter().map(|chosen| workshop.sizes.resource(&chosen.glob)).collect();
        let mut merging =
            Self { workshop, methods, rows, cover, deny_bytes, candidates: Vec::new(), current: Vec::new() };
        for opening in &plan.openings {
            let denies = opening.clean.iter().chain(&opening.lossy).cloned().collect::<Vec<_>>();
            let candidate = merging.candidate(&opening.glob, &denies, effort)?;
            merging.current.extend(candidate);
        }
        for shape in shapes(&merging.methods.globs) {
            if let Some(denies) = needs.of(rights, &shape, effort)? {
                let candidate = merging.candidate(&shape, &denies, effort)?;
                let worth = |candidate: &Candidate| candidate.opens.count() > 1 && workshop.sizes.fits(&candidate.glob);
                merging.candidates.extend(candidate.filter(worth));
            }
        }
        Ok(merging)
    }

    fn candidate(&self, glob: &Glob, denies: &[Glob], effort: &mut Effort) -> Result<Option<Candidate>, Spent> {
        let mut needs = Bits::none(self.cover.chosen.len());
        for deny in denies {
            // What the cover does not have, is not known to shut nothing granted.
            let Some(place) = self.cover.of(deny) else { return Ok(None) };
            needs.insert(place);
        }
        let opens = self.methods.covered(glob, effort)?;
        Ok(Some(Candidate { glob: glob.clone(), bytes: self.workshop.sizes.resource(glob), opens, needs }))
    }

    fn bytes(&self) -> usize {
        let mut needs = Bits::none(self.cover.chosen.len());
        let mut bytes = AROUND + self.workshop.sizes.guard() + self.workshop.constants;
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
        let missing = self.bytes().saturating_sub(self.workshop.limit);
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
        let mut share = vec![0; self.methods.globs.len()];
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
            opens: allow.opens.iter().filter_map(|method| self.rows.get(method).copied()).collect(),
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

/// Globs that stand for many methods: their beginnings with all below, their ends, and what is between.
fn shapes(methods: &[Glob]) -> BTreeSet<Glob> {
    let mut shapes = BTreeSet::new();
    for method in methods {
        let path = &method.path;
        for to in 0..=path.len() {
            let below = to < path.len();
            let beginning = shape(path, 0, to, below);
            shapes.insert(Glob { verb: method.verb, path: beginning.clone() });
            for from in 0..=to.min(path.len() - 1) {
                shapes.insert(Glob { verb: VerbSeg::Star, path: shape(path, from, to, below) });
            }
        }
    }
    shapes.retain(|glob| !glob.path.is_empty());
    shapes
}

fn shape(path: &[Seg], from: usize, to: usize, below: bool) -> Word {
    let mut shape = path.get(from..to).unwrap_or_default().to_vec();
    if below {
        shape.push(Seg::Open);
    }
    shape
}

/// What has to be denied beside an Allow of any shape.
struct Needs {
    /// For each class and row that is not granted, its cuts.
    cuts: Vec<Vec<Option<Vec<Cut>>>>,
    /// All denies among them, verb by verb: those that shut nothing granted, and those that do.
    clean: Vec<Glob>,
    lossy: Vec<Glob>,
}

impl Needs {
    fn new(rights: &Rights, effort: &mut Effort) -> Result<Self, Spent> {
        let mut needs = Self { cuts: Vec::new(), clean: Vec::new(), lossy: Vec::new() };
        for class in &rights.classes {
            let mut cuts = vec![None; rights.rows.len()];
            for row in ungranted(class).iter() {
                let own = own_cuts(rights, class, row, effort)?;
                for cut in own.iter().filter(|cut| is_bearable(cut)) {
                    let list = if cut.harm == Harm::None { &mut needs.clean } else { &mut needs.lossy };
                    list.extend(with_every_verb(class, &cut.path));
                }
                if let Some(place) = cuts.get_mut(row) {
                    *place = Some(own);
                }
            }
            needs.cuts.push(cuts);
        }
        Ok(needs)
    }

    /// The denies that an Allow for this glob needs; `None` if one of them would shut a granted method.
    fn of(&self, rights: &Rights, glob: &Glob, effort: &mut Effort) -> Result<Option<Vec<Glob>>, Spent> {
        let touched = rights.index.touched(glob, effort)?;
        let mut denies = Vec::new();
        for (class, cuts) in rights.classes.iter().zip(&self.cuts) {
            let verbs: Vec<Verb> = match glob.verb {
                VerbSeg::One(own) => class.verbs.iter().filter(|verb| **verb == own).copied().collect(),
                VerbSeg::Star => class.verbs.clone(),
            };
            let mut met = touched.clone();
            met.keep(&ungranted(class));
            if verbs.is_empty() || met.is_empty() {
                continue;
            }
            // A star for the verb also opens verbs that nobody knows, which no Deny can name.
            if verbs.contains(&OTHER_VERBS) {
                return Ok(None);
            }
            for row in met.iter() {
                for cut in cuts.get(row).and_then(Option::as_ref).into_iter().flatten() {
                    if !is_bearable(cut) {
                        return Ok(None);
                    }
                    denies.extend(verbs.iter().map(|verb| Glob::new(VerbSeg::One(*verb), &cut.path)));
                }
            }
        }
        Ok(Some(denies))
    }
}

/// Does the cut shut special values at most?
fn is_bearable(cut: &Cut) -> bool {
    matches!(cut.harm, Harm::None | Harm::Special { deep: false })
}

/// Rows that a policy may not open for these verbs. That a row is not named for them does not matter here.
fn ungranted(class: &Class) -> Bits {
    let mut rows = class.must.clone();
    rows.take(&class.allowed);
    rows.add(&class.denied);
    rows
}

/// The path with each verb of the class; a star stands for those that nobody knows.
fn with_every_verb(class: &Class, path: &[Seg]) -> Vec<Glob> {
    let verb = |verb: &Verb| if *verb == OTHER_VERBS { VerbSeg::Star } else { VerbSeg::One(*verb) };
    class.verbs.iter().map(|own| Glob::new(verb(own), path)).collect()
}
