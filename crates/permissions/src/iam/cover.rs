//! Fewer denies that shut the same.
//!
//! A Deny that shuts nothing granted may be made wider as long as it still does not; that is how many become one. Where the
//! policy is still larger than the budget, a Deny may also shut special values ([`Care::Ordinary`]). It then is lossy, and gives
//! way to the request for such a value. Finding the fewest bytes is the set cover problem, so it is done greedily: of all
//! candidates, again and again the one that takes the fewest bytes for each deny that it makes superfluous.

use super::bits::Bits;
use super::effort::{Effort, Spent};
use super::index::Index;
use super::rights::Rights;
use super::sizes::Sizes;
use super::word::{Glob, Row, Seg, Verb, VerbSeg, Word};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// What may a Deny not shut that stands for others?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// Anything granted.
    Everything,
    /// The ordinary paths of granted rows: those in which every parameter is a text that no literal of the document equals.
    /// Special values may be shut.
    Ordinary,
}

/// Denies, and which glob shuts each.
#[derive(Debug, Default)]
pub(super) struct Cover {
    pub(super) chosen: Vec<Chosen>,
    /// For each deny asked for, the place of a chosen one that covers it.
    by: BTreeMap<Glob, usize>,
}

/// A Deny that stands for others.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) glob: Glob,
    /// Does it shut something granted?
    pub(super) lossy: bool,
}

impl Cover {
    /// The place of the chosen deny that covers this one.
    pub(super) fn of(&self, deny: &Glob) -> Option<usize> {
        self.by.get(deny).copied()
    }
}

/// Covers these denies: `clean` ones, which shut nothing granted, and `lossy` ones, which do. When the budget is spent, what is
/// left stands for itself.
pub(super) fn cover(
    rights: &Rights,
    clean: Vec<Glob>,
    lossy: Vec<Glob>,
    care: Care,
    sizes: &Sizes<'_>,
    effort: &mut Effort,
) -> Cover {
    let mut cover = Cover::default();
    match care {
        Care::Everything => {
            cover.add(rights, clean, false, care, sizes, effort);
            cover.add(rights, lossy, true, care, sizes, effort);
        }
        Care::Ordinary => {
            let all = clean.into_iter().chain(lossy).collect();
            cover.add(rights, all, true, care, sizes, effort);
        }
    }
    cover
}

impl Cover {
    fn add(
        &mut self,
        rights: &Rights,
        denies: Vec<Glob>,
        lossy: bool,
        care: Care,
        sizes: &Sizes<'_>,
        effort: &mut Effort,
    ) {
        let elements = Elements::new(denies);
        let mut widening = Widening { rights, care, known: BTreeMap::new() };
        let candidates = elements.candidates(&mut widening, lossy && care == Care::Everything, effort);
        for place in elements.choose(&candidates, sizes) {
            let Some((glob, covers)) = candidates.get(place) else { continue };
            for element in covers.iter().filter_map(|element| elements.globs.get(element)) {
                self.by.entry(element.clone()).or_insert(self.chosen.len());
            }
            // Where that is not known, it counts as lossy, which only costs a look at each request.
            let lossy = lossy && rights.touches(glob, effort).unwrap_or(true);
            self.chosen.push(Chosen { glob: glob.clone(), lossy });
        }
    }
}

/// Denies, ready to be asked which of them a glob covers.
pub(super) struct Elements {
    pub(super) globs: Vec<Glob>,
    index: Index,
    /// Denies for one verb.
    by_verb: Vec<(Verb, Bits)>,
}

impl Elements {
    pub(super) fn new(mut globs: Vec<Glob>) -> Self {
        globs.sort_unstable();
        globs.dedup();
        let rows: Vec<Row> =
            globs.iter().map(|glob| Row { word: glob.path.clone(), greedy: false, kinds: Vec::new() }).collect();
        let mut by_verb: Vec<(Verb, Bits)> = Vec::new();
        for (place, glob) in globs.iter().enumerate() {
            let VerbSeg::One(verb) = glob.verb else { continue };
            if !by_verb.iter().any(|(known, _)| *known == verb) {
                by_verb.push((verb, Bits::none(globs.len())));
            }
            if let Some((_, places)) = by_verb.iter_mut().find(|(known, _)| *known == verb) {
                places.insert(place);
            }
        }
        Self { index: Index::new(&rows), globs, by_verb }
    }

    /// The denies that this glob covers.
    pub(super) fn covered(&self, glob: &Glob, effort: &mut Effort) -> Result<Bits, Spent> {
        let mut covered = self.index.swallowed(glob, effort)?;
        if let VerbSeg::One(verb) = glob.verb {
            match self.by_verb.iter().find(|(known, _)| *known == verb) {
                Some((_, places)) => covered.keep(places),
                None => covered.clear(),
            }
        }
        Ok(covered)
    }

    /// Each deny itself, and unless they are to stand `as_they_are`, wider forms of it, with what each covers.
    fn candidates(&self, widening: &mut Widening<'_>, as_they_are: bool, effort: &mut Effort) -> Vec<(Glob, Bits)> {
        let mut candidates: Vec<(Glob, Bits)> = Vec::new();
        let mut covered = Bits::none(self.globs.len());
        for (place, glob) in self.globs.iter().enumerate() {
            // What a wide candidate covers already needs no candidates of its own.
            if covered.contains(place) {
                continue;
            }
            let mut itself = Bits::none(self.globs.len());
            itself.insert(place);
            let wider = if as_they_are { Vec::new() } else { widening.wider(glob, effort).unwrap_or_default() };
            for wide in &wider {
                if candidates.iter().any(|(known, _)| known == wide) {
                    continue;
                }
                if let Ok(covers) = self.covered(wide, effort) {
                    covered.add(&covers);
                    candidates.push((wide.clone(), covers));
                }
            }
            candidates.push((glob.clone(), itself));
        }
        candidates
    }

    /// Chooses candidates until everything is covered. Gains only shrink, so a candidate whose gain is still what it was is the
    /// best.
    fn choose(&self, candidates: &[(Glob, Bits)], sizes: &Sizes) -> Vec<usize> {
        let mut covered = Bits::none(self.globs.len());
        let mut chosen = Vec::new();
        let cost = |bytes: usize, gain: usize| bytes * 4096 / gain;
        let mut heap = BinaryHeap::new();
        for (place, (glob, covers)) in candidates.iter().enumerate() {
            let gain = covers.count();
            if gain > 0 {
                heap.push(Reverse((cost(sizes.resource(glob), gain), place, gain)));
            }
        }
        while let Some(Reverse((_, place, gain))) = heap.pop() {
            let Some((glob, covers)) = candidates.get(place) else { continue };
            let now = covers.count_beyond(&covered);
            if now == gain {
                covered.add(covers);
                chosen.push(place);
            } else if now > 0 {
                heap.push(Reverse((cost(sizes.resource(glob), now), place, now)));
            }
        }
        without_superfluous(candidates, chosen, self.globs.len())
    }
}

/// Leaves out what the rest covers, the first chosen first: they were chosen while little was known.
fn without_superfluous(candidates: &[(Glob, Bits)], chosen: Vec<usize>, bound: usize) -> Vec<usize> {
    let mut times = vec![0_usize; bound];
    let covers = |place: usize| candidates.get(place).map(|(_, covers)| covers);
    for element in chosen.iter().filter_map(|place| covers(*place)).flat_map(Bits::iter) {
        if let Some(times) = times.get_mut(element) {
            *times += 1;
        }
    }
    let mut kept = Vec::new();
    for place in chosen {
        let Some(own) = covers(place) else { continue };
        if own.iter().all(|element| times.get(element).is_some_and(|times| *times > 1)) {
            for element in own.iter() {
                if let Some(times) = times.get_mut(element) {
                    *times -= 1;
                }
            }
        } else {
            kept.push(place);
        }
    }
    kept
}

/// A Deny that shuts nothing granted, as wide as it can be from the left.
pub(super) fn stretched(rights: &Rights, deny: &Glob, effort: &mut Effort) -> Glob {
    let mut widening = Widening { rights, care: Care::Everything, known: BTreeMap::new() };
    widening.stretched(deny, effort).unwrap_or_else(|Spent| deny.clone())
}

/// Wider forms of denies.
struct Widening<'a> {
    rights: &'a Rights,
    care: Care,
    /// What was asked before: may a Deny for the glob stand for others?
    known: BTreeMap<Glob, bool>,
}

impl Widening<'_> {
    fn wider(&mut self, glob: &Glob, effort: &mut Effort) -> Result<Vec<Glob>, Spent> {
        let mut wider = Vec::new();
        let path = &glob.path;
        // The shortest tail behind a star.
        for tail in (0..path.len()).rev().filter_map(|from| path.get(from..)) {
            let candidate = Glob::new(VerbSeg::Star, tail);
            if self.is_allowed(&candidate, effort)? {
                wider.push(candidate);
                break;
            }
        }
        let stretched = self.stretched(glob, effort)?;
        if stretched != *glob || self.is_allowed(glob, effort)? {
            wider.push(stretched);
        }
        // The shortest beginning with all below it.
        for length in 1..=path.len() {
            let mut beginning: Word = path.get(..length - 1).unwrap_or_default().to_vec();
            beginning.push(Seg::Open);
            let candidate = Glob::new(glob.verb, &beginning);
            if self.is_allowed(&candidate, effort)? {
                wider.push(candidate);
                break;
            }
        }
        Ok(wider)
    }

    /// Stretches a glob segment by segment from the left, the verb first.
    fn stretched(&mut self, glob: &Glob, effort: &mut Effort) -> Result<Glob, Spent> {
        let mut stretched = glob.clone();
        for place in 0..=glob.path.len() {
            let mut candidate = stretched.clone();
            match place.checked_sub(1).and_then(|place| candidate.path.get_mut(place)) {
                Some(seg) => *seg = Seg::Open,
                None => candidate.verb = VerbSeg::Star,
            }
            if self.is_allowed(&candidate, effort)? {
                stretched = candidate;
            }
        }
        Ok(stretched)
    }

    fn is_allowed(&mut self, glob: &Glob, effort: &mut Effort) -> Result<bool, Spent> {
        if let Some(known) = self.known.get(glob) {
            return Ok(*known);
        }
        let allowed = match self.care {
            Care::Everything => !self.rights.touches(glob, effort)?,
            Care::Ordinary => !self.rights.shuts_ordinary(glob, effort)?,
        };
        effort.spend(glob.path.len() + 4)?;
        self.known.insert(glob.clone(), allowed);
        Ok(allowed)
    }
}
