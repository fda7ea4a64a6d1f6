//! What does a test file say?

use crate::input;
use crate::outcome::Failure;
use permissions::json::Strict;
use permissions::questions::{Atom, Caller, Conditions, Exception};
use permissions::{Method, Route};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How the names of test files end.
const ENDINGS: [&str; 3] = [".authz-test.json", ".authz-test.yaml", ".authz-test.yml"];

/// One file, understood.
#[derive(Debug)]
pub(crate) struct Suite {
    /// The file.
    pub(crate) file: PathBuf,
    /// The document that it tests.
    pub(crate) document: PathBuf,
    pub(crate) checks: Vec<Check>,
}

/// One thing to check.
#[derive(Debug)]
pub(crate) struct Check {
    /// In words.
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// May the caller make the request? And which permission decides?
    Request { caller: Caller, method: Method, allowed: bool, by: Option<usize> },
    /// Can the caller call exactly these routes?
    Only { caller: Caller, routes: Vec<Route> },
    /// How large is the caller's policy at most?
    PolicyBytes { caller: Caller, most: usize },
    /// Can nobody but the excepted call it?
    Nobody(Promise),
    /// Can everybody but the excepted call it?
    Everyone(Promise),
}

#[derive(Debug)]
pub(crate) struct Promise {
    pub(crate) route: Route,
    pub(crate) who: Conditions,
    pub(crate) unless: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    document: PathBuf,
    #[serde(default)]
    callers: BTreeMap<String, Holder>,
    tests: Vec<Test>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    claims: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Name(String),
    Inline(Holder),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
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
enum Call {
    Request(String),
    Decided(Decided),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    request: String,
    by: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Excepted {
    route: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    claims: Map<String, Value>,
}

/// The test files in this folder and below, without hidden folders and those that tools fill.
pub(crate) fn find(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| Failure::file(&folder, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Failure::file(&folder, error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A link is not followed, so that a circle of them ends.
            let kind = entry.file_type().map_err(|error| Failure::file(&folder, error))?;
            if kind.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
                folders.push(entry.path());
            } else if kind.is_file() && ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                found.push(entry.path().strip_prefix(".").map_or_else(|_| entry.path(), Path::to_owned));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a test file.
pub(crate) fn read(file: &Path) -> Result<Suite, Failure> {
    let text = input::text(file)?;
    let written = parse(file, &text).map_err(|problem| Failure::file(file, problem))?;
    let mut checks = Vec::new();
    for (place, test) in written.tests.iter().enumerate() {
        let before = checks.len();
        let read = test.checks(&written.callers, &mut checks);
        read.map_err(|problem| Failure::file(file, format!("at `tests[{place}]`: {problem}")))?;
        if checks.len() == before {
            let expected = "expected `can`, `cannot`, `only`, `policy_bytes_at_most`, `nobody` or `everyone`";
            return Err(Failure::file(file, format!("at `tests[{place}]`: found nothing to check, {expected}")));
        }
    }
    if checks.is_empty() {
        return Err(Failure::file(file, "at `tests`: found an empty list, expected at least one test"));
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    Ok(Suite { file: file.to_owned(), document: folder.join(&written.document), checks })
}

/// YAML if the file's name says so. Neither form may say a thing twice.
fn parse(file: &Path, text: &str) -> Result<Written, String> {
    if file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
        let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true };
        let value: Value = serde_saphyr::from_str_with_options(text, options).map_err(|error| one_line(&error))?;
        return serde_json::from_value(value).map_err(|error| one_line(&error));
    }
    // serde keeps the last of two equal names in a map; the strict reader refuses them.
    serde_json::from_str::<Strict>(text).map_err(|error| one_line(&error))?;
    serde_json::from_str(text).map_err(|error| one_line(&error))
}

fn one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Test {
    fn checks(&self, callers: &BTreeMap<String, Holder>, checks: &mut Vec<Check>) -> Result<(), String> {
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
fn method(text: &str) -> Result<Method, String> {
    let malformed = || format!("found the request `{text}`, expected one such as `GET /orders/7`");
    let rest = match text.split_once(" /") {
        Some((verb, path)) => format!("{verb}/{path}"),
        None if text == permissions::CONNECT => text.to_owned(),
        None => return Err(malformed()),
    };
    let arn = format!("arn:aws:execute-api:us-east-1:123456789012:abcdef1234/test/{rest}");
    Method::parse(arn).map_err(|_| malformed())
}
