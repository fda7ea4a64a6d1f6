//! How does a line name whom a token is about?

use aws_lc_rs::hmac;
use std::fmt;
use std::fmt::Write as _;

/// The shortest key, in bytes: as long as the hash's output (RFC 2104 section 3).
pub const SHORTEST_SUBJECT_KEY: usize = 32;

/// How many bytes of a keyed hash are written: 128 bits, so that no two of a pool's users meet by chance.
const WRITTEN_BYTES: usize = 16;

/// The longest value that is written as it is, in bytes: Cognito's longest is a username of 128.
const LONGEST_PLAIN: usize = 128;

/// How the subject and the ids of a token are written down.
#[derive(Clone, Default)]
pub enum SubjectLog {
    /// Not at all.
    #[default]
    None,
    /// As the first 128 bits of an HMAC-SHA256, in hexadecimal. Whoever has the key can look for a known subject.
    Hash(Box<hmac::Key>),
    /// As they are.
    Plain,
}

/// A key that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSubjectKey;

/// The ids that are written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubjectIds {
    /// The claim `sub`.
    pub sub: Option<String>,
    /// The claim `jti`.
    pub jti: Option<String>,
    /// The claim `origin_jti`.
    pub origin_jti: Option<String>,
}

impl SubjectLog {
    /// Keyed hashes by this key.
    ///
    /// # Errors
    /// [`InvalidSubjectKey`] when it has less than [`SHORTEST_SUBJECT_KEY`] bytes.
    pub fn hashed_by(key: &str) -> Result<Self, InvalidSubjectKey> {
        if key.len() < SHORTEST_SUBJECT_KEY {
            return Err(InvalidSubjectKey);
        }
        Ok(Self::Hash(Box::new(hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()))))
    }

    /// The ids of a token, whose claims that are strings are given by name.
    #[must_use]
    pub fn ids<'a>(&self, claim: impl Fn(&str) -> Option<&'a str>) -> SubjectIds {
        if matches!(self, Self::None) {
            return SubjectIds::default();
        }
        let written = |name: &str| claim(name).and_then(|value| self.written(value));
        SubjectIds { sub: written("sub"), jti: written("jti"), origin_jti: written("origin_jti") }
    }

    fn written(&self, value: &str) -> Option<String> {
        match self {
            Self::None => None,
            Self::Hash(key) => {
                let tag = hmac::sign(key, value.as_bytes());
                Some(hexadecimal(tag.as_ref().get(..WRITTEN_BYTES)?))
            }
            Self::Plain => (value.len() <= LONGEST_PLAIN).then(|| value.to_owned()),
        }
    }
}

/// Two digits for each byte.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl fmt::Debug for SubjectLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Hash(_) => "Hash(..)",
            Self::Plain => "Plain",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn ids(log: &SubjectLog) -> SubjectIds {
        log.ids(|name| {
            [("sub", "alice"), ("jti", "j-1")].into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
        })
    }

    #[test]
    fn a_subject_is_written_as_the_setting_wants_it() {
        let none = SubjectIds::default();
        assert_eq!(ids(&SubjectLog::None), none);
        let plain = SubjectIds { sub: Some("alice".to_owned()), jti: Some("j-1".to_owned()), origin_jti: None };
        assert_eq!(ids(&SubjectLog::Plain), plain);
        // printf alice | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef | cut -c-32
        let hashed = ids(&SubjectLog::hashed_by(KEY).unwrap());
        assert_eq!(hashed.sub.as_deref(), Some("433deb45467e4e53dbaba594c88bc3a2"));
        assert_eq!((hashed.jti.map(|text| text.len()), hashed.origin_jti), (Some(32), None));
    }

    #[test]
    fn a_long_value_is_not_written_as_it_is() {
        let long = "a".repeat(129);
        assert_eq!(SubjectLog::Plain.ids(|_| Some(&long)), SubjectIds::default());
    }

    #[test]
    fn a_key_has_32_bytes_at_least_and_does_not_print() {
        assert!(SubjectLog::hashed_by(&"k".repeat(31)).is_err());
        assert_eq!(format!("{:?}", SubjectLog::hashed_by(KEY).unwrap()), "Hash(..)");
    }
}
