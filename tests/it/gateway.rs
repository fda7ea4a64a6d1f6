//! What API Gateway gets for an event: the raw answer, byte for byte where it matters.

use cognito_authorizer::gateway::{AuthorizationRequest, Failure, Gateway, HttpApiResponse, InvalidTokenAnswer};
use cognito_authorizer::jwks::FetchError;
use serde_json::{Value, json};
use testkit::{
    KEY, OTHER_KEY, STAGE, ScriptedSource, access, authorizer, authorizer_over, gateway, iam_allows, key_set,
    permissions, token_event,
};

async fn answer(gateway: &Gateway, event: &str) -> Result<Value, Failure> {
    gateway.answer(event, "request-1").await.map(|response| serde_json::to_value(response).unwrap())
}

fn literal_permissions() -> Value {
    json!({"permissions": [
        {"scopes": ["orders/read"], "allow": ["GET /orders", "ANY /carts"]},
        {"scopes": ["orders/write"], "allow": ["POST /orders"]}
    ], "routes": ["GET /audit"]})
}

#[tokio::test]
async fn an_allowed_request_gets_the_whole_policy_and_the_context() {
    let gateway = gateway(authorizer(&json!({"permissions": [{"scopes": ["orders/read"], "allow": ["GET /orders"]}]})));
    let event = token_event(&KEY.token(&access(json!({"cognito:groups": ["a", "b"]}))), "GET/orders");
    let expected = json!({
        "principalId": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [format!("{STAGE}GET/orders")]}]
        },
        "context": {
            "sub": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "client_id": "client0123456789", "username": "alice",
            "scope": "orders/read", "groups": "[\"a\",\"b\"]", "token_use": "access"
        }
    });
    assert_eq!(answer(&gateway, &event).await.unwrap(), expected);
}

#[tokio::test]
async fn the_policy_is_right_for_other_routes_while_it_is_cached() {
    let gateway = gateway(authorizer(&literal_permissions()));
    let token = KEY.token(&access(json!({})));
    for requested in ["GET/orders", "POST/orders", "GET/nowhere"] {
        let policy = answer(&gateway, &token_event(&token, requested)).await.unwrap()["policyDocument"].clone();
        for (method, expected) in [
            ("GET/orders", true),
            ("PATCH/carts", true),
            ("POST/orders", false),
            ("GET/audit", false),
            ("GET/orders/7", false),
            ("GET/orders/", false),
            ("GET/nowhere", false),
        ] {
            assert_eq!(iam_allows(&policy, &format!("{STAGE}{method}")), expected, "{method} after {requested}");
        }
        assert!(!iam_allows(&policy, "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/prod/GET/orders"));
        assert!(!iam_allows(&policy, "arn:aws:execute-api:eu-west-1:123456789012:another123/test/GET/orders"));
    }
}

#[tokio::test]
async fn what_is_not_permitted_is_denied_explicitly() {
    let gateway = gateway(authorizer(&literal_permissions()));
    for (changes, method) in [(json!({}), "POST/orders"), (json!({"scope": "none"}), "GET/orders")] {
        let answer = answer(&gateway, &token_event(&KEY.token(&access(changes)), method)).await.unwrap();
        let statements = answer["policyDocument"]["Statement"].as_array().unwrap();
        let deny = statements.iter().find(|statement| statement["Effect"] == "Deny").expect("a Deny");
        assert_eq!(deny["Action"], "execute-api:Invoke");
        assert!(!iam_allows(&answer["policyDocument"], &format!("{STAGE}{method}")));
    }
}

#[tokio::test]
async fn a_wildcard_in_the_request_is_never_echoed() {
    let gateway = gateway(authorizer(&permissions()));
    for path in ["me/*", "me/?", "orders/${aws:username}", "m*", "?e", "orders/*/pii"] {
        let answer =
            answer(&gateway, &token_event(&KEY.token(&access(json!({}))), &format!("GET/{path}"))).await.unwrap();
        let text = answer["policyDocument"].to_string();
        assert!(!text.contains(&format!("GET/{path}\"")), "{path}: {text}");
    }
}

#[tokio::test]
async fn the_document_chooses_context_names() {
    let mut document = permissions();
    document["context"] = json!({"userId": "sub", "tenant": "custom:tenant_id", "level": "level", "roles": "roles"});
    let gateway = gateway(authorizer(&document));
    let token = KEY.token(&access(json!({"level": 3, "roles": [{"a": true}]})));
    let context = answer(&gateway, &token_event(&token, "GET/me")).await.unwrap()["context"].clone();
    let expected = json!({"userId": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "level": 3, "roles": "[{\"a\":true}]"});
    assert_eq!(context, expected);
}

#[tokio::test]
async fn a_context_of_nothing_is_left_out() {
    let mut document = permissions();
    document["context"] = json!({"level": "level"});
    let gateway = gateway(authorizer(&document));
    let answer = answer(&gateway, &token_event(&KEY.token(&access(json!({}))), "GET/me")).await.unwrap();
    assert_eq!(answer.get("context"), None, "{answer}");
}

#[tokio::test]
async fn a_token_that_is_not_believed_is_unauthorized() {
    let gateway = gateway(authorizer(&permissions()));
    let good = KEY.token(&access(json!({})));
    let event = |token: &str| {
        json!({"type": "TOKEN", "methodArn": format!("{STAGE}GET/me"), "authorizationToken": token}).to_string()
    };
    for (name, event) in [
        ("expired", token_event(&KEY.token(&access(json!({"exp": 1}))), "GET/me")),
        ("foreign key", token_event(&OTHER_KEY.token(&access(json!({}))), "GET/me")),
        ("empty", event("")),
        ("another scheme", event("Basic YTpi")),
        ("trailing", event(&format!("Bearer {good} x"))),
        (
            "no token in a REQUEST event",
            json!({"type": "REQUEST", "methodArn": format!("{STAGE}GET/me"), "headers": null}).to_string(),
        ),
    ] {
        assert_eq!(answer(&gateway, &event).await, Err(Failure::Unauthorized), "{name}");
    }
    assert!(answer(&gateway, &event(&good)).await.is_ok());
}

#[tokio::test]
async fn a_refusal_becomes_a_deny_only_where_it_stays_right() {
    let mut gateway = gateway(authorizer(&permissions()));
    gateway.invalid_token = InvalidTokenAnswer::Deny;
    let refused = |reason: &str| {
        Ok(json!({
            "principalId": "unauthorized",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": [format!("{STAGE}*")]}]
            },
            "context": {"reason": reason}
        }))
    };
    for (name, changes, expected) in [
        ("expired", json!({"exp": 1}), refused("token_expired")),
        ("foreign client", json!({"client_id": "x"}), refused("client_unknown")),
        ("not yet valid", json!({"nbf": 1_700_000_001}), Err(Failure::Unauthorized)),
        ("issued in the future", json!({"iat": 1_700_000_301}), Err(Failure::Unauthorized)),
    ] {
        assert_eq!(answer(&gateway, &token_event(&KEY.token(&access(changes)), "GET/me")).await, expected, "{name}");
    }
    let unknown_key = token_event(&OTHER_KEY.token(&access(json!({}))), "GET/me");
    assert_eq!(answer(&gateway, &unknown_key).await, Err(Failure::Unauthorized), "unknown key");
}

#[test]
fn an_event_that_is_not_understood_says_why() {
    for (event, expected) in [
        ("[]", "found another event, expected a `TOKEN` or `REQUEST` authorizer event of API Gateway"),
        (r#"{"type":"TOKEN"}"#, "found no `methodArn` or `routeArn`, expected the ARN of an API's method"),
        (r#"{"type":"TOKEN","methodArn":"arn"}"#, "found another text, expected the ARN of a method of this API"),
        (
            r#"{"type":"TOKEN","methodArn":"arn:aws:execute-api:us-west-2:123456789012:ymy8tbxw7b/*/GET/"}"#,
            "found a sample event: its stage is `*`, expected the name of a stage in the method's ARN",
        ),
        (
            r#"{"type":"TOKEN","methodArn":"arn:aws:execute-api:us-east-1:123456789012:/prod/POST/{proxy+}"}"#,
            "found a sample event: its API id is empty, expected the id of an API in the method's ARN",
        ),
        (
            r#"{"type":"TOKEN","methodArn":"arn:aws:execute-api:us-east-1:123456789012:abc123/prod/GET"}"#,
            "found a sample event: its path is missing, expected a `/` after the verb in the method's ARN",
        ),
    ] {
        assert_eq!(AuthorizationRequest::parse(event, &[]).unwrap_err().to_string(), expected, "{event}");
    }
}

#[tokio::test]
async fn what_cannot_be_decided_is_neither_allowed_nor_denied() {
    for mode in [InvalidTokenAnswer::Unauthorized, InvalidTokenAnswer::Deny] {
        let mut gateway = gateway(authorizer_over(&permissions(), ScriptedSource::new([Err(FetchError::TimedOut)])));
        gateway.invalid_token = mode;
        let event = token_event(&KEY.token(&access(json!({}))), "GET/me");
        assert_eq!(answer(&gateway, &event).await, Err(Failure::Undecided { reason: "fetch_timed_out" }));
        assert_eq!(answer(&gateway, &event).await, Err(Failure::Undecided { reason: "keys_too_early" }));
        assert_eq!(answer(&gateway, "[]").await, Err(Failure::Undecided { reason: "event_unknown" }));
        let no_arn = json!({"type": "TOKEN", "authorizationToken": "Bearer a.b.c"}).to_string();
        assert_eq!(answer(&gateway, &no_arn).await, Err(Failure::Undecided { reason: "method_arn_missing" }));
    }
}

#[tokio::test]
async fn every_partition_and_the_console_test_are_served() {
    let gateway = gateway(authorizer_over(&literal_permissions(), ScriptedSource::new([Ok(key_set(&[&KEY]))])));
    let token = KEY.token(&access(json!({})));
    for stage in [
        "arn:aws-cn:execute-api:cn-north-1:123456789012:abcdef1234/test/",
        "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abcdef1234/test/",
        "arn:aws-eusc:execute-api:eusc-de-east-1:123456789012:abcdef1234/test/",
        "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/ESTestInvoke-stage/",
    ] {
        let arn = format!("{stage}GET/orders");
        let event = json!({"type": "TOKEN", "methodArn": arn, "authorizationToken": token}).to_string();
        let policy = answer(&gateway, &event).await.unwrap()["policyDocument"].clone();
        assert!(iam_allows(&policy, &arn) && !iam_allows(&policy, &format!("{stage}POST/orders")), "{stage}");
    }
}

/// An HTTP API's request with the token in `Authorization`, kept under these identity sources.
fn http_event(token: &str, identity_sources: &Value) -> String {
    json!({
        "version": "2.0", "type": "REQUEST", "identitySource": identity_sources,
        "routeArn": format!("{STAGE}GET/orders"), "headers": {"authorization": format!("Bearer {token}")}
    })
    .to_string()
}

#[tokio::test]
async fn a_token_that_is_not_in_the_cache_key_decides_nothing() {
    let mut gateway = gateway(authorizer(&literal_permissions()));
    let good = KEY.token(&access(json!({})));
    let key = |token: &str| json!([format!("Bearer {token}")]);
    assert!(answer(&gateway, &http_event(&good, &key(&good))).await.is_ok());
    let misplaced = http_event(&good, &json!(["t1"]));
    let undecided = Err(Failure::Undecided { reason: "token_not_in_identity_source" });
    assert_eq!(answer(&gateway, &misplaced).await, undecided);
    gateway.http_api_response = HttpApiResponse::Simple;
    assert_eq!(answer(&gateway, &misplaced).await, undecided);
    gateway.check_identity_source = false;
    assert_eq!(answer(&gateway, &misplaced).await.unwrap()["isAuthorized"], true);
}

#[tokio::test]
async fn a_refusal_is_no_deny_for_whoever_sends_the_same_cache_key() {
    let gateway = gateway(authorizer(&literal_permissions()));
    let expired = KEY.token(&access(json!({"exp": 1})));
    let denied = answer(&gateway, &http_event(&expired, &json!([format!("Bearer {expired}")]))).await.unwrap();
    assert_eq!(denied["context"]["reason"], "token_expired");
    assert_eq!(answer(&gateway, &http_event(&expired, &json!(["t1"]))).await, Err(Failure::Unauthorized));
    let without = json!({
        "version": "2.0", "type": "REQUEST", "identitySource": ["t1"], "routeArn": format!("{STAGE}GET/orders")
    });
    assert_eq!(answer(&gateway, &without.to_string()).await, Err(Failure::Unauthorized));
}

#[tokio::test]
async fn what_keeps_the_function_warm_is_answered_with_null() {
    let gateway = gateway(authorizer(&permissions()));
    for event in [
        "{}",
        r#"{"source":"serverless-plugin-warmup"}"#,
        r#"{"version":"0","source":"aws.events","detail-type":"Scheduled Event","detail":{}}"#,
    ] {
        assert_eq!(answer(&gateway, event).await, Ok(Value::Null), "{event}");
    }
}
