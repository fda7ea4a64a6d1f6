//! Which paths of a row does a glob match?
//!
//! Laying a glob over a word gives each star one or more of the word's segments, and each text one that can be it. What the
//! glob matches of the row's path is then a word again: the segments under texts become these texts. There is one such word
//! for each way to lay the stars.
//!
//! Example: `a/*/b` over `/a/{x}/{y}/{z}` gives `a/O/O/b`. `*/a/*` over `/{x}/{y}/{z}/{w}` gives `O/a/O/O` and `O/O/a/O`.

use super::effort::{Effort, Spent};
use super::word::{EMPTY, Seg, Word};

/// Calls `visit` with each word until it answers `true`; says whether it did.
pub(super) fn any_laying(
    glob: &[Seg],
    word: &[Seg],
    effort: &mut Effort,
    visit: &mut impl FnMut(&[Seg], &mut Effort) -> Result<bool, Spent>,
) -> Result<bool, Spent> {
    if glob.len() > word.len() || ends_differ(glob, word) {
        return Ok(false);
    }
    effort.spend(glob.len() * word.len())?;
    let mut laying = Laying { glob, word, possible: possible(glob, word), laid: Vec::with_capacity(word.len()) };
    laying.any(0, 0, effort, visit)
}

/// Do the first or the last texts already tell the two apart? Most pairs end here.
fn ends_differ(glob: &[Seg], word: &[Seg]) -> bool {
    let mut front = glob.iter().zip(word).take_while(|(seg, _)| **seg != Seg::Open);
    let mut back = glob.iter().rev().zip(word.iter().rev()).take_while(|(seg, _)| **seg != Seg::Open);
    front.any(|(seg, letter)| !can_be(*letter, *seg)) || back.any(|(seg, letter)| !can_be(*letter, *seg))
}

/// Can this segment of a path be this text?
fn can_be(letter: Seg, text: Seg) -> bool {
    letter == text || (letter == Seg::Open && text != Seg::Text(EMPTY))
}

struct Laying<'a> {
    glob: &'a [Seg],
    word: &'a [Seg],
    /// Can the glob from here be laid over the word from there? Without it the search would walk into every dead end.
    possible: Vec<Vec<bool>>,
    laid: Word,
}

fn possible(glob: &[Seg], word: &[Seg]) -> Vec<Vec<bool>> {
    let mut table = vec![vec![false; word.len() + 1]; glob.len() + 1];
    let at = |table: &Vec<Vec<bool>>, here: usize, there: usize| {
        table.get(here).and_then(|row| row.get(there)).copied().unwrap_or_default()
    };
    for here in (0..=glob.len()).rev() {
        for there in (0..=word.len()).rev() {
            let can = match (glob.get(here), word.get(there)) {
                (None, None) => true,
                (Some(Seg::Open), Some(_)) => at(&table, here + 1, there + 1) || at(&table, here, there + 1),
                (Some(text), Some(letter)) => at(&table, here + 1, there + 1) && can_be(*letter, *text),
                _ => false,
            };
            if let Some(place) = table.get_mut(here).and_then(|row| row.get_mut(there)) {
                *place = can;
            }
        }
    }
    table
}

impl Laying<'_> {
    fn is_possible(&self, here: usize, there: usize) -> bool {
        self.possible.get(here).and_then(|row| row.get(there)).copied().unwrap_or_default()
    }

    fn any(
        &mut self,
        here: usize,
        there: usize,
        effort: &mut Effort,
        visit: &mut impl FnMut(&[Seg], &mut Effort) -> Result<bool, Spent>,
    ) -> Result<bool, Spent> {
        if !self.is_possible(here, there) {
            return Ok(false);
        }
        let (Some(seg), Some(letter)) = (self.glob.get(here).copied(), self.word.get(there).copied()) else {
            return visit(&self.laid, effort);
        };
        effort.spend(1)?;
        self.laid.push(if seg == Seg::Open { letter } else { seg });
        // Of stars in a row the last may take as many as they all could: the word is the same.
        let takes_more = seg == Seg::Open && self.glob.get(here + 1) != Some(&Seg::Open);
        let found = self.any(here + 1, there + 1, effort, visit)?
            || (takes_more && self.any(here, there + 1, effort, visit)?);
        self.laid.pop();
        Ok(found)
    }
}
