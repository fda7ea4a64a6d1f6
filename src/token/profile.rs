//! Where do an issuer's tokens say what?
//!
//! Which claim names the client, the scopes, the groups, and what tells an access token from an ID token: each issuer has
//! its own way. Every name here comes from the operator's settings, and lives as long as the process.

use super::claims::{required, string};
use super::error::InvalidToken;
use super::scope::Scopes;
use super::{MediaType, TokenUse};
use permissions::json::Members;
use serde_json::Value;

/// How an issuer's tokens are to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What tells an access token from others.
    pub access: Mark,
    /// What tells an ID token from others; `None`: it is no access token, and nothing says that it is something else.
    pub id: Option<Mark>,
    /// The claim of access tokens that names the client.
    pub client: &'static str,
    /// The one claim of access tokens that has the scopes.
    pub scopes: &'static str,
    /// The way to the groups, from the claim inwards; `None` where the issuer writes none.
    pub groups: Option<Vec<&'static str>>,
    /// What may stand where one or several texts are meant: in `aud`, and for scopes.
    pub lists: Lists,
}

/// What may stand where one or several texts are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// A string alone, as Cognito writes them.
    Text,
    /// A string or an array of strings.
    TextOrArray,
}

/// What tells one kind of token from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The header's `typ` is one of these media types (RFC 9068 section 2.1).
    HeaderType(Vec<MediaType>),
    /// A claim that every token of the issuer has, with one of these values.
    Value {
        /// The claim.
        claim: &'static str,
        /// Its values in this kind of token.
        values: Vec<String>,
    },
    /// A claim that only this kind of token has.
    Claim(&'static str),
}

impl Mark {
    fn is_on(&self, header_type: Option<&MediaType>, claims: &Members) -> Result<bool, InvalidToken> {
        match self {
            Self::HeaderType(types) => Ok(header_type.is_some_and(|found| types.contains(found))),
            Self::Value { claim, values } => {
                let found = required(claims, claim)?;
                Ok(values.iter().any(|value| value == found))
            }
            Self::Claim(claim) => Ok(claims.get(claim).is_some()),
        }
    }
}

/// The claim that makes a token a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4), which is made like an
/// ID token otherwise.
const LOGOUT: &str = "events";

impl Profile {
    /// What Cognito documents (Developer Guide, "Understanding the access token", "Understanding the identity (ID) token").
    #[must_use]
    pub fn of_cognito() -> Self {
        let with = |value: &str| Mark::Value { claim: "token_use", values: vec![value.to_owned()] };
        Self {
            access: with("access"),
            id: Some(with("id")),
            client: "client_id",
            scopes: "scope",
            groups: Some(vec!["cognito:groups"]),
            lists: Lists::Text,
        }
    }

    /// Is it an access token or an ID token?
    pub(super) fn token_use(
        &self,
        header_type: Option<&MediaType>,
        claims: &Members,
    ) -> Result<TokenUse, InvalidToken> {
        if self.access.is_on(header_type, claims)? {
            return Ok(TokenUse::Access);
        }
        let is_id = match &self.id {
            Some(mark) => mark.is_on(header_type, claims)?,
            None => header_type.is_none_or(MediaType::is_jwt) && claims.get(LOGOUT).is_none(),
        };
        if is_id { Ok(TokenUse::Id) } else { Err(InvalidToken::UseNotAllowed) }
    }

    /// The client that a token was issued to, if it says so: `aud` of an ID token, which is for one client alone.
    pub(super) fn client<'a>(&self, token_use: TokenUse, claims: &'a Members) -> Result<Option<&'a str>, InvalidToken> {
        if token_use == TokenUse::Access {
            return string(claims, self.client);
        }
        match self.texts(claims, "aud")?.as_slice() {
            [] => Ok(None),
            [client] => Ok(Some(client)),
            [..] => Err(InvalidToken::ClientUnknown),
        }
    }

    /// The scopes that an access token carries. An ID token carries none, and what it has in their place must be
    /// well-formed all the same.
    pub(super) fn scopes(&self, token_use: TokenUse, claims: &Members) -> Result<Scopes, InvalidToken> {
        let listed = self.texts(claims, self.scopes)?;
        if claims.get(self.scopes).is_none() && is_left_out(claims, self.scopes) {
            return Err(InvalidToken::ClaimMalformed { claim: self.scopes });
        }
        if token_use != TokenUse::Access {
            return Ok(Scopes::default());
        }
        Ok(match claims.get(self.scopes) {
            Some(Value::String(text)) => Scopes::parse(text),
            _ => Scopes::listed(listed.into_iter()),
        })
    }

    /// The texts of a claim where one or several are meant; none where it is not there.
    pub(super) fn texts<'a>(&self, claims: &'a Members, claim: &'static str) -> Result<Vec<&'a str>, InvalidToken> {
        match (claims.get(claim), self.lists) {
            (None, _) => Ok(Vec::new()),
            (Some(Value::String(text)), _) => Ok(vec![text]),
            (Some(Value::Array(elements)), Lists::TextOrArray) => texts_of(elements, claim),
            (Some(_), _) => Err(InvalidToken::ClaimMalformed { claim }),
        }
    }

    /// The groups, or that the token does not tell them.
    pub(super) fn groups(&self, claims: &Members) -> Result<Groups, InvalidToken> {
        let Some((claim, inner)) = self.groups.as_ref().and_then(|path| path.split_first()) else {
            return Ok(Groups::default());
        };
        let malformed = InvalidToken::ClaimMalformed { claim };
        let mut found = claims.get(claim);
        if found.is_none() && is_left_out(claims, claim) {
            return Ok(Groups { known: false, names: Vec::new() });
        }
        for name in inner {
            let Some(value) = found else { break };
            found = value.as_object().ok_or(malformed)?.get(*name);
        }
        let Some(value) = found else { return Ok(Groups::default()) };
        let names = texts_of(value.as_array().ok_or(malformed)?, claim)?;
        Ok(Groups { known: true, names: names.into_iter().map(ToOwned::to_owned).collect() })
    }
}

/// The groups that a token's holder is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Groups {
    /// Does the token tell them?
    pub(super) known: bool,
    pub(super) names: Vec<String>,
}

impl Default for Groups {
    fn default() -> Self {
        Self { known: true, names: Vec::new() }
    }
}

/// Is the claim to be asked for elsewhere? Then `_claim_names` names it (OpenID Connect Core 1.0 section 5.6.2), as in the
/// tokens of Entra whose holder is in more than 200 groups; the implicit flow says `hasgroups` instead (Microsoft identity
/// platform, "Access token claims reference", "Groups overage claim").
pub(super) fn is_left_out(claims: &Members, claim: &str) -> bool {
    let elsewhere = claims.get("_claim_names").and_then(|names| names.get(claim)).is_some();
    elsewhere || (claim == "groups" && claims.get("hasgroups").is_some())
}

fn texts_of<'a>(elements: &'a [Value], claim: &'static str) -> Result<Vec<&'a str>, InvalidToken> {
    elements.iter().map(|element| element.as_str().ok_or(InvalidToken::ClaimMalformed { claim })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn members(claims: &Value) -> Members {
        serde_json::from_str(&claims.to_string()).unwrap()
    }

    fn keycloak() -> Profile {
        let with = |value: &str| Mark::Value { claim: "typ", values: vec![value.to_owned()] };
        Profile {
            access: with("Bearer"),
            id: Some(with("ID")),
            client: "azp",
            groups: Some(vec!["realm_access", "roles"]),
            lists: Lists::TextOrArray,
            ..Profile::of_cognito()
        }
    }

    #[test]
    fn a_token_is_what_its_mark_says_and_otherwise_nothing() {
        let by_type = |id| Profile { access: Mark::HeaderType(vec![MediaType::new("at+jwt")]), id, ..keycloak() };
        let by_claim = Profile { access: Mark::Claim("cid"), id: None, ..keycloak() };
        let (access, id) = (Ok(TokenUse::Access), Ok(TokenUse::Id));
        let refused = Err(InvalidToken::UseNotAllowed);
        for (name, profile, header, claims, expected) in [
            ("by value", keycloak(), None, json!({"typ": "Bearer"}), access),
            ("an ID token by value", keycloak(), None, json!({"typ": "ID"}), id),
            ("a refresh token", keycloak(), None, json!({"typ": "Refresh"}), refused),
            ("a value in another case", keycloak(), None, json!({"typ": "bearer"}), refused),
            ("no value", keycloak(), None, json!({}), Err(InvalidToken::ClaimMissing { claim: "typ" })),
            ("a number", keycloak(), None, json!({"typ": 1}), Err(InvalidToken::ClaimMalformed { claim: "typ" })),
            ("by header", by_type(None), Some("at+jwt"), json!({}), access),
            ("by header, in full", by_type(None), Some("Application/AT+JWT"), json!({}), access),
            ("a header of nothing", by_type(None), None, json!({}), id),
            ("a plain header", by_type(None), Some("JWT"), json!({}), id),
            ("a logout token by header", by_type(None), Some("logout+jwt"), json!({}), refused),
            ("a logout token by claim", by_type(None), Some("JWT"), json!({"events": {}}), refused),
            ("neither mark", by_type(Some(Mark::Claim("nonce"))), Some("JWT"), json!({}), refused),
            ("by claim", by_claim.clone(), None, json!({"cid": "c"}), access),
            ("without the claim", by_claim, None, json!({}), id),
        ] {
            let found = profile.token_use(header.map(MediaType::new).as_ref(), &members(&claims));
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn scopes_are_one_text_or_a_list_and_nothing_else() {
        let cognito = Profile::of_cognito();
        for (name, profile, scope, expected) in [
            ("a text", keycloak(), json!("a b"), Ok(vec!["a", "b"])),
            ("a list", keycloak(), json!(["a", "b"]), Ok(vec!["a", "b"])),
            ("a list with a space", keycloak(), json!(["a b"]), Ok(vec!["a b"])),
            ("an empty list", keycloak(), json!([]), Ok(vec![])),
            ("a number", keycloak(), json!(1), Err(())),
            ("an object", keycloak(), json!({"a": true}), Err(())),
            ("a list with a number", keycloak(), json!(["a", 1]), Err(())),
            ("null", keycloak(), json!(null), Err(())),
            ("a list of Cognito's", cognito.clone(), json!(["a"]), Err(())),
            ("a text of Cognito's", cognito, json!("a b"), Ok(vec!["a", "b"])),
        ] {
            let found = profile.scopes(TokenUse::Access, &members(&json!({"scope": scope})));
            let holds = |scopes: &Scopes| ["a", "b", "a b"].into_iter().filter(|scope| scopes.contain(scope)).collect();
            let found: Result<Vec<&str>, _> = found.as_ref().map(holds).map_err(|_| ());
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn groups_are_found_by_their_path_and_known_unless_they_are_left_out() {
        let groups =
            |known, names: &[&str]| Ok(Groups { known, names: names.iter().map(ToString::to_string).collect() });
        let malformed = |claim| Err(InvalidToken::ClaimMalformed { claim });
        let flat = Profile { groups: Some(vec!["groups"]), ..keycloak() };
        let elsewhere = json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {}}});
        for (name, profile, claims, expected) in [
            ("nested", keycloak(), json!({"realm_access": {"roles": ["a", "b"]}}), groups(true, &["a", "b"])),
            ("without the inner name", keycloak(), json!({"realm_access": {}}), groups(true, &[])),
            ("without the claim", keycloak(), json!({}), groups(true, &[])),
            ("a list for an object", keycloak(), json!({"realm_access": ["roles"]}), malformed("realm_access")),
            ("a text for a list", keycloak(), json!({"realm_access": {"roles": "a"}}), malformed("realm_access")),
            ("flat", flat.clone(), json!({"groups": ["a"]}), groups(true, &["a"])),
            ("a number among them", flat.clone(), json!({"groups": ["a", 1]}), malformed("groups")),
            ("left out", flat.clone(), elsewhere.clone(), groups(false, &[])),
            ("another claim left out", keycloak(), elsewhere, groups(true, &[])),
            ("left out of the implicit flow", flat, json!({"hasgroups": true}), groups(false, &[])),
            ("an issuer without", Profile { groups: None, ..keycloak() }, json!({"groups": 1}), groups(true, &[])),
        ] {
            assert_eq!(profile.groups(&members(&claims)), expected, "{name}");
        }
    }
}
