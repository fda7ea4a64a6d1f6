//! Which text in the request is the token?

use super::error::InvalidToken;
use std::fmt;

/// The longest token accepted, in bytes: the header values of a request have 10,240 together (API Gateway quotas).
pub const LONGEST_TOKEN: usize = 10_240;

/// The authentication scheme, RFC 6750 section 2.1.
const SCHEME: &str = "Bearer";

/// May the scheme `Bearer` stand before the token?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Never: a cookie and a WebSocket subprotocol hold the token alone.
    Absent,
    /// It may: API Gateway's own authorizers take both, and clients put both into headers and query parameters.
    Optional,
}

/// A bearer token as somebody sent it. It never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(String);

impl BearerToken {
    /// Takes the token out of a header's, parameter's or cookie's value.
    ///
    /// # Errors
    /// [`InvalidToken::Missing`] for an empty value, [`InvalidToken::SchemeNotBearer`] when something else than `Bearer`
    /// stands before it, [`InvalidToken::TooLong`], and [`InvalidToken::Malformed`] when it is more or less than one
    /// token.
    pub fn parse(value: &str, scheme: Scheme) -> Result<Self, InvalidToken> {
        // RFC 9110 section 5.5: white space around a field value is not part of it.
        let value = value.trim_matches([' ', '\t']);
        if value.is_empty() {
            return Err(InvalidToken::Missing);
        }
        let after_scheme = after_scheme(value).filter(|_| scheme == Scheme::Optional);
        let token = after_scheme.unwrap_or(value);
        if token.is_empty() {
            return Err(InvalidToken::Missing);
        }
        if token.len() > LONGEST_TOKEN {
            return Err(InvalidToken::TooLong);
        }
        if is_jws_text(token) {
            return Ok(Self(token.to_owned()));
        }
        // `Basic abc`: two words, and the first is not our scheme.
        let other_scheme = scheme == Scheme::Optional && after_scheme.is_none() && token.contains([' ', '\t']);
        Err(if other_scheme { InvalidToken::SchemeNotBearer } else { InvalidToken::Malformed })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What follows `Bearer` and its spaces, in any case (RFC 9110 section 11.1); `None` when the scheme is not there.
fn after_scheme(value: &str) -> Option<&str> {
    if value.eq_ignore_ascii_case(SCHEME) {
        return Some("");
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| token.trim_start_matches(' '))
}

/// The alphabet of a compact JWS (RFC 7515 section 7.1): base64url and dots. Every byte is looked at, whatever the
/// ones before were, which lets the compiler look at many at once.
fn is_jws_text(text: &str) -> bool {
    let is_jws_byte = |byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
    text.bytes().fold(true, |all, byte| all & is_jws_byte(byte))
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_is_taken_out_of_a_value() {
        use InvalidToken::{Malformed, Missing, SchemeNotBearer, TooLong};
        use Scheme::{Absent, Optional};
        let longest = "a".repeat(LONGEST_TOKEN);
        for (value, scheme, expected) in [
            ("Bearer a.b.c", Optional, Ok("a.b.c")),
            ("bEARER a.b.c", Optional, Ok("a.b.c")),
            ("Bearer   a.b.c", Optional, Ok("a.b.c")),
            (" Bearer a.b.c\t", Optional, Ok("a.b.c")),
            ("a.b.c", Optional, Ok("a.b.c")),
            ("a.b.c", Absent, Ok("a.b.c")),
            ("", Optional, Err(Missing)),
            ("  ", Optional, Err(Missing)),
            ("", Absent, Err(Missing)),
            ("Bearer", Optional, Err(Missing)),
            ("Bearer ", Optional, Err(Missing)),
            ("Basic YTpi", Optional, Err(SchemeNotBearer)),
            ("Basic YTpi", Absent, Err(Malformed)),
            ("Bearer\ta.b.c", Optional, Err(SchemeNotBearer)),
            ("a.b.c=", Optional, Err(Malformed)),
            ("Bearer\na.b.c", Optional, Err(Malformed)),
            ("DPoP a.b.c", Optional, Err(SchemeNotBearer)),
            ("Bearer a.b.c d", Optional, Err(Malformed)),
            ("Bearer a.b.c,Bearer d.e.f", Optional, Err(Malformed)),
            ("Bearer Bearer a.b.c", Optional, Err(Malformed)),
            ("Bearer \"a.b.c\"", Optional, Err(Malformed)),
            ("Bearer a.b.c=", Optional, Err(Malformed)),
            ("Bearer a.b.c\n", Optional, Err(Malformed)),
            ("Bearer a.b.\u{e9}", Optional, Err(Malformed)),
            ("Bearer a.b.c", Absent, Err(Malformed)),
            (&longest, Optional, Ok(longest.as_str())),
            (&format!("{longest}a"), Optional, Err(TooLong)),
        ] {
            let found = BearerToken::parse(value, scheme);
            assert_eq!(found.as_ref().map(BearerToken::as_str), expected.as_ref().copied(), "{value} {scheme:?}");
        }
    }

    #[test]
    fn a_token_does_not_print() {
        let token = BearerToken::parse("a.b.c", Scheme::Optional).unwrap();
        assert_eq!(format!("{token:?}"), "BearerToken(..)");
    }
}
