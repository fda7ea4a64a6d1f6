//! What rules ask for at one request, and what follows from what.

use super::Index;
use super::atom::{Atom, atoms};
use super::index::{Entry, Role};
use super::token::choice;
use super::universe::{Universe, is_usable, usable};
use super::ways::Need;
use crate::route::{Route, Segment};
use serde_json::Value;

/// One request.
#[derive(Clone, Copy)]
pub(crate) struct Case<'c, 'a> {
    pub(crate) universe: &'c Universe<'a>,
    pub(crate) path: &'c [&'c str],
}

impl<'a> Case<'_, 'a> {
    /// What the allow asks for; `None` when no token has it.
    pub(crate) fn way(self, index: &Index<'a>, entry: &Entry<'a>) -> Option<(usize, Vec<Need<'a>>)> {
        let (permission, mut needs) = conditions(index, entry)?;
        for (claim, places) in claims_of(entry.route) {
            let place = self.common_place(&places)?;
            needs.push(Need::IsSegment(claim, place));
        }
        self.is_possible(&needs).then_some((permission, needs))
    }

    /// What the deny asks for; `None` when no token has it.
    pub(crate) fn exception(self, index: &Index<'a>, entry: &Entry<'a>) -> Option<Vec<Need<'a>>> {
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
    pub(crate) fn follows(self, from: &[Need<'a>], need: &Need<'a>) -> bool {
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
    pub(crate) fn reduced(self, way: &[Need<'a>], exception: &[Need<'a>]) -> Option<Vec<Need<'a>>> {
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
