//! Which keys of a JWK Set are usable?

use super::algorithm::Algorithms;
use super::key::{KeyId, VerifyingKey};
use jsonwebtoken::jwk::Jwk;
use permissions::json::Object;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt;
use std::sync::Arc;

/// The usable keys of a JWK Set. There is at least one.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Vec<(KeyId, Arc<VerifyingKey>)>,
    skipped: usize,
}

impl KeySet {
    /// Reads a JWK Set as RFC 7517 section 5 says: a key that cannot be used with these algorithms is skipped, not an
    /// error.
    ///
    /// # Errors
    /// [`InvalidKeySet::NotAKeySet`] when it is not JSON with a list `keys`, [`InvalidKeySet::NoUsableKey`] when
    /// nothing is left.
    pub fn parse(json: &[u8], algorithms: Algorithms) -> Result<Self, InvalidKeySet> {
        let read = serde_json::from_slice(json);
        let Object::<ListedKeys<'_>>(listed) = read.map_err(|_| InvalidKeySet::NotAKeySet)?;
        let mut set = Self { keys: Vec::new(), skipped: 0 };
        for entry in listed.keys {
            match usable(entry, algorithms) {
                Some((id, key)) if set.find(&id).is_none() => set.keys.push((id, Arc::new(key))),
                _ => set.skipped += 1,
            }
        }
        if set.keys.is_empty() { Err(InvalidKeySet::NoUsableKey { skipped: set.skipped, algorithms }) } else { Ok(set) }
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

    /// How many keys were passed over: without an id, with one that came before, or not for signatures by the
    /// algorithms asked for.
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

fn usable(entry: &RawValue, algorithms: Algorithms) -> Option<(KeyId, VerifyingKey)> {
    let mut jwk: Jwk = serde_json::from_str(entry.get()).ok()?;
    let id = jwk.common.key_id.take().filter(|id| !id.is_empty())?;
    Some((KeyId::new(id), VerifyingKey::from_jwk(&jwk, algorithms).ok()?))
}

/// Why a text is not a key set to verify with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidKeySet {
    /// It is a JWK Set, but nothing in it can verify signatures by the algorithms asked for.
    NoUsableKey {
        /// How many keys were passed over.
        skipped: usize,
        /// What a key was to be for.
        algorithms: Algorithms,
    },
    /// It is not a JWK Set at all.
    NotAKeySet,
}

impl fmt::Display for InvalidKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoUsableKey { skipped, algorithms } => {
                write!(f, "found {skipped} keys of which none is usable, expected a key for {algorithms} signatures")
            }
            Self::NotAKeySet => f.write_str("found something else, expected a JWK Set (RFC 7517): `{\"keys\": [...]}`"),
        }
    }
}

impl std::error::Error for InvalidKeySet {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwks::Algorithm;

    /// The public key of RFC 7515 appendix A.2.1.
    const N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-\
        SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2\
        R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb5\
        4h4FRWyuXpoQ";

    fn set(keys: &str) -> Result<(usize, usize), InvalidKeySet> {
        KeySet::parse(format!(r#"{{"keys":[{keys}]}}"#).as_bytes(), Algorithms::RS256)
            .map(|set| (set.usable(), set.skipped()))
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
            let expected =
                expected.map_err(|skipped| InvalidKeySet::NoUsableKey { skipped, algorithms: Algorithms::RS256 });
            assert_eq!(set(&json), expected, "{name}");
        }
    }

    /// The public keys of RFC 7517 appendix A.1 and RFC 8037 appendix A.2.
    const P256: &str = r#""kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM""#;
    const ED25519: &str = r#""kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    /// The algorithms of which a set of this one key has a verifier.
    fn verifiers(key: &str, algorithms: Algorithms) -> String {
        let text = format!(r#"{{"keys":[{{"kid":"a",{key}}}]}}"#);
        let set = KeySet::parse(text.as_bytes(), algorithms);
        set.map_or_else(|_| "none".to_owned(), |set| format!("{:?}", set.find(&KeyId::new("a".to_owned())).unwrap()))
    }

    #[test]
    fn a_key_verifies_what_its_type_its_curve_its_alg_and_its_issuer_allow() {
        let rsa = format!(r#""kty":"RSA","e":"AQAB","n":"{N}""#);
        let all = Algorithms::from_iter(Algorithm::ALL);
        let one = |algorithm| Algorithms::from_iter([algorithm]);
        let with = |key: &str, extra: &str| format!("{key},{extra}");
        for (name, key, algorithms, expected) in [
            ("RSA", rsa.clone(), all, "RS256 or RS384 or RS512 or PS256 or PS384 or PS512"),
            ("RSA for one", with(&rsa, r#""alg":"PS384""#), all, "PS384"),
            ("RSA for another than the issuer's", with(&rsa, r#""alg":"PS384""#), Algorithms::RS256, "none"),
            ("RSA for ES256", with(&rsa, r#""alg":"ES256""#), all, "none"),
            ("RSA for HMAC", with(&rsa, r#""alg":"HS256""#), all, "none"),
            ("RSA to encrypt", with(&rsa, r#""alg":"RSA-OAEP""#), all, "none"),
            ("P-256", P256.to_owned(), all, "ES256"),
            ("P-256 of an issuer of P-384", P256.to_owned(), one(Algorithm::Es384), "none"),
            ("P-256 for ES384", with(P256, r#""alg":"ES384""#), all, "none"),
            ("P-256 said to be P-384", P256.replace("P-256", "P-384"), all, "none"),
            ("P-256 of an unknown curve", P256.replace("P-256", "secp256k1"), all, "none"),
            ("P-256 said to be Ed25519", P256.replace("P-256", "Ed25519"), all, "none"),
            ("P-256 off its curve", P256.replace("MKBC", "MKBD"), all, "none"),
            // The two together are as long as they should be.
            ("P-256 with x too short", P256.replace("D4\",\"y\":\"", "\",\"y\":\"D4"), all, "none"),
            ("P-256 to sign", with(P256, r#""key_ops":["sign"]"#), all, "none"),
            ("P-256 to encrypt", with(P256, r#""use":"enc""#), all, "none"),
            ("Ed25519", ED25519.to_owned(), all, "EdDSA"),
            ("Ed25519 of an issuer of RSA", ED25519.to_owned(), Algorithms::RS256, "none"),
            ("Ed25519 to agree on keys", ED25519.replace("Ed25519", "X25519"), all, "none"),
            ("Ed25519 of another size", ED25519.replace("URo", "U"), all, "none"),
            ("Ed25519 of type EC", ED25519.replace("OKP", "EC"), all, "none"),
            ("a secret", r#""kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#.to_owned(), all, "none"),
            ("an issuer of nothing", rsa.clone(), Algorithms::default(), "none"),
        ] {
            let expected = if expected == "none" { expected.to_owned() } else { format!("VerifyingKey({expected})") };
            assert_eq!(verifiers(&key, algorithms), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_a_key_set_is_refused() {
        for json in ["", "<html>", "[]", "[[]]", "{}", r#"{"keys":{}}"#, r#"{"keys":[{"kid":"a""#] {
            assert!(
                matches!(KeySet::parse(json.as_bytes(), Algorithms::RS256), Err(InvalidKeySet::NotAKeySet)),
                "{json}"
            );
        }
    }
}
