//! Under which conditions may one request be made?
//!
//! Each allow that matches and does not yield is one way: its conditions, and `${c}` as "claim c is this segment". Each
//! deny that matches is an exception: its conditions, and `${c}` as "claim c is this segment, or cannot stand in a path".
//! Conditions only add up, so the minimal ways and the minimal exceptions of each say everything.

use super::Index;
use super::atom::{Atom, atoms};
use super::index::{Entry, Role};
use super::token::choice;
use super::universe::{Universe, is_usable, usable};
use crate::holder::Holder;
use crate::method::Method;
use crate::pattern::{Effect, matches_anyones, usable_value};
use crate::permission::holds;
use crate::permissions::most_exact;
use crate::route::{Route, Segment};
use serde_json::Value;

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
            Self::IsSegment(name, place) => usable_value(holder.claim(name)) == path.get(*place).copied(),
            Self::IsSegmentOrUnusable(name, place) => {
                usable_value(holder.claim(name)).is_none_or(|value| path.get(*place) == Some(&value))
            }
            Self::Unusable(name) => usable_value(holder.claim(name)).is_none(),
        }
    }
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

/// One request.
#[derive(Clone, Copy)]
struct Case<'c, 'a> {
    universe: &'c Universe<'a>,
    path: &'c [&'c str],
}

impl<'a> Case<'_, 'a> {
    /// What the allow asks for; `None` when no token has it.
    fn way(self, index: &Index<'a>, entry: &Entry<'a>) -> Option<(usize, Vec<Need<'a>>)> {
        let (permission, mut needs) = conditions(index, entry)?;
        for (claim, places) in claims_of(entry.route) {
            let place = self.common_place(&places)?;
            needs.push(Need::IsSegment(claim, place));
        }
        self.is_possible(&needs).then_some((permission, needs))
    }

    /// What the deny asks for; `None` when no token has it.
    fn exception(self, index: &Index<'a>, entry: &Entry<'a>) -> Option<Vec<Need<'a>>> {
        let (_, mut needs) = conditions(index, entry)?;
        for (claim, places) in claims_of(entry.route) {
            let present = self.universe.claim(claim).is_some_and(|known| known.present);
            needs.push(match self.common_place(&places) {
                Some(place) if present => Need::IsSegment(claim, place),
                Some(place) => Need::IsSegmentOrUnusable(claim, place),
                None => Need::Unusable(claim),
            });
        }
        self.is_possible(&needs).then_some(needs)
    }

    /// The first of these places, if one claim can be the text of all.
    fn common_place(self, places: &[usize]) -> Option<usize> {
        let first = places.first().copied()?;
        let same = places.iter().all(|place| self.text(*place) == self.text(first));
        (same && is_usable(self.text(first))).then_some(first)
    }

    fn text(&self, place: usize) -> &str {
        self.path.get(place).copied().unwrap_or_default()
    }

    fn is_text(self, place: usize, value: &Value) -> bool {
        value.as_str() == Some(self.text(place))
    }

    /// Does the need hold whenever all of these hold?
    fn follows(self, from: &[Need<'a>], need: &Need<'a>) -> bool {
        let same = |one: usize, other: usize| self.text(one) == self.text(other);
        let single = |claim: &str| self.universe.claim(claim).is_some_and(|known| known.single);
        let from_one = |known: &Need<'a>| match (need, known) {
            (Need::Atom(Atom::Claim(claim, value)), Need::IsSegment(of, place))
            | (Need::IsSegmentOrUnusable(claim, place), Need::Atom(Atom::Claim(of, value))) => {
                claim == of && self.is_text(*place, value)
            }
            (Need::IsSegment(claim, place), Need::Atom(Atom::Claim(of, value))) => {
                claim == of && single(claim) && self.is_text(*place, value)
            }
            (Need::IsSegment(claim, place) | Need::IsSegmentOrUnusable(claim, place), Need::IsSegment(of, other))
            | (Need::IsSegmentOrUnusable(claim, place), Need::IsSegmentOrUnusable(of, other)) => {
                claim == of && same(*place, *other)
            }
            (Need::IsSegmentOrUnusable(claim, _), Need::Unusable(of)) => claim == of,
            _ => need == known,
        };
        let unusable = || match need {
            Need::IsSegmentOrUnusable(claim, _) | Need::Unusable(claim) => cannot_stand(&wanted(from, claim)),
            Need::Atom(_) | Need::IsSegment(..) => false,
        };
        from.iter().any(from_one) || unusable()
    }

    /// What of an exception is left to say of those who take this way. `None` when it cannot hold for them; nothing left
    /// when it always does.
    fn reduced(self, way: &[Need<'a>], exception: &[Need<'a>]) -> Option<Vec<Need<'a>>> {
        let mut all = way.to_vec();
        let mut left = Vec::new();
        // Conditions come first, so what follows from them is not said again.
        for need in exception {
            if self.follows(&all, need) {
                continue;
            }
            let need = self.narrowed(&all, *need);
            all.push(need);
            left.push(need);
        }
        self.is_possible(&all).then_some(left)
    }

    /// A claim that has another value, perhaps in an array, is not the segment.
    fn narrowed(self, all: &[Need<'a>], need: Need<'a>) -> Need<'a> {
        match need {
            Need::IsSegmentOrUnusable(claim, place) => {
                let differs = !wanted(all, claim).is_empty()
                    || bound(all, claim).next().is_some_and(|other| self.text(other) != self.text(place));
                if differs { Need::Unusable(claim) } else { need }
            }
            Need::Atom(_) | Need::IsSegment(..) | Need::Unusable(_) => need,
        }
    }

    /// Is there a token for which all of these hold?
    fn is_possible(self, needs: &[Need<'a>]) -> bool {
        self.universe.claims.iter().all(|claim| {
            let values = wanted(needs, claim.name);
            let mut texts: Vec<&str> = bound(needs, claim.name).map(|place| self.text(place)).collect();
            texts.dedup();
            let unusable = needs.contains(&Need::Unusable(claim.name));
            match (texts.as_slice(), claim.domain) {
                ([], None) => {
                    let only_usable = claim.single && matches!(values.as_slice(), [one] if usable(one).is_some());
                    choice(claim, &values, false, true).is_some() && !(unusable && (claim.present || only_usable))
                }
                ([text], None) => {
                    !unusable && !claim.never && is_usable(text) && values.iter().all(|value| *value == text)
                }
                (_, Some(domain)) => {
                    !unusable && domain.iter().any(|value| self.fits(claim.name, value, &values, &texts, needs))
                }
                _ => false,
            }
        })
    }

    /// Can a claim with a domain have this value?
    fn fits(self, claim: &str, value: &str, wanted: &[&Value], texts: &[&str], needs: &[Need<'a>]) -> bool {
        let has_scope = needs.iter().any(|need| matches!(need, Need::Atom(Atom::Scope(_))));
        let needed = self.universe.scopes_need.filter(|(name, _)| has_scope && *name == claim);
        needed.is_none_or(|(_, needed)| needed == value)
            && wanted.iter().all(|wanted| *wanted == value)
            && texts.iter().all(|text| *text == value)
    }
}

/// The conditions of an entry's permission, and its place.
fn conditions<'a>(index: &Index<'a>, entry: &Entry<'a>) -> Option<(usize, Vec<Need<'a>>)> {
    let Role::Rule(_, permission, _) = entry.role else { return None };
    let found = index.document().permissions().get(permission)?;
    Some((permission, atoms(found).into_iter().map(Need::Atom).collect()))
}

/// The claims that a route names, each with its places.
pub(crate) fn claims_of(route: &Route) -> Vec<(&str, Vec<usize>)> {
    let mut claims: Vec<(&str, Vec<usize>)> = Vec::new();
    for (place, segment) in route.segments().iter().enumerate() {
        let Segment::Claim(name) = segment else { continue };
        match claims.iter_mut().find(|(known, _)| known == name) {
            Some((_, places)) => places.push(place),
            None => claims.push((name, vec![place])),
        }
    }
    claims
}

/// The values that the claim has to have.
fn wanted<'a>(needs: &[Need<'a>], claim: &str) -> Vec<&'a Value> {
    let mut values = Vec::new();
    for need in needs {
        if let Need::Atom(Atom::Claim(name, value)) = need
            && *name == claim
            && !values.contains(value)
        {
            values.push(*value);
        }
    }
    values
}

/// The places that the claim has to be.
fn bound<'n>(needs: &'n [Need<'_>], claim: &'n str) -> impl Iterator<Item = usize> + 'n {
    needs.iter().filter_map(move |need| match need {
        Need::IsSegment(name, place) if *name == claim => Some(*place),
        _ => None,
    })
}

/// Can no claim with these values stand in a path?
fn cannot_stand(wanted: &[&Value]) -> bool {
    match wanted {
        [] => false,
        [one] => usable(one).is_none(),
        _ => true,
    }
}
