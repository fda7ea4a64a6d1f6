//! What does one document allow that another does not?
//!
//! A **candidate** is made from an allow of the new document, a length, and a **partner**: nothing, a route of the old
//! catalog that wins by its literal there, or a deny of the old document. It is the most general token and request for
//! which allow and partner match and the conditions of both hold. There are finitely many, and if any token and request are
//! allowed by the new document and not by the old, one of the candidates is, and with no more conditions held. So the
//! answer is decided by asking the engine about each candidate.
//!
//! Why that is enough, in short. Take a gain, and the allow that opens it. The old document does not allow it for one of two
//! reasons. Either a deny hits: it is the partner. Or no allow opens: then those that match yield, and the most exact route
//! of the catalog that matches beats them all, since there are only two kinds of segments: it is the partner. Both match,
//! so the equalities that they ask for have a most general solution. What matches that solution also matches the gain,
//! so nothing new opens or hits there.
//!
//! Example: `GET /orders/{id}` for scope `orders/read` is in both documents, `GET /orders/export` in the old alone. With no
//! partner the request is `GET /orders/x1`, which both allow. With the partner `GET /orders/export` it is
//! `GET /orders/export`: the new document allows it to `orders/read`, the old one does not.
//!
//! The requests are those whose spelling neither document refuses.

use super::atom::{self, Atom, atoms};
use super::caller::Candidate;
use super::index::{Entry, Role, fixed};
use super::overlap::{meet, takes};
use super::selection::{Denies, From, Partners};
use super::solve::Classes;
use super::token::{Asked, State};
use super::universe::Universe;
use super::view::View;
use super::{Budget, Undecided};
use crate::grants::{Rule, Verdict};
use crate::method::Method;
use crate::pattern::Effect;
use crate::permission::Permission;
use crate::route::{Route, Verb};
use std::ops::ControlFlow;

/// One question: what does `new` allow that `old` does not?
pub(crate) struct Question<'q, 'a> {
    pub(crate) universe: &'q Universe<'a>,
    pub(crate) new: View<'a>,
    pub(crate) old: View<'a>,
    /// Only requests that this route matches, with any segment where it names a claim.
    pub(crate) region: Option<&'a Route>,
    /// Only callers with these.
    pub(crate) more: &'q [Atom<'a>],
    pub(crate) from: From<'a>,
    pub(crate) partners: Partners,
}

/// A candidate that the new document allows and the old one does not.
pub(crate) struct Found<'q, 'a> {
    pub(crate) candidate: Candidate<'q>,
    /// Claims that are there only because some route names them.
    pub(crate) only_usable: Vec<&'q str>,
    pub(crate) verb: &'static str,
    pub(crate) path: Vec<&'q str>,
    pub(crate) method: Method,
    /// The allow that the candidate was made from.
    pub(crate) by: Rule<'a>,
    /// Its permission's place, and its place in the permission's list.
    pub(crate) place: (usize, usize),
    /// What the old document says.
    pub(crate) before: Verdict<'a>,
}

/// What the candidates of one allow have in common.
struct Start<'a> {
    by: Rule<'a>,
    number: usize,
    verb: Verb,
    atoms: Vec<Atom<'a>>,
    length: usize,
}

/// A route that has to match as well.
#[derive(Clone, Copy)]
enum Partner<'a> {
    Nothing,
    Winner(&'a Route),
    Deny(&'a Route),
}

impl<'q, 'a> Question<'q, 'a> {
    /// Shows each gain to `see`, until it breaks. Without a gain among the candidates there is none at all.
    ///
    /// # Errors
    /// [`Undecided::TooLarge`] when the budget is spent.
    pub(crate) fn gains(
        &self,
        budget: &mut Budget,
        see: &mut impl FnMut(Found<'q, 'a>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Undecided> {
        for (permission, number, route) in self.allows() {
            let Some(conditions) = self.new.permission(permission) else { continue };
            let Some(verb) = self.region.map_or(Some(route.verb()), |region| meet(region.verb(), route.verb())) else {
                continue;
            };
            let mut all = atoms(conditions);
            atom::add(&mut all, self.more.iter().copied());
            let by = Rule { permission, effect: Effect::Allow, route };
            for length in self.lengths(route) {
                let start = Start { by, number, verb, atoms: all.clone(), length };
                if self.partners_of(&start, budget, see)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The new document's allows that can gain: the place of the permission, the route's place in its list, the route.
    fn allows(&self) -> Vec<(usize, usize, &'a Route)> {
        let document = self.new.index.document();
        let of = |place: usize| {
            let routes = document.permissions().get(place).map(Permission::allow).unwrap_or_default();
            routes.iter().enumerate().map(move |(number, route)| (place, number, route))
        };
        let mut allows: Vec<(usize, usize, &Route)> = match (self.from, self.region) {
            (From::Permission(place), _) => of(place).collect(),
            (From::Rule(place, wanted), _) => of(place).filter(|(_, number, _)| *number == wanted).collect(),
            (From::Meeting(route), _) | (From::All, Some(route)) if !route.is_greedy() => {
                self.new.index.meeting(&fixed(route)).iter().filter_map(as_allow).collect()
            }
            _ => (0..document.permissions().len()).flat_map(of).collect(),
        };
        allows.retain(|(permission, number, _)| self.new.keeps(Effect::Allow, *permission, *number));
        allows
    }

    /// The lengths that paths need to have. A greedy route is looked at with every size that a route has, and one more.
    fn lengths(&self, route: &Route) -> Vec<usize> {
        let size = route.segments().len();
        let sizes = self.universe.sizes.iter();
        let mut lengths: Vec<usize> = if route.is_greedy() {
            sizes.flat_map(|size| [*size, *size + 1]).filter(|length| *length >= size).collect()
        } else {
            vec![size]
        };
        lengths.dedup();
        lengths.sort_unstable();
        lengths.dedup();
        lengths.retain(|length| self.region.is_none_or(|region| takes(region, *length)));
        lengths
    }

    fn partners_of(
        &self,
        start: &Start<'a>,
        budget: &mut Budget,
        see: &mut impl FnMut(Found<'q, 'a>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Undecided> {
        let Some(places) = self.places(start) else { return Ok(ControlFlow::Continue(())) };
        if self.partners.nothing
            && self.candidates(start, start.verb, Partner::Nothing, &start.atoms, budget, see)?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        if !self.partners.winners && matches!(self.partners.denies, Denies::None) {
            return Ok(ControlFlow::Continue(()));
        }
        for entry in self.old.index.meeting(&places) {
            let Some((partner, atoms)) = self.partner(start, &entry) else { continue };
            let Some(verb) = meet(start.verb, entry.route.verb()) else { continue };
            if self.candidates(start, verb, partner, &atoms, budget, see)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The texts that allow and region ask for; `None` when they ask for two at one place.
    fn places(&self, start: &Start<'a>) -> Option<Vec<Option<&'a str>>> {
        let mut places = vec![None; start.length];
        for route in [Some(start.by.route), self.region].into_iter().flatten() {
            for (place, text) in places.iter_mut().zip(fixed(route)) {
                match (*place, text) {
                    (Some(known), Some(text)) if known != text => return None,
                    (None, text) => *place = text,
                    _ => {}
                }
            }
        }
        Some(places)
    }

    /// The entry as a partner, with the atoms that then have to hold.
    fn partner(&self, start: &Start<'a>, entry: &Entry<'a>) -> Option<(Partner<'a>, Vec<Atom<'a>>)> {
        match entry.role {
            Role::Catalog(place) => {
                let wins = self.partners.winners && self.old.index.is_winner(place);
                wins.then(|| (Partner::Winner(entry.route), start.atoms.clone()))
            }
            Role::Rule(Effect::Deny, permission, number) => {
                let wanted = self.partners.denies.includes(permission, number);
                let rule = self.old.rule(entry, Effect::Deny).filter(|_| wanted)?;
                let mut all = start.atoms.clone();
                atom::add(&mut all, atoms(self.old.permission(rule.permission)?));
                Some((Partner::Deny(rule.route), all))
            }
            Role::Rule(Effect::Allow, ..) => None,
        }
    }

    /// Asks both documents about the candidates of one allow and one partner.
    fn candidates(
        &self,
        start: &Start<'a>,
        verb: Verb,
        partner: Partner<'a>,
        atoms: &[Atom<'a>],
        budget: &mut Budget,
        see: &mut impl FnMut(Found<'q, 'a>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, Undecided> {
        let asked = Asked::new(self.universe, atoms.iter().copied());
        let deny = if let Partner::Deny(route) = partner { Some(route) } else { None };
        for states in asked.states(self.universe, start.by.route, deny) {
            budget.spend()?;
            let Some(found) = self.candidate(start, verb, partner, &asked, &states) else { continue };
            if see(found).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn candidate(
        &self,
        start: &Start<'a>,
        verb: Verb,
        partner: Partner<'a>,
        asked: &Asked<'q>,
        states: &[State<'q>],
    ) -> Option<Found<'q, 'a>> {
        let universe = self.universe;
        let mut classes = Classes::new(start.length, universe);
        classes.claims(states, &asked.wanted)?;
        classes.route(start.by.route, universe, Some(states))?;
        match partner {
            Partner::Nothing => {}
            Partner::Winner(route) => classes.route(route, universe, None)?,
            Partner::Deny(route) => classes.route(route, universe, Some(states))?,
        }
        self.region.map_or(Some(()), |region| classes.route(region, universe, None))?;
        let (path, values) = classes.solution(universe, states)?;
        let candidate = asked.token(universe, states, &values);
        let verb = if let Verb::One(verb) = verb { verb } else { universe.unnamed_verb };
        let method = Method::parse(universe.arn(verb, &path)).ok()?;
        if !self.new.decide(&candidate, &method).is_permitted() {
            return None;
        }
        let before = self.old.decide(&candidate, &method);
        let made = universe.claims.iter().zip(&asked.wanted).zip(states);
        let only_usable = made.filter(|((_, wanted), state)| wanted.is_empty() && **state == State::Usable);
        let only_usable = only_usable.map(|((claim, _), _)| claim.name).collect();
        let place = (start.by.permission, start.number);
        (!before.is_permitted()).then_some(Found {
            candidate,
            only_usable,
            verb,
            path,
            method,
            by: start.by,
            place,
            before,
        })
    }
}

fn as_allow<'a>(entry: &Entry<'a>) -> Option<(usize, usize, &'a Route)> {
    let Role::Rule(Effect::Allow, permission, number) = entry.role else { return None };
    Some((permission, number, entry.route))
}
