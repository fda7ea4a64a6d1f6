//! The document's routes as rows, and what makes two holders alike.

use super::bits::Bits;
use super::word::{EMPTY, OTHER_VERBS, Row, Seg, Text, Verb, Word};
use crate::grants::Grants;
use crate::pattern::Effect;
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::{CONNECT, Route, Segment, VERBS, Verb as RouteVerb};
use std::collections::BTreeMap;

/// What a document can see of one claim of a holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Binding {
    /// The holder has no value that can stand in a path.
    Unusable,
    /// The value: a literal of the document, or a text of its own, which stands for every such value.
    Text(Text),
}

/// All that a document can see of a holder. Holders who are alike have the same policy, but for the values of claims that
/// are texts of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Likeness {
    /// The permissions that apply.
    pub(super) applied: Vec<usize>,
    /// Of these the denies alone.
    pub(super) denying: Vec<usize>,
    /// For each claim that routes name.
    pub(super) bindings: Vec<Binding>,
}

/// What a text stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning<'a> {
    Literal(&'a str),
    /// The value of the claim at this place of [`Permissions::claims`].
    Claim(usize),
}

/// The texts of a document: its literals, and behind them one for each claim.
#[derive(Debug)]
pub(super) struct Texts {
    literals: Vec<String>,
    known: BTreeMap<String, Text>,
}

impl Texts {
    fn new(permissions: &Permissions) -> Self {
        let mut texts = Self { literals: Vec::new(), known: BTreeMap::new() };
        texts.learn("");
        // The catalog has the routes of every allow.
        let denied = permissions.permissions().iter().flat_map(Permission::deny);
        for route in permissions.catalog().iter().chain(denied) {
            route.literals().for_each(|literal| texts.learn(literal));
        }
        texts
    }

    fn learn(&mut self, literal: &str) {
        if !self.known.contains_key(literal) {
            let text = Text::try_from(self.literals.len()).unwrap_or(Text::MAX);
            self.known.insert(literal.to_owned(), text);
            self.literals.push(literal.to_owned());
        }
    }

    fn of_literal(&self, literal: &str) -> Text {
        self.known.get(literal).copied().unwrap_or(EMPTY)
    }

    pub(super) fn is_literal(&self, text: &str) -> bool {
        self.known.contains_key(text)
    }

    fn of_claim(&self, claim: usize) -> Text {
        Text::try_from(self.literals.len() + claim).unwrap_or(Text::MAX)
    }

    pub(super) fn meaning(&self, text: Text) -> Meaning<'_> {
        let place = usize::try_from(text).unwrap_or(usize::MAX);
        match self.literals.get(place) {
            Some(literal) => Meaning::Literal(literal),
            None => Meaning::Claim(place - self.literals.len()),
        }
    }
}

/// The routes that a document names, as rows. Claims count as parameters here, so that the rows are the same for everybody.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) texts: Texts,
    pub(super) rows: Rows,
    /// Rows that exist for a verb, by verb.
    pub(super) named: Vec<Vec<usize>>,
    pub(super) complete: bool,
}

/// Rows, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) all: Vec<Row>,
    places: BTreeMap<Row, usize>,
}

impl Rows {
    fn place_of(&mut self, row: Row) -> usize {
        if let Some(place) = self.places.get(&row) {
            return *place;
        }
        let place = self.all.len();
        self.places.insert(row.clone(), place);
        self.all.push(row);
        place
    }
}

impl Catalog {
    pub(super) fn new(permissions: &Permissions) -> Self {
        let texts = Texts::new(permissions);
        let mut catalog = Self {
            texts,
            rows: Rows::default(),
            named: vec![Vec::new(); VERBS.len() + 1],
            complete: permissions.is_complete(),
        };
        if !catalog.complete {
            catalog.rows.place_of(root());
        }
        for route in permissions.catalog() {
            let Some(row) = catalog.texts.row(route, |_| Some(Seg::Open)) else { continue };
            let place = catalog.rows.place_of(row);
            for verb in verbs(route) {
                if let Some(named) = catalog.named.get_mut(verb) {
                    named.push(place);
                }
            }
        }
        catalog
    }

    /// What the document sees of a holder.
    pub(super) fn likeness(&self, grants: &Grants<'_>) -> Likeness {
        Likeness {
            applied: grants.applied().to_vec(),
            denying: grants.denying().to_vec(),
            bindings: self.bindings(grants.values()),
        }
    }

    /// What the document sees of the values of claims.
    pub(super) fn bindings(&self, values: &[Option<&str>]) -> Vec<Binding> {
        let mut bindings = Vec::with_capacity(values.len());
        for (claim, value) in values.iter().enumerate() {
            let Some(value) = value else {
                bindings.push(Binding::Unusable);
                continue;
            };
            let same = values.iter().position(|other| *other == Some(*value)).unwrap_or(claim);
            let literal = self.texts.known.get(*value).copied();
            bindings.push(Binding::Text(literal.unwrap_or_else(|| self.texts.of_claim(same))));
        }
        bindings
    }

    /// The rows of holders who are alike, with the verbs that each is allowed and denied for.
    pub(super) fn rules(&self, permissions: &Permissions, likeness: &Likeness) -> Rules {
        let mut named = self.named_rules();
        for permission in &likeness.applied {
            self.add_rules(&mut named, permissions, &likeness.bindings, *permission, &[Effect::Allow, Effect::Deny]);
        }
        for permission in &likeness.denying {
            self.add_rules(&mut named, permissions, &likeness.bindings, *permission, &[Effect::Deny]);
        }
        Rules::new(self, named.rows.all, named.allowed, named.denied)
    }

    /// The rows of the document, and no rules.
    pub(super) fn named_rules(&self) -> NamedRules {
        NamedRules { rows: self.rows.clone(), allowed: Vec::new(), denied: Vec::new() }
    }

    /// Adds what one permission says, if claims are bound like this.
    pub(super) fn add_rules(
        &self,
        rules: &mut NamedRules,
        permissions: &Permissions,
        bindings: &[Binding],
        permission: usize,
        effects: &[Effect],
    ) {
        let Some(permission) = permissions.permissions().get(permission) else { return };
        for effect in effects.iter().copied() {
            for route in permission.routes(effect) {
                if effect == Effect::Allow && !is_requested_so(permissions, route) {
                    continue;
                }
                let bind = |claim: &str| bound(permissions, bindings, effect, claim);
                let Some(row) = self.texts.row(route, bind) else { continue };
                let place = rules.rows.place_of(row);
                let list = if effect == Effect::Allow { &mut rules.allowed } else { &mut rules.denied };
                list.extend(verbs(route).map(|verb| (verb, place)));
            }
        }
    }
}

/// The document's rows, behind them those of rules, and the verbs that each is allowed and denied for.
#[derive(Debug)]
pub(super) struct NamedRules {
    pub(super) rows: Rows,
    pub(super) allowed: Vec<(Verb, usize)>,
    pub(super) denied: Vec<(Verb, usize)>,
}

/// Can a request be spelled as the route is? `/.;a` cannot, since servers may read it as `/`.
fn is_requested_so(permissions: &Permissions, route: &Route) -> bool {
    !route.literals().any(|literal| permissions.spelling().refuses(&["GET/", literal].concat()))
}

/// What a rule puts in place of a claim: its value; without one, an allow matches nothing, and a deny any segment.
fn bound(permissions: &Permissions, bindings: &[Binding], effect: Effect, claim: &str) -> Option<Seg> {
    let place = permissions.claims().binary_search_by(|known| known.as_str().cmp(claim)).ok()?;
    match (bindings.get(place)?, effect) {
        (Binding::Text(text), _) => Some(Seg::Text(*text)),
        (Binding::Unusable, Effect::Deny) => Some(Seg::Open),
        (Binding::Unusable, Effect::Allow) => None,
    }
}

/// The rows of holders who are alike.
#[derive(Debug)]
pub(super) struct Rules {
    /// Those that are allowed for some verb come first, so that a set of them is short.
    pub(super) rows: Vec<Row>,
    /// So many rows are allowed for some verb.
    pub(super) first: usize,
    pub(super) allowed: Vec<(Verb, usize)>,
    pub(super) denied: Vec<(Verb, usize)>,
    /// The document's rows.
    pub(super) document: Bits,
    /// The document's rows that exist for a verb, by verb.
    pub(super) named: Vec<Bits>,
}

impl Rules {
    fn new(catalog: &Catalog, rows: Vec<Row>, allowed: Vec<(Verb, usize)>, denied: Vec<(Verb, usize)>) -> Self {
        let bound = rows.len();
        let of_allows = set_of(allowed.iter().map(|(_, row)| *row), bound);
        let (mut order, rest): (Vec<usize>, Vec<usize>) = (0..bound).partition(|row| of_allows.contains(*row));
        let first = order.len();
        order.extend(rest);
        let mut place_of = vec![0; bound];
        for (place, row) in order.iter().enumerate() {
            if let Some(slot) = place_of.get_mut(*row) {
                *slot = place;
            }
        }
        let moved = |row: usize| place_of.get(row).copied().unwrap_or_default();
        let moved_rules = |rules: Vec<(Verb, usize)>| rules.into_iter().map(|(verb, row)| (verb, moved(row))).collect();
        let mut rows: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
        rows.sort_unstable_by_key(|(row, _)| moved(*row));
        Self {
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            first,
            allowed: moved_rules(allowed),
            denied: moved_rules(denied),
            document: set_of((0..catalog.rows.all.len()).map(moved), bound),
            named: catalog.named.iter().map(|rows| set_of(rows.iter().map(|row| moved(*row)), bound)).collect(),
        }
    }
}

impl Texts {
    /// The route as a row; `None` if it is no method, or a claim in it has no value.
    fn row(&self, route: &Route, bind: impl Fn(&str) -> Option<Seg>) -> Option<Row> {
        if route.is_connect() {
            return None;
        }
        let mut word: Word = Vec::with_capacity(route.segments().len());
        for segment in route.segments() {
            word.push(match segment {
                Segment::Literal(literal) => Seg::Text(self.of_literal(literal)),
                Segment::Parameter(_) | Segment::Greedy(_) => Seg::Open,
                Segment::Claim(claim) => bind(claim)?,
            });
        }
        if word.is_empty() {
            return Some(root());
        }
        Some(Row { word, greedy: route.is_greedy(), kinds: route.kinds().collect() })
    }
}

fn root() -> Row {
    Row { word: vec![Seg::Text(EMPTY)], greedy: false, kinds: vec![false] }
}

/// The verbs that a route is for: all, and those that nobody knows, if it is for `ANY`.
fn verbs(route: &Route) -> impl Iterator<Item = Verb> {
    let own = route.verb();
    let known = VERBS.iter().enumerate().filter(move |(_, verb)| own.covers(verb)).map(|(place, _)| place);
    known.chain((own == RouteVerb::Any).then_some(OTHER_VERBS))
}

/// The place of a verb as a client wrote it.
pub(super) fn verb_of(text: &str) -> Verb {
    debug_assert_ne!(text, CONNECT, "a WebSocket API's one route has a policy of its own");
    VERBS.iter().position(|verb| *verb == text).unwrap_or(OTHER_VERBS)
}

/// The numbers as a set.
pub(super) fn set_of(numbers: impl IntoIterator<Item = usize>, bound: usize) -> Bits {
    let mut bits = Bits::none(bound);
    for number in numbers {
        bits.insert(number);
    }
    bits
}
