//! The same answers by looking at every token and every request of a small world. It shares no code with the engine.
//!
//! The world: paths of up to four segments from six texts, three verbs and `$connect`; two scopes, one group, two claims
//! with ten and nine values. `k!` is a literal that no claim in a path can be, `f0` to `f2` are in no document.

use super::documents::{Document, Entry, Piece, Spec};
use crate::questions::{Caller, Facts};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

const TEXTS: [&str; 6] = ["a", "b", "k!", "f0", "f1", "f2"];
pub(crate) const VERBS: [&str; 3] = ["GET", "POST", "LINK"];
const LONGEST: usize = 4;
/// 1 + 6 + 36 + 216 + 1,296 paths.
const PATHS: usize = 1555;
const WORDS: usize = PATHS.div_ceil(64);

/// A set of requests: one bit a path, for each verb; and `$connect`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Requests {
    words: Vec<u64>,
    connect: bool,
}

impl Requests {
    pub(crate) fn none() -> Self {
        Self { words: vec![0; WORDS * VERBS.len()], connect: false }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(own, other)| *own |= other);
        self.connect |= other.connect;
    }

    pub(crate) fn remove(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(own, other)| *own &= !other);
        self.connect &= !other.connect;
    }

    pub(crate) fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(own, other)| *own &= other);
        self.connect &= other.connect;
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.connect && self.words.iter().all(|word| *word == 0)
    }

    pub(crate) fn without(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        rest.remove(other);
        rest
    }

    pub(crate) fn has(&self, verb: usize, path: usize) -> bool {
        self.words[verb * WORDS + path / 64] >> (path % 64) & 1 == 1
    }

    pub(crate) fn has_connect(&self) -> bool {
        self.connect
    }
}

/// The value of a claim in a path; `None` when it is not usable.
type Usable = Option<&'static str>;

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) scopes: Vec<&'static str>,
    pub(crate) groups: Vec<&'static str>,
    /// Of the claims `c` and `e`.
    claims: [Option<Value>; 2],
    usable: [Usable; 2],
}

pub(crate) const CLAIMS: [&str; 2] = ["c", "e"];

impl Token {
    pub(crate) fn claim(&self, name: &str) -> Option<&Value> {
        self.claims[usize::from(name == "e")].as_ref()
    }

    fn usable(&self, name: &str) -> Usable {
        self.usable[usize::from(name == "e")]
    }

    pub(crate) fn meets(&self, entry: &Entry) -> bool {
        entry.scopes.iter().all(|scope| self.scopes.contains(scope))
            && entry.groups.iter().all(|group| self.groups.contains(group))
            && entry.claims.iter().all(|(name, value)| self.has(name, value))
    }

    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.claim(name).is_some_and(|found| match found {
            Value::Array(values) => values.iter().any(|element| element == value),
            found => found == value,
        })
    }

    pub(crate) fn caller(&self) -> Caller {
        let mut claims = Map::new();
        if !self.scopes.is_empty() {
            claims.insert("scope".to_owned(), self.scopes.join(" ").into());
        }
        if !self.groups.is_empty() {
            claims.insert("cognito:groups".to_owned(), self.groups.clone().into());
        }
        for (name, value) in CLAIMS.iter().zip(&self.claims) {
            claims.extend(value.clone().map(|value| ((*name).to_owned(), value)));
        }
        Caller::new(claims)
    }
}

/// What is known of tokens, in both worlds.
pub(crate) struct Known {
    pub(crate) facts: Facts,
    pub(crate) tokens: Vec<Token>,
}

fn all_tokens() -> Vec<Token> {
    let texts = [Some("a"), Some("b"), Some("f0"), Some("f1")];
    let strings = texts.map(|text| (Some(json!(text)), text));
    let others =
        [None, Some(json!("k!")), Some(json!(["a", "?"])), Some(json!(["k!", "?"])), Some(json!(["a", "k!", "?"]))];
    let mut values: Vec<(Option<Value>, Usable)> = strings.to_vec();
    values.extend(others.map(|value| (value, None)));
    let mut of_c = values.clone();
    of_c.push((Some(json!(7)), None));
    let mut tokens = Vec::new();
    for bits in 0..8 {
        for (c, usable_c) in &of_c {
            for (e, usable_e) in &values {
                let scopes =
                    ["s", "t"].iter().enumerate().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, scope)| *scope);
                tokens.push(Token {
                    scopes: scopes.collect(),
                    groups: if bits & 4 == 4 { vec!["g"] } else { Vec::new() },
                    claims: [c.clone(), e.clone()],
                    usable: [*usable_c, *usable_e],
                });
            }
        }
    }
    tokens
}

/// Nothing is known; both claims are single; one is always there; one has a domain on which scopes depend.
pub(crate) fn known() -> [Known; 4] {
    let single = |token: &Token| token.claims.iter().flatten().all(|value| !value.is_array());
    let present = |token: &Token| token.usable("c").is_some();
    let domain = |token: &Token| {
        let use_ = token.usable("e");
        use_ == Some("a") || (use_ == Some("b") && token.scopes.is_empty())
    };
    let only = |keep: &dyn Fn(&Token) -> bool| all_tokens().into_iter().filter(|token| keep(token)).collect::<Vec<_>>();
    let facts = Facts::none;
    [
        Known { facts: facts(), tokens: all_tokens() },
        Known { facts: facts().with_single("c").with_single("e"), tokens: only(&single) },
        Known { facts: facts().with_present("c"), tokens: only(&present) },
        Known { facts: facts().with_domain("e", ["a", "b"]).with_scopes_needing("e", "a"), tokens: only(&domain) },
    ]
}

pub(crate) fn paths() -> Vec<Vec<&'static str>> {
    let mut all: Vec<Vec<&'static str>> = vec![Vec::new()];
    let mut last = all.clone();
    for _ in 0..LONGEST {
        let longer = |path: &Vec<&'static str>| TEXTS.map(|text| [path.as_slice(), &[text]].concat());
        last = last.iter().flat_map(longer).collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// How a route's claims are matched.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Claims {
    Open,
    Allow([Usable; 2]),
    Deny([Usable; 2]),
}

/// The requests of the world, and what is known of each route.
pub(crate) struct World {
    pub(crate) paths: Vec<Vec<&'static str>>,
    matched: HashMap<(Spec, Claims), Requests>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { paths: paths(), matched: HashMap::new() }
    }

    fn matched(&mut self, route: &Spec, claims: Claims) -> Requests {
        let named = route.pieces.iter().any(|piece| matches!(piece, Piece::Claim(_)));
        let key = (route.clone(), if named { claims } else { Claims::Open });
        if let Some(known) = self.matched.get(&key) {
            return known.clone();
        }
        let found = self.look(route, claims);
        self.matched.insert(key, found.clone());
        found
    }

    /// The requests that the route matches, with any segment where it names a claim.
    pub(crate) fn open(&mut self, route: &Spec) -> Requests {
        self.matched(route, Claims::Open)
    }

    /// The requests that a route of the catalog serves, unless it is greedy.
    pub(crate) fn own(&mut self, route: &Spec, catalog: &[Spec]) -> Requests {
        let mut own = self.open(route);
        for winner in catalog.iter().filter(|winner| beats(winner, route)) {
            own.remove(&self.open(winner));
        }
        own
    }

    fn look(&self, route: &Spec, claims: Claims) -> Requests {
        let mut requests = Requests::none();
        if route.verb == "$connect" {
            requests.connect = true;
            return requests;
        }
        for (place, _) in self.paths.iter().enumerate().filter(|(_, path)| fits(route, claims, path)) {
            for (verb, name) in VERBS.iter().enumerate() {
                if route.verb == "ANY" || route.verb == *name {
                    requests.words[verb * WORDS + place / 64] |= 1 << (place % 64);
                }
            }
        }
        requests
    }

    /// What each token may call, by the document.
    pub(crate) fn allowed(&mut self, document: &Document, tokens: &[Token]) -> Vec<Requests> {
        self.allowed_among(document, &document.catalog().cloned().collect::<Vec<_>>(), tokens)
    }

    /// The same, if these were all the routes that there are.
    pub(crate) fn allowed_among(&mut self, document: &Document, catalog: &[Spec], tokens: &[Token]) -> Vec<Requests> {
        let yielded = self.yielded(document, catalog);
        let mut known: HashMap<(Vec<bool>, [Usable; 2]), Requests> = HashMap::new();
        let mut all = Vec::with_capacity(tokens.len());
        for token in tokens {
            let met: Vec<bool> = document.permissions.iter().map(|entry| token.meets(entry)).collect();
            let key = (met, token.usable);
            if !known.contains_key(&key) {
                let found = self.of_token(document, &key.0, token.usable, &yielded);
                known.insert(key.clone(), found);
            }
            all.push(known[&key].clone());
        }
        all
    }

    fn of_token(
        &mut self,
        document: &Document,
        met: &[bool],
        usable: [Usable; 2],
        yielded: &[Vec<Requests>],
    ) -> Requests {
        let (mut open, mut shut) = (Requests::none(), Requests::none());
        for ((entry, yielded), _) in document.permissions.iter().zip(yielded).zip(met).filter(|(_, met)| **met) {
            for (route, yielded) in entry.allow.iter().zip(yielded) {
                open.add(&self.matched(route, Claims::Allow(usable)).without(yielded));
            }
            for route in &entry.deny {
                shut.add(&self.matched(route, Claims::Deny(usable)));
            }
        }
        open.remove(&shut);
        open
    }

    /// For each allow the requests at which a literal wins over it.
    fn yielded(&mut self, document: &Document, catalog: &[Spec]) -> Vec<Vec<Requests>> {
        let mut of_route = |route: &Spec| {
            let mut requests = Requests::none();
            for winner in catalog.iter().filter(|winner| beats(winner, route)) {
                requests.add(&self.matched(winner, Claims::Open));
            }
            requests
        };
        document.permissions.iter().map(|entry| entry.allow.iter().map(&mut of_route).collect()).collect()
    }
}

fn beats(winner: &Spec, route: &Spec) -> bool {
    let literal = |piece: &Piece| matches!(piece, Piece::Text(_));
    let mut places = winner.pieces.iter().zip(&route.pieces);
    let differs = places.find(|(one, other)| literal(one) != literal(other));
    !winner.greedy && !route.greedy && winner.size() == route.size() && differs.is_some_and(|(one, _)| literal(one))
}

fn fits(route: &Spec, claims: Claims, path: &[&str]) -> bool {
    let long_enough = if route.greedy { path.len() >= route.size() } else { path.len() == route.size() };
    let usable = |claim: &str, values: [Usable; 2]| values[usize::from(claim == "e")];
    let same = |(piece, text): (&Piece, &&str)| match (piece, claims) {
        (Piece::Text(literal), _) => literal == text,
        (Piece::Parameter, _) | (_, Claims::Open) => true,
        (Piece::Claim(claim), Claims::Allow(values)) => usable(claim, values) == Some(*text),
        (Piece::Claim(claim), Claims::Deny(values)) => usable(claim, values).is_none_or(|value| value == *text),
    };
    long_enough && route.pieces.iter().zip(path).all(same)
}

/// How many scopes and groups does a token have, and how many values that the documents want?
pub(crate) fn atoms(token: &Token, documents: &[&Document]) -> usize {
    let entries = || documents.iter().flat_map(|document| &document.permissions);
    let wanted = |claim: &str, value: &str| {
        entries().any(|entry| {
            entry.claims.contains(&(if claim == "c" { "c" } else { "e" }, if value == "a" { "a" } else { "k!" }))
        })
    };
    let pairs = [("c", "a"), ("c", "k!"), ("e", "a"), ("e", "k!")];
    let claims = pairs.iter().filter(|(claim, value)| wanted(claim, value) && token.has(claim, value)).count();
    token.scopes.len() + token.groups.len() + claims
}
