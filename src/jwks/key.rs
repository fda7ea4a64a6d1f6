//! Which signatures can a published key verify?

use super::algorithm::{Algorithm, Algorithms};
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{self, ParsedPublicKey, RsaParameters, VerificationAlgorithm};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{DecodingKey, DecodingKeyKind};
use std::fmt;

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

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A public key, parsed once for each algorithm that its issuer may use it with, and kept.
///
/// `jsonwebtoken` reads the JWK. Its verifiers would build the key anew for each signature.
pub struct VerifyingKey {
    parsed: Vec<(Algorithm, ParsedPublicKey)>,
}

impl VerifyingKey {
    /// Reads one JWK (RFC 7517 section 4) for those of the algorithms that fit its type, curve, `alg`, `use` and
    /// `key_ops`. There must be one.
    pub(super) fn from_jwk(jwk: &Jwk, algorithms: Algorithms) -> Result<Self, UnusableKey> {
        let for_signatures = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
        let to_verify = jwk.common.key_operations.as_ref().is_none_or(|ops| ops.contains(&KeyOperations::Verify));
        if !(for_signatures && to_verify) {
            return Err(UnusableKey);
        }
        let named = jwk.common.key_algorithm;
        let fitting = algorithms.members().filter(|algorithm| named.is_none_or(|named| is(named, *algorithm)));
        let fitting = fitting.filter(|algorithm| fits(&jwk.algorithm, *algorithm));
        let decoded = DecodingKey::from_jwk(jwk).map_err(|_| UnusableKey)?;
        let parsed = fitting.map(|algorithm| Ok((algorithm, parse(decoded.kind(), algorithm)?)));
        let parsed: Vec<_> = parsed.collect::<Result<_, _>>()?;
        if parsed.is_empty() { Err(UnusableKey) } else { Ok(Self { parsed }) }
    }

    /// Is this the key's signature of the message, by this algorithm?
    #[must_use]
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let parsed = self.parsed.iter().find(|(known, _)| *known == algorithm);
        parsed.is_some_and(|(_, key)| key.verify_sig(message, signature).is_ok())
    }
}

/// Is that what the JWK's `alg` names?
fn is(named: KeyAlgorithm, algorithm: Algorithm) -> bool {
    let wanted = match algorithm {
        Algorithm::Rs256 => KeyAlgorithm::RS256,
        Algorithm::Rs384 => KeyAlgorithm::RS384,
        Algorithm::Rs512 => KeyAlgorithm::RS512,
        Algorithm::Ps256 => KeyAlgorithm::PS256,
        Algorithm::Ps384 => KeyAlgorithm::PS384,
        Algorithm::Ps512 => KeyAlgorithm::PS512,
        Algorithm::Es256 => KeyAlgorithm::ES256,
        Algorithm::Es384 => KeyAlgorithm::ES384,
        Algorithm::EdDsa => KeyAlgorithm::EdDSA,
    };
    named == wanted
}

/// Is it a key of the algorithm's type, and on its curve? A coordinate has the full length of its curve (RFC 7518 section
/// 6.2.1.2): 43 base64url characters are 32 bytes, 64 are 48.
fn fits(parameters: &AlgorithmParameters, algorithm: Algorithm) -> bool {
    let on = |wanted: EllipticCurve, characters: usize| match parameters {
        AlgorithmParameters::EllipticCurve(key) => {
            key.curve == wanted && key.x.len() == characters && key.y.len() == characters
        }
        _ => false,
    };
    match algorithm {
        Algorithm::Es256 => on(EllipticCurve::P256, 43),
        Algorithm::Es384 => on(EllipticCurve::P384, 64),
        Algorithm::EdDsa => {
            matches!(parameters, AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519)
        }
        _ => matches!(parameters, AlgorithmParameters::RSA(_)),
    }
}

fn parse(key: &DecodingKeyKind, algorithm: Algorithm) -> Result<ParsedPublicKey, UnusableKey> {
    let of_bytes = |algorithm: &'static dyn VerificationAlgorithm| match key {
        DecodingKeyKind::SecretOrDer(bytes) => ParsedPublicKey::new(algorithm, bytes).map_err(|_| UnusableKey),
        DecodingKeyKind::RsaModulusExponent { .. } => Err(UnusableKey),
    };
    let of_rsa = |algorithm: &'static RsaParameters| match key {
        DecodingKeyKind::RsaModulusExponent { n, e } => parse_rsa(n, e, algorithm),
        DecodingKeyKind::SecretOrDer(_) => Err(UnusableKey),
    };
    match algorithm {
        Algorithm::Rs256 => of_rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => of_rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => of_rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => of_rsa(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => of_rsa(&signature::RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => of_rsa(&signature::RSA_PSS_2048_8192_SHA512),
        Algorithm::Es256 => of_bytes(&signature::ECDSA_P256_SHA256_FIXED),
        Algorithm::Es384 => of_bytes(&signature::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDsa => of_bytes(&signature::ED25519),
    }
}

/// `n` and `e` are big-endian; `aws_lc_rs` wants them without leading zeros.
fn parse_rsa(n: &[u8], e: &[u8], algorithm: &'static RsaParameters) -> Result<ParsedPublicKey, UnusableKey> {
    let (n, e) = (without_leading_zeros(n), without_leading_zeros(e));
    let size_fits = (SMALLEST_MODULUS_BITS..=LARGEST_MODULUS_BITS).contains(&bits(n));
    // An even or unit exponent is no RSA key: with `e = 1` every text signs itself.
    let exponent_fits = e.last().is_some_and(|last| last % 2 == 1) && e != [1];
    if !(size_fits && exponent_fits) {
        return Err(UnusableKey);
    }
    PublicKeyComponents { n, e }.to_parsed_public_key(algorithm).map_err(|_| UnusableKey)
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

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithms: Algorithms = self.parsed.iter().map(|(algorithm, _)| *algorithm).collect();
        write!(f, "VerifyingKey({algorithms})")
    }
}

/// A key that cannot verify signatures by the algorithms asked for, or must not.
#[derive(Debug)]
pub(super) struct UnusableKey;
