//! Which signature algorithms are there?
//!
//! Those of RFC 7518 section 3.1 and RFC 8037 section 3.1 that need a public key. A shared secret (HMAC) and `none` have no
//! name here, so no setting and no token can ask for them.

use std::fmt;

/// A signature algorithm, by its name in a token's `alg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on the curve P-256 with SHA-256.
    Es256,
    /// ECDSA on the curve P-384 with SHA-384.
    Es384,
    /// EdDSA on the curve Ed25519.
    EdDsa,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// The algorithm of this name, which is case-sensitive (RFC 7515 section 4.1.1).
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Its name in a token's `alg`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    const fn bit(self) -> u16 {
        match self {
            Self::Rs256 => 1,
            Self::Rs384 => 1 << 1,
            Self::Rs512 => 1 << 2,
            Self::Ps256 => 1 << 3,
            Self::Ps384 => 1 << 4,
            Self::Ps512 => 1 << 5,
            Self::Es256 => 1 << 6,
            Self::Es384 => 1 << 7,
            Self::EdDsa => 1 << 8,
        }
    }
}

/// A set of signature algorithms. The empty one allows none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Algorithms(u16);

impl Algorithms {
    /// The one that Cognito signs with (Developer Guide, "Verifying JSON web tokens").
    pub const RS256: Self = Self(Algorithm::Rs256.bit());

    /// Is the algorithm in the set?
    #[must_use]
    pub const fn include(self, algorithm: Algorithm) -> bool {
        self.0 & algorithm.bit() != 0
    }

    /// What is in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The members.
    pub fn members(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.into_iter().filter(move |algorithm| self.include(*algorithm))
    }
}

impl FromIterator<Algorithm> for Algorithms {
    fn from_iter<T: IntoIterator<Item = Algorithm>>(algorithms: T) -> Self {
        algorithms.into_iter().fold(Self::default(), |set, algorithm| set.or(Self(algorithm.bit())))
    }
}

impl fmt::Display for Algorithms {
    /// The names: `RS256 or ES256`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, algorithm) in self.members().enumerate() {
            write!(f, "{}{}", if position == 0 { "" } else { " or " }, algorithm.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_algorithm_has_its_own_name_and_place_and_no_secret_has_one() {
        for (position, algorithm) in Algorithm::ALL.into_iter().enumerate() {
            assert_eq!(Algorithm::parse(algorithm.name()), Some(algorithm));
            let alone = Algorithms::from_iter([algorithm]);
            assert_eq!(alone.0, 1 << position);
            assert!(Algorithm::ALL.into_iter().all(|other| alone.include(other) == (other == algorithm)));
        }
        for name in ["none", "HS256", "HS384", "HS512", "ES512", "ES256K", "Ed448", "rs256", "RS256 ", ""] {
            assert_eq!(Algorithm::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_set_names_its_members() {
        assert_eq!(Algorithms::RS256.to_string(), "RS256");
        let two = Algorithms::from_iter([Algorithm::EdDsa, Algorithm::Rs256]);
        assert_eq!(two.to_string(), "RS256 or EdDSA");
        assert!(!Algorithms::default().include(Algorithm::Rs256));
    }
}
