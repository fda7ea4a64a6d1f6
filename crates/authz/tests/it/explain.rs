//! What `authz explain` says of a request.

use crate::{answer, authz_in, folder, remarks};
use serde_json::Value;

const DOCUMENT: &str = r#"{"permissions":[
    {"scopes":["orders/read"],"allow":["GET /orders/{id}"]},
    {"scopes":["orders/read"],"groups":["audit"],"allow":["GET /orders/export"]},
    {"groups":["support"],"allow":["ANY /orders/{id}"]},
    {"claims":{"custom:frozen":"true"},"deny":["DELETE /{any+}"]},
    {"authenticated":true,"allow":["GET /users/${sub}"]}]}"#;

/// Each line but those of the policy.
fn told(arguments: &[&str]) -> String {
    let folder =
        folder(&format!("explain-{}", arguments.join("-").replace(['/', '$'], "_")), &[("permissions.json", DOCUMENT)]);
    let output = authz_in(&folder, &[&["explain"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{arguments:?} {}", remarks(&output));
    answer(&output).split("\n\npolicy: ").next().unwrap().to_owned()
}

#[test]
fn the_answer_its_rule_and_what_is_missing_are_told() {
    for (arguments, expected) in [
        (
            &["GET", "/orders/7", "--scopes", "orders/read"][..],
            "allowed GET /orders/7\n  allowed by permissions[0].allow `GET /orders/{id}`",
        ),
        (
            &["GET", "/orders/7"],
            "refused GET /orders/7
  nothing allows it
  would open it: scope orders/read, by permissions[0]
  would open it: group support, by permissions[2]",
        ),
        (
            &["DELETE /orders/7", "--claim", "custom:frozen=true"],
            "refused DELETE /orders/7
  denied by permissions[3].deny `DELETE /{any+}`
  would not be enough: group support, for permissions[2]; in the way: permissions[3].deny `DELETE /{any+}`
  nothing that is added to the token opens it",
        ),
        (
            &["GET", "/orders/export", "--scopes", "orders/read"],
            "refused GET /orders/export
  permissions[0].allow `GET /orders/{id}` yields to the literal of `GET /orders/export`
  would open it: group audit, by permissions[1]",
        ),
        (
            &["GET", "/users/9", "--claim", "sub=8"],
            "refused GET /users/9
  nothing allows it
  would open it: sub = \"9\", by permissions[4]",
        ),
        (&["GET", "/none"], "refused GET /none\n  nothing allows it\n  nothing that is added to the token opens it"),
    ] {
        assert_eq!(told(arguments), expected, "{arguments:?}");
    }
}

#[test]
fn the_policy_and_its_bytes_are_told_as_the_function_answers_them() {
    let folder =
        folder("explain-json", &[("permissions.json", DOCUMENT), ("claims.json", r#"{"scope":"orders/read"}"#)]);
    let output = authz_in(&folder, &["explain", "GET", "/orders/7", "--claims", "claims.json", "--format", "json"]);
    let found: Value = serde_json::from_str(&answer(&output)).unwrap();
    assert_eq!((&found["allowed"], &found["by"]["permission"]), (&Value::from(true), &Value::from(0)));
    let policy = &found["policy"];
    assert_eq!(policy["bytes"], policy["document"].to_string().len());
    // It is the policy that is kept: it has more than the requested method.
    assert!(policy["document"].to_string().contains("/GET/orders/*"), "{policy}");
    assert!(policy["cached"].as_str().unwrap().starts_with("while it is cached"), "{policy}");
}

#[test]
fn what_is_no_request_or_no_claims_of_a_token_is_a_mistake() {
    let files = [
        ("permissions.json", DOCUMENT),
        ("list.json", "[]"),
        ("twice.json", r#"{"sub":"a","sub":"b"}"#),
        ("scope.json", r#"{"scope":["a"]}"#),
        ("groups.json", r#"{"cognito:groups":"a"}"#),
    ];
    let folder = folder("explain-mistakes", &files);
    for (arguments, code) in [
        (&["GET", "/orders/{id}"][..], 2),
        (&["ANY", "/orders/7"], 2),
        (&["/orders/7"], 2),
        (&["GET", "/a", "--claim", "custom:frozen"], 2),
        (&["GET", "/a", "--claim", "scope=a"], 2),
        (&["GET", "/a", "--claims", "list.json"], 3),
        (&["GET", "/a", "--claims", "twice.json"], 3),
        (&["GET", "/a", "--claims", "scope.json"], 3),
        (&["GET", "/a", "--claims", "groups.json"], 3),
        (&["GET", "/a", "--document", "missing.json"], 3),
    ] {
        let output = authz_in(&folder, &[&["explain"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {}", remarks(&output));
        assert!(answer(&output).is_empty(), "{arguments:?}");
    }
}
