//! Whoever holds some permissions, and nothing else.

use crate::holder::Holder;
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::questions::{Atom, Caller, Facts};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;

/// The conditions of some permissions, together.
pub(super) struct Held<'a> {
    permissions: Vec<&'a Permission>,
}

impl<'a> Held<'a> {
    pub(super) fn new(permissions: &'a Permissions, places: &[usize]) -> Self {
        Self { permissions: places.iter().filter_map(|place| permissions.permissions().get(*place)).collect() }
    }

    /// The claims that must have values, each once with one value.
    fn claims(&self) -> Vec<(&'a str, &'a Value)> {
        let mut claims: Vec<(&str, &Value)> = Vec::new();
        for (name, value) in self.permissions.iter().flat_map(|permission| permission.claims()) {
            if !claims.contains(&(name, value)) {
                claims.push((name, value));
            }
        }
        claims
    }

    fn texts(&self, of: fn(&Permission) -> &[String]) -> BTreeSet<&'a str> {
        self.permissions.iter().flat_map(|permission| of(permission)).map(String::as_str).collect()
    }

    /// How many conditions these are.
    pub(super) fn weight(&self) -> usize {
        let present = self.texts(Permission::present).len();
        self.texts(Permission::scopes).len() + self.texts(Permission::groups).len() + self.claims().len() + present
    }

    /// Does the other permission apply whenever all of these do?
    pub(super) fn implies(&self, other: &Permission) -> bool {
        let any = |held: &dyn Fn(&Permission) -> bool| self.permissions.iter().any(|own| held(own));
        let within = |of: Names| match (self.common(of), of(other)) {
            (_, None) => true,
            (Some(own), Some(others)) => own.iter().all(|name| others.contains(name)),
            (None, Some(_)) => false,
        };
        within(Permission::issuers)
            && within(Permission::clients)
            && other.scopes().iter().all(|scope| any(&|own| own.scopes().contains(scope)))
            && other.groups().iter().all(|group| any(&|own| own.groups().contains(group)))
            && other.claims().iter().all(|claim| any(&|own| own.asks_for(&claim.0, &claim.1)))
            && other.present().iter().all(|name| any(&|own| own.asks_for_claim(name)))
    }

    /// The issuers, or clients, that all of these are for; `None`: any.
    fn common(&self, of: Names) -> Option<Vec<&'a String>> {
        let mut lists = self.permissions.iter().filter_map(|permission| of(permission));
        let mut common: Vec<&String> = lists.next()?.iter().collect();
        for list in lists {
            common.retain(|name| list.contains(name));
        }
        Some(common)
    }

    /// Can a token have all of these? Not two values of a claim that is always one.
    pub(super) fn is_possible(&self, facts: &Facts) -> bool {
        let claims = self.claims();
        let names: [Names; 2] = [Permission::issuers, Permission::clients];
        if names.into_iter().any(|of| self.common(of).is_some_and(|common| common.is_empty())) {
            return false;
        }
        claims.iter().enumerate().all(|(place, (name, _))| {
            !facts.is_single(name) || claims.iter().take(place).all(|(other, _)| other != name)
        })
    }

    /// The holder, with these values for claims that no condition asks for. `None` where no token was found that has it all.
    pub(super) fn holder(&self, values: &[(&str, String)]) -> Option<SupposedHolder> {
        let scopes = self.texts(Permission::scopes);
        let groups = self.texts(Permission::groups);
        let atoms = scopes.into_iter().map(Atom::Scope).chain(groups.into_iter().map(Atom::Group));
        let mut claims: Map<String, Value> = Map::new();
        for (name, value) in self.claims() {
            add_value(&mut claims, name, value);
        }
        for (name, value) in values {
            claims.entry(*name).or_insert_with(|| Value::from(value.as_str()));
        }
        for name in self.texts(Permission::present) {
            claims.entry(name).or_insert_with(|| Value::from("present"));
        }
        let first = |of: Names| self.common(of).and_then(|common| common.first().copied().cloned());
        let with_values = self.claims().into_iter().map(|(name, _)| name.to_owned());
        let holder = SupposedHolder {
            asked: with_values.chain(self.texts(Permission::present).into_iter().map(str::to_owned)).collect(),
            caller: atoms.fold(Caller::new(claims), Caller::with),
            issuer: first(Permission::issuers),
            client: first(Permission::clients),
        };
        self.permissions.iter().all(|permission| permission.applies_to(&holder)).then_some(holder)
    }
}

/// A permission's issuers, or clients.
type Names = fn(&Permission) -> Option<&[String]>;

/// A holder who meets the conditions of some permissions. `Display` names the conditions without the values of claims.
#[derive(Clone, Debug)]
pub struct SupposedHolder {
    caller: Caller,
    /// Claims that conditions ask for.
    asked: BTreeSet<String>,
    issuer: Option<String>,
    client: Option<String>,
}

impl Holder for SupposedHolder {
    fn has_scope(&self, scope: &str) -> bool {
        self.caller.has_scope(scope)
    }

    fn has_group(&self, group: &str) -> bool {
        self.caller.has_group(group)
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.caller.claim(name)
    }

    fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }
}

impl fmt::Display for SupposedHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scopes = self.caller.scopes().map(|scope| format!("scope `{scope}`"));
        let groups = self.caller.groups().map(|group| format!("group `{group}`"));
        let claims = self.asked.iter().map(|name| format!("claim `{name}`"));
        let issuer = self.issuer.iter().map(|name| format!("issuer `{name}`"));
        let client = self.client.iter().map(|name| format!("client `{name}`"));
        let all: Vec<String> = scopes.chain(groups).chain(claims).chain(issuer).chain(client).collect();
        f.write_str(if all.is_empty() { "no more than a token" } else { "" })?;
        f.write_str(&all.join(", "))
    }
}

/// One value as it is, several as an array.
fn add_value(claims: &mut Map<String, Value>, name: &str, value: &Value) {
    let value = value.clone();
    match claims.get_mut(name) {
        None => {
            claims.insert(name.to_owned(), value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}
