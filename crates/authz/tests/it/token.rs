//! Tokens that `authz token` makes, as `authz simulate` takes them.

use crate::{answer, authz_in, folder, remarks};
use serde_json::{Value, json};

const SETTINGS: &str =
    "ISSUER=http://localhost:9229/local_1\nAPP_CLIENT_ID=local\nTOKEN_USE=access,id\nJWKS_FILE=jwks.json\n";
const DOCUMENT: &str = r#"{"permissions":[
    {"scopes":["orders/read"],"allow":["GET /orders"]},
    {"claims":{"custom:plan":"gold"},"groups":["staff"],"allow":["GET /reports"]}]}"#;

fn event(token: &str, path: &str) -> String {
    let arn = format!("arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/test/GET/{path}");
    json!({ "type": "TOKEN", "authorizationToken": format!("Bearer {token}"), "methodArn": arn }).to_string()
}

#[test]
fn tokens_of_both_kinds_are_accepted_with_one_key_set() {
    let folder = folder("token", &[("settings.env", SETTINGS), ("permissions.json", DOCUMENT)]);
    let made = |arguments: &[&str]| {
        let output = authz_in(&folder, &[&["token", "--jwks", "jwks.json"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", remarks(&output));
        answer(&output).trim_end().to_owned()
    };
    let access = made(&["--scopes", "orders/read"]);
    let id = made(&["--kind", "id", "--groups", "staff", "--claim", "custom:plan=gold"]);
    let stale = made(&["--scopes", "orders/read", "--lifetime", "0"]);
    for (number, (token, path)) in [(&access, "orders"), (&id, "reports"), (&stale, "orders")].into_iter().enumerate() {
        std::fs::write(folder.join(format!("{number}.json")), event(token, path)).unwrap();
    }
    let output = authz_in(&folder, &["simulate", "--settings", "settings.env", "0.json", "1.json", "2.json"]);
    let answers: Vec<Value> = answer(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let opened = |answer: &Value| answer["policyDocument"]["Statement"][0]["Resource"].to_string();
    assert!(opened(&answers[0]).contains("GET/orders"), "{answers:?} {}", remarks(&output));
    assert!(opened(&answers[1]).contains("GET/reports"), "{answers:?}");
    assert_eq!(answers[2]["errorMessage"], "Unauthorized");
    let keys: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("jwks.json")).unwrap()).unwrap();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 3);
    assert!(keys["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none()), "no private key is kept");
}

#[test]
fn a_real_pool_gets_no_token_and_what_is_no_key_set_is_left_alone() {
    let folder = folder("token-refused", &[("notes.json", "[1]")]);
    let pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI";
    for (arguments, code) in [(&["--jwks", "new.json", "--issuer", pool][..], 2), (&["--jwks", "notes.json"], 3)] {
        let output = authz_in(&folder, &[&["token"], arguments].concat());
        assert_eq!((output.status.code(), answer(&output)), (Some(code), String::new()));
    }
    assert!(!folder.join("new.json").exists());
    assert_eq!(std::fs::read_to_string(folder.join("notes.json")).unwrap(), "[1]");
}

#[test]
fn a_token_is_explained_verified_and_never_printed() {
    let folder = folder("token-explained", &[("settings.env", SETTINGS), ("permissions.json", DOCUMENT)]);
    for (name, arguments) in [
        ("good", &["--scopes", "orders/read"][..]),
        ("stale", &["--lifetime", "0"]),
        ("foreign", &["--client", "other"]),
    ] {
        let output = authz_in(&folder, &[&["token", "--jwks", "jwks.json"], arguments].concat());
        std::fs::write(folder.join(name), answer(&output)).unwrap();
    }
    std::fs::write(folder.join("bad"), "eyJhbGciOiJub25lIn0.c2VjcmV0.x").unwrap();
    let verified = "\n  the token is accepted: every check passed\n";
    for (name, settings, code, expected) in [
        ("good", true, 0, verified),
        ("good", false, 0, "\n  the token was not verified: --settings says what is accepted\n"),
        ("stale", true, 0, "\n  the token is refused (token_expired): found a token past its `exp`\n"),
        ("foreign", true, 0, "): found a client that is not in `APP_CLIENT_ID`, or `clients`\n"),
        ("bad", true, 3, "error: bad: found something else than one compact JWS, expected a token\n"),
    ] {
        let all = ["explain", "GET", "/orders", "--token", name, "--settings", "settings.env"];
        let output = authz_in(&folder, all.get(..if settings { 7 } else { 5 }).unwrap());
        let said = format!("{}{}", answer(&output), remarks(&output));
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(expected), "{name}: {said}");
        let token = std::fs::read_to_string(folder.join(name)).unwrap();
        assert!(token.trim().split('.').all(|part| part.len() < 2 || !said.contains(part)), "{name}: {said}");
    }
}
