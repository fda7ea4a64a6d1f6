//! A test file as it is written, and the checks that it asks for.

use super::file::{Check, Kind, Promise};
use permissions::questions::{Atom, Caller, Conditions, Exception};
use permissions::{Method, Route};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    pub(super) document: PathBuf,
    #[serde(default)]
    pub(super) callers: BTreeMap<String, Holder>,
    pub(super) tests: Vec<Test>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Holder {
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    claims: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Named {
    Name(String),
    Inline(Holder),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    caller: Option<Named>,
    #[serde(default)]
    can: Vec<Call>,
    #[serde(default)]
    cannot: Vec<Call>,
    only: Option<Vec<String>>,
    policy_bytes_at_most: Option<usize>,
    nobody: Option<String>,
    everyone: Option<String>,
    #[serde(default)]
    who: Holder,
    #[serde(default)]
    unless: Vec<Excepted>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Call {
    Request(String),
    Decided(Decided),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    request: String,
    by: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Excepted {
    route: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    claims: Map<String, Value>,
}

impl Test {
    pub(super) fn checks(&self, callers: &BTreeMap<String, Holder>, checks: &mut Vec<Check>) -> Result<(), String> {
        for (allowed, calls) in [(true, &self.can), (false, &self.cannot)] {
            for call in calls {
                checks.push(self.request(callers, call, allowed)?);
            }
        }
        if let Some(routes) = &self.only {
            let (who, caller) = self.caller(callers)?;
            let routes = routes.iter().map(|text| route(text)).collect::<Result<_, _>>()?;
            checks.push(Check { name: format!("{who} can only what is listed"), kind: Kind::Only { caller, routes } });
        }
        if let Some(most) = self.policy_bytes_at_most {
            let (who, caller) = self.caller(callers)?;
            checks.push(Check {
                name: format!("{who} has a policy of at most {most} bytes"),
                kind: Kind::PolicyBytes { caller, most },
            });
        }
        if let Some(text) = &self.nobody {
            checks.push(Check {
                name: format!("nobody can {text}{}", self.about()),
                kind: Kind::Nobody(self.promise(text)?),
            });
        }
        if let Some(text) = &self.everyone {
            checks.push(Check {
                name: format!("everyone can {text}{}", self.about()),
                kind: Kind::Everyone(self.promise(text)?),
            });
        }
        Ok(())
    }

    fn request(&self, callers: &BTreeMap<String, Holder>, call: &Call, allowed: bool) -> Result<Check, String> {
        let (who, caller) = self.caller(callers)?;
        let (request, by) = match call {
            Call::Request(request) => (request, None),
            Call::Decided(decided) => (&decided.request, Some(decided.by)),
        };
        let word = if allowed { "can" } else { "cannot" };
        let by_words = by.map(|by| format!(" by permissions[{by}]")).unwrap_or_default();
        let kind = Kind::Request { caller, method: method(request)?, allowed, by };
        Ok(Check { name: format!("{who} {word} {request}{by_words}"), kind })
    }

    /// The caller's name and token.
    fn caller(&self, callers: &BTreeMap<String, Holder>) -> Result<(String, Caller), String> {
        match &self.caller {
            Some(Named::Name(name)) => {
                let known = || callers.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                let holder = callers.get(name);
                let holder = holder.ok_or_else(|| format!("found the caller `{name}`, expected one of {}", known()))?;
                // Every token has a subject.
                Ok((name.clone(), holder.caller(name)))
            }
            Some(Named::Inline(holder)) => {
                let caller = holder.caller("somebody");
                Ok((holder.words(), caller))
            }
            None => Err("found no `caller`, expected a name of `callers` or scopes, groups and claims".to_owned()),
        }
    }

    fn promise(&self, text: &str) -> Result<Promise, String> {
        let unless = self.unless.iter().map(Excepted::read).collect::<Result<_, _>>()?;
        Ok(Promise { route: route(text)?, who: self.who.conditions(), unless })
    }

    /// Who is meant, and who is not.
    fn about(&self) -> String {
        let who = self.who.words();
        let who = if who.is_empty() { who } else { format!(" with {who}") };
        let unless: Vec<String> = self.unless.iter().map(Excepted::words).collect();
        if unless.is_empty() { who } else { format!("{who} unless {}", unless.join(" or ")) }
    }
}

impl Holder {
    fn conditions(&self) -> Conditions {
        conditions(&self.scopes, &self.groups, &self.claims)
    }

    /// A token with these claims, and a `sub` if they have none.
    fn caller(&self, subject: &str) -> Caller {
        let claims = self.claims.clone();
        let with_subject = if claims.contains_key("sub") {
            Caller::new(claims)
        } else {
            Caller::new(claims).with_claim("sub", subject.into())
        };
        let scopes = self.scopes.iter().map(|scope| Atom::Scope(scope));
        scopes.chain(self.groups.iter().map(|group| Atom::Group(group))).fold(with_subject, Caller::with)
    }

    fn words(&self) -> String {
        words(&self.scopes, &self.groups, &self.claims)
    }
}

impl Excepted {
    fn read(&self) -> Result<Exception, String> {
        let route = self.route.as_deref().map(route).transpose()?;
        Ok(Exception { conditions: conditions(&self.scopes, &self.groups, &self.claims), route })
    }

    fn words(&self) -> String {
        let words = words(&self.scopes, &self.groups, &self.claims);
        let route = self.route.clone().unwrap_or_default();
        [route, words].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" for ")
    }
}

fn conditions(scopes: &[String], groups: &[String], claims: &Map<String, Value>) -> Conditions {
    let claims = claims.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Conditions { scopes: scopes.to_vec(), groups: groups.to_vec(), claims }
}

fn words(scopes: &[String], groups: &[String], claims: &Map<String, Value>) -> String {
    let all = conditions(scopes, groups, claims);
    all.atoms().into_iter().map(crate::words::atom).collect::<Vec<_>>().join(" and ")
}

fn route(text: &str) -> Result<Route, String> {
    text.parse::<Route>().map_err(|error| error.to_string())
}

/// A request such as `GET /orders/7`.
pub(crate) fn method(text: &str) -> Result<Method, String> {
    let malformed = || format!("found the request `{text}`, expected one such as `GET /orders/7`");
    let rest = match text.split_once(" /") {
        Some((verb, path)) => format!("{verb}/{path}"),
        None if text == permissions::CONNECT => text.to_owned(),
        None => return Err(malformed()),
    };
    let arn = format!("arn:aws:execute-api:us-east-1:123456789012:abcdef1234/test/{rest}");
    Method::parse(arn).map_err(|_| malformed())
}
