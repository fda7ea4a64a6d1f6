//! What is the answer?
//!
//! The steps, in order: which issuer is named, which of its keys, is the token genuine, what may its holder do, how is
//! that said in IAM. A decision may be a Deny; an error means that there is none.

use crate::clock::UnixTime;
use crate::jwks::{Algorithms, KeyCache, KeyOrigin, NoKey, Unavailable};
use crate::token::{BearerToken, InvalidToken, Issuer, UnverifiedToken, VerifiedClaims, Verifier};
use permissions::Method;
use permissions::Permissions;
use permissions::iam::{Compiled, Policies};
use std::fmt;
use std::sync::Arc;

/// An issuer, with its keys and what is asked of its tokens. Nothing of one issuer counts for another.
pub struct TrustedIssuer {
    /// Who issues the tokens.
    pub issuer: Issuer,
    /// The keys it signs with.
    pub keys: Arc<KeyCache>,
    /// What else is asked of its tokens. Issuers of one entry share it.
    pub verifier: Arc<Verifier>,
}

/// Decides whether a token's holder may call a method.
pub struct Authorizer {
    /// Whose tokens are believed.
    pub issuers: Vec<TrustedIssuer>,
    /// What their holders may do.
    pub permissions: Permissions,
    /// How that is said in IAM.
    pub policies: Policies,
}

/// The answer for a token that was verified.
#[derive(Debug)]
pub struct Decision {
    /// What the token says.
    pub claims: VerifiedClaims,
    /// May its holder call the requested method?
    pub permitted: bool,
    /// Everything its holder may do, in IAM.
    pub policy: Compiled,
    /// The route in the permission document that the requested method falls under.
    pub route: Option<String>,
    /// Where the key was found.
    pub key_origin: KeyOrigin,
}

impl Authorizer {
    /// Answers for one token and one method.
    ///
    /// # Errors
    /// [`Refusal::InvalidToken`] when the token is not believed, [`Refusal::KeysUnavailable`] when that cannot be
    /// told, since keys that are in use cannot be had.
    pub async fn authorize(&self, token: &BearerToken, method: &Method, now: UnixTime) -> Result<Decision, Refusal> {
        let token = UnverifiedToken::parse(token, self.algorithms())?;
        let trusted = self.trusted_issuer(&token)?;
        let found = trusted.keys.find(token.unverified_key_id(), now).await;
        let found = found.map_err(|error| self.without_key(error, trusted, now))?;
        let claims = trusted.verifier.verify(token, &trusted.issuer, &found.key, now)?;
        let grants = self.permissions.grants(&claims);
        let verdict = grants.decide(method);
        let route = verdict.rule().map(|rule| rule.route).or_else(|| self.permissions.route_of(method));
        Ok(Decision {
            permitted: verdict.is_permitted(),
            policy: self.policies.compile(&grants, verdict, method),
            route: route.map(|route| route.text().to_owned()),
            key_origin: found.origin,
            claims,
        })
    }

    /// What an unverified token says may choose a 500 only where keys that are in use cannot be had. An issuer that has
    /// never published any, while another issuer of its pool has, is one that the pool was not switched to.
    fn without_key(&self, error: NoKey, named: &TrustedIssuer, now: UnixTime) -> Refusal {
        let serves = |other: &&TrustedIssuer| other.keys.has_answered() || other.keys.is_trusted(now);
        let of_the_pool = self.issuers.iter().filter(|other| {
            Arc::ptr_eq(&other.verifier, &named.verifier) && other.issuer.shares_pool_with(&named.issuer)
        });
        let unused = !named.keys.has_answered() && of_the_pool.filter(serves).count() > 0;
        if unused && matches!(error, NoKey::Unavailable { .. }) {
            return InvalidToken::KeyUnknown.into();
        }
        error.into()
    }

    /// What any issuer signs with. A token by another algorithm is refused whoever it says has issued it.
    fn algorithms(&self) -> Algorithms {
        self.issuers.iter().fold(Algorithms::default(), |all, trusted| all.or(trusted.verifier.algorithms))
    }

    /// The issuer is looked up among those set up before any key is: a token cannot choose where keys come from.
    fn trusted_issuer(&self, token: &UnverifiedToken<'_>) -> Result<&TrustedIssuer, InvalidToken> {
        self.issuers.iter().find(|trusted| token.names_issuer(&trusted.issuer)).ok_or(InvalidToken::IssuerUnknown)
    }
}

/// Why there is no decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The token is not believed.
    InvalidToken(InvalidToken),
    /// There is no key to check the token with.
    KeysUnavailable {
        /// What went wrong with them.
        cause: Unavailable,
    },
}

impl Refusal {
    /// A stable code for logs, metrics and tests.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::InvalidToken(error) => error.reason(),
            Self::KeysUnavailable { cause } => cause.reason(),
        }
    }
}

impl From<InvalidToken> for Refusal {
    fn from(error: InvalidToken) -> Self {
        Self::InvalidToken(error)
    }
}

impl From<NoKey> for Refusal {
    fn from(error: NoKey) -> Self {
        match error {
            NoKey::Unavailable { cause } => Self::KeysUnavailable { cause },
            NoKey::Unchecked => Self::InvalidToken(InvalidToken::KeyUnchecked),
            NoKey::Unknown => Self::InvalidToken(InvalidToken::KeyUnknown),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidToken(error) => error.fmt(f),
            Self::KeysUnavailable { cause } => cause.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}
