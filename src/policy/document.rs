//! Which policy document does API Gateway get?

use super::decide;
use super::method_arn::MethodArn;
use super::statements::Statements;
use crate::access::{CONNECT, Grants};
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

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

/// A policy, and whether it had to leave something out.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The policy.
    pub document: PolicyDocument,
    /// The size of the policy that was too large, in bytes: this one is for the requested method alone.
    pub over_budget: Option<usize>,
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

    /// The policy's size, in bytes of JSON.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.get().len()
    }
}
