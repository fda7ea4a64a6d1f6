//! The lines that are more than a message. `log.schema.json` describes them.

use serde::Serialize;

/// What became of one request. Every text in it is ours, Lambda's, API Gateway's or the operator's own, but for the ids of a
/// token that was verified. What is absent is not known or not asked for.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DecisionLine<'a> {
    /// Lambda's id of the invocation.
    pub request_id: &'a str,
    /// API Gateway's id of the request: `$context.requestId`. A `TOKEN` event has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_request_id: Option<&'a str>,
    /// X-Ray's id of the trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<&'a str>,
    /// `allow`, `deny`, `unauthorized`, `error`, or `none` where nothing was asked.
    pub outcome: &'static str,
    /// A stable code that says why.
    pub reason: &'static str,
    /// The claim that was malformed or missing, when that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<&'static str>,
    /// The API's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_id: Option<&'a str>,
    /// The API's stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<&'a str>,
    /// The verb that was asked for, `$connect`, or `OTHER` for one that no route can name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verb: Option<&'static str>,
    /// The route in the permission document, not the path that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<&'a str>,
    /// The place of the permission that decides, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<usize>,
    /// What that permission does: `allow` or `deny`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<&'static str>,
    /// The place of the permission that lacks least, where none allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<usize>,
    /// What the token lacks for that one: `scope`, `group` or `claim`, and a name from the document.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub lacks: &'a [String],
    /// Who issued the token: the name of its entry, or without entries the issuer itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<&'a str>,
    /// The id of the client that the token was issued to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<&'a str>,
    /// `access` or `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_use: Option<&'static str>,
    /// The id of the key that signed the token, as the key set has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<&'a str>,
    /// The subject, as [`SubjectLog`](super::SubjectLog) wants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<&'a str>,
    /// The token's own id, in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<&'a str>,
    /// The id of the sign-in, in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_jti: Option<&'a str>,
    /// The version of the permission document that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<&'a str>,
    /// What the answer is for: everything that the token may do in the API (`api`) or the requested method (`request`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covers: Option<&'static str>,
    /// The size of the policy, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_bytes: Option<usize>,
    /// Where the policy was cut: what that means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<&'static str>,
    /// Time from the event's arrival to the answer, in microseconds.
    pub duration_us: u64,
    /// What it took to find the key: `hit`, `fetched`, `stale`, or `none` when there was no decision.
    pub keys: &'static str,
}

/// What a healthy start says.
#[derive(Clone, Debug, Serialize)]
pub struct StartLine<'a> {
    /// The function's version.
    pub version: &'a str,
    /// The permission document's version.
    pub document: &'a str,
    /// How many permissions it has.
    pub permissions: usize,
    /// How many routes it knows.
    pub routes: usize,
    /// How many issuers are trusted.
    pub issuers: usize,
    /// What policies are for: `api` or `request`.
    pub covers: &'a str,
    /// What HTTP APIs with payload 2.0 get: `iam` or `simple`.
    pub http_api_response: &'a str,
}
