//! Does the token prove what it says?

use super::claims::{self, TokenUse, VerifiedClaims};
use super::error::InvalidToken;
use super::profile::Profile;
use super::unverified::UnverifiedToken;
use crate::clock::UnixTime;
use crate::jwks::{Algorithms, VerifyingKey};
use permissions::json::Members;
use std::sync::Arc;

/// How far ahead an `iat` may be, in seconds: what clocks that nobody tends differ by. RFC 7519 gives no figure;
/// five minutes is Kerberos' (RFC 4120 section 5.4.2), and Cognito's shortest token life.
const FURTHEST_AHEAD_SECONDS: u64 = 300;

/// The largest leeway that may be set, in seconds: "usually no more than a few minutes" (RFC 7519 section 4.1.4).
pub const LONGEST_LEEWAY_SECONDS: u64 = 300;

/// Who may issue tokens: an issuer identifier, compared exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(String);

impl Issuer {
    /// Takes the identifier as it is; it comes from the operator's settings.
    #[must_use]
    pub fn new(identifier: String) -> Self {
        Self(identifier)
    }

    /// The text that `iss` must equal.
    #[must_use]
    pub fn identifier(&self) -> &str {
        &self.0
    }

    /// Do both issue tokens of one user pool? Then both end in its id. A pool has an issuer for each host form, and for
    /// each region that it is replicated to (Cognito Developer Guide, "OIDC issuer").
    #[must_use]
    pub fn shares_pool_with(&self, other: &Self) -> bool {
        let pool = |issuer: &Self| issuer.0.rsplit_once('/').map(|(_, pool)| pool.to_owned());
        pool(self).is_some_and(|id| id.contains('_') && pool(other) == Some(id))
    }
}

/// Which app clients' tokens are ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clients {
    /// Every client of the pools set up: the operator wrote `*`.
    Any,
    /// These.
    Listed(Vec<String>),
    /// Whichever: the audience decides, and a token need not name its client.
    NotAsked,
}

impl Clients {
    fn include(&self, client: &str) -> bool {
        match self {
            Self::Any | Self::NotAsked => true,
            Self::Listed(clients) => clients.iter().any(|known| known == client),
        }
    }
}

/// What is asked of an issuer's tokens besides a genuine signature.
#[derive(Clone, Debug)]
pub struct Verifier {
    /// The name of the issuer's entry in the settings, where they name entries.
    pub entry: Option<Arc<str>>,
    /// What it may sign with.
    pub algorithms: Algorithms,
    /// Where its tokens say what.
    pub profile: Arc<Profile>,
    /// Whose clients' tokens are ours.
    pub clients: Clients,
    /// Which kinds of token are allowed.
    pub token_uses: Vec<TokenUse>,
    /// The resources (RFC 8707), or audiences, of which an access token must be bound to one; `None`: bound or not.
    pub resources: Option<Vec<String>>,
    /// By how much the issuer's clock and ours may differ, in seconds.
    pub leeway_seconds: u64,
}

impl Verifier {
    /// Proves the token: algorithm, signature, issuer, times, binding, use, client, resource, in this order.
    ///
    /// The key must be the issuer's own; who looks it up sees to that.
    ///
    /// # Errors
    /// [`InvalidToken`], with the first thing that does not hold.
    pub fn verify(
        &self,
        token: UnverifiedToken<'_>,
        issuer: &Issuer,
        key: &VerifyingKey,
        now: UnixTime,
    ) -> Result<VerifiedClaims, InvalidToken> {
        if !self.algorithms.include(token.header.algorithm) {
            return Err(InvalidToken::AlgorithmNotAllowed);
        }
        if !key.verifies(token.header.algorithm, token.message.as_bytes(), &token.signature) {
            return Err(InvalidToken::SignatureInvalid);
        }
        if !token.names_issuer(issuer) {
            return Err(InvalidToken::IssuerUnknown);
        }
        self.check_times(&token.unverified_claims, now)?;
        check_unbound(&token.unverified_claims)?;
        let header_type = token.header.media_type.as_ref();
        let claims = VerifiedClaims::read(token.unverified_claims, header_type, &self.profile, self.entry.as_ref())?;
        if !self.token_uses.contains(&claims.token_use()) {
            return Err(InvalidToken::UseNotAllowed);
        }
        self.check_client(&claims)?;
        self.check_resource(&claims)?;
        Ok(claims)
    }

    fn check_client(&self, claims: &VerifiedClaims) -> Result<(), InvalidToken> {
        match claims.stated_client()? {
            Some(client) if self.clients.include(client) => Ok(()),
            Some(_) => Err(InvalidToken::ClientUnknown),
            None if self.clients == Clients::NotAsked => Ok(()),
            None => Err(InvalidToken::ClaimMissing { claim: claims.client_claim() }),
        }
    }

    /// An ID token is for its client alone, whatever the resource.
    fn check_resource(&self, claims: &VerifiedClaims) -> Result<(), InvalidToken> {
        let Some(resources) = self.resources.as_ref().filter(|_| claims.token_use() == TokenUse::Access) else {
            return Ok(());
        };
        let bound_to = claims.resources()?;
        let ours = bound_to.iter().any(|found| resources.iter().any(|resource| resource == found));
        if ours { Ok(()) } else { Err(InvalidToken::ResourceUnknown) }
    }

    fn check_times(&self, claims: &Members, now: UnixTime) -> Result<(), InvalidToken> {
        let expiry = claims::time(claims, "exp")?.ok_or(InvalidToken::ClaimMissing { claim: "exp" })?;
        if now >= expiry.plus_seconds(self.leeway_seconds) {
            return Err(InvalidToken::Expired);
        }
        if claims::time(claims, "nbf")?.is_some_and(|not_before| now.plus_seconds(self.leeway_seconds) < not_before) {
            return Err(InvalidToken::NotYetValid);
        }
        if claims::time(claims, "iat")?.is_some_and(|issued| now.plus_seconds(FURTHEST_AHEAD_SECONDS) < issued) {
            return Err(InvalidToken::IssuedInFuture);
        }
        Ok(())
    }
}

/// Whoever sends a token with `cnf` must prove that they hold the key it names (RFC 7800 section 3.1; RFC 8705 and RFC
/// 9449 say how). To take it as a bearer token would let a thief use it.
fn check_unbound(claims: &Members) -> Result<(), InvalidToken> {
    if claims.get("cnf").is_some() { Err(InvalidToken::BindingNotChecked) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_share_a_pool_when_they_end_in_its_id() {
        let original = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC";
        for (name, other, expected) in [
            ("the updated host", "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC", true),
            ("a replica", "https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_AbC", true),
            ("another pool", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbD", false),
            ("a longer id", "https://cognito-idp.eu-west-1.amazonaws.com/Xeu-west-1_AbC", false),
            ("no path at all", "eu-west-1_AbC", false),
        ] {
            let [original, other] = [original, other].map(|text| Issuer::new(text.to_owned()));
            assert_eq!(
                (original.shares_pool_with(&other), other.shares_pool_with(&original)),
                (expected, expected),
                "{name}"
            );
        }
        let [one, other] =
            ["https://a.example/tenant", "https://b.example/tenant"].map(|text| Issuer::new(text.to_owned()));
        assert!(!one.shares_pool_with(&other), "what is no pool's id names none");
    }
}
