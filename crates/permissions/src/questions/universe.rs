//! What can the documents of one question see of a token and of a request?

use super::atom::{self, Atom};
use super::{Facts, Undecided};
use crate::pattern::{Effect, usable_value};
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::{Route, Segment, VERBS, Verb};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

/// A verb that API Gateway does not list. `ANY` alone covers it.
pub(crate) const UNLISTED: &str = "PROPFIND";

/// A claim that a route names or a condition wants.
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one claim")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) name: &'a str,
    /// Does a route name it?
    pub(crate) in_routes: bool,
    /// The values that every token's claim has one of, if they are known.
    pub(crate) domain: Option<&'a [String]>,
    /// Is it never an array?
    pub(crate) single: bool,
    /// Does every token have it, usable?
    pub(crate) present: bool,
    /// Does no token have it, usable?
    pub(crate) never: bool,
}

/// Everything that the documents of one question name.
#[derive(Debug)]
pub(crate) struct Universe<'a> {
    /// Sorted by name.
    pub(crate) claims: Vec<Claim<'a>>,
    /// The sizes of all routes.
    pub(crate) sizes: BTreeSet<usize>,
    /// A verb that no route names.
    pub(crate) unnamed_verb: &'static str,
    /// Texts that no document contains, enough for the longest path and all claims.
    pub(crate) fresh: Vec<String>,
    pub(crate) scopes_need: Option<(&'a str, &'a str)>,
    wanted: HashSet<Atom<'a>>,
    /// An ARN up to the slash behind the stage, of an API that no document names.
    prefix: String,
}

/// What a universe is made from.
#[derive(Default)]
struct Parts<'a> {
    routes: Vec<&'a Route>,
    wanted: HashSet<Atom<'a>>,
}

impl<'a> Universe<'a> {
    /// # Errors
    /// [`Undecided::NotAnalysed`] and [`Undecided::DependentConditions`] when conditions depend on each other.
    pub(crate) fn new(
        facts: &'a Facts,
        documents: &[&'a Permissions],
        regions: &[&'a Route],
        more: &[Atom<'a>],
    ) -> Result<Self, Undecided> {
        let mut parts = Parts { routes: regions.to_vec(), wanted: more.iter().copied().collect() };
        for document in documents {
            parts.add(document);
        }
        refuse_per_issuer(documents)?;
        refuse_dependent(documents, &parts.wanted)?;
        atom::refuse_tied(&parts.wanted.iter().copied().collect::<Vec<_>>())?;
        let claims = parts.claims(facts)?;
        let sizes: BTreeSet<usize> = parts.routes.iter().map(|route| route.segments().len()).collect();
        let named: HashSet<Verb> = parts.routes.iter().map(|route| route.verb()).collect();
        let unnamed_verb = VERBS.into_iter().find(|verb| !named.contains(&Verb::One(verb))).unwrap_or(UNLISTED);
        let texts = parts.texts(facts);
        let longest = sizes.last().copied().unwrap_or_default() + 1;
        let fresh = fresh("x", &texts, longest + claims.len() + 1);
        let api = self::fresh("api", &texts, 1).concat();
        let prefix = format!("arn:aws:execute-api:us-east-1:123456789012:{api}/test/");
        let scopes_need = facts.scopes_need();
        Ok(Self { claims, sizes, unnamed_verb, fresh, scopes_need, wanted: parts.wanted, prefix })
    }

    /// The text of a method's ARN.
    pub(crate) fn arn(&self, verb: &str, path: &[&str]) -> String {
        let slash = if verb == crate::CONNECT { "" } else { "/" };
        format!("{}{verb}{slash}{}", self.prefix, path.join("/"))
    }

    pub(crate) fn place_of(&self, claim: &str) -> Option<usize> {
        self.claims.binary_search_by(|known| known.name.cmp(claim)).ok()
    }

    pub(crate) fn claim(&self, name: &str) -> Option<&Claim<'a>> {
        self.place_of(name).and_then(|place| self.claims.get(place))
    }

    /// How many of a claim's values does some condition want?
    pub(crate) fn wanted_of(&self, name: &str, found: &Value) -> usize {
        let wanted = |value: &Value| self.wanted.contains(&Atom::Claim(name, value));
        let elements = found.as_array().into_iter().flatten().filter(|value| wanted(value)).count();
        elements + usize::from(wanted(found))
    }
}

impl<'a> Parts<'a> {
    fn add(&mut self, document: &'a Permissions) {
        self.routes.extend(document.catalog());
        for permission in document.permissions() {
            self.wanted.extend(atom::atoms(permission));
            self.routes.extend([Effect::Allow, Effect::Deny].into_iter().flat_map(|effect| permission.routes(effect)));
        }
    }

    fn claims(&self, facts: &'a Facts) -> Result<Vec<Claim<'a>>, Undecided> {
        let segments = self.routes.iter().flat_map(|route| route.segments());
        let named =
            segments.filter_map(|segment| if let Segment::Claim(name) = segment { Some(name.as_str()) } else { None });
        let named: BTreeSet<&str> = named.collect();
        named.iter().try_for_each(|name| atom::refuse_tied_claim(name))?;
        let wanted =
            self.wanted.iter().filter_map(|atom| if let Atom::Claim(name, _) = atom { Some(*name) } else { None });
        let all: BTreeSet<&str> = named.iter().copied().chain(wanted).collect();
        let claim = |name: &'a str| Claim {
            name,
            in_routes: named.contains(name),
            domain: facts.domain(name),
            single: facts.is_single(name),
            present: facts.is_present(name),
            never: facts.is_never_usable(name),
        };
        Ok(all.into_iter().map(claim).collect())
    }

    /// Every text that a fresh one has to differ from.
    fn texts(&self, facts: &'a Facts) -> HashSet<&'a str> {
        let mut texts: HashSet<&str> = self.routes.iter().flat_map(|route| route.literals()).collect();
        texts.extend(facts.domains().iter().flat_map(|(_, values)| values).map(String::as_str));
        for atom in &self.wanted {
            if let Atom::Claim(_, value) = atom {
                add_texts(value, &mut texts);
            }
        }
        texts
    }
}

fn refuse_per_issuer(documents: &[&Permissions]) -> Result<(), Undecided> {
    let mut all = documents.iter().flat_map(|document| document.permissions());
    let per_issuer = all.any(|permission| permission.issuers().is_some() || permission.clients().is_some());
    if per_issuer { Err(Undecided::PerIssuer) } else { Ok(()) }
}

/// A claim that has a value is present, and one object has the members of another: such conditions are no independent atoms.
fn refuse_dependent(documents: &[&Permissions], wanted: &HashSet<Atom<'_>>) -> Result<(), Undecided> {
    let dependent = |claim: &str| Err(Undecided::DependentConditions { claim: claim.to_owned() });
    let mut present = documents.iter().flat_map(|document| document.permissions()).flat_map(Permission::present);
    if let Some(claim) = present.next() {
        return dependent(claim);
    }
    let mut with_objects = HashSet::new();
    for atom in wanted {
        if let Atom::Claim(name, Value::Object(_)) = atom
            && !with_objects.insert(name)
        {
            return dependent(name);
        }
    }
    Ok(())
}

fn add_texts<'a>(value: &'a Value, texts: &mut HashSet<&'a str>) {
    match value {
        Value::String(text) => drop(texts.insert(text)),
        Value::Array(values) => values.iter().for_each(|value| add_texts(value, texts)),
        Value::Object(members) => members.values().for_each(|value| add_texts(value, texts)),
        _ => {}
    }
}

fn fresh(stem: &str, texts: &HashSet<&str>, count: usize) -> Vec<String> {
    let named = (1..).map(|number: u32| format!("{stem}{number}"));
    named.filter(|text| !texts.contains(text.as_str())).take(count).collect()
}

/// The text of a wanted value, if a claim that stands in a path can have it.
pub(crate) fn usable(value: &Value) -> Option<&str> {
    usable_value(Some(value))
}

/// Can this text be the value of a claim that stands in a path?
pub(crate) fn is_usable(text: &str) -> bool {
    usable_value(Some(&text.into())).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_depend_on_each_other_are_not_analysed() {
        for (conditions, expected) in [
            (r#""present":["act"]"#, Some("act")),
            (r#""claims":{"act":{"sub":"a"}}"#, None),
            (r#""claims":{"act":{"sub":"a"}},"allow":["GET /"]},{"claims":{"act":{"iss":"b"}}"#, Some("act")),
            (r#""claims":{"act":{"sub":"a"}},"allow":["GET /"]},{"claims":{"may_act":{"sub":"a"}}"#, None),
        ] {
            let document = format!(r#"{{"permissions":[{{{conditions},"allow":["GET /"]}}]}}"#);
            let document = Permissions::parse(document.as_bytes()).unwrap();
            let facts = Facts::default();
            let refused = Universe::new(&facts, &[&document], &[], &[]).err();
            let claim = expected.map(|claim| Undecided::DependentConditions { claim: claim.to_owned() });
            assert_eq!(refused, claim, "{conditions}");
        }
    }
}
