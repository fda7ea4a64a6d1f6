//! What the start says of a permission document that will not come out as its author expects.

use permissions::PermissionMap;
use permissions::iam::{Finding, Limits, lint};
use serde_json::{Value, json};
use testkit::LIMITS;

fn findings_within(document: &Value, limits: Limits) -> Vec<Finding> {
    lint(&PermissionMap::parse(document.to_string().as_bytes()).unwrap(), limits)
}

/// The findings of this kind: their routes, and the example where there is one.
fn findings(code: &str, document: &Value) -> Vec<String> {
    let all = findings_within(document, LIMITS).into_iter().filter(|finding| finding.code == code);
    let text = |finding: Finding| {
        let example = finding.example.map(|example| format!(" e.g. {example}")).unwrap_or_default();
        finding.routes.join(", ") + &example
    };
    all.map(text).collect()
}

/// Each of these routes for a scope of its own.
fn one_scope_each(routes: &[&str]) -> Value {
    let permission = |(number, route): (usize, &&str)| json!({"scopes": [format!("s{number}")], "allow": [route]});
    json!({"permissions": routes.iter().enumerate().map(permission).collect::<Vec<_>>()})
}

fn everyone(allow: &[&str], routes: &[&str]) -> Value {
    let mut document = json!({"permissions": [{"authenticated": true, "allow": allow}]});
    if !routes.is_empty() {
        document["routes"] = json!(routes);
    }
    document
}

#[test]
fn rights_that_no_policy_can_say_are_named_with_a_method_in_their_way() {
    let a_gap_in_depth = ["GET /a/{x}", "GET /a/{x}/{y}/{z}", "GET /a/{x}/{y}"];
    let gap = ["GET /a/{}, GET /a/{}/{}/{} e.g. GET /a/x/x"].as_slice();
    let with_others = |count: usize| {
        let others: Vec<String> = (0..count).map(|number| format!("GET /{number}")).collect();
        one_scope_each(&a_gap_in_depth.into_iter().chain(others.iter().map(String::as_str)).collect::<Vec<_>>())
    };
    let all_of_nine = {
        let mut document = with_others(7);
        document["permissions"].as_array_mut().unwrap().remove(2);
        document["routes"] = json!(a_gap_in_depth[2..]);
        document
    };
    let gap_by_deny = json!({"permissions": [
        {"scopes": ["s0"], "allow": ["GET /a/{x}", "GET /a/{x}/{y}"]},
        {"scopes": ["s1"], "allow": ["GET /a/{x}/{y}/{z}"]},
        {"scopes": ["s2"], "deny": ["GET /a/{x}/{y}"]}
    ]});
    for (name, document, expected) in [
        ("one permission", everyone(&a_gap_in_depth[..2], &a_gap_in_depth[2..]), gap),
        ("nothing between", everyone(&a_gap_in_depth[..2], &[]), &[]),
        ("all that is between granted too", everyone(&a_gap_in_depth, &[]), &[]),
        (
            "one's own route beside everybody's",
            everyone(&["GET /{x}", "GET /users/${sub}"], &["GET /users/{x}"]),
            &["GET /{}, GET /users/sub e.g. GET /users/x"],
        ),
        ("two of three permissions", one_scope_each(&a_gap_in_depth), gap),
        ("two of eight permissions", with_others(5), gap),
        ("two of nine permissions are not looked at", with_others(6), &[]),
        ("all of nine permissions together", all_of_nine, gap),
        ("a gap that the third permission's deny makes", gap_by_deny, gap),
    ] {
        assert_eq!(findings("rights_not_expressible", &document), expected, "{name}");
    }
}

#[test]
fn paths_that_are_opened_by_the_way_are_named() {
    let beyond = ["GET /a/{}, GET /a/{}/{}/{} e.g. GET /a/x/x"].as_slice();
    for (name, document, expected) in [
        ("a deeper route beyond a gap", everyone(&["GET /a/{x}", "GET /a/{x}/{y}/{z}"], &[]), beyond),
        ("the gap is named", everyone(&["GET /a/{x}", "GET /a/{x}/{y}/{z}"], &["GET /a/{x}/{y}"]), &[]),
        ("the gap is granted", everyone(&["GET /a/{x}", "GET /a/{x}/{y}/{z}", "GET /a/{x}/{y}"], &[]), &[]),
        ("by two permissions", one_scope_each(&["GET /a/{x}", "GET /a/{x}/{y}/{z}"]), beyond),
        ("no deeper route", everyone(&["GET /a/{x}", "GET /b/{x}/{y}"], &[]), &[]),
    ] {
        assert_eq!(findings("reach_outside_catalog", &document), expected, "{name}");
    }
}

#[test]
fn a_route_that_nothing_allows_is_named() {
    let named = [
        ("GET /a", true),
        ("POST /a", true),
        ("GET /a/b", false),
        ("GET /b", false),
        ("GET /b/{q}", true),
        ("GET /b/{q+}", true),
        ("GET /b/{q}/{r+}", true),
        ("POST /b/{q}", false),
        ("GET /c/d", true),
        ("GET /c/${sub}", true),
        ("GET /c/{q+}", false),
        ("ANY /c/{x}", false),
        ("GET /", false),
        ("GET /d/{x}/{q+}", true),
        ("GET /d/{q+}", false),
    ];
    let allowed = ["ANY /a", "GET /b/{p+}", "GET /c/{x}", "GET /{x}/{y}/{z}/{p+}", "GET /d/{x}/{p+}"];
    let routes: Vec<&str> = named.iter().map(|(route, _)| *route).collect();
    let never: Vec<&str> = named.iter().filter(|(_, allowed)| !allowed).map(|(route, _)| *route).collect();
    assert_eq!(findings("route_never_allowed", &everyone(&allowed, &routes)), never);
}

#[test]
fn a_permission_that_changes_nothing_is_named() {
    let swallowed = |permissions: &[Value]| {
        let all = findings_within(&json!({"permissions": permissions}), LIMITS).into_iter();
        let swallowed = all.filter(|finding| finding.code == "permission_swallowed");
        swallowed.map(|finding| format!("{} ({})", finding.advice, finding.routes.join(", "))).collect::<Vec<_>>()
    };
    let by = |narrow: usize, wide: usize, routes: &str| {
        vec![format!(
            "permissions[{narrow}] changes nothing: permissions[{wide}] applies whenever it does and says as much \
             ({routes})"
        )]
    };
    let wide = json!({"scopes": ["s"], "groups": ["g"], "claims": {"c": 1}, "allow": ["GET /a/{x}"]});
    let with = |changes: Value| {
        let mut permission = wide.clone();
        permission.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        permission
    };
    let everyone_at = |route: &str| json!({"authenticated": true, "allow": [route]});
    let own = everyone_at("GET /u/${sub}");
    for (name, permissions, expected) in [
        ("the later of two alike", [wide.clone(), wide.clone()], by(1, 0, "GET /a/{x}")),
        ("the narrower route", [wide.clone(), with(json!({"allow": ["GET /a/b"]}))], by(1, 0, "GET /a/b")),
        ("the narrower route, first", [with(json!({"allow": ["GET /a/b"]})), wide.clone()], by(0, 1, "GET /a/b")),
        ("more scopes", [wide.clone(), with(json!({"scopes": ["t", "s"]}))], by(1, 0, "GET /a/{x}")),
        ("other scopes", [wide.clone(), with(json!({"scopes": ["t"]}))], vec![]),
        ("other groups", [wide.clone(), with(json!({"groups": ["h"]}))], vec![]),
        ("another value", [wide.clone(), with(json!({"claims": {"c": 2}}))], vec![]),
        ("a wider route", [wide.clone(), with(json!({"allow": ["GET /a/{x+}"]}))], by(0, 1, "GET /a/{x}")),
        ("a route more", [wide.clone(), with(json!({"allow": ["GET /b", "GET /a/{x}"]}))], by(0, 1, "GET /a/{x}")),
        ("a deny", [with(json!({"deny": ["GET /a/b"]})), wide.clone()], by(1, 0, "GET /a/{x}")),
        (
            "a narrower deny",
            [with(json!({"deny": ["GET /a/{x}"]})), with(json!({"deny": ["GET /a/b"]}))],
            by(1, 0, "GET /a/{x}, GET /a/b"),
        ),
        ("one's own route twice", [own.clone(), own.clone()], by(1, 0, "GET /u/${sub}")),
        ("one's own route among all", [own.clone(), everyone_at("GET /u/{x}")], by(0, 1, "GET /u/${sub}")),
        ("all beside one's own", [own.clone(), everyone_at("GET /u/alice")], vec![]),
    ] {
        assert_eq!(swallowed(&permissions), expected, "{name}");
    }
}

#[test]
fn a_scope_that_cognito_gives_out_itself_is_named() {
    let document = json!({"permissions": [
        {"scopes": ["orders/read", "openid"], "allow": ["GET /a"], "deny": ["GET /b"]},
        {"scopes": ["orders/openid"], "allow": ["GET /c"]}
    ]});
    assert_eq!(findings("scope_is_no_permission", &document), ["GET /a, GET /b"]);
}

#[test]
fn a_route_whose_arn_can_be_too_long_is_named() {
    // What stands before the path has at most 203 of 512 characters; stars have one, a claim's value at most 128.
    let own = |length: usize| format!("GET /{}/{{x}}/${{sub}}", "a".repeat(length));
    let deep = |length: usize| format!("GET /{}/{{p+}}", "a".repeat(length));
    let document = everyone(&[&own(177), &own(178), &deep(306), &deep(307)], &[]);
    assert_eq!(findings("resource_too_long", &document), [own(178), deep(307)]);
    let advice = findings_within(&everyone(&[&own(178)], &[]), LIMITS).remove(0).advice;
    assert!(advice.starts_with("its ARN can have 513 characters, and API Gateway takes 512:"), "{advice}");
}

#[test]
fn a_policy_that_can_exceed_the_budget_is_foretold() {
    let document = one_scope_each(&["GET /a", "GET /b"]);
    let within = |budget_bytes| findings_within(&document, Limits { budget_bytes, ..LIMITS });
    // Two Allows of 67 characters, a Deny of 66, and what JSON puts around them.
    assert_eq!(within(370), []);
    let [found] = within(369).try_into().unwrap();
    let expected = "policy_over_budget: a holder of every permission gets a policy of about 370 bytes, more than the \
                    budget of 369: the answer is then for the requested method alone. Raise POLICY_BUDGET_BYTES if \
                    your API takes it, or split the API";
    assert_eq!(found.to_string(), expected);
}

#[test]
fn a_finding_is_written_with_its_routes_and_its_example() {
    let finding = |routes: &[&str], example: Option<&str>| Finding {
        code: "code",
        routes: routes.iter().map(ToString::to_string).collect(),
        example: example.map(ToOwned::to_owned),
        advice: "do".to_owned(),
    };
    assert_eq!(finding(&[], None).to_string(), "code: do");
    assert_eq!(finding(&["GET /a", "GET /b"], None).to_string(), "code: do; routes: GET /a, GET /b");
    assert_eq!(finding(&["GET /a"], Some("GET /x")).to_string(), "code: do; routes: GET /a; for example GET /x");
}
