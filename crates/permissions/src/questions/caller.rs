//! A caller that somebody makes up: the holder of a token with chosen claims.

use super::atom::{Atom, GROUPS, SCOPES};
use crate::holder::Holder;
use crate::pattern::{ClaimValues, usable_value};
use serde_json::{Map, Value};
use std::fmt;

/// The holder of a token with these claims, as the token's JSON has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    claims: Map<String, Value>,
}

impl Caller {
    /// The holder of a token with these claims.
    #[must_use]
    pub fn new(claims: Map<String, Value>) -> Self {
        Self { claims }
    }

    /// The token's claims.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The scopes that the token carries. An ID token carries none.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let is_id = self.claims.get("token_use").is_some_and(|found| found == "id");
        let text = self.claims.get(SCOPES).and_then(Value::as_str).filter(|_| !is_id).unwrap_or_default();
        text.split(' ').filter(|scope| !scope.is_empty())
    }

    /// The groups that the holder is in.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.claims.get(GROUPS).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// The same with one more thing that a condition asks for. A claim that has another value already is replaced.
    #[must_use]
    pub fn with(mut self, atom: Atom<'_>) -> Self {
        match atom {
            Atom::Scope(scope) if !self.has_scope(scope) => {
                let scopes: Vec<&str> = self.scopes().chain([scope]).collect();
                let text = scopes.join(" ");
                self.claims.insert(SCOPES.to_owned(), text.into());
            }
            Atom::Group(group) if !self.has_group(group) => {
                let groups: Vec<&str> = self.groups().chain([group]).collect();
                let list = groups.into();
                self.claims.insert(GROUPS.to_owned(), list);
            }
            Atom::Claim(name, value) => self = self.with_claim(name, value.clone()),
            Atom::Scope(_) | Atom::Group(_) => {}
        }
        self
    }

    /// The same with this claim.
    #[must_use]
    pub fn with_claim(mut self, name: &str, value: Value) -> Self {
        self.claims.insert(name.to_owned(), value);
        self
    }

    /// The same without this claim.
    pub(crate) fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }
}

impl Holder for Caller {
    fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|held| held == scope)
    }

    fn has_group(&self, group: &str) -> bool {
        self.groups().any(|known| known == group)
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scopes = self.scopes().map(|scope| format!("scope {scope}"));
        let groups = self.groups().map(|group| format!("group {group}"));
        let others = self.claims.iter().filter(|(name, _)| !matches!(name.as_str(), SCOPES | GROUPS));
        let claims = others.map(|(name, value)| format!("{name} = {value}"));
        let all: Vec<String> = scopes.chain(groups).chain(claims).collect();
        f.write_str(if all.is_empty() { "anybody with a token" } else { "" })?;
        f.write_str(&all.join(" and "))
    }
}

/// A caller that is looked at in passing, a million times perhaps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candidate<'a> {
    pub(crate) scopes: Vec<&'a str>,
    pub(crate) groups: Vec<&'a str>,
    pub(crate) claims: Vec<(&'a str, Value)>,
}

impl Candidate<'_> {
    pub(crate) fn to_caller(&self) -> Caller {
        let scopes = self.scopes.iter().map(|scope| Atom::Scope(scope));
        let groups = self.groups.iter().map(|group| Atom::Group(group));
        let claims = self.claims.iter().map(|(name, value)| Atom::Claim(name, value));
        scopes.chain(groups).chain(claims).fold(Caller::default(), Caller::with)
    }
}

impl Holder for Candidate<'_> {
    fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains(&scope)
    }

    fn has_group(&self, group: &str) -> bool {
        self.groups.contains(&group)
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl ClaimValues for Candidate<'_> {
    fn value(&self, claim: &str) -> Option<&str> {
        usable_value(self.claim(claim))
    }
}

impl ClaimValues for Caller {
    fn value(&self, claim: &str) -> Option<&str> {
        usable_value(self.claim(claim))
    }
}
