//! What may the holder of one token do?

use crate::holder::Holder;
use crate::path::RequestedPath;
use crate::route::{Route, Segment, Verb};
use serde_json::Value;

/// The longest claim value that may stand in a path, in characters. Cognito's `sub` has 36, a username at most 128
/// (Cognito `UsernameType`).
const CLAIM_VALUE_LIMIT: usize = 128;

/// One segment of a [`Pattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part<'a> {
    /// This text.
    Literal(&'a str),
    /// Any one segment.
    One,
    /// One or more segments; always last.
    Rest,
}

/// A route with the values of one token in place of its claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern<'a> {
    route: &'a Route,
    parts: Vec<Part<'a>>,
}

impl<'a> Pattern<'a> {
    /// The route as an allow names it; `None` when a claim it asks for is absent or unusable.
    #[must_use]
    pub fn allowed(route: &'a Route, claims: &'a impl Holder) -> Option<Self> {
        let part = |segment: &'a Segment| match segment {
            Segment::Claim(name) => path_value(claims.claim(name)).map(Part::Literal),
            _ => Some(open_part(segment)),
        };
        let parts = route.segments().iter().map(part).collect::<Option<_>>()?;
        Some(Self { route, parts })
    }

    /// The route as a deny names it: an absent or unusable claim stands for any one segment.
    #[must_use]
    pub fn denied(route: &'a Route, claims: &'a impl Holder) -> Self {
        let part = |segment: &'a Segment| match segment {
            Segment::Claim(name) => path_value(claims.claim(name)).map_or(Part::One, Part::Literal),
            _ => open_part(segment),
        };
        Self { route, parts: route.segments().iter().map(part).collect() }
    }

    /// The route as an allow names it to some holder whose usable claims are these: a claim's name stands for its value.
    pub(crate) fn supposed_allowed(route: &'a Route, usable: &[&str]) -> Option<Self> {
        let missing = |segment: &Segment| matches!(segment, Segment::Claim(name) if !usable.contains(&name.as_str()));
        let complete = !route.segments().iter().any(missing);
        complete.then(|| Self::supposed_denied(route, usable))
    }

    /// The route as a deny names it to such a holder.
    pub(crate) fn supposed_denied(route: &'a Route, usable: &[&str]) -> Self {
        let part = |segment: &'a Segment| match segment {
            Segment::Claim(name) if usable.contains(&name.as_str()) => Part::Literal(name),
            _ => open_part(segment),
        };
        Self { route, parts: route.segments().iter().map(part).collect() }
    }

    /// The route for whoever asks: a claim stands for any one segment.
    #[must_use]
    pub fn anyones(route: &'a Route) -> Self {
        Self { route, parts: route.segments().iter().map(open_part).collect() }
    }

    /// The route this is a form of.
    #[must_use]
    pub fn route(&self) -> &'a Route {
        self.route
    }

    /// The verb, or `ANY`.
    #[must_use]
    pub fn verb(&self) -> Verb {
        self.route.verb()
    }

    /// The path's segments; none for the root path.
    #[must_use]
    pub fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }

    /// Does a request with this verb and path fall under the pattern?
    #[must_use]
    pub fn matches(&self, verb: &str, path: &RequestedPath<'_>) -> bool {
        let mut segments = path.segments().iter();
        let rest_or_equal = self.parts.iter().all(|part| match part {
            Part::Literal(text) => segments.next() == Some(text),
            Part::One => segments.next().is_some(),
            Part::Rest => segments.by_ref().count() > 0,
        });
        self.verb().covers(verb) && rest_or_equal && segments.next().is_none()
    }
}

fn open_part(segment: &Segment) -> Part<'_> {
    match segment {
        Segment::Literal(text) => Part::Literal(text),
        Segment::Parameter(_) | Segment::Claim(_) => Part::One,
        Segment::Greedy(_) => Part::Rest,
    }
}

/// The claim's value, if it is a string that can stand as one segment of a path without acting as anything else:
/// no `/`, no IAM wildcard or variable, no dot segment, nothing percent-encoded.
pub(crate) fn path_value(value: Option<&Value>) -> Option<&str> {
    let text = value?.as_str()?;
    let short = !text.is_empty() && text.len() <= CLAIM_VALUE_LIMIT;
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~:@-".contains(&byte));
    (short && plain && !matches!(text, "." | "..")).then_some(text)
}

/// Everything one token's holder may do. It may be nothing.
#[derive(Clone, Debug)]
pub struct Grants<'a> {
    pub(crate) applied: Vec<usize>,
    pub(crate) claims: Vec<(&'a str, Option<&'a str>)>,
    pub(crate) allowed: Vec<Pattern<'a>>,
    pub(crate) denied: Vec<Pattern<'a>>,
    pub(crate) catalog: &'a [Route],
}

impl<'a> Grants<'a> {
    /// The permissions that apply, by their places in the document.
    #[must_use]
    pub fn applied(&self) -> &[usize] {
        &self.applied
    }

    /// The claims that routes ask for, each with the value that can stand in a path, if the token has one.
    #[must_use]
    pub fn claims(&self) -> &[(&'a str, Option<&'a str>)] {
        &self.claims
    }

    /// What the permissions that apply allow. A deny takes precedence over it.
    #[must_use]
    pub fn allowed(&self) -> &[Pattern<'a>] {
        &self.allowed
    }

    /// What the permissions that apply deny.
    #[must_use]
    pub fn denied(&self) -> &[Pattern<'a>] {
        &self.denied
    }

    /// Every route that an allow or `routes` names, whether this token may call it or not.
    #[must_use]
    pub fn catalog(&self) -> &'a [Route] {
        self.catalog
    }

    /// What decides about this: the first deny that matches, else the first allow. A malformed path (`None`) matches
    /// nothing.
    #[must_use]
    pub fn decide(&self, verb: &str, path: Option<&RequestedPath<'_>>) -> Verdict<'a> {
        let Some(path) = path else { return Verdict::Unmentioned };
        let first =
            |patterns: &[Pattern<'a>]| patterns.iter().find(|pattern| pattern.matches(verb, path)).map(Pattern::route);
        let allowed = || first(&self.allowed).map_or(Verdict::Unmentioned, Verdict::Allowed);
        first(&self.denied).map_or_else(allowed, Verdict::Denied)
    }
}

/// What grants say of one method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// An allow matches, and no deny.
    Allowed(&'a Route),
    /// A deny matches.
    Denied(&'a Route),
    /// Nothing matches, so it is denied.
    Unmentioned,
}

impl<'a> Verdict<'a> {
    /// May the method be called?
    #[must_use]
    pub fn is_permitted(self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// The route that decides.
    #[must_use]
    pub fn route(self) -> Option<&'a Route> {
        match self {
            Self::Allowed(route) | Self::Denied(route) => Some(route),
            Self::Unmentioned => None,
        }
    }
}
