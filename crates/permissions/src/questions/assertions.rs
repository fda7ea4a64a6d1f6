//! Does the document keep a promise about everybody, nobody, or one caller?
//!
//! Each promise is a small document of its own, and the question whether one of the two documents allows what the other
//! does not.

use super::diff::each_least;
use super::gains::Question;
use super::selection::{From, Partners};
use super::universe::Universe;
use super::view::View;
use super::witness::{Gain, Witness};
use super::{Budget, Caller, Conditions, Facts, Index, Undecided};
use crate::document::claims_in;
use crate::grants::Verdict;
use crate::holder::Holder;
use crate::pattern::{Effect, usable_value};
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::Route;

/// Callers for whom a promise is not made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exception {
    /// Who is excepted.
    pub conditions: Conditions,
    /// For which routes; `None` for the promise's own. `GET /users/${sub}` excepts everybody's own.
    pub route: Option<Route>,
}

/// A caller and a request that break a promise.
#[derive(Clone, Debug)]
pub struct Counterexample<'a> {
    /// Who calls what.
    pub witness: Witness,
    /// What the document says of it.
    pub verdict: Verdict<'a>,
}

/// The promise: nobody who meets `who` can call what `route` matches, `unless` he is excepted. A claim in the route stands
/// for any segment. The answer is the smallest breach, if there is one.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn nobody<'a>(
    index: &'a Index<'a>,
    route: &Route,
    who: &Conditions,
    unless: &[Exception],
    facts: &Facts,
    budget: &mut Budget,
) -> Result<Option<Counterexample<'a>>, Undecided> {
    let region = route.opened();
    let excepted = unless.iter().map(|exception| Permission {
        allow: vec![exception.route_or(&region)],
        ..exception.conditions.to_permission()
    });
    let promise = made(excepted.collect(), Vec::new(), index.document());
    let promise = Index::new(&promise);
    let more = who.atoms();
    let universe = Universe::new(facts, &[index.document(), promise.document()], &[&region], &more)?;
    let (new, old) = (View::whole(index), View::whole(&promise));
    let (region, more) = (Some(&region), more.as_slice());
    let question = Question { universe: &universe, new, old, region, more, from: From::All, partners: Partners::NONE };
    Ok(question.least_gain(budget)?.and_then(|gain| counterexample(index, gain)))
}

/// The promise: everybody who meets `who` can call what `route` matches, `unless` he is excepted. Where another route of
/// the catalog wins over this one by its literal, nothing is promised. The answer is the smallest breach, if there is one.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn everyone<'a>(
    index: &'a Index<'a>,
    route: &Route,
    who: &Conditions,
    unless: &[Exception],
    facts: &Facts,
    budget: &mut Budget,
) -> Result<Option<Counterexample<'a>>, Undecided> {
    let region = route.opened();
    let promised = Permission { allow: vec![route.clone()], ..who.to_permission() };
    let excepted = unless.iter().map(|exception| Permission {
        deny: vec![exception.route_or(&region)],
        ..exception.conditions.to_permission()
    });
    let permissions = [promised].into_iter().chain(excepted).collect();
    let promise = made(permissions, index.document().catalog().to_vec(), index.document());
    let promise = Index::new(&promise);
    let universe = Universe::new(facts, &[index.document(), promise.document()], &[], &[])?;
    let question = between(&universe, View::whole(&promise), View::whole(index));
    Ok(question.least_gain(budget)?.and_then(|gain| counterexample(index, gain)))
}

/// What one caller can call beyond a list, and what of the list he cannot.
#[derive(Clone, Debug)]
pub struct Only<'a> {
    /// Allowed, and not listed.
    pub more: Vec<Counterexample<'a>>,
    /// Listed, and not allowed.
    pub less: Vec<Counterexample<'a>>,
}

/// The promise: this caller can call exactly what the routes match, and nothing else. Where another route of the catalog
/// wins over a listed one by its literal, the listed one does not speak of it.
///
/// # Errors
/// [`Undecided`] when there is no answer.
pub fn only<'a>(
    index: &'a Index<'a>,
    caller: &Caller,
    routes: &[Route],
    budget: &mut Budget,
) -> Result<Only<'a>, Undecided> {
    let catalog = index.document().catalog();
    let own = of_caller(index.document(), caller);
    let listed = Permission { allow: routes.to_vec(), ..Conditions::default().to_permission() };
    let listed = made(vec![listed], catalog.to_vec(), index.document());
    let claims = claims_in(own.permissions().iter().flat_map(Permission::all_routes).chain(routes));
    let usable = claims.iter().filter_map(|claim| Some((claim.as_str(), usable_value(caller.claim(claim))?)));
    let facts = Facts::of_caller(usable);
    let (own, listed) = (Index::new(&own), Index::new(&listed));
    let universe = Universe::new(&facts, &[own.document(), listed.document()], &[], &[])?;
    let (own, listed) = (View::whole(&own), View::whole(&listed));
    let shown = |gains: Vec<Gain<'_>>| {
        let mine =
            gains.into_iter().map(|gain| Gain { witness: Witness { caller: caller.clone(), ..gain.witness }, ..gain });
        mine.filter_map(|gain| counterexample(index, gain)).collect()
    };
    let more = shown(each_least(&between(&universe, own, listed), budget)?);
    let less = shown(each_least(&between(&universe, listed, own), budget)?);
    Ok(Only { more, less })
}

/// The document for one caller: what applies to him, without conditions.
fn of_caller(document: &Permissions, caller: &Caller) -> Permissions {
    let applied = document.permissions().iter().filter(|permission| permission.applies_to(caller));
    let bare = applied.map(|permission| Permission {
        allow: permission.allow().to_vec(),
        deny: permission.deny().to_vec(),
        ..Conditions::default().to_permission()
    });
    made(bare.collect(), document.catalog().to_vec(), document)
}

fn between<'q, 'a>(universe: &'q Universe<'a>, new: View<'a>, old: View<'a>) -> Question<'q, 'a> {
    Question { universe, new, old, region: None, more: &[], from: From::All, partners: Partners::ALL }
}

/// A document that nobody wrote. It refuses the same spellings as another one.
pub(crate) fn made(permissions: Vec<Permission>, catalog: Vec<Route>, like: &Permissions) -> Permissions {
    let claims = claims_in(permissions.iter().flat_map(Permission::all_routes));
    Permissions {
        all: permissions,
        catalog,
        complete: false,
        claims,
        context: None,
        spelling: like.spelling.clone(),
        listed: Vec::new(),
        trigger_claims: Vec::new(),
        ignores: Vec::new(),
    }
}

/// The gain's witness with what the document itself says of it.
fn counterexample<'a>(index: &'a Index<'a>, gain: Gain<'_>) -> Option<Counterexample<'a>> {
    let method = gain.witness.method()?;
    let verdict = View::whole(index).decide(&gain.witness.caller, &method);
    Some(Counterexample { witness: gain.witness, verdict })
}

impl Exception {
    fn route_or(&self, region: &Route) -> Route {
        self.route.as_ref().unwrap_or(region).clone()
    }
}

impl Permission {
    pub(crate) fn all_routes(&self) -> impl Iterator<Item = &Route> {
        [Effect::Allow, Effect::Deny].into_iter().flat_map(|effect| self.routes(effect))
    }
}
