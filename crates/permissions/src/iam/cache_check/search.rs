//! Whose policy may be too large?
//!
//! Tried in this order, as far as the work goes, every permission that denies left out:
//!
//! 1. the permissions with most routes, one after the other added to one holder: first so many that their Allows by themselves
//!    are above the budget, then twice as many, and so on up to all of them. Between the last that fits and the first that
//!    does not, the smallest is looked for;
//! 2. each permission alone;
//! 3. each two permissions whose routes begin alike.

use super::Witness;
use super::asked::Asker;
use super::held::Held;
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::{Route, Segment};

/// A holder whose policy is too large, the smallest that was found.
pub(super) fn search(asker: &mut Asker<'_>) -> Option<Witness> {
    let by_size = by_size(asker.permissions);
    let growing = growing(asker, &by_size);
    growing.or_else(|| alone(asker, &by_size)).or_else(|| in_pairs(asker, &by_size))
}

/// The permissions that allow something and deny nothing, those with most routes first.
fn by_size(permissions: &Permissions) -> Vec<usize> {
    let all = permissions.permissions();
    let only_allows =
        |place: &usize| all.get(*place).is_some_and(|one| one.deny().is_empty() && !one.allow().is_empty());
    let mut places: Vec<usize> = (0..all.len()).filter(only_allows).collect();
    places.sort_by_key(|place| std::cmp::Reverse(all.get(*place).map_or(0, |permission| permission.allow().len())));
    places
}

/// Adds one permission after the other, and looks for the first one too many.
fn growing(asker: &mut Asker<'_>, by_size: &[usize]) -> Option<Witness> {
    let order = possible_together(asker, by_size);
    let (mut fits, mut found) = (0, None);
    let mut count = probably_too_many(asker, &order);
    while asker.can_go_on() && !order.is_empty() {
        let together = order.get(..count.min(order.len())).unwrap_or_default();
        found = asker.witness(together);
        if found.is_some() || together.len() == order.len() {
            break;
        }
        fits = count;
        count *= 2;
    }
    let mut breaks = count.min(order.len());
    while found.is_some() && breaks > fits + 1 && asker.can_go_on() {
        let middle = fits.midpoint(breaks);
        match asker.witness(order.get(..middle).unwrap_or_default()) {
            Some(smaller) => (found, breaks) = (Some(smaller), middle),
            None => fits = middle,
        }
    }
    found
}

/// So many of the permissions that their Allows by themselves are above the budget.
fn probably_too_many(asker: &Asker<'_>, order: &[usize]) -> usize {
    let mut bytes = 0;
    let all = asker.permissions.permissions();
    for (rank, permission) in order.iter().filter_map(|place| all.get(*place)).enumerate() {
        bytes += permission.allow().len() * USUAL_RESOURCE;
        if bytes > asker.budget() {
            return rank + 1;
        }
    }
    order.len()
}

/// A resource of a route with two or three segments, in bytes of JSON.
const USUAL_RESOURCE: usize = 80;

/// Those of the permissions that one token can have, the first ones first.
fn possible_together(asker: &Asker<'_>, places: &[usize]) -> Vec<usize> {
    let mut together: Vec<usize> = Vec::new();
    for place in places {
        together.push(*place);
        if !Held::new(asker.permissions, &together).is_possible(asker.facts) {
            together.pop();
        }
    }
    together
}

fn alone(asker: &mut Asker<'_>, by_size: &[usize]) -> Option<Witness> {
    for place in by_size.iter().skip(1) {
        if !asker.can_go_on() {
            return None;
        }
        if let Some(witness) = asker.witness(&[*place]) {
            return Some(witness);
        }
    }
    None
}

fn in_pairs(asker: &mut Asker<'_>, by_size: &[usize]) -> Option<Witness> {
    for (rank, one) in by_size.iter().enumerate() {
        for other in by_size.get(rank + 1..).unwrap_or_default() {
            if !asker.can_go_on() {
                return None;
            }
            if begin_alike(asker.permissions, *one, *other)
                && let Some(witness) = asker.witness(&[*one, *other])
            {
                return Some(witness);
            }
        }
    }
    None
}

/// Do two of their routes begin with the same literal?
fn begin_alike(permissions: &Permissions, one: usize, other: usize) -> bool {
    let allow = |place: usize| permissions.permissions().get(place).map(Permission::allow).unwrap_or_default();
    let first = |route: &Route| match route.segments().first() {
        Some(Segment::Literal(literal)) => Some(literal.clone()),
        _ => None,
    };
    allow(one).iter().any(|own| allow(other).iter().any(|others| first(own).is_some() && first(own) == first(others)))
}
