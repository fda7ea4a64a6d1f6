//! When does a permission apply?

use crate::holder::Holder;
use crate::pattern::Effect;
use crate::route::Route;
use serde_json::Value;

/// One entry of the permission document: routes, and everything that must hold for them to be allowed or denied.
#[derive(Clone, Debug)]
pub struct Permission {
    /// `None`: any issuer.
    pub(crate) issuers: Option<Vec<String>>,
    /// Does the document say in words that it is any issuer?
    pub(crate) any_issuer: bool,
    /// `None`: any client.
    pub(crate) clients: Option<Vec<String>>,
    pub(crate) scopes: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) claims: Vec<(String, Value)>,
    pub(crate) present: Vec<String>,
    pub(crate) allow: Vec<Route>,
    pub(crate) deny: Vec<Route>,
}

impl Permission {
    /// Does everything that the permission names hold for this token?
    ///
    /// INVARIANT: a permission that names nothing says `"authenticated": true` in the document, so that the empty
    /// case, which holds for every verified token, was asked for in words.
    #[must_use]
    pub fn applies_to(&self, token: &impl Holder) -> bool {
        self.is_of_issuer_and_client(token)
            && self.scopes.iter().all(|scope| token.has_scope(scope))
            && self.groups.iter().all(|group| token.has_group(group))
            && self.claims.iter().all(|(name, wanted)| token.claim(name).is_some_and(|found| holds(found, wanted)))
            && self.present.iter().all(|name| token.claim(name).is_some())
    }

    /// Would everything hold if what the token leaves out were as the permission wants it? Then its denies apply.
    pub(crate) fn may_apply_to(&self, token: &impl Holder) -> bool {
        let in_group = |group: &String| token.has_group(group) || !token.knows_groups();
        let has = |name: &str| token.claim(name).is_some() || !token.knows_claim(name);
        let equals = |name: &str, wanted: &Value| {
            token.claim(name).map_or(!token.knows_claim(name), |found| holds(found, wanted))
        };
        self.is_of_issuer_and_client(token)
            && self.scopes.iter().all(|scope| token.has_scope(scope))
            && self.groups.iter().all(in_group)
            && self.claims.iter().all(|(name, wanted)| equals(name, wanted))
            && self.present.iter().all(|name| has(name))
    }

    fn is_of_issuer_and_client(&self, token: &impl Holder) -> bool {
        let is_one_of = |names: &Option<Vec<String>>, found: Option<&str>| {
            names.as_ref().is_none_or(|names| names.iter().any(|name| Some(name.as_str()) == found))
        };
        is_one_of(&self.issuers, token.issuer()) && is_one_of(&self.clients, token.client())
    }

    /// The entries of issuers whose tokens are meant; `None`: any.
    #[must_use]
    pub fn issuers(&self) -> Option<&[String]> {
        self.issuers.as_deref()
    }

    /// Does the document say in words that any issuer is meant?
    #[must_use]
    pub fn says_any_issuer(&self) -> bool {
        self.any_issuer
    }

    /// The clients whose tokens are meant; `None`: any.
    #[must_use]
    pub fn clients(&self) -> Option<&[String]> {
        self.clients.as_deref()
    }

    /// The scopes that must be held.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The routes that are allowed.
    #[must_use]
    pub fn allow(&self) -> &[Route] {
        &self.allow
    }

    /// The routes that are denied.
    #[must_use]
    pub fn deny(&self) -> &[Route] {
        &self.deny
    }

    /// The routes that are allowed, or denied.
    #[must_use]
    pub fn routes(&self, effect: Effect) -> &[Route] {
        match effect {
            Effect::Allow => &self.allow,
            Effect::Deny => &self.deny,
        }
    }

    /// The groups that the holder must be in.
    #[must_use]
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// The claims that must be held, each with its value.
    #[must_use]
    pub fn claims(&self) -> &[(String, Value)] {
        &self.claims
    }

    /// The claims that the token must have, whatever their values.
    #[must_use]
    pub fn present(&self) -> &[String] {
        &self.present
    }

    /// Does this permission apply whenever the other does? It does if it asks for nothing that the other does not.
    #[must_use]
    pub fn applies_with(&self, other: &Self) -> bool {
        let asked = |own: &[String], others: &[String]| own.iter().all(|name| others.contains(name));
        let within = |own: &Option<Vec<String>>, others: &Option<Vec<String>>| match (own, others) {
            (None, _) => true,
            (Some(own), Some(others)) => others.iter().all(|name| own.contains(name)),
            (Some(_), None) => false,
        };
        within(&self.issuers, &other.issuers)
            && within(&self.clients, &other.clients)
            && asked(&self.scopes, &other.scopes)
            && asked(&self.groups, &other.groups)
            && self.claims.iter().all(|(name, wanted)| other.asks_for(name, wanted))
            && self.present.iter().all(|name| other.asks_for_claim(name))
    }

    /// Does a claim of this name hold the value whenever the permission applies?
    pub(crate) fn asks_for(&self, name: &str, wanted: &Value) -> bool {
        self.claims.iter().any(|(known, value)| known == name && implies(value, wanted))
    }

    pub(crate) fn asks_for_claim(&self, name: &str) -> bool {
        self.present.iter().chain(self.claims.iter().map(|(known, _)| known)).any(|known| known == name)
    }
}

/// Equal in JSON type and value; a claim that is an array holds when one of its elements does, and an object when it has
/// the wanted members, whatever else it has.
pub(crate) fn holds(found: &Value, wanted: &Value) -> bool {
    is(found, wanted) || found.as_array().is_some_and(|elements| elements.iter().any(|element| is(element, wanted)))
}

fn is(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| found.get(name).is_some_and(|found| holds(found, wanted)))
        }
        _ => found == wanted,
    }
}

/// Does every claim that holds `one` hold `other`, too? It does if `other` asks for some of the members of `one`.
fn implies(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            other.iter().all(|(name, other)| one.get(name).is_some_and(|one| implies(one, other)))
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn only(text: &str) -> Permission {
        let document = format!(r#"{{"permissions":[{{"authenticated":true,"allow":["GET /"]}},{text}]}}"#);
        crate::Permissions::parse(document.as_bytes()).unwrap().permissions()[1].clone()
    }

    struct Claims(Value);

    impl Holder for Claims {
        fn has_scope(&self, _: &str) -> bool {
            false
        }

        fn has_group(&self, _: &str) -> bool {
            false
        }

        fn claim(&self, name: &str) -> Option<&Value> {
            self.0.get(name)
        }
    }

    #[test]
    fn a_claim_that_must_be_present_may_have_any_value() {
        let permission = only(r#"{"present":["act"],"deny":["ANY /{any+}"]}"#);
        for (claims, expected) in [
            (json!({"act": {"sub": "agent"}}), true),
            (json!({"act": "agent"}), true),
            (json!({"act": null}), true),
            (json!({"act": []}), true),
            (json!({"sub": "act"}), false),
            (json!({}), false),
        ] {
            assert_eq!(permission.applies_to(&Claims(claims.clone())), expected, "{claims}");
        }
    }

    #[test]
    fn a_permission_applies_with_another_that_asks_for_no_less() {
        let with = |conditions: &str| only(&format!(r#"{{{conditions},"allow":["GET /"]}}"#));
        for (one, other, expected) in [
            (r#""claims":{"a":"x"}"#, r#""claims":{"a":"x","b":"y"}"#, true),
            (r#""claims":{"a":"x","b":"y"}"#, r#""claims":{"a":"x"}"#, false),
            (r#""present":["a"]"#, r#""claims":{"a":"x"}"#, true),
            (r#""present":["a"]"#, r#""present":["b","a"]"#, true),
            (r#""claims":{"a":"x"}"#, r#""present":["a"]"#, false),
            (r#""claims":{"a":{"b":1}}"#, r#""claims":{"a":{"b":1,"c":2}}"#, true),
            (r#""claims":{"a":{"b":1,"c":2}}"#, r#""claims":{"a":{"b":1}}"#, false),
            (r#""claims":{"a":"x"}"#, r#""claims":{"a":["x"]}"#, false),
        ] {
            assert_eq!(with(one).applies_with(&with(other)), expected, "{one} {other}");
        }
    }

    #[test]
    fn a_claim_holds_by_json_type_and_value() {
        for (found, wanted, expected) in [
            (json!("true"), json!("true"), true),
            (json!(true), json!("true"), false),
            (json!(1), json!(1), true),
            (json!("1"), json!(1), false),
            (json!(["a", "b"]), json!("b"), true),
            (json!(["a", "b"]), json!("ab"), false),
            (json!(["a"]), json!(["a"]), true),
            (json!([["a"]]), json!(["a"]), true),
            (json!({"a": 1}), json!({"a": 1}), true),
            (json!({"sub": "agent", "iss": "b"}), json!({"sub": "agent"}), true),
            (json!({"sub": "agent"}), json!({"sub": "agent", "iss": "b"}), false),
            (json!({"sub": "other"}), json!({"sub": "agent"}), false),
            (json!({"act": {"sub": "agent", "x": 1}}), json!({"act": {"sub": "agent"}}), true),
            (json!({"roles": ["a", "b"]}), json!({"roles": "b"}), true),
            (json!([{"p": "Google", "x": 1}, {"p": "Other"}]), json!({"p": "Google"}), true),
            (json!([{"p": "Google", "id": "1"}, {"p": "Other", "id": "2"}]), json!({"p": "Google", "id": "2"}), false),
            (json!("agent"), json!({"sub": "agent"}), false),
            (json!({"act.sub": "agent"}), json!({"act": {"sub": "agent"}}), false),
            (json!(null), json!("null"), false),
        ] {
            assert_eq!(holds(&found, &wanted), expected, "{found} and {wanted}");
        }
    }
}
