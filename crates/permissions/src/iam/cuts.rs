//! What must be denied beside an Allow?
//!
//! An Allow for the glob around a granted path matches more than that path. Of what it matches, each path that must be right
//! and is not granted has to be **cut**: denied by the smallest glob around it. Nothing smaller shuts it for every value of
//! its parameters: see the theorem in `docs/policy.md`.
//!
//! Often one cut for a whole row says it more shortly than one for each of its paths. It is taken where it shuts nothing
//! granted, where the Allow matches the row's ordinary paths anyway, and where special values are lost either way. In the last
//! case it may shut more of them than it must; the request for one makes it give way.

use super::effort::{Effort, Harm, Spent};
use super::lay::any_laying;
use super::rights::{Class, Rights};
use super::word::{Glob, Seg, VerbSeg, Word, covers};

/// A Deny that some Allow needs, verb aside, and what it shuts of what is granted.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) path: Word,
    pub(super) harm: Harm,
}

/// The cuts that an Allow for this glob needs, for the verbs of this class.
pub(super) fn cuts_for(rights: &Rights, class: &Class, glob: &[Seg], effort: &mut Effort) -> Result<Vec<Cut>, Spent> {
    let mut cuts = Cuts { rights, class, verb: verb_of(class), found: Vec::new() };
    // Without a star it matches one path, which is granted.
    if !glob.contains(&Seg::Open) {
        return Ok(cuts.found);
    }
    let mut met = rights.index.touched(&Glob::new(cuts.verb, glob), effort)?;
    met.keep(&class.must);
    met.take(&class.free);
    for row in met.iter() {
        cuts.cut_row(glob, row, effort)?;
    }
    Ok(cuts.found)
}

/// The cuts for what is not granted of one row, whatever Allow matches it.
pub(super) fn own_cuts(rights: &Rights, class: &Class, row: usize, effort: &mut Effort) -> Result<Vec<Cut>, Spent> {
    let mut cuts = Cuts { rights, class, verb: verb_of(class), found: Vec::new() };
    if let Some(own) = rights.rows.get(row) {
        cuts.cut_row(&own.word, row, effort)?;
    }
    Ok(cuts.found)
}

/// A verb that stands for its class.
pub(super) fn verb_of(class: &Class) -> VerbSeg {
    VerbSeg::One(class.verbs.first().copied().unwrap_or_default())
}

struct Cuts<'a> {
    rights: &'a Rights,
    class: &'a Class,
    verb: VerbSeg,
    found: Vec<Cut>,
}

impl Cuts<'_> {
    /// Cuts what the glob matches of one row.
    fn cut_row(&mut self, glob: &[Seg], row: usize, effort: &mut Effort) -> Result<(), Spent> {
        let Some(own) = self.rights.rows.get(row) else { return Ok(()) };
        let is_allowed = self.class.allowed.contains(row);
        if !is_allowed && self.is_cut(&own.word, effort)? {
            return Ok(());
        }
        let before = self.found.len();
        if !is_allowed {
            // Nearly always nothing granted is near, and one cut is enough for the row.
            let whole = self.harm(&own.word, effort)?;
            if whole == Harm::None {
                self.found.push(Cut { path: own.word.clone(), harm: whole });
                return Ok(());
            }
            // The glob matches the row's ordinary paths, so that they have to be cut, whatever it harms.
            if covers(glob, &own.word) && !self.rights.grants(self.class, &own.word, effort)? {
                self.found.push(Cut { path: own.word.clone(), harm: whole });
                return Ok(());
            }
            self.cut_paths(glob, row, effort)?;
            let harms = self.found.get(before..).unwrap_or_default().iter().any(|cut| cut.harm != Harm::None);
            // Only special values are lost either way: one cut says it for the whole row.
            if harms && whole == (Harm::Special { deep: false }) {
                self.found.truncate(before);
                self.found.push(Cut { path: own.word.clone(), harm: whole });
            }
            return Ok(());
        }
        self.cut_paths(glob, row, effort)
    }

    /// Looks at each path of the row that the glob matches.
    fn cut_paths(&mut self, glob: &[Seg], row: usize, effort: &mut Effort) -> Result<(), Spent> {
        let rights = self.rights;
        let Some(own) = rights.rows.get(row) else { return Ok(()) };
        for length in rights.lengths(own, glob) {
            let before = self.found.len();
            let Some(word) = own.word_of(length) else { continue };
            any_laying(glob, &word, effort, &mut |path, effort| {
                self.cut_path(path, effort)?;
                Ok(false)
            })?;
            // Past the longest row, and where the glob's texts may stand, one segment more says nothing new once it says nothing.
            let texts = glob.iter().filter(|seg| **seg != Seg::Open).count();
            let settled = rights.index.longest().max(glob.len()) + texts;
            if length > settled && self.found.len() == before {
                break;
            }
        }
        Ok(())
    }

    /// Cuts the path, or if it is granted, what a deny or a better row takes out of it.
    fn cut_path(&mut self, path: &[Seg], effort: &mut Effort) -> Result<(), Spent> {
        if self.is_cut(path, effort)? {
            return Ok(());
        }
        if !self.rights.grants(self.class, path, effort)? {
            return self.add(path, effort);
        }
        let mut takers = self.class.named.clone();
        takers.take(&self.class.allowed);
        takers.add(&self.class.denied);
        takers.keep(&self.rights.index.meeting(path, effort)?);
        for taker in takers.iter() {
            let Some(common) = self.rights.rows.get(taker).and_then(|row| row.meet(path)) else { continue };
            if !self.is_cut(&common, effort)? && !self.rights.grants(self.class, &common, effort)? {
                self.add(&common, effort)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, path: &[Seg], effort: &mut Effort) -> Result<(), Spent> {
        let harm = self.harm(path, effort)?;
        self.found.push(Cut { path: path.to_vec(), harm });
        Ok(())
    }

    fn is_cut(&self, path: &[Seg], effort: &mut Effort) -> Result<bool, Spent> {
        effort.spend(self.found.len() + 1)?;
        Ok(self.found.iter().any(|cut| covers(&cut.path, path)))
    }

    fn harm(&self, path: &[Seg], effort: &mut Effort) -> Result<Harm, Spent> {
        self.rights.harm(self.class, &Glob::new(self.verb, path), effort)
    }
}
