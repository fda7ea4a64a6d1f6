//! Words, globs and rows: three readings of one list of segments.
//!
//! A segment is a text that the document spells, or **open**. What a list of such segments means depends on who reads it:
//!
//! | reading | an open segment is | example: `orders`, open |
//! |---|---|---|
//! | a **row**, a path pattern of the document | one segment of any kind but the empty one | `/orders/{id}` |
//! | a **word**, one path | one segment that no text of the document equals | `/orders/7` |
//! | a **glob**, what IAM can say | one *or more* segments, of any kind: IAM's `*` does not stop at a slash | `orders/*` |
//!
//! IAM's `*` also takes no character at all. Between slashes that is an empty segment, which every policy with a star denies.
//!
//! The smallest glob around a word, called N(w) in `docs/policy.md`, is the same list read as a glob. The root path is one
//! empty text, since its ARN ends in a slash.

/// A text of the compilation: a literal of the document, or the value of a claim that is a text of its own.
pub(super) type Text = u32;

/// The empty text: the root path's one segment.
pub(super) const EMPTY: Text = 0;

/// A segment of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Seg {
    Text(Text),
    Open,
}

/// A path, verb aside.
pub(super) type Word = Vec<Seg>;

/// A verb, by its place in [`VERBS`](crate::VERBS).
pub(super) type Verb = usize;

/// Stands for all verbs that API Gateway does not know, behind those it does.
pub(super) const OTHER_VERBS: Verb = crate::VERBS.len();

/// The first segment of a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum VerbSeg {
    One(Verb),
    /// A star: any verb, and any number of segments behind it.
    Star,
}

/// What a resource says behind the stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Glob {
    pub(super) verb: VerbSeg,
    pub(super) path: Word,
}

impl Glob {
    pub(super) fn new(verb: VerbSeg, path: &[Seg]) -> Self {
        Self { verb, path: path.to_vec() }
    }

    pub(super) fn has_star(&self) -> bool {
        self.verb == VerbSeg::Star || self.path.contains(&Seg::Open)
    }

    /// Does this glob match everything that the other matches?
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self.verb, other.verb) {
            (VerbSeg::One(verb), VerbSeg::One(others)) => verb == others && covers(&self.path, &other.path),
            (VerbSeg::One(_), VerbSeg::Star) => false,
            // The star takes the other's verb, and may take more.
            (VerbSeg::Star, _) => {
                (0..=other.path.len()).any(|taken| covers(&self.path, other.path.get(taken..).unwrap_or_default()))
            }
        }
    }
}

/// Does the glob match everything that the other glob matches? An open segment of the other is only matched by a star, so
/// this also tells whether a glob matches a word.
///
/// The last star alone ever takes more than it has: what an earlier one could take instead, it can as well. So the work
/// grows with the product of the lengths.
pub(super) fn covers(glob: &[Seg], other: &[Seg]) -> bool {
    // Most pairs end here.
    let last_differs =
        matches!((glob.last(), other.last()), (Some(Seg::Text(one)), Some(last)) if *last != Seg::Text(*one));
    if glob.len() > other.len() || last_differs {
        return false;
    }
    let (mut here, mut there) = (0, 0);
    let mut star = None;
    while let Some(segment) = other.get(there) {
        match (glob.get(here), star) {
            (Some(Seg::Open), _) => {
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

/// A path pattern of the document, or of one holder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Row {
    /// The pattern. A greedy one ends in one open segment, which stands for one or more.
    pub(super) word: Word,
    pub(super) greedy: bool,
    /// For each segment: can it be another text than one that the document spells? A claim's value counts as open here.
    pub(super) kinds: Vec<bool>,
}

impl Row {
    /// Of two rows that match one path, does this one win by its literal?
    pub(super) fn beats(&self, other: &Self) -> bool {
        !self.greedy && !other.greedy && self.kinds.len() == other.kinds.len() && self.kinds < other.kinds
    }

    /// The row's path of this length in which every parameter is a text of its own; `None` if it has no path so long.
    pub(super) fn word_of(&self, length: usize) -> Option<Word> {
        if length == self.word.len() || (self.greedy && length > self.word.len()) {
            let mut word = self.word.clone();
            word.resize(length, Seg::Open);
            return Some(word);
        }
        None
    }

    /// What the row and a set of paths, given by their most general word, have in common.
    pub(super) fn meet(&self, word: &[Seg]) -> Option<Word> {
        let fits = word.len() == self.word.len() || (self.greedy && word.len() > self.word.len());
        if !fits {
            return None;
        }
        let mut common = word.to_vec();
        for (seg, own) in common.iter_mut().zip(&self.word) {
            match (*seg, *own) {
                // An open segment is not empty.
                (Seg::Text(EMPTY), Seg::Open) | (Seg::Open, Seg::Text(EMPTY)) => return None,
                (_, Seg::Open) => {}
                (Seg::Open, own) => *seg = own,
                (seg, own) if seg == own => {}
                _ => return None,
            }
        }
        Some(common)
    }
}
