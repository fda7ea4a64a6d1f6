//! Which findings does the document's author know of?

use super::node::Node;
use super::object::Object;
use super::problem::Problems;
use super::values;

/// A finding that the document asks to leave out: `{"code": "...", "route": "...", "reason": "..."}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The finding's code.
    pub code: String,
    /// The one route that is meant, as the document writes it; `None`: all of them.
    pub route: Option<String>,
    /// Why it is left out, for people.
    pub reason: String,
}

/// Reads the member `lint`.
pub(super) fn ignores(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<Vec<Ignore>> {
    let object = Object::read(node, &["ignore"], problems)?;
    let Some(list) = object.get("ignore") else {
        if !object.means("ignore") {
            problems.note(node, "found no member `ignore`, expected a list of findings to leave out");
        }
        return None;
    };
    values::list(list, "{\"code\": \"route_never_allowed\", \"reason\": \"…\"}", ignore, problems)
}

fn ignore(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<Ignore> {
    let object = Object::read(node, &["code", "route", "reason"], problems)?;
    for name in ["code", "reason"] {
        if !object.means(name) {
            problems.note(node, format_args!("found no member `{name}`, expected `code` and `reason`"));
        }
    }
    let route = object.get("route").and_then(|node| values::route(node, problems));
    Some(Ignore {
        code: object.get("code").and_then(|node| values::code(node, problems))?,
        route: route.map(|route| route.to_string()),
        reason: object.get("reason").and_then(|node| values::reason(node, problems))?,
    })
}
