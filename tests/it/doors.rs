//! Every kind of API, every outcome, every setting: the raw answer, held against `golden/answers.json`.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it doors` writes the file anew; its change is then read like any other.

use cognito_authorizer::gateway::{Gateway, HttpApiResponse, InvalidTokenAnswer};
use cognito_authorizer::jwks::FetchError;
use serde_json::{Map, Value, json};
use testkit::doors::{claims, events, permissions, raw};
use testkit::{KEY, STAGE, ScriptedSource, authorizer, authorizer_over, gateway, iam_allows};

fn settings() -> [(&'static str, InvalidTokenAnswer, HttpApiResponse); 4] {
    [
        ("default", InvalidTokenAnswer::ByApi, HttpApiResponse::Iam),
        ("INVALID_TOKEN=deny", InvalidTokenAnswer::Deny, HttpApiResponse::Iam),
        ("INVALID_TOKEN=unauthorized", InvalidTokenAnswer::Unauthorized, HttpApiResponse::Iam),
        ("HTTP_API_RESPONSE=simple", InvalidTokenAnswer::ByApi, HttpApiResponse::Simple),
    ]
}

async fn answers() -> Value {
    let outcomes = [
        ("allowed", claims(&json!({}))),
        ("not permitted", claims(&json!({"scope": "none", "cognito:groups": ["guests"]}))),
        ("expired", claims(&json!({"exp": 1}))),
        ("not yet valid", claims(&json!({"nbf": 1_800_000_000}))),
    ];
    let mut all = Map::new();
    for (setting, invalid_token, http_api_response) in settings() {
        for (outcome, claims) in &outcomes {
            for (form, event) in events(&KEY.token(claims)) {
                let gateway = Gateway { invalid_token, http_api_response, ..gateway(authorizer(&permissions())) };
                all.insert(format!("{form}, {outcome}, {setting}"), raw(&gateway, &event).await);
            }
        }
        for (form, event) in events(&KEY.token(&claims(&json!({})))) {
            let nowhere = authorizer_over(&permissions(), ScriptedSource::new([Err(FetchError::Connect)]));
            let gateway = Gateway { invalid_token, http_api_response, ..gateway(nowhere) };
            all.insert(format!("{form}, keys unreachable, {setting}"), raw(&gateway, &event).await);
        }
    }
    Value::Object(all)
}

#[tokio::test]
async fn every_door_gets_the_answer_it_understands() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/answers.json");
    let found = answers().await;
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&found).unwrap())).unwrap();
    }
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (name, expected) in golden.as_object().unwrap() {
        assert_eq!(&found[name], expected, "{name}");
    }
    assert_eq!(found.as_object().unwrap().len(), golden.as_object().unwrap().len());
}

#[tokio::test]
async fn a_websocket_policy_is_for_connect_alone_and_only_a_websocket_asks_for_it() {
    let gateway = gateway(authorizer(&permissions()));
    let token = KEY.token(&claims(&json!({})));
    let events = events(&token);
    let policy = |answer: Value| answer["policyDocument"].clone();
    let socket = policy(raw(&gateway, &events[4].1).await);
    assert!(iam_allows(&socket, &format!("{STAGE}$connect")) && !iam_allows(&socket, &format!("{STAGE}GET/orders")));
    let rest = policy(raw(&gateway, &events[0].1).await);
    assert!(iam_allows(&rest, &format!("{STAGE}GET/orders")) && !iam_allows(&rest, &format!("{STAGE}$connect")));
}

#[tokio::test]
async fn a_duplicated_authorization_header_of_payload_2_is_refused() {
    let gateway = gateway(authorizer(&permissions()));
    let token = KEY.token(&claims(&json!({})));
    let mut event = events(&token)[3].1.clone();
    event["headers"]["authorization"] = json!(format!("Bearer {token},Bearer {token}"));
    assert_eq!(raw(&gateway, &event).await["context"]["reason"], "token_malformed");
}

#[tokio::test]
async fn a_usage_identifier_key_goes_to_rest_apis_alone() {
    let gateway =
        Gateway { usage_identifier_claim: Some("custom:api_key".to_owned()), ..gateway(authorizer(&permissions())) };
    let with_key = KEY.token(&claims(&json!({"custom:api_key": "plan-key-1"})));
    for (form, event) in events(&with_key) {
        let found = raw(&gateway, &event).await["usageIdentifierKey"].clone();
        assert_eq!(found, if form.starts_with("rest") { json!("plan-key-1") } else { Value::Null }, "{form}");
    }
    for other in [json!({}), json!({"custom:api_key": 7})] {
        let answer = raw(&gateway, &events(&KEY.token(&claims(&other)))[0].1).await;
        assert!(answer["policyDocument"].is_object() && answer.get("usageIdentifierKey").is_none());
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_an_error_and_never_cut_down() {
    let mut document = permissions();
    document["context"] = json!({"a": "text", "b": "text"});
    let gateway = gateway(authorizer(&document));
    for (length, form, expected) in [
        (5118, 0, None),
        (5120, 0, Some("error: answer_too_large")),
        (3500, 4, None),
        (4000, 4, Some("error: answer_too_large")),
    ] {
        let token = KEY.token(&claims(&json!({"text": "x".repeat(length)})));
        let answer = raw(&gateway, &events(&token)[form].1).await;
        assert_eq!(answer.as_str(), expected, "{length}");
        assert!(expected.is_some() || answer["context"]["a"].as_str().unwrap().len() == length);
    }
}
