//! Which keys of a JWK Set can verify a Cognito signature?

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use jsonwebtoken::crypto::JwtVerifier;
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::signature::{Error as SignatureError, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use permissions::json::Object;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt;
use std::sync::Arc;

/// The smallest RSA modulus accepted, in bits: RFC 7518 section 3.3.
const SMALLEST_MODULUS_BITS: usize = 2048;

/// The largest RSA modulus accepted, in bits: the verification algorithm's own limit.
const LARGEST_MODULUS_BITS: usize = 8192;

/// The `kid` of a key: an opaque, case-sensitive string (RFC 7517 section 4.5). Cognito's are base64 with padding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// Takes the text as it is.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }
}

/// An RSA public key that verifies RS256 and nothing else, parsed once and kept.
///
/// It is a verifier in the sense of `jsonwebtoken`, whose own would build the key anew for each signature.
pub struct VerifyingKey {
    public_key: ParsedPublicKey,
}

impl VerifyingKey {
    /// Reads one JWK.
    fn from_jwk(jwk: &Jwk) -> Result<Self, UnusableKey> {
        let for_signatures = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
        let to_verify = jwk.common.key_operations.as_ref().is_none_or(|ops| ops.contains(&KeyOperations::Verify));
        let for_rs256 = matches!(jwk.common.key_algorithm, None | Some(KeyAlgorithm::RS256));
        if !(for_signatures && to_verify && for_rs256) {
            return Err(UnusableKey);
        }
        let decoded = DecodingKey::from_jwk(jwk).map_err(|_| UnusableKey)?;
        match decoded.kind() {
            DecodingKeyKind::RsaModulusExponent { n, e } => Self::from_components(n, e),
            DecodingKeyKind::SecretOrDer(_) => Err(UnusableKey),
        }
    }

    /// `n` and `e` are big-endian; `aws_lc_rs` wants them without leading zeros.
    fn from_components(n: &[u8], e: &[u8]) -> Result<Self, UnusableKey> {
        let (n, e) = (without_leading_zeros(n), without_leading_zeros(e));
        let size_fits = (SMALLEST_MODULUS_BITS..=LARGEST_MODULUS_BITS).contains(&bits(n));
        // An even or unit exponent is no RSA key: with `e = 1` every text signs itself.
        let exponent_fits = e.last().is_some_and(|last| last % 2 == 1) && e != [1];
        if !(size_fits && exponent_fits) {
            return Err(UnusableKey);
        }
        let public_key = RsaPublicKeyComponents { n, e }
            .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
            .map_err(|_| UnusableKey)?;
        Ok(Self { public_key })
    }
}

fn without_leading_zeros(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
}

fn bits(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros());
    (number.len() * 8).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

impl<S: AsRef<[u8]>> Verifier<S> for VerifyingKey {
    fn verify(&self, message: &[u8], signature: &S) -> Result<(), SignatureError> {
        self.public_key.verify_sig(message, signature.as_ref()).map_err(|_| SignatureError::new())
    }
}

impl JwtVerifier for VerifyingKey {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyingKey(RS256)")
    }
}

/// A key that cannot verify RS256 signatures, or must not.
#[derive(Debug)]
struct UnusableKey;

/// The usable keys of a JWK Set. There is at least one.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Vec<(KeyId, Arc<VerifyingKey>)>,
    skipped: usize,
}

impl KeySet {
    /// Reads a JWK Set as RFC 7517 section 5 says: a key that cannot be used is skipped, not an error.
    ///
    /// # Errors
    /// [`InvalidKeySet::NotAKeySet`] when it is not JSON with a list `keys`, [`InvalidKeySet::NoUsableKey`] when
    /// nothing is left.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidKeySet> {
        let read = serde_json::from_slice(json);
        let Object::<ListedKeys<'_>>(listed) = read.map_err(|_| InvalidKeySet::NotAKeySet)?;
        let mut set = Self { keys: Vec::new(), skipped: 0 };
        for entry in listed.keys {
            match usable(entry) {
                Some((id, key)) if set.find(&id).is_none() => set.keys.push((id, Arc::new(key))),
                _ => set.skipped += 1,
            }
        }
        if set.keys.is_empty() { Err(InvalidKeySet::NoUsableKey { skipped: set.skipped }) } else { Ok(set) }
    }

    /// The key of this id.
    #[must_use]
    pub fn find(&self, id: &KeyId) -> Option<Arc<VerifyingKey>> {
        self.keys.iter().find(|(known, _)| known == id).map(|(_, key)| Arc::clone(key))
    }

    /// How many keys are usable.
    #[must_use]
    pub fn usable(&self) -> usize {
        self.keys.len()
    }

    /// How many keys were passed over: without an id, with one that came before, or not for RS256 signatures.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.skipped
    }
}

#[derive(Deserialize)]
struct ListedKeys<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

fn usable(entry: &RawValue) -> Option<(KeyId, VerifyingKey)> {
    let mut jwk: Jwk = serde_json::from_str(entry.get()).ok()?;
    let id = jwk.common.key_id.take().filter(|id| !id.is_empty())?;
    Some((KeyId::new(id), VerifyingKey::from_jwk(&jwk).ok()?))
}

/// Why a text is not a key set to verify with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidKeySet {
    /// It is a JWK Set, but nothing in it can verify RS256 signatures.
    NoUsableKey {
        /// How many keys were passed over.
        skipped: usize,
    },
    /// It is not a JWK Set at all.
    NotAKeySet,
}

impl fmt::Display for InvalidKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUsableKey { skipped } => {
                write!(f, "found {skipped} keys of which none is usable, expected an RSA key for RS256 signatures")
            }
            Self::NotAKeySet => f.write_str("found something else, expected a JWK Set (RFC 7517): `{\"keys\": [...]}`"),
        }
    }
}

impl std::error::Error for InvalidKeySet {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public key of RFC 7515 appendix A.2.1.
    const N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-\
        SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2\
        R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb5\
        4h4FRWyuXpoQ";

    fn set(keys: &str) -> Result<(usize, usize), InvalidKeySet> {
        KeySet::parse(format!(r#"{{"keys":[{keys}]}}"#).as_bytes()).map(|set| (set.usable(), set.skipped()))
    }

    fn key(extra: &str) -> String {
        format!(r#"{{"kid":"a","kty":"RSA","e":"AQAB","n":"{N}"{extra}}}"#)
    }

    #[test]
    fn only_keys_that_verify_rs256_are_used() {
        let short: String = N.chars().take(342 * 2 / 3).collect();
        for (name, json, expected) in [
            ("plain", key(""), Ok((1, 0))),
            ("for signatures", key(r#","use":"sig","alg":"RS256""#), Ok((1, 0))),
            ("to verify", key(r#","key_ops":["verify"]"#), Ok((1, 0))),
            ("for encryption", key(r#","use":"enc""#), Err(1)),
            ("to sign", key(r#","key_ops":["sign"]"#), Err(1)),
            ("for PS256", key(r#","alg":"PS256""#), Err(1)),
            ("for an algorithm of tomorrow", key(r#","alg":"XX1""#), Err(1)),
            ("twice", format!("{},{}", key(""), key("")), Ok((1, 1))),
            ("without id", key("").replace(r#""kid":"a","#, ""), Err(1)),
            ("with an empty id", key("").replace(r#""kid":"a""#, r#""kid":"""#), Err(1)),
            ("with a numeric id", key("").replace(r#""kid":"a""#, r#""kid":1"#), Err(1)),
            ("short modulus", key("").replace(N, &short), Err(1)),
            ("even exponent", key("").replace("AQAB", "AQAA"), Err(1)),
            ("exponent one", key("").replace("AQAB", "AQ"), Err(1)),
            ("no exponent", key("").replace(r#""e":"AQAB","#, ""), Err(1)),
            ("symmetric", r#"{"kid":"a","kty":"oct","k":"AAAA"}"#.to_owned(), Err(1)),
            ("unknown type", r#"{"kid":"a","kty":"???"}"#.to_owned(), Err(1)),
            ("one bad among good", format!(r#"{{"kty":"EC"}},{},7"#, key("")), Ok((1, 2))),
            ("none", String::new(), Err(0)),
        ] {
            let expected = expected.map_err(|skipped| InvalidKeySet::NoUsableKey { skipped });
            assert_eq!(set(&json), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_a_key_set_is_refused() {
        for json in ["", "<html>", "[]", "[[]]", "{}", r#"{"keys":{}}"#, r#"{"keys":[{"kid":"a""#] {
            assert!(matches!(KeySet::parse(json.as_bytes()), Err(InvalidKeySet::NotAKeySet)), "{json}");
        }
    }
}
