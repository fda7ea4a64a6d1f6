//! What others published: examples of the standards, and Project Wycheproof's signatures. RS256 verifies, and nothing
//! else does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_authorizer::jwks::{Algorithm, Algorithms, KeyId, KeySet, VerifyingKey};
use cognito_authorizer::token::{BearerToken, Scheme, UnverifiedToken};
use serde_json::{Value, json};
use std::sync::Arc;

fn key(jwk: &Value) -> Option<Arc<VerifyingKey>> {
    let mut jwk = jwk.clone();
    jwk["kid"] = json!("published");
    let set = KeySet::parse(json!({"keys": [jwk]}).to_string().as_bytes(), Algorithms::RS256).ok()?;
    set.find(&KeyId::new("published".to_owned()))
}

fn bytes(part: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part.as_str().unwrap()).unwrap()
}

fn examples() -> Vec<Value> {
    serde_json::from_str(include_str!("../vectors/rfc.json")).unwrap()
}

/// Does a key that this project would use verify the example?
fn verifies(example: &Value) -> bool {
    let (message, signature) = example["token"].as_str().unwrap().rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let key = example.get("jwk").and_then(key);
    let good = |message: &str, signature: &Vec<u8>| {
        key.as_ref().is_some_and(|key| key.verifies(Algorithm::Rs256, message.as_bytes(), signature))
    };
    let flipped: Vec<u8> = signature.iter().map(|byte| byte ^ 1).collect();
    assert!(!good(&format!("{message}x"), &signature) && !good(message, &flipped), "{}", example["source"]);
    good(message, &signature)
}

#[test]
fn of_the_standards_examples_those_of_rs256_verify() {
    let examples = examples();
    let found: Vec<&str> = examples
        .iter()
        .filter(|&example| verifies(example))
        .map(|example| example["source"].as_str().unwrap())
        .collect();
    assert_eq!(found, ["RFC 7515 appendix A.2", "RFC 7520 section 4.1"]);
}

/// None is a token of Cognito's: the two of RS256 lack a `kid`, or have a payload that is no JSON.
#[test]
fn each_of_the_standards_examples_is_refused_as_a_token_for_its_reason() {
    for example in examples() {
        let token = BearerToken::parse(example["token"].as_str().unwrap(), Scheme::Absent).unwrap();
        let refusal = UnverifiedToken::parse(&token, Algorithms::RS256).unwrap_err();
        assert_eq!(refusal.reason(), example["expect"].as_str().unwrap(), "{}", example["source"]);
    }
}

/// The divergence that is on the list for this test, if there is one.
fn divergence<'a>(listed: &'a [Value], file: &Value, test: &Value) -> Option<&'a Value> {
    listed.iter().find(|one| one["file"] == *file && one["id"] == test["id"])
}

#[test]
fn wycheproofs_signatures_are_judged_as_published_but_for_what_is_listed() {
    let published: Value = serde_json::from_str(include_str!("../vectors/wycheproof.json")).unwrap();
    let listed: Vec<Value> = serde_json::from_str(include_str!("../vectors/wycheproof-divergences.json")).unwrap();
    let (mut verified, mut diverging) = (0, 0);
    for group in published["groups"].as_array().unwrap() {
        let key = key(&group["jwk"]).unwrap();
        for test in group["tests"].as_array().unwrap() {
            let good = key.verifies(Algorithm::Rs256, &bytes(&test["message"]), &bytes(&test["signature"]));
            let actual = json!(if good { "valid" } else { "invalid" });
            let divergence = divergence(&listed, &group["file"], test);
            let expected = divergence.map_or(&test["result"], |one| &one["actual"]);
            assert_eq!(actual, *expected, "{} {}", group["file"], test["id"]);
            assert!(divergence.is_none_or(|one| one["expected"] == test["result"] && actual != test["result"]));
            verified += usize::from(good);
            diverging += usize::from(divergence.is_some());
        }
    }
    assert_eq!(diverging, listed.len(), "a divergence is listed that there is no test for");
    assert!(verified >= 30, "{verified}");
}
