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
    /// `header:NAME`: the header of this name, in any case. The scheme `Bearer` may stand before the token.
    Header(String),
    /// `query:NAME`: the query parameter of this name, compared exactly. The scheme `Bearer` may stand before the token.
    Query(String),
    /// `websocket-protocol:NAME`: what follows the subprotocol of this name, compared exactly, in
    /// `Sec-WebSocket-Protocol`. It is the one header that a browser lets a page write when it opens a WebSocket.
    WebSocketProtocol(String),
}

/// RFC 6455 section 11.3.4: a list of names, separated by commas.
const WEBSOCKET_PROTOCOLS: &str = "Sec-WebSocket-Protocol";

impl TokenSource {
    /// Where RFC 6750 section 2.1 puts it.
    #[must_use]
    pub fn authorization_header() -> Self {
        Self::Header("Authorization".to_owned())
    }

    /// Reads `header:NAME`, `query:NAME`, `cookie:NAME` or `websocket-protocol:NAME`.
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
            "websocket-protocol" => Some(Self::WebSocketProtocol(name)),
            _ => None,
        }
    }

    fn scheme(&self) -> Scheme {
        match self {
            Self::Header(_) | Self::Query(_) => Scheme::Optional,
            Self::Cookie(_) | Self::WebSocketProtocol(_) => Scheme::Absent,
        }
    }

    fn values<'a>(&'a self, request: &'a RequestFields<'_>) -> Vec<&'a str> {
        match self {
            Self::Header(name) => request.header(name),
            Self::Query(name) => request.query.iter().flat_map(|fields| fields.named(name, str::eq)).collect(),
            Self::Cookie(name) => cookies_named(name, request),
            Self::WebSocketProtocol(name) => {
                let lists = request.header(WEBSOCKET_PROTOCOLS).into_iter();
                lists.flat_map(|list| after_protocol(name, list)).collect()
            }
        }
    }
}

fn cookies_named<'a>(name: &str, request: &'a RequestFields<'_>) -> Vec<&'a str> {
    let headers = request.header("cookie").into_iter();
    let cookies = headers.chain(request.cookies.iter().map(|cookie| &**cookie));
    let pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim_matches(' ').split_once('='));
    pairs.filter(|(known, _)| *known == name).map(|(_, value)| value).collect()
}

/// What follows each subprotocol of this name in the list.
fn after_protocol<'a>(name: &str, list: &'a str) -> impl Iterator<Item = &'a str> {
    let protocols = || list.split(',').map(|protocol| protocol.trim_matches([' ', '\t']));
    let pairs = protocols().zip(protocols().skip(1));
    pairs.filter(move |(protocol, _)| *protocol == name).map(|(_, next)| next)
}

impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cookie(name) => write!(f, "cookie:{name}"),
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Query(name) => write!(f, "query:{name}"),
            Self::WebSocketProtocol(name) => write!(f, "websocket-protocol:{name}"),
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

/// What was found in the token's places.
pub(super) struct Found<'a> {
    /// The one token, or why there is none.
    pub(super) token: Result<BearerToken, InvalidToken>,
    /// The texts that say so: the token, or what stood in its place.
    decided_by: Vec<&'a str>,
}

impl Found<'_> {
    /// Is what was found a part of what API Gateway keeps the answer under? The identity sources hold it then: everybody
    /// who sends the same sends this token, too.
    pub(super) fn is_within(&self, identity_sources: &[Cow<'_, str>]) -> bool {
        let held = |text: &&str| !text.is_empty() && identity_sources.iter().any(|source| source.contains(*text));
        !self.decided_by.is_empty() && self.decided_by.iter().all(held)
    }
}

/// Takes the one token out of the request: [`InvalidToken::Missing`] when no source has a value,
/// [`InvalidToken::Ambiguous`] when they hold different tokens (RFC 6750 section 2: one method of sending it per request),
/// or what is wrong with the first.
pub(super) fn find<'a>(sources: &'a [TokenSource], request: &'a RequestFields<'_>) -> Found<'a> {
    let mut found: Option<(BearerToken, &str)> = None;
    for source in sources {
        for value in source.values(request) {
            let value = value.trim_matches([' ', '\t']);
            // The scheme is no part of the token.
            let text = value.rsplit_once(' ').map_or(value, |(_, token)| token);
            match (BearerToken::parse(value, source.scheme()), &found) {
                (Err(error), _) => return Found { token: Err(error), decided_by: vec![value] },
                (Ok(token), Some((first, first_text))) if *first != token => {
                    return Found { token: Err(InvalidToken::Ambiguous), decided_by: vec![first_text, text] };
                }
                (Ok(token), _) => found = Some((token, text)),
            }
        }
    }
    match found {
        Some((token, text)) => Found { token: Ok(token), decided_by: vec![text] },
        None => Found { token: Err(InvalidToken::Missing), decided_by: Vec::new() },
    }
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
            ("websocket-protocol:bearer", Some(TokenSource::WebSocketProtocol("bearer".to_owned()))),
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
