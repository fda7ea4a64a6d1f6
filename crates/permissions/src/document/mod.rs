//! What does the permission document say, and is all of it meant?
//!
//! Reading is strict, because what is misread here is granted: unknown and duplicate keys, `null`, empty lists and
//! malformed routes are errors. All errors of a document are told at once, each with its place.

mod entry;
mod ignore;
mod node;
mod object;
mod place;
mod problem;
mod syntax;
mod text;
pub(crate) mod values;

pub use ignore::Ignore;
pub use place::{Place, Position, Step};
pub use problem::{InvalidDocument, Problem};
pub use values::RESERVED_CONTEXT_NAMES;

use crate::pattern::Effect;
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::{Route, Segment};
use crate::spelling::Spelling;
use std::collections::BTreeSet;

pub(crate) use node::Node;
pub(crate) use object::Object;
pub(crate) use problem::Problems;

pub(crate) fn parse(json: &[u8]) -> Result<Permissions, InvalidDocument> {
    read_as(json, Document::read).map(Permissions::from)
}

/// Reads a document as `read` does, and tells all problems that it notes.
pub(crate) fn read_as<T>(
    json: &[u8],
    read: impl FnOnce(&Node<'_>, &mut Problems<'_>) -> Option<T>,
) -> Result<T, InvalidDocument> {
    let unreadable = |(offset, problem): (usize, std::borrow::Cow<'static, str>)| {
        InvalidDocument::unreadable(json, offset, problem.into_owned())
    };
    let document = text::read(json).map_err(unreadable)?;
    let top = Node::top(document).map_err(|error| syntax::invalid(document, &error))?;
    let mut problems = Problems::new(document);
    let read = read(&top, &mut problems);
    problems.settle(read)
}

/// The members of the document.
struct Document {
    permissions: Vec<Permission>,
    routes: Vec<Route>,
    complete: bool,
    context: Option<Vec<(String, String)>>,
    trigger_claims: Vec<String>,
    ignores: Vec<Ignore>,
}

const MEMBERS: [&str; 7] = ["$schema", "permissions", "routes", "complete", "context", "triggerClaims", "lint"];

impl Document {
    fn read(top: &Node<'_>, problems: &mut Problems<'_>) -> Option<Self> {
        let object = Object::read(top, &MEMBERS, problems)?;
        if let Some(schema) = object.get("$schema") {
            values::text(schema, "the place of the schema, such as `./permissions.schema.json`", problems);
        }
        let trigger_claims = object.get("triggerClaims");
        let trigger_claims = trigger_claims
            .and_then(|node| values::list(node, "\"custom:frozen\"", values::claim_name, problems))
            .unwrap_or_default();
        let routes = object.get("routes").and_then(|node| values::list(node, entry::ROUTE, values::route, problems));
        let complete = object.get("complete").and_then(|node| values::boolean(node, problems));
        let context = object.get("context").and_then(|node| context(node, problems));
        let ignores = object.get("lint").and_then(|node| ignore::ignores(node, problems));
        let Some(permissions) = object.get("permissions") else {
            if !object.means("permissions") {
                problems.note(top, "found no member `permissions`, expected a list of permissions");
            }
            return None;
        };
        Some(Self {
            permissions: read_permissions(permissions, &trigger_claims, problems),
            routes: routes.unwrap_or_default(),
            complete: complete.unwrap_or_default(),
            context,
            trigger_claims,
            ignores: ignores.unwrap_or_default(),
        })
    }
}

fn read_permissions(node: &Node<'_>, by_trigger: &[String], problems: &mut Problems<'_>) -> Vec<Permission> {
    let Some(elements) = node.elements() else {
        problems.note(node, format_args!("found {}, expected a list of permissions", node.described()));
        return Vec::new();
    };
    if elements.is_empty() {
        problems.note(node, "found an empty list, expected at least one permission");
    }
    elements.iter().filter_map(|node| entry::permission(node, by_trigger, problems)).collect()
}

/// Names that the backend reads, and the claims whose values they get.
fn context(node: &Node<'_>, problems: &mut Problems<'_>) -> Option<Vec<(String, String)>> {
    let mut names = Vec::new();
    for member in object::members(node, "an object such as {\"userId\": \"sub\"}", problems)? {
        if let Some(problem) = values::context_name_problem(member.name()) {
            problems.note_at(member.value().place(), member.name_range(), problem);
        }
        if let Some(claim) = values::claim_name(member.value(), problems) {
            names.push((member.name().to_owned(), claim));
        }
    }
    Some(names)
}

impl From<Document> for Permissions {
    fn from(document: Document) -> Self {
        let Document { permissions, routes: listed, complete, context, trigger_claims, ignores } = document;
        let rules = |effect| permissions.iter().flat_map(move |permission| permission.routes(effect));
        let catalog = each_once(rules(Effect::Allow).chain(&listed));
        let claims = claims_in(rules(Effect::Allow).chain(rules(Effect::Deny)));
        let literals = rules(Effect::Deny).chain(&catalog).flat_map(Route::literals);
        let spelling = Spelling::new(literals, !claims_in(rules(Effect::Deny)).is_empty());
        Self { all: permissions, catalog, complete, claims, context, spelling, listed, trigger_claims, ignores }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn message(json: &str) -> String {
        parse(json.as_bytes()).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn the_documented_example_is_understood() {
        let map = parse(include_bytes!("../../../../permissions.json")).unwrap();
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
