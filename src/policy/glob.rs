//! Which paths does a resource with wildcards match?
//!
//! A method is a list of segments: the verb, then those of the path. The root path is one empty segment, as its ARN ends
//! in a slash. A [`Piece`] is a set of methods of one length, as the engine tells them apart: each segment is a given text
//! or any one. A [`Glob`] is what IAM can say of them: each segment is a given text or a star, and a star stands for
//! *one or more* segments, since IAM's `*` does not stop at a slash.

use crate::access::{Part, Pattern, Verb};

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

/// What of the piece the glob matches: one piece for each way that its stars can be laid over the segments.
pub(super) fn overlaps<'a>(glob: &[Seg<'a>], piece: &[Part<'a>]) -> Vec<Piece<'a>> {
    let mut found = Vec::new();
    if !are_apart(glob, piece) {
        lay(glob, piece, &mut Vec::with_capacity(piece.len()), &mut found);
    }
    found
}

/// Do the first texts already tell them apart? Most pairs end here.
fn are_apart(glob: &[Seg<'_>], piece: &[Part<'_>]) -> bool {
    let differ = |(seg, part): (&Seg<'_>, &Part<'_>)| match (seg, part) {
        (Seg::Text(text), Part::Literal(other)) => text != other,
        _ => false,
    };
    let before_star = |seg: &&Seg<'_>| **seg != Seg::Star;
    glob.len() > piece.len()
        || glob.iter().take_while(before_star).zip(piece).any(differ)
        || glob.iter().rev().take_while(before_star).zip(piece.iter().rev()).any(differ)
}

fn lay<'a>(glob: &[Seg<'a>], piece: &[Part<'a>], laid: &mut Piece<'a>, found: &mut Vec<Piece<'a>>) {
    let depth = laid.len();
    match (glob.split_first(), piece.split_first()) {
        (None, None) => found.push(laid.clone()),
        (Some((Seg::Text(text), glob)), Some((part, rest))) if is_within(&[Part::Literal(text)], &[*part]) => {
            laid.push(Part::Literal(text));
            lay(glob, rest, laid, found);
        }
        (Some((Seg::Star, glob)), Some(_)) => {
            // Every segment that is left needs one of the piece's.
            for taken in 1..=piece.len().saturating_sub(glob.len()) {
                let (under, rest) = piece.split_at(taken);
                laid.extend_from_slice(under);
                lay(glob, rest, laid, found);
                laid.truncate(depth);
            }
        }
        _ => {}
    }
    laid.truncate(depth);
}

/// Does the glob match everything that the other matches?
pub(super) fn covers(glob: &[Seg<'_>], other: &[Seg<'_>]) -> bool {
    match (glob.split_first(), other.split_first()) {
        (None, None) => true,
        (Some((Seg::Text(text), glob)), Some((Seg::Text(same), other))) => text == same && covers(glob, other),
        (Some((Seg::Star, glob)), Some((_, rest))) => covers(glob, rest) || covers_on(glob, rest),
        _ => false,
    }
}

/// The star that stands before `glob` takes one more segment.
fn covers_on(glob: &[Seg<'_>], other: &[Seg<'_>]) -> bool {
    other.split_first().is_some_and(|(_, rest)| covers(glob, rest) || covers_on(glob, rest))
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
            ("GET/*/*", "GET/a/*/*", &["GET/a/*/*", "GET/a/*/*"]),
            ("*/b", "*/*", &["*/b"]),
            ("GET/a/*", "GET/a", &[]),
            ("GET/a", "GET/*/b", &[]),
            ("PUT/*", "GET/a", &[]),
        ] {
            let found = overlaps(&glob(over), &piece(under));
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
}
