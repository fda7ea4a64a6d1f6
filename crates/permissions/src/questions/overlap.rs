//! Can two routes match one request?

use super::index::fixed;
use crate::route::{CONNECT, Route, Verb};

/// Does the route match paths of this many segments?
pub(crate) fn takes(route: &Route, length: usize) -> bool {
    let size = route.segments().len();
    length == size || (route.is_greedy() && length > size)
}

/// The verb that both cover.
pub(crate) fn meet(one: Verb, other: Verb) -> Option<Verb> {
    match (one, other) {
        (Verb::Any, verb) | (verb, Verb::Any) if verb != Verb::One(CONNECT) => Some(verb),
        (one, other) => (one == other).then_some(one),
    }
}

/// Can one request match both?
pub(crate) fn overlap(one: &Route, other: &Route) -> bool {
    let lengths = [one, other].map(|route| route.segments().len());
    let length = lengths.into_iter().max().unwrap_or_default();
    let same =
        fixed(one).into_iter().zip(fixed(other)).all(|pair| !matches!(pair, (Some(one), Some(other)) if one != other));
    meet(one.verb(), other.verb()).is_some() && takes(one, length) && takes(other, length) && same
}
