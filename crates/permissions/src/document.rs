//! What does the permission document say, and is all of it meant?
//!
//! Reading is strict, because what is misread here is granted: unknown and duplicate keys, `null`, empty lists and
//! malformed routes are errors that name their place.

use crate::json::{Object, Strict};
use crate::pattern::Effect;
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::{Route, Segment};
use crate::spelling::Spelling;
use crate::value::{ContextName, List, Members, Name, ScopeToken, True, present};
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

pub(crate) fn parse(json: &[u8]) -> Result<Permissions, InvalidDocument> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let read = serde_path_to_error::deserialize(&mut deserializer);
    let Object::<Document>(document) = read.map_err(InvalidDocument::at)?;
    deserializer.end().map_err(|error| InvalidDocument { path: ".".to_owned(), problem: error.to_string() })?;
    Ok(document.into())
}

/// Why the permission document cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDocument {
    path: String,
    problem: String,
}

impl InvalidDocument {
    fn at(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        Self { path: error.path().to_string(), problem: error.into_inner().to_string() }
    }
}

impl fmt::Display for InvalidDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at `{}`: {}", OneLine(&self.path), OneLine(&self.problem))
    }
}

impl std::error::Error for InvalidDocument {}

/// A text that may quote the document, with its control characters escaped: a message is one line.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .chars()
            .try_for_each(|c| if c.is_control() { write!(f, "{}", c.escape_default()) } else { write!(f, "{c}") })
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "$schema", default, deserialize_with = "present")]
    _schema: Option<String>,
    permissions: List<Permission>,
    #[serde(default, deserialize_with = "present")]
    routes: Option<List<Route>>,
    #[serde(default, deserialize_with = "present")]
    complete: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    context: Option<Members<ContextName, Name>>,
}

impl From<Document> for Permissions {
    fn from(document: Document) -> Self {
        let List(permissions) = document.permissions;
        let listed = document.routes.map(|List(routes)| routes).unwrap_or_default();
        let named = |(ContextName(name), Name(claim))| (name, claim);
        let context = document.context.map(|Members(members)| members.into_iter().map(named).collect());
        let rules = |effect| permissions.iter().flat_map(move |permission| permission.routes(effect));
        let catalog = each_once(rules(Effect::Allow).chain(&listed));
        let claims = claims_in(rules(Effect::Allow).chain(rules(Effect::Deny)));
        let literals = rules(Effect::Deny).chain(&catalog).flat_map(Route::literals);
        let spelling = Spelling::new(literals, !claims_in(rules(Effect::Deny)).is_empty());
        let complete = document.complete.unwrap_or_default();
        Self { all: permissions, catalog, complete, claims, context, spelling }
    }
}

fn each_once<'a>(routes: impl Iterator<Item = &'a Route>) -> Vec<Route> {
    let mut seen = BTreeSet::new();
    routes.filter(|route| seen.insert(route.text())).cloned().collect()
}

/// The claims that the routes ask for, each once.
pub(crate) fn claims_in<'a>(routes: impl Iterator<Item = &'a Route>) -> Vec<String> {
    let named = routes.flat_map(Route::segments);
    let claims = named.filter_map(|segment| if let Segment::Claim(name) = segment { Some(name.clone()) } else { None });
    claims.collect::<BTreeSet<_>>().into_iter().collect()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default, deserialize_with = "present")]
    authenticated: Option<True>,
    #[serde(default, deserialize_with = "present")]
    scopes: Option<List<ScopeToken>>,
    #[serde(default, deserialize_with = "present")]
    groups: Option<List<Name>>,
    #[serde(default, deserialize_with = "present")]
    claims: Option<Members<Name, Strict>>,
    #[serde(default, deserialize_with = "present")]
    allow: Option<List<Route>>,
    #[serde(default, deserialize_with = "present")]
    deny: Option<List<Route>>,
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Object::<Entry>(entry) = Object::deserialize(deserializer)?;
        let conditions = entry.scopes.is_some() || entry.groups.is_some() || entry.claims.is_some();
        if !conditions && entry.authenticated.is_none() {
            return Err(Error::custom(
                "found no condition, expected `scopes`, `groups`, `claims` or `\"authenticated\": true`",
            ));
        }
        if entry.allow.is_none() && entry.deny.is_none() {
            return Err(Error::custom("found no routes, expected `allow` or `deny`"));
        }
        Ok(entry.into())
    }
}

impl From<Entry> for Permission {
    fn from(entry: Entry) -> Self {
        let routes = |list: Option<List<Route>>| list.map(|List(routes)| routes).unwrap_or_default();
        Self {
            scopes: entry
                .scopes
                .map(|List(scopes)| scopes.into_iter().map(|ScopeToken(text)| text).collect())
                .unwrap_or_default(),
            groups: entry
                .groups
                .map(|List(groups)| groups.into_iter().map(|Name(text)| text).collect())
                .unwrap_or_default(),
            claims: entry.claims.map(|Members(claims)| claims.into_iter().map(condition).collect()).unwrap_or_default(),
            allow: routes(entry.allow),
            deny: routes(entry.deny),
        }
    }
}

fn condition((Name(name), Strict(value)): (Name, Strict)) -> (String, Value) {
    (name, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(json: &str) -> String {
        parse(json.as_bytes()).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn the_documented_example_is_understood() {
        let map = parse(include_bytes!("../../../permissions.json")).unwrap();
        assert!(map.permissions().iter().any(|permission| !permission.deny.is_empty()));
        assert!(!map.catalog.is_empty());
    }

    #[test]
    fn the_catalog_names_each_allowed_and_listed_route_once() {
        let map = parse(
            br#"{"permissions":[
                {"scopes":["a"],"allow":["GET /a","GET /b"]},
                {"groups":["g"],"allow":["GET /b"],"deny":["GET /c"]}],
                "routes":["GET /d","GET /a"]}"#,
        )
        .unwrap();
        let names: Vec<String> = map.catalog.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["GET /a", "GET /b", "GET /d"]);
    }

    #[test]
    fn an_unusable_document_names_the_place_and_the_remedy() {
        let permission =
            |text: &str| format!(r#"{{"permissions":[{{"authenticated":true,"allow":["GET /"]}},{text}]}}"#);
        for (json, place, problem) in [
            ("{}".to_owned(), ".", "missing field `permissions`"),
            (r#"[null,[{"authenticated":true,"allow":["GET /"]}]]"#.to_owned(), ".", "expected an object"),
            (permission(r#"[true,["a"],["b"],{"c":"d"},["GET /"],["GET /"]]"#), "permissions[1]", "expected an object"),
            (r#"{"permissions":[]}"#.to_owned(), "permissions", "found an empty list"),
            (permission("{}"), "permissions[1]", "found no condition"),
            (permission(r#"{"scopes":["a"]}"#), "permissions[1]", "found no routes"),
            (permission(r#"{"allow":["GET /"]}"#), "permissions[1]", "found no condition"),
            (permission(r#"{"scopes":[],"allow":["GET /"]}"#), "permissions[1].scopes", "found an empty list"),
            (permission(r#"{"scopes":null,"authenticated":true,"allow":["GET /"]}"#), "permissions[1].scopes", "null"),
            (permission(r#"{"scopes":["a b"],"allow":["GET /"]}"#), "permissions[1].scopes[0]", "found `a b`"),
            (permission(r#"{"groups":[""],"allow":["GET /"]}"#), "permissions[1].groups[0]", "found an empty name"),
            (permission(r#"{"claims":{},"allow":["GET /"]}"#), "permissions[1].claims", "found an empty object"),
            (
                permission(r#"{"claims":["a"],"allow":["GET /"]}"#),
                "permissions[1].claims",
                "expected an object with at least one member",
            ),
            (
                permission(r#"{"claims":{"a":1,"a":2},"allow":["GET /"]}"#),
                "permissions[1].claims",
                "found a name twice",
            ),
            (
                permission(r#"{"claims":{"a":{"b":1,"b":2}},"allow":["GET /"]}"#),
                "permissions[1].claims.a",
                "found a member name twice",
            ),
            (
                permission(r#"{"authenticated":false,"allow":["GET /"]}"#),
                "permissions[1].authenticated",
                "found `false`",
            ),
            (permission(r#"{"scope":["a"],"allow":["GET /"]}"#), "permissions[1].scope", "unknown field `scope`"),
            (
                permission(r#"{"scopes":["a"],"scopes":["b"],"allow":["GET /"]}"#),
                "permissions[1]",
                "duplicate field `scopes`",
            ),
            (
                permission(r#"{"scopes":["a"],"allow":["GET /a/"]}"#),
                "permissions[1].allow[0]",
                "found an empty segment",
            ),
            (permission(r#"{"scopes":["a"],"deny":["GRAB /a"]}"#), "permissions[1].deny[0]", "found the verb `GRAB`"),
            (
                r#"{"permissions":[{"authenticated":true,"allow":["GET /"]}],"routes":[]}"#.to_owned(),
                "routes",
                "found an empty list",
            ),
            (
                r#"{"permissions":[{"authenticated":true,"allow":["GET /"]}],"context":{"a-b":"sub"}}"#.to_owned(),
                "context.a-b",
                "found the context name `a-b`",
            ),
            (
                r#"{"permissions":[{"authenticated":true,"allow":["GET /"]}],"context":{"claims":"sub"}}"#.to_owned(),
                "context.claims",
                "found the context name `claims`",
            ),
            (r#"{"permissions":[{"authenticated":true,"allow":["GET /"]}]} x"#.to_owned(), ".", "trailing characters"),
        ] {
            let message = message(&json);
            assert!(message.contains(problem), "{json}: {message}");
            assert!(message.starts_with(&format!("at `{place}`")), "{json}: {message}");
        }
    }

    #[test]
    fn a_message_is_one_line_whatever_the_document_holds() {
        for json in [
            r#"{"a\nb":1}"#,
            r#"{"permissions":[{"authenticated":true,"allow":["GET /a\nb"]}]}"#,
            r#"{"permissions":[{"authenticated":true,"allow":["GET /"]}],"context":{"a\r\nb":"sub"}}"#,
        ] {
            let message = message(json);
            assert!(!message.contains(['\n', '\r']) && message.contains("\\n"), "{message}");
        }
    }
}
