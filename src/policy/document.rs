//! Which policy document does API Gateway get?

use super::method_arn::{LONGEST_RESOURCE, MethodArn};
use super::permits;
use super::template::{Resource, Template};
use crate::access::{CONNECT, Grants};

/// The largest policy, in bytes of JSON. API Gateway documents no limit for REST and HTTP APIs, but real systems have
/// passed one and locked everyone out; 8 KiB is what it documents for WebSocket APIs.
pub const DEFAULT_BUDGET_BYTES: usize = 8192;

/// What one resource takes in JSON besides its text: quotes and a comma.
const BYTES_AROUND_RESOURCE: usize = 3;

/// What a policy takes in JSON besides its resources.
const BYTES_AROUND_STATEMENTS: usize = 160;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// The policy.
    pub document: PolicyDocument,
    /// The size of the policy that was too large, in bytes: this one is for the requested method alone.
    pub over_budget: Option<usize>,
}

/// An IAM policy for `execute-api:Invoke`: what it allows, and what it denies whatever it allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDocument {
    allow: Vec<String>,
    deny: Vec<String>,
}

impl PolicyDocument {
    /// Everything in the API and stage of this method is denied.
    #[must_use]
    pub fn deny_all(method: &MethodArn) -> Self {
        Self { allow: Vec::new(), deny: vec![format!("{}*", method.stage_prefix())] }
    }

    /// The requested method alone. One that must not be echoed is refused with everything else.
    pub(super) fn of_request(grants: &Grants<'_>, method: &MethodArn) -> Self {
        let resource = if method.is_connect() {
            Some(format!("{}{CONNECT}", method.stage_prefix()))
        } else {
            method.as_resource().map(ToOwned::to_owned)
        };
        match resource {
            Some(resource) if permits(grants, method) => Self { allow: vec![resource], deny: Vec::new() },
            Some(resource) => Self { allow: Vec::new(), deny: vec![resource] },
            None => Self::deny_all(method),
        }
    }

    /// What the template says in this stage. Refusals by name come on top if they fit into the budget.
    pub(super) fn of_resources<'v>(
        template: &Template,
        method: &MethodArn,
        value: impl Fn(&str) -> &'v str,
        budget_bytes: usize,
    ) -> Self {
        let prefix = method.stage_prefix();
        let render = |resource: &Resource| resource.render(prefix, &value);
        let mut document = Self {
            allow: template.allow.iter().map(render).filter(|resource| is_sayable(resource)).collect(),
            deny: template.deny.iter().map(render).collect(),
        };
        let in_json = |resource: &Resource| prefix.len() + resource.length(&value) + BYTES_AROUND_RESOURCE;
        let refused: usize = template.refuse.iter().map(in_json).sum();
        // The requested method may still come on top, by its own ARN.
        if document.bytes() + refused + LONGEST_RESOURCE + BYTES_AROUND_RESOURCE <= budget_bytes {
            document.deny.extend(template.refuse.iter().map(render).filter(|resource| is_sayable(resource)));
        }
        document
    }

    pub(super) fn bytes(&self) -> usize {
        let resources = self.allow.iter().chain(&self.deny);
        resources.map(|resource| resource.len() + BYTES_AROUND_RESOURCE).sum::<usize>() + BYTES_AROUND_STATEMENTS
    }

    /// Adds the requested method by its own ARN.
    pub(super) fn add_request(&mut self, permitted: bool, resource: &str) {
        if permitted { &mut self.allow } else { &mut self.deny }.push(resource.to_owned());
    }

    /// Can every Deny be said? What cannot be denied must not be opened around.
    pub(super) fn is_sayable(&self) -> bool {
        self.deny.iter().all(|resource| is_sayable(resource))
    }

    /// The resources that the policy allows.
    #[must_use]
    pub fn allow(&self) -> &[String] {
        &self.allow
    }

    /// The resources that the policy denies.
    #[must_use]
    pub fn deny(&self) -> &[String] {
        &self.deny
    }
}

fn is_sayable(resource: &str) -> bool {
    // No text has more characters than bytes, and bytes need no counting.
    resource.len() <= LONGEST_RESOURCE || resource.chars().count() <= LONGEST_RESOURCE
}
