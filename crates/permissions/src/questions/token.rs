//! Which tokens have these atoms? The choices that are left, and the plainest token of each.

use super::atom::Atom;
use super::caller::Candidate;
use super::universe::{Claim, Universe, usable};
use crate::route::{Route, Segment};
use serde_json::Value;

/// Atoms, sorted by what they are about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked<'q> {
    scopes: Vec<&'q str>,
    groups: Vec<&'q str>,
    /// For each claim of the universe the values that it has to have.
    pub(crate) wanted: Vec<Vec<&'q Value>>,
}

/// A claim as it is in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State<'q> {
    /// A text that can stand in a path: whatever else binds it.
    Usable,
    /// This text, for the domain has no other.
    Is(&'q str),
    /// Absent, or a value that cannot stand in a path.
    Unusable,
}

/// What is left to choose of one claim.
pub(crate) enum Choice {
    Usable,
    Unusable,
    Either,
}

impl<'q> Asked<'q> {
    pub(crate) fn new(universe: &Universe<'_>, atoms: impl IntoIterator<Item = Atom<'q>>) -> Self {
        let mut asked = Self { wanted: vec![Vec::new(); universe.claims.len()], ..Self::default() };
        for atom in atoms {
            match atom {
                Atom::Scope(scope) => add(&mut asked.scopes, scope),
                Atom::Group(group) => add(&mut asked.groups, group),
                Atom::Claim(name, value) => {
                    if let Some(wanted) = universe.place_of(name).and_then(|place| asked.wanted.get_mut(place)) {
                        add(wanted, value);
                    }
                }
            }
        }
        asked
    }

    /// Every combination of states that the claims of a token with these atoms can have, as far as it makes a difference
    /// when `allow` has to match it and `deny` may.
    pub(crate) fn states(&self, universe: &Universe<'q>, allow: &Route, deny: Option<&Route>) -> Vec<Vec<State<'q>>> {
        let mut all = vec![Vec::with_capacity(universe.claims.len())];
        for (claim, wanted) in universe.claims.iter().zip(&self.wanted) {
            let states = match claim.domain {
                Some(values) => self.domain_states(claim, values, wanted, universe.scopes_need),
                None => free_states(
                    claim,
                    wanted,
                    names(allow, claim.name),
                    deny.is_some_and(|deny| names(deny, claim.name)),
                ),
            };
            let extended = |before: &Vec<State<'q>>| {
                states.iter().map(|state| [before.as_slice(), &[*state]].concat()).collect::<Vec<_>>()
            };
            all = all.iter().flat_map(extended).collect();
        }
        all
    }

    fn domain_states(
        &self,
        claim: &Claim<'q>,
        values: &'q [String],
        wanted: &[&Value],
        scopes_need: Option<(&str, &str)>,
    ) -> Vec<State<'q>> {
        let needed = scopes_need.filter(|(name, _)| *name == claim.name && !self.scopes.is_empty());
        let fits = |value: &str| {
            needed.is_none_or(|(_, needed)| needed == value) && wanted.iter().all(|wanted| *wanted == value)
        };
        values.iter().filter(|value| fits(value)).map(|value| State::Is(value)).collect()
    }

    /// The plainest token with these atoms, its claims in these states. `values` are those of usable claims.
    pub(crate) fn token(&self, universe: &'q Universe<'_>, states: &[State<'_>], values: &[&'q str]) -> Candidate<'q> {
        let mut token = Candidate { scopes: self.scopes.clone(), groups: self.groups.clone(), claims: Vec::new() };
        let extra = universe.fresh.last().map(String::as_str).unwrap_or_default();
        for (((claim, wanted), state), value) in universe.claims.iter().zip(&self.wanted).zip(states).zip(values) {
            let value = match state {
                State::Usable | State::Is(_) => Some(Value::from(*value)),
                State::Unusable => unusable(wanted, extra),
            };
            token.claims.extend(value.map(|value| (claim.name, value)));
        }
        if !self.groups.is_empty() {
            token.claims.push((super::atom::GROUPS, self.groups.clone().into()));
        }
        token
    }
}

/// In what states can a claim be that has these values?
fn free_states<'q>(claim: &Claim<'_>, wanted: &[&Value], in_allow: bool, in_deny: bool) -> Vec<State<'q>> {
    match choice(claim, wanted, in_allow, in_deny) {
        None => Vec::new(),
        Some(Choice::Usable) => vec![State::Usable],
        Some(Choice::Unusable) => vec![State::Unusable],
        Some(Choice::Either) => vec![State::Usable, State::Unusable],
    }
}

/// `None` when no token has such a claim.
pub(crate) fn choice(claim: &Claim<'_>, wanted: &[&Value], in_allow: bool, in_deny: bool) -> Option<Choice> {
    match wanted {
        _ if claim.never => (!in_allow).then_some(Choice::Unusable),
        [] if !claim.in_routes => Some(Choice::Unusable),
        [] if in_deny && !in_allow && !claim.present => Some(Choice::Either),
        [] => Some(Choice::Usable),
        [one] if usable(one).is_some() => {
            let array_differs = claim.in_routes && !in_allow && !claim.single;
            Some(if array_differs { Choice::Either } else { Choice::Usable })
        }
        [one] => {
            let impossible = in_allow || claim.present || (one.is_array() && claim.single);
            (!impossible).then_some(Choice::Unusable)
        }
        _ => (!in_allow && !claim.single).then_some(Choice::Unusable),
    }
}

/// A claim that has exactly these values and cannot stand in a path.
fn unusable(wanted: &[&Value], extra: &str) -> Option<Value> {
    match wanted {
        [] => None,
        [one] if usable(one).is_none() && !one.is_array() => Some((*one).clone()),
        all => Some(all.iter().copied().cloned().chain([extra.into()]).collect()),
    }
}

pub(crate) fn names(route: &Route, claim: &str) -> bool {
    route.segments().iter().any(|segment| matches!(segment, Segment::Claim(name) if name == claim))
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
