//! Where do an API and a permission document say different things?

use super::Api;
use super::access::{Access, Condition, described, shortest};
use crate::output::{Finding, Level};
use permissions::{Effect, Permission, Permissions, Route, Segment, Verb};
use std::collections::BTreeSet;
use std::path::Path;

/// What differs, each cause once; empty when nothing does.
pub(crate) fn findings(api: &Api, permissions: &Permissions, file: &Path) -> Vec<Finding> {
    let finding = |code, message: &str, help: &str, examples: Vec<String>| Finding {
        code,
        level: Level::Error,
        message: format!("{message}: {}", examples.len()),
        examples,
        help: Some(help.to_owned()),
        file: file.display().to_string(),
        spots: Vec::new(),
        related: Vec::new(),
        see: None,
        source: None,
    };
    let all = [
        finding(
            "route-not-mentioned",
            "routes of the API that the document does not mention",
            "name them in an `allow`, or in `routes` if nobody may call them",
            not_mentioned(api, permissions),
        ),
        finding(
            "route-unknown",
            "routes of the document that the API does not have",
            "the API lost them, or they are misspelt",
            unknown(api, permissions),
        ),
        finding(
            "conditions-differ",
            "routes for which the API and the document ask for different things",
            "the document is what counts",
            differing(api, permissions),
        ),
    ];
    all.into_iter().filter(|finding| !finding.examples.is_empty()).collect()
}

fn not_mentioned(api: &Api, permissions: &Permissions) -> Vec<String> {
    let mentioned = |route: &Route| permissions.catalog().iter().any(|known| covers(known, route));
    let missing = api.operations.iter().filter(|(route, _)| !mentioned(route));
    missing.map(|(route, _)| route.text().to_owned()).collect()
}

/// Routes, of denies too, that cover none of the API's. A literal where the API has a parameter is no route of the API.
fn unknown(api: &Api, permissions: &Permissions) -> Vec<String> {
    let denied = permissions.permissions().iter().flat_map(|permission| permission.routes(Effect::Deny));
    let named: BTreeSet<&Route> = permissions.catalog().iter().chain(denied).collect();
    let known = |named: &Route| named.is_connect() || api.operations.iter().any(|(route, _)| concerns(named, route));
    named.into_iter().filter(|route| !known(route)).map(|route| route.text().to_owned()).collect()
}

fn differing(api: &Api, permissions: &Permissions) -> Vec<String> {
    let mut found = Vec::new();
    for (route, access) in api.operations.iter().filter(|(_, access)| is_comparable(access)) {
        let (Some(given), asked) = (given(route, permissions), shortest(&access.alternatives)) else { continue };
        if given != asked {
            found.push(format!(
                "{route}: the API asks for {}; the document for {}",
                described(&asked),
                described(&given)
            ));
        }
    }
    found
}

/// Many specifications ask for a token and leave the rest to the API. Only what they say can differ.
fn is_comparable(access: &Access) -> bool {
    access.names_conditions() && !access.open && !access.delegated
}

/// Who may call the route by the document, denies aside; `None` when the document does not mention it.
fn given(route: &Route, permissions: &Permissions) -> Option<BTreeSet<Condition>> {
    let covering = |known: &&Route| covers(known, route);
    let named: Vec<&Route> = permissions.catalog().iter().filter(covering).collect();
    // As the engine does: a route gives way to one that is named and has the literal.
    let counts = |known: &Route| !named.iter().any(|other| other.beats(known));
    let applies =
        |permission: &&Permission| permission.allow().iter().any(|known| covers(known, route) && counts(known));
    let alternatives = permissions.permissions().iter().filter(applies).map(condition).collect();
    (!named.is_empty()).then(|| shortest(&alternatives))
}

fn condition(permission: &Permission) -> Condition {
    Condition {
        scopes: permission.scopes().iter().cloned().collect(),
        groups: permission.groups().iter().cloned().collect(),
        claims: permission.claims().iter().map(|(name, value)| (name.clone(), value.to_string())).collect(),
    }
}

/// Does every request of the API's route fall under the document's? A claim's value is one text of a parameter's: there the
/// document says for whom.
fn covers(known: &Route, route: &Route) -> bool {
    (known.verb() == Verb::Any || known.verb() == route.verb()) && path_covers(known.segments(), route.segments())
}

/// Is the document's route about this one of the API, or some verb of it?
fn concerns(known: &Route, route: &Route) -> bool {
    let verbs = known.verb() == Verb::Any || route.verb() == Verb::Any || known.verb() == route.verb();
    verbs && path_covers(known.segments(), route.segments())
}

fn path_covers(known: &[Segment], path: &[Segment]) -> bool {
    match (known, path) {
        ([], []) | ([Segment::Greedy(_)], [_, ..]) => true,
        ([first, known @ ..], [segment, path @ ..]) => segment_covers(first, segment) && path_covers(known, path),
        _ => false,
    }
}

fn segment_covers(known: &Segment, segment: &Segment) -> bool {
    match (known, segment) {
        (Segment::Literal(known), Segment::Literal(text)) => known == text,
        (Segment::Parameter(_), Segment::Literal(_))
        | (Segment::Parameter(_) | Segment::Claim(_), Segment::Parameter(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::access::Access;

    /// An API with these routes, each with alternatives of scopes.
    fn api(operations: &[(&str, &[&[&str]])]) -> Api {
        let condition = |scopes: &&[&str]| Condition {
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            ..Condition::default()
        };
        let operation = |(route, alternatives): &(&str, &[&[&str]])| {
            let alternatives = alternatives.iter().map(condition).collect();
            (route.parse().unwrap(), Access { alternatives, ..Access::default() })
        };
        Api { operations: operations.iter().map(operation).collect() }
    }

    fn drift(operations: &[(&str, &[&[&str]])], document: &str) -> Vec<(&'static str, Vec<String>)> {
        let permissions = Permissions::parse(document.as_bytes()).unwrap();
        let found = findings(&api(operations), &permissions, Path::new("permissions.json"));
        found.into_iter().map(|finding| (finding.code, finding.examples)).collect()
    }

    #[test]
    fn a_document_that_says_what_the_api_says_has_not_drifted() {
        let document = r#"{"permissions":[
            {"scopes":["r"],"allow":["GET /orders","GET /orders/{orderId}"]},
            {"scopes":["w"],"allow":["ANY /users/${sub}/{rest+}"]},
            {"claims":{"custom:frozen":"true"},"deny":["DELETE /{any+}"]}],"routes":["GET /health"]}"#;
        let operations: &[(&str, &[&[&str]])] = &[
            ("GET /health", &[]),
            ("GET /orders", &[&["r"]]),
            ("GET /orders/{id}", &[&["r"]]),
            ("DELETE /users/{id}/{rest+}", &[&["w"]]),
            ("GET /users/{id}/cards/{card}", &[&["w"]]),
        ];
        assert_eq!(drift(operations, document), []);
    }

    #[test]
    fn each_kind_of_drift_is_found() {
        let document = r#"{"permissions":[
            {"scopes":["r"],"allow":["GET /orders","GET /orders/{id}","GET /gone","GET /orders/export"]}]}"#;
        let operations: &[(&str, &[&[&str]])] =
            &[("GET /orders", &[&["r"]]), ("GET /orders/{id}", &[&["r", "pii"]]), ("PUT /orders", &[&["w"]])];
        assert_eq!(
            drift(operations, document),
            [
                ("route-not-mentioned", vec!["PUT /orders".to_owned()]),
                ("route-unknown", vec!["GET /gone".to_owned(), "GET /orders/export".to_owned()]),
                (
                    "conditions-differ",
                    vec![
                        "GET /orders/{id}: the API asks for scope pii and scope r; the document for scope r".to_owned()
                    ]
                ),
            ]
        );
    }

    #[test]
    fn a_named_literal_is_not_opened_by_the_parameter_beside_it() {
        let document = r#"{"permissions":[
            {"scopes":["r"],"allow":["GET /orders/{id}"]},{"scopes":["admin"],"allow":["GET /orders/export"]}]}"#;
        let operations: &[(&str, &[&[&str]])] =
            &[("GET /orders/export", &[&["admin"]]), ("GET /orders/{id}", &[&["r"]])];
        assert_eq!(drift(operations, document), []);
    }

    #[test]
    fn scopes_are_compared_only_where_the_api_names_them() {
        let document = r#"{"permissions":[{"scopes":["r"],"allow":["GET /a","GET /b"]}],"routes":["GET /c"]}"#;
        let operations: &[(&str, &[&[&str]])] = &[("GET /a", &[&[]]), ("GET /b", &[]), ("GET /c", &[&["r"]])];
        assert_eq!(
            drift(operations, document),
            [("conditions-differ", vec!["GET /c: the API asks for scope r; the document for nobody".to_owned()])]
        );
    }

    #[test]
    fn alternatives_may_come_in_any_order_and_with_needless_ones() {
        let document = r#"{"permissions":[{"scopes":["b"],"allow":["GET /a"]},{"scopes":["a"],"allow":["GET /a"]}]}"#;
        let operations: &[(&str, &[&[&str]])] = &[("GET /a", &[&["a"], &["b"], &["a", "b"]])];
        assert_eq!(drift(operations, document), []);
    }
}
