//! What does the backend learn about the caller?
//!
//! REST and WebSocket APIs take strings, numbers and booleans in the context and answer 500 to anything else, so arrays
//! and objects are handed to them as JSON text; HTTP APIs take values as they are. Everything here comes from the token
//! alone: the context is cached with the policy.

use super::event::Api;
use crate::token::VerifiedClaims;
use serde_json::{Map, Value};

/// Names and claims when the permission document does not choose. Where one name has two claims, the first that the
/// token holds counts: access tokens call the user `username`, ID tokens `cognito:username`.
const DEFAULT_CONTEXT: [(&str, &str); 7] = [
    ("sub", "sub"),
    ("client_id", "client_id"),
    ("username", "username"),
    ("username", "cognito:username"),
    ("scope", "scope"),
    ("groups", "cognito:groups"),
    ("token_use", "token_use"),
];

/// The context for a verified token: the claims that the document names, or the usual ones. A claim that the token does
/// not hold, or that is `null`, is left out.
pub(super) fn of(claims: &VerifiedClaims, chosen: Option<&[(String, String)]>, api: Api) -> Map<String, Value> {
    let mut context = Map::new();
    let mut add = |name: &str, claim: &str| {
        if let Some(value) =
            claims.claim(claim).and_then(|value| value_for(api, value)).filter(|_| !context.contains_key(name))
        {
            context.insert(name.to_owned(), value);
        }
    };
    match chosen {
        Some(chosen) => chosen.iter().for_each(|(name, claim)| add(name, claim)),
        None => DEFAULT_CONTEXT.into_iter().for_each(|(name, claim)| add(name, claim)),
    }
    context
}

fn value_for(api: Api, value: &Value) -> Option<Value> {
    match (value, api) {
        (Value::Null, _) => None,
        (Value::Array(_) | Value::Object(_), Api::Rest | Api::WebSocket) => Some(Value::String(value.to_string())),
        _ => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_flat_for_rest_and_websocket_apis_and_itself_for_http_apis() {
        for (value, flat) in [
            (json!("a"), Some(json!("a"))),
            (json!(7), Some(json!(7))),
            (json!(true), Some(json!(true))),
            (json!(null), None),
            (json!(["a", "b"]), Some(json!("[\"a\",\"b\"]"))),
            (json!({"a": [1]}), Some(json!("{\"a\":[1]}"))),
        ] {
            let itself = flat.as_ref().map(|_| value.clone());
            for (api, expected) in
                [(Api::Rest, &flat), (Api::WebSocket, &flat), (Api::Http1, &itself), (Api::Http2, &itself)]
            {
                assert_eq!(value_for(api, &value), *expected, "{value} {api:?}");
            }
        }
    }
}
