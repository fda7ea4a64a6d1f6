//! Does each route and each permission change anything, and is it meant?

use super::Finding;
use crate::iam::glob;
use crate::{Part, Pattern, Permission, PermissionMap, Route, Segment};

/// Scopes that Cognito gives out itself: they say what the token may ask of Cognito, or which claims it carries (Developer
/// Guide, "Scopes, M2M, and resource servers").
const COGNITOS_OWN_SCOPES: [&str; 5] = ["aws.cognito.signin.user.admin", "email", "openid", "phone", "profile"];

pub(super) fn route_never_allowed(map: &PermissionMap, route: &Route) -> Option<Finding> {
    let named = Pattern::anyones(route);
    let mut allowed = map.permissions().iter().flat_map(Permission::allow);
    let is_allowed = allowed.any(|allowed| covers(&Pattern::anyones(allowed), &named));
    (!is_allowed).then(|| Finding {
        code: "route_never_allowed",
        routes: vec![route.to_string()],
        example: None,
        advice: "no permission allows this route: it is refused to everyone".to_owned(),
    })
}

/// Does one pattern match all that the other matches?
fn covers(pattern: &Pattern<'_>, other: &Pattern<'_>) -> bool {
    let (parts, others) = (glob::parts(pattern), glob::parts(other));
    let is_greedy = |parts: &[Part<'_>]| parts.last() == Some(&Part::Rest);
    (is_greedy(&parts) || !is_greedy(&others)) && glob::is_within(&others, &parts)
}

pub(super) fn permissions_swallowed(map: &PermissionMap) -> Vec<Finding> {
    let all = map.permissions();
    let swallows = |one: usize, other: usize| match (all.get(one), all.get(other)) {
        // Of two that say the same, the later one is too many.
        (Some(wide), Some(narrow)) => says_all_of(wide, narrow) && (one < other || !says_all_of(narrow, wide)),
        _ => false,
    };
    let swallowed =
        (0..all.len()).filter_map(|other| (0..all.len()).find(|one| swallows(*one, other)).map(|one| (one, other)));
    swallowed
        .map(|(one, other)| Finding {
            code: "permission_swallowed",
            routes: all
                .get(other)
                .into_iter()
                .flat_map(|narrow| narrow.allow().iter().chain(narrow.deny()))
                .map(ToString::to_string)
                .collect(),
            example: None,
            advice: format!(
                "permissions[{other}] changes nothing: permissions[{one}] applies whenever it does and says as much"
            ),
        })
        .collect()
}

fn says_all_of(wide: &Permission, narrow: &Permission) -> bool {
    let all = |wide: &[Route], narrow: &[Route]| {
        narrow.iter().all(|route| {
            wide.iter().any(|wider| {
                wider == route || (!has_claim(wider) && covers(&Pattern::anyones(wider), &Pattern::anyones(route)))
            })
        })
    };
    wide.applies_with(narrow) && all(wide.allow(), narrow.allow()) && all(wide.deny(), narrow.deny())
}

fn has_claim(route: &Route) -> bool {
    route.segments().iter().any(|segment| matches!(segment, Segment::Claim(_)))
}

pub(super) fn scopes_not_permissions(permission: &Permission) -> impl Iterator<Item = Finding> {
    let own = permission.scopes().iter().filter(|scope| COGNITOS_OWN_SCOPES.contains(&scope.as_str()));
    own.map(|scope| Finding {
        code: "scope_is_no_permission",
        routes: permission.allow().iter().chain(permission.deny()).map(ToString::to_string).collect(),
        example: None,
        advice: format!(
            "`{scope}` is Cognito's own scope, which every client may be given: it says nothing about this API. Use a \
             resource server's scope, or `\"authenticated\": true` if any verified token will do"
        ),
    })
}
