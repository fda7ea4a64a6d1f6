//! Which policy document does API Gateway get?

use super::compile::{self, Resources};
use super::glob::{Glob, Seg};
use super::method_arn::{LONGEST_RESOURCE, MethodArn};
use super::permits;
use super::rights::Rights;
use crate::access::{CONNECT, ENCODED_SEPARATORS, Grants, Pattern};

/// The largest policy, in bytes of JSON. API Gateway documents no limit for REST and HTTP APIs, but real systems have
/// passed one and locked everyone out; 8 KiB is what it documents for WebSocket APIs.
pub const DEFAULT_BUDGET_BYTES: usize = 8192;

/// What one resource takes in JSON besides its text: quotes and a comma.
const BYTES_AROUND_RESOURCE: usize = 3;

/// What a policy takes in JSON besides its resources.
const BYTES_AROUND_STATEMENTS: usize = 160;

/// Paths that match no route, whatever they look like: an empty segment inside or at the end (`?` spares the root
/// path), and dot segments. Encoded separators come on top.
const MALFORMED: [&str; 6] = ["*//*", "*/?*/", "*/./*", "*/../*", "*/.", "*/.."];

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

    /// The policy for a holder of these grants who asks for this method.
    #[must_use]
    pub fn compile(grants: &Grants<'_>, method: &MethodArn, limits: Limits) -> Compiled {
        let alone = || Compiled { document: Self::of_request(grants, method), over_budget: None };
        if limits.coverage == Coverage::Request || method.is_connect() {
            return alone();
        }
        if grants.allowed().is_empty() {
            return Compiled { document: Self::deny_all(method), over_budget: None };
        }
        let document = Self::of_api(grants, method);
        let bytes = document.bytes();
        let sayable = document.deny.iter().all(|resource| is_sayable(resource));
        if bytes <= limits.budget_bytes && sayable {
            return Compiled { document, over_budget: None };
        }
        Compiled { over_budget: Some(bytes), ..alone() }
    }

    /// The requested method alone. One that must not be echoed is refused with everything else.
    fn of_request(grants: &Grants<'_>, method: &MethodArn) -> Self {
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

    fn of_api(grants: &Grants<'_>, method: &MethodArn) -> Self {
        let catalog: Vec<_> = grants.catalog().iter().map(Pattern::anyones).collect();
        let rights = Rights::new(grants, &catalog);
        let path = method.path();
        let permitted = permits(grants, method);
        let echoed = method.as_resource();
        let requested = path.as_ref().filter(|_| permitted && echoed.is_some());
        let requested = requested.map(|path| compile::method(method.verb(), path.segments()));
        let Resources { allow, deny } = compile::compile(&rights, requested.as_ref());
        let wild = allow.iter().flatten().any(|seg| *seg == Seg::Star);
        let prefix = method.stage_prefix();
        let mut document = Self {
            allow: allow.iter().map(|glob| render(prefix, glob)).filter(|resource| is_sayable(resource)).collect(),
            deny: deny.iter().map(|glob| render(prefix, glob)).collect(),
        };
        if wild {
            document.deny.extend(MALFORMED.iter().map(|form| format!("{prefix}{form}")));
            document.deny.extend(ENCODED_SEPARATORS.iter().map(|encoded| format!("{prefix}*{encoded}*")));
        }
        if let Some(refused) = echoed.filter(|_| !permitted) {
            document.deny.push(refused.to_owned());
        }
        document
    }

    fn bytes(&self) -> usize {
        let resources = self.allow.iter().chain(&self.deny);
        resources.map(|resource| resource.len() + BYTES_AROUND_RESOURCE).sum::<usize>() + BYTES_AROUND_STATEMENTS
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
    resource.chars().count() <= LONGEST_RESOURCE
}

fn render(prefix: &str, glob: &Glob<'_>) -> String {
    let mut resource = String::with_capacity(prefix.len() + glob.len() * 12);
    resource.push_str(prefix);
    for (position, seg) in glob.iter().enumerate() {
        if position > 0 {
            resource.push('/');
        }
        resource.push_str(match seg {
            Seg::Text(text) => text,
            Seg::Star => "*",
        });
    }
    resource
}
