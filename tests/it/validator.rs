//! AWS AppConfig asks whether a permission document may be published.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cognito_authorizer::documents::ActiveDocument;
use cognito_authorizer::gateway::{Failure, Gateway, Response, Validator};
use permissions::questions::Facts;
use serde_json::{Value, json};
use testkit::{LIMITS, authorizer, gateway, permissions};

fn validating(no_new_access: bool) -> Gateway {
    let read = |json: &[u8]| ActiveDocument::parse(json, LIMITS).map_err(|error| error.to_string());
    let validator = Validator { read: Box::new(read), no_new_access, facts: Facts::of_cognito() };
    Gateway { validator: Some(validator), ..gateway(authorizer(&permissions())) }
}

/// As AppConfig sends it.
fn event(document: &str) -> Value {
    json!({
        "applicationId": "abc1234", "configurationProfileId": "def5678", "configurationVersion": "7",
        "content": STANDARD.encode(document), "uri": "hosted"
    })
}

async fn refusal(gateway: &Gateway, event: &Value) -> Option<String> {
    match gateway.answer(&event.to_string(), "request-1").await {
        Ok(Response::Nothing) => None,
        Err(Failure::DocumentRefused { message }) => Some(message),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_used_is_refused_with_what_is_wrong_with_it() {
    for no_new_access in [false, true] {
        let gateway = validating(no_new_access);
        assert_eq!(refusal(&gateway, &event(&permissions().to_string())).await, None);
        for (document, expected) in
            [("{", ""), ("{}", "permissions"), (r#"{"permissions":[{"allow":["GET /x"]}]}"#, "authenticated")]
        {
            let message = refusal(&gateway, &event(document)).await.unwrap();
            assert!(message.contains(expected), "{message}");
        }
        let mut no_base64 = event("");
        no_base64["content"] = json!("%");
        assert!(refusal(&gateway, &no_base64).await.unwrap().contains("base64"));
    }
}

#[tokio::test]
async fn a_document_that_opens_more_is_refused_with_a_witness_where_that_is_asked_for() {
    let mut more = permissions();
    more["permissions"][2]["allow"] = json!(["GET /me", "POST /orders"]);
    let mut less = permissions();
    less["permissions"].as_array_mut().unwrap().remove(1);
    assert_eq!(refusal(&validating(false), &event(&more.to_string())).await, None);
    let message = refusal(&validating(true), &event(&more.to_string())).await.unwrap();
    assert!(message.contains("POST /orders for ") && message.ends_with("by permission 2"), "{message}");
    assert_eq!(refusal(&validating(true), &event(&less.to_string())).await, None);
}

#[tokio::test]
async fn an_event_that_is_not_whole_is_not_appconfigs() {
    let whole = event(&permissions().to_string());
    for missing in ["applicationId", "configurationProfileId", "content", "uri"] {
        let mut event = whole.clone();
        event.as_object_mut().unwrap().remove(missing);
        let answer = validating(false).answer(&event.to_string(), "request-1").await;
        assert_eq!(answer.err(), Some(Failure::Undecided { reason: "event_unknown" }), "{missing}");
    }
    let answer = gateway(authorizer(&permissions())).answer(&whole.to_string(), "request-1").await;
    assert_eq!(answer.err(), Some(Failure::Undecided { reason: "event_unknown" }), "nobody validates");
}
