//! The cases of `tests/vectors/issuers.json`: tokens by every algorithm and of every kind of issuer, each put to all entries
//! at once, and each with its one outcome. `make vectors` makes the file anew; `make differential` asks other verifiers.

use crate::issuers::authorizer;
use cognito_authorizer::authorizer::Refusal;
use cognito_authorizer::clock::UnixTime;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;
use testkit::{ScriptedSource, decide};

static FILE: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/issuers.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

#[test]
fn every_algorithm_and_kind_has_cases_with_names_and_sources() {
    let cases = FILE["cases"].as_array().unwrap();
    let names: HashSet<&str> = cases.iter().map(|case| text(case, "name")).collect();
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        *families.entry(text(case, "family")).or_default() += 1;
    }
    assert_eq!(names.len(), cases.len());
    assert!(cases.len() >= 300 && families.len() == 16 && families.values().all(|count| *count >= 20), "{families:?}");
    assert!(cases.iter().all(|case| !text(case, "source").is_empty()));
}

#[tokio::test]
async fn every_case_has_its_outcome_among_all_entries() {
    let entries: Vec<&Value> = FILE["issuers"].as_array().unwrap().iter().collect();
    let permissions =
        json!({"permissions": [{"anyIssuer": true, "scopes": ["orders/read"], "allow": ["GET /orders"]}]});
    let authorizer =
        authorizer(&entries, &permissions, |name| ScriptedSource::new([Ok(FILE["jwks"][name].to_string())]));
    let now = UnixTime::from_seconds(FILE["now"].as_u64().unwrap());
    let mut wrong = Vec::new();
    for case in FILE["cases"].as_array().unwrap() {
        let found = match decide(&authorizer, text(case, "token"), "GET/orders", now).await {
            Ok(decision) if decision.permitted && decision.claims.entry() == Some(text(case, "entry")) => "accept",
            Ok(_) => "accepted as another issuer's, or without its scopes",
            Err(Refusal::InvalidToken(error)) => error.reason(),
            Err(Refusal::KeysUnavailable { .. }) => "no keys",
        };
        if found != text(case, "expect") {
            wrong.push(format!("{}: found {found}, expected {}", text(case, "name"), text(case, "expect")));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
