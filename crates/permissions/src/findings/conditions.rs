//! Conditions that hold less often than their author expects.

use super::names::claims_of;
use super::{AcceptedTokens, Finding, Severity, Subject};
use crate::claims::{self, Tokens};
use crate::document::Place;
use crate::permission::Permission;
use crate::permissions::Permissions;
use crate::route::Route;
use serde_json::Value;
use std::collections::BTreeMap;

/// Conditions of allows that no token meets. In a permission that denies, the reader refuses them.
pub(super) fn never_holding(permissions: &Permissions) -> Vec<Finding> {
    let mut causes: BTreeMap<&str, (String, Vec<Subject>)> = BTreeMap::new();
    for (number, permission) in of_cognito(permissions) {
        for (name, wanted) in permission.claims().iter().filter(|(name, _)| !is_by_trigger(permissions, name)) {
            let Err(kind) = claims::can_hold(name, wanted) else { continue };
            let instead = claims::instead(wanted, kind);
            let advice = format!(
                "Cognito writes `{name}` as {}: write {instead}; if a trigger writes it, name it in `triggerClaims`",
                kind.in_words()
            );
            let cause = causes.entry(name).or_insert_with(|| (advice, Vec::new()));
            cause.1.push(of_condition(number, name));
        }
    }
    let finding = |(name, (advice, subjects)): (&str, (String, Vec<Subject>))| {
        Finding::at(subjects, "condition_never_holds", format!("the condition on `{name}` never holds"), advice)
    };
    causes.into_iter().filter_map(finding).collect()
}

/// Permissions about Cognito's tokens. Where a document tells issuers apart, nothing is known here of their claims.
fn of_cognito(permissions: &Permissions) -> impl Iterator<Item = (usize, &Permission)> {
    numbered(permissions).filter(|(_, permission)| permission.issuers().is_none() && !permission.says_any_issuer())
}

/// Permissions with their numbers: a place is made where something is found, which hardly ever is at a start.
fn numbered(permissions: &Permissions) -> impl Iterator<Item = (usize, &Permission)> {
    permissions.permissions().iter().enumerate()
}

fn of_condition(permission: usize, claim: &str) -> Subject {
    Subject::member(Place::permission(permission).member("claims").member(claim))
}

fn is_by_trigger(permissions: &Permissions, claim: &str) -> bool {
    permissions.trigger_claims().iter().any(|known| known == claim)
}

/// A list as a value is often meant as "one of these".
pub(super) fn on_lists(permissions: &Permissions) -> Option<Finding> {
    let mut found = Vec::new();
    for (number, permission) in numbered(permissions) {
        let lists = permission.claims().iter().filter(|(_, wanted)| wanted.is_array());
        let possible =
            lists.filter(|(name, wanted)| is_by_trigger(permissions, name) || claims::can_hold(name, wanted).is_ok());
        found.extend(possible.map(|(name, _)| of_condition(number, name)));
    }
    let message = "a list is compared as a whole: the claim must be this very list, or contain it as one element";
    let advice = "for one of several values write one permission each; for all of several groups write `groups`";
    Finding::at(found, "condition_on_a_list", message.to_owned(), advice.to_owned())
}

/// Claims that some of the accepted tokens do not have.
pub(super) fn on_absent_claims(permissions: &Permissions, accepted: AcceptedTokens) -> Vec<Finding> {
    let mut causes: BTreeMap<&str, (Severity, Tokens, Vec<Subject>)> = BTreeMap::new();
    for (number, permission) in of_cognito(permissions) {
        for used in uses(permission) {
            let Some((_, tokens)) = claims::known(used.claim).filter(|_| !is_by_trigger(permissions, used.claim))
            else {
                continue;
            };
            if is_absent(tokens, accepted, permission, used.severity) {
                let cause = causes.entry(used.claim).or_insert((Severity::Warning, tokens, Vec::new()));
                cause.0 = cause.0.max(used.severity);
                cause.2.push(used.subject(number));
            }
        }
    }
    let finding = |(claim, (severity, tokens, subjects)): (&str, (Severity, Tokens, Vec<Subject>))| {
        let kind = if tokens == Tokens::Id { "access" } else { "ID" };
        let message = format!("{kind} tokens, which are accepted, have no claim `{claim}` unless a trigger writes it");
        let advice = format!(
            "name it in `triggerClaims` if a pre token generation trigger writes it; without it an allow does not apply, \
             and neither does a deny that has `{claim}` as a condition"
        );
        Finding::at(subjects, "claim_not_in_accepted_tokens", message, advice)
            .map(|finding| Finding { severity, ..finding })
    };
    causes.into_iter().filter_map(finding).collect()
}

/// One use of a claim in a permission. It is an error where a deny is lost with it.
struct Use<'a> {
    claim: &'a str,
    at: At<'a>,
    severity: Severity,
}

/// Where a claim is used.
enum At<'a> {
    Condition,
    Present(usize),
    Allow(usize, &'a Route),
}

impl Use<'_> {
    /// As a place in the permission of this number.
    fn subject(&self, permission: usize) -> Subject {
        let place = Place::permission(permission);
        match self.at {
            At::Condition => of_condition(permission, self.claim),
            At::Present(number) => Subject::member(place.member("present").element(number)),
            At::Allow(number, route) => Subject::route(place.member("allow").element(number), route),
        }
    }
}

fn uses(permission: &Permission) -> Vec<Use<'_>> {
    let severity = if permission.deny().is_empty() { Severity::Warning } else { Severity::Error };
    let mut uses = Vec::new();
    for (claim, _) in permission.claims() {
        uses.push(Use { claim, at: At::Condition, severity });
    }
    for (number, claim) in permission.present().iter().enumerate() {
        uses.push(Use { claim, at: At::Present(number), severity });
    }
    // A deny whose path names an absent claim denies any value there: nothing is lost.
    for (number, route) in permission.allow().iter().enumerate() {
        for claim in claims_of(route) {
            uses.push(Use { claim, at: At::Allow(number, route), severity: Severity::Warning });
        }
    }
    uses
}

/// Does an accepted token that the permission is about lack the claim?
fn is_absent(tokens: Tokens, accepted: AcceptedTokens, permission: &Permission, severity: Severity) -> bool {
    let wanted = permission.claims().iter().find(|(name, _)| name == "token_use").map(|(_, wanted)| wanted);
    let about = |kind: &str| wanted.is_none_or(|wanted| wanted == &Value::from(kind));
    match tokens {
        Tokens::Both => false,
        Tokens::Id => accepted.access && about("access"),
        // Where both kinds are accepted, rights of access tokens alone are usual; a deny that misses the others is not.
        Tokens::Access => accepted.id && about("id") && (!accepted.access || severity == Severity::Error),
    }
}

/// ID tokens have no scopes.
pub(super) fn scopes_without_access_tokens(permissions: &Permissions, accepted: AcceptedTokens) -> Option<Finding> {
    if accepted.access {
        return None;
    }
    let mut found = Vec::new();
    for (number, permission) in numbered(permissions).filter(|(_, permission)| !permission.scopes().is_empty()) {
        found.push((Subject::member(Place::permission(number).member("scopes")), !permission.deny().is_empty()));
    }
    let severity = if found.iter().any(|(_, denies)| *denies) { Severity::Error } else { Severity::Warning };
    let subjects = found.into_iter().map(|(subject, _)| subject).collect();
    let message = "only ID tokens are accepted, and they have no scopes: the permission never applies".to_owned();
    let advice = "accept access tokens (`TOKEN_USE`), or decide by groups or claims".to_owned();
    Finding::at(subjects, "scopes_without_access_tokens", message, advice)
        .map(|finding| Finding { severity, ..finding })
}

/// Scopes that Cognito gives out itself: they say what the token may ask of Cognito, or which claims it carries (Developer
/// Guide, "Scopes, M2M, and resource servers").
const COGNITOS_OWN_SCOPES: [&str; 5] = ["aws.cognito.signin.user.admin", "email", "openid", "phone", "profile"];

/// Cognito's own scopes say nothing of this API.
pub(super) fn scopes_not_permissions(permissions: &Permissions) -> Vec<Finding> {
    let finding = |own: &str| {
        let mut found = Vec::new();
        for (permission, held) in numbered(permissions) {
            for (number, _) in held.scopes().iter().enumerate().filter(|(_, scope)| *scope == own) {
                found.push(Subject::member(Place::permission(permission).member("scopes").element(number)));
            }
        }
        if found.is_empty() {
            return None;
        }
        let message =
            format!("`{own}` is Cognito's own scope, which every client may be given: it says nothing of this API");
        let advice =
            "use a resource server's scope, or `\"authenticated\": true` if any verified token will do".to_owned();
        Finding::at(found, "scope_is_no_permission", message, advice)
    };
    COGNITOS_OWN_SCOPES.into_iter().filter_map(finding).collect()
}
