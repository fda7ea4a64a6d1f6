//! What does a verified token say?

use super::error::InvalidToken;
use super::profile::{Groups, Profile, is_left_out};
use super::scope::Scopes;
use super::unverified::MediaType;
use crate::clock::UnixTime;
use permissions::Holder;
use permissions::json::Members;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// What a token is for. Cognito's say so in the claim `token_use`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// `access`: may call APIs, carries scopes.
    Access,
    /// `id`: says who signed in, carries none.
    Id,
}

impl TokenUse {
    /// The value of Cognito's claim, and the word for settings.
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
    groups: Groups,
    profile: Arc<Profile>,
    entry: Option<Arc<str>>,
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

    /// The name of the issuer's entry; `None` where settings name no entries.
    #[must_use]
    pub fn entry(&self) -> Option<&str> {
        self.entry.as_deref()
    }

    /// Reads the claims that every token of the issuer has, each as its documented type alone.
    pub(super) fn read(
        claims: Members,
        header_type: Option<&MediaType>,
        profile: &Arc<Profile>,
        entry: Option<&Arc<str>>,
    ) -> Result<Self, InvalidToken> {
        let subject = string(&claims, "sub")?.filter(|subject| !subject.is_empty());
        let subject = subject.ok_or(InvalidToken::ClaimMissing { claim: "sub" })?.to_owned();
        let token_use = profile.token_use(header_type, &claims)?;
        let scopes = profile.scopes(token_use, &claims)?;
        let groups = profile.groups(&claims)?;
        Ok(Self { subject, token_use, scopes, groups, profile: Arc::clone(profile), entry: entry.cloned(), claims })
    }

    /// The client that the token was issued to, if it says so.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.stated_client().ok().flatten()
    }

    /// The client that the token was issued to, if it says so.
    pub(super) fn stated_client(&self) -> Result<Option<&str>, InvalidToken> {
        self.profile.client(self.token_use, &self.claims)
    }

    /// The claim that names the client.
    pub(super) fn client_claim(&self) -> &'static str {
        match self.token_use {
            TokenUse::Access => self.profile.client,
            TokenUse::Id => "aud",
        }
    }

    /// The resources that an access token is bound to: `aud` (RFC 7519 section 4.1.3); in Cognito one URL (Developer Guide,
    /// "Resource binding").
    pub(super) fn resources(&self) -> Result<Vec<&str>, InvalidToken> {
        let resources = self.profile.texts(&self.claims, "aud")?;
        if resources.is_empty() { Err(InvalidToken::ClaimMissing { claim: "aud" }) } else { Ok(resources) }
    }
}

impl Holder for VerifiedClaims {
    /// An ID token carries none.
    fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contain(scope)
    }

    fn has_group(&self, group: &str) -> bool {
        self.groups.names.iter().any(|known| known == group)
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    fn issuer(&self) -> Option<&str> {
        self.entry()
    }

    /// It was checked when the token was verified.
    fn client(&self) -> Option<&str> {
        Self::client(self)
    }

    fn knows_groups(&self) -> bool {
        self.groups.known
    }

    fn knows_claim(&self, name: &str) -> bool {
        !is_left_out(&self.claims, name)
    }
}

impl fmt::Debug for VerifiedClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifiedClaims(..)")
    }
}

/// A claim that is a string and must be there.
pub(super) fn required<'a>(claims: &'a Members, claim: &'static str) -> Result<&'a str, InvalidToken> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_token_says_does_not_print() {
        let claims = serde_json::from_str(r#"{"sub":"alice","token_use":"access"}"#).unwrap();
        let read = VerifiedClaims::read(claims, None, &Arc::new(Profile::of_cognito()), None);
        assert_eq!(format!("{:?}", read.unwrap()), "VerifiedClaims(..)");
    }
}
