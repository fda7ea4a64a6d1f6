//! What may one holder do, and by which rule?
//!
//! Three rules decide, in this order:
//!
//! 1. A path that is spelled as no route is, is refused: [`Spelling`](crate::Spelling).
//! 2. A **deny** that matches shuts the method, named in the catalog or not.
//! 3. An **allow** that matches opens it, unless **the literal wins**: where another route of the catalog has a literal at
//!    the first place at which the two differ, API Gateway serves that route, and this allow does not speak of it.
//!    `GET /orders/{id}` does not open `GET /orders/export` if the document names both. An allow that ends in `{rest+}`
//!    opens everything below it.
//!
//! Everything else is shut.

use crate::method::Method;
use crate::pattern::{self, ClaimValues, Effect};
use crate::permissions::Permissions;
use crate::route::Route;

/// Everything one holder may do. It may be nothing.
#[derive(Clone, Debug)]
pub struct Grants<'a> {
    pub(crate) permissions: &'a Permissions,
    pub(crate) applied: Vec<usize>,
    /// Of these permissions the denies alone: whether they apply depends on what the token leaves out.
    pub(crate) denying: Vec<usize>,
    /// For each of the document's claims the value that can stand in a path, if the holder has one.
    pub(crate) values: Vec<Option<&'a str>>,
    /// The same values as clients write them that encode reserved characters, where a path may be spelled so.
    pub(crate) encoded: Vec<Option<String>>,
}

/// For each of the document's claims, how the holder's value may be spelled in a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spellings<'a> {
    values: &'a [Option<&'a str>],
    encoded: &'a [Option<String>],
}

impl<'a> Spellings<'a> {
    /// Of values with their encoded spellings, where they have one.
    pub(crate) fn new(values: &'a [Option<&'a str>], encoded: &'a [Option<String>]) -> Self {
        Self { values, encoded }
    }

    /// As it is; empty without one.
    pub(crate) fn plain(self, claim: usize) -> &'a str {
        self.values.get(claim).copied().flatten().unwrap_or_default()
    }

    /// With reserved characters encoded, where that is another text.
    pub(crate) fn encoded(self, claim: usize) -> Option<&'a str> {
        self.encoded.get(claim)?.as_deref()
    }

    /// The claims, by their places.
    pub(crate) fn claims(self) -> std::ops::Range<usize> {
        0..self.values.len()
    }
}

/// One route of one permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule<'a> {
    /// The permission's place in the document.
    pub permission: usize,
    /// Allow or deny.
    pub effect: Effect,
    /// The route.
    pub route: &'a Route,
}

/// What grants say of one method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// This allow opens it, and no deny shuts it.
    Allowed(Rule<'a>),
    /// This deny shuts it.
    Denied(Rule<'a>),
    /// This allow matches, but the catalog's route `to` is a route of its own and wins by its literal.
    Yielded {
        /// The allow.
        rule: Rule<'a>,
        /// The route that wins.
        to: &'a Route,
    },
    /// No allow matches.
    NotAllowed,
    /// The path is spelled as no route is.
    Misspelled,
}

impl<'a> Verdict<'a> {
    /// May the method be called?
    #[must_use]
    pub fn is_permitted(self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// The rule that decides, or that would if the literal did not win.
    #[must_use]
    pub fn rule(self) -> Option<Rule<'a>> {
        match self {
            Self::Allowed(rule) | Self::Denied(rule) | Self::Yielded { rule, .. } => Some(rule),
            Self::NotAllowed | Self::Misspelled => None,
        }
    }
}

impl<'a> Grants<'a> {
    /// The document that grants it.
    #[must_use]
    pub fn permissions(&self) -> &'a Permissions {
        self.permissions
    }

    /// The permissions that apply, by their places in the document.
    #[must_use]
    pub fn applied(&self) -> &[usize] {
        &self.applied
    }

    /// For each of the document's claims, in its order, the value that can stand in a path, if the holder has one.
    #[must_use]
    pub fn values(&self) -> &[Option<&'a str>] {
        &self.values
    }

    /// The permissions whose denies alone apply, since the token leaves out what they ask for.
    #[must_use]
    pub fn denying(&self) -> &[usize] {
        &self.denying
    }

    /// The spellings of each value.
    pub(crate) fn spellings(&self) -> Spellings<'_> {
        Spellings { values: &self.values, encoded: &self.encoded }
    }

    /// What the permissions that apply allow, or deny, in the document's order. Denies for what the token leaves out come
    /// last.
    pub fn rules(&self, effect: Effect) -> impl Iterator<Item = Rule<'a>> {
        let document = self.permissions;
        let denying: &[usize] = if effect == Effect::Deny { &self.denying } else { &[] };
        self.applied.iter().chain(denying).flat_map(move |permission| {
            let routes = document.all.get(*permission).map(|found| found.routes(effect)).unwrap_or_default();
            routes.iter().map(move |route| Rule { permission: *permission, effect, route })
        })
    }

    /// May the holder call the method, and which rule says so?
    #[must_use]
    pub fn decide(&self, method: &Method) -> Verdict<'a> {
        if self.permissions.refuses_spelling(method) {
            return Verdict::Misspelled;
        }
        let winner = || self.permissions.route_of(method);
        decide_among(method, self, self.rules(Effect::Deny), self.rules(Effect::Allow), winner)
    }
}

/// Decides by rules that apply, each in the document's order. `winner` is the route of the catalog that serves the method.
/// Whoever knows more of the method may leave out rules that cannot match it.
pub(crate) fn decide_among<'a>(
    method: &Method,
    values: &impl ClaimValues,
    mut denies: impl Iterator<Item = Rule<'a>>,
    allows: impl Iterator<Item = Rule<'a>>,
    winner: impl FnOnce() -> Option<&'a Route>,
) -> Verdict<'a> {
    let matching = |rule: &Rule<'a>| pattern::matches(rule.route, rule.effect, values, method);
    if let Some(rule) = denies.find(matching) {
        return Verdict::Denied(rule);
    }
    let mut allows = allows.filter(matching);
    let Some(first) = allows.next() else { return Verdict::NotAllowed };
    let winner = winner().filter(|route| !route.is_greedy());
    let beats = |rule: &Rule<'a>| winner.filter(|winner| winner.beats(rule.route));
    match beats(&first) {
        None => Verdict::Allowed(first),
        Some(to) => {
            allows.find(|rule| beats(rule).is_none()).map_or(Verdict::Yielded { rule: first, to }, Verdict::Allowed)
        }
    }
}

impl ClaimValues for Grants<'_> {
    fn value(&self, claim: &str) -> Option<&str> {
        let place = self.permissions.claims.binary_search_by(|known| known.as_str().cmp(claim)).ok()?;
        self.values.get(place).copied().flatten()
    }
}
