//! What can the claims be that routes name, as far as the document can tell?
//!
//! A claim's value is a text of its own, a literal of the document, the value of another claim, or nothing that can stand in a
//! path. Of the literals only those matter that stand in a row near the claim's: one that begins with the same literal, or with
//! a parameter. All that a glob meets, and all that a cut of it shuts, is among these.
//!
//! Without a usable value fewer routes are allowed, and no others, so that this matters only where a deny names the claim.

use super::super::policies::{Key, Policies};
use super::super::rows::Likeness;
use super::super::sizes::Lengths;
use crate::grants::Spellings;
use crate::method::Method;
use crate::pattern::{Effect, LONGEST_CLAIM_VALUE, usable_value};
use crate::permissions::Permissions;
use crate::questions::Facts;
use crate::route::{Route, Segment};
use serde_json::Value;
use std::collections::BTreeSet;

/// The most combinations that are looked at, each of them a survey of the whole document.
const MOST_COMBINATIONS: usize = 64;

/// The length of a value where every token has the claim, in bytes: Cognito's `sub` is a UUID, or a client's id of 26 letters.
const LENGTH_OF_IDS: usize = 36;

/// What one claim may be.
#[derive(Clone, Copy)]
enum Choice<'a> {
    Own,
    Same(usize),
    Literal(&'a str),
    Unusable,
}

/// Every combination of bindings, as keys of policies; `None` if there are too many. Values of their own are as long as they
/// may be.
pub(super) fn all(policies: &Policies, permissions: &Permissions, method: &Method, facts: &Facts) -> Option<Vec<Key>> {
    let claims = permissions.claims();
    let own: Vec<String> =
        claims.iter().enumerate().map(|(place, claim)| own_value(policies, place, facts.is_present(claim))).collect();
    let mut combinations: Vec<Vec<Choice<'_>>> = vec![Vec::new()];
    for (place, claim) in claims.iter().enumerate() {
        let choices = choices(permissions, place, claim);
        if combinations.len() * choices.len() > MOST_COMBINATIONS {
            return None;
        }
        let mut longer = Vec::new();
        for before in &combinations {
            longer.extend(choices.iter().map(|choice| [before.as_slice(), &[*choice]].concat()));
        }
        combinations = longer;
    }
    Some(combinations.iter().map(|choices| key(policies, permissions, method, choices, &own)).collect())
}

fn choices<'a>(permissions: &'a Permissions, place: usize, claim: &str) -> Vec<Choice<'a>> {
    let mut choices = vec![Choice::Own];
    choices.extend((0..place).map(Choice::Same));
    let usable = |literal: &&str| usable_value(Some(&Value::from(*literal))).is_some();
    choices.extend(literals_near(permissions, claim).into_iter().filter(usable).map(Choice::Literal));
    if routes_of(permissions, &[Effect::Deny]).any(|route| names(route, claim)) {
        choices.push(Choice::Unusable);
    }
    choices
}

/// The literals of rows that a row with this claim may have to do with.
fn literals_near<'a>(permissions: &'a Permissions, claim: &str) -> BTreeSet<&'a str> {
    let both = [Effect::Allow, Effect::Deny];
    let own: Vec<Option<&str>> =
        routes_of(permissions, &both).filter(|route| names(route, claim)).map(first_literal).collect();
    let is_near = |route: &&Route| {
        let first = first_literal(route);
        first.is_none() || own.iter().any(|own| own.is_none() || *own == first)
    };
    let routes = permissions.catalog().iter().chain(routes_of(permissions, &both));
    routes.filter(is_near).flat_map(Route::literals).collect()
}

fn routes_of<'a>(permissions: &'a Permissions, effects: &[Effect]) -> impl Iterator<Item = &'a Route> {
    let all = permissions.permissions().iter();
    all.flat_map(move |permission| effects.iter().flat_map(|effect| permission.routes(*effect)))
}

fn names(route: &Route, claim: &str) -> bool {
    route.segments().iter().any(|segment| matches!(segment, Segment::Claim(name) if name == claim))
}

fn first_literal(route: &Route) -> Option<&str> {
    match route.segments().first() {
        Some(Segment::Literal(literal)) => Some(literal),
        _ => None,
    }
}

/// The key of a policy for everybody at once whose claims are like this.
fn key(policies: &Policies, permissions: &Permissions, method: &Method, choices: &[Choice<'_>], own: &[String]) -> Key {
    let mut values: Vec<Option<&str>> = Vec::new();
    for (choice, own) in choices.iter().zip(own) {
        values.push(match choice {
            Choice::Own => Some(own),
            Choice::Same(other) => values.get(*other).copied().flatten(),
            Choice::Literal(literal) => Some(literal),
            Choice::Unusable => None,
        });
    }
    let applied = (0..permissions.permissions().len()).collect();
    let bindings = policies.catalog.bindings(&values);
    let encoded: Vec<Option<String>> =
        values.iter().map(|value| value.and_then(|value| permissions.encoded(value))).collect();
    let lengths = Lengths::new(method, Spellings::new(&values, &encoded));
    Key { likeness: Likeness { applied, denying: Vec::new(), bindings }, lengths }
}

/// A value for the claim at this place that is no literal of the document, and no other claim's: an id, or as long as may be
/// and with all that a mail address has, since that has two spellings.
pub(super) fn own_value(policies: &Policies, place: usize, is_id: bool) -> String {
    let (beginning, length) = if is_id { ("-", LENGTH_OF_IDS) } else { ("+@", LONGEST_CLAIM_VALUE) };
    for letter in 'a'..='z' {
        let mut value = format!("{place}{beginning}");
        while value.len() < length {
            value.push(letter);
        }
        if !policies.catalog.texts.is_literal(&value) {
            return value;
        }
    }
    String::new()
}
