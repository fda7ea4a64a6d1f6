//! Which requests of a route have to be told apart?
//!
//! A cell is a pattern of paths: some places have a text, some are equal, the others are anything that no document names.
//! All requests of a cell, less those of smaller cells, are decided alike. The cells of a route are the route itself, and
//! whatever comes of meeting other routes, of giving a place that a claim stands at one of the claim's wanted values, and of
//! making two places equal that one claim stands at.

use super::index::{Role, fixed};
use super::needs::claims_of;
use super::overlap::meet;
use super::universe::{Universe, usable};
use super::{Budget, Index, Undecided};
use crate::permission::Permission;
use crate::route::Route;
use std::collections::BTreeSet;

/// More cells than this are not looked at.
const MOST_CELLS: usize = 64;

/// For each place a text, or the number of a class of equal places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place<'a> {
    Text(&'a str),
    Class(usize),
}

pub(crate) type Pattern<'a> = Vec<Place<'a>>;

/// The cells of a route at one length, the most general first, and whether there are more.
pub(crate) fn cells<'a>(
    universe: &Universe<'a>,
    index: &Index<'a>,
    route: &'a Route,
    length: usize,
    budget: &mut Budget,
) -> Result<(Vec<Pattern<'a>>, bool), Undecided> {
    let mut start: Pattern<'a> = (0..length).map(Place::Class).collect();
    for (place, text) in fixed(route).into_iter().enumerate() {
        start = text.and_then(|text| bound(&start, place, text)).unwrap_or(start);
    }
    let mut cells = vec![start];
    let mut seen: BTreeSet<Pattern<'a>> = cells.iter().cloned().collect();
    let mut next = 0;
    while let Some(cell) = cells.get(next).cloned() {
        budget.spend()?;
        next += 1;
        for narrower in narrowed(universe, index, route, &cell) {
            if cells.len() == MOST_CELLS {
                return Ok((cells, true));
            }
            if seen.insert(narrower.clone()) {
                cells.push(narrower);
            }
        }
    }
    Ok((cells, false))
}

/// Every way to make a cell one step smaller.
fn narrowed<'a>(universe: &Universe<'a>, index: &Index<'a>, route: &Route, cell: &Pattern<'a>) -> Vec<Pattern<'a>> {
    let places: Vec<Option<&str>> = cell.iter().map(text).collect();
    let mut found = Vec::new();
    let mut named: Vec<(&'a str, usize)> = Vec::new();
    let entries = index.meeting(&places);
    for entry in entries.iter().filter(|entry| meet(entry.route.verb(), route.verb()).is_some()) {
        let met = fixed(entry.route).into_iter().enumerate().try_fold(cell.clone(), |cell, (place, text)| match text {
            Some(text) => bound(&cell, place, text),
            None => Some(cell),
        });
        found.extend(met);
        if matches!(entry.role, Role::Rule(..)) {
            let places = claims_of(entry.route)
                .into_iter()
                .flat_map(|(name, places)| places.into_iter().map(move |place| (name, place)));
            named.extend(places);
        }
    }
    named.sort_unstable();
    named.dedup();
    for (claim, place) in &named {
        found.extend(values(universe, index, claim).into_iter().filter_map(|text| bound(cell, *place, text)));
        let others = named.iter().filter(|(other, at)| other == claim && at > place);
        found.extend(others.filter_map(|(_, other)| joined(cell, *place, *other)));
    }
    found
}

/// The values that can make a difference where the claim stands in a path.
fn values<'a>(universe: &Universe<'a>, index: &Index<'a>, claim: &str) -> Vec<&'a str> {
    let conditions = index.document().permissions().iter().flat_map(Permission::claims);
    let wanted = conditions.filter(|(name, _)| name == claim).filter_map(|(_, value)| usable(value));
    let domain = universe.claim(claim).and_then(|known| known.domain).unwrap_or_default();
    wanted.chain(domain.iter().map(String::as_str)).collect()
}

pub(crate) fn text<'a>(place: &Place<'a>) -> Option<&'a str> {
    if let Place::Text(text) = place { Some(text) } else { None }
}

/// `None` when the place has another text.
fn bound<'a>(cell: &Pattern<'a>, place: usize, text: &'a str) -> Option<Pattern<'a>> {
    let old = cell.get(place)?.clone();
    match old {
        Place::Text(known) => (known == text).then(|| cell.clone()),
        Place::Class(_) => Some(replaced(cell, &old, &Place::Text(text))),
    }
}

fn joined<'a>(cell: &Pattern<'a>, one: usize, other: usize) -> Option<Pattern<'a>> {
    match (cell.get(one)?, cell.get(other)?) {
        (Place::Text(one), Place::Text(other)) => (one == other).then(|| cell.clone()),
        (text @ Place::Text(_), class) | (class, text @ Place::Text(_)) => Some(replaced(cell, class, text)),
        (first, second) => Some(replaced(cell, second.max(first), first.min(second))),
    }
}

fn replaced<'a>(cell: &Pattern<'a>, old: &Place<'a>, new: &Place<'a>) -> Pattern<'a> {
    cell.iter().map(|place| if place == old { new.clone() } else { place.clone() }).collect()
}
