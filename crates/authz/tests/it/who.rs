//! What `authz who` says of a route.

use crate::{answer, authz_in, folder, remarks};
use serde_json::Value;

const DOCUMENT: &str = r#"{"permissions":[
    {"scopes":["orders/read","orders/pii"],"allow":["GET /orders/{id}/pii"]},
    {"groups":["dpo"],"allow":["GET /orders/{id}/pii"]},
    {"scopes":["orders/read"],"groups":["dpo"],"allow":["GET /orders/{id}/pii"]},
    {"authenticated":true,"allow":["ANY /users/${sub}/{rest+}"]},
    {"groups":["support"],"allow":["GET /users/7/{rest+}"]},
    {"claims":{"custom:frozen":"true"},"deny":["DELETE /{any+}"]},
    {"authenticated":true,"deny":["PUT /users/${custom:rival}/{rest+}"]}],
    "routes":["GET /audit"]}"#;

#[test]
fn the_minimal_conditions_are_told_and_then_the_requests_with_other_ones() {
    let folder = folder("who", &[("permissions.json", DOCUMENT)]);
    for (route, expected) in [
        (
            "GET /orders/{id}/pii",
            "GET /orders/{id}/pii
  scope orders/read and scope orders/pii
  group dpo
",
        ),
        (
            "ANY /users/{id}/{rest+}",
            "ANY /users/{id}/{rest+}
  sub = {id}
DELETE /users/{id}/{rest+}
  sub = {id}, unless custom:frozen = \"true\"
PUT /users/{id}/{rest+}
  sub = {id}, unless (custom:rival = {id} or custom:rival cannot stand in a path)
GET /users/7/{rest+}
  sub = 7
  group support
",
        ),
        ("GET /audit", "GET /audit\n  nobody\n"),
    ] {
        let output = authz_in(&folder, &["who", route]);
        assert_eq!((answer(&output).as_str(), output.status.code()), (expected, Some(0)), "{}", remarks(&output));
    }
    let words = authz_in(&folder, &["who", "GET", "/audit"]);
    assert_eq!(answer(&words), "GET /audit\n  nobody\n");
}

#[test]
fn without_a_route_all_are_told_and_a_malformed_one_is_a_mistake() {
    let folder = folder("who-all", &[("document.json", DOCUMENT)]);
    let output = authz_in(&folder, &["who", "--document", "document.json", "--format", "json"]);
    let found: Value = serde_json::from_str(&answer(&output)).unwrap();
    assert_eq!(found["routes"].as_array().unwrap().len(), 4);
    assert_eq!(found["routes"][0]["requests"][0]["ways"][1]["conditions"], "group dpo");
    for (arguments, code) in [(&["who", "GRAB /a", "-d", "document.json"][..], 2), (&["who", "GET /a"], 3)] {
        let output = authz_in(&folder, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {}", remarks(&output));
    }
}

const OF_ISSUERS: &str = r#"{"permissions":[
    {"issuers":["okta"],"groups":["admin"],"allow":["GET /orders"]},
    {"issuers":["staff"],"scopes":["orders/read"],"allow":["GET /orders"]},
    {"anyIssuer":true,"clients":["batch"],"allow":["GET /orders"]}]}"#;

#[test]
fn of_issuers_and_clients_one_is_asked_about_and_without_one_there_is_no_answer() {
    let folder = folder("who-of", &[("permissions.json", OF_ISSUERS)]);
    let everybody = authz_in(&folder, &["who", "GET /orders"]);
    assert_eq!(everybody.status.code(), Some(4), "{}", remarks(&everybody));
    assert!(remarks(&everybody).contains("`--issuer NAME`, `--client ID`"), "{}", remarks(&everybody));
    for (issuer, client, expected) in [
        ("okta", "web", "GET /orders\n  group admin\n"),
        ("staff", "web", "GET /orders\n  scope orders/read\n"),
        ("other", "web", "GET /orders\n  nobody\n"),
        ("other", "batch", "GET /orders\n  anybody with a token\n"),
    ] {
        let output = authz_in(&folder, &["who", "GET /orders", "--issuer", issuer, "--client", client]);
        assert_eq!((answer(&output).as_str(), output.status.code()), (expected, Some(0)), "{issuer} {client}");
    }
    let without_client = authz_in(&folder, &["who", "GET /orders", "--issuer", "okta"]);
    assert_eq!(without_client.status.code(), Some(4), "{}", remarks(&without_client));
}
