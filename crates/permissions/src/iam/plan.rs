//! What is allowed, and what is denied beside it?
//!
//! 1. **Allow** the glob around each granted row's first path, without those that a wider one covers. A row that is granted
//!    for every verb is said with a star for the verb, where that opens nothing else.
//! 2. **Cut** what these globs match and must not: [`cuts`](super::cuts).
//! 3. **Give way**: where a cut would shut another granted row, one of the two is lost. The row in most conflicts goes first:
//!    that loses few, and not always the fewest. What is lost is refused from the cache; a policy made for it opens it by its
//!    own ARN.
//! 4. **Close** what lies outside the document: the same globs with more stars, where nothing granted is shut by it.
//!    [`draft`](super::draft) asks for this once it knows that there is room.

use super::bits::Bits;
use super::cuts::{Cut, cuts_for, verb_of};
use super::effort::{Effort, Harm, Spent};
use super::rights::{Class, Rights};
use super::word::{Glob, OTHER_VERBS, Seg, Verb, VerbSeg, Word, covers};

/// One Allow, and what must be denied beside it.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub(super) glob: Glob,
    /// Denies that shut nothing granted.
    pub(super) clean: Vec<Glob>,
    /// Denies that shut something granted: see [`Harm`].
    pub(super) lossy: Vec<Glob>,
    /// Denies that shut what lies outside the document, and nothing granted, once [`close`] has found them.
    pub(super) closing: Vec<Glob>,
    /// The granted methods that it opens, by verb and row.
    pub(super) opens: Vec<(Verb, usize)>,
}

/// What a policy for holders who are alike allows, and denies beside it.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) openings: Vec<Opening>,
    pub(super) loss: Loss,
}

/// What of the rights no policy can say, or none was found that does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loss {
    /// Granted rows that had to give way, each with a verb of those that it is lost for.
    pub(super) rows: Vec<(Verb, usize)>,
    /// Is some path shut in which a parameter equals a text of the document?
    pub(super) special: bool,
    /// Is some longer path of a greedy row shut?
    pub(super) deep: bool,
    /// Was the work broken off?
    pub(super) spent: bool,
}

impl Loss {
    /// Is every granted method open, but for special values?
    pub(super) fn is_none_but_special(&self) -> bool {
        self.rows.is_empty() && !self.deep && !self.spent
    }

    /// Is every granted method open?
    pub(super) fn is_none(&self) -> bool {
        self.is_none_but_special() && !self.special
    }
}

pub(super) fn plan(rights: &Rights, effort: &mut Effort) -> Plan {
    plan_while(rights, effort, |_| true)
}

/// As far as the next verbs are to be looked at after what was lost for those before.
pub(super) fn plan_while(rights: &Rights, effort: &mut Effort, go_on: impl Fn(&Loss) -> bool) -> Plan {
    let mut plan = Plan::default();
    let mut opened: Vec<Bits> = rights.classes.iter().map(|_| Bits::none(rights.rows.len())).collect();
    if open_for_any_verb(rights, &mut plan, &mut opened, effort).is_err() {
        plan.loss.spent = true;
    }
    for (class, done) in rights.classes.iter().zip(&opened) {
        // Verbs that nobody knows cannot be named, so they are only opened by a star.
        if class.verbs == [OTHER_VERBS] {
            continue;
        }
        plan_class(rights, class, done, &mut plan, effort);
        if !go_on(&plan.loss) {
            break;
        }
    }
    plan
}

/// The rows that are allowed for every verb, as far as one Allow with a star for the verb says just that.
fn open_for_any_verb(rights: &Rights, plan: &mut Plan, opened: &mut [Bits], effort: &mut Effort) -> Result<(), Spent> {
    let mut rows = Bits::all(rights.rows.len());
    for class in &rights.classes {
        rows.keep(&class.allowed);
    }
    for row in widest_first(rights, rows.iter()) {
        if opened.iter().all(|opened| opened.contains(row)) {
            continue;
        }
        let Some(path) = common_path(rights, row) else { continue };
        let Some(opening) = any_verb_opening(rights, &rows, &path, effort)? else { continue };
        for (class, opened) in rights.classes.iter().zip(opened.iter_mut()) {
            for (_, row) in opening.opens.iter().filter(|(verb, _)| class.verbs.contains(verb)) {
                opened.insert(*row);
            }
        }
        plan.openings.push(opening);
    }
    Ok(())
}

/// The row's first granted path, if it is the same for every verb.
fn common_path(rights: &Rights, row: usize) -> Option<Word> {
    let mut paths = rights.classes.iter().map(|class| class.generic.get(row).cloned().flatten());
    let first = paths.next().flatten()?;
    paths.all(|path| path.as_ref() == Some(&first)).then_some(first)
}

fn any_verb_opening(
    rights: &Rights,
    rows_of_any: &Bits,
    path: &Word,
    effort: &mut Effort,
) -> Result<Option<Opening>, Spent> {
    let glob = Glob::new(VerbSeg::Star, path);
    let mut clean = Vec::new();
    // The verb's star may take segments of the path, too, so that is denied, unless every path is granted for every verb.
    let everything = |row: usize| {
        let whole = rights.rows.get(row).is_some_and(|row| row.greedy && row.word == [Seg::Open]);
        whole && rights.classes.iter().all(|class| class.free.contains(row))
    };
    if !rows_of_any.iter().any(everything) {
        let mut longer = path.clone();
        longer.insert(0, Seg::Open);
        clean.push(Glob::new(VerbSeg::Star, &longer));
    }
    let mut opens = Vec::new();
    for class in &rights.classes {
        for cut in cuts_for(rights, class, path, effort)? {
            if cut.harm != Harm::None {
                return Ok(None);
            }
            clean.extend(with_verbs(class, &cut.path));
        }
        for row in swallowed(rights, class, path, effort)?.iter() {
            opens.extend(class.verbs.iter().map(|verb| (*verb, row)));
        }
    }
    for deny in &clean {
        if deny.verb == VerbSeg::Star && rights.touches(deny, effort)? {
            return Ok(None);
        }
    }
    Ok(Some(Opening { glob, clean, lossy: Vec::new(), closing: Vec::new(), opens }))
}

/// The path with each verb of the class. What is for verbs that nobody knows has a star, since they have no name.
fn with_verbs(class: &Class, path: &[Seg]) -> Vec<Glob> {
    if class.includes_other_verbs() {
        return vec![Glob::new(VerbSeg::Star, path)];
    }
    class.verbs.iter().map(|verb| Glob::new(VerbSeg::One(*verb), path)).collect()
}

/// Rows, those with wide globs before those that they may cover.
fn widest_first(rights: &Rights, rows: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut rows: Vec<usize> = rows.collect();
    rows.sort_by_cached_key(|row| {
        let word = rights.rows.get(*row).map(|row| row.word.as_slice()).unwrap_or_default();
        let texts = word.iter().filter(|seg| **seg != Seg::Open).count();
        (word.len(), texts, *row)
    });
    rows
}

/// The allowed rows of which the glob matches the first granted path.
fn swallowed(rights: &Rights, class: &Class, path: &[Seg], effort: &mut Effort) -> Result<Bits, Spent> {
    let mut rows = rights.index.swallowed_of(&rights.allowed, &Glob::new(verb_of(class), path), effort)?;
    rows.keep(&class.allowed);
    for row in rows.clone().iter() {
        let generic = class.generic.get(row).and_then(Option::as_ref);
        if !generic.is_some_and(|generic| covers(path, generic)) {
            rows.remove(row);
        }
    }
    Ok(rows)
}

/// A row that is opened by a glob of its own.
struct Candidate {
    row: usize,
    path: Word,
    swallows: Bits,
    cuts: Vec<Cut>,
}

/// The allows of one class, after what had to give way.
fn plan_class(rights: &Rights, class: &Class, done: &Bits, plan: &mut Plan, effort: &mut Effort) {
    let mut wanted = Bits::none(rights.rows.len());
    for row in class.allowed.iter() {
        let has_path = class.generic.get(row).is_some_and(Option::is_some);
        if has_path && !done.contains(row) {
            wanted.insert(row);
        }
    }
    let mut lost = Bits::none(rights.rows.len());
    let mut known: Vec<Candidate> = Vec::new();
    let kept = loop {
        let mut left = wanted.clone();
        left.take(&lost);
        let candidates = widest(rights, class, &left, &mut known, effort).unwrap_or_else(|Spent| {
            // What was not looked at is not opened.
            plan.loss.spent = true;
            known.iter().map(|candidate| candidate.row).filter(|row| left.contains(*row)).collect()
        });
        if !give_way(&candidates, &known, &mut lost) || plan.loss.spent {
            break candidates;
        }
    };
    for candidate in known.iter().filter(|candidate| kept.contains(&candidate.row) && !lost.contains(candidate.row)) {
        for cut in &candidate.cuts {
            if let Harm::Special { deep } = cut.harm {
                plan.loss.special |= !deep;
                plan.loss.deep |= deep;
            }
        }
        let mut openings = opening_of(rights, class, &candidate.path, &candidate.cuts, effort);
        for opening in &mut openings {
            opening.opens.retain(|(_, row)| !lost.contains(*row));
        }
        plan.openings.extend(openings);
    }
    let verb = class.verbs.first().copied().unwrap_or_default();
    plan.loss.rows.extend(lost.iter().map(|row| (verb, row)));
}

/// Of these rows, those that no other's glob covers. What is found out about each is kept.
fn widest(
    rights: &Rights,
    class: &Class,
    rows: &Bits,
    known: &mut Vec<Candidate>,
    effort: &mut Effort,
) -> Result<Vec<usize>, Spent> {
    let mut covered = Bits::none(rights.rows.len());
    let mut widest = Vec::new();
    for row in widest_first(rights, rows.iter()) {
        if covered.contains(row) {
            continue;
        }
        if !known.iter().any(|candidate| candidate.row == row) {
            let Some(Some(path)) = class.generic.get(row).cloned() else { continue };
            let swallows = swallowed(rights, class, &path, effort)?;
            let cuts = cuts_for(rights, class, &path, effort)?;
            known.push(Candidate { row, path, swallows, cuts });
        }
        if let Some(candidate) = known.iter().find(|candidate| candidate.row == row) {
            covered.add(&candidate.swallows);
        }
        widest.push(row);
    }
    Ok(widest)
}

/// Loses rows until no cut of a kept one shuts another: the row with most such conflicts first. Fewest losses is the vertex
/// cover problem, and this is its greedy answer, so now and then more are lost than must be. Says whether any was lost.
fn give_way(candidates: &[usize], known: &[Candidate], lost: &mut Bits) -> bool {
    let mut conflicts: Vec<(usize, usize)> = Vec::new();
    for candidate in known.iter().filter(|candidate| candidates.contains(&candidate.row)) {
        for cut in &candidate.cuts {
            if let Harm::Rows(rows) = &cut.harm {
                conflicts.extend(rows.iter().map(|row| (candidate.row, *row)));
            }
        }
    }
    conflicts.sort_unstable();
    conflicts.dedup();
    conflicts.retain(|(one, other)| !lost.contains(*one) && !lost.contains(*other));
    let any = !conflicts.is_empty();
    while let Some(row) = most_in_conflict(&conflicts) {
        lost.insert(row);
        conflicts.retain(|(one, other)| *one != row && *other != row);
    }
    any
}

fn most_in_conflict(conflicts: &[(usize, usize)]) -> Option<usize> {
    let mut counts = std::collections::BTreeMap::new();
    for (one, other) in conflicts {
        *counts.entry(*one).or_insert(0) += 1;
        *counts.entry(*other).or_insert(0) += 1;
    }
    counts.into_iter().max_by_key(|(row, count)| (*count, std::cmp::Reverse(*row))).map(|(row, _)| row)
}

/// The Allow for a path, with its cuts and closings, for each verb of the class.
pub(super) fn opening_of(
    rights: &Rights,
    class: &Class,
    path: &Word,
    cuts: &[Cut],
    effort: &mut Effort,
) -> Vec<Opening> {
    let swallows = swallowed(rights, class, path, effort).unwrap_or_default();
    let mut openings = Vec::new();
    for verb in class.verbs.iter().filter(|verb| **verb != OTHER_VERBS) {
        let with_verb = |path: &Word| Glob::new(VerbSeg::One(*verb), path);
        let with = |is_clean: bool| cuts.iter().filter(move |cut| (cut.harm == Harm::None) == is_clean);
        openings.push(Opening {
            glob: with_verb(path),
            clean: with(true).map(|cut| with_verb(&cut.path)).collect(),
            lossy: with(false).map(|cut| with_verb(&cut.path)).collect(),
            closing: Vec::new(),
            opens: swallows.iter().map(|row| (*verb, row)).collect(),
        });
    }
    openings
}

/// Finds out how to close what lies outside the document beside an Allow. With the work spent, it is left open: no route of
/// the document is there, and no deny that applies.
pub(super) fn close(rights: &Rights, opening: &mut Opening, effort: &mut Effort) {
    opening.closing = closings(rights, &opening.glob, effort).unwrap_or_default();
}

/// The glob with more stars in place of each star: what its stars take beyond the row's length, as far as nothing of it is
/// granted. More stars match less, so only the smallest numbers of them are looked for.
fn closings(rights: &Rights, glob: &Glob, effort: &mut Effort) -> Result<Vec<Glob>, Spent> {
    let mut open = vec![glob.path.clone()];
    let mut closing: Vec<Glob> = Vec::new();
    for _ in 0..=rights.index.longest() {
        let mut still_open: Vec<Word> = Vec::new();
        for longer in open.iter().flat_map(|path| one_star_more(path)) {
            effort.spend(closing.len() + still_open.len() + 1)?;
            if closing.iter().any(|cut| covers(&cut.path, &longer)) || still_open.contains(&longer) {
                continue;
            }
            let longer = Glob::new(glob.verb, &longer);
            if rights.touches(&longer, effort)? {
                still_open.push(longer.path);
            } else {
                closing.push(longer);
            }
        }
        open = still_open;
    }
    if rights.complete {
        close_for_other_verbs(rights, glob, &mut closing, effort)?;
    }
    Ok(closing)
}

/// In a document that names every route, a path that exists for other verbs alone need not be shut for this one. It is, as
/// long as nothing speaks against it.
fn close_for_other_verbs(
    rights: &Rights,
    glob: &Glob,
    closing: &mut Vec<Glob>,
    effort: &mut Effort,
) -> Result<(), Spent> {
    let mut others = rights.index.touched(glob, effort)?;
    for class in rights.classes_of(glob.verb) {
        others.take(&class.must);
        others.take(&class.allowed);
    }
    for row in others.iter().filter_map(|row| rights.rows.get(row)) {
        let other = Glob::new(glob.verb, &row.word);
        if !rights.touches(&other, effort)? {
            closing.push(other);
        }
    }
    Ok(())
}

pub(super) fn one_star_more(path: &[Seg]) -> Vec<Word> {
    let mut longer: Vec<Word> = Vec::new();
    for place in (0..path.len()).filter(|place| path.get(*place) == Some(&Seg::Open)) {
        let mut word = path.to_vec();
        word.insert(place, Seg::Open);
        longer.push(word);
    }
    longer.dedup();
    longer
}
