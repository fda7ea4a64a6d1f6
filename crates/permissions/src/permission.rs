//! When does a permission apply?

use crate::holder::Holder;
use crate::pattern::Effect;
use crate::route::Route;
use serde_json::Value;

/// One entry of the permission document: routes, and everything that must hold for them to be allowed or denied.
#[derive(Clone, Debug)]
pub struct Permission {
    pub(crate) scopes: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) claims: Vec<(String, Value)>,
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
        self.scopes.iter().all(|scope| token.has_scope(scope))
            && self.groups.iter().all(|group| token.has_group(group))
            && self.claims.iter().all(|(name, wanted)| token.claim(name).is_some_and(|found| holds(found, wanted)))
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

    /// Does this permission apply whenever the other does? It does if it asks for nothing that the other does not.
    #[must_use]
    pub fn applies_with(&self, other: &Self) -> bool {
        let asked = |own: &[String], others: &[String]| own.iter().all(|name| others.contains(name));
        asked(&self.scopes, &other.scopes)
            && asked(&self.groups, &other.groups)
            && self.claims.iter().all(|claim| other.claims.contains(claim))
    }
}

/// JSON-typed equality; an array claim holds when it contains the value.
pub(crate) fn holds(found: &Value, wanted: &Value) -> bool {
    found == wanted || found.as_array().is_some_and(|values| values.contains(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
            (json!(null), json!("null"), false),
        ] {
            assert_eq!(holds(&found, &wanted), expected, "{found} and {wanted}");
        }
    }
}
