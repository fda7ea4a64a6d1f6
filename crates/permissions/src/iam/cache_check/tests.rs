//! Documents by hand; `tests/it/cache_safety.rs` has documents drawn, and every holder of each.

use super::*;
use crate::iam::Limits;

const MIDDLE: &str = r#""routes":["GET /a/{x}/{y}"]"#;

fn method() -> Method {
    Method::parse("arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/production/GET/".to_owned()).unwrap()
}

/// What the check says of a document with these permissions and other members, in words.
fn said(permissions: &[&str], members: &str, facts: &Facts) -> String {
    let text = format!(r#"{{"permissions":[{}]{members}}}"#, permissions.join(","));
    let permissions = Permissions::parse(text.as_bytes()).unwrap();
    let policies = Policies::new(&permissions, Limits { coverage: Coverage::Api, budget_bytes: 8192 });
    match policies.cache_safety(&permissions, &method(), facts) {
        CacheSafety::Proved => "proved".to_owned(),
        CacheSafety::Witness(witness) => format!("{}: {:?}", witness.holder, witness.breaks),
        CacheSafety::NotProved { .. } => "not proved".to_owned(),
    }
}

#[test]
fn two_permissions_that_no_policy_can_hold_together_are_a_witness() {
    let first = r#"{"scopes":["first"],"allow":["GET /a/{x}"]}"#;
    let last = r#"{"scopes":["last"],"allow":["GET /a/{x}/{y}/{z}"]}"#;
    let middle = r#"{"scopes":["middle"],"allow":["GET /a/{x}/{y}"]}"#;
    let both = r#"scope `first`, scope `last`: NotExact { example: Some("GET /a/{}") }"#;
    let denied = r#"scope `first`, scope `last`, scope `middle`, group `g`: NotExact { example: Some("GET /a/{}") }"#;
    for (permissions, members, expected) in [
        ([first, last].as_slice(), format!(",{MIDDLE}"), both),
        ([first, last, middle].as_slice(), String::new(), both),
        // Nobody knows a route in the middle.
        ([first, last].as_slice(), String::new(), "proved"),
        ([first, middle].as_slice(), String::new(), "proved"),
        // In a document that names every route the middle has another verb.
        ([first, last].as_slice(), r#","routes":["POST /a/{x}/{y}"],"complete":true"#.to_owned(), "proved"),
        // Whoever has the last one has the middle.
        (&[first, r#"{"scopes":["last"],"allow":["GET /a/{x}/{y}","GET /a/{x}/{y}/{z}"]}"#], String::new(), "proved"),
        // A deny takes the middle away.
        (
            &[
                r#"{"scopes":["first","last","middle"],"allow":["GET /a/{x}","GET /a/{x}/{y}","GET /a/{x}/{y}/{z}"]}"#,
                r#"{"groups":["g"],"deny":["GET /a/{x}/{y}"]}"#,
            ],
            String::new(),
            denied,
        ),
    ] {
        assert_eq!(said(permissions, &members, &Facts::of_cognito()), expected, "{permissions:?} {members}");
    }
}

#[test]
fn who_cannot_exist_is_no_witness() {
    let of_client =
        |client: &str, route: &str| format!(r#"{{"claims":{{"client_id":"{client}"}},"allow":["{route}"]}}"#);
    let (first, last) = (of_client("one", "GET /a/{x}"), of_client("two", "GET /a/{x}/{y}/{z}"));
    let members = format!(",{MIDDLE}");
    assert_eq!(said(&[&first, &last], &members, &Facts::of_cognito()), "proved");
    assert!(said(&[&first, &last], &members, &Facts::none()).starts_with("claim `client_id`: NotExact"));
}

#[test]
fn a_check_that_is_cut_off_has_proved_nothing_and_tells_no_lie() {
    let safe = r#"{"permissions":[{"scopes":["a"],"allow":["GET /a/{x}","GET /b/{x}/c"]},{"authenticated":true,
        "allow":["ANY /users/${sub}/{rest+}"]}],"routes":["GET /a/{x}/{y}"]}"#;
    let permissions = Permissions::parse(safe.as_bytes()).unwrap();
    let policies = Policies::new(&permissions, Limits { coverage: Coverage::Api, budget_bytes: 8192 });
    let mut proved_from = None;
    for steps in (0..20_000).step_by(97) {
        match policies.cache_safety_within(&permissions, &method(), &Facts::of_cognito(), steps) {
            CacheSafety::Proved => proved_from = proved_from.or(Some(steps)),
            CacheSafety::NotProved { .. } => assert_eq!(proved_from, None, "{steps}"),
            CacheSafety::Witness(witness) => panic!("{steps}: {witness:?}"),
        }
    }
    assert!(proved_from.is_some_and(|steps| steps > 97), "{proved_from:?}");
}
