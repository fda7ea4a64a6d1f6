//! An event of every kind of API, and what comes back for it.

use crate::{STAGE, access};
use cognito_authorizer::gateway::{Failure, Gateway};
use serde_json::{Value, json};

const HTTP_STAGE: &str = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/$default/";

pub fn permissions() -> Value {
    json!({
        "permissions": [
            {"scopes": ["orders/read"], "allow": ["GET /orders"]},
            {"scopes": ["orders/write"], "allow": ["POST /orders"]},
            {"groups": ["staff"], "allow": ["$connect"]}
        ],
        "context": {"user": "sub", "groups": "cognito:groups", "level": "level", "verified": "verified"}
    })
}

/// An event of each form, for a route that `staff` with `orders/read` may use.
pub fn events(token: &str) -> Vec<(&'static str, Value)> {
    let bearer = format!("Bearer {token}");
    let identity = json!({"sourceIp": "203.0.113.7", "userAgent": "curl/8.5.0", "clientCert": {"clientCertPem": "x"}});
    vec![
        (
            "rest-token",
            json!({"type": "TOKEN", "authorizationToken": bearer, "methodArn": format!("{STAGE}GET/orders")}),
        ),
        (
            "rest-request",
            json!({
                "type": "REQUEST", "methodArn": format!("{STAGE}GET/orders"), "resource": "/orders", "path": "/orders",
                "httpMethod": "GET", "headers": {"Authorization": bearer}, "multiValueHeaders": {"Authorization": [bearer]},
                "queryStringParameters": null, "multiValueQueryStringParameters": null, "pathParameters": {"id": null},
                "stageVariables": null, "requestContext": {"identity": identity, "apiId": "abcdef1234", "stage": "test"}
            }),
        ),
        (
            "http-1.0",
            json!({
                "version": "1.0", "type": "REQUEST", "methodArn": format!("{HTTP_STAGE}GET/orders"), "identitySource": bearer,
                "authorizationToken": bearer, "resource": "/orders", "path": "/orders", "httpMethod": "GET",
                "headers": {"Authorization": bearer}, "queryStringParameters": {}, "pathParameters": {},
                "stageVariables": {}, "requestContext": {"resourceId": "GET /orders", "apiId": "abcdef1234"}
            }),
        ),
        (
            "http-2.0",
            json!({
                "version": "2.0", "type": "REQUEST", "routeArn": format!("{HTTP_STAGE}GET/orders"), "identitySource": null,
                "routeKey": "GET /orders", "rawPath": "/orders", "rawQueryString": "", "cookies": null,
                "headers": {"authorization": bearer, "host": "abcdef1234.execute-api.eu-west-1.amazonaws.com"},
                "requestContext": {"http": {"method": "GET", "path": "/orders"}, "authentication": null, "stage": "$default"}
            }),
        ),
        (
            "websocket",
            json!({
                "version": "$LATEST", "type": "REQUEST", "methodArn": format!("{STAGE}$connect"),
                "headers": {"Authorization": bearer}, "queryStringParameters": {}, "stageVariables": {},
                "requestContext": {"routeKey": "$connect", "eventType": "CONNECT", "connectionId": "x=", "identity": identity}
            }),
        ),
    ]
}

pub fn claims(changes: &Value) -> Value {
    let mut all = json!({"cognito:groups": ["staff"], "level": 3, "verified": true});
    all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    access(all)
}

/// The answer as API Gateway gets it; an error is its message.
pub async fn raw(gateway: &Gateway, event: &Value) -> Value {
    match gateway.answer(&event.to_string(), "request-1").await {
        Ok(response) => serde_json::to_value(response).unwrap(),
        Err(Failure::Unauthorized) => json!("error: Unauthorized"),
        Err(Failure::Undecided { reason }) => json!(format!("error: {reason}")),
        Err(Failure::DocumentRefused { message }) => json!(format!("error: {message}")),
    }
}
