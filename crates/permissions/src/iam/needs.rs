//! In a document that names every route: what has to be denied beside an Allow of any shape.
//!
//! Allows are tried by the hundred, and what each needs is a choice of the same denies. So all of them are found once, row by
//! row, and known by their numbers from then on.

use super::bits::Bits;
use super::cuts::{Cut, own_cuts};
use super::effort::{Effort, Harm, Spent};
use super::plan::Opening;
use super::rights::{Class, Rights};
use super::word::{Glob, OTHER_VERBS, Seg, Verb, VerbSeg, Word};
use std::collections::{BTreeMap, BTreeSet};

/// What shuts a row's ungranted paths, for each verb; `None` if that would shut ordinary granted ones.
type RowNeeds = Option<Vec<(Verb, usize)>>;

/// Denies, each once, and what needs which.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) denies: Denies,
    /// For each class and row.
    cuts: Vec<Vec<RowNeeds>>,
    /// For each Allow of the plan.
    pub(super) of_plan: Vec<Vec<usize>>,
    /// Allows that stand for many methods.
    pub(super) of_shapes: Vec<(Glob, Vec<usize>)>,
}

/// Denies by their numbers.
#[derive(Debug, Default)]
pub(super) struct Denies {
    pub(super) globs: Vec<Glob>,
    /// Does each shut nothing granted?
    pub(super) is_clean: Vec<bool>,
    numbers: BTreeMap<Glob, usize>,
}

impl Denies {
    fn number(&mut self, glob: Glob, is_clean: bool) -> usize {
        if let Some(number) = self.numbers.get(&glob).copied() {
            if let Some(known) = self.is_clean.get_mut(number) {
                *known |= is_clean;
            }
            return number;
        }
        let number = self.globs.len();
        self.numbers.insert(glob.clone(), number);
        self.globs.push(glob);
        self.is_clean.push(is_clean);
        number
    }

    /// Those that shut nothing granted, or the others.
    pub(super) fn of_kind(&self, is_clean: bool) -> Vec<Glob> {
        let all = self.globs.iter().zip(&self.is_clean);
        all.filter(|(_, clean)| **clean == is_clean).map(|(glob, _)| glob.clone()).collect()
    }
}

impl Needs {
    /// For the Allows of a plan, and all that could stand for many of these granted methods.
    pub(super) fn new(
        rights: &Rights,
        openings: &[Opening],
        methods: &[Glob],
        effort: &mut Effort,
    ) -> Result<Self, Spent> {
        let mut needs = Self::default();
        for class in &rights.classes {
            let mut cuts = vec![None; rights.rows.len()];
            for row in ungranted(class).iter() {
                let own = own_cuts(rights, class, row, effort)?;
                if let Some(place) = cuts.get_mut(row) {
                    *place = needs.denies_for(class, &own);
                }
            }
            needs.cuts.push(cuts);
        }
        for opening in openings {
            let clean = opening.clean.iter().map(|deny| (deny, true));
            let denies = clean.chain(opening.lossy.iter().map(|deny| (deny, false)));
            let numbers = denies.map(|(deny, is_clean)| needs.denies.number(deny.clone(), is_clean)).collect();
            needs.of_plan.push(numbers);
        }
        for shape in shapes(methods) {
            if let Some(denies) = needs.of(rights, &shape, effort)? {
                needs.of_shapes.push((shape, denies));
            }
        }
        Ok(needs)
    }

    /// The cuts of one row as denies, one for each verb of the class; `None` if one of them cannot be borne.
    fn denies_for(&mut self, class: &Class, cuts: &[Cut]) -> RowNeeds {
        let mut denies = Vec::new();
        for cut in cuts.iter().filter(|cut| is_bearable(cut)) {
            for verb in &class.verbs {
                // A star stands for verbs that nobody knows.
                let seg = if *verb == OTHER_VERBS { VerbSeg::Star } else { VerbSeg::One(*verb) };
                denies.push((*verb, self.denies.number(Glob::new(seg, &cut.path), cut.harm == Harm::None)));
            }
        }
        cuts.iter().all(is_bearable).then_some(denies)
    }

    /// The denies that an Allow for this glob needs; `None` if one of them would shut a granted method.
    fn of(&self, rights: &Rights, glob: &Glob, effort: &mut Effort) -> Result<Option<Vec<usize>>, Spent> {
        let touched = rights.index.touched(glob, effort)?;
        let mut denies = Vec::new();
        for (class, cuts) in rights.classes.iter().zip(&self.cuts) {
            let is_meant = |verb: Verb| glob.verb == VerbSeg::Star || glob.verb == VerbSeg::One(verb);
            let mut met = touched.clone();
            met.keep(&ungranted(class));
            if met.is_empty() || !class.verbs.iter().any(|verb| is_meant(*verb)) {
                continue;
            }
            // A star for the verb also opens verbs that nobody knows, which no Deny can name.
            if glob.verb == VerbSeg::Star && class.includes_other_verbs() {
                return Ok(None);
            }
            for row in met.iter() {
                let Some(own) = cuts.get(row).and_then(Option::as_ref) else { return Ok(None) };
                denies.extend(own.iter().filter(|(verb, _)| is_meant(*verb)).map(|(_, number)| *number));
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
