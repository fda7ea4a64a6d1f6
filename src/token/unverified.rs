//! What may be read of a token before its signature is checked?
//!
//! Whether it has the shape of a token at all, whether one of our issuers is said to have made it, and which key it asks
//! for. Its claims stay shut.

use super::bearer::BearerToken;
use super::error::InvalidToken;
use super::verifier::Issuer;
use crate::jwks::{Algorithm, Algorithms, KeyId};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permissions::json::Members;
use serde_json::Value;
use std::fmt;

/// A compact JWS whose header and payload are well-formed and whose signature nobody has checked.
pub struct UnverifiedToken<'a> {
    pub(super) message: &'a str,
    pub(super) signature: Vec<u8>,
    pub(super) unverified_claims: Members,
    pub(super) header: Header,
}

/// What is read of a token's header. The signature is over all of it.
pub(super) struct Header {
    key_id: KeyId,
    pub(super) algorithm: Algorithm,
    /// `typ` (RFC 7515 section 4.1.9).
    pub(super) media_type: Option<MediaType>,
}

/// A media type as `typ` has it: in any case, and with or without `application/` (RFC 7515 section 4.1.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType(String);

impl MediaType {
    /// Takes the type as a header or the operator writes it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        Self(lower.strip_prefix("application/").unwrap_or(&lower).to_owned())
    }

    /// Is it a token of no kind in particular (RFC 7519 section 5.1)?
    #[must_use]
    pub fn is_jwt(&self) -> bool {
        self.0 == "jwt"
    }
}

impl<'a> UnverifiedToken<'a> {
    /// Takes the token apart (RFC 7515 section 5.2, steps 1 to 7). `algorithms` are those of all issuers together: which
    /// of them the token's own issuer signs with is asked when that is known.
    ///
    /// # Errors
    /// [`InvalidToken::Malformed`] when it is not a JWS of three parts, each strict base64url, header and payload
    /// JSON objects without duplicate names; [`InvalidToken::AlgorithmNotAllowed`], [`InvalidToken::CriticalHeader`],
    /// [`InvalidToken::KeyIdMissing`] when the header asks for what is not done here.
    pub fn parse(token: &'a BearerToken, algorithms: Algorithms) -> Result<Self, InvalidToken> {
        let (message, signature) = token.as_str().rsplit_once('.').ok_or(InvalidToken::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(InvalidToken::Malformed)?;
        if payload.contains('.') {
            return Err(InvalidToken::Malformed);
        }
        let header = read_header(&object(header)?, algorithms)?;
        Ok(Self { message, signature: decode(signature)?, unverified_claims: object(payload)?, header })
    }

    /// The key that is said to have signed the token.
    #[must_use]
    pub fn unverified_key_id(&self) -> &KeyId {
        &self.header.key_id
    }

    /// Does the token say that this issuer made it? Only the issuer's key can prove it.
    #[must_use]
    pub fn names_issuer(&self, issuer: &Issuer) -> bool {
        self.unverified_claims.get("iss").and_then(Value::as_str) == Some(issuer.identifier())
    }
}

impl fmt::Debug for UnverifiedToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnverifiedToken(..)")
    }
}

fn read_header(header: &Members, algorithms: Algorithms) -> Result<Header, InvalidToken> {
    let text = |name| header.get(name).and_then(Value::as_str);
    let algorithm = text("alg").and_then(Algorithm::parse).filter(|algorithm| algorithms.include(*algorithm));
    let algorithm = algorithm.ok_or(InvalidToken::AlgorithmNotAllowed)?;
    // RFC 7515 section 4.1.11: extensions that must be understood. None is.
    if header.get("crit").is_some() {
        return Err(InvalidToken::CriticalHeader);
    }
    let key_id = text("kid").filter(|key_id| !key_id.is_empty()).ok_or(InvalidToken::KeyIdMissing)?;
    Ok(Header { key_id: KeyId::new(key_id.to_owned()), algorithm, media_type: text("typ").map(MediaType::new) })
}

fn object(part: &str) -> Result<Members, InvalidToken> {
    // RFC 7519 section 7.2, step 10: UTF-8, looked at as a whole.
    let text = String::from_utf8(decode(part)?).map_err(|_| InvalidToken::Malformed)?;
    serde_json::from_str(&text).map_err(|_| InvalidToken::Malformed)
}

/// Base64url without padding, and with nothing in the bits that do not count: one text for one value.
fn decode(part: &str) -> Result<Vec<u8>, InvalidToken> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidToken::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Scheme;

    #[test]
    fn a_token_that_is_taken_apart_does_not_print() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k"}"#);
        let payload = URL_SAFE_NO_PAD.encode(r#"{"sub":"alice"}"#);
        let token = BearerToken::parse(&format!("{header}.{payload}.c2ln"), Scheme::Absent).unwrap();
        assert_eq!(format!("{:?}", UnverifiedToken::parse(&token, Algorithms::RS256).unwrap()), "UnverifiedToken(..)");
    }
}
