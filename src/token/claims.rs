//! What does a verified token say?

use super::error::InvalidToken;
use super::scope::Scopes;
use crate::clock::UnixTime;
use permissions::Holder;
use permissions::json::Members;
use serde_json::Value;
use std::fmt;

/// What a Cognito token is for: its `token_use` claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// `access`: may call APIs, carries scopes.
    Access,
    /// `id`: says who signed in, carries none.
    Id,
}

impl TokenUse {
    /// The claim's value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Id => "id",
        }
    }
}

/// The claims of a token whose signature, issuer, times, use, client and resource were verified.
///
/// Made by [`Verifier::verify`](super::Verifier::verify) alone.
pub struct VerifiedClaims {
    subject: String,
    token_use: TokenUse,
    scopes: Scopes,
    groups: Vec<String>,
    claims: Members,
}

impl VerifiedClaims {
    /// The subject: `sub` (RFC 7519 section 4.1.2), in Cognito the user's or the client's id.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What the token is for.
    #[must_use]
    pub fn token_use(&self) -> TokenUse {
        self.token_use
    }

    /// Reads the claims that every Cognito token has, each as its documented type alone.
    pub(super) fn read(claims: Members) -> Result<Self, InvalidToken> {
        let subject = string(&claims, "sub")?.filter(|subject| !subject.is_empty());
        let subject = subject.ok_or(InvalidToken::ClaimMissing { claim: "sub" })?.to_owned();
        let token_use = match required(&claims, "token_use")? {
            "access" => TokenUse::Access,
            "id" => TokenUse::Id,
            _ => return Err(InvalidToken::UseNotAllowed),
        };
        let scope = string(&claims, "scope")?;
        let scopes = scope.filter(|_| token_use == TokenUse::Access).map(Scopes::parse).unwrap_or_default();
        Ok(Self { subject, token_use, scopes, groups: groups(&claims)?, claims })
    }

    /// The client the token was issued to: `client_id` of an access token, `aud` of an ID token.
    pub(super) fn client(&self) -> Result<&str, InvalidToken> {
        match self.token_use {
            TokenUse::Access => required(&self.claims, "client_id"),
            TokenUse::Id => required(&self.claims, "aud"),
        }
    }

    /// The resource that an access token is bound to: `aud`, one URL (Cognito Developer Guide, "Resource binding").
    pub(super) fn resource(&self) -> Result<&str, InvalidToken> {
        required(&self.claims, "aud")
    }
}

impl Holder for VerifiedClaims {
    /// An ID token carries none.
    fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contain(scope)
    }

    /// Groups are Cognito's.
    fn has_group(&self, group: &str) -> bool {
        self.groups.iter().any(|known| known == group)
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }
}

impl fmt::Debug for VerifiedClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedClaims(..)")
    }
}

/// A claim that is a string and must be there.
fn required<'a>(claims: &'a Members, claim: &'static str) -> Result<&'a str, InvalidToken> {
    string(claims, claim)?.ok_or(InvalidToken::ClaimMissing { claim })
}

/// A claim that is a string where it is present.
pub(super) fn string<'a>(claims: &'a Members, claim: &'static str) -> Result<Option<&'a str>, InvalidToken> {
    match claims.get(claim) {
        None => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(InvalidToken::ClaimMalformed { claim }),
    }
}

/// A claim that is a time where it is present. Cognito's are whole seconds; other numbers are refused.
pub(super) fn time(claims: &Members, claim: &'static str) -> Result<Option<UnixTime>, InvalidToken> {
    match claims.get(claim) {
        None => Ok(None),
        Some(value) => {
            let seconds = value.as_u64().ok_or(InvalidToken::ClaimMalformed { claim })?;
            Ok(Some(UnixTime::from_seconds(seconds)))
        }
    }
}

fn groups(claims: &Members) -> Result<Vec<String>, InvalidToken> {
    const CLAIM: &str = "cognito:groups";
    let malformed = InvalidToken::ClaimMalformed { claim: CLAIM };
    let Some(value) = claims.get(CLAIM) else { return Ok(Vec::new()) };
    let listed = value.as_array().ok_or(malformed)?;
    listed.iter().map(|group| group.as_str().map(ToOwned::to_owned).ok_or(malformed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_token_says_does_not_print() {
        let claims = serde_json::from_str(r#"{"sub":"alice","token_use":"access"}"#).unwrap();
        assert_eq!(format!("{:?}", VerifiedClaims::read(claims).unwrap()), "VerifiedClaims(..)");
    }
}
