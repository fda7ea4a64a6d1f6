//! Routes that say something else than their author meant.

use super::{Finding, lists, picked};
use crate::document::Place;
use crate::method::LONGEST_RESOURCE;
use crate::pattern::LONGEST_CLAIM_VALUE;
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::{Route, Segment, Verb};
use std::collections::{HashMap, HashSet};

/// `GET /orders/:id` names the literal `:id`.
pub(super) fn colon_segments(permissions: &Permissions) -> Option<Finding> {
    let mut example = None;
    let mut found = Vec::new();
    for (list, routes) in lists(permissions) {
        found.extend(picked(&list, routes, |route| {
            let is_meant = route.literals().any(|literal| colon_name(literal).is_some());
            if is_meant && example.is_none() {
                example = Some(format!("`{}`", with_braces(route)));
            }
            is_meant
        }));
    }
    let message = "a segment that begins with `:` is a literal, and no request has it".to_owned();
    let advice = "write parameters in braces, as API Gateway does".to_owned();
    Finding::at(found, "colon_segment", message, advice).map(|finding| Finding { example, ..finding })
}

/// The name of a parameter as other frameworks write it.
fn colon_name(literal: &str) -> Option<&str> {
    literal
        .strip_prefix(':')
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

/// `GET /orders/{id}` for `GET /orders/:id`.
fn with_braces(route: &Route) -> String {
    let segments = route.text().split('/');
    let written: Vec<String> = segments
        .map(|segment| colon_name(segment).map_or_else(|| segment.to_owned(), |name| format!("{{{name}}}")))
        .collect();
    written.join("/")
}

/// The names of parameters do not tell routes apart.
pub(super) fn routes_twice(permissions: &Permissions) -> Option<Finding> {
    let mut found = Vec::new();
    for (list, routes) in lists(permissions) {
        let mut seen = HashSet::new();
        found.extend(picked(&list, routes, |route| !seen.insert(shape(route))));
    }
    let message = "the same list names this route before".to_owned();
    let advice = "take it out, or write the route that was meant; parameters' names make no difference".to_owned();
    Finding::at(found, "route_twice", message, advice)
}

/// What a route matches: its verb, and its segments without the names of parameters.
fn shape(route: &Route) -> (Verb, Vec<(char, &str)>) {
    fn unnamed(segment: &Segment) -> (char, &str) {
        match segment {
            Segment::Parameter(_) => ('p', ""),
            Segment::Greedy(_) => ('g', ""),
            Segment::Literal(text) => ('l', text),
            Segment::Claim(name) => ('c', name),
        }
    }
    (route.verb(), route.segments().iter().map(unnamed).collect())
}

/// Routes that the member `routes` names and no permission allows.
pub(super) fn routes_never_allowed(permissions: &Permissions) -> Option<Finding> {
    let allows: Vec<&Route> = permissions.permissions().iter().flat_map(Permission::allow).collect();
    let by_size = by_size(&allows);
    let found = picked(&Place::default().member("routes"), permissions.listed(), |named| {
        let same_size = by_size.get(&Some(named.segments().len())).into_iter().flatten();
        let greedy = by_size.get(&None).into_iter().flatten();
        !same_size.chain(greedy).any(|allow| opens(allow, named))
    });
    let message = "no permission allows this route: it is refused to everyone".to_owned();
    let advice = "allow it, or leave it out with a reason if that is meant".to_owned();
    Finding::at(found, "route_never_allowed", message, advice)
}

/// Allows by their number of segments; greedy ones, which have any number, under `None`.
fn by_size<'a>(allows: &[&'a Route]) -> HashMap<Option<usize>, Vec<&'a Route>> {
    let mut sizes: HashMap<Option<usize>, Vec<&Route>> = HashMap::new();
    for allow in allows {
        let size = if allow.is_greedy() { None } else { Some(allow.segments().len()) };
        sizes.entry(size).or_default().push(allow);
    }
    sizes
}

/// Does the allow open requests of the named route that belong to no route with more literals?
fn opens(allow: &Route, named: &Route) -> bool {
    let verbs_meet = match (allow.verb(), named.verb()) {
        (Verb::Any, Verb::Any) => true,
        (Verb::Any, Verb::One(verb)) | (Verb::One(verb), Verb::Any) => Verb::Any.covers(verb),
        (Verb::One(one), Verb::One(other)) => one == other,
    };
    verbs_meet && !named.beats(allow) && covers(allow.segments(), named.segments())
}

fn covers(allow: &[Segment], named: &[Segment]) -> bool {
    match (allow, named) {
        ([], []) | ([Segment::Greedy(_)], [_, ..]) => true,
        ([Segment::Literal(one), allow @ ..], [Segment::Literal(other), named @ ..]) => {
            one == other && covers(allow, named)
        }
        ([Segment::Parameter(_) | Segment::Claim(_), allow @ ..], [first, named @ ..]) => {
            !matches!(first, Segment::Greedy(_)) && covers(allow, named)
        }
        _ => false,
    }
}

/// The longest stage prefix and verb: `arn:aws-iso-b:execute-api:us-gov-west-1:123456789012:abcdefghij/`, a stage of 128
/// characters, `/OPTIONS/`.
const LONGEST_PREFIX: usize = 203;

/// Routes whose ARN can be longer than API Gateway takes.
pub(super) fn resources_too_long(permissions: &Permissions) -> Option<Finding> {
    let mut found = Vec::new();
    for (list, routes) in lists(permissions) {
        found.extend(picked(&list, routes, |route| longest(route) > LONGEST_RESOURCE));
    }
    let message = format!("its ARN can have more than the {LONGEST_RESOURCE} characters that API Gateway takes");
    let advice = "where it is longer, the route is refused: shorten the path, or the claim's value".to_owned();
    Finding::at(found, "resource_too_long", message, advice)
}

/// The longest that a policy's resource for this route can be, in characters.
fn longest(route: &Route) -> usize {
    let length = |segment: &Segment| match segment {
        Segment::Literal(text) => text.len() + 1,
        Segment::Claim(_) => LONGEST_CLAIM_VALUE + 1,
        // A star and a slash.
        Segment::Parameter(_) | Segment::Greedy(_) => 2,
    };
    LONGEST_PREFIX + route.segments().iter().map(length).sum::<usize>()
}

/// Claims that hold no character that clients percent-encode: Cognito's `sub` is a UUID.
const NEVER_ENCODED: [&str; 1] = ["sub"];

/// Allows of somebody's own path that are shut to clients that percent-encode `@` or `+`.
pub(super) fn claims_not_percent_encoded(permissions: &Permissions) -> Option<Finding> {
    let is_refused = |encoded: &str| permissions.spelling().refuses(&["GET/", encoded].concat());
    let refused: Vec<&str> = ["%40", "%2B"].into_iter().filter(|encoded| is_refused(encoded)).collect();
    if refused.is_empty() {
        return None;
    }
    let names_one =
        |segment: &Segment| matches!(segment, Segment::Claim(name) if !NEVER_ENCODED.contains(&name.as_str()));
    let mut found = Vec::new();
    for (list, routes) in super::allows(permissions) {
        found.extend(picked(&list, routes, |route| route.segments().iter().any(names_one)));
    }
    let message = format!(
        "a client that writes {} in the claim's value is refused, since a literal has that character or a deny names a claim",
        refused.join(" or ")
    );
    let advice = "let clients write the character as it is, or ignore this where the claim never has it".to_owned();
    Finding::at(found, "claim_not_percent_encoded", message, advice)
}
