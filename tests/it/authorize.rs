//! Whole outcomes: a token and a method in, a decision or a refusal out.

use cognito_authorizer::authorizer::{Authorizer, Refusal};
use cognito_authorizer::clock::UnixTime;
use cognito_authorizer::jwks::{KeyOrigin, Unavailable};
use cognito_authorizer::token::{Clients, InvalidToken, TokenUse};
use serde_json::{Value, json};
use testkit::{
    CLIENT, KEY, NOW, OTHER_KEY, OTHER_POOL, POOL, access, authorizer, decide, id, permissions, verifier_of,
};

async fn permitted(authorizer: &Authorizer, claims: Value, method: &str) -> bool {
    decide(authorizer, &KEY.token(&claims), method, NOW).await.unwrap().permitted
}

async fn refusal(token: &str) -> InvalidToken {
    refusal_by(&authorizer(&permissions()), token, NOW).await
}

async fn refusal_by(authorizer: &Authorizer, token: &str, now: UnixTime) -> InvalidToken {
    match decide(authorizer, token, "GET/orders", now).await {
        Err(Refusal::InvalidToken(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_genuine_token_may_do_what_its_scopes_permit() {
    let authorizer = authorizer(&permissions());
    for (name, changes, method, expected) in [
        ("by scope", json!({}), "GET/orders", true),
        ("by scope, with a parameter", json!({}), "GET/orders/42", true),
        ("another verb", json!({}), "POST/orders", false),
        ("one segment more", json!({}), "GET/orders/42/pii", false),
        ("an empty segment", json!({}), "GET/orders/", false),
        ("an encoded slash", json!({}), "GET/orders/4%2F2", false),
        ("another scope", json!({"scope": "orders/write"}), "POST/orders", true),
        ("several scopes", json!({"scope": "a  orders/write orders/read"}), "GET/orders", true),
        ("a part of a scope", json!({"scope": "orders/read2 xorders/read orders"}), "GET/orders", false),
        ("no scope claim", json!({"scope": null}), "GET/orders", false),
        ("no scope needed", json!({"scope": null}), "GET/me", true),
        ("a route nobody named", json!({}), "GET/unknown", false),
    ] {
        assert_eq!(permitted(&authorizer, access(changes), method).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_permission_applies_when_everything_it_names_holds() {
    let authorizer = authorizer(&json!({"permissions": [
        {"scopes": ["a", "b"], "allow": ["GET /scopes"]},
        {"scopes": ["a"], "groups": ["g"], "claims": {"custom:level": 3}, "allow": ["GET /mixed"]},
        {"claims": {"roles": "admin"}, "allow": ["GET /roles"]}
    ]}));
    let mixed = |scope: &str, group: &str, level: Value| json!({"scope": scope, "cognito:groups": [group], "custom:level": level});
    for (name, changes, method, expected) in [
        ("both scopes", json!({"scope": "b a"}), "GET/scopes", true),
        ("one of two scopes", json!({"scope": "a"}), "GET/scopes", false),
        ("all three kinds", mixed("a", "g", json!(3)), "GET/mixed", true),
        ("without the scope", mixed("b", "g", json!(3)), "GET/mixed", false),
        ("without the group", mixed("a", "G", json!(3)), "GET/mixed", false),
        ("without the value", mixed("a", "g", json!("3")), "GET/mixed", false),
        ("an array claim with the value", json!({"roles": ["x", "admin"]}), "GET/roles", true),
        ("an array claim without it", json!({"roles": ["x"]}), "GET/roles", false),
        ("no such claim", json!({}), "GET/roles", false),
    ] {
        assert_eq!(permitted(&authorizer, access(changes), method).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_matching_deny_wins_in_whatever_order() {
    let deny = json!({"claims": {"custom:frozen": "true"}, "deny": ["DELETE /{any+}"]});
    let allow = json!({"authenticated": true, "allow": ["ANY /orders/{id}"]});
    for permissions in [json!([deny, allow]), json!([allow, deny])] {
        let authorizer = authorizer(&json!({"permissions": permissions}));
        let frozen = || access(json!({"custom:frozen": "true"}));
        assert!(!permitted(&authorizer, frozen(), "DELETE/orders/7").await);
        assert!(permitted(&authorizer, frozen(), "GET/orders/7").await);
        assert!(permitted(&authorizer, access(json!({})), "DELETE/orders/7").await);
    }
}

#[tokio::test]
async fn a_claim_in_a_route_stands_for_its_own_value_alone() {
    let authorizer = authorizer(&json!({"permissions": [
        {"authenticated": true, "allow": ["ANY /users/${sub}/{rest+}", "GET /t/${custom:tenant}"]},
        {"authenticated": true, "deny": ["GET /users/${custom:blocked}/x"]}
    ]}));
    let long = "x".repeat(129);
    for (name, changes, method, expected) in [
        ("own id", json!({"sub": "u1"}), "PATCH/users/u1/a/b", true),
        ("another's id", json!({"sub": "u1"}), "GET/users/u2/a", false),
        ("a star", json!({"sub": "*"}), "GET/users/*/a", false),
        ("a star for another's id", json!({"sub": "*"}), "GET/users/u2/a", false),
        ("a policy variable", json!({"sub": "${aws:username}"}), "GET/users/${aws:username}/a", false),
        ("two segments", json!({"sub": "u1/a"}), "GET/users/u1/a/b", false),
        ("dots", json!({"sub": ".."}), "GET/users/../a", false),
        ("a long value", json!({"sub": long}), &format!("GET/users/{long}/a"), false),
        ("the longest value", json!({"sub": &long[1..]}), &format!("GET/users/{}/a", &long[1..]), true),
        ("a number", json!({"sub": "u1", "custom:tenant": 7}), "GET/t/7", false),
        ("no such claim", json!({"sub": "u1"}), "GET/t/7", false),
        ("a deny for another", json!({"sub": "u1", "custom:blocked": "u2"}), "GET/users/u1/x", true),
        ("a deny for itself", json!({"sub": "u1", "custom:blocked": "u1"}), "GET/users/u1/x", false),
        ("a deny without its claim denies all", json!({"sub": "u1"}), "GET/users/u1/x", false),
        (
            "a deny with an unusable claim denies all",
            json!({"sub": "u1", "custom:blocked": "*"}),
            "GET/users/u1/x",
            false,
        ),
    ] {
        assert_eq!(permitted(&authorizer, access(changes), method).await, expected, "{name}");
    }
}

#[tokio::test]
async fn an_id_token_is_believed_only_where_it_is_allowed_and_carries_no_scope() {
    let mut authorizer = authorizer(&permissions());
    let token = KEY.token(&id(json!({"scope": "orders/read"})));
    assert_eq!(refusal_by(&authorizer, &token, NOW).await, InvalidToken::UseNotAllowed);
    verifier_of(&mut authorizer).token_uses = vec![TokenUse::Access, TokenUse::Id];
    assert!(!decide(&authorizer, &token, "GET/orders", NOW).await.unwrap().permitted);
    assert!(decide(&authorizer, &token, "GET/me", NOW).await.unwrap().permitted);
}

#[tokio::test]
async fn every_shape_that_cognito_issues_is_believed() {
    for (name, changes) in [
        ("machine to machine", json!({"sub": CLIENT, "username": null, "origin_jti": null})),
        ("signed in through the SDK", json!({"version": null, "scope": "aws.cognito.signin.user.admin"})),
        ("bound to a resource", json!({"aud": "https://api.example.com/v1"})),
        ("with groups", json!({"cognito:groups": ["a", "b"]})),
        (
            "with arrays and objects from a trigger",
            json!({"tags": ["a", {"b": [1, null]}], "level": 1.5, "flag": false}),
        ),
        ("with step-up claims", json!({"acr": "urn:x", "amr": ["pwd", "mfa"]})),
        ("with a device", json!({"device_key": "eu-west-1_x"})),
        ("with a sub that is no UUID", json!({"sub": "us-east-1:alice@example.com"})),
        ("without times that are optional", json!({"iat": null, "auth_time": null})),
    ] {
        let decision = decide(&authorizer(&permissions()), &KEY.token(&access(changes)), "GET/me", NOW).await;
        assert!(decision.unwrap_or_else(|error| panic!("{name}: {error}")).permitted, "{name}");
    }
}

#[tokio::test]
async fn claims_that_do_not_hold_are_refused_with_their_reason() {
    use InvalidToken::{ClaimMalformed, ClaimMissing, ClientUnknown, IssuerUnknown, UseNotAllowed};
    for (changes, expected) in [
        (json!({"iss": OTHER_POOL}), IssuerUnknown),
        (json!({"iss": format!("{POOL}/")}), IssuerUnknown),
        (json!({"iss": POOL.to_uppercase()}), IssuerUnknown),
        (json!({"iss": [POOL]}), IssuerUnknown),
        (json!({"iss": null}), IssuerUnknown),
        (json!({"client_id": "another"}), ClientUnknown),
        (json!({"client_id": null}), ClaimMissing { claim: "client_id" }),
        (json!({"client_id": null, "aud": CLIENT}), ClaimMissing { claim: "client_id" }),
        (json!({"client_id": [CLIENT]}), ClaimMalformed { claim: "client_id" }),
        (json!({"token_use": "id", "aud": CLIENT}), UseNotAllowed),
        (json!({"token_use": "Access"}), UseNotAllowed),
        (json!({"token_use": null}), ClaimMissing { claim: "token_use" }),
        (json!({"token_use": 1}), ClaimMalformed { claim: "token_use" }),
        (json!({"sub": null}), ClaimMissing { claim: "sub" }),
        (json!({"sub": ""}), ClaimMissing { claim: "sub" }),
        (json!({"sub": 7}), ClaimMalformed { claim: "sub" }),
        (json!({"exp": null}), ClaimMissing { claim: "exp" }),
        (json!({"exp": "1700003600"}), ClaimMalformed { claim: "exp" }),
        (json!({"exp": 1_700_003_600.5}), ClaimMalformed { claim: "exp" }),
        (json!({"exp": -1}), ClaimMalformed { claim: "exp" }),
        (json!({"nbf": "0"}), ClaimMalformed { claim: "nbf" }),
        (json!({"iat": {}}), ClaimMalformed { claim: "iat" }),
        (json!({"scope": ["orders/read"]}), ClaimMalformed { claim: "scope" }),
        (json!({"cognito:groups": "admin"}), ClaimMalformed { claim: "cognito:groups" }),
        (json!({"cognito:groups": ["admin", 7]}), ClaimMalformed { claim: "cognito:groups" }),
    ] {
        assert_eq!(refusal(&KEY.token(&access(changes.clone()))).await, expected, "{changes}");
    }
}

#[tokio::test]
async fn a_token_bound_to_a_key_is_refused_since_nobody_checks_that() {
    for binding in [
        json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}),
        json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}),
        json!({"jwk": {"kty": "RSA"}}),
        json!({}),
        json!("x"),
        json!([]),
    ] {
        let token = KEY.token(&access(json!({"cnf": binding.clone()})));
        assert_eq!(refusal(&token).await, InvalidToken::BindingNotChecked, "{binding}");
    }
    let null = access(json!({})).to_string().replacen('{', r#"{"cnf":null,"#, 1);
    let header = json!({"kid": KEY.id, "alg": "RS256"}).to_string();
    assert_eq!(refusal(&KEY.sign(&header, &null)).await, InvalidToken::BindingNotChecked);
}

#[tokio::test]
async fn a_token_that_an_agent_acts_with_is_believed() {
    let token = KEY.token(&access(json!({"act": {"sub": "agent-1"}})));
    assert!(decide(&authorizer(&permissions()), &token, "GET/me", NOW).await.unwrap().permitted);
}

#[tokio::test]
async fn a_token_bound_to_another_resource_is_refused_where_one_is_asked_for() {
    let resources = ["https://api.example.com/v1", "urn:orders"];
    let mut authorizer = authorizer(&permissions());
    verifier_of(&mut authorizer).resources = Some(resources.map(ToOwned::to_owned).to_vec());
    verifier_of(&mut authorizer).token_uses = vec![TokenUse::Access, TokenUse::Id];
    for resource in resources {
        let token = KEY.token(&access(json!({"aud": resource})));
        assert!(decide(&authorizer, &token, "GET/me", NOW).await.unwrap().permitted, "{resource}");
    }
    for (aud, expected) in [
        (json!("https://api.example.com"), InvalidToken::ResourceUnknown),
        (json!("https://api.example.com/v1/"), InvalidToken::ResourceUnknown),
        (json!("https://API.example.com/v1"), InvalidToken::ResourceUnknown),
        (json!(""), InvalidToken::ResourceUnknown),
        (json!(null), InvalidToken::ClaimMissing { claim: "aud" }),
        (json!(["https://api.example.com/v1"]), InvalidToken::ClaimMalformed { claim: "aud" }),
    ] {
        let token = KEY.token(&access(json!({"aud": aud.clone()})));
        assert_eq!(refusal_by(&authorizer, &token, NOW).await, expected, "{aud}");
    }
    let id_token = KEY.token(&id(json!({})));
    assert!(decide(&authorizer, &id_token, "GET/me", NOW).await.unwrap().permitted, "its `aud` is its client");
    verifier_of(&mut authorizer).resources = Some(Vec::new());
    let token = KEY.token(&access(json!({"aud": resources[0]})));
    assert_eq!(refusal_by(&authorizer, &token, NOW).await, InvalidToken::ResourceUnknown, "an empty list is not any");
}

#[tokio::test]
async fn a_token_is_good_from_its_not_before_up_to_its_expiry() {
    use InvalidToken::{Expired, IssuedInFuture, NotYetValid};
    let authorizer_with = |leeway| {
        let mut authorizer = authorizer(&permissions());
        verifier_of(&mut authorizer).leeway_seconds = leeway;
        authorizer
    };
    for (name, changes, leeway, now, expected) in [
        ("a second before expiry", json!({"exp": 1000}), 0, 999, None),
        ("at its expiry", json!({"exp": 1000}), 0, 1000, Some(Expired)),
        ("after its expiry", json!({"exp": 1000}), 0, 1001, Some(Expired)),
        ("within the leeway", json!({"exp": 1000}), 5, 1004, None),
        ("at the leeway's end", json!({"exp": 1000}), 5, 1005, Some(Expired)),
        ("an expiry beyond all time", json!({"exp": u64::MAX}), 5, 1005, None),
        ("a second before its not-before", json!({"exp": 5000, "nbf": 1000}), 0, 999, Some(NotYetValid)),
        ("at its not-before", json!({"exp": 5000, "nbf": 1000}), 0, 1000, None),
        ("before its not-before, within the leeway", json!({"exp": 5000, "nbf": 1000}), 5, 995, None),
        ("before its not-before, beyond the leeway", json!({"exp": 5000, "nbf": 1000}), 5, 994, Some(NotYetValid)),
        ("issued as far ahead as clocks differ", json!({"exp": 5000, "iat": 1300}), 0, 1000, None),
        ("issued a second further ahead", json!({"exp": 5000, "iat": 1301}), 0, 1000, Some(IssuedInFuture)),
    ] {
        let base = json!({"iat": null, "auth_time": null});
        let mut all = base.as_object().unwrap().clone();
        all.extend(changes.as_object().unwrap().clone());
        let token = KEY.token(&access(Value::Object(all)));
        let outcome = decide(&authorizer_with(leeway), &token, "GET/me", UnixTime::from_seconds(now)).await;
        let found = match outcome {
            Ok(_) => None,
            Err(Refusal::InvalidToken(error)) => Some(error),
            Err(other) => panic!("{name}: {other}"),
        };
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn a_header_that_asks_for_anything_else_is_refused() {
    use InvalidToken::{AlgorithmNotAllowed, CriticalHeader, KeyIdMissing, KeyUnknown, Malformed};
    let kid = KEY.id;
    for (header, expected) in [
        (format!(r#"{{"kid":"{kid}","alg":"none"}}"#), AlgorithmNotAllowed),
        (format!(r#"{{"kid":"{kid}","alg":"None"}}"#), AlgorithmNotAllowed),
        (format!(r#"{{"kid":"{kid}","alg":"HS256"}}"#), AlgorithmNotAllowed),
        (format!(r#"{{"kid":"{kid}","alg":"RS512"}}"#), AlgorithmNotAllowed),
        (format!(r#"{{"kid":"{kid}","alg":["RS256"]}}"#), AlgorithmNotAllowed),
        (format!(r#"{{"kid":"{kid}"}}"#), AlgorithmNotAllowed),
        (format!(r#"{{"kid":"{kid}","alg":"RS256","crit":["b64"],"b64":false}}"#), CriticalHeader),
        (format!(r#"{{"kid":"{kid}","alg":"RS256","crit":null}}"#), CriticalHeader),
        (r#"{"alg":"RS256"}"#.to_owned(), KeyIdMissing),
        (r#"{"alg":"RS256","kid":""}"#.to_owned(), KeyIdMissing),
        (r#"{"alg":"RS256","kid":7}"#.to_owned(), KeyIdMissing),
        (r#"{"alg":"RS256","kid":"another"}"#.to_owned(), KeyUnknown),
        (format!(r#"{{"kid":"{kid}","alg":"none","alg":"RS256"}}"#), Malformed),
        ("[]".to_owned(), Malformed),
        (String::new(), Malformed),
    ] {
        assert_eq!(refusal(&KEY.sign(&header, &access(json!({})).to_string())).await, expected, "{header}");
    }
}

#[tokio::test]
async fn a_payload_that_says_a_thing_twice_is_refused() {
    let header = json!({"kid": KEY.id, "alg": "RS256"}).to_string();
    let claims = access(json!({})).to_string();
    let twice = claims.replacen('{', r#"{"scope":"admin","#, 1);
    assert_eq!(refusal(&KEY.sign(&header, &twice)).await, InvalidToken::Malformed);
    assert_eq!(refusal(&KEY.sign(&header, &format!("\u{feff}{claims}"))).await, InvalidToken::Malformed);
    assert_eq!(refusal(&KEY.sign(&header, &format!("{claims}x"))).await, InvalidToken::Malformed);
}

#[tokio::test]
async fn only_the_issuers_own_key_signs() {
    use InvalidToken::{Malformed, SignatureInvalid};
    let header = json!({"kid": KEY.id, "alg": "RS256"}).to_string();
    let token = KEY.token(&access(json!({})));
    let another = OTHER_KEY.sign(&header, &access(json!({})).to_string());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    let more = KEY.token(&access(json!({"scope": "orders/write"})));
    let more_claims = more.split('.').nth(1).unwrap();
    let other_signature = more.rsplit('.').next().unwrap();
    for (name, token, expected) in [
        ("another key under the same id", another, SignatureInvalid),
        ("other claims under the signature", format!("{head}.{more_claims}.{signature}"), SignatureInvalid),
        ("another token's signature", format!("{message}.{other_signature}"), SignatureInvalid),
        ("no signature", format!("{message}."), SignatureInvalid),
        ("a short signature", format!("{message}.{}", &signature[..4]), SignatureInvalid),
        ("a flipped bit", format!("{message}.{}", flipped(signature)), SignatureInvalid),
        ("padding", format!("{token}=="), Malformed),
        ("two parts", message.to_owned(), Malformed),
        ("four parts", format!("{token}.x"), Malformed),
        ("a bit that does not count", format!("{}{}", &token[..token.len() - 1], last_bits_set(&token)), Malformed),
    ] {
        assert_eq!(refusal(&token).await, expected, "{name}");
    }
}

fn flipped(signature: &str) -> String {
    let first = if signature.starts_with('A') { "B" } else { "A" };
    format!("{first}{}", &signature[1..])
}

/// The last of 342 characters carries two bits; this sets one of the four that say nothing.
fn last_bits_set(token: &str) -> char {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = ALPHABET.find(token.chars().last().unwrap()).unwrap();
    ALPHABET.chars().nth(last | 1).unwrap()
}

#[tokio::test]
async fn clients_are_any_only_where_that_is_written() {
    let mut authorizer = authorizer(&permissions());
    let token = KEY.token(&access(json!({"client_id": "another"})));
    assert_eq!(refusal_by(&authorizer, &token, NOW).await, InvalidToken::ClientUnknown);
    verifier_of(&mut authorizer).clients = Clients::Any;
    assert!(decide(&authorizer, &token, "GET/orders", NOW).await.unwrap().permitted);
    let nobodys = KEY.token(&access(json!({"client_id": null})));
    assert_eq!(refusal_by(&authorizer, &nobodys, NOW).await, InvalidToken::ClaimMissing { claim: "client_id" });
}

#[test]
fn a_refusal_says_why() {
    for (refusal, expected) in [
        (Refusal::InvalidToken(InvalidToken::Expired), "found a token past its `exp`"),
        (Refusal::InvalidToken(InvalidToken::ClaimMissing { claim: "sub" }), "found no claim `sub`, expected one"),
        (
            Refusal::KeysUnavailable { cause: Unavailable::TooEarly },
            "no keys at hand, and too early to ask the key endpoint again",
        ),
    ] {
        assert_eq!(refusal.to_string(), expected);
    }
}

#[tokio::test]
async fn a_decision_names_the_route_of_the_document() {
    let authorizer = authorizer(&permissions());
    let token = KEY.token(&access(json!({})));
    for (method, expected) in [
        ("GET/orders/42", Some("GET /orders/{id}")),
        ("POST/orders", Some("POST /orders")),
        ("GET/nowhere", None),
        ("GET/orders//", None),
    ] {
        let decision = decide(&authorizer, &token, method, NOW).await.unwrap();
        assert_eq!(decision.route.as_deref(), expected, "{method}");
    }
    assert_eq!(decide(&authorizer, &token, "GET/me", NOW).await.unwrap().key_origin, KeyOrigin::Cached);
}

#[tokio::test]
async fn of_all_routes_that_match_a_decision_names_the_one_that_decides() {
    let authorizer = authorizer(&json!({"permissions": [
        {"scopes": ["admin"], "allow": ["GET /{x}/{y}"]},
        {"authenticated": true, "allow": ["GET /a/{y}"], "deny": ["GET /a/b"]}
    ]}));
    for (method, expected) in [("GET/a/c", "GET /a/{y}"), ("GET/a/b", "GET /a/b"), ("GET/b/c", "GET /{x}/{y}")] {
        let decision = decide(&authorizer, &KEY.token(&access(json!({}))), method, NOW).await.unwrap();
        assert_eq!(decision.route.as_deref(), Some(expected), "{method}");
    }
}

/// The rule of `docs/operate.md` that locks somebody out.
#[tokio::test]
async fn who_is_locked_out_may_do_nothing_at_all() {
    let document = include_str!("../../docs/operate.md");
    let rule = document.lines().find(|line| line.starts_with(r#"{ "claims": { "sub": "#)).unwrap();
    let rule: Value = serde_json::from_str(&rule.replace('…', "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")).unwrap();
    let open = json!({"authenticated": true, "allow": ["ANY /", "ANY /{any+}", "$connect"]});
    for (permissions, expected) in [(json!([open]), true), (json!([open, rule]), false)] {
        let authorizer = authorizer(&json!({"permissions": permissions}));
        for method in ["GET/", "GET/orders", "DELETE/users/7/cards/1", "$connect"] {
            assert_eq!(permitted(&authorizer, access(json!({})), method).await, expected, "{method}");
        }
        assert!(permitted(&authorizer, access(json!({"sub": "somebody-else"})), "GET/orders").await);
    }
}
