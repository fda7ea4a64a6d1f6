//! What a permission document means, decided a second time: straight from its definition, and with no code of the engine.
//!
//! # The meaning in plain English
//!
//! **Words.** A *row* is a route as the document writes it: a verb and places. A place is a *literal*, `{x}`, `${claim}`,
//! or, last, `{rest+}`. The root path has no place. A row is *named* if an `allow` of any permission or `routes` has it;
//! who asks does not matter for that. A *request* is a verb and the text of a path without its first slash; the path's
//! segments are what stands between slashes, and the root path has none. The requested verb is the client's text.
//!
//! **Whose rows.** A permission applies if all that it names holds. A scope holds if the token is an access token and
//! `scope` has it between spaces. A group holds if `cognito:groups` lists it. A claim holds if it has the wanted value, of
//! the same JSON type, or is an array that contains it.
//!
//! **Which requests a row matches.** A verb covers itself alone, letter by letter. `ANY` covers every verb, also one that
//! nobody knows, but not `$connect`. A literal is equal to its segment, `{x}` is any one segment, `{rest+}` one or more.
//! `${claim}` is the claim's value if that is *usable*: a text of 1 to 128 characters of `A-Za-z0-9._~:@+|-`, neither
//! `.` nor `..`; the segment spells it letter by letter, or with `%3A`, `%40`, `%2B`, `%7C` for each `:`, `@`, `+`, `|`. If it
//! is not usable, an allow matches nothing, and a deny matches any one segment in that place.
//!
//! **The literal wins.** An allow row R *gives way* at a request if there is a named row S that is not greedy, covers the
//! verb, and matches the path with any one segment for each `${claim}`, so that at the first place at which one of R and S
//! has a literal and the other has not, it is S that has it. A greedy R never gives way. Whether S is granted too is not
//! asked: then the request is open by S.
//!
//! **The answer.** A request is *permitted* if its spelling is not refused, no deny row that applies matches, and some allow
//! row that applies matches and does not give way. Denies do not give way, and hold for paths that nobody named.
//!
//! **Spelling.** A request can be refused for how it is written, whoever asks: see [`Spelling`].
//!
//! **Catalog.** What a policy has to be right about. Every path of a named row, for every verb, and the root path; with
//! `"complete": true` the named methods alone, verb by verb. Also all that a deny row that applies matches.
//!
//! # Open spots, settled by the safe reading
//!
//! - `${claim}` of an allow counts as open when kinds are compared, also for a holder whose value equals a literal of the
//!   document: the literal row wins for that holder, too. API Gateway routes the same for everybody.
//! - `ANY` and a verb on the same path do not beat each other, since their kinds differ nowhere.
//! - A deny adds its methods to the catalog with its own verb alone; other verbs of that path are not named by it.
//! - With `complete`, a verb that nobody knows is in the catalog where an `ANY` row is named: what is not granted of that
//!   must not be open.
//! - All literals count for the spelling: of allows, denies and `routes`, of permissions that apply and that do not.
//! - Row %4 is refused as a whole when the literals have more than four of its characters, `@` among them.
//! - `%3` and the like with nothing behind are not encodings; the pattern `*%3?*` wants one more character.
//! - The verb is the client's text, so spelling is looked for in it, too.
//! - `$connect` is neither a verb nor a path: only the route `$connect` opens or shuts it.

mod spelling;

pub use spelling::Spelling;

use serde_json::Value;

/// A permission document, as far as it decides anything.
pub struct Document {
    permissions: Vec<Permission>,
    /// Every row that an allow or `routes` names.
    named: Vec<Row>,
    complete: bool,
    spelling: Spelling,
}

struct Permission {
    conditions: Value,
    allow: Vec<Row>,
    deny: Vec<Row>,
}

/// A route as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// A verb, `ANY` or `$connect`.
    pub verb: String,
    pub places: Vec<Place>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Literal(String),
    Parameter,
    Claim(String),
    Rest,
}

/// What a place of a row asks for when it is known who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    Text(String),
    /// The value of a claim, in one spelling or the other.
    Value(String),
    One,
    Rest,
}

/// A row, and what it asks for.
pub struct Rule {
    pub row: Row,
    pub wants: Vec<Want>,
}

/// What one holder may do.
pub struct Rights<'a> {
    pub document: &'a Document,
    pub allows: Vec<Rule>,
    pub denies: Vec<Rule>,
    pub names: Vec<Rule>,
}

impl Document {
    /// # Panics
    /// If it is not a document that the engine would read.
    pub fn read(json: &Value) -> Self {
        let permissions: Vec<Permission> = json["permissions"].as_array().unwrap().iter().map(permission).collect();
        let allowed = permissions.iter().flat_map(|permission| permission.allow.clone());
        let named: Vec<Row> = allowed.chain(rows(&json["routes"])).collect();
        let denied = || permissions.iter().flat_map(|permission| &permission.deny);
        let literals = named.iter().chain(denied()).flat_map(Row::literals);
        let denies_claims = denied().any(|row| row.places.iter().any(|place| matches!(place, Place::Claim(_))));
        let spelling = Spelling::new(literals, denies_claims);
        Self { named, spelling, complete: json["complete"] == true, permissions }
    }

    /// Has the API no other routes than the named ones?
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Every literal, as often as it is written.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        let denied = self.permissions.iter().flat_map(|permission| &permission.deny);
        self.named.iter().chain(denied).flat_map(Row::literals)
    }

    /// Is the request refused for its spelling? `api_and_stage` is `{api}/{stage}`.
    pub fn refuses(&self, api_and_stage: &str, verb: &str, path: &str) -> bool {
        self.spelling.refuses(api_and_stage, verb, path)
    }

    /// What the holder of a token with these claims may do.
    pub fn rights(&self, claims: &Value) -> Rights<'_> {
        let applying = || self.permissions.iter().filter(|permission| applies(&permission.conditions, claims));
        let allows = applying().flat_map(|permission| &permission.allow);
        let denies = applying().flat_map(|permission| &permission.deny);
        Rights {
            document: self,
            allows: allows.filter_map(|row| Rule::of(row, |claim| usable(&claims[claim]).map(Want::Value))).collect(),
            denies: denies
                .filter_map(|row| Rule::of(row, |claim| Some(usable(&claims[claim]).map_or(Want::One, Want::Value))))
                .collect(),
            names: self.named.iter().filter_map(|row| Rule::of(row, |_| Some(Want::One))).collect(),
        }
    }
}

fn permission(json: &Value) -> Permission {
    Permission { conditions: json.clone(), allow: rows(&json["allow"]), deny: rows(&json["deny"]) }
}

fn rows(json: &Value) -> Vec<Row> {
    json.as_array().into_iter().flatten().map(|text| Row::read(text.as_str().unwrap())).collect()
}

fn applies(conditions: &Value, claims: &Value) -> bool {
    let all = |name: &str, holds: &dyn Fn(&str) -> bool| {
        conditions[name].as_array().into_iter().flatten().all(|wanted| holds(wanted.as_str().unwrap()))
    };
    let scopes = if claims["token_use"] == "access" { claims["scope"].as_str() } else { None };
    let has_scope = |wanted: &str| scopes.is_some_and(|scopes| scopes.split(' ').any(|scope| scope == wanted));
    let has_group = |wanted: &str| {
        claims["cognito:groups"].as_array().is_some_and(|groups| groups.iter().any(|group| group == wanted))
    };
    let has_claim = |(name, wanted): (&String, &Value)| {
        let found = claims.get(name);
        found.is_some_and(|found| {
            found == wanted || found.as_array().is_some_and(|values| values.iter().any(|value| value == wanted))
        })
    };
    all("scopes", &has_scope)
        && all("groups", &has_group)
        && conditions["claims"].as_object().into_iter().flatten().all(has_claim)
}

/// The claim's value, if it can stand in a path.
fn usable(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._~:@+|-".contains(c);
    let good = (1..=128).contains(&text.chars().count()) && text.chars().all(is_plain) && text != "." && text != "..";
    good.then(|| text.to_owned())
}

impl Row {
    fn read(text: &str) -> Self {
        let Some((verb, path)) = text.split_once(" /") else {
            return Self { verb: text.to_owned(), places: vec![] };
        };
        let places = if path.is_empty() { vec![] } else { path.split('/').map(Place::read).collect() };
        Self { verb: verb.to_owned(), places }
    }

    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.places.iter().filter_map(|place| if let Place::Literal(text) = place { Some(text.as_str()) } else { None })
    }

    pub fn covers(&self, verb: &str) -> bool {
        if self.verb == "ANY" { verb != "$connect" } else { self.verb == verb }
    }

    pub fn is_greedy(&self) -> bool {
        self.places.last() == Some(&Place::Rest)
    }

    /// Where both match: does the other row give way to this one?
    pub fn beats(&self, other: &Self) -> bool {
        let is_literal = |place: &Place| matches!(place, Place::Literal(_));
        let kinds = self.places.iter().map(is_literal).zip(other.places.iter().map(is_literal));
        let first_difference = kinds.into_iter().find(|(own, others)| own != others);
        !self.is_greedy() && !other.is_greedy() && first_difference.is_some_and(|(own, _)| own)
    }
}

impl Place {
    fn read(text: &str) -> Self {
        if let Some(claim) = text.strip_prefix("${") {
            Self::Claim(claim.strip_suffix('}').unwrap().to_owned())
        } else if text.starts_with('{') {
            if text.ends_with("+}") { Self::Rest } else { Self::Parameter }
        } else {
            Self::Literal(text.to_owned())
        }
    }
}

impl Rule {
    /// `None` if `of_claim` has nothing for a claim.
    fn of(row: &Row, of_claim: impl Fn(&str) -> Option<Want>) -> Option<Self> {
        let want = |place: &Place| match place {
            Place::Literal(text) => Some(Want::Text(text.clone())),
            Place::Parameter => Some(Want::One),
            Place::Rest => Some(Want::Rest),
            Place::Claim(name) => of_claim(name),
        };
        let wants = row.places.iter().map(want).collect::<Option<_>>()?;
        Some(Self { row: row.clone(), wants })
    }

    fn matches(&self, verb: &str, segments: &[&str]) -> bool {
        self.row.covers(verb) && fits(&self.wants, segments)
    }
}

fn fits(wants: &[Want], segments: &[&str]) -> bool {
    match (wants.split_first(), segments.split_first()) {
        (None, None) | (Some((Want::Rest, _)), Some(_)) => true,
        (Some((Want::One, wants)), Some((_, segments))) => fits(wants, segments),
        (Some((Want::Text(text), wants)), Some((segment, segments))) => text == segment && fits(wants, segments),
        (Some((Want::Value(text), wants)), Some((segment, segments))) => {
            spellings(text).iter().any(|spelling| spelling == segment) && fits(wants, segments)
        }
        _ => false,
    }
}

/// How the value of a claim may stand in a path.
pub fn spellings(value: &str) -> [String; 2] {
    let mut encoded = String::new();
    for character in value.chars() {
        match ":@+|".find(character) {
            Some(at) => encoded.push_str(["%3A", "%40", "%2B", "%7C"][at]),
            None => encoded.push(character),
        }
    }
    [value.to_owned(), encoded]
}

fn segments_of(path: &str) -> Vec<&str> {
    if path.is_empty() { vec![] } else { path.split('/').collect() }
}

impl Rights<'_> {
    /// May the holder call this? `api_and_stage` is `{api}/{stage}`.
    pub fn permits(&self, api_and_stage: &str, verb: &str, path: &str) -> bool {
        !self.document.refuses(api_and_stage, verb, path) && !self.denies(verb, path) && self.opens(verb, path)
    }

    /// May the holder connect to a WebSocket API?
    pub fn permits_connect(&self) -> bool {
        let names = |rules: &[Rule]| rules.iter().any(|rule| rule.row.verb == "$connect");
        names(&self.allows) && !names(&self.denies)
    }

    /// Does a deny that applies match this?
    pub fn denies(&self, verb: &str, path: &str) -> bool {
        self.denies.iter().any(|rule| rule.matches(verb, &segments_of(path)))
    }

    fn opens(&self, verb: &str, path: &str) -> bool {
        let segments = segments_of(path);
        let serving: Vec<&Rule> = self.names.iter().filter(|name| name.matches(verb, &segments)).collect();
        let gives_way = |rule: &Rule| serving.iter().any(|name| name.row.beats(&rule.row));
        self.allows.iter().any(|rule| rule.matches(verb, &segments) && !gives_way(rule))
    }

    /// Must a policy be right about this? It must be about all that is denied, and may open nothing that is refused for
    /// its spelling.
    pub fn is_in_catalog(&self, verb: &str, path: &str) -> bool {
        let segments = segments_of(path);
        let of_path = |name: &Rule| name.row.verb != "$connect" && fits(&name.wants, &segments);
        let named = if self.document.complete {
            self.names.iter().any(|name| name.matches(verb, &segments))
        } else {
            path.is_empty() || self.names.iter().any(of_path)
        };
        named || self.denies(verb, path)
    }
}
