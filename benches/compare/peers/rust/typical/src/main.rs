//! An authorizer as one writes it from the crates' documentation: default features, keys fetched with the first token
//! and kept, a policy for the requested method alone. `GET /orders` needs the scope `orders/read`, and so on.

use aws_lambda_events::apigw::{
    ApiGatewayCustomAuthorizerPolicy, ApiGatewayCustomAuthorizerRequest, ApiGatewayCustomAuthorizerRequestTypeRequest,
    ApiGatewayCustomAuthorizerResponse,
};
use aws_lambda_events::iam::{IamPolicyEffect, IamPolicyStatement};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};
use serde::Deserialize;
use serde_json::Value;
use std::env::var;
use tokio::sync::OnceCell;

static KEYS: OnceCell<JwkSet> = OnceCell::const_new();

#[derive(Deserialize)]
struct Claims {
    sub: String,
    client_id: String,
    token_use: String,
    #[serde(default)]
    scope: String,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    run(service_fn(authorize)).await
}

async fn authorize(event: LambdaEvent<Value>) -> Result<ApiGatewayCustomAuthorizerResponse, Error> {
    let (token, method) = token_and_method(event.payload)?;
    let claims = match verify(token.trim_start_matches("Bearer ")).await {
        Ok(claims) => claims,
        Err(error) => {
            tracing::info!("token refused: {error}");
            return Err("Unauthorized".into());
        }
    };
    let permitted = needed_scope(&method).is_some_and(|needed| claims.scope.split(' ').any(|scope| scope == needed));
    Ok(answer(claims.sub, method, permitted))
}

fn token_and_method(event: Value) -> Result<(String, String), Error> {
    if event["type"] == "TOKEN" {
        let event: ApiGatewayCustomAuthorizerRequest = serde_json::from_value(event)?;
        Ok((event.authorization_token.unwrap_or_default(), event.method_arn.unwrap_or_default()))
    } else {
        let event: ApiGatewayCustomAuthorizerRequestTypeRequest = serde_json::from_value(event)?;
        let token = event.headers.get("Authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok((token.to_owned(), event.method_arn.unwrap_or_default()))
    }
}

async fn verify(token: &str) -> Result<Claims, Error> {
    let keys = KEYS.get_or_try_init(|| async {
        reqwest::get(var("JWKS_URI")?).await?.json::<JwkSet>().await.map_err(Error::from)
    });
    let key_id = decode_header(token)?.kid.ok_or("no key id")?;
    let key = DecodingKey::from_jwk(keys.await?.find(&key_id).ok_or("unknown key id")?)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[var("ISSUER")?]);
    let claims = decode::<Claims>(token, &key, &validation)?.claims;
    if claims.token_use != "access" || claims.client_id != var("APP_CLIENT_ID")? {
        return Err("not an access token of this client".into());
    }
    Ok(claims)
}

/// `orders/read` for the ARN of `GET /orders` and what is below it.
fn needed_scope(method: &str) -> Option<String> {
    let mut parts = method.split('/').skip(2);
    let verb = if parts.next()? == "GET" { "read" } else { "write" };
    Some(format!("{}/{verb}", parts.next()?))
}

fn answer(principal_id: String, method: String, permitted: bool) -> ApiGatewayCustomAuthorizerResponse {
    let mut statement = IamPolicyStatement::default();
    statement.action = vec!["execute-api:Invoke".to_owned()];
    statement.effect = if permitted { IamPolicyEffect::Allow } else { IamPolicyEffect::Deny };
    statement.resource = vec![method];
    let mut policy = ApiGatewayCustomAuthorizerPolicy::default();
    policy.version = Some("2012-10-17".to_owned());
    policy.statement = vec![statement];
    let mut answer = ApiGatewayCustomAuthorizerResponse::default();
    answer.principal_id = Some(principal_id);
    answer.policy_document = policy;
    answer
}
