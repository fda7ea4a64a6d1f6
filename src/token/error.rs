//! Why is a token not believed?

use std::fmt;

/// Why a token is not believed. To the caller all of these are one `Unauthorized`; the log has the reason.
///
/// No variant holds anything that the token said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvalidToken {
    /// The header's `alg` is not one that the issuer is set up to sign with: for Cognito RS256.
    AlgorithmNotAllowed,
    /// Two different tokens stand in one request (RFC 6750 section 2).
    Ambiguous,
    /// The token is bound to a key or a certificate of its holder (`cnf`, RFC 7800), and nobody here checks that whoever
    /// sends it holds that.
    BindingNotChecked,
    /// A claim that is checked or read has another JSON type than the issuer documents.
    ClaimMalformed {
        /// The claim's name.
        claim: &'static str,
    },
    /// A claim that every token of this issuer and use has is absent.
    ClaimMissing {
        /// The claim's name.
        claim: &'static str,
    },
    /// The token was issued to a client that is not ours.
    ClientUnknown,
    /// The header has `crit`.
    CriticalHeader,
    /// It is `exp` or later.
    Expired,
    /// `iat` is further ahead than clocks differ.
    IssuedInFuture,
    /// `iss` is not one of the issuers set up.
    IssuerUnknown,
    /// The header has no `kid`.
    KeyIdMissing,
    /// The key set at hand has no such key, and its issuer cannot be asked: it is too early, or the fetch failed.
    KeyUnchecked,
    /// The issuer publishes no such key, or has never published any while another issuer of its pool has.
    KeyUnknown,
    /// It is not a compact JWS of three base64url parts, or its JSON is not an object with unique names.
    Malformed,
    /// There is no token.
    Missing,
    /// It is before `nbf`.
    NotYetValid,
    /// The token is bound to a resource that is not ours.
    ResourceUnknown,
    /// Another authentication scheme than `Bearer` stands before the token.
    SchemeNotBearer,
    /// The signature is not the key's.
    SignatureInvalid,
    /// The token is longer than a request's headers can be.
    TooLong,
    /// The kind of token is not one that is allowed.
    UseNotAllowed,
}

impl InvalidToken {
    /// A stable code for logs, metrics and tests.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::AlgorithmNotAllowed => "algorithm_not_allowed",
            Self::Ambiguous => "token_ambiguous",
            Self::BindingNotChecked => "binding_not_checked",
            Self::ClaimMalformed { .. } => "claim_malformed",
            Self::ClaimMissing { .. } => "claim_missing",
            Self::ClientUnknown => "client_unknown",
            Self::CriticalHeader => "critical_header",
            Self::Expired => "token_expired",
            Self::IssuedInFuture => "issued_in_future",
            Self::IssuerUnknown => "issuer_unknown",
            Self::KeyIdMissing => "key_id_missing",
            Self::KeyUnchecked => "key_unchecked",
            Self::KeyUnknown => "key_unknown",
            Self::Malformed => "token_malformed",
            Self::Missing => "token_missing",
            Self::NotYetValid => "not_yet_valid",
            Self::ResourceUnknown => "resource_unknown",
            Self::SchemeNotBearer => "scheme_not_bearer",
            Self::SignatureInvalid => "signature_invalid",
            Self::TooLong => "token_too_long",
            Self::UseNotAllowed => "token_use_not_allowed",
        }
    }

    /// The claim that is malformed or missing, when that is why.
    #[must_use]
    pub fn claim(self) -> Option<&'static str> {
        match self {
            Self::ClaimMalformed { claim } | Self::ClaimMissing { claim } => Some(claim),
            _ => None,
        }
    }

    /// Will the same token never be believed later either? Only such a refusal may be cached.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::IssuedInFuture | Self::KeyUnchecked | Self::KeyUnknown | Self::NotYetValid)
    }
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlgorithmNotAllowed => {
                f.write_str("found another `alg` in the token's header than its issuer is set up with")
            }
            Self::Ambiguous => f.write_str("found different tokens in one request, expected one"),
            Self::BindingNotChecked => f.write_str("found a token bound to a key (`cnf`), which is not checked here"),
            Self::ClaimMalformed { claim } => {
                write!(f, "found another JSON type in the claim `{claim}` than its issuer documents")
            }
            Self::ClaimMissing { claim } => write!(f, "found no claim `{claim}`, expected one"),
            Self::ClientUnknown => f.write_str("found a client that is not in `APP_CLIENT_ID`, or `clients`"),
            Self::CriticalHeader => f.write_str("found `crit` in the token's header, expected none"),
            Self::Expired => f.write_str("found a token past its `exp`"),
            Self::IssuedInFuture => f.write_str("found an `iat` in the future"),
            Self::IssuerUnknown => f.write_str("found another issuer than those set up"),
            Self::KeyIdMissing => f.write_str("found no `kid` in the token's header, expected one"),
            Self::KeyUnchecked => f.write_str("found a key id that is not at hand, and its issuer cannot be asked now"),
            Self::KeyUnknown => f.write_str("found a key id that the issuer does not publish"),
            Self::Malformed => f.write_str("found something else than one compact JWS"),
            Self::Missing => f.write_str("found no token"),
            Self::NotYetValid => f.write_str("found a token before its `nbf`"),
            Self::ResourceUnknown => f.write_str("found an `aud` that is not in `RESOURCE`, or `audiences`"),
            Self::SchemeNotBearer => f.write_str("found another authentication scheme, expected `Bearer`"),
            Self::SignatureInvalid => f.write_str("found a signature that is not the key's"),
            Self::TooLong => f.write_str("found a token longer than a request can carry"),
            Self::UseNotAllowed => f.write_str("found a kind of token that is not in `TOKEN_USE`, or `tokenUse`"),
        }
    }
}

impl std::error::Error for InvalidToken {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claim_at_fault_is_named() {
        for (error, expected) in [
            (InvalidToken::ClaimMalformed { claim: "exp" }, Some("exp")),
            (InvalidToken::ClaimMissing { claim: "sub" }, Some("sub")),
            (InvalidToken::Expired, None),
        ] {
            assert_eq!(error.claim(), expected, "{error}");
        }
    }
}
