//! Which claims does Cognito write, of which type, and into which tokens?
//!
//! Sources: Cognito Developer Guide, "Understanding the access token", "Understanding the identity (ID) token", "Parse user
//! pool tokens safely". A pre token generation trigger can write any claim, of any JSON type, into either token: the
//! document names such claims in `triggerClaims`, and nothing here is said of those.

use serde_json::Value;

/// What a claim of Cognito's own is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClaimType {
    /// A string.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A number: seconds since 1970.
    Number,
    /// A list of strings.
    Texts,
    /// A list of objects.
    Objects,
}

/// The tokens that have a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tokens {
    /// Access and ID tokens.
    Both,
    /// Access tokens alone.
    Access,
    /// ID tokens alone.
    Id,
}

/// Cognito's own claims. Custom attributes come on top: texts, in ID tokens alone.
const KNOWN: [(&str, ClaimType, Tokens); 41] = [
    ("acr", ClaimType::Text, Tokens::Both),
    ("amr", ClaimType::Texts, Tokens::Both),
    ("at_hash", ClaimType::Text, Tokens::Id),
    ("aud", ClaimType::Text, Tokens::Both),
    ("auth_time", ClaimType::Number, Tokens::Both),
    ("birthdate", ClaimType::Text, Tokens::Id),
    ("client_id", ClaimType::Text, Tokens::Access),
    ("cognito:groups", ClaimType::Texts, Tokens::Both),
    ("cognito:preferred_role", ClaimType::Text, Tokens::Id),
    ("cognito:roles", ClaimType::Texts, Tokens::Id),
    ("cognito:username", ClaimType::Text, Tokens::Id),
    ("device_key", ClaimType::Text, Tokens::Access),
    ("email", ClaimType::Text, Tokens::Id),
    ("email_verified", ClaimType::Boolean, Tokens::Id),
    ("event_id", ClaimType::Text, Tokens::Both),
    ("exp", ClaimType::Number, Tokens::Both),
    ("family_name", ClaimType::Text, Tokens::Id),
    ("gender", ClaimType::Text, Tokens::Id),
    ("given_name", ClaimType::Text, Tokens::Id),
    ("iat", ClaimType::Number, Tokens::Both),
    ("identities", ClaimType::Objects, Tokens::Id),
    ("iss", ClaimType::Text, Tokens::Both),
    ("jti", ClaimType::Text, Tokens::Both),
    ("locale", ClaimType::Text, Tokens::Id),
    ("middle_name", ClaimType::Text, Tokens::Id),
    ("name", ClaimType::Text, Tokens::Id),
    ("nickname", ClaimType::Text, Tokens::Id),
    ("nonce", ClaimType::Text, Tokens::Id),
    ("origin_jti", ClaimType::Text, Tokens::Both),
    ("phone_number", ClaimType::Text, Tokens::Id),
    ("phone_number_verified", ClaimType::Boolean, Tokens::Id),
    ("picture", ClaimType::Text, Tokens::Id),
    ("preferred_username", ClaimType::Text, Tokens::Id),
    ("profile", ClaimType::Text, Tokens::Id),
    ("scope", ClaimType::Text, Tokens::Access),
    ("sub", ClaimType::Text, Tokens::Both),
    ("token_use", ClaimType::Text, Tokens::Both),
    ("username", ClaimType::Text, Tokens::Access),
    ("version", ClaimType::Number, Tokens::Access),
    ("website", ClaimType::Text, Tokens::Id),
    ("zoneinfo", ClaimType::Text, Tokens::Id),
];

/// The names of Cognito's own claims.
pub(crate) fn known_names() -> impl Iterator<Item = &'static str> {
    KNOWN.iter().map(|(name, _, _)| *name)
}

/// The type and the tokens of a claim that Cognito writes; `None` of any other claim.
pub(crate) fn known(name: &str) -> Option<(ClaimType, Tokens)> {
    if is_custom(name) {
        return Some((ClaimType::Text, Tokens::Id));
    }
    let place = KNOWN.binary_search_by(|(known, _, _)| (*known).cmp(name)).ok()?;
    KNOWN.get(place).map(|(_, kind, tokens)| (*kind, *tokens))
}

/// Is it a custom attribute of the user pool? `dev:custom:` begins those that only administrators can write.
fn is_custom(name: &str) -> bool {
    name.starts_with("custom:") || name.starts_with("dev:custom:")
}

/// Can a claim of this name, as Cognito writes it, hold the wanted value? If not: what Cognito writes.
pub(crate) fn can_hold(name: &str, wanted: &Value) -> Result<(), ClaimType> {
    let Some((kind, _)) = known(name) else { return Ok(()) };
    let holds = match kind {
        ClaimType::Text => wanted.is_string(),
        ClaimType::Boolean => wanted.is_boolean(),
        ClaimType::Number => wanted.is_number(),
        ClaimType::Texts => wanted.is_string() || is_list_of(wanted, Value::is_string),
        ClaimType::Objects => wanted.is_object() || is_list_of(wanted, Value::is_object),
    };
    if holds { Ok(()) } else { Err(kind) }
}

fn is_list_of(value: &Value, kind: fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|elements| elements.iter().all(kind))
}

/// What to write in place of a value that a claim of this type cannot hold.
pub(crate) fn instead(wanted: &Value, kind: ClaimType) -> String {
    match (kind, wanted) {
        (ClaimType::Text, Value::Array(_)) => {
            "one text: for any of several values, write one permission each".to_owned()
        }
        (ClaimType::Text, Value::Bool(_) | Value::Number(_)) => format!("`\"{wanted}\"`"),
        (ClaimType::Boolean | ClaimType::Number, Value::String(text))
            if serde_json::from_str::<Value>(text).is_ok() =>
        {
            format!("`{text}`")
        }
        _ => kind.in_words().to_owned(),
    }
}

impl ClaimType {
    /// The type in words: "Cognito writes it as".
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "`true` or `false`",
            Self::Number => "a number",
            Self::Texts => "a list of texts",
            Self::Objects => "a list of objects",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_table_is_sorted() {
        assert!(known_names().is_sorted());
    }

    #[test]
    fn a_claim_can_hold_what_cognito_writes() {
        for (name, wanted, expected) in [
            ("custom:level", json!("3"), Ok(())),
            ("custom:level", json!(3), Err(ClaimType::Text)),
            ("dev:custom:level", json!(true), Err(ClaimType::Text)),
            ("custom:status", json!(["a", "b"]), Err(ClaimType::Text)),
            ("email_verified", json!("true"), Err(ClaimType::Boolean)),
            ("email_verified", json!(true), Ok(())),
            ("cognito:groups", json!("a"), Ok(())),
            ("cognito:groups", json!(["a"]), Ok(())),
            ("cognito:groups", json!([1]), Err(ClaimType::Texts)),
            ("identities", json!({"providerName": "Google"}), Ok(())),
            ("exp", json!("1"), Err(ClaimType::Number)),
            ("act", json!({"sub": "agent"}), Ok(())),
            ("department", json!([1]), Ok(())),
        ] {
            assert_eq!(can_hold(name, &wanted), expected, "{name} {wanted}");
        }
    }
}
