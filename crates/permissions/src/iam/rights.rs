//! What of a set of methods is granted?

use super::glob::{Glob, Piece, any_overlap, is_within, meet, overlaps, parts, pieces};
use crate::{Grants, Part, Pattern, Route, VERBS};
use std::cell::Cell;

/// The most steps that are taken to find out what one set of rights needs: comparisons of globs and pieces, and ways to lay
/// one over the other, of which there are exponentially many where parameters and literals take turns below a greedy
/// route. Three hundred `ANY` routes over 25 scopes take 273,000 (`benches/policy.rs`); this many, a quarter of a second.
const MOST_STEPS: usize = 10_000_000;

/// What laying a glob over a piece counts: the piece found is compared with all that is granted and denied.
const STEPS_OF_A_LAYING: usize = 100;

/// More than [`MOST_STEPS`] would be needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooHard;

/// The routes of a document, verb first, as pieces for the lengths that matter.
pub(super) struct Catalog<'a> {
    /// Every path, for any verb: what `GET` is for, must not be opened for `POST` by the way.
    paths: Vec<Piece<'a>>,
    /// The same with the verbs that the document names.
    named: Vec<Piece<'a>>,
    longest: usize,
}

impl<'a> Catalog<'a> {
    /// `denied` are the denies of whoever is looked at; they may be longer than all that the catalog holds.
    pub(super) fn new(routes: &'a [Route], denied: &[Pattern<'_>]) -> Self {
        let patterns: Vec<_> = routes.iter().map(Pattern::anyones).collect();
        let named = methods(&patterns);
        let longest = named.iter().chain(&methods(denied)).map(Vec::len).max().unwrap_or(0);
        let any_verb = named.iter().cloned().map(for_any_verb).chain([vec![Part::One, Part::Literal("")]]);
        let mut paths = cut(&any_verb.collect::<Vec<_>>(), longest);
        paths.sort_unstable();
        paths.dedup();
        Self { paths, named: cut(&named, longest), longest }
    }
}

/// The grants of one token, verb first, and as pieces for the lengths that matter.
pub(super) struct Rights<'c, 'a> {
    /// What allows name, also where a deny takes it back.
    opening: Vec<Vec<Part<'a>>>,
    /// What denies name.
    shutting: Vec<Vec<Part<'a>>>,
    allowed: Vec<Piece<'a>>,
    denied: Vec<Piece<'a>>,
    catalog: &'c Catalog<'a>,
    steps_left: Cell<usize>,
}

impl<'c, 'a> Rights<'c, 'a> {
    pub(super) fn new(grants: &Grants<'a>, catalog: &'c Catalog<'a>) -> Self {
        let (opening, shutting) = (methods(grants.allowed()), methods(grants.denied()));
        let (allowed, denied) = (cut(&opening, catalog.longest), cut(&shutting, catalog.longest));
        Self { opening, shutting, allowed, denied, catalog, steps_left: Cell::new(MOST_STEPS) }
    }

    /// `Err` when the steps have run out: what was found since then is not to be used.
    pub(super) fn check_steps(&self) -> Result<(), TooHard> {
        if self.steps_left.get() > 0 { Ok(()) } else { Err(TooHard) }
    }

    /// Counts this many steps. Are any left?
    pub(super) fn spend(&self, steps: usize) -> bool {
        self.steps_left.set(self.steps_left.get().saturating_sub(steps));
        self.check_steps().is_ok()
    }

    /// Is the piece a path of the catalog?
    pub(super) fn is_named(&self, piece: &[Part<'_>]) -> bool {
        self.catalog.paths.iter().any(|named| is_within(piece, named))
    }

    /// The length of the longest route, verb included.
    pub(super) fn longest(&self) -> usize {
        self.catalog.longest
    }

    /// The pieces that are granted at all, no longer than one segment past the longest route: a star at the end of that
    /// says the rest of a greedy parameter.
    pub(super) fn granted(&self) -> impl Iterator<Item = &Piece<'a>> {
        let near = self.allowed.iter().filter(|piece| piece.len() <= self.longest() + 1);
        near.filter(|piece| !self.is_denied(piece))
    }

    /// Does some deny take all of it back?
    pub(super) fn is_denied(&self, piece: &[Part<'_>]) -> bool {
        self.shutting.iter().any(|denied| is_within(piece, denied))
    }

    /// Is the piece granted, but for what denies single out of it?
    fn is_granted(&self, piece: &[Part<'_>]) -> bool {
        self.opening.iter().any(|allowed| is_within(piece, allowed)) && !self.is_denied(piece)
    }

    /// The granted pieces that a glob matches something of.
    pub(super) fn touched(&self, glob: &Glob<'a>) -> impl Iterator<Item = &Piece<'a>> {
        self.allowed.iter().filter(|allowed| {
            any_overlap(glob, allowed, |piece| !self.spend(STEPS_OF_A_LAYING) || !self.is_denied(piece))
        })
    }

    /// Does the glob match anything that is granted?
    pub(super) fn touches(&self, glob: &Glob<'a>) -> bool {
        self.spend(self.allowed.len()) && self.touched(glob).next().is_some()
    }

    /// What the glob matches of the catalog and must not: the largest pieces of it.
    pub(super) fn trespass(&self, glob: &Glob<'a>) -> Vec<Piece<'a>> {
        let matched =
            self.catalog.paths.iter().flat_map(|piece| overlaps(glob, piece, || self.spend(STEPS_OF_A_LAYING)));
        matched.flat_map(|piece| self.ungranted_of(piece)).collect()
    }

    /// The named methods that are not granted, verb by verb.
    pub(super) fn refused(&self) -> impl Iterator<Item = Piece<'a>> {
        let near = self.catalog.named.iter().filter(|piece| piece.len() <= self.longest() + 1);
        near.flat_map(|piece| spelled(piece)).filter(|piece| !self.is_granted(piece))
    }

    /// What the glob matches of the denies, in the catalog or not.
    pub(super) fn denied_under(&self, glob: &Glob<'a>) -> Vec<Piece<'a>> {
        self.denied.iter().flat_map(|piece| overlaps(glob, piece, || self.spend(STEPS_OF_A_LAYING))).collect()
    }

    fn ungranted_of(&self, piece: Piece<'a>) -> Vec<Piece<'a>> {
        if self.is_granted(&piece) {
            return self.denied.iter().filter_map(|denied| meet(&piece, denied)).collect();
        }
        vec![piece]
    }
}

/// `$connect` is no method: it has a policy of its own.
fn methods<'a>(patterns: &[Pattern<'a>]) -> Vec<Vec<Part<'a>>> {
    patterns.iter().filter(|pattern| !pattern.route().is_connect()).map(parts).collect()
}

/// Globs have one segment more than the longest route, and as many more as that has at most when they close what lies
/// beyond. Where a glob and a greedy route meet at all, they do so within their lengths together.
fn cut<'a>(parts: &[Vec<Part<'a>>], longest: usize) -> Vec<Piece<'a>> {
    parts.iter().flat_map(|parts| pieces(parts, 3 * longest + 2)).collect()
}

/// The piece for each verb that API Gateway knows, if it is for any.
pub(super) fn spelled<'a>(piece: &Piece<'a>) -> Vec<Piece<'a>> {
    let Some((Part::One, path)) = piece.split_first() else { return vec![piece.clone()] };
    let with = |verb| std::iter::once(Part::Literal(verb)).chain(path.iter().copied()).collect();
    VERBS.into_iter().map(with).collect()
}

fn for_any_verb(mut parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    if let Some(verb) = parts.first_mut() {
        *verb = Part::One;
    }
    parts
}
