//! What `authz diff` says of two documents.

use crate::{answer, authz_in, folder, remarks};
use serde_json::Value;
use std::process::Command;

const OLD: &str = r#"{"permissions":[
    {"scopes":["orders/read"],"allow":["GET /orders","GET /orders/{id}"]},
    {"scopes":["orders/export"],"allow":["GET /orders/export"]}]}"#;
const NEW: &str = r#"{"permissions":[
    {"scopes":["orders/read"],"allow":["GET /orders","GET /orders/{id}"]}],
    "context":{"userId":"sub"}}"#;

#[test]
fn taking_a_permission_away_can_open_a_route_to_somebody_else() {
    let folder = folder("diff", &[("old.json", OLD), ("new.json", NEW)]);
    let output = authz_in(&folder, &["diff", "old.json", "new.json"]);
    assert_eq!(
        answer(&output),
        "gained GET /orders/export
  for scope orders/read
  by permissions[0].allow `GET /orders/{id}`
  before: permissions[0].allow `GET /orders/{id}` yields to the literal of `GET /orders/export`
lost GET /orders/export
  for scope orders/export
  by permissions[1].allow `GET /orders/export`
  now: nothing allows it
the context's names or claims differ
"
    );
    for (arguments, code) in [
        (&["old.json", "new.json"][..], 1),
        (&["old.json", "old.json"], 0),
        (&["old.json", "old.json", "--fail-on", "gain,loss"], 0),
        (&["old.json", "new.json", "--fail-on", "never"], 0),
        (&["old.json"], 2),
        (&["old.json", "new.json", "--against", "HEAD"], 2),
        (&["old.json", "absent.json"], 3),
        (&["new.json", "--against", "--output=x"], 2),
    ] {
        let output = authz_in(&folder, &[&["diff"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {}", remarks(&output));
    }
}

#[test]
fn an_equivalent_document_is_called_so() {
    let other = r#"{"permissions":[
        {"scopes":["orders/export"],"allow":["GET /orders/export"]},
        {"scopes":["orders/read"],"allow":["GET /orders/{number}","GET /orders"]}]}"#;
    let folder = folder("diff-equivalent", &[("old.json", OLD), ("new.json", other)]);
    let output = authz_in(&folder, &["diff", "old.json", "new.json"]);
    assert_eq!(answer(&output), "equivalent: both documents allow everybody the same\n");
}

#[test]
fn programs_and_pull_requests_get_the_same_answer() {
    let folder = folder("diff-formats", &[("old.json", OLD), ("new.json", NEW)]);
    let output = authz_in(&folder, &["diff", "old.json", "new.json", "--format", "json"]);
    let found: Value = serde_json::from_str(&answer(&output)).unwrap();
    assert_eq!((&found["version"], &found["equivalent"]), (&1.into(), &false.into()));
    assert_eq!(found["gained"][0]["claims"]["scope"], "orders/read");
    assert_eq!(found["gained"][0]["path"], "/orders/export");
    assert_eq!(found["lost"][0]["by"]["permission"], 1);
    let markdown = answer(&authz_in(&folder, &["diff", "old.json", "new.json", "--format", "markdown"]));
    assert!(markdown.contains("| `GET /orders/export` | `scope orders/read` |"), "{markdown}");
}

#[test]
fn the_old_document_can_come_from_git() {
    let folder = folder("diff-git", &[("permissions.json", OLD)]);
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "permissions.json"],
        &["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "first"],
    ] {
        assert!(Command::new("git").args(arguments).current_dir(&folder).status().unwrap().success(), "{arguments:?}");
    }
    std::fs::write(folder.join("permissions.json"), NEW).unwrap();
    let output = authz_in(&folder, &["diff", "--against", "HEAD", "permissions.json"]);
    assert!(answer(&output).starts_with("gained GET /orders/export\n"), "{}", remarks(&output));
    let output = authz_in(&folder, &["diff", "--against", "nowhere", "permissions.json"]);
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn what_is_not_analysed_is_no_answer() {
    let tied = r#"{"permissions":[{"claims":{"scope":"a b"},"allow":["GET /a"]}]}"#;
    let folder = folder("diff-tied", &[("old.json", tied), ("new.json", NEW)]);
    let output = authz_in(&folder, &["diff", "old.json", "new.json"]);
    assert_eq!((output.status.code(), answer(&output)), (Some(4), String::new()));
    assert!(remarks(&output).contains("not analysed: found the claim `scope`"), "{}", remarks(&output));
}
