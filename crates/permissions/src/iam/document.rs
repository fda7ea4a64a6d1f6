//! Which policy document does API Gateway get?

use super::decide;
use super::method_arn::MethodArn;
use super::rights::TooHard;
use super::statements::Statements;
use super::template::Template;
use crate::{CONNECT, Grants};
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The largest policy, in bytes of JSON. API Gateway documents no limit for REST and HTTP APIs, but real systems have
/// passed one and locked everyone out; 8 KiB is what it documents for WebSocket APIs.
pub const DEFAULT_BUDGET_BYTES: usize = 8192;

/// What the policy is to cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Everything that the token may do in the API and stage: right for every caching.
    Api,
    /// The requested method alone: right where the answer is cached by path and method, or not at all.
    Request,
}

/// What bounds a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What the policy is to cover.
    pub coverage: Coverage,
    /// The largest policy, in bytes of JSON.
    pub budget_bytes: usize,
}

/// A policy, and whether it was cut short.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The policy.
    pub document: PolicyDocument,
    /// Why it is for the requested method alone, if something else was asked for.
    pub cut_short: Option<CutShort>,
}

/// Why a policy is for the requested method alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutShort {
    /// The policy was larger than the budget, or one of its resources longer than API Gateway takes.
    OverBudget {
        /// Its size, in bytes of JSON.
        bytes: usize,
    },
    /// Finding out what the policy has to deny would take too long.
    TooHard,
}

impl From<TooHard> for CutShort {
    fn from(_: TooHard) -> Self {
        Self::TooHard
    }
}

impl fmt::Display for CutShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OverBudget { bytes } => {
                write!(f, "found a policy of {bytes} bytes, more than `POLICY_BUDGET_BYTES`")?;
            }
            Self::TooHard => f.write_str("found routes whose policy would take too long to find")?,
        }
        f.write_str(": answered for the requested method alone")
    }
}

/// An IAM policy for `execute-api:Invoke`, as JSON: what it allows, and what it denies whatever it allows.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct PolicyDocument(pub(super) Box<RawValue>);

impl PolicyDocument {
    /// Everything in the API and stage of this method is denied.
    #[must_use]
    pub fn deny_all(method: &MethodArn) -> Self {
        let mut statements = Statements::default();
        statements.add(false, &format!("{}*", method.stage_prefix()));
        statements.into_document()
    }

    /// The requested method alone. One that must not be echoed is refused with everything else.
    pub(super) fn of_request(grants: &Grants<'_>, method: &MethodArn) -> Self {
        let resource = if method.is_connect() {
            Some(Cow::Owned(format!("{}{CONNECT}", method.stage_prefix())))
        } else {
            method.as_resource().map(Cow::Borrowed)
        };
        let Some(resource) = resource else { return Self::deny_all(method) };
        let mut statements = Statements::default();
        statements.add(decide(grants, method).is_permitted(), &resource);
        statements.into_document()
    }

    /// What the template says in this stage to a holder of these claims. `own` says how the requested method is named by
    /// its own ARN, if it must be.
    pub(super) fn of_template(
        template: &Template,
        method: &MethodArn,
        claims: &[(&str, Option<&str>)],
        own: Option<bool>,
        budget_bytes: usize,
    ) -> Result<Self, CutShort> {
        let mut statements = Statements::of_template(template, method, claims, budget_bytes)?;
        if let (Some(permitted), Some(resource)) = (own, method.as_resource()) {
            statements.add(permitted, resource);
        }
        if statements.is_empty() {
            return Ok(Self::deny_all(method));
        }
        let document = statements.into_document();
        let bytes = document.0.get().len();
        if bytes <= budget_bytes { Ok(document) } else { Err(CutShort::OverBudget { bytes }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_cut_short_is_told_with_its_reason() {
        for (reason, expected) in [
            (
                CutShort::OverBudget { bytes: 9000 },
                "found a policy of 9000 bytes, more than `POLICY_BUDGET_BYTES`: answered for the requested method alone",
            ),
            (
                CutShort::TooHard,
                "found routes whose policy would take too long to find: answered for the requested method alone",
            ),
        ] {
            assert_eq!(reason.to_string(), expected);
        }
    }
}
