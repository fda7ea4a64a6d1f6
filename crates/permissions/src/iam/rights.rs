//! What may holders who are alike do, and what does a glob take of it?
//!
//! A **path is granted** for a verb if no deny rule's row matches it, and some allowed row matches it with no better row of
//! the document beside it: the literal wins. The rest of what must be right, the document's own paths among it, is
//! **ungranted**; a policy may not open it.

use super::bits::Bits;
use super::cuts::verb_of;
use super::effort::{Effort, Harm, Spent};
use super::index::Index;
use super::lay::any_laying;
use super::rows::{Rules, set_of};
use super::word::{Glob, OTHER_VERBS, Row, Seg, Verb, VerbSeg, Word, covers};

/// The rights of holders who are alike.
#[derive(Debug)]
pub(super) struct Rights {
    pub(super) rows: Vec<Row>,
    pub(super) index: Index,
    /// The rows that are allowed for some verb. They come first, so that this set is short, and so is the work on it.
    pub(super) allowed: Bits,
    /// Verbs with equal rights, together.
    pub(super) classes: Vec<Class>,
    pub(super) complete: bool,
}

/// Verbs with equal rights.
#[derive(Debug)]
pub(super) struct Class {
    pub(super) verbs: Vec<Verb>,
    /// Rows that an allow names.
    pub(super) allowed: Bits,
    /// Rows that a deny names.
    pub(super) denied: Bits,
    /// Rows of the document that exist for these verbs.
    pub(super) named: Bits,
    /// Allowed rows of which every path is granted: no deny meets them, and all that wins over them is allowed.
    pub(super) free: Bits,
    /// Rows whose paths must be right in every policy.
    pub(super) must: Bits,
    /// For each row the first of its paths with parameters that are texts of their own, if the row grants it.
    pub(super) generic: Vec<Option<Word>>,
}

impl Class {
    pub(super) fn includes_other_verbs(&self) -> bool {
        self.verbs.contains(&OTHER_VERBS)
    }
}

impl Rights {
    pub(super) fn new(mut rules: Rules, complete: bool, effort: &mut Effort) -> Result<Self, Spent> {
        let rows = std::mem::take(&mut rules.rows);
        let index = Index::new(&rows);
        let allowed = Bits::all(rules.first);
        let mut rights = Self { rows, index, allowed, classes: Vec::new(), complete };
        rights.sort_verbs(&rules);
        rights.look_ahead(effort)?;
        Ok(rights)
    }

    /// Puts verbs with equal rights into one class.
    fn sort_verbs(&mut self, rules: &Rules) {
        let bound = self.rows.len();
        let of = |list: &[(Verb, usize)], verb| {
            set_of(list.iter().filter(|(own, _)| *own == verb).map(|(_, row)| *row), bound)
        };
        for verb in 0..=OTHER_VERBS {
            let (allowed, denied) = (of(&rules.allowed, verb), of(&rules.denied, verb));
            let Some(named) = rules.named.get(verb).cloned() else { continue };
            let alike = |class: &&mut Class| class.allowed == allowed && class.denied == denied && class.named == named;
            if let Some(class) = self.classes.iter_mut().find(alike) {
                class.verbs.push(verb);
                continue;
            }
            let mut must = if self.complete { named.clone() } else { rules.document.clone() };
            must.add(&denied);
            let free = Bits::none(bound);
            self.classes.push(Class { verbs: vec![verb], allowed, denied, named, free, must, generic: Vec::new() });
        }
    }

    /// Finds the rows of which everything is granted, and each row's first granted path.
    fn look_ahead(&mut self, effort: &mut Effort) -> Result<(), Spent> {
        for place in 0..self.classes.len() {
            let Some(class) = self.classes.get(place) else { continue };
            let mut free = Bits::none(self.rows.len());
            let mut generic = vec![None; self.rows.len()];
            for row in class.allowed.iter() {
                effort.spend(self.rows.len() / 64 + 1)?;
                if self.is_free(class, row, effort)? {
                    free.insert(row);
                }
                if let Some(generic) = generic.get_mut(row) {
                    *generic = self.first_granted(class, row, effort)?;
                }
            }
            if let Some(class) = self.classes.get_mut(place) {
                class.free = free;
                class.generic = generic;
            }
        }
        Ok(())
    }

    fn is_free(&self, class: &Class, row: usize, effort: &mut Effort) -> Result<bool, Spent> {
        let Some(own) = self.rows.get(row) else { return Ok(false) };
        let mut rivals = self.index.touched(&Glob::new(verb_of(class), &own.word), effort)?;
        if rivals.meets(&class.denied) {
            return Ok(false);
        }
        rivals.keep(&class.named);
        rivals.take(&class.allowed);
        Ok(!rivals.iter().any(|rival| self.rows.get(rival).is_some_and(|rival| rival.beats(own))))
    }

    /// A greedy row's shortest paths may be denied.
    fn first_granted(&self, class: &Class, row: usize, effort: &mut Effort) -> Result<Option<Word>, Spent> {
        let Some(row) = self.rows.get(row) else { return Ok(None) };
        let longest = if row.greedy { self.index.longest() + 1 } else { row.word.len() };
        for length in row.word.len()..=longest.max(row.word.len()) {
            if let Some(word) = row.word_of(length)
                && self.grants(class, &word, effort)?
            {
                return Ok(Some(word));
            }
        }
        Ok(None)
    }

    /// Is the path granted that this word stands for?
    pub(super) fn grants(&self, class: &Class, word: &[Seg], effort: &mut Effort) -> Result<bool, Spent> {
        let matching = self.index.containing(word, effort)?;
        if matching.meets(&class.denied) {
            return Ok(false);
        }
        let mut winners = matching.clone();
        winners.keep(&class.named);
        let mut allowed = matching;
        allowed.keep(&class.allowed);
        for row in allowed.iter().filter_map(|row| self.rows.get(row)) {
            effort.spend(1)?;
            if !winners.iter().any(|winner| self.rows.get(winner).is_some_and(|winner| winner.beats(row))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The classes of the verbs that a glob is for.
    pub(super) fn classes_of(&self, verb: VerbSeg) -> impl Iterator<Item = &Class> {
        self.classes.iter().filter(move |class| match verb {
            VerbSeg::One(verb) => class.verbs.contains(&verb),
            VerbSeg::Star => true,
        })
    }

    /// The row's first granted path for this verb, as the glob around it.
    pub(super) fn ordinary(&self, verb: Verb, row: usize) -> Option<Glob> {
        let verb = VerbSeg::One(verb);
        let class = self.classes_of(verb).next()?;
        class.generic.get(row)?.as_ref().map(|path| Glob::new(verb, path))
    }

    /// Does the glob match anything that is granted?
    pub(super) fn touches(&self, glob: &Glob, effort: &mut Effort) -> Result<bool, Spent> {
        effort.spend(glob.path.len() + 1)?;
        if let Some(known) = effort.touches.get(glob) {
            return Ok(*known);
        }
        let touches = self.find_touches(glob, effort)?;
        effort.touches.insert(glob.clone(), touches);
        Ok(touches)
    }

    fn find_touches(&self, glob: &Glob, effort: &mut Effort) -> Result<bool, Spent> {
        let touched = self.index.touched_of(&self.allowed, glob, effort)?;
        for class in self.classes_of(glob.verb) {
            if self.touches_in(class, glob, &touched, effort)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn touches_in(&self, class: &Class, glob: &Glob, touched: &Bits, effort: &mut Effort) -> Result<bool, Spent> {
        if !touched.meets(&class.allowed) {
            return Ok(false);
        }
        if touched.meets(&class.free) {
            return Ok(true);
        }
        // What a deny or a literal has taken out of these rows may be all that the glob matches of them.
        let mut doubtful = touched.clone();
        doubtful.keep(&class.allowed);
        for row in doubtful.iter() {
            if self.matches_granted(class, glob, row, effort)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn matches_granted(&self, class: &Class, glob: &Glob, row: usize, effort: &mut Effort) -> Result<bool, Spent> {
        let Some(row) = self.rows.get(row) else { return Ok(false) };
        for length in self.lengths(row, &glob.path) {
            let Some(word) = row.word_of(length) else { continue };
            for path in variants(glob) {
                let mut granted = |laid: &[Seg], effort: &mut Effort| self.grants(class, laid, effort);
                if any_laying(&path, &word, effort, &mut granted)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The lengths of a row's paths that matter to a glob: past the longest row and the glob's own length, one segment more
    /// changes nothing.
    pub(super) fn lengths(&self, row: &Row, glob: &[Seg]) -> std::ops::RangeInclusive<usize> {
        let longest = if row.greedy { self.index.longest() + 2 * glob.len() + 1 } else { row.word.len() };
        row.word.len()..=longest.max(row.word.len())
    }

    /// Does the glob match ordinary paths of granted rows, in which parameters are texts of their own, of any length?
    pub(super) fn shuts_ordinary(&self, glob: &Glob, effort: &mut Effort) -> Result<bool, Spent> {
        let swallowed = self.index.swallowed_of(&self.allowed, glob, effort)?;
        for class in self.classes_of(glob.verb) {
            let mut rows = swallowed.clone();
            rows.keep(&class.allowed);
            if rows.iter().any(|row| class.generic.get(row).is_some_and(Option::is_some)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What would a Deny for this glob, whose verb is one of the class, shut of what is granted?
    pub(super) fn harm(&self, class: &Class, glob: &Glob, effort: &mut Effort) -> Result<Harm, Spent> {
        effort.spend(glob.path.len() + 1)?;
        if let Some(known) = effort.harms.get(glob) {
            return Ok(known.clone());
        }
        let harm = self.find_harm(class, glob, effort)?;
        effort.harms.insert(glob.clone(), harm.clone());
        Ok(harm)
    }

    fn find_harm(&self, class: &Class, glob: &Glob, effort: &mut Effort) -> Result<Harm, Spent> {
        let touched = self.index.touched_of(&self.allowed, glob, effort)?;
        if !touched.meets(&class.allowed) {
            return Ok(Harm::None);
        }
        let mut swallowed = self.index.swallowed_of(&self.allowed, glob, effort)?;
        swallowed.keep(&class.allowed);
        let (mut rows, mut deep) = (Vec::new(), false);
        for row in swallowed.iter() {
            let Some(Some(generic)) = class.generic.get(row) else { continue };
            let is_whole = match glob.verb {
                VerbSeg::One(_) => covers(&glob.path, generic),
                VerbSeg::Star => glob.covers(&Glob::new(VerbSeg::One(0), generic)),
            };
            if is_whole {
                rows.push(row);
            } else {
                deep = true;
            }
        }
        if !rows.is_empty() {
            return Ok(Harm::Rows(rows));
        }
        let harms = self.touches_in(class, glob, &touched, effort)?;
        Ok(if harms { Harm::Special { deep } } else { Harm::None })
    }
}

/// A glob's path: as it is, and if its verb is a star, also with a star in front that takes segments of the path.
fn variants(glob: &Glob) -> Vec<Word> {
    let mut variants = vec![glob.path.clone()];
    if glob.verb == VerbSeg::Star {
        let mut longer = glob.path.clone();
        longer.insert(0, Seg::Open);
        variants.push(longer);
    }
    variants
}
