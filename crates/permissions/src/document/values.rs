//! Which values may stand in the permission document?

use super::node::{Node, shortened};
use super::problem::Problems;
use crate::json::Strict;
use crate::route::Route;
use serde_json::Value;
use std::borrow::Cow;

/// Context names that are taken. `claims` is Cognito's own authorizer's (Developer Guide, "Output from an API Gateway
/// Lambda authorizer"); the others up to `integrationStatus` stand beside the context's names in `$context.authorizer`
/// ("Variables for data models and mapping templates", "Variables for access logging"); `reason` is why this function
/// refuses, which the templates' gateway responses repeat to the caller, and `code` is kept for the same use.
pub const RESERVED_CONTEXT_NAMES: [&str; 10] = [
    "claims",
    "principalId",
    "integrationLatency",
    "error",
    "latency",
    "status",
    "requestId",
    "integrationStatus",
    "reason",
    "code",
];

/// A list of at least one element. `example` is one as JSON.
pub(crate) fn list<T>(
    node: &Node<'_>,
    example: &str,
    element: fn(&Node<'_>, &mut Problems<'_>) -> Option<T>,
    problems: &mut Problems<'_>,
) -> Option<Vec<T>> {
    let Some(elements) = node.elements() else {
        // A single string is meant as the one element.
        let example = if node.text().starts_with('"') { node.text() } else { example };
        let message = format!("found {}, expected a list such as [{}]", node.described(), shortened(example));
        problems.note(node, message);
        return None;
    };
    if elements.is_empty() {
        problems.note(node, "found an empty list, expected at least one element or no list at all");
        return None;
    }
    Some(elements.iter().filter_map(|node| element(node, problems)).collect())
}

/// A string.
pub(crate) fn text<'a>(node: &Node<'a>, expected: &str, problems: &mut Problems<'_>) -> Option<Cow<'a, str>> {
    match node.string() {
        Some(Ok(text)) => return Some(text),
        // Half a character: `\ud800`.
        Some(Err(_)) => problems.note(node, "found an escape that is no character, expected Unicode text"),
        None => problems.note(node, format_args!("found {}, expected {expected}", node.described())),
    }
    None
}

/// A string that is not empty.
pub(crate) fn name(node: &Node<'_>, expected: &str, problems: &mut Problems<'_>) -> Option<String> {
    let text = text(node, expected, problems)?;
    if text.is_empty() {
        problems.note(node, format_args!("found an empty text, expected {expected}"));
        return None;
    }
    Some(text.into_owned())
}

pub(crate) fn group(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    name(node, "the name of a group", problems)
}

pub(crate) fn claim_name(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    name(node, "the name of a claim, such as `sub`", problems)
}

pub(crate) fn code(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    name(node, "the code of a finding, such as `route_never_allowed`", problems)
}

pub(crate) fn reason(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    name(node, "a text that says why", problems)
}

pub(crate) fn route(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<Route> {
    let text = text(node, "a route such as `GET /orders/{id}`", problems)?;
    match text.parse() {
        Ok(route) => Some(route),
        Err(error) => {
            problems.note(node, error);
            None
        }
    }
}

/// One scope token (RFC 6749 section 3.3).
pub(crate) fn scope(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let text = text(node, "a scope such as `orders/read`", problems)?;
    let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
    if is_token {
        return Some(text.into_owned());
    }
    let expected = "expected one scope without spaces, such as `orders/read`";
    problems.note(node, format_args!("found `{}`, {expected}", shortened(&text)));
    None
}

pub(crate) fn boolean(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<bool> {
    match node.text() {
        "true" => Some(true),
        "false" => Some(false),
        _ => {
            problems.note(node, format_args!("found {}, expected `true` or `false`", node.described()));
            None
        }
    }
}

pub(crate) fn issuer(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    name(node, "the name of an entry of ISSUERS_FILE", problems)
}

/// The id of a client. `*` would be read as any.
pub(crate) fn client(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<String> {
    let text = name(node, "the id of a client", problems)?;
    if text == "*" {
        problems.note(node, "found `*`, expected the ids of clients, or no `clients` where any is meant");
        return None;
    }
    Some(text)
}

/// The word `true`, and nothing else.
pub(crate) fn authenticated(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<()> {
    only_true(node, "authenticated", problems)
}

/// The word `true` as the value of this member, and nothing else.
pub(crate) fn only_true(node: &Node<'_>, member: &str, problems: &mut Problems<'_>) -> Option<()> {
    if node.text() == "true" {
        return Some(());
    }
    problems.note(node, format_args!("found {}, expected `true` or no `{member}` at all", node.described()));
    None
}

/// The value of a claim: any JSON, without a member named twice, and without an object that asks for nothing.
pub(crate) fn claim_value(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<Value> {
    match serde_json::from_str(node.text()) {
        Ok(Strict(value)) if asks_for_nothing(&value) => {
            problems.note(
                node,
                "found an empty object, expected members that the claim must have, or the name in `present`",
            );
            None
        }
        Ok(Strict(value)) => Some(value),
        Err(error) => {
            let text = error.to_string();
            // The place in the value is no place in the document.
            problems.note(node, text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem));
            None
        }
    }
}

fn asks_for_nothing(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty() || members.values().any(asks_for_nothing),
        Value::Array(elements) => elements.iter().any(asks_for_nothing),
        _ => false,
    }
}

/// Why a name cannot be one that the backend reads in `$context.authorizer`.
pub(crate) fn context_name_problem(name: &str) -> Option<String> {
    let well_formed = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if well_formed && !RESERVED_CONTEXT_NAMES.contains(&name) {
        return None;
    }
    let reserved = RESERVED_CONTEXT_NAMES.join(", ");
    let found = format!("found the context name `{}`", shortened(name));
    Some(if well_formed {
        format!("{found}, expected another name than these, which are taken: {reserved}")
    } else {
        format!("{found}, expected ASCII letters, digits and `_`")
    })
}
