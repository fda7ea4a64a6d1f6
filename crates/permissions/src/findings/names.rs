//! Names that are probably meant to be other names.

use super::{Finding, Subject, lists, placed};
use crate::claims;
use crate::document::Place;
use crate::nearest::distance;
use crate::permissions::Permissions;
use crate::route::{Route, Segment};
use std::collections::{BTreeMap, BTreeSet};

/// Shorter names differ by a letter too easily.
const SHORTEST: usize = 4;

/// A claim whose name differs by one letter from another one of the document, or from one of Cognito's own.
pub(super) fn misspelt_claims(permissions: &Permissions) -> Vec<Finding> {
    let used = uses(permissions);
    let mut known: BTreeSet<&str> = claims::known_names().collect();
    known.extend(permissions.trigger_claims().iter().map(String::as_str));
    let mut findings = Vec::new();
    for (name, subjects) in used.iter().filter(|(name, _)| !known.contains(*name)) {
        // Of two names of the document, the one that is used less is suspected; of two alike, the later one.
        let more_used = |(other, uses): &(&&str, &Vec<Subject>)| (uses.len(), *name) > (subjects.len(), **other);
        let others = used.iter().filter(more_used).map(|(other, _)| *other);
        if let Some(near) = known.iter().copied().chain(others).find(|other| differ_by_a_letter(name, other)) {
            let message = format!("the claim `{name}` differs by one letter from `{near}`");
            let advice =
                format!("write `{near}` if that is meant; a claim that no token has opens nothing and denies nothing");
            findings.extend(Finding::at(subjects.clone(), "claim_name_misspelt", message, advice));
        }
    }
    findings
}

fn differ_by_a_letter(one: &str, other: &str) -> bool {
    let long = one.len().min(other.len()) >= SHORTEST;
    let without_digits = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
    // `custom:line1` and `custom:line2` are meant to differ.
    let by_digits = without_digits(one) == without_digits(other);
    one != other && !by_digits && (one.eq_ignore_ascii_case(other) || (long && distance(one, other) == 1))
}

/// The claims that conditions, routes and the context name, and where.
fn uses(permissions: &Permissions) -> BTreeMap<&str, Vec<Subject>> {
    let mut uses: BTreeMap<&str, Vec<Subject>> = BTreeMap::new();
    for (place, permission) in placed(permissions) {
        for (name, _) in permission.claims() {
            uses.entry(name).or_default().push(Subject::member(place.clone().member("claims").member(name)));
        }
        for (number, name) in permission.present().iter().enumerate() {
            uses.entry(name).or_default().push(Subject::member(place.clone().member("present").element(number)));
        }
    }
    for (list, routes) in lists(permissions) {
        for (number, route) in routes.iter().enumerate() {
            for claim in claims_of(route) {
                uses.entry(claim).or_default().push(Subject::route(list.clone().element(number), route));
            }
        }
    }
    for (name, claim) in permissions.context().unwrap_or_default() {
        uses.entry(claim).or_default().push(Subject::member(Place::default().member("context").member(name)));
    }
    uses
}

/// The claims that a route names.
pub(super) fn claims_of(route: &Route) -> impl Iterator<Item = &str> {
    let segments = route.segments().iter();
    segments.filter_map(|segment| if let Segment::Claim(name) = segment { Some(name.as_str()) } else { None })
}

/// Claims that every user's token has, so that a parameter of this name is suspicious.
const OWN_CLAIMS: [&str; 2] = ["sub", "username"];

/// `{sub}` in a rule takes anybody's id, where `${sub}` takes the holder's own.
pub(super) fn parameters_like_claims(permissions: &Permissions) -> Option<Finding> {
    let is_claim = |name: &String| OWN_CLAIMS.contains(&name.as_str()) || permissions.claims().contains(name);
    let mut found = Vec::new();
    let mut example = None;
    let rules = lists(permissions).into_iter().filter(|(list, _)| *list != Place::default().member("routes"));
    for (list, routes) in rules {
        for (number, route) in routes.iter().enumerate() {
            let like = route.segments().iter().find_map(|segment| match segment {
                Segment::Parameter(name) | Segment::Greedy(name) if is_claim(name) => Some(name),
                _ => None,
            });
            if let Some(name) = like {
                example.get_or_insert_with(|| format!("`${{{name}}}` for `{{{name}}}`"));
                found.push(Subject::route(list.clone().element(number), route));
            }
        }
    }
    let message = "a parameter has a claim's name, and takes any value, not the holder's own".to_owned();
    let advice = "write the `$` in front of it if the claim is meant, or give the parameter another name".to_owned();
    Finding::at(found, "parameter_named_like_claim", message, advice).map(|finding| Finding {
        severity: super::Severity::Error,
        example,
        ..finding
    })
}
