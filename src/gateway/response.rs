//! What does API Gateway understand?
//!
//! An IAM policy (200 or 403), for HTTP APIs that ask for it one boolean, the error `Unauthorized` (401), any other error
//! (500). The types are our own, because those of `aws_lambda_events` write `null` for what is not there, and allow where
//! no effect is given.

use super::context::Context;
use super::event::Api;
use crate::token::LONGEST_TOKEN;
use lambda_runtime::Diagnostic;
use permissions::Method;
use permissions::iam::PolicyDocument;
use serde::Serialize;

/// The error message that makes API Gateway answer 401. A byte more and it answers 500.
const UNAUTHORIZED: &str = "Unauthorized";

/// The principal of a policy for nobody: `principalId` is required, and may not be empty.
const NOBODY: &str = "unauthorized";

/// The largest context, in bytes of names and values: as much as a token can hold. API Gateway documents no limit for it.
const LARGEST_CONTEXT: usize = LONGEST_TOKEN;

/// The largest answer to a WebSocket API, in bytes (API Gateway quotas: "Lambda authorizer result size").
const LARGEST_WEBSOCKET_ANSWER: usize = 8192;

/// An answer that is no error, with what the backend learns.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// An IAM policy.
    Policy(PolicyResponse),
    /// One boolean, for HTTP APIs with simple responses.
    Simple(SimpleResponse),
    /// `null`, for whom nothing was asked.
    Nothing,
}

/// An IAM policy and whom it is for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyResponse {
    pub(super) principal_id: String,
    pub(super) policy_document: PolicyDocument,
    #[serde(skip_serializing_if = "Context::is_empty")]
    pub(super) context: Context,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) usage_identifier_key: Option<String>,
}

/// May the caller go on?
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SimpleResponse {
    pub(super) is_authorized: bool,
    #[serde(skip_serializing_if = "Context::is_empty")]
    pub(super) context: Context,
}

impl Response {
    /// A refusal that API Gateway may cache, with its reason for a gateway response to show.
    pub(super) fn refused(method: &Method, simple: bool, reason: &'static str) -> Self {
        let context = Context::of_refusal(reason);
        if simple {
            return Self::Simple(SimpleResponse { is_authorized: false, context });
        }
        Self::Policy(PolicyResponse {
            principal_id: NOBODY.to_owned(),
            policy_document: PolicyDocument::deny_all(method),
            context,
            usage_identifier_key: None,
        })
    }

    /// Does API Gateway take an answer of this size? If not, cutting it down would hide something from the backend.
    pub(super) fn fits(&self, api: Api) -> bool {
        let context = match self {
            Self::Policy(PolicyResponse { context, .. }) | Self::Simple(SimpleResponse { context, .. }) => context,
            Self::Nothing => return true,
        };
        let whole = || serde_json::to_vec(self).map_or(usize::MAX, |json| json.len());
        context.bytes() <= LARGEST_CONTEXT && (api != Api::WebSocket || whole() <= LARGEST_WEBSOCKET_ANSWER)
    }
}

/// Why API Gateway gets no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A permission document may not be published. AppConfig shows the message to whoever publishes it.
    DocumentRefused {
        /// What is wrong with it.
        message: String,
    },
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
            Failure::DocumentRefused { message } => ("DocumentRefused", message),
            Failure::Unauthorized => (UNAUTHORIZED, UNAUTHORIZED.to_owned()),
            Failure::Undecided { reason } => ("Undecided", reason.to_owned()),
        };
        Self { error_type: error_type.to_owned(), error_message }
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
