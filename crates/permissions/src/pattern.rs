//! Does a route, as a rule for one holder, match the requested method?

use crate::method::Method;
use crate::route::{Route, Segment};
use serde_json::Value;

/// The longest claim value that may stand in a path, in bytes. Cognito's `sub` has 36, a username at most 128
/// (Cognito `UsernameType`).
pub const LONGEST_CLAIM_VALUE: usize = 128;

/// What a rule does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Opens it, unless a deny matches, or a route of its own has a literal where this one has a parameter.
    Allow,
    /// Shuts it, whatever allows it.
    Deny,
}

/// The values of one holder's claims that can stand in a path.
pub trait ClaimValues {
    /// The value of the claim of this name; `None` when the holder has none that can stand in a path.
    fn value(&self, claim: &str) -> Option<&str>;
}

/// Does the route match the method for a holder with these values? A claim's value may be spelled in both ways of [`spells`].
/// A claim without a usable value matches nothing in an allow, and any one segment in a deny.
#[must_use]
pub fn matches(route: &Route, effect: Effect, values: &impl ClaimValues, method: &Method) -> bool {
    matches_with(route, method, |claim, segment| match values.value(claim) {
        Some(value) => spells(value, segment),
        None => effect == Effect::Deny,
    })
}

/// Is this segment of a path the value of a claim? Clients write it as it is, or [`encoded`].
#[must_use]
pub fn spells(value: &str, segment: &str) -> bool {
    value == segment || (segment.contains('%') && encoded(value).is_some_and(|encoded| encoded == segment))
}

/// The value as clients write it that percent-encode reserved characters (RFC 3986 section 2.2; JavaScript's
/// `encodeURIComponent`): `a%40example.com`. `None` where that changes nothing.
#[must_use]
pub fn encoded(value: &str) -> Option<String> {
    if !value.contains([':', '@', '+', '|']) {
        return None;
    }
    Some(value.replace(':', "%3A").replace('@', "%40").replace('+', "%2B").replace('|', "%7C"))
}

/// Does the route match the method, with any one segment where it names a claim?
#[must_use]
pub fn matches_anyones(route: &Route, method: &Method) -> bool {
    matches_with(route, method, |_, _| true)
}

fn matches_with(route: &Route, method: &Method, claim_is: impl Fn(&str, &str) -> bool) -> bool {
    if !route.verb().covers(method.verb()) {
        return false;
    }
    let mut requested = method.segments();
    for segment in route.segments() {
        let Some(text) = requested.next() else { return false };
        let fits = match segment {
            Segment::Literal(literal) => literal == text,
            Segment::Parameter(_) => true,
            Segment::Claim(claim) => claim_is(claim, text),
            Segment::Greedy(_) => return true,
        };
        if !fits {
            return false;
        }
    }
    requested.next().is_none()
}

/// The claim's value, if it is a string that can stand as one segment of a path without acting as anything else:
/// no `/`, no IAM wildcard or variable, no dot segment, nothing percent-encoded. The bar is in names of federated users.
#[must_use]
pub fn usable_value(value: Option<&Value>) -> Option<&str> {
    let text = value?.as_str()?;
    let short = !text.is_empty() && text.len() <= LONGEST_CLAIM_VALUE;
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || crate::spelling::CLAIM_PUNCTUATION.as_bytes().contains(&byte));
    (short && plain && !matches!(text, "." | "..")).then_some(text)
}
