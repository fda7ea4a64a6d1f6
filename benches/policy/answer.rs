//! The engine's answer to one holder.

use super::documents::{Document, Method};
use super::holders::Scopes;
use permissions::iam::{Compiled, Coverage, DEFAULT_BUDGET_BYTES, Limits, Policies};
use permissions::{Method as RequestedMethod, Permissions};
use testkit::STAGE;

const LIMITS: Limits = Limits { coverage: Coverage::Api, budget_bytes: DEFAULT_BUDGET_BYTES };

/// What a start makes of a document.
pub(crate) struct Engine {
    permissions: Permissions,
    policies: Policies,
}

impl Engine {
    pub(crate) fn start(document: &Document) -> Self {
        let permissions = Permissions::parse(document.json.as_bytes()).unwrap();
        let policies = Policies::new(&permissions, LIMITS);
        Self { permissions, policies }
    }

    pub(crate) fn answer(&self, holder: &Scopes, method: &RequestedMethod) -> Compiled {
        let grants = self.permissions.grants(holder);
        self.policies.compile(&grants, grants.decide(method), method)
    }

    pub(crate) fn permits(&self, holder: &Scopes, arn: &str) -> bool {
        let method = RequestedMethod::parse(arn.to_owned()).unwrap();
        self.permissions.grants(holder).decide(&method).is_permitted()
    }
}

/// The method that a holder asks for first: the first of those granted.
pub(crate) fn first_method(document: &Document, holder: &Scopes) -> RequestedMethod {
    let granted = document.granted(&holder.0);
    RequestedMethod::parse(arn(granted.first().unwrap())).unwrap()
}

pub(crate) fn arn((verb, path): &Method) -> String {
    format!("{STAGE}{verb}/{path}")
}
