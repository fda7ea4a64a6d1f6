//! Cases that were worked out by hand.

use crate::questions::{Budget, Caller, Change, Facts, Index, Undecided, diff, explain};
use crate::{Method, Permissions};

fn document(permissions: &str) -> Permissions {
    Permissions::parse(format!("{{\"permissions\":[{permissions}]}}").as_bytes()).unwrap()
}

/// What is gained and what is lost, each witness as one line.
fn lines(old: &Permissions, new: &Permissions) -> (Vec<String>, Vec<String>) {
    let (old, new, facts) = (Index::new(old), Index::new(new), Facts::of_cognito());
    let found = diff(&old, &new, &facts, &mut Budget::default()).unwrap();
    let written = |gains: &[crate::questions::Gain<'_>]| gains.iter().map(|gain| gain.witness.to_string()).collect();
    (written(&found.gained), written(&found.lost))
}

#[test]
fn the_worked_example_has_the_witnesses_that_were_found_by_hand() {
    let kept = r#"{"scopes":["orders/read"],"allow":["GET /orders","GET /orders/{id}"]},
        {"authenticated":true,"allow":["ANY /users/${sub}/{rest+}"]},
        {"groups":["admin"],"allow":["DELETE /orders/{id}","GET /users/{id}/{rest+}"]}"#;
    let old = document(&format!(
        r#"{kept},{{"scopes":["orders/export"],"allow":["GET /orders/export"]}},
        {{"claims":{{"custom:frozen":"true"}},"deny":["DELETE /{{any+}}"]}},
        {{"authenticated":true,"deny":["GET /users/${{custom:rival}}/{{any+}}"]}}"#
    ));
    let new = document(&format!(r#"{kept},{{"claims":{{"custom:frozen":"true"}},"deny":["DELETE /users/{{any+}}"]}}"#));
    let (gained, lost) = lines(&old, &new);
    assert_eq!(
        gained,
        [
            "GET /orders/export for scope orders/read",
            "GET /users/x1/x2 for sub = \"x1\"",
            "DELETE /orders/x1 for group admin and custom:frozen = \"true\"",
            "GET /users/x1/x2 for group admin",
        ]
    );
    assert_eq!(lost, ["GET /orders/export for scope orders/export"]);
}

#[test]
fn small_documents_differ_where_they_were_seen_to() {
    let all =
        r#"{"authenticated":true,"allow":["DELETE /a","GET /a","HEAD /a","OPTIONS /a","PATCH /a","POST /a","PUT /a"]}"#;
    let open = |routes: &str| format!(r#"{{"authenticated":true,"allow":[{routes}]}}"#);
    let with = |routes: &str, more: &str| format!("{},{more}", open(routes));
    for (name, old, new, gained, lost) in [
        (
            "the root path",
            open("\"GET /a\""),
            open("\"GET /a\",\"GET /\""),
            vec!["GET / for anybody with a token"],
            vec![],
        ),
        (
            "ANY does not cover $connect",
            open("\"ANY /\",\"ANY /{r+}\""),
            open("\"ANY /\",\"ANY /{r+}\",\"$connect\""),
            vec!["$connect for anybody with a token"],
            vec![],
        ),
        (
            "all verbs one by one are not ANY",
            all.to_owned(),
            open("\"ANY /a\""),
            vec!["PROPFIND /a for anybody with a token"],
            vec![],
        ),
        (
            "ANY /{r+} is longer than ANY /{x}",
            open("\"ANY /{x}\""),
            open("\"ANY /{r+}\""),
            vec!["DELETE /x1/x2 for anybody with a token"],
            vec![],
        ),
        (
            "a literal under another verb does not win",
            open("\"GET /{x}\""),
            open("\"GET /{x}\",\"POST /a\""),
            vec!["POST /a for anybody with a token"],
            vec![],
        ),
        (
            "a deny on an absent claim",
            with("\"GET /{x}\"", r#"{"authenticated":true,"deny":["GET /${c}"]}"#),
            open("\"GET /{x}\""),
            vec!["GET /x1 for anybody with a token"],
            vec![],
        ),
        (
            "one claim at two places",
            open("\"GET /{x}/{y}\""),
            open("\"GET /${c}/${c}\""),
            vec![],
            vec!["GET /x1/x2 for anybody with a token"],
        ),
        (
            "an array meets a condition and cannot stand in a path",
            with(
                "\"GET /z\"",
                r#"{"claims":{"c":"a"},"allow":["GET /a"]},{"authenticated":true,"allow":["GET /${c}"]}"#,
            ),
            with("\"GET /z\"", r#"{"authenticated":true,"allow":["GET /${c}"]}"#),
            vec![],
            vec!["GET /a for c = [\"a\",\"x4\"]"],
        ),
        (
            "a literal that no claim may have",
            open("\"GET /${c}\""),
            open("\"GET /${c}\",\"GET /k!\""),
            vec!["GET /k! for anybody with a token"],
            vec![],
        ),
    ] {
        let found = lines(&document(&old), &document(&new));
        assert_eq!(
            found,
            (gained.into_iter().map(str::to_owned).collect(), lost.into_iter().map(str::to_owned).collect()),
            "{name}"
        );
    }
}

#[test]
fn a_route_that_is_only_listed_wins_by_its_literal() {
    let permission = r#"{"scopes":["s"],"allow":["GET /a/{x}"]}"#;
    let old = document(permission);
    let new =
        Permissions::parse(format!("{{\"permissions\":[{permission}],\"routes\":[\"GET /a/b\"]}}").as_bytes()).unwrap();
    assert_eq!(lines(&old, &new), (vec![], vec!["GET /a/b for scope s".to_owned()]));
}

#[test]
fn what_ties_conditions_together_is_not_analysed() {
    let facts = Facts::of_cognito();
    for permission in [
        r#"{"claims":{"scope":"a b"},"allow":["GET /a"]}"#,
        r#"{"claims":{"cognito:groups":["a","b"]},"allow":["GET /a"]}"#,
        r#"{"authenticated":true,"allow":["GET /${cognito:groups}"]}"#,
    ] {
        let read = document(permission);
        let index = Index::new(&read);
        let found = diff(&index, &index, &facts, &mut Budget::default()).map(|_| ());
        assert!(matches!(found, Err(Undecided::NotAnalysed { .. })), "{permission}");
    }
    let one_group = document(r#"{"claims":{"cognito:groups":"a"},"allow":["GET /a"]}"#);
    let same = document(r#"{"groups":["a"],"allow":["GET /a"]}"#);
    assert_eq!(lines(&one_group, &same), (vec![], vec![]));
}

#[test]
fn a_deny_for_want_of_a_claim_is_lifted_by_any_smallest_set_of_claims() {
    let json = r#"{"authenticated":true,"allow":["GET /{x}/{y}"]},
        {"authenticated":true,"deny":["GET /${a}/${b}"]},
        {"claims":{"custom:frozen":"true"},"deny":["DELETE /{any+}"]},
        {"scopes":["s"],"allow":["DELETE /{x}"]}"#;
    let read = document(json);
    let (index, facts) = (Index::new(&read), Facts::of_cognito());
    let method =
        |text: &str| Method::parse(format!("arn:aws:execute-api:us-east-1:123456789012:api/test/{text}")).unwrap();
    let found = explain(&index, &Caller::default(), &method("GET/p/q"), &facts).unwrap();
    let changes: Vec<_> = found.remedies.iter().map(|remedy| remedy.changes.as_slice()).collect();
    assert_eq!(changes, [[Change::AnyOther("a")], [Change::AnyOther("b")]]);
    let frozen = Caller::default().with_claim("custom:frozen", "true".into());
    let found = explain(&index, &frozen, &method("DELETE/p"), &facts).unwrap();
    assert_eq!((found.denies.len(), found.remedies.len()), (1, 0));
    assert_eq!(found.obstacles[0].changes, [Change::Scope("s")]);
    let found = explain(&index, &Caller::default(), &method("DELETE/p"), &facts).unwrap();
    assert_eq!(found.remedies[0].changes, [Change::Scope("s")]);
}

#[test]
fn a_spent_budget_is_no_answer() {
    let read = document(r#"{"authenticated":true,"allow":["GET /a","GET /b"]}"#);
    let index = Index::new(&read);
    let facts = Facts::of_cognito();
    for (candidates, decided) in [(0, false), (3, false), (4, true)] {
        let found = diff(&index, &index, &facts, &mut Budget::of(candidates));
        assert_eq!(found.map(|found| found.is_empty()), if decided { Ok(true) } else { Err(Undecided::TooLarge) });
    }
}
