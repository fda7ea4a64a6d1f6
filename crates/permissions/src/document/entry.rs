//! One permission of the document: its conditions and its routes.

use super::node::Node;
use super::object::{self, Object};
use super::problem::Problems;
use super::values;
use crate::claims::{self, ClaimType};
use crate::permission::Permission;
use serde_json::Value;

const MEMBERS: [&str; 10] =
    ["issuers", "anyIssuer", "clients", "authenticated", "scopes", "groups", "claims", "present", "allow", "deny"];

const CONDITIONS: [&str; 7] = ["authenticated", "scopes", "groups", "claims", "present", "issuers", "clients"];

/// Reads one permission. `by_trigger` are the claims that a trigger writes, of any type.
pub(super) fn permission(node: &Node<'_>, by_trigger: &[String], problems: &mut Problems<'_>) -> Option<Permission> {
    let object = Object::read(node, &MEMBERS, problems)?;
    let names_any = |names: &[&str]| names.iter().any(|name| object.means(name));
    if !names_any(&CONDITIONS) {
        let expected = "expected `scopes`, `groups`, `claims`, `present` or `\"authenticated\": true`";
        problems.note(node, format_args!("found no condition, {expected}"));
    }
    if !names_any(&["allow", "deny"]) {
        problems.note(node, "found no routes, expected `allow` or `deny`");
    }
    if let Some(authenticated) = object.get("authenticated") {
        values::authenticated(authenticated, problems);
    }
    if let Some(any_issuer) = object.get("anyIssuer") {
        values::only_true(any_issuer, "anyIssuer", problems);
        if object.means("issuers") {
            problems.note(any_issuer, "found `anyIssuer` beside `issuers`, expected one of them");
        }
    }
    // Of other issuers' claims nothing is known here.
    let is_cognitos = !object.means("issuers") && !object.means("anyIssuer");
    let by_trigger = if object.get("deny").is_some() && is_cognitos { Some(by_trigger) } else { None };
    // A member that is not there is an empty list; one that cannot be read is a problem, and the document is refused.
    Some(Permission {
        issuers: object.get("issuers").and_then(|node| values::list(node, "\"staff\"", values::issuer, problems)),
        any_issuer: object.get("anyIssuer").is_some(),
        clients: object.get("clients").and_then(|node| values::list(node, CLIENT, values::client, problems)),
        scopes: read(&object, "scopes", |node| values::list(node, "\"orders/read\"", values::scope, problems)),
        groups: read(&object, "groups", |node| values::list(node, "\"admin\"", values::group, problems)),
        claims: read(&object, "claims", |node| conditions(node, by_trigger, problems)),
        present: read(&object, "present", |node| values::list(node, "\"act\"", values::claim_name, problems)),
        allow: read(&object, "allow", |node| values::list(node, ROUTE, values::route, problems)),
        deny: read(&object, "deny", |node| values::list(node, ROUTE, values::route, problems)),
    })
}

/// A client's id as JSON.
const CLIENT: &str = "\"3n4b5urk1ft4fl3mg5e62d9ado\"";

/// A route as JSON.
pub(super) const ROUTE: &str = "\"GET /orders/{id}\"";

fn read<T>(object: &Object<'_>, name: &str, reader: impl FnOnce(&Node<'_>) -> Option<Vec<T>>) -> Vec<T> {
    object.get(name).and_then(reader).unwrap_or_default()
}

/// The claims that must have a value. In a permission that denies something, one that no token can have is an error: the
/// deny would be open to everyone, and nobody would notice. `denies_by_trigger` is `None` where nothing is denied.
fn conditions(
    node: &Node<'_>,
    denies_by_trigger: Option<&[String]>,
    problems: &mut Problems<'_>,
) -> Option<Vec<(String, Value)>> {
    let mut conditions = Vec::new();
    for member in object::members(node, "an object such as {\"custom:plan\": \"gold\"}", problems)? {
        let name = member.name();
        if name.is_empty() {
            let message = "found an empty name, expected the name of a claim, such as `sub`";
            problems.note_at(member.value().place(), member.name_range(), message);
        }
        let Some(value) = values::claim_value(member.value(), problems) else { continue };
        let checked = denies_by_trigger.filter(|names| !names.iter().any(|known| known == name));
        if let (Some(_), Err(kind)) = (checked, claims::can_hold(name, &value)) {
            problems.note(member.value(), never_holds(name, &value, kind));
        }
        conditions.push((name.to_owned(), value));
    }
    Some(conditions)
}

fn never_holds(name: &str, value: &Value, kind: ClaimType) -> String {
    let instead = claims::instead(value, kind);
    format!(
        "found a condition that never holds, so that nothing is denied: Cognito writes `{name}` as {}, expected {instead}; \
         if a trigger writes it, name it in `triggerClaims`",
        kind.in_words()
    )
}
