//! A document with one thing taken out.

use super::Index;
use super::assertions::made;
use super::atom::Atom;
use super::dead::without_atom;
use super::overlap::overlap;
use super::view::{View, Without};
use crate::grants::Rule;
use crate::pattern::Effect;
use crate::permissions::Permissions;
use crate::route::Route;

/// The document with one thing taken out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mutant<'a> {
    /// Without the permission at this place.
    Permission(usize),
    /// Without one route of a permission, at this place in its list.
    Rule(Rule<'a>, usize),
    /// Without one condition of the permission at this place.
    Condition(usize, Atom<'a>),
    /// This route no longer wins by its literal.
    Literal(&'a Route),
}

impl Mutant<'_> {
    pub(crate) fn with_view<T>(&self, index: &Index<'_>, look: impl FnOnce(View<'_>) -> T) -> T {
        let loosened;
        let without = match *self {
            Self::Permission(place) => Without::Permission(place),
            Self::Rule(rule, place) => Without::Rule(rule.effect, rule.permission, place),
            Self::Literal(route) => Without::Literal(route),
            Self::Condition(place, atom) => match index.document().permissions().get(place) {
                None => Without::Nothing,
                Some(permission) => {
                    loosened = without_atom(permission, atom);
                    Without::Condition(place, &loosened)
                }
            },
        };
        look(View { index, without })
    }

    /// Can what was taken out match a request that the route matches?
    pub(crate) fn meets(&self, document: &Permissions, route: &Route) -> bool {
        match *self {
            Self::Permission(place) | Self::Condition(place, _) => {
                let permission = document.permissions().get(place);
                permission.is_some_and(|found| found.all_routes().any(|other| overlap(route, other)))
            }
            Self::Rule(rule, _) => overlap(route, rule.route),
            Self::Literal(literal) => overlap(route, literal),
        }
    }

    /// The mutant as a document of its own.
    pub(crate) fn document(&self, original: &Permissions) -> Option<Permissions> {
        let mut permissions = original.permissions().to_vec();
        let mut catalog = original.catalog().to_vec();
        match *self {
            Self::Permission(place) => drop(permissions.remove(place)),
            Self::Rule(rule, place) => {
                let permission = permissions.get_mut(rule.permission)?;
                let routes = if rule.effect == Effect::Allow { &mut permission.allow } else { &mut permission.deny };
                routes.remove(place);
            }
            Self::Condition(place, atom) => {
                let permission = permissions.get_mut(place)?;
                *permission = without_atom(permission, atom);
            }
            Self::Literal(route) => catalog.retain(|known| known.text() != route.text()),
        }
        Some(made(permissions, catalog, original))
    }
}
