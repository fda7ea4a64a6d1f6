//! Rights that are known to be hard, by name: those that one policy can say, and those that none can.

use permissions::iam::{Coverage, Limits, Policies, Says};
use permissions::{LONGEST_RESOURCE, Method, Permissions};
use serde_json::{Value, json};
use testkit::world::{UNKNOWN, arn, verified, words};
use testkit::{LIMITS, STAGE, access, iam, iam_allows};

struct Case {
    name: &'static str,
    granted: &'static [&'static str],
    /// Named in the document, not granted.
    named: &'static [&'static str],
    denied: &'static [&'static str],
}

const fn case(
    name: &'static str,
    granted: &'static [&'static str],
    named: &'static [&'static str],
    denied: &'static [&'static str],
) -> Case {
    Case { name, granted, named, denied }
}

const INEXPRESSIBLE: [Case; 10] = [
    case("a gap in depth", &["GET /a/{x}", "GET /a/{x}/{y}/{z}"], &["GET /a/{x}/{y}"], &[]),
    case("a literal beside an ungranted parameter", &["GET /a/{x}", "GET /a/{x}/b"], &["GET /a/{x}/{y}"], &[]),
    case("a literal below a parameter", &["GET /{x}", "GET /a/b"], &["GET /a/{x}"], &[]),
    case("an own id beside its generic route", &["GET /{x}", "GET /users/${sub}"], &["GET /users/{x}"], &[]),
    case("a shared suffix", &["GET /a/{x}", "GET /a/{x}/{y}/b"], &["GET /a/{x}/b"], &[]),
    case("a deny with a parameter inside a greedy allow", &["GET /a/{p+}"], &[], &["GET /a/{x}/b"]),
    case("a deny of one length inside a greedy allow", &["GET /a/{p+}"], &[], &["GET /a/{x}/{y}"]),
    case("two greedy subtrees below a tenant", &["GET /{t}/b/{p+}"], &["GET /{t}/a/{p+}"], &[]),
    case("a deeper suffix", &["GET /a/{x}/b", "GET /a/{x}/c/b"], &["GET /a/{x}/{y}/b"], &[]),
    case("an own id beside a literal", &["GET /{x}", "GET /a/${sub}"], &["GET /a/{x}"], &[]),
];

const EXPRESSIBLE: [Case; 17] = [
    case("one of two routes below a parameter", &["GET /a/{x}", "GET /a/{x}/b"], &["GET /a/{x}/c"], &[]),
    case("a greedy allow minus a literal", &["GET /a/{p+}"], &[], &["GET /a/b"]),
    case("a greedy allow minus a subtree", &["GET /a/{p+}"], &[], &["GET /a/b/{r+}"]),
    case("a greedy allow minus its first level", &["GET /a/{p+}"], &[], &["GET /a/{x}"]),
    case("ANY minus DELETE", &["ANY /a", "ANY /a/{x}"], &[], &["DELETE /{any+}"]),
    case(
        "two subtrees below a tenant",
        &["GET /{t}/orders", "GET /{t}/orders/{id}"],
        &["GET /{t}/admin", "GET /{t}/admin/{id}"],
        &[],
    ),
    case("an own id", &["GET /users/${sub}"], &["GET /users/{x}", "GET /users/{x}/b"], &[]),
    case("a parameter without the root", &["GET /{x}"], &["GET /"], &[]),
    case("a parameter with the root", &["GET /{x}", "GET /"], &[], &[]),
    case("a suffix without another subtree", &["GET /a/{x}/c"], &["GET /a/b/{y}"], &[]),
    case("{proxy+} beside literals", &["GET /a", "GET /a/{proxy+}"], &["GET /a/b", "POST /a/{x}"], &[]),
    case("one verb of a path", &["GET /a/{x}"], &["POST /a/{x}", "DELETE /a/{x}"], &[]),
    case("every verb of a path", &["ANY /{x}/b", "ANY /a"], &["GET /{x}/c"], &[]),
    case("an own id with everything below", &["ANY /users/${sub}/{rest+}"], &["GET /users/{x}"], &[]),
    case("a deny with a claim that the token lacks", &["GET /a/{x}", "GET /b/{x}"], &[], &["GET /a/${custom:t}"]),
    case("a literal inside an ungranted subtree", &["GET /a/b"], &["GET /a/{p+}"], &[]),
    case("a rejoining star", &["GET /b/{x}/b", "GET /b/b"], &["GET /b/{x}"], &[]),
];

fn document(case: &Case) -> Permissions {
    let mut permission = json!({"authenticated": true, "allow": case.granted});
    if !case.denied.is_empty() {
        permission["deny"] = json!(case.denied);
    }
    let mut document = json!({"permissions": [permission]});
    if !case.named.is_empty() {
        document["routes"] = json!(case.named);
    }
    Permissions::parse(document.to_string().as_bytes()).unwrap()
}

/// How far the policy says what the holder may do.
fn says(case: &Case) -> Says {
    let token = verified(&access(json!({"sub": "u1"})));
    let map = document(case);
    let grants = map.grants(&token);
    let method = Method::parse(arn("GET", &["a"])).unwrap();
    Policies::new(&map, LIMITS).compile(&grants, grants.decide(&method), &method).says
}

#[test]
fn rights_that_a_policy_can_say_are_said_exactly() {
    for case in &EXPRESSIBLE {
        assert_eq!(says(case), Says::All, "{}", case.name);
    }
}

#[test]
fn rights_that_no_policy_can_say_are_not_said_exactly_and_the_policy_knows() {
    for case in &INEXPRESSIBLE {
        assert_ne!(says(case), Says::All, "{}", case.name);
    }
}

/// A resource without its prefix, which spells region and account or leaves them open.
fn after_prefix(resource: &str) -> String {
    let open = STAGE.replace("eu-west-1:123456789012", "*:*");
    resource.strip_prefix(STAGE).or_else(|| resource.strip_prefix(&open)).unwrap().to_owned()
}

/// What the policies of a case say in the stage, for a holder who asks for what may be granted, for what nobody named, and
/// with a verb that nobody knows.
fn said(case: &Case) -> Value {
    let token = verified(&access(json!({"sub": "u1"})));
    let map = document(case);
    let grants = map.grants(&token);
    let policy = |method: &str| {
        let method = Method::parse(format!("{STAGE}{method}")).unwrap();
        let policy: iam::Policy =
            Policies::new(&map, LIMITS).compile(&grants, grants.decide(&method), &method).document.into();
        let after_stage = |resources: &[String]| {
            let mut texts: Vec<String> = resources.iter().map(|resource| after_prefix(resource)).collect();
            texts.sort_unstable();
            texts.join(" ")
        };
        json!({"allow": after_stage(policy.allow()), "deny": after_stage(policy.deny())})
    };
    ["GET/a/b", "GET/zz-9", "BREW/a"].into_iter().map(|method| (method.to_owned(), policy(method))).collect()
}

#[test]
fn a_policy_says_what_it_always_said() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/policies.json");
    let found: Value =
        EXPRESSIBLE.iter().chain(&INEXPRESSIBLE).map(|case| (case.name.to_owned(), said(case))).collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&found).unwrap())).unwrap();
    }
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (name, expected) in golden.as_object().unwrap() {
        assert_eq!(&found[name], expected, "{name}");
    }
    assert_eq!(found.as_object().unwrap().len(), golden.as_object().unwrap().len());
}

fn compile(document: &Value, claims: Value, method: &str, limits: Limits) -> (iam::Policy, Says) {
    let map = Permissions::parse(document.to_string().as_bytes()).unwrap();
    let token = verified(&access(claims));
    let method = Method::parse(format!("{STAGE}{method}")).unwrap();
    let grants = map.grants(&token);
    let compiled = Policies::new(&map, limits).compile(&grants, grants.decide(&method), &method);
    (compiled.document.into(), compiled.says)
}

#[test]
fn the_next_route_is_right_with_the_same_cached_policy() {
    let document = json!({"permissions": [
        {"scopes": ["orders/read"], "allow": ["GET /orders", "GET /orders/{id}"]},
        {"scopes": ["orders/pii"], "allow": ["GET /orders/{id}/pii"]}
    ]});
    let (policy, _) = compile(&document, json!({}), "GET/orders/1", LIMITS);
    for (method, expected) in [
        ("GET/orders", true),
        ("GET/orders/1", true),
        ("GET/orders/2", true),
        ("GET/orders/7/pii", false),
        ("GET/orders/7/pii/x", false),
        ("GET/orders/", false),
        ("GET/orders//x", false),
        ("GET/orders/7/", false),
        ("POST/orders", false),
        ("GET/orders/a%2fb", false),
    ] {
        assert_eq!(iam::allows(&policy, &format!("{STAGE}{method}")), expected, "{method}");
    }
}

#[test]
fn a_deny_is_said_outside_the_catalog_where_nothing_granted_is_in_its_way() {
    let document = json!({"permissions": [
        {"authenticated": true, "allow": ["GET /{x}", "GET /c/{y}"], "deny": ["GET /a/b", "GET /{x}/{y}/{z}"]}
    ]});
    let (policy, _) = compile(&document, json!({}), "GET/c/1", LIMITS);
    // `GET /{x}` is said as `GET/*`, and `GET /c/{y}` keeps that from being cut at two segments.
    for (method, expected) in [("GET/q", true), ("GET/c/1", true), ("GET/a/b", false), ("GET/a/b/c", false)] {
        assert_eq!(iam::allows(&policy, &format!("{STAGE}{method}")), expected, "{method}");
    }
}

#[test]
fn a_refused_request_is_denied_by_its_own_arn() {
    let document = json!({"permissions": [{"authenticated": true, "allow": ["GET /a/{x}"]}]});
    for method in ["GET/nowhere", "BREW/a/1", "GET/a/1/2/3"] {
        let (policy, _) = compile(&document, json!({}), method, LIMITS);
        assert!(policy.deny().contains(&format!("{STAGE}{method}")), "{method} in {policy:?}");
    }
}

#[test]
fn what_is_named_and_not_granted_is_denied_by_name_as_far_as_the_budget_lets_it() {
    let document = json!({"permissions": [
        {"scopes": ["orders/read"], "allow": ["GET /orders", "GET /orders/{id}"]},
        {"scopes": ["admin"], "allow": ["POST /orders", "ANY /admin/{rest+}", "GET /orders/{id}/pii"]}
    ]});
    let denies = |policy: &iam::Policy, method: &str| {
        policy.deny().iter().any(|resource| iam::matches(resource, &format!("{STAGE}{method}")))
    };
    let (policy, _) = compile(&document, json!({}), "GET/orders", LIMITS);
    for method in ["POST/orders", "GET/admin/x", "DELETE/admin/x/y", "GET/orders/7/pii", "GET/admin/*"] {
        assert!(denies(&policy, method), "{method} in {policy:?}");
    }
    let whole = policy.json.to_string().len();
    let mut without = 0;
    for budget_bytes in (1024..whole + LONGEST_RESOURCE + 100).step_by(16) {
        let (policy, says) = compile(&document, json!({}), "GET/orders", Limits { budget_bytes, ..LIMITS });
        assert!(policy.json.to_string().len() <= budget_bytes, "{budget_bytes}");
        if says == Says::All && !denies(&policy, "POST/orders") {
            assert!(denies(&policy, "GET/orders/7/pii"), "{policy:?}");
            without += 1;
        }
    }
    assert!(without > 0, "refusals by name are the first to go");
}

#[test]
fn a_hostile_value_never_becomes_a_wildcard() {
    let document = json!({"permissions": [{"authenticated": true, "allow": ["GET /users/${sub}", "GET /me"]}]});
    for sub in ["*", "?", "${aws:username}", "a/b", "..", "u1*"] {
        let (policy, _) = compile(&document, json!({"sub": sub}), "GET/me", LIMITS);
        assert_eq!(policy.allow(), [format!("{STAGE}GET/me")], "{sub}");
        for method in ["GET/users/u2", "GET/users/*", "GET/users/a/b", "GET/users/x"] {
            assert!(!iam::allows(&policy, &format!("{STAGE}{method}")), "{sub} {method}");
        }
    }
    for path in ["me/*", "me/?", "m?", "${sub}", "users/*"] {
        let (policy, _) = compile(&document, json!({}), &format!("GET/{path}"), LIMITS);
        let echoed = |resource: &String| resource.ends_with(&format!("GET/{path}"));
        assert!(!policy.allow().iter().chain(policy.deny()).any(echoed), "{path}");
    }
}

/// The policies' JSON as it would be if the client had written `text` in place of [`UNKNOWN`].
fn with_text(policy: &iam::Policy, text: &str) -> Value {
    let written = |text: &str| {
        let json = Value::from(text).to_string();
        json[1..json.len() - 1].to_owned()
    };
    serde_json::from_str(&policy.json.to_string().replace(UNKNOWN, &written(text))).unwrap()
}

#[test]
fn what_the_client_writes_into_a_method_says_nothing_but_itself() {
    let texts = [r#"q","r"#, r#"q"]},{"Action":"execute-api:Invoke"#, "\"\"", "'", "<q>"];
    let any_verb = case("any verb", &["ANY /{x}/${sub}/{p+}"], &[], &[]);
    let verbs = [UNKNOWN, "GET"];
    let requested = words(&["a", "b", "u1", UNKNOWN], 1..=4);
    for case in INEXPRESSIBLE.iter().chain([&any_verb]) {
        let token = verified(&access(json!({"sub": "u1"})));
        let map = document(case);
        let grants = map.grants(&token);
        let policies = Policies::new(&map, LIMITS);
        let policy = |method: String| -> iam::Policy {
            let method = Method::parse(method).unwrap();
            policies.compile(&grants, grants.decide(&method), &method).document.into()
        };
        for method in verbs.iter().flat_map(|verb| requested.iter().map(|word| arn(verb, word))) {
            let plain = policy(method.clone());
            for text in texts {
                let found = policy(method.replace(UNKNOWN, text)).json;
                assert_eq!(found, with_text(&plain, text), "{}: {method} with {text:?}", case.name);
            }
        }
    }
}

#[test]
fn what_no_policy_may_hold_is_not_echoed_and_stays_shut() {
    // Rights that cannot be said exactly: what is asked for is named by its own ARN where it can be.
    let document = json!({
        "permissions": [{"authenticated": true, "allow": ["GET /a/{x}", "GET /a/{x}/{y}/{z}"]}],
        "routes": ["GET /a/{x}/{y}"],
    });
    for text in ["\u{1}", "\u{7f}", "\u{e9}", "\u{202e}", "\u{2028}", "*", "?", "${x}", &"x".repeat(600)] {
        for path in [format!("a/{text}"), format!("a/{text}/b"), format!("a/1/{text}/c"), format!("b/{text}")] {
            let (policy, _) = compile(&document, json!({}), &format!("GET/{path}"), LIMITS);
            let resources = policy.allow().iter().chain(policy.deny());
            assert!(!resources.into_iter().any(|resource| resource.ends_with(&path)), "{path:?} in {policy:?}");
            let shut = !iam::allows(&policy, &format!("{STAGE}GET/{path}"));
            assert!(shut || path.starts_with("a/") && path.matches('/').count() != 2, "{path:?} in {policy:?}");
        }
    }
}

#[test]
fn a_path_that_looks_like_the_rest_of_a_policy_opens_nothing() {
    // This cannot be said exactly, so what is asked for is named by its own ARN.
    let document = json!({
        "permissions": [{"authenticated": true, "allow": ["GET /{t}/b/{p+}"]}],
        "routes": ["GET /{t}/a/{p+}"],
    });
    let method = format!(r#"GET/x/b/q/a/y","{STAGE}GET/x/a/secret"#);
    let (policy, _) = compile(&document, json!({}), &method, LIMITS);
    assert!(!iam::allows(&policy, &format!("{STAGE}GET/x/a/secret")), "{policy:?}");
    // It repeats the API's own prefix, which no path of an API does.
    assert!(!iam::allows(&policy, &format!("{STAGE}{method}")));
}

#[test]
fn a_claims_value_that_is_no_text_of_its_own_opens_nothing_that_is_denied() {
    for (name, routes, deny, claims, denied) in [
        ("a literal", ["GET /u/${sub}", "GET /x"], "GET /u/admin", json!({"sub": "admin"}), "GET/u/admin"),
        ("a literal beside its name", ["GET /u/${sub}", "GET /sub"], "GET /u/a", json!({"sub": "a"}), "GET/u/a"),
        (
            "another claim's",
            ["GET /u/${sub}", "GET /x"],
            "GET /u/${custom:t}",
            json!({"sub": "u1", "custom:t": "u1"}),
            "GET/u/u1",
        ),
    ] {
        let document = json!({"permissions": [{"authenticated": true, "allow": routes, "deny": [deny]}]});
        let (policy, _) = compile(&document, claims, "GET/x", LIMITS);
        assert!(!iam::allows(&policy, &format!("{STAGE}{denied}")), "{name} in {policy:?}");
    }
}

#[test]
fn a_policy_is_not_that_of_another_token_that_has_the_claim() {
    let document = json!({"permissions": [
        {"authenticated": true, "allow": ["GET /a/{x}", "GET /b"], "deny": ["GET /a/${custom:t}"]}
    ]});
    let map = Permissions::parse(document.to_string().as_bytes()).unwrap();
    let policies = Policies::new(&map, LIMITS);
    let method = Method::parse(format!("{STAGE}GET/b")).unwrap();
    for (claims, expected) in [(json!({"custom:t": "t1"}), true), (json!({}), false)] {
        let token = verified(&access(claims));
        let grants = map.grants(&token);
        let policy = policies.compile(&grants, grants.decide(&method), &method).document.into();
        assert_eq!(iam::allows(&policy, &format!("{STAGE}GET/a/t2")), expected);
        assert!(iam::allows(&policy, &format!("{STAGE}GET/b")) && !iam::allows(&policy, &format!("{STAGE}GET/a/t1")));
    }
}

fn three_hundred_routes() -> Value {
    let permissions: Vec<_> = (0..25)
        .map(|scope| {
            let routes: Vec<_> = (0..12).map(|route| format!("GET /s{scope}/r{route}/{{id}}")).collect();
            json!({"scopes": [format!("s{scope}")], "allow": routes})
        })
        .collect();
    json!({"permissions": permissions})
}

#[test]
fn above_the_budget_as_many_methods_as_fit_are_open_and_the_requested_one() {
    let every_scope: Vec<_> = (0..25).map(|scope| format!("s{scope}")).collect();
    let claims = json!({"scope": every_scope.join(" ")});
    let (policy, says) = compile(&three_hundred_routes(), claims.clone(), "GET/s3/r4/7", LIMITS);
    let methods: Vec<_> =
        (0..25).flat_map(|scope| (0..12).map(move |route| format!("{STAGE}GET/s{scope}/r{route}/8"))).collect();
    let open = methods.iter().filter(|method| iam::allows(&policy, method)).count();
    assert!(says == Says::Part && open >= 60, "{open} of 300 are open");
    assert!(policy.json.to_string().len() <= LIMITS.budget_bytes);
    for method in methods.iter().map(|method| method.strip_prefix(STAGE).unwrap()) {
        let (policy, _) = compile(&three_hundred_routes(), claims.clone(), method, LIMITS);
        assert!(iam::allows(&policy, &format!("{STAGE}{method}")), "{method}");
        assert!(policy.json.to_string().len() <= LIMITS.budget_bytes);
    }
    let (policy, _) = compile(&three_hundred_routes(), claims.clone(), "GET/s3/r4/7/8", LIMITS);
    assert!(!iam::allows(&policy, &format!("{STAGE}GET/s3/r4/7/8")));
    let unlimited = Limits { budget_bytes: 1_048_576, ..LIMITS };
    let (policy, says) = compile(&three_hundred_routes(), claims, "GET/s3/r4/7", unlimited);
    assert!(policy.allow().len() == 300 && says == Says::All);
}

#[test]
fn a_document_that_names_every_route_may_open_paths_that_no_route_has_to_fit() {
    let every_scope: Vec<_> = (0..25).map(|scope| format!("s{scope}")).collect();
    let mut document = three_hundred_routes();
    document["complete"] = json!(true);
    let (policy, says) = compile(&document, json!({"scope": every_scope.join(" ")}), "GET/s3/r4/7", LIMITS);
    assert_eq!(says, Says::All);
    for (scope, route) in (0..25).flat_map(|scope| (0..12).map(move |route| (scope, route))) {
        assert!(iam::allows(&policy, &format!("{STAGE}GET/s{scope}/r{route}/8")), "{scope} {route}");
    }
}

#[test]
fn a_policy_for_the_request_names_this_method_alone() {
    let limits = Limits { coverage: Coverage::Request, ..LIMITS };
    let document = json!({"permissions": [{"authenticated": true, "allow": ["GET /a/{x}"]}]});
    let named = |method: &str| [format!("{STAGE}{method}")];
    let (policy, _) = compile(&document, json!({}), "GET/a/1", limits);
    assert_eq!((policy.allow(), policy.deny().len()), (named("GET/a/1").as_slice(), 0));
    let (policy, _) = compile(&document, json!({}), "GET/b", limits);
    assert_eq!((policy.allow().len(), policy.deny()), (0, named("GET/b").as_slice()));
    let (policy, _) = compile(&document, json!({}), "GET/b/*", limits);
    assert_eq!((policy.allow().len(), policy.deny()), (0, named("*").as_slice()));
}

#[test]
fn an_arn_that_is_too_long_is_not_echoed() {
    let document = json!({"permissions": [{"authenticated": true, "allow": ["GET /a/{x}", "GET /b"]}]});
    let (policy, _) = compile(&document, json!({}), &format!("GET/b/{}", "x".repeat(600)), LIMITS);
    assert!(policy.allow().iter().chain(policy.deny()).all(|resource| resource.len() <= 512));
}

#[test]
fn a_policy_that_can_say_nothing_denies_everything() {
    let long = format!("GET /{}", "x".repeat(500));
    let document = json!({"permissions": [{"authenticated": true, "allow": [long]}]});
    let (policy, _) = compile(&document, json!({}), &long.replace(' ', ""), LIMITS);
    assert_eq!((policy.allow().len(), policy.deny()), (0, [format!("{STAGE}*")].as_slice()));
}

#[test]
fn what_would_take_too_long_to_find_is_left_to_the_request_and_nothing_else_is_opened() {
    let alternating = "GET /a/{s}/b/{t}/c/{u}/d/{v}/e/{w}/f/{x}";
    let document = json!({
        "permissions": [{"authenticated": true, "allow": [alternating, "GET /a"]}],
        "routes": ["ANY /{proxy+}"]
    });
    for (method, expected) in [("GET/a", true), ("GET/a/1/b/2/c/3/d/4/e/5/f/6", true), ("GET/a/b", false)] {
        let (policy, _) = compile(&document, json!({}), method, LIMITS);
        assert_eq!(iam::allows(&policy, &format!("{STAGE}{method}")), expected, "{method}");
        assert!(iam::allows(&policy, &format!("{STAGE}GET/a")));
        assert!(!iam::allows(&policy, &format!("{STAGE}GET/x/y")), "{policy:?}");
    }
}

#[test]
fn what_is_too_long_to_say_is_neither_opened_nor_opened_around() {
    let long = "x".repeat(600);
    let named = |method: &str| [format!("{STAGE}{method}")];
    let document = json!({"permissions": [{"authenticated": true, "allow": [format!("GET /{long}"), "GET /b"]}]});
    let (policy, says) = compile(&document, json!({}), "GET/b", LIMITS);
    assert_eq!((policy.allow(), policy.deny().len(), says), (named("GET/b").as_slice(), 0, Says::Part));
    let document = json!({"permissions": [
        {"authenticated": true, "allow": ["GET /a/{p+}"], "deny": [format!("GET /a/{long}")]}
    ]});
    let (policy, says) = compile(&document, json!({}), "GET/a/b", LIMITS);
    assert_eq!((policy.allow(), policy.deny().len(), says), (named("GET/a/b").as_slice(), 0, Says::Part));
}

#[test]
fn an_own_path_is_open_in_both_spellings_of_the_value_and_in_no_other() {
    let map = Permissions::parse(
        br#"{"permissions":[{"authenticated":true,"allow":["GET /users/${sub}","GET /users/${sub}/{rest+}"]}],
            "routes":["GET /users/{id}"]}"#,
    )
    .unwrap();
    for (value, open, shut) in [
        (
            "a+b@example.com",
            vec!["a+b@example.com", "a%2Bb%40example.com"],
            vec!["a%2Bb@example.com", "a b@example.com", "b@x"],
        ),
        ("google_1|2", vec!["google_1|2"], vec!["google_1%7C2", "google_1", "google_1|3"]),
        ("eu:a@b", vec!["eu:a@b"], vec!["eu%3Aa%40b", "eu:a%40b"]),
        ("u1", vec!["u1"], vec!["%751", "u%31"]),
    ] {
        let token = verified(&access(json!({ "sub": value })));
        let grants = map.grants(&token);
        let first = Method::parse(arn("GET", &["users", value])).unwrap();
        let compiled = Policies::new(&map, LIMITS).compile(&grants, grants.decide(&first), &first);
        let policy = serde_json::to_value(&compiled.document).unwrap();
        assert_eq!(compiled.says, Says::All, "{value}");
        for (segments, expected) in [(open, true), (shut, false)] {
            for segment in segments {
                for words in [vec!["users", segment], vec!["users", segment, "orders", "7"]] {
                    let requested = arn("GET", &words);
                    let decided = grants.decide(&Method::parse(requested.clone()).unwrap()).is_permitted();
                    assert_eq!((decided, iam_allows(&policy, &requested)), (expected, expected), "{value} {requested}");
                }
            }
        }
    }
}

/// The first fenced block of this kind.
fn fenced<'a>(document: &'a str, kind: &str) -> &'a str {
    let (_, block) = document.split_once(&format!("```{kind}\n")).unwrap();
    block.split_once("```").unwrap().0
}

/// Effect and resource, the first two words of each line.
fn resources_in<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut resources: Vec<String> =
        lines.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect();
    resources.sort_unstable();
    resources
}

/// The policy's resources in the form of the document: without what stands before the verb.
fn resources_of(policy: &iam::Policy) -> Vec<String> {
    let written = |effect: &str, resource: &String| {
        let own = STAGE.rsplit_once(':').unwrap().1;
        format!("{effect} {}", after_prefix(resource).replace(own, "{api}/{stage}/"))
    };
    let allow = policy.allow().iter().map(|resource| written("Allow", resource));
    let mut resources: Vec<String> =
        allow.chain(policy.deny().iter().map(|resource| written("Deny", resource))).collect();
    resources.sort_unstable();
    resources
}

/// `docs/policy.md` carries one example from the document to the policies and to what they answer from the cache. All of it is
/// read from there.
struct WorkedExample {
    essay: String,
    document: Value,
    first: iam::Policy,
    says: Says,
    /// Made for the request that is shut in the first policy.
    other: iam::Policy,
}

const EXAMPLE_SCOPE: &str = "orders/read";

fn worked_example() -> WorkedExample {
    let essay = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/policy.md")).unwrap();
    let document: Value = serde_json::from_str(fenced(&essay, "json")).unwrap();
    let (first, says) = compile(&document, json!({"scope": EXAMPLE_SCOPE}), "GET/orders/7", LIMITS);
    let (other, _) = compile(&document, json!({"scope": EXAMPLE_SCOPE}), "GET/orders/7/lines/audit", LIMITS);
    WorkedExample { essay, document, first, says, other }
}

#[test]
fn the_worked_example_of_the_theory_is_what_the_engine_does() {
    let WorkedExample { essay, first, says, other, .. } = worked_example();
    let written = resources_in(fenced(&essay, "text").lines());
    assert_eq!((written.as_slice(), says), (resources_of(&first).as_slice(), Says::AllButSpecial));

    let signed = |sign: char| resources_in(fenced(&essay, "diff").lines().filter_map(|line| line.strip_prefix(sign)));
    let (without, with) = (signed('-'), signed('+'));
    let mut expected: Vec<String> = written.into_iter().filter(|line| !without.contains(line)).chain(with).collect();
    expected.sort_unstable();
    assert_eq!(expected, resources_of(&other));
}

#[test]
fn the_answers_of_the_worked_example_are_those_of_its_document_and_its_policies() {
    let WorkedExample { essay, document, first, other, .. } = worked_example();
    let map = Permissions::parse(document.to_string().as_bytes()).unwrap();
    let token = verified(&access(json!({"scope": EXAMPLE_SCOPE})));
    let grants = map.grants(&token);
    let mut rows = 0;
    for line in essay.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [request, answers @ ..] = cells.as_slice() else { continue };
        if answers.len() != 3 || !answers.iter().all(|answer| ["open", "refused"].contains(answer)) {
            continue;
        }
        let arn = format!("{STAGE}{}", request.trim_matches('`').replacen(" /", "/", 1));
        let granted = grants.decide(&Method::parse(arn.clone()).unwrap()).is_permitted();
        let found = [granted, iam::allows(&first, &arn), iam::allows(&other, &arn)];
        assert_eq!(answers, found.map(|is_open| if is_open { "open" } else { "refused" }), "{request}");
        rows += 1;
    }
    assert!(rows >= 10, "found {rows} rows only: are their answers written as open and refused?");
}
