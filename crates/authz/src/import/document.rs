//! Writes an API as a permission document.

use super::Api;
use super::access::Condition;
use super::remarks::{Cause, Remarks};
use permissions::{InvalidDocument, Permissions};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The document's text, always the same for the same API; `None` when the API lets nobody in who has a token, for which
/// the grammar has no document.
pub(crate) fn write(api: &Api) -> Option<Result<String, InvalidDocument>> {
    let mut permissions: BTreeMap<&Condition, Vec<&str>> = BTreeMap::new();
    for (route, access) in &api.operations {
        for condition in &access.alternatives {
            permissions.entry(condition).or_default().push(route.text());
        }
    }
    if permissions.is_empty() {
        return None;
    }
    let permission = |(condition, routes): (&Condition, Vec<&str>)| {
        let mut members = ordered(condition);
        members.push(("allow", list(&routes)));
        object(&members)
    };
    let mut members = vec![format!(
        "  \"permissions\": [\n    {}\n  ]",
        permissions.into_iter().map(permission).collect::<Vec<_>>().join(",\n    ")
    )];
    let shut = api.operations.iter().filter(|(_, access)| access.alternatives.is_empty());
    let shut: Vec<&str> = shut.map(|(route, _)| route.text()).collect();
    if !shut.is_empty() {
        members.push(format!("  \"routes\": {}", list(&shut).replace("\n    ", "\n")));
    }
    let text = format!("{{\n{}\n}}\n", members.join(",\n"));
    Some(Permissions::parse(text.as_bytes()).map(|_| text))
}

/// The conditions before the routes, as people write them.
fn ordered(condition: &Condition) -> Vec<(&'static str, String)> {
    let members: Map<String, Value> = condition.members();
    let names = ["authenticated", "scopes", "groups", "claims"];
    names.into_iter().filter_map(|name| members.get(name).map(|value| (name, value.to_string()))).collect()
}

fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("      \"{name}\": {value}")).collect();
    format!("{{\n{}\n    }}", members.join(",\n"))
}

/// One route a line, so that a change of one route is a change of one line.
fn list(routes: &[&str]) -> String {
    let routes: Vec<String> = routes.iter().map(|route| format!("        {}", Value::from(*route))).collect();
    format!("[\n{}\n      ]", routes.join(",\n"))
}

/// Says of which operations the document says less than one might think.
pub(crate) fn remark(api: &Api, remarks: &mut Remarks) {
    for (route, access) in &api.operations {
        if access.open {
            remarks.note(Cause::Open, route.text());
        }
        if access.delegated {
            remarks.note(Cause::Delegated, route.text());
        }
        if access.alternatives.iter().any(Condition::is_empty) {
            remarks.note(Cause::AnyToken, route.text());
        }
    }
}
