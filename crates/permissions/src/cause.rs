//! Why is a method refused, as far as one line of a log can say?
//!
//! The module [`questions`](crate::questions) tells every smallest change that would open a request, and may take long for it.
//! Here the refusal of one request is told apart by its cause, in one pass over the document's allows: of those that would
//! open the method for somebody, the one that lacks least, and what it lacks by name. A name stands in the document; no
//! value of a claim and no part of the path is told.

use crate::grants::{Grants, Rule, Verdict};
use crate::holder::Holder;
use crate::method::Method;
use crate::pattern::{ClaimValues, matches_anyones};
use crate::permission::{Permission, holds};
use crate::route::{Route, Segment};

/// The most things that are told as lacking. A document may ask for any number.
const MOST_TOLD: usize = 8;

/// Why a method is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause<'a> {
    /// This deny shuts it.
    DeniedByRule(Rule<'a>),
    /// An allow would open it for another holder.
    Lacking(Nearest<'a>),
    /// The path is spelled as no route is.
    PathMalformed,
    /// The document names the route, and allows it to nobody.
    RouteNotAllowed,
    /// The document names no such route.
    RouteUnknown,
}

/// The permission that lacks least, the first of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest<'a> {
    /// The permission's place in the document.
    pub permission: usize,
    /// What the holder lacks for it: in the document's order, eight at the most, never nothing.
    pub lacks: Vec<Lack<'a>>,
}

/// One thing that a permission asks for and the holder does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack<'a> {
    /// An issuer of this entry, or of another that the permission names.
    Issuer(&'a str),
    /// This client, or another that the permission names.
    Client(&'a str),
    /// This scope.
    Scope(&'a str),
    /// This group.
    Group(&'a str),
    /// A claim of this name that is present, or has the value that the document asks for.
    Claim(&'a str),
    /// The claim of this name is not what stands in the path.
    ClaimInPath(&'a str),
}

impl Lack<'_> {
    /// The name of the issuer's entry, client, scope, group or claim.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Issuer(name)
            | Self::Client(name)
            | Self::Scope(name)
            | Self::Group(name)
            | Self::Claim(name)
            | Self::ClaimInPath(name) => name,
        }
    }

    /// `issuer`, `client`, `scope`, `group` or `claim`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Issuer(_) => "issuer",
            Self::Client(_) => "client",
            Self::Scope(_) => "scope",
            Self::Group(_) => "group",
            Self::Claim(_) | Self::ClaimInPath(_) => "claim",
        }
    }
}

impl Cause<'_> {
    /// A stable code for logs, metrics and tests. Where several things lack, the first decides.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::DeniedByRule(_) => "denied_by_rule",
            Self::PathMalformed => "path_malformed",
            Self::RouteNotAllowed => "route_not_allowed",
            Self::RouteUnknown => "route_unknown",
            Self::Lacking(nearest) => match nearest.lacks.first() {
                Some(Lack::Issuer(_)) => "issuer_not_named",
                Some(Lack::Client(_)) => "client_not_named",
                Some(Lack::Scope(_)) => "scope_missing",
                Some(Lack::Group(_)) => "group_missing",
                Some(Lack::ClaimInPath(_)) => "claim_not_in_path",
                Some(Lack::Claim(_)) | None => "claim_not_held",
            },
        }
    }
}

impl<'a> Grants<'a> {
    /// Why is the method refused to this holder, whose grants these are? `None` when it is allowed.
    ///
    /// Takes one look at each allow of the document, whatever the holder has.
    #[must_use]
    pub fn cause(&self, holder: &impl Holder, verdict: Verdict<'a>, method: &Method) -> Option<Cause<'a>> {
        match verdict {
            Verdict::Allowed(_) => None,
            Verdict::Denied(rule) => Some(Cause::DeniedByRule(rule)),
            Verdict::Misspelled => Some(Cause::PathMalformed),
            Verdict::NotAllowed | Verdict::Yielded { .. } => Some(self.not_allowed(holder, method)),
        }
    }

    fn not_allowed(&self, holder: &impl Holder, method: &Method) -> Cause<'a> {
        let served = self.permissions().route_of(method);
        let yields = |route: &Route| served.is_some_and(|served| served.beats(route));
        let mut nearest: Option<(usize, usize, &'a Permission, &'a Route)> = None;
        for (place, permission) in self.permissions().permissions().iter().enumerate() {
            for route in permission.allow().iter().filter(|route| matches_anyones(route, method) && !yields(route)) {
                let distance = self.lacks(holder, permission, route, method).count();
                if nearest.is_none_or(|(least, ..)| distance < least) {
                    nearest = Some((distance, place, permission, route));
                }
            }
        }
        match nearest {
            Some((_, place, permission, route)) => {
                let mut lacks: Vec<Lack<'a>> = Vec::new();
                for lack in self.lacks(holder, permission, route, method) {
                    if lacks.len() < MOST_TOLD && !lacks.contains(&lack) {
                        lacks.push(lack);
                    }
                }
                Cause::Lacking(Nearest { permission: place, lacks })
            }
            None if served.is_some() => Cause::RouteNotAllowed,
            None => Cause::RouteUnknown,
        }
    }

    /// What the holder lacks for this route of this permission.
    fn lacks(
        &self,
        holder: &impl Holder,
        permission: &'a Permission,
        route: &'a Route,
        method: &Method,
    ) -> impl Iterator<Item = Lack<'a>> {
        let first_unless = |names: Option<&'a [String]>, found: Option<&str>| {
            let names = names.filter(|names| !names.iter().any(|name| Some(name.as_str()) == found));
            names.and_then(|names| names.first()).map(String::as_str)
        };
        let issuer = first_unless(permission.issuers(), holder.issuer()).map(Lack::Issuer);
        let client = first_unless(permission.clients(), holder.client()).map(Lack::Client);
        let scopes = permission.scopes().iter().filter(|scope| !holder.has_scope(scope));
        let groups = permission.groups().iter().filter(|group| !holder.has_group(group));
        let claims = permission.claims().iter();
        let claims = claims.filter(|(name, wanted)| !holder.claim(name).is_some_and(|found| holds(found, wanted)));
        let present = permission.present().iter().filter(|name| holder.claim(name).is_none());
        let names = claims.map(|(name, _)| name).chain(present);
        let in_path = route.segments().iter().zip(method.segments()).filter_map(|(segment, text)| match segment {
            Segment::Claim(name) if self.value(name) != Some(text) => Some(Lack::ClaimInPath(name)),
            _ => None,
        });
        let conditions = scopes.map(|name| Lack::Scope(name)).chain(groups.map(|name| Lack::Group(name)));
        issuer.into_iter().chain(client).chain(conditions).chain(names.map(|name| Lack::Claim(name))).chain(in_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Permissions;
    use crate::questions::{Atom, Caller};
    use serde_json::{Value, json};

    const DOCUMENT: &str = r#"{
        "permissions": [
            {"scopes": ["read"], "allow": ["GET /orders", "GET /orders/{id}"]},
            {"scopes": ["read", "pii"], "allow": ["GET /orders/{id}/pii"]},
            {"groups": ["dpo"], "allow": ["GET /orders/{id}/pii"]},
            {"authenticated": true, "allow": ["ANY /users/${sub}/{rest+}"]},
            {"groups": ["staff"], "claims": {"dept": "x"}, "present": ["act"], "allow": ["GET /staff"]},
            {"claims": {"dept": "secret"}, "allow": ["GET /dept"]},
            {"groups": ["frozen"], "deny": ["DELETE /{any+}"]}
        ],
        "routes": ["GET /orders/export", "GET /orders/{id}/audit"]
    }"#;

    fn cause_of(claims: &Value, method: &str) -> Option<(&'static str, Option<usize>, Vec<String>)> {
        let permissions = Permissions::parse(DOCUMENT.as_bytes()).unwrap();
        let caller = Caller::new(claims.as_object().unwrap().clone());
        let arn = format!("arn:aws:execute-api:us-east-1:123456789012:api/test/{method}");
        let method = Method::parse(arn).unwrap();
        let grants = permissions.grants(&caller);
        let cause = grants.cause(&caller, grants.decide(&method), &method)?;
        let (permission, lacks) = match &cause {
            Cause::Lacking(Nearest { permission, lacks }) => (Some(*permission), lacks.as_slice()),
            Cause::DeniedByRule(rule) => (Some(rule.permission), [].as_slice()),
            _ => (None, [].as_slice()),
        };
        let lacks = lacks.iter().map(|lack| format!("{} {}", lack.kind(), lack.name())).collect();
        Some((cause.reason(), permission, lacks))
    }

    #[test]
    fn a_refusal_names_its_cause_the_nearest_permission_and_what_it_lacks() {
        let read = json!({"sub": "me", "scope": "read"});
        for (claims, method, reason, permission, lacks) in [
            (json!({"sub": "me"}), "GET/orders", "scope_missing", Some(0), vec!["scope read"]),
            (read.clone(), "GET/orders/1/pii", "scope_missing", Some(1), vec!["scope pii"]),
            (json!({"sub": "me"}), "GET/orders/1/pii", "group_missing", Some(2), vec!["group dpo"]),
            (read.clone(), "GET/users/you/a", "claim_not_in_path", Some(3), vec!["claim sub"]),
            (json!({}), "GET/users/you/a", "claim_not_in_path", Some(3), vec!["claim sub"]),
            (read.clone(), "GET/dept", "claim_not_held", Some(5), vec!["claim dept"]),
            (read.clone(), "GET/staff", "group_missing", Some(4), vec!["group staff", "claim dept", "claim act"]),
            (read.clone(), "GET/admin", "route_unknown", None, vec![]),
            (read.clone(), "POST/orders", "route_unknown", None, vec![]),
            (read.clone(), "GET/orders/export", "route_not_allowed", None, vec![]),
            (read.clone(), "GET/orders/1/audit", "route_not_allowed", None, vec![]),
            (read.clone(), "GET/orders/", "path_malformed", None, vec![]),
            (
                json!({"sub": "me", "cognito:groups": ["frozen"]}),
                "DELETE/users/me/a",
                "denied_by_rule",
                Some(6),
                vec![],
            ),
        ] {
            let lacks: Vec<String> = lacks.into_iter().map(ToOwned::to_owned).collect();
            assert_eq!(cause_of(&claims, method), Some((reason, permission, lacks)), "{claims} {method}");
        }
        assert_eq!(cause_of(&read, "GET/orders"), None);
    }

    #[test]
    fn no_more_than_eight_things_are_told_each_once() {
        let scopes: Vec<String> = (0..50).map(|number| format!("s{number}")).collect();
        let document = json!({"permissions": [
            {"scopes": scopes, "allow": ["GET /a"]},
            {"authenticated": true, "allow": ["GET /${sub}/${sub}"]},
        ]});
        let permissions = Permissions::parse(document.to_string().as_bytes()).unwrap();
        let caller = Caller::default();
        for (path, expected) in [("GET/a", 8), ("GET/x/y", 1)] {
            let method = format!("arn:aws:execute-api:us-east-1:123456789012:api/test/{path}");
            let method = Method::parse(method).unwrap();
            let grants = permissions.grants(&caller);
            let cause = grants.cause(&caller, grants.decide(&method), &method);
            let Some(Cause::Lacking(nearest)) = cause else { panic!("{cause:?}") };
            assert_eq!(nearest.lacks.len(), expected, "{path}");
        }
    }

    #[test]
    fn whoever_gets_what_lacks_is_refused_no_longer_but_for_a_deny() {
        let permissions = Permissions::parse(DOCUMENT.as_bytes()).unwrap();
        let method =
            |text: &str| Method::parse(format!("arn:aws:execute-api:us-east-1:123456789012:api/test/{text}")).unwrap();
        let mut opened = 0;
        for text in ["GET/orders", "GET/orders/1", "GET/orders/1/pii", "DELETE/orders", "GET/orders/export"] {
            let (method, caller) = (method(text), Caller::default());
            let grants = permissions.grants(&caller);
            let cause = grants.cause(&caller, grants.decide(&method), &method);
            let Some(Cause::Lacking(nearest)) = cause else { continue };
            let given = nearest.lacks.iter().fold(caller.clone(), |caller, lack| match lack {
                Lack::Scope(scope) => caller.with(Atom::Scope(scope)),
                Lack::Group(group) => caller.with(Atom::Group(group)),
                Lack::Issuer(_) | Lack::Client(_) | Lack::Claim(_) | Lack::ClaimInPath(_) => caller,
            });
            assert!(permissions.grants(&given).decide(&method).is_permitted(), "{text} {nearest:?}");
            opened += 1;
        }
        assert_eq!(opened, 3);
    }
}
