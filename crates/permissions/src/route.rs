//! What does a route key such as `GET /orders/{id}` say?
//!
//! Routes are written as API Gateway writes route keys. They are compared segment by segment, never as text
//! prefixes, so `{id}` cannot swallow a `/`. How a route is said in IAM, where `*` does cross `/`, is
//! the question of [`crate::iam`].

mod parser;

use std::cmp::Ordering;
use std::fmt;

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
    fn any_covers_every_verb_and_a_verb_itself_alone() {
        assert!(Verb::Any.covers("GET") && Verb::Any.covers("BREW") && !Verb::Any.covers(CONNECT));
        assert!(Verb::One("GET").covers("GET"));
        assert!(!Verb::One("GET").covers("get") && !Verb::One("GET").covers("HEAD"));
    }
}
