//! From `security` to who may call.
//!
//! OpenAPI 3.1 section 4.8.30: the list is OR, each object is AND, and so are the scopes of a scheme. An empty object asks
//! for nothing. API Gateway's own meaning of schemes is in its Developer Guide, "x-amazon-apigateway-authorizer object" and
//! "x-amazon-apigateway-authtype property".

use super::Reading;
use super::access::{Access, Condition, MOST_ALTERNATIVES};
use super::remarks::{Cause, Remarks};
use permissions::Permissions;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// The operation's, path item's or specification's own member: groups that the holder must be in, all of them.
const GROUPS: &str = "x-authz-groups";
/// Claims and the values that they must have, all of them.
const CLAIMS: &str = "x-authz-claims";

/// What fulfils a security scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    /// A verified token. In API Gateway's own authorizers one scope of a list is enough.
    Token { any_scope: bool },
    /// A Lambda authorizer's answer.
    Delegated,
    /// API Gateway itself, before it asks an authorizer: an API key, a client certificate.
    Gateway,
    /// Something that nobody here checks.
    Other,
}

/// The security schemes of a specification.
pub(super) struct Schemes(BTreeMap<String, Scheme>);

impl Schemes {
    /// `defined`: each scheme's name and what it stands for.
    pub(super) fn new<'a>(defined: impl Iterator<Item = (&'a String, Value)>, reading: &Reading) -> Self {
        let by_name = |(name, definition): (&String, Value)| {
            let chosen = reading.token_schemes.contains(name);
            let token = Scheme::Token { any_scope: false };
            (name.clone(), if chosen { token } else { scheme(&definition) })
        };
        Self(defined.map(by_name).collect())
    }
}

fn scheme(definition: &Value) -> Scheme {
    let text = |name: &str| definition.get(name).and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let authorizer = definition.pointer("/x-amazon-apigateway-authorizer/type").and_then(Value::as_str);
    match authorizer.unwrap_or(&text("x-amazon-apigateway-authtype")) {
        "cognito_user_pools" | "jwt" => return Scheme::Token { any_scope: true },
        "request" | "token" | "custom" => return Scheme::Delegated,
        "" | "oauth2" => {}
        _ => return Scheme::Other,
    }
    match (text("type").as_str(), text("scheme").as_str(), text("in").as_str(), text("name").as_str()) {
        ("oauth2" | "openidconnect", ..) | ("http", "bearer", ..) => Scheme::Token { any_scope: false },
        ("mutualtls", ..) | ("apikey", _, "header", "x-api-key") => Scheme::Gateway,
        _ => Scheme::Other,
    }
}

/// The conditions of the nearest of these objects that has any; `None`, after a remark, when they cannot be read.
pub(super) fn extensions(objects: [&Value; 3], place: &str, remarks: &mut Remarks) -> Option<Condition> {
    let nearest = |name: &str| objects.into_iter().find_map(|object| object.get(name));
    let read = || {
        let groups = nearest(GROUPS).map_or(Some(BTreeSet::new()), texts)?;
        let none = Map::new();
        let claims = nearest(CLAIMS).map_or(Some(&none), Value::as_object)?.iter();
        let claims = claims.map(|(name, value)| (name.clone(), value.to_string())).collect();
        Some(Condition { scopes: BTreeSet::new(), groups, claims })
    };
    let condition = read();
    if condition.is_none() {
        remarks.note(Cause::Malformed, format!("{place}: {GROUPS} is a list of texts, {CLAIMS} an object"));
    }
    condition
}

fn texts(list: &Value) -> Option<BTreeSet<String>> {
    list.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Reads the alternatives of one operation.
pub(super) struct Reader<'a> {
    pub schemes: &'a Schemes,
    pub reading: &'a Reading,
    /// What each alternative asks for besides.
    pub besides: Condition,
    /// The operation.
    pub place: &'a str,
}

impl Reader<'_> {
    /// `security`: that of the operation, else that of the specification; without either nothing is asked for.
    pub(super) fn access(&self, security: Option<&Value>, remarks: &mut Remarks) -> Access {
        let access = match security {
            None => self.nothing_asked(),
            Some(Value::Array(list)) if list.is_empty() => self.nothing_asked(),
            Some(Value::Array(list)) => self.alternatives(list, remarks),
            Some(_) => {
                remarks.note(Cause::Malformed, format!("{}: `security` is no list", self.place));
                Access::default()
            }
        };
        self.without_unusable(access, remarks)
    }

    /// An operation that asks for a group or a claim asks for a token, too.
    fn nothing_asked(&self) -> Access {
        if self.besides.is_empty() {
            Access { open: true, ..Access::default() }
        } else {
            Access { alternatives: BTreeSet::from([self.besides.clone()]), ..Access::default() }
        }
    }

    fn alternatives(&self, list: &[Value], remarks: &mut Remarks) -> Access {
        let mut access = Access::default();
        let mut others = Vec::new();
        for requirement in list {
            let one = match requirement.as_object() {
                Some(schemes) if schemes.is_empty() => Some(self.nothing_asked()),
                Some(schemes) => self.requirement(schemes, &mut others, remarks),
                None => None,
            };
            let Some(one) = one else {
                remarks.note(Cause::Malformed, format!("{}: a requirement of `security`", self.place));
                continue;
            };
            access.open |= one.open;
            access.delegated |= one.delegated;
            access.alternatives.extend(one.alternatives);
        }
        let shut = access == Access::default();
        for other in others {
            remarks.note(if shut { Cause::OtherScheme } else { Cause::OtherWay }, format!("{}: {other}", self.place));
        }
        access
    }

    /// One object of the list: all of its schemes. `None` when it is not understood. To `others` go those that no token
    /// fulfils.
    fn requirement(
        &self,
        schemes: &Map<String, Value>,
        others: &mut Vec<String>,
        remarks: &mut Remarks,
    ) -> Option<Access> {
        let mut ways = vec![self.besides.clone()];
        let (mut token, mut delegated) = (false, false);
        for (name, scopes) in schemes {
            let scopes = texts(scopes)?;
            match self.schemes.0.get(name).copied() {
                Some(Scheme::Token { any_scope }) => {
                    token = true;
                    self.note_any_scope(any_scope, &scopes, remarks);
                    ways = self.with_scopes(&ways, &scopes)?;
                }
                Some(Scheme::Delegated) => {
                    delegated = true;
                    ways = self.with_scopes(&ways, &scopes)?;
                }
                Some(Scheme::Gateway) => {}
                Some(Scheme::Other) => {
                    others.push(name.clone());
                    return Some(Access::default());
                }
                None => {
                    others.push(format!("{name}, which is not defined"));
                    return Some(Access::default());
                }
            }
        }
        if !token && !delegated {
            others.extend(schemes.keys().cloned());
            return Some(Access::default());
        }
        if !token && ways.iter().all(Condition::is_empty) {
            return Some(Access { delegated: true, ..Access::default() });
        }
        Some(Access { alternatives: ways.into_iter().collect(), ..Access::default() })
    }

    fn note_any_scope(&self, any_scope: bool, scopes: &BTreeSet<String>, remarks: &mut Remarks) {
        if any_scope && !self.reading.any_scope && scopes.len() > 1 {
            remarks.note(Cause::AnyScope, self.place);
        }
    }

    /// Every way in, with all of the scopes, or, if so asked, with each of them.
    fn with_scopes(&self, ways: &[Condition], scopes: &BTreeSet<String>) -> Option<Vec<Condition>> {
        let one_of: Vec<BTreeSet<String>> = if self.reading.any_scope && !scopes.is_empty() {
            scopes.iter().map(|scope| BTreeSet::from([scope.clone()])).collect()
        } else {
            vec![scopes.clone()]
        };
        if ways.len().saturating_mul(one_of.len()) > MOST_ALTERNATIVES {
            return None;
        }
        let with = |way: &Condition, more: &BTreeSet<String>| Condition {
            scopes: way.scopes.union(more).cloned().collect(),
            ..way.clone()
        };
        Some(ways.iter().flat_map(|way| one_of.iter().map(move |more| with(way, more))).collect())
    }

    /// The engine is the judge of what a permission can ask for.
    fn without_unusable(&self, mut access: Access, remarks: &mut Remarks) -> Access {
        access.alternatives.retain(|condition| match problem(condition) {
            None => true,
            Some(problem) => {
                remarks.note(Cause::Condition, format!("{}: {problem}", self.place));
                false
            }
        });
        access
    }
}

/// Why no permission can ask for the condition.
fn problem(condition: &Condition) -> Option<String> {
    let mut permission = condition.members();
    permission.insert("allow".to_owned(), Value::from(vec!["GET /"]));
    let document = serde_json::json!({ "permissions": [permission] });
    Permissions::parse(document.to_string().as_bytes()).err().map(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::access::described;
    use serde_json::json;

    fn schemes(reading: &Reading) -> Schemes {
        let defined = json!({
            "oauth": { "type": "oauth2" }, "oidc": { "type": "openIdConnect" }, "bearer": { "type": "http", "scheme": "Bearer" },
            "basic": { "type": "http", "scheme": "basic" }, "swagger-basic": { "type": "basic" },
            "key": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
            "header": { "type": "apiKey", "in": "header", "name": "Authorization" }, "mtls": { "type": "mutualTLS" },
            "pool": { "type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "cognito_user_pools" },
            "lambda": { "type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "custom",
                        "x-amazon-apigateway-authorizer": { "type": "request" } },
            "iam": { "type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4" },
            "jwt": { "type": "oauth2", "x-amazon-apigateway-authorizer": { "type": "jwt" } },
        });
        Schemes::new(defined.as_object().unwrap().iter().map(|(name, value)| (name, value.clone())), reading)
    }

    fn access(security: &Value, besides: Condition, reading: &Reading, remarks: &mut Remarks) -> String {
        let schemes = schemes(reading);
        let reader = Reader { schemes: &schemes, reading, besides, place: "GET /" };
        let access = reader.access(Some(security), remarks);
        let mut text = described(&access.alternatives);
        text.push_str(if access.open { ", open" } else { "" });
        text.push_str(if access.delegated { ", delegated" } else { "" });
        text
    }

    #[test]
    fn a_list_is_or_an_object_is_and_and_so_are_the_scopes_of_a_list() {
        for (security, expected) in [
            (json!([{ "oauth": ["a"] }]), "scope a"),
            (json!([{ "oauth": ["b", "a"] }]), "scope a and scope b"),
            (json!([{ "oauth": ["a"] }, { "oauth": ["b"] }]), "scope a, or scope b"),
            (json!([{ "oauth": ["a"], "oidc": ["b"] }]), "scope a and scope b"),
            (json!([{ "oauth": [] }]), "any verified token"),
            (json!([{ "bearer": ["droplet:read"] }]), "scope droplet:read"),
            (json!([{ "pool": ["a"] }]), "scope a"),
            (json!([{ "jwt": ["a"] }]), "scope a"),
            (json!([{}]), "nobody, open"),
            (json!([]), "nobody, open"),
            (json!([{}, { "oauth": ["a"] }]), "scope a, open"),
            (json!([{ "oauth": ["a"], "key": [] }]), "scope a"),
            (json!([{ "oauth": ["a"], "mtls": [] }]), "scope a"),
            (json!([{ "lambda": [] }]), "nobody, delegated"),
            (json!([{ "lambda": ["a"] }]), "scope a"),
            (json!([{ "lambda": [] }, { "oauth": ["a"] }]), "scope a, delegated"),
        ] {
            assert_eq!(access(&security, Condition::default(), &Reading::default(), &mut Remarks::default()), expected);
        }
    }

    #[test]
    fn what_no_token_fulfils_lets_nobody_in_and_is_reported() {
        for (security, cause) in [
            (json!([{ "basic": [] }]), Cause::OtherScheme),
            (json!([{ "swagger-basic": [] }]), Cause::OtherScheme),
            (json!([{ "header": [] }]), Cause::OtherScheme),
            (json!([{ "iam": [] }]), Cause::OtherScheme),
            (json!([{ "key": [] }]), Cause::OtherScheme),
            (json!([{ "mtls": [] }]), Cause::OtherScheme),
            (json!([{ "undefined": [] }]), Cause::OtherScheme),
            (json!([{ "oauth": ["a"], "basic": [] }]), Cause::OtherScheme),
            (json!([{ "oauth": ["two words"] }]), Cause::Condition),
            (json!([{ "oauth": "a" }]), Cause::Malformed),
            (json!([{ "oauth": [1] }]), Cause::Malformed),
            (json!([["oauth"]]), Cause::Malformed),
            (json!({}), Cause::Malformed),
            (json!(null), Cause::Malformed),
            (json!({ "oauth": [] }), Cause::Malformed),
        ] {
            let mut remarks = Remarks::default();
            let found = access(&security, Condition::default(), &Reading::default(), &mut remarks);
            assert_eq!(found, "nobody", "{security}");
            assert_eq!(remarks.of(cause).len(), 1, "{security}: {remarks:?}");
        }
    }

    #[test]
    fn a_scheme_counts_as_a_token_where_the_reader_says_so() {
        let reading = Reading { token_schemes: vec!["header".to_owned()], ..Reading::default() };
        let security = json!([{ "header": [] }]);
        assert_eq!(access(&security, Condition::default(), &reading, &mut Remarks::default()), "any verified token");
    }

    #[test]
    fn one_scope_of_a_list_is_enough_where_the_reader_says_so() {
        let security = json!([{ "pool": ["a", "b"] }]);
        let mut remarks = Remarks::default();
        let strict = access(&security, Condition::default(), &Reading::default(), &mut remarks);
        assert_eq!((strict.as_str(), remarks.of(Cause::AnyScope).len()), ("scope a and scope b", 1));
        let reading = Reading { any_scope: true, ..Reading::default() };
        let mut remarks = Remarks::default();
        let any = access(&security, Condition::default(), &reading, &mut remarks);
        assert_eq!((any.as_str(), remarks.of(Cause::AnyScope).len()), ("scope a, or scope b", 0));
    }

    #[test]
    fn scopes_that_multiply_to_too_many_alternatives_let_nobody_in() {
        let scopes: Vec<String> = (0..20).map(|number| format!("s{number}")).collect();
        let reading = Reading { any_scope: true, ..Reading::default() };
        let mut remarks = Remarks::default();
        let security = json!([{ "oauth": scopes, "oidc": scopes, "jwt": scopes }]);
        assert_eq!(access(&security, Condition::default(), &reading, &mut remarks), "nobody");
        assert_eq!(remarks.of(Cause::Malformed).len(), 1);
    }

    #[test]
    fn the_nearest_extension_adds_groups_and_claims_to_each_alternative() {
        let mut remarks = Remarks::default();
        let operation = json!({ "x-authz-groups": ["dpo"] });
        let root = json!({ "x-authz-groups": ["staff"], "x-authz-claims": { "custom:tier": "gold" } });
        let besides = extensions([&operation, &json!({}), &root], "GET /", &mut remarks).unwrap();
        assert_eq!(besides.to_string(), "group dpo and claim custom:tier = \"gold\"");
        for (security, expected) in [
            (json!([{ "oauth": ["a"] }]), "scope a and group dpo and claim custom:tier = \"gold\""),
            (json!([]), "group dpo and claim custom:tier = \"gold\""),
            (json!([{ "lambda": [] }]), "group dpo and claim custom:tier = \"gold\""),
        ] {
            assert_eq!(access(&security, besides.clone(), &Reading::default(), &mut remarks), expected, "{security}");
        }
        for malformed in [json!({ "x-authz-groups": "dpo" }), json!({ "x-authz-claims": [] })] {
            assert_eq!(extensions([&malformed, &json!({}), &json!({})], "GET /", &mut remarks), None, "{malformed}");
        }
    }
}
