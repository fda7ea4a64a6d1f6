//! What may have to be denied beside the Allow for a row, whoever holds it?

use super::super::bits::Bits;
use super::super::effort::{Effort, Spent};
use super::super::lay::any_laying;
use super::super::plan::one_star_more;
use super::super::word::{Glob, Seg, Word, covers};
use super::survey::{Survey, Verbs};

/// What may have to be cut of another row that the glob around a row meets.
pub(super) struct Cuts<'a> {
    pub(super) survey: &'a Survey<'a>,
    pub(super) verbs: &'a Verbs,
    /// Rows that some holder is denied.
    pub(super) denied: &'a Bits,
    pub(super) row: usize,
    pub(super) other: usize,
    pub(super) found: Vec<Word>,
}

impl Cuts<'_> {
    /// All of the other row, the paths that both have in common, and what a deny or a better row takes of these.
    pub(super) fn find(&mut self, effort: &mut Effort) -> Result<(), Spent> {
        let survey = self.survey;
        let (own, others) = (survey.word(self.row), survey.word(self.other));
        // Whoever holds the row holds the other.
        let opens = |opener: usize| self.verbs.openers(self.other).any(|known| known == opener);
        let comes_along = !self.denied.contains(self.other) && self.verbs.openers(self.row).all(opens);
        // A cut of all would shut the row itself, so that it is not made.
        if !comes_along && !covers(others, own) {
            self.found.push(others.to_vec());
        }
        for word in survey.words(self.other, own) {
            any_laying(own, &word, effort, &mut |path, effort| {
                if !comes_along && !self.is_open(path, effort)? {
                    self.found.push(path.to_vec());
                }
                self.find_takers(path, effort)?;
                Ok(false)
            })?;
        }
        Ok(())
    }

    /// Does the row itself open the path, for everybody who holds it?
    fn is_open(&self, path: &[Seg], effort: &mut Effort) -> Result<bool, Spent> {
        let matching = self.survey.index.containing(path, effort)?;
        let Some(own) = self.survey.rows.get(self.row) else { return Ok(false) };
        let mut named = matching.clone();
        named.keep(&self.verbs.named);
        let is_beaten = named.iter().any(|better| self.survey.rows.get(better).is_some_and(|better| better.beats(own)));
        Ok(matching.contains(self.row) && !matching.meets(self.denied) && !is_beaten)
    }

    fn find_takers(&mut self, path: &[Seg], effort: &mut Effort) -> Result<(), Spent> {
        let mut takers = self.survey.index.meeting(path, effort)?;
        let mut possible = self.verbs.named.clone();
        possible.add(self.denied);
        takers.keep(&possible);
        for taker in takers.iter() {
            effort.spend(path.len())?;
            let common = self.survey.rows.get(taker).and_then(|taker| taker.meet(path));
            self.found.extend(common.filter(|common| common != path));
        }
        Ok(())
    }
}

/// Every glob that may close the outside beside this one, for some holder: stars are added as long as somebody may call
/// something of what is left.
pub(super) fn closings(survey: &Survey<'_>, glob: &Glob, effort: &mut Effort) -> Result<Vec<Glob>, Spent> {
    let mut possible: Vec<Glob> = Vec::new();
    let mut closing: Vec<Word> = Vec::new();
    let mut open = vec![glob.path.clone()];
    for _ in 0..=survey.index.longest() {
        let mut still_open: Vec<Word> = Vec::new();
        for longer in open.iter().flat_map(|path| one_star_more(path)) {
            effort.spend(closing.len() + still_open.len() + 1)?;
            if closing.iter().any(|cut| covers(cut, &longer)) || still_open.contains(&longer) {
                continue;
            }
            let longer = Glob::new(glob.verb, &longer);
            let is_open = survey.may_touch(&longer, effort)?;
            let list = if is_open { &mut still_open } else { &mut closing };
            list.push(longer.path.clone());
            possible.push(longer);
        }
        open = still_open;
    }
    Ok(possible)
}
