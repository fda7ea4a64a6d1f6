//! A document's rows under one binding of its claims: who opens which row, and which rows meet.

use super::super::bits::Bits;
use super::super::effort::{Effort, Spent};
use super::super::index::Index;
use super::super::policies::{Key, Policies};
use super::super::rows::{Catalog, set_of};
use super::super::sizes::Sizes;
use super::super::word::{Glob, OTHER_VERBS, Row, Seg, Verb, VerbSeg, Word};
use crate::pattern::Effect;
use crate::permissions::Permissions;
use crate::questions::Facts;
use std::cell::RefCell;
use std::collections::HashMap;

/// All that any holder may do, if the claims are bound like this.
pub(super) struct Survey<'a> {
    pub(super) permissions: &'a Permissions,
    pub(super) facts: &'a Facts,
    pub(super) sizes: Sizes<'a>,
    pub(super) rows: Vec<Row>,
    pub(super) index: Index,
    /// Verbs for which the document says the same, together.
    pub(super) classes: Vec<Verbs>,
    pub(super) complete: bool,
    touched: RefCell<HashMap<usize, Bits>>,
    swallowed: RefCell<HashMap<usize, Bits>>,
}

/// Verbs for which the document says the same.
pub(super) struct Verbs {
    pub(super) all: Vec<Verb>,
    /// Rows with the permissions that allow them, in order.
    allows: Vec<(usize, usize)>,
    /// Permissions with rows that they deny.
    pub(super) denies: Vec<(usize, usize)>,
    /// Rows that some permission allows.
    pub(super) openable: Bits,
    pub(super) named: Bits,
    /// Rows that no policy may open unless they are granted.
    pub(super) must: Bits,
}

impl Verbs {
    /// The permissions that allow the row.
    pub(super) fn openers(&self, row: usize) -> impl Iterator<Item = usize> + Clone {
        let from = self.allows.partition_point(|(known, _)| *known < row);
        let of_row = self.allows.get(from..).unwrap_or_default().iter().take_while(move |(known, _)| *known == row);
        of_row.map(|(_, permission)| *permission)
    }
}

impl<'a> Survey<'a> {
    pub(super) fn new(policies: &'a Policies, permissions: &'a Permissions, key: &'a Key, facts: &'a Facts) -> Self {
        let catalog = &policies.catalog;
        let mut rules = catalog.named_rules();
        let (mut allows, mut denies) = (vec![Vec::new(); OTHER_VERBS + 1], vec![Vec::new(); OTHER_VERBS + 1]);
        for permission in 0..permissions.permissions().len() {
            catalog.add_rules(
                &mut rules,
                permissions,
                &key.likeness.bindings,
                permission,
                &[Effect::Allow, Effect::Deny],
            );
            for (verb, row) in rules.allowed.drain(..) {
                allows.get_mut(verb).into_iter().for_each(|list: &mut Vec<_>| list.push((row, permission)));
            }
            for (verb, row) in rules.denied.drain(..) {
                denies.get_mut(verb).into_iter().for_each(|list: &mut Vec<_>| list.push((permission, row)));
            }
        }
        let rows = rules.rows.all;
        let classes = sorted(catalog, rows.len(), allows, denies);
        Self {
            permissions,
            facts,
            sizes: Sizes { lengths: &key.lengths, texts: &catalog.texts },
            index: Index::new(&rows),
            rows,
            classes,
            complete: catalog.complete,
            touched: RefCell::default(),
            swallowed: RefCell::default(),
        }
    }

    pub(super) fn word(&self, row: usize) -> &[Seg] {
        self.rows.get(row).map(|row| row.word.as_slice()).unwrap_or_default()
    }

    /// The rows that share a path with the glob around this row.
    pub(super) fn touched(&self, row: usize, effort: &mut Effort) -> Result<Bits, Spent> {
        kept(&self.touched, row, || self.index.touched(&glob(self.word(row)), effort))
    }

    /// The rows of which the glob around this row matches an ordinary path.
    pub(super) fn swallowed(&self, row: usize, effort: &mut Effort) -> Result<Bits, Spent> {
        kept(&self.swallowed, row, || self.index.swallowed(&glob(self.word(row)), effort))
    }

    /// The paths of a row that matter to a glob: past the longest row and the glob's own length, one segment more says nothing
    /// new.
    pub(super) fn words<'b>(&'b self, row: usize, glob: &'b [Seg]) -> impl Iterator<Item = Word> + use<'b> {
        let row = self.rows.get(row);
        let shortest = row.map_or(0, |row| row.word.len());
        let longest = match row {
            Some(row) if row.greedy => shortest.max(self.index.longest().max(glob.len()) + glob.len() + 1),
            _ => shortest,
        };
        (shortest..=longest).filter_map(move |length| row?.word_of(length))
    }

    /// Can some holder call the row's ordinary paths? Not if the value of a claim is a literal that has a route of its own.
    pub(super) fn has_ordinary(&self, verbs: &Verbs, row: usize, effort: &mut Effort) -> Result<bool, Spent> {
        let Some(own) = self.rows.get(row) else { return Ok(false) };
        // Only there a text is of a kind that can be another.
        if !own.word.iter().zip(&own.kinds).any(|(seg, open)| *open && *seg != Seg::Open) {
            return Ok(true);
        }
        let mut better = self.index.containing(&own.word, effort)?;
        better.keep(&verbs.named);
        Ok(!better.iter().any(|better| self.rows.get(better).is_some_and(|better| better.beats(own))))
    }

    /// Does the glob meet a row that somebody may call?
    pub(super) fn may_touch(&self, glob: &Glob, effort: &mut Effort) -> Result<bool, Spent> {
        let touched = self.index.touched(glob, effort)?;
        let mut classes = self.classes.iter().filter(|class| match glob.verb {
            VerbSeg::One(verb) => class.all.contains(&verb),
            VerbSeg::Star => true,
        });
        Ok(classes.any(|class| touched.meets(&class.openable)))
    }

    /// Does this row match the shortest paths of the other, a greedy one, and not all?
    pub(super) fn takes_beginning(&self, row: usize, of: usize) -> bool {
        let (Some(row), Some(of)) = (self.rows.get(row), self.rows.get(of)) else { return false };
        of.greedy && !row.greedy && row.meet(&of.word).is_some_and(|common| common == of.word)
    }

    /// Does this row match every ordinary path of the other?
    pub(super) fn takes_all(&self, row: usize, of: usize) -> bool {
        let (Some(row), Some(of)) = (self.rows.get(row), self.rows.get(of)) else { return false };
        (row.greedy || !of.greedy) && row.meet(&of.word).is_some_and(|common| common == of.word)
    }
}

/// The path as a glob; the verb does not matter to what rows it meets.
pub(super) fn glob(path: &[Seg]) -> Glob {
    Glob::new(VerbSeg::One(0), path)
}

fn kept(
    known: &RefCell<HashMap<usize, Bits>>,
    row: usize,
    find: impl FnOnce() -> Result<Bits, Spent>,
) -> Result<Bits, Spent> {
    if let Some(found) = known.borrow().get(&row) {
        return Ok(found.clone());
    }
    let found = find()?;
    known.borrow_mut().insert(row, found.clone());
    Ok(found)
}

/// Puts verbs together for which the document says the same.
fn sorted(
    catalog: &Catalog,
    bound: usize,
    allows: Vec<Vec<(usize, usize)>>,
    denies: Vec<Vec<(usize, usize)>>,
) -> Vec<Verbs> {
    let mut classes: Vec<Verbs> = Vec::new();
    for (verb, (mut allows, denies)) in allows.into_iter().zip(denies).enumerate() {
        if allows.is_empty() {
            continue;
        }
        allows.sort_unstable();
        allows.dedup();
        let named = set_of(catalog.named.get(verb).into_iter().flatten().copied(), bound);
        let same = |class: &&mut Verbs| class.allows == allows && class.denies == denies && class.named == named;
        if let Some(class) = classes.iter_mut().find(same) {
            class.all.push(verb);
            continue;
        }
        let openable = set_of(allows.iter().map(|(row, _)| *row), bound);
        let must = if catalog.complete { named.clone() } else { set_of(0..catalog.rows.all.len(), bound) };
        classes.push(Verbs { all: vec![verb], allows, denies, openable, named, must });
    }
    classes
}
