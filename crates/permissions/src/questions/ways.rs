//! Under which conditions may one request be made?
//!
//! Each allow that matches and does not yield is one way: its conditions, and `${c}` as "claim c is this segment". Each
//! deny that matches is an exception: its conditions, and `${c}` as "claim c is this segment, or cannot stand in a path".
//! Conditions only add up, so the minimal ways and the minimal exceptions of each say everything.

use super::Index;
use super::atom::Atom;
use super::index::{Entry, Role};
use super::needs::Case;
use super::universe::Universe;
use crate::holder::Holder;
use crate::method::Method;
use crate::pattern::{Effect, matches_anyones, spells, usable_value};
use crate::permission::holds;
use crate::permissions::most_exact;

/// One thing that a way asks for, or that an exception is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need<'a> {
    /// A condition of a permission.
    Atom(Atom<'a>),
    /// The claim is the segment at this place, counted from 0.
    IsSegment(&'a str, usize),
    /// The claim is the segment at this place, or has no value that can stand in a path.
    IsSegmentOrUnusable(&'a str, usize),
    /// The claim has no value that can stand in a path.
    Unusable(&'a str),
}

/// One way to be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way<'a> {
    /// What must hold. Nothing: everybody is allowed.
    pub needs: Vec<Need<'a>>,
    /// None of these may hold as a whole.
    pub unless: Vec<Vec<Need<'a>>>,
    /// The place of the permission that allows it.
    pub permission: usize,
}

impl Need<'_> {
    /// Does it hold for this holder, who asks for a path of these segments?
    #[must_use]
    pub fn holds_for(&self, holder: &impl Holder, path: &[&str]) -> bool {
        match self {
            Self::Atom(Atom::Scope(scope)) => holder.has_scope(scope),
            Self::Atom(Atom::Group(group)) => holder.has_group(group),
            Self::Atom(Atom::Claim(name, wanted)) => holder.claim(name).is_some_and(|found| holds(found, wanted)),
            Self::IsSegment(name, place) => {
                usable_value(holder.claim(name)).is_some_and(|value| is_at(path, *place, value))
            }
            Self::IsSegmentOrUnusable(name, place) => {
                usable_value(holder.claim(name)).is_none_or(|value| is_at(path, *place, value))
            }
            Self::Unusable(name) => usable_value(holder.claim(name)).is_none(),
        }
    }
}

/// Does this segment of the path spell the value?
fn is_at(path: &[&str], place: usize, value: &str) -> bool {
    path.get(place).is_some_and(|segment| spells(value, segment))
}

impl Way<'_> {
    /// Does this way allow the holder a path of these segments?
    #[must_use]
    pub fn admits(&self, holder: &impl Holder, path: &[&str]) -> bool {
        let all = |needs: &[Need<'_>]| needs.iter().all(|need| need.holds_for(holder, path));
        all(&self.needs) && !self.unless.iter().any(|exception| all(exception))
    }
}

/// All minimal ways to be allowed one request, in the document's order.
pub(crate) fn ways<'a>(universe: &Universe<'a>, index: &Index<'a>, method: &Method) -> Vec<Way<'a>> {
    let path: Vec<&str> = method.segments().collect();
    let case = Case { universe, path: &path };
    let entries = matching(index, method, Effect::Deny);
    let exceptions: Vec<Vec<Need<'a>>> = entries.iter().filter_map(|entry| case.exception(index, entry)).collect();
    let with_exceptions = |(permission, needs): (usize, Vec<Need<'a>>)| {
        let left = exceptions.iter().filter_map(|exception| case.reduced(&needs, exception));
        // An exception that needs nothing more always holds: this is no way.
        let left: Option<Vec<_>> = left.map(non_empty).collect();
        let unless = minimal(left?, |exception| exception, |from, need| case.follows(from, need));
        Some(Way { needs, unless, permission })
    };
    openers(universe, index, method).into_iter().filter_map(with_exceptions).collect()
}

/// What opens the request if no deny shuts it: the place of the permission, and what it asks for. The minimal ones.
pub(crate) fn openers<'a>(universe: &Universe<'a>, index: &Index<'a>, method: &Method) -> Vec<(usize, Vec<Need<'a>>)> {
    let path: Vec<&str> = method.segments().collect();
    let case = Case { universe, path: &path };
    let places: Vec<Option<&str>> = path.iter().copied().map(Some).collect();
    let winner = most_exact(index.catalog_meeting(&places), method);
    let mut entries = matching(index, method, Effect::Allow);
    entries.retain(|entry| !winner.is_some_and(|winner| winner.beats(entry.route)));
    let all = entries.iter().filter_map(|entry| case.way(index, entry)).collect();
    minimal(all, |(_, needs)| needs, |from, need| case.follows(from, need))
}

/// The rules of this effect that match the request, with any segment where they name a claim.
fn matching<'a>(index: &Index<'a>, method: &Method, effect: Effect) -> Vec<Entry<'a>> {
    let mut entries = index.meeting(&method.segments().map(Some).collect::<Vec<_>>());
    entries.retain(|entry| {
        matches!(entry.role, Role::Rule(found, ..) if found == effect) && matches_anyones(entry.route, method)
    });
    entries
}

fn non_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// Those whose needs no other's follow from. Of two that say the same the first stays.
fn minimal<'a, T>(
    all: Vec<T>,
    needs: impl Fn(&T) -> &Vec<Need<'a>>,
    follows: impl Fn(&[Need<'a>], &Need<'a>) -> bool,
) -> Vec<T> {
    let weaker = |one: &T, other: &T| needs(one).iter().all(|need| follows(needs(other), need));
    let mut kept: Vec<T> = Vec::new();
    for item in all {
        if kept.iter().any(|known| weaker(known, &item)) {
            continue;
        }
        kept.retain(|known| !weaker(&item, known));
        kept.push(item);
    }
    kept
}
