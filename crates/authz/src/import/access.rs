//! Who may call an operation, as a specification says it.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a holder must have, all of it. Without anything in it: a verified token.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Condition {
    /// Scopes of the access token.
    pub scopes: BTreeSet<String>,
    /// Groups of the holder.
    pub groups: BTreeSet<String>,
    /// Claims and the JSON texts of their values.
    pub claims: BTreeMap<String, String>,
}

impl Condition {
    /// Is a verified token enough?
    pub(crate) fn is_empty(&self) -> bool {
        self.scopes.is_empty() && self.groups.is_empty() && self.claims.is_empty()
    }

    /// Does whoever fulfils `other` fulfil this one, too?
    pub(crate) fn asks_no_more_than(&self, other: &Self) -> bool {
        self.scopes.is_subset(&other.scopes)
            && self.groups.is_subset(&other.groups)
            && self.claims.iter().all(|(name, value)| other.claims.get(name) == Some(value))
    }

    /// Both; `None` where they ask for two values of one claim.
    fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        both.scopes.extend(other.scopes.iter().cloned());
        both.groups.extend(other.groups.iter().cloned());
        for (name, value) in &other.claims {
            if both.claims.insert(name.clone(), value.clone()).is_some_and(|known| known != *value) {
                return None;
            }
        }
        Some(both)
    }

    /// The members of a permission that asks for this.
    pub(crate) fn members(&self) -> serde_json::Map<String, Value> {
        let mut members = serde_json::Map::new();
        if self.is_empty() {
            members.insert("authenticated".to_owned(), Value::Bool(true));
        }
        if !self.scopes.is_empty() {
            members.insert("scopes".to_owned(), self.scopes.iter().cloned().collect());
        }
        if !self.groups.is_empty() {
            members.insert("groups".to_owned(), self.groups.iter().cloned().collect());
        }
        if !self.claims.is_empty() {
            let value = |text: &String| serde_json::from_str(text).unwrap_or(Value::Null);
            let claims = self.claims.iter().map(|(name, text)| (name.clone(), value(text))).collect();
            members.insert("claims".to_owned(), Value::Object(claims));
        }
        members
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.scopes.iter().map(|scope| format!("scope {scope}")).collect();
        parts.extend(self.groups.iter().map(|group| format!("group {group}")));
        parts.extend(self.claims.iter().map(|(name, value)| format!("claim {name} = {value}")));
        if parts.is_empty() { f.write_str("any verified token") } else { f.write_str(&parts.join(" and ")) }
    }
}

/// Who may call an operation. By default nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Access {
    /// May anybody, without a token?
    pub open: bool,
    /// Whoever fulfils one of these may.
    pub alternatives: BTreeSet<Condition>,
    /// Does a Lambda authorizer decide, and the specification not say how?
    pub delegated: bool,
}

/// Alternatives of one operation above which a specification is not taken at its word. The largest in the specifications
/// looked at is 4; a list of lists that multiplies to more is a mistake, or meant to keep us busy.
pub(crate) const MOST_ALTERNATIVES: usize = 256;

impl Access {
    /// What both allow: the way in for two operations that are one route of the gateway. `None` when that has too many
    /// alternatives to write down.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        let mut both =
            Self { open: self.open && other.open, delegated: self.delegated || other.delegated, ..Self::default() };
        for one in self.ways_in() {
            for another in other.ways_in() {
                both.alternatives.extend(match (one, another) {
                    (Some(one), Some(another)) => one.and(another),
                    (one, another) => one.or(another).cloned(),
                });
            }
        }
        (both.alternatives.len() <= MOST_ALTERNATIVES).then_some(both)
    }

    /// Each alternative; the open one is `None`.
    fn ways_in(&self) -> impl Iterator<Item = Option<&Condition>> {
        self.alternatives.iter().map(Some).chain(self.open.then_some(None))
    }

    /// Does the specification name a scope, a group or a claim?
    pub(crate) fn names_conditions(&self) -> bool {
        self.alternatives.iter().any(|condition| !condition.is_empty())
    }
}

/// The alternatives without those that another one makes needless, as a list with "or".
pub(crate) fn shortest(alternatives: &BTreeSet<Condition>) -> BTreeSet<Condition> {
    let needless = |one: &Condition| alternatives.iter().any(|other| other != one && other.asks_no_more_than(one));
    alternatives.iter().filter(|condition| !needless(condition)).cloned().collect()
}

/// "scope a and scope b, or group c"; of none, "nobody".
pub(crate) fn described(alternatives: &BTreeSet<Condition>) -> String {
    let texts: Vec<String> = alternatives.iter().map(ToString::to_string).collect();
    if texts.is_empty() { "nobody".to_owned() } else { texts.join(", or ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(names: &[&str]) -> Condition {
        Condition { scopes: names.iter().map(|&name| name.to_owned()).collect(), ..Condition::default() }
    }

    fn access(open: bool, alternatives: &[&[&str]]) -> Access {
        Access { open, alternatives: alternatives.iter().map(|names| scopes(names)).collect(), delegated: false }
    }

    #[test]
    fn two_operations_of_one_route_open_it_where_both_do() {
        for (one, other, both) in [
            (access(false, &[&["a"]]), access(false, &[&["b"]]), access(false, &[&["a", "b"]])),
            (access(false, &[&["a"], &["b"]]), access(false, &[&["a"]]), access(false, &[&["a"], &["a", "b"]])),
            (access(true, &[]), access(false, &[&["a"]]), access(false, &[&["a"]])),
            (access(true, &[]), access(true, &[]), access(true, &[])),
            (access(false, &[]), access(true, &[]), access(false, &[])),
        ] {
            assert_eq!(one.and(&other), Some(both.clone()), "{one:?} {other:?}");
            assert_eq!(other.and(&one), Some(both), "{other:?} {one:?}");
        }
    }

    #[test]
    fn two_values_of_one_claim_let_nobody_in() {
        let claim = |value: &str| Condition {
            claims: BTreeMap::from([("tier".to_owned(), value.to_owned())]),
            ..Condition::default()
        };
        assert_eq!(claim("1").and(&claim("2")), None);
        assert_eq!(claim("1").and(&claim("1")), Some(claim("1")));
    }

    #[test]
    fn alternatives_that_ask_for_more_than_another_are_needless() {
        let given = BTreeSet::from([scopes(&["a"]), scopes(&["a", "b"]), scopes(&["c"])]);
        assert_eq!(described(&shortest(&given)), "scope a, or scope c");
        assert_eq!(described(&BTreeSet::new()), "nobody");
        assert_eq!(described(&BTreeSet::from([Condition::default()])), "any verified token");
    }
}
