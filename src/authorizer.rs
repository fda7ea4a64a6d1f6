//! What is the answer?
//!
//! The steps, in order: which issuer is named, which of its keys, is the token genuine, what may its holder do, how is
//! that said in IAM. A decision may be a Deny; an error means that there is none.

use crate::clock::UnixTime;
use crate::documents::{ActiveDocument, Documents};
use crate::jwks::{Algorithms, KeyCache, KeyId, KeyOrigin, NoKey, Unavailable};
use crate::log::KeyCounts;
use crate::token::{BearerToken, InvalidToken, Issuer, UnverifiedToken, VerifiedClaims, Verifier};
use permissions::iam::Compiled;
use permissions::{Cause, Effect, Method, Verdict};
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
    /// What their holders may do, and how that is said in IAM.
    pub documents: Documents,
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
    /// Why the method is allowed or refused.
    pub ruling: Ruling,
    /// The document that decided.
    pub document: Arc<ActiveDocument>,
    /// Who issued the token.
    pub issuer: Issuer,
    /// The key that signed it.
    pub key_id: KeyId,
    /// Where the key was found.
    pub key_origin: KeyOrigin,
}

/// Why a method is allowed or refused, as the log tells it. Names are those of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// `permitted`, or the [`Cause`] of the refusal.
    pub reason: &'static str,
    /// The permission that decides, by its place in the document, and what it does.
    pub decided_by: Option<(usize, Effect)>,
    /// Where none allows the method: the permission that lacks least, by its place in the document.
    pub nearest: Option<usize>,
    /// What the token lacks for that one: `scope orders/read`.
    pub lacks: Vec<String>,
}

impl Ruling {
    fn new(verdict: Verdict<'_>, cause: Option<&Cause<'_>>) -> Self {
        let decided_by = match verdict {
            Verdict::Allowed(rule) | Verdict::Denied(rule) => Some((rule.permission, rule.effect)),
            Verdict::Yielded { .. } | Verdict::NotAllowed | Verdict::Misspelled => None,
        };
        let nearest = match cause {
            Some(Cause::Lacking(nearest)) => Some(nearest),
            _ => None,
        };
        let lacks = nearest.map(|nearest| nearest.lacks.as_slice()).unwrap_or_default();
        Self {
            reason: cause.map_or("permitted", Cause::reason),
            decided_by,
            nearest: nearest.map(|nearest| nearest.permission),
            lacks: lacks.iter().map(|lack| format!("{} {}", lack.kind(), lack.name())).collect(),
        }
    }
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
        let key_id = token.unverified_key_id().clone();
        let found = trusted.keys.find(&key_id, now).await;
        let found = found.map_err(|error| self.without_key(error, trusted, now))?;
        let claims = trusted.verifier.verify(token, &trusted.issuer, &found.key, now)?;
        self.documents.refresh(now).await;
        let document = self.documents.active();
        let grants = document.permissions.grants(&claims);
        let verdict = grants.decide(method);
        let cause = grants.cause(&claims, verdict, method);
        let route = verdict.rule().map(|rule| rule.route).or_else(|| document.permissions.route_of(method));
        Ok(Decision {
            permitted: verdict.is_permitted(),
            policy: document.policies.compile(&grants, verdict, method),
            route: route.map(|route| route.text().to_owned()),
            ruling: Ruling::new(verdict, cause.as_ref()),
            document: Arc::clone(&document),
            issuer: trusted.issuer.clone(),
            key_id,
            key_origin: found.origin,
            claims,
        })
    }

    /// What is known of the keys, each cache once.
    #[must_use]
    pub fn key_counts(&self, now: UnixTime) -> KeyCounts {
        let mut counts = KeyCounts::default();
        for (place, trusted) in self.issuers.iter().enumerate() {
            let before = self.issuers.iter().take(place);
            if before.into_iter().any(|other| Arc::ptr_eq(&other.keys, &trusted.keys)) {
                continue;
            }
            counts.fetches += trusted.keys.fetches();
            counts.failures += trusted.keys.failures();
            counts.age_seconds = counts.age_seconds.max(trusted.keys.age_seconds(now));
        }
        counts
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

    /// The names of the issuers' entries, each once; none in the settings' short form.
    #[must_use]
    pub fn entries(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.issuers.iter().filter_map(|trusted| trusted.verifier.entry.as_deref()).collect();
        // An entry's issuers follow each other.
        names.dedup();
        names
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
