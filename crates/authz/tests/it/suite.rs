//! What `authz test` says of test files.

use crate::{answer, authz, authz_in, folder, remarks};
use serde_json::Value;

const DOCUMENT: &str = r#"{"permissions":[
    {"scopes":["orders/read"],"allow":["GET /orders","GET /orders/{id}"]},
    {"groups":["admin"],"allow":["DELETE /orders/{id}"]},
    {"claims":{"custom:frozen":"true"},"deny":["DELETE /{any+}"]},
    {"groups":["admin"],"scopes":["orders/read"],"allow":["GET /orders"]}]}"#;

fn suite(tests: &str) -> String {
    format!(
        r#"{{"document":"permissions.json","callers":{{"reader":{{"scopes":["orders/read"]}},"admin":{{"groups":["admin"]}}}},"tests":[{tests}]}}"#
    )
}

fn run(name: &str, tests: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = folder(name, &[("permissions.json", DOCUMENT), ("x.authz-test.json", &suite(tests))]);
    let output = authz_in(&folder, &[&["test"], arguments].concat());
    (output.status.code(), answer(&output), remarks(&output))
}

#[test]
fn the_sample_document_passes_its_own_tests_and_they_hold_all_of_it() {
    let output = authz(&["test", "../../permissions.authz-test.json", "--min-coverage", "1/1"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", answer(&output), remarks(&output));
}

#[test]
fn a_test_that_does_not_hold_says_what_the_document_says() {
    for (tests, problem) in [
        (r#"{"caller":"reader","can":["DELETE /orders/7"]}"#, "nothing allows it"),
        (r#"{"caller":"reader","cannot":["GET /orders/7"]}"#, "allowed by permissions[0].allow `GET /orders/{id}`"),
        (
            r#"{"caller":"reader","can":[{"request":"GET /orders","by":3}]}"#,
            "allowed by permissions[0].allow `GET /orders`",
        ),
        (
            r#"{"caller":"reader","only":["GET /orders","GET /me"]}"#,
            "can also call GET /orders/x1, allowed by permissions[0].allow `GET /orders/{id}`; cannot call GET /me: nothing allows it",
        ),
        (r#"{"caller":"reader","policy_bytes_at_most":10}"#, " bytes"),
        (
            r#"{"nobody":"DELETE /orders/{id}","unless":[{"groups":["owner"]}]}"#,
            "DELETE /orders/x1 for group admin: allowed by permissions[1].allow `DELETE /orders/{id}`",
        ),
        (
            r#"{"everyone":"DELETE /orders/{id}","who":{"groups":["admin"]}}"#,
            "DELETE /orders/x1 for group admin and custom:frozen = \"true\": denied by permissions[2].deny `DELETE /{any+}`",
        ),
    ] {
        let (code, answer, _) = run("suite-red", tests, &[]);
        assert!(answer.contains("FAIL") && answer.contains(problem), "{tests}: {answer}");
        assert_eq!(code, Some(1), "{tests}");
    }
}

#[test]
fn promises_that_hold_are_green() {
    let (code, answer, _) = run(
        "suite-green",
        r#"{"nobody":"DELETE /orders/{id}","unless":[{"groups":["admin"]}]},
           {"everyone":"GET /orders/{id}","who":{"scopes":["orders/read"]}},
           {"everyone":"DELETE /orders/{id}","who":{"groups":["admin"]},"unless":[{"claims":{"custom:frozen":"true"}}]},
           {"caller":"reader","only":["GET /orders","GET /orders/{id}"]}"#,
        &[],
    );
    assert_eq!(code, Some(0), "{answer}");
    assert!(answer.ends_with("4 tests, 0 failed\n"), "{answer}");
}

#[test]
fn a_test_file_can_be_yaml() {
    let text = "document: permissions.json
callers:
  reader: { scopes: [orders/read] }
tests:
  - caller: reader
    can: [GET /orders, { request: GET /orders/7, by: 0 }]
    cannot: [DELETE /orders/7]
  - nobody: DELETE /orders/{id}
    unless:
      - groups: [admin]
";
    let folder = folder(
        "suite-yaml",
        &[
            ("permissions.json", DOCUMENT),
            ("tests/x.authz-test.yaml", &text.replace("permissions.json", "../permissions.json")),
        ],
    );
    let output = authz_in(&folder, &["test"]);
    assert!(answer(&output).ends_with("4 tests, 0 failed\n"), "{}{}", answer(&output), remarks(&output));
    let twice = folder_of_twice(text);
    assert!(twice.contains("twice") || twice.contains("duplicate"), "{twice}");
}

fn folder_of_twice(text: &str) -> String {
    let text = text.replace("callers:\n", "callers:\n  reader: { scopes: [a] }\n");
    let folder = folder("suite-yaml-twice", &[("permissions.json", DOCUMENT), ("x.authz-test.yaml", &text)]);
    remarks(&authz_in(&folder, &["test"])).to_lowercase()
}

#[test]
fn coverage_names_what_is_not_noticed_with_a_test_that_would_and_what_cannot_be() {
    let tests = r#"{"caller":"reader","can":["GET /orders"]},{"caller":"admin","can":["DELETE /orders/7"]}"#;
    let (code, answer, remark) = run("suite-coverage", tests, &["--coverage", "--min-coverage", "6/11"]);
    assert_eq!((code, remark.as_str()), (Some(1), "coverage: found 5 of 11, expected at least 6 of 11\n"), "{answer}");
    let expected = r#"permissions.json: the tests notice 5 of 11, 3 cannot be noticed
  not noticed: without permissions[0].allow `GET /orders/{id}`
    this test would: {"caller":{"scopes":["orders/read"]},"can":["GET /orders/x1"]}
"#;
    assert!(answer.contains(expected), "{answer}");
    assert!(answer.contains("cannot be noticed: without permissions[3].allow `GET /orders`\n"), "{answer}");
    assert_eq!(run("suite-coverage", tests, &["--min-coverage", "5/11"]).0, Some(0));
}

#[test]
fn each_test_that_coverage_proposes_is_noticed_when_it_is_pasted() {
    let (_, answer, _) =
        run("suite-paste", r#"{"caller":"reader","can":["GET /orders"]}"#, &["--coverage", "--format", "json"]);
    let found: Value = serde_json::from_str(&answer).unwrap();
    let missing = found["coverage"][0]["missing"].as_array().unwrap();
    let pasted: Vec<String> = missing.iter().map(|one| one["test"].to_string()).collect();
    let tests = format!(r#"{{"caller":"reader","can":["GET /orders"]}},{}"#, pasted.join(","));
    let (code, answer, _) = run("suite-paste", &tests, &["--min-coverage", "1/1"]);
    assert_eq!((code, pasted.is_empty()), (Some(0), false), "{answer}");
}

#[test]
fn a_report_for_test_runs_counts_failures_and_escapes_names() {
    let tests = r#"{"caller":{"claims":{"custom:a":"<&\">"}},"can":["GET /nothing"]},{"caller":"reader","can":["GET /orders"]}"#;
    let (code, answer, _) = run("suite-junit", tests, &["--format", "junit"]);
    assert_eq!(code, Some(1));
    assert!(answer.contains("<testsuites name=\"authz\" tests=\"2\" failures=\"1\">"), "{answer}");
    assert!(answer.contains("custom:a = &quot;&lt;&amp;\\&quot;&gt;&quot; can GET /nothing"), "{answer}");
}

#[test]
fn a_test_file_that_is_not_understood_ends_with_3_and_names_the_place() {
    for (text, problem) in [
        (suite(""), "at `tests`: found an empty list"),
        (suite("{}"), "at `tests[0]`: found nothing to check"),
        (suite(r#"{"caller":"nobody","can":["GET /a"]}"#), "found the caller `nobody`, expected one of admin, reader"),
        (suite(r#"{"can":["GET /a"]}"#), "at `tests[0]`: found no `caller`"),
        (suite(r#"{"caller":"reader","can":["/a"]}"#), "found the request `/a`, expected one such as `GET /orders/7`"),
        (suite(r#"{"caller":"reader","cann":["/a"]}"#), "unknown field `cann`"),
        (
            r#"{"document":"permissions.json","callers":{"a":{},"a":{}},"tests":[]}"#.to_owned(),
            "found a member name twice",
        ),
        (r#"{"document":"absent.json","tests":[{"everyone":"GET /a"}]}"#.to_owned(), "absent.json: "),
    ] {
        let folder = folder("suite-malformed", &[("permissions.json", DOCUMENT), ("x.authz-test.json", &text)]);
        let output = authz_in(&folder, &["test"]);
        assert_eq!((output.status.code(), answer(&output)), (Some(3), String::new()), "{text}");
        assert!(remarks(&output).contains(problem), "{text}: {}", remarks(&output));
    }
    let empty = folder("suite-none", &[("permissions.json", DOCUMENT)]);
    assert_eq!(authz_in(&empty, &["test"]).status.code(), Some(3));
}
