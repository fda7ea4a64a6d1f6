//! Which paths does a resource with wildcards match?
//!
//! A method is a list of segments: the verb, then those of the path. The root path is one empty segment, as its ARN ends
//! in a slash. A [`Piece`] is a set of methods of one length, as the engine tells them apart: each segment is a given text
//! or any one. A [`Glob`] is what IAM can say of them: each segment is a given text or a star, and a star stands for
//! *one or more* segments, since IAM's `*` does not stop at a slash.

use crate::{Part, Pattern, Verb};

/// A segment of a [`Glob`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Seg<'a> {
    /// This text.
    Text(&'a str),
    /// One or more segments of any kind.
    Star,
}

/// A resource after the stage, verb first.
pub(super) type Glob<'a> = Vec<Seg<'a>>;

/// Methods of one length, verb first. No part is [`Part::Rest`].
pub(super) type Piece<'a> = Vec<Part<'a>>;

/// A pattern with its verb in front, and the root path's one empty segment.
pub(super) fn parts<'a>(pattern: &Pattern<'a>) -> Vec<Part<'a>> {
    let verb = match pattern.verb() {
        Verb::Any => Part::One,
        Verb::One(verb) => Part::Literal(verb),
    };
    let path = if pattern.parts().is_empty() { &[Part::Literal("")] } else { pattern.parts() };
    std::iter::once(verb).chain(path.iter().copied()).collect()
}

/// The methods that the parts stand for, by length: one piece, or with a greedy parameter one for each length up to the
/// longest.
pub(super) fn pieces<'a>(parts: &[Part<'a>], longest: usize) -> Vec<Piece<'a>> {
    let Some((Part::Rest, fixed)) = parts.split_last() else { return vec![parts.to_vec()] };
    let of_length = |length| {
        let mut piece = fixed.to_vec();
        piece.resize(length, Part::One);
        piece
    };
    (parts.len()..=longest.max(parts.len())).map(of_length).collect()
}

/// The smallest glob that matches all of the piece: nothing that IAM can say without spelling out a value is smaller.
pub(super) fn around<'a>(piece: &[Part<'a>]) -> Glob<'a> {
    let seg = |part: &Part<'a>| if let Part::Literal(text) = part { Seg::Text(text) } else { Seg::Star };
    piece.iter().map(seg).collect()
}

/// What of the piece the glob matches: one piece for each way that its stars can be laid over the segments, as long as
/// the search may go on.
pub(super) fn overlaps<'a>(
    glob: &[Seg<'a>],
    piece: &[Part<'a>],
    mut may_go_on: impl FnMut() -> bool,
) -> Vec<Piece<'a>> {
    let mut found = Vec::new();
    any_overlap(glob, piece, |laid| {
        found.push(laid.to_vec());
        !may_go_on()
    });
    found
}

/// Is what the glob matches of the piece, laid in some way, one that `is_wanted`? The search ends with the first.
pub(super) fn any_overlap<'a>(
    glob: &[Seg<'a>],
    piece: &[Part<'a>],
    mut is_wanted: impl FnMut(&[Part<'a>]) -> bool,
) -> bool {
    // Most are apart: nothing is allocated for those.
    !are_apart(glob, piece)
        && Laying::new(glob, piece).any((0, 0), &mut Vec::with_capacity(piece.len()), &mut is_wanted)
}

/// Do the first texts already tell them apart? Most pairs end here.
fn are_apart(glob: &[Seg<'_>], piece: &[Part<'_>]) -> bool {
    let differ = |(seg, part): (&Seg<'_>, &Part<'_>)| match (seg, part) {
        (Seg::Text(text), Part::Literal(other)) => text != other,
        _ => false,
    };
    let before_star = |seg: &&Seg<'_>| matches!(seg, Seg::Text(_));
    glob.len() > piece.len()
        || glob.iter().take_while(before_star).zip(piece).any(differ)
        || glob.iter().rev().take_while(before_star).zip(piece.iter().rev()).any(differ)
}

/// The ways to lay a glob over a piece.
struct Laying<'p, 'a> {
    glob: &'p [Seg<'a>],
    piece: &'p [Part<'a>],
    /// Can the glob from here be laid over the piece from there? Row by row of the glob, each with a place for its end:
    /// without it the search would walk into every dead end.
    possible: Vec<bool>,
}

impl<'p, 'a> Laying<'p, 'a> {
    fn new(glob: &'p [Seg<'a>], piece: &'p [Part<'a>]) -> Self {
        let mut laying = Self { glob, piece, possible: vec![false; (glob.len() + 1) * (piece.len() + 1)] };
        for here in (0..=glob.len()).rev() {
            for there in (0..=piece.len()).rev() {
                let possible = match (glob.get(here), piece.get(there)) {
                    (None, None) => true,
                    (Some(seg), Some(part)) => {
                        let next = laying.is_possible(here + 1, there + 1);
                        match seg {
                            Seg::Text(text) => next && is_within(&[Part::Literal(text)], &[*part]),
                            Seg::Star => next || laying.is_possible(here, there + 1),
                        }
                    }
                    _ => false,
                };
                let place = laying.place(here, there);
                if let Some(known) = laying.possible.get_mut(place) {
                    *known = possible;
                }
            }
        }
        laying
    }

    fn place(&self, here: usize, there: usize) -> usize {
        here * (self.piece.len() + 1) + there
    }

    fn is_possible(&self, here: usize, there: usize) -> bool {
        self.possible.get(self.place(here, there)).is_some_and(|known| *known)
    }

    fn any(
        &self,
        (here, there): (usize, usize),
        laid: &mut Piece<'a>,
        is_wanted: &mut impl FnMut(&[Part<'a>]) -> bool,
    ) -> bool {
        if !self.is_possible(here, there) {
            return false;
        }
        let (Some(seg), Some(part)) = (self.glob.get(here), self.piece.get(there)) else { return is_wanted(laid) };
        laid.push(if let Seg::Text(text) = seg { Part::Literal(text) } else { *part });
        // Of stars in a row the last may take as many as they all could: the piece is the same.
        let takes_more = *seg == Seg::Star && self.glob.get(here + 1) != Some(&Seg::Star);
        let found = self.any((here + 1, there + 1), laid, is_wanted)
            || (takes_more && self.any((here, there + 1), laid, is_wanted));
        laid.pop();
        found
    }
}

/// Does the glob match everything that the other matches?
///
/// The last star alone ever takes more than it has: what an earlier one could take instead, it can as well. So the work
/// grows with the product of the lengths, of which a request's path has a say in one.
pub(super) fn covers(glob: &[Seg<'_>], other: &[Seg<'_>]) -> bool {
    let (mut here, mut there) = (0, 0);
    let mut star = None;
    while let Some(segment) = other.get(there) {
        match (glob.get(here), star) {
            (Some(Seg::Star), _) => {
                star = Some((here, there));
                (here, there) = (here + 1, there + 1);
            }
            (Some(seg), _) if seg == segment => (here, there) = (here + 1, there + 1),
            (_, Some((at, taken))) => {
                star = Some((at, taken + 1));
                (here, there) = (at + 1, taken + 2);
            }
            (_, None) => return false,
        }
    }
    here == glob.len()
}

/// Is all of the piece within these parts, which may end in [`Part::Rest`]?
pub(super) fn is_within(piece: &[Part<'_>], parts: &[Part<'_>]) -> bool {
    let within = |piece: &[Part<'_>], parts: &[Part<'_>]| {
        piece.len() == parts.len() && piece.iter().zip(parts).all(|(part, other)| part == other || is_any(other, part))
    };
    match parts.split_last() {
        Some((Part::Rest, fixed)) => {
            let (front, rest) = piece.split_at(fixed.len().min(piece.len()));
            within(front, fixed) && !rest.is_empty() && !rest.contains(&Part::Literal(""))
        }
        _ => within(piece, parts),
    }
}

/// What two pieces have in common.
pub(super) fn meet<'a>(piece: &[Part<'a>], other: &[Part<'a>]) -> Option<Piece<'a>> {
    let common = |(part, other): (&Part<'a>, &Part<'a>)| match (part, other) {
        (part, other) if part == other || is_any(other, part) => Some(*part),
        (part, other) => is_any(part, other).then_some(*other),
    };
    if piece.len() == other.len() { piece.iter().zip(other).map(common).collect() } else { None }
}

/// Does the first stand for the second among others? A parameter is never empty, so not for the root path's segment.
fn is_any(any: &Part<'_>, part: &Part<'_>) -> bool {
    *any == Part::One && *part != Part::Literal("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(text: &str) -> Glob<'_> {
        text.split('/').map(|segment| if segment == "*" { Seg::Star } else { Seg::Text(segment) }).collect()
    }

    fn piece(text: &str) -> Piece<'_> {
        text.split('/').map(|segment| if segment == "*" { Part::One } else { Part::Literal(segment) }).collect()
    }

    #[test]
    fn a_star_is_laid_over_one_or_more_segments() {
        for (over, under, expected) in [
            ("GET/a", "GET/a", ["GET/a"].as_slice()),
            ("GET/*", "GET/a/b", &["GET/a/b"]),
            ("GET/*/c", "GET/a/*/*", &["GET/a/*/c"]),
            ("GET/*/*", "GET/a/*/*", &["GET/a/*/*"]),
            ("GET/*/*/b", "GET/a/*/*/*", &["GET/a/*/*/b"]),
            ("*/a/*", "*/*/*/*", &["*/a/*/*", "*/*/a/*"]),
            ("*/b", "*/*", &["*/b"]),
            ("GET/a/*", "GET/a", &[]),
            ("GET/a", "GET/*/b", &[]),
            ("PUT/*", "GET/a", &[]),
        ] {
            let found = overlaps(&glob(over), &piece(under), || true);
            assert_eq!(found, expected.iter().map(|text| piece(text)).collect::<Vec<_>>(), "{over} over {under}");
        }
    }

    #[test]
    fn a_glob_covers_what_is_at_least_as_narrow() {
        for (wide, narrow, expected) in [
            ("*", "*", true),
            ("*", "*/*", true),
            ("*/*", "*", false),
            ("a/*", "a/*/b", true),
            ("a/*", "a", false),
            ("*/b", "a/*/b", true),
            ("*/*/b", "*/b", false),
            ("*/b/*", "x/b/b/b", true),
            ("a/b", "a/*", false),
        ] {
            assert_eq!(covers(&glob(wide), &glob(narrow)), expected, "{wide} over {narrow}");
        }
    }

    /// Trying every way would take longer than anyone waits.
    #[test]
    fn work_does_not_grow_with_the_ways_to_lay_the_stars() {
        let stars = vec![Seg::Star; 20];
        let any = vec![Part::One; 60];
        let a_thousand_at_most = || {
            let mut ways = 0;
            move || {
                ways += 1;
                ways < 1000
            }
        };
        assert_eq!(overlaps(&stars, &any, a_thousand_at_most()), std::slice::from_ref(&any));
        let apart = [[Seg::Star, Seg::Text("a")].repeat(10), [Seg::Text("b"), Seg::Star].to_vec()].concat();
        assert!(any_overlap(&apart, &any, |_| true));
        assert_eq!(overlaps(&apart, &vec![Part::Literal("a"); 200], a_thousand_at_most()), Vec::<Piece<'_>>::new());
        assert!(!covers(&apart, &[Seg::Text("a"); 200]));
    }
}
