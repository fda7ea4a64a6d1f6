//! What does a route key such as `GET /orders/{id}` say?
//!
//! Routes are written as API Gateway writes route keys. They are compared segment by segment, never as text
//! prefixes, so `{id}` cannot swallow a `/`. How a route is said in IAM, where `*` does cross `/`, is
//! the question of [`crate::iam`].

use crate::invalid_route::InvalidRoute;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The verbs a route key may name, as API Gateway lists them for `ANY`.
///
/// Source: API Gateway Developer Guide, "Set up an HTTP method".
pub const VERBS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Characters besides ASCII letters and digits that a literal segment may hold: RFC 3986 `pchar` without
/// percent-encoding (its form in a method ARN is not documented) and without `*` and `$`, which IAM reads.
pub(crate) const LITERAL_PUNCTUATION: &str = "-._~!&'()+,;=:@";

/// The route key of a WebSocket API that its authorizer guards; its method ARN has this in place of verb and path.
pub const CONNECT: &str = "$connect";

/// The verb part of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// `ANY`: every verb, also one that is not in [`VERBS`]. [`CONNECT`] is none.
    Any,
    /// One of [`VERBS`], or [`CONNECT`].
    One(&'static str),
}

impl Verb {
    /// Does a request with this verb, as its method ARN spells it, fall under the route's verb?
    #[must_use]
    pub fn covers(self, requested: &str) -> bool {
        match self {
            Self::Any => requested != CONNECT,
            Self::One(verb) => verb == requested,
        }
    }
}

/// One segment of a route's path, between two slashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// `orders`: this text, case-sensitively.
    Literal(String),
    /// `{id}`: exactly one non-empty segment.
    Parameter(String),
    /// `{proxy+}`: one or more non-empty segments; always last.
    Greedy(String),
    /// `${sub}`: the value that the token's claim of this name has.
    Claim(String),
}

/// A route key: a verb and a path of segments. The root path has no segment, and neither has `$connect`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    text: String,
    verb: Verb,
    segments: Vec<Segment>,
}

impl Route {
    /// The verb, or `ANY`.
    #[must_use]
    pub fn verb(&self) -> Verb {
        self.verb
    }

    /// The route as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Is this a WebSocket API's `$connect`?
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.verb == Verb::One(CONNECT)
    }

    /// The literals of the path.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        self.segments
            .iter()
            .filter_map(|segment| if let Segment::Literal(text) = segment { Some(text.as_str()) } else { None })
    }

    /// Does the path end in `{name+}`?
    #[must_use]
    pub fn is_greedy(&self) -> bool {
        matches!(self.segments.last(), Some(Segment::Greedy(_)))
    }

    /// How exact is this route among those that match one request? Less is more exact: a literal comes before a parameter
    /// or claim at the first place where two routes differ, and a greedy route comes after all others.
    #[must_use]
    pub fn compare_kinds(&self, other: &Self) -> Ordering {
        self.is_greedy().cmp(&other.is_greedy()).then_with(|| self.kinds().cmp(other.kinds()))
    }

    /// For each segment, can it be another text than one that the document spells?
    pub(crate) fn kinds(&self) -> impl Iterator<Item = bool> {
        self.segments.iter().map(|segment| !matches!(segment, Segment::Literal(_)))
    }

    /// Of two routes that match one request, does this one win by its literal? Greedy routes neither win nor give way.
    #[must_use]
    pub fn beats(&self, other: &Self) -> bool {
        !self.is_greedy()
            && !other.is_greedy()
            && self.segments.len() == other.segments.len()
            && self.compare_kinds(other) == Ordering::Less
    }

    /// The same route with any segment where it names a claim.
    pub(crate) fn opened(&self) -> Self {
        let opened = |segment: &Segment| match segment {
            Segment::Claim(name) => Segment::Parameter(name.clone()),
            other => other.clone(),
        };
        Self { segments: self.segments.iter().map(opened).collect(), ..self.clone() }
    }

    /// The path's segments; none for the root path `/`.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Route {
    type Err = InvalidRoute;

    /// # Errors
    /// [`InvalidRoute`] when `text` is not `VERB /path` or a segment is malformed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == CONNECT {
            return Ok(Self { text: text.to_owned(), verb: Verb::One(CONNECT), segments: Vec::new() });
        }
        let (verb, path) =
            text.split_once(' ').ok_or_else(|| InvalidRoute::NotVerbAndPath { found: text.to_owned() })?;
        let route = Self { text: text.to_owned(), verb: parse_verb(verb)?, segments: parse_path(path)? };
        refuse_misplaced_greedy(&route.segments)?;
        refuse_repeated_parameter(&route.segments)?;
        Ok(route)
    }
}

fn parse_verb(text: &str) -> Result<Verb, InvalidRoute> {
    if text == "ANY" {
        return Ok(Verb::Any);
    }
    let known = VERBS.into_iter().find(|verb| *verb == text);
    known.map(Verb::One).ok_or_else(|| InvalidRoute::UnknownVerb { found: text.to_owned() })
}

fn parse_path(text: &str) -> Result<Vec<Segment>, InvalidRoute> {
    match text.strip_prefix('/') {
        None => Err(InvalidRoute::PathWithoutSlash { found: text.to_owned() }),
        Some("") => Ok(Vec::new()),
        Some(rest) => rest.split('/').map(parse_segment).collect(),
    }
}

fn parse_segment(text: &str) -> Result<Segment, InvalidRoute> {
    let malformed = || InvalidRoute::MalformedSegment { found: text.to_owned() };
    if let Some(name) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        return if is_claim_name(name) { Ok(Segment::Claim(name.to_owned())) } else { Err(malformed()) };
    }
    if let Some(name) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        let (name, greedy) = name.strip_suffix('+').map_or((name, false), |name| (name, true));
        if !is_parameter_name(name) {
            return Err(malformed());
        }
        let name = name.to_owned();
        return Ok(if greedy { Segment::Greedy(name) } else { Segment::Parameter(name) });
    }
    match text {
        "" => Err(InvalidRoute::EmptySegment),
        "." | ".." => Err(InvalidRoute::DotSegment { found: text.to_owned() }),
        _ if text.chars().all(is_literal_character) => Ok(Segment::Literal(text.to_owned())),
        _ => Err(malformed()),
    }
}

fn is_literal_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || LITERAL_PUNCTUATION.contains(c)
}

/// A claim's name is any text that ends neither the segment nor the braces; `cognito:username` is usual.
fn is_claim_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['{', '}', '$', '*', '?']) && !name.contains(char::is_control)
}

/// API Gateway: path parameter names match `[a-zA-Z0-9._:-]+`.
fn is_parameter_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._:-".contains(c))
}

fn refuse_misplaced_greedy(segments: &[Segment]) -> Result<(), InvalidRoute> {
    let mut before_last = segments.iter().rev().skip(1);
    match before_last.find_map(|segment| if let Segment::Greedy(name) = segment { Some(name) } else { None }) {
        None => Ok(()),
        Some(name) => Err(InvalidRoute::GreedyNotLast { name: name.clone() }),
    }
}

fn refuse_repeated_parameter(segments: &[Segment]) -> Result<(), InvalidRoute> {
    let mut seen = Vec::new();
    for segment in segments {
        if let Segment::Parameter(name) | Segment::Greedy(name) = segment {
            if seen.contains(&name) {
                return Err(InvalidRoute::RepeatedParameter { name: name.clone() });
            }
            seen.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_written_out_as_it_was_read() {
        for text in [
            "GET /",
            "$connect",
            "ANY /orders",
            "GET /orders/{id}",
            "DELETE /{any+}",
            "ANY /users/${sub}/{rest+}",
            "PUT /users/${cognito:username}",
            "POST /a.b/c:d/~e",
        ] {
            assert_eq!(text.parse::<Route>().map(|route| route.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn a_malformed_route_says_what_was_found_and_expected() {
        let malformed = |found: &str| {
            format!(
                "found the segment `{found}`, expected `{{name}}`, `{{name+}}`, `${{claim}}` or a literal of ASCII \
                 letters, digits and `-._~!&'()+,;=:@`"
            )
        };
        for (text, message) in [
            ("/orders", "found `/orders`, expected a route such as `GET /orders/{id}`".to_owned()),
            (
                "get /",
                "found the verb `get`, expected ANY or one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT".to_owned(),
            ),
            ("GET orders", "found the path `orders`, expected one that begins with `/`".to_owned()),
            ("GET  /orders", "found the path ` /orders`, expected one that begins with `/`".to_owned()),
            ("GET /a//b", "found an empty segment, expected a path without `//` and without a trailing `/`".to_owned()),
            ("GET /a/", "found an empty segment, expected a path without `//` and without a trailing `/`".to_owned()),
            ("GET /a/..", "found the segment `..`, expected a path without dot segments".to_owned()),
            (
                "GET /a/{p+}/b",
                "found `{p+}` before the end, expected a greedy parameter as the last segment only".to_owned(),
            ),
            ("GET /{a}/{a}", "found the parameter `a` twice, expected each name once in a route".to_owned()),
            ("GET /*", malformed("*")),
            ("GET /a?b", malformed("a?b")),
            ("GET /$x", malformed("$x")),
            ("GET /{id}.json", malformed("{id}.json")),
            ("GET /${}", malformed("${}")),
            ("GET /${a}${b}", malformed("${a}${b}")),
            ("GET /{}", malformed("{}")),
            ("GET /caf%C3%A9", malformed("caf%C3%A9")),
        ] {
            assert_eq!(text.parse::<Route>().map_err(|error| error.to_string()), Err(message), "{text}");
        }
    }

    #[test]
    fn any_covers_every_verb_and_a_verb_itself_alone() {
        assert!(Verb::Any.covers("GET") && Verb::Any.covers("BREW") && !Verb::Any.covers(CONNECT));
        assert!(Verb::One("GET").covers("GET"));
        assert!(!Verb::One("GET").covers("get") && !Verb::One("GET").covers("HEAD"));
    }
}
