//! What does the backend learn about the caller?
//!
//! REST and WebSocket APIs take strings, numbers and booleans in the context and answer 500 to anything else, so arrays
//! and objects are handed to them as JSON text; HTTP APIs take values as they are. Everything here comes from the token
//! alone: the context is cached with the policy.

use super::event::Api;
use crate::token::VerifiedClaims;
use permissions::Holder;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;

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

/// The claims of RFC 7519 sections 4.1.1 and 4.1.2.
const ISSUER: &str = "iss";
const SUBJECT: &str = "sub";

/// Names and values, each name once.
#[derive(Debug, Default)]
pub(super) struct Context(Vec<(Cow<'static, str>, Value)>);

/// Who the caller is, to the backend and to API Gateway: the subject. `sub` is unique for one issuer alone (RFC 7519 section
/// 4.1.2), so among several it comes with the name of the issuer's entry, which has no `|`.
pub(super) fn principal(claims: &VerifiedClaims, several_issuers: bool) -> String {
    match claims.entry().filter(|_| several_issuers) {
        Some(entry) => format!("{entry}|{}", claims.subject()),
        None => claims.subject().to_owned(),
    }
}

impl Context {
    /// The claims that the permission document chooses, or the usual ones. A claim that the token does not hold, or that
    /// is `null`, is left out. Where entries have names, `iss` is the entry's; among several, the usual `sub` is the
    /// principal.
    pub(super) fn of(
        claims: &VerifiedClaims,
        chosen: Option<&[(String, String)]>,
        several_issuers: bool,
        api: Api,
    ) -> Self {
        let mut context = Self(Vec::with_capacity(chosen.map_or(DEFAULT_CONTEXT.len(), <[_]>::len)));
        let value = |claim: &str| match claims.entry().filter(|_| claim == ISSUER) {
            Some(entry) => Some(entry.into()),
            None => claims.claim(claim).and_then(|value| value_for(api, value)),
        };
        if let Some(chosen) = chosen {
            for (name, claim) in chosen {
                context.add(name.clone().into(), value(claim));
            }
            return context;
        }
        if several_issuers {
            context.add(SUBJECT.into(), Some(principal(claims, several_issuers).into()));
        }
        for (name, claim) in DEFAULT_CONTEXT {
            context.add(name.into(), value(claim));
        }
        context
    }

    /// The same with the reason of a refusal. Only for an answer that is for one method: a cached one would show it for
    /// others, too.
    pub(super) fn with_reason(mut self, reason: &'static str) -> Self {
        self.add("reason".into(), Some(reason.into()));
        self
    }

    /// Why a token is not believed.
    pub(super) fn of_refusal(reason: &'static str) -> Self {
        Self(vec![("reason".into(), reason.into())])
    }

    fn add(&mut self, name: Cow<'static, str>, value: Option<Value>) {
        if let Some(value) = value.filter(|_| !self.0.iter().any(|(known, _)| *known == name)) {
            self.0.push((name, value));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values in bytes, before JSON escapes.
    pub(super) fn bytes(&self) -> usize {
        let of_value = |value: &Value| value.as_str().map_or_else(|| value.to_string().len(), str::len);
        self.0.iter().map(|(name, value)| name.len() + of_value(value)).sum()
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
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
