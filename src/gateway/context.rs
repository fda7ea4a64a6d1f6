//! What does the backend learn about the caller?
//!
//! A REST API takes strings, numbers and booleans in the context and answers 500 to anything else, so arrays and objects
//! are handed on as JSON text. Everything here comes from the token alone: the context is cached with the policy.

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
pub(super) fn of(claims: &VerifiedClaims, chosen: Option<&[(String, String)]>) -> Map<String, Value> {
    let mut context = Map::new();
    let mut add = |name: &str, claim: &str| {
        if let Some(value) = claims.claim(claim).and_then(flat).filter(|_| !context.contains_key(name)) {
            context.insert(name.to_owned(), value);
        }
    };
    match chosen {
        Some(chosen) => chosen.iter().for_each(|(name, claim)| add(name, claim)),
        None => DEFAULT_CONTEXT.into_iter().for_each(|(name, claim)| add(name, claim)),
    }
    context
}

fn flat(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(_) | Value::Object(_) => Some(Value::String(value.to_string())),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_flat_for_a_rest_api() {
        for (value, expected) in [
            (json!("a"), Some(json!("a"))),
            (json!(7), Some(json!(7))),
            (json!(true), Some(json!(true))),
            (json!(null), None),
            (json!(["a", "b"]), Some(json!("[\"a\",\"b\"]"))),
            (json!({"a": [1]}), Some(json!("{\"a\":[1]}"))),
        ] {
            assert_eq!(flat(&value), expected, "{value}");
        }
    }
}
