//! Which two permissions, and perhaps a deny, may have rights that no policy can say?
//!
//! For each row that somebody opens: the glob around it meets other rows. For each of these, each path u that the two have in
//! common; for each row that the glob around u swallows: who opens the first and the last row, and not the path between?

use super::super::bits::Bits;
use super::super::effort::{Effort, Spent};
use super::super::lay::any_laying;
use super::super::word::{OTHER_VERBS, Seg};
use super::held::Held;
use super::survey::{Survey, Verbs, glob};

/// So many are enough to choose the smallest holder from.
const MOST_CONFLICTS: usize = 12;

/// What comparing the conditions of two permissions takes.
const STEPS_TO_COMPARE: usize = 16;

/// Permissions of which the holder may have rights that no policy can say.
pub(super) struct Conflict {
    pub(super) permissions: Vec<usize>,
    conditions: usize,
}

impl Conflict {
    /// Is there hardly a smaller one?
    fn is_small(&self) -> bool {
        self.conditions <= 1
    }

    pub(super) fn weight(&self) -> (usize, usize) {
        (self.conditions, self.permissions.len())
    }
}

/// Finds conflicts, until there are enough of them.
pub(super) fn find(survey: &Survey<'_>, conflicts: &mut Vec<Conflict>, effort: &mut Effort) -> Result<(), Spent> {
    // Verbs that nobody knows cannot be named: what is open to them never is lost.
    for verbs in survey.classes.iter().filter(|class| class.all != [OTHER_VERBS]) {
        for row in verbs.openable.iter() {
            let has_star = survey.word(row).contains(&Seg::Open);
            if !has_star || !survey.has_ordinary(verbs, row, effort)? {
                continue;
            }
            Walk { survey, verbs, row, conflicts }.walk(effort)?;
            if conflicts.len() >= MOST_CONFLICTS || conflicts.iter().any(Conflict::is_small) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// What may go wrong if a row is open.
struct Walk<'a> {
    survey: &'a Survey<'a>,
    verbs: &'a Verbs,
    row: usize,
    conflicts: &'a mut Vec<Conflict>,
}

/// What lies between two open paths.
#[derive(Clone, Copy)]
struct Between {
    row: usize,
    /// The permission that denies it.
    deny: Option<usize>,
}

impl Walk<'_> {
    fn walk(&mut self, effort: &mut Effort) -> Result<(), Spent> {
        // The last row is one that the first one's glob swallows, too.
        let mut last = self.survey.swallowed(self.row, effort)?;
        last.keep(&self.verbs.openable);
        let is_greedy = self.survey.rows.get(self.row).is_some_and(|row| row.greedy);
        if !is_greedy && last.count() <= 1 {
            return Ok(());
        }
        let met = self.survey.touched(self.row, effort)?;
        let mut shut = met.clone();
        shut.keep(&self.verbs.must);
        shut.remove(self.row);
        for row in shut.iter() {
            self.between(Between { row, deny: None }, effort)?;
        }
        let verbs = self.verbs;
        for (deny, row) in verbs.denies.iter().filter(|(_, row)| met.contains(*row)) {
            // Else nothing of the first row is open.
            if !self.survey.takes_all(*row, self.row) {
                self.between(Between { row: *row, deny: Some(*deny) }, effort)?;
            }
        }
        Ok(())
    }

    /// Looks at each path of a row that the glob matches.
    fn between(&mut self, between: Between, effort: &mut Effort) -> Result<(), Spent> {
        let survey = self.survey;
        effort.spend(self.verbs.openable.words())?;
        let mut deeper = survey.swallowed(between.row, effort)?;
        deeper.keep(&self.verbs.openable);
        // What of the row itself is shut to those who may call it, is another row's, or denied.
        if between.deny.is_none() {
            deeper.remove(between.row);
        }
        if deeper.is_empty() {
            return Ok(());
        }
        let own = survey.word(self.row);
        for word in survey.words(between.row, own) {
            any_laying(own, &word, effort, &mut |path, effort| {
                self.path(path, between, &deeper, effort)?;
                Ok(false)
            })?;
        }
        Ok(())
    }

    /// Looks at one path that may be shut.
    fn path(&mut self, path: &[Seg], between: Between, deeper: &Bits, effort: &mut Effort) -> Result<(), Spent> {
        let survey = self.survey;
        let mut last = deeper.clone();
        if path != survey.word(between.row) {
            last.keep(&survey.index.swallowed(&glob(path), effort)?);
        }
        if last.is_empty() {
            return Ok(());
        }
        let openers = if between.deny.is_some() { Vec::new() } else { self.openers(path, effort)? };
        for last in last.iter() {
            if between.deny.is_some() && survey.takes_all(between.row, last) {
                continue;
            }
            if survey.has_ordinary(self.verbs, last, effort)? {
                self.pair(last, &openers, between.deny, effort)?;
            }
        }
        Ok(())
    }

    /// The permissions that open this path: they allow a row that matches it, and no better row does.
    fn openers(&self, path: &[Seg], effort: &mut Effort) -> Result<Vec<usize>, Spent> {
        let survey = self.survey;
        let matching = survey.index.containing(path, effort)?;
        let (mut named, mut allowed) = (matching.clone(), matching);
        named.keep(&self.verbs.named);
        allowed.keep(&self.verbs.openable);
        let mut openers = Vec::new();
        for row in allowed.iter() {
            effort.spend(1)?;
            let Some(own) = survey.rows.get(row) else { continue };
            if !named.iter().any(|better| survey.rows.get(better).is_some_and(|better| better.beats(own))) {
                openers.extend(self.verbs.openers(row));
            }
        }
        Ok(openers)
    }

    /// Keeps the two permissions with the fewest conditions that open the first and the last row, and not what is between.
    fn pair(&mut self, last: usize, openers: &[usize], deny: Option<usize>, effort: &mut Effort) -> Result<(), Spent> {
        let mut smallest: Option<Conflict> = None;
        for first in self.verbs.openers(self.row) {
            for last in self.verbs.openers(last) {
                effort.spend(openers.len() * STEPS_TO_COMPARE + STEPS_TO_COMPARE)?;
                let mut permissions: Vec<usize> = [Some(first), Some(last), deny].into_iter().flatten().collect();
                permissions.sort_unstable();
                permissions.dedup();
                let held = Held::new(self.survey.permissions, &permissions);
                if self.is_opened(&held, openers) || !held.is_possible(self.survey.facts) {
                    continue;
                }
                let conflict = Conflict { conditions: held.weight(), permissions };
                if smallest.as_ref().is_none_or(|known| conflict.weight() < known.weight()) {
                    smallest = Some(conflict);
                }
            }
        }
        if let Some(new) = smallest
            && !self.conflicts.iter().any(|known| known.permissions == new.permissions)
        {
            self.conflicts.push(new);
        }
        Ok(())
    }

    fn is_opened(&self, held: &Held<'_>, openers: &[usize]) -> bool {
        let all = self.survey.permissions.permissions();
        openers.iter().filter_map(|opener| all.get(*opener)).any(|opener| held.implies(opener))
    }
}
