//! What does API Gateway understand?
//!
//! An IAM policy (200 or 403), the error `Unauthorized` (401), any other error (500). The types are our own, because
//! those of `aws_lambda_events` write `null` for what is not there, and allow where no effect is given.

use crate::policy::PolicyDocument;
use lambda_runtime::Diagnostic;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

/// The error message that makes API Gateway answer 401. A byte more and it answers 500.
const UNAUTHORIZED: &str = "Unauthorized";

/// The principal of a policy for nobody: `principalId` is required, and may not be empty.
const NOBODY: &str = "unauthorized";

/// A policy for API Gateway, with what the backend learns.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    principal_id: String,
    policy_document: Document,
    #[serde(skip_serializing_if = "Map::is_empty")]
    context: Map<String, Value>,
}

impl Response {
    /// The policy of a verified token's holder.
    pub(super) fn decided(subject: &str, policy: PolicyDocument, context: Map<String, Value>) -> Self {
        Self { principal_id: subject.to_owned(), policy_document: Document(policy), context }
    }

    /// A refusal that API Gateway may cache, with its reason for a gateway response to show.
    pub(super) fn refused(policy: PolicyDocument, reason: &str) -> Self {
        let context = Map::from_iter([("reason".to_owned(), Value::from(reason))]);
        Self { principal_id: NOBODY.to_owned(), policy_document: Document(policy), context }
    }
}

#[derive(Debug)]
struct Document(PolicyDocument);

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let statement = |effect, resource| Statement { action: "execute-api:Invoke", effect, resource };
        let statements = [statement("Allow", self.0.allow()), statement("Deny", self.0.deny())];
        let said: Vec<_> = statements.into_iter().filter(|statement| !statement.resource.is_empty()).collect();
        let mut document = serializer.serialize_map(Some(2))?;
        document.serialize_entry("Version", "2012-10-17")?;
        document.serialize_entry("Statement", &said)?;
        document.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement<'a> {
    action: &'static str,
    effect: &'static str,
    resource: &'a [String],
}

/// Why API Gateway gets no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The token is not believed: 401.
    Unauthorized,
    /// There is no decision: 500.
    Undecided {
        /// A stable code for the function's error, which only its operator sees.
        reason: &'static str,
    },
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let (error_type, error_message) = match failure {
            Failure::Unauthorized => (UNAUTHORIZED, UNAUTHORIZED),
            Failure::Undecided { reason } => ("Undecided", reason),
        };
        Self { error_type: error_type.to_owned(), error_message: error_message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_word_means_401() {
        let message = |failure: Failure| Diagnostic::from(failure).error_message;
        assert_eq!(message(Failure::Unauthorized), "Unauthorized");
        assert_eq!(message(Failure::Undecided { reason: "fetch_connect" }), "fetch_connect");
    }
}
