//! A holder with claims that nobody signed, for asking the engine without a token.

use permissions::iam::{Coverage, Limits, Policies};
use permissions::{Holder, Method, Permissions};
use serde_json::Value;

/// The claims of a token.
pub struct Caller(pub Value);

impl Holder for Caller {
    fn has_scope(&self, scope: &str) -> bool {
        let scopes = self.0["scope"].as_str().filter(|_| self.0["token_use"] == "access");
        scopes.is_some_and(|scopes| scopes.split(' ').any(|held| held == scope))
    }

    fn has_group(&self, group: &str) -> bool {
        self.0["cognito:groups"].as_array().is_some_and(|groups| groups.iter().any(|held| held == group))
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// The engine with one document, asked for whoever it is.
pub struct Engine {
    pub permissions: Permissions,
    policies: Policies,
}

impl Engine {
    pub fn new(document: &Value, budget_bytes: usize) -> Self {
        let permissions = Permissions::parse(document.to_string().as_bytes()).unwrap();
        let policies = Policies::new(&permissions, Limits { coverage: Coverage::Api, budget_bytes });
        Self { permissions, policies }
    }

    /// May the caller use this method?
    pub fn permits(&self, caller: &Caller, arn: &str) -> bool {
        self.permissions.grants(caller).decide(&Method::parse(arn.to_owned()).unwrap()).is_permitted()
    }

    /// Is it refused for its spelling, whoever asks?
    pub fn refuses_spelling(&self, arn: &str) -> bool {
        self.permissions.refuses_spelling(&Method::parse(arn.to_owned()).unwrap())
    }

    /// The policy, as JSON, that the caller gets who asks for this method.
    pub fn policy(&self, caller: &Caller, arn: &str) -> String {
        let (method, grants) = (Method::parse(arn.to_owned()).unwrap(), self.permissions.grants(caller));
        let verdict = grants.decide(&method);
        serde_json::to_string(&self.policies.compile(&grants, verdict, &method).document).unwrap()
    }
}
