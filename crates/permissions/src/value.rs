//! Which values may stand in the permission document?

use crate::route::Route;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Context names that API Gateway or its access logs use themselves: `claims` is Cognito's own authorizer's
/// (Developer Guide, "Output from an API Gateway Lambda authorizer"), the others stand beside the context's names in
/// `$context.authorizer` ("Variables for data models and mapping templates", "Variables for access logging").
pub const RESERVED_CONTEXT_NAMES: [&str; 8] =
    ["claims", "principalId", "integrationLatency", "error", "latency", "status", "requestId", "integrationStatus"];

/// An optional member: it may be left out, but where it stands it has a value. `null` is an error.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The word `true`, and nothing else.
pub(crate) struct True;

impl<'de> Deserialize<'de> for True {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if bool::deserialize(deserializer)? {
            return Ok(Self);
        }
        Err(Error::custom("found `false`, expected `true` or no `authenticated` at all"))
    }
}

/// A list of at least one.
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::deserialize(deserializer)?;
        if list.is_empty() {
            return Err(Error::custom("found an empty list, expected at least one element or no list at all"));
        }
        Ok(Self(list))
    }
}

impl<'de> Deserialize<'de> for Route {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Error::custom)
    }
}

/// A name that is not empty: of a group or a claim.
#[derive(PartialEq)]
pub(crate) struct Name(pub(crate) String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            Err(Error::custom("found an empty name, expected one that a token can hold"))
        } else {
            Ok(Self(text))
        }
    }
}

/// One scope token (RFC 6749 section 3.3).
pub(crate) struct ScopeToken(pub(crate) String);

impl<'de> Deserialize<'de> for ScopeToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_token = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"\\".contains(&b));
        if is_token {
            return Ok(Self(text));
        }
        Err(Error::custom(format_args!(
            "found `{}`, expected one scope without spaces, such as `orders/read`",
            text.escape_debug()
        )))
    }
}

/// A name that the backend reads in `$context.authorizer`.
#[derive(PartialEq)]
pub(crate) struct ContextName(pub(crate) String);

impl<'de> Deserialize<'de> for ContextName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let well_formed = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if well_formed && !RESERVED_CONTEXT_NAMES.contains(&text.as_str()) {
            return Ok(Self(text));
        }
        Err(Error::custom(format_args!(
            "found the context name `{}`, expected ASCII letters, digits and `_`, and none of API Gateway's own \
             names: {}",
            text.escape_debug(),
            RESERVED_CONTEXT_NAMES.join(", ")
        )))
    }
}

/// The members of an object in its order, each name once.
pub(crate) struct Members<K, V>(pub(crate) Vec<(K, V)>);

impl<'de, K: Deserialize<'de> + PartialEq, V: Deserialize<'de>> Deserialize<'de> for Members<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor(PhantomData))
    }
}

struct MembersVisitor<K, V>(PhantomData<(K, V)>);

impl<'de, K: Deserialize<'de> + PartialEq, V: Deserialize<'de>> Visitor<'de> for MembersVisitor<K, V> {
    type Value = Members<K, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with at least one member")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(K, V)> = Vec::new();
        while let Some(name) = object.next_key()? {
            if members.iter().any(|(known, _)| *known == name) {
                return Err(Error::custom("found a name twice, expected each name once"));
            }
            members.push((name, object.next_value()?));
        }
        if members.is_empty() {
            return Err(Error::custom("found an empty object, expected at least one member or no object at all"));
        }
        Ok(Members(members))
    }
}
