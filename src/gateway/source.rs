//! Where in a request does the token stand?

use super::fields::Fields;
use crate::token::{BearerToken, InvalidToken, Scheme};
use std::borrow::Cow;
use std::fmt;

/// A place that REQUEST events are searched for the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// `cookie:NAME`: the cookie of this name, compared exactly.
    Cookie(String),
    /// `header:NAME`: the header of this name, in any case. The scheme `Bearer` stands before the token.
    Header(String),
    /// `query:NAME`: the query parameter of this name, compared exactly.
    Query(String),
}

impl TokenSource {
    /// Where RFC 6750 section 2.1 puts it.
    #[must_use]
    pub fn authorization_header() -> Self {
        Self::Header("Authorization".to_owned())
    }

    /// Reads `header:NAME`, `query:NAME` or `cookie:NAME`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        // RFC 9110 section 5.6.2 and RFC 6265 section 4.1.1: names are tokens. No parameter needs more.
        let named =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
        let name = named.then(|| name.to_owned())?;
        match kind {
            "cookie" => Some(Self::Cookie(name)),
            "header" => Some(Self::Header(name)),
            "query" => Some(Self::Query(name)),
            _ => None,
        }
    }

    fn scheme(&self) -> Scheme {
        match self {
            Self::Header(_) => Scheme::Required,
            Self::Cookie(_) | Self::Query(_) => Scheme::Absent,
        }
    }

    fn values<'a>(&'a self, request: &'a RequestFields<'_>) -> Vec<&'a str> {
        match self {
            Self::Header(name) => request.header(name),
            Self::Query(name) => request.query.iter().flat_map(|fields| fields.named(name, str::eq)).collect(),
            Self::Cookie(name) => {
                let headers = request.header("cookie").into_iter();
                let cookies = headers.chain(request.cookies.iter().map(|cookie| &**cookie));
                let pairs = cookies
                    .flat_map(|value| value.split(';'))
                    .filter_map(|pair| pair.trim_matches(' ').split_once('='));
                pairs.filter(|(known, _)| known == name).map(|(_, value)| value).collect()
            }
        }
    }
}

impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cookie(name) => write!(f, "cookie:{name}"),
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Query(name) => write!(f, "query:{name}"),
        }
    }
}

/// The parts of a REQUEST event that can hold a token. REST APIs send headers and parameters twice, with the last value
/// and with all; HTTP APIs with payload format 2.0 send cookies apart.
#[derive(Debug, Default)]
pub(super) struct RequestFields<'a> {
    pub(super) headers: Vec<Fields<'a>>,
    pub(super) query: Vec<Fields<'a>>,
    pub(super) cookies: Vec<Cow<'a, str>>,
}

impl RequestFields<'_> {
    fn header<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        self.headers.iter().flat_map(|fields| fields.named(name, str::eq_ignore_ascii_case)).collect()
    }
}

/// Takes the one token out of the request.
///
/// # Errors
/// [`InvalidToken::Missing`] when no source has a value, [`InvalidToken::Ambiguous`] when they hold different tokens
/// (RFC 6750 section 2: one method of sending it per request), or what is wrong with the first.
pub(super) fn find(sources: &[TokenSource], request: &RequestFields<'_>) -> Result<BearerToken, InvalidToken> {
    let mut found: Option<BearerToken> = None;
    for source in sources {
        for value in source.values(request) {
            let token = BearerToken::parse(value, source.scheme())?;
            match &found {
                Some(first) if *first != token => return Err(InvalidToken::Ambiguous),
                _ => found = Some(token),
            }
        }
    }
    found.ok_or(InvalidToken::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_read_from_its_kind_and_name() {
        for (text, expected) in [
            ("header:X-Token", Some(TokenSource::Header("X-Token".to_owned()))),
            ("query:access_token", Some(TokenSource::Query("access_token".to_owned()))),
            ("cookie:__Host-token", Some(TokenSource::Cookie("__Host-token".to_owned()))),
            ("Authorization", None),
            ("header:", None),
            ("header:a b", None),
            ("body:token", None),
            ("", None),
        ] {
            assert_eq!(TokenSource::parse(text), expected, "{text}");
            if let Some(source) = expected {
                assert_eq!(source.to_string(), text);
            }
        }
    }
}
