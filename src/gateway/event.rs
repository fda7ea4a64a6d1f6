//! What does a `REQUEST` event hold, and which kind of API sent it?
//!
//! The event says so itself (API Gateway Developer Guide: "Input to an API Gateway Lambda authorizer", "Control access to
//! HTTP APIs with Lambda authorizers", "Control access to WebSocket APIs with Lambda REQUEST authorizers").

use super::fields::{Fields, Texts};
use serde::Deserialize;
use std::borrow::Cow;

/// The kinds of API, as far as they send or expect something of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// An HTTP API with payload format 1.0.
    Http1,
    /// An HTTP API with payload format 2.0.
    Http2,
    /// A REST API.
    Rest,
    /// A WebSocket API.
    WebSocket,
}

/// The parts of a request that are read; API Gateway adds others as it likes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    /// HTTP APIs write `1.0` or `2.0`. Others have been seen to write something else.
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    request_context: Option<Context<'a>>,
    /// The values of the identity sources of an HTTP API: a list in payload format 2.0, joined by commas in 1.0.
    #[serde(borrow)]
    pub(super) identity_source: Option<Texts<'a>>,
    pub(super) method_arn: Option<String>,
    /// HTTP APIs with payload format 2.0.
    pub(super) route_arn: Option<String>,
    #[serde(borrow)]
    pub(super) headers: Option<Fields<'a>>,
    #[serde(borrow)]
    pub(super) multi_value_headers: Option<Fields<'a>>,
    #[serde(borrow)]
    pub(super) query_string_parameters: Option<Fields<'a>>,
    #[serde(borrow)]
    pub(super) multi_value_query_string_parameters: Option<Fields<'a>>,
    #[serde(borrow)]
    pub(super) cookies: Option<Texts<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    /// WebSocket APIs write `CONNECT`.
    #[serde(borrow)]
    event_type: Option<Cow<'a, str>>,
    /// API Gateway's id of the request, which its access log has, too.
    #[serde(borrow)]
    request_id: Option<Texts<'a>>,
    /// REST APIs write the id of the resource, HTTP APIs the route's key.
    #[serde(borrow)]
    resource_id: Option<Texts<'a>>,
}

/// The longest id of a request, in characters: REST APIs write a UUID of 36.
const LONGEST_REQUEST_ID: usize = 64;

impl RequestEvent<'_> {
    /// API Gateway's id of the request: a UUID, or base64 where it is an HTTP or WebSocket API's. Another text is none.
    pub(super) fn request_id(&self) -> Option<String> {
        let Texts(ids) = self.request_context.as_ref()?.request_id.as_ref()?;
        let is_id = |id: &&Cow<'_, str>| {
            let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+/".contains(&byte));
            plain && (1..=LONGEST_REQUEST_ID).contains(&id.len())
        };
        ids.first().filter(is_id).map(|id| id.clone().into_owned())
    }

    /// `None` when it is no `REQUEST` event of API Gateway.
    pub(super) fn api(&self) -> Option<Api> {
        let event_type = self.request_context.as_ref().and_then(|context| context.event_type.as_deref());
        match (self.version.as_deref(), self.kind.as_deref()) {
            _ if self.route_arn.is_some() => Some(Api::Http2),
            (Some("2.0"), _) => Some(Api::Http2),
            (Some("1.0"), Some("REQUEST")) if !self.has_id_of_resource() => Some(Api::Http1),
            (_, Some("REQUEST")) if event_type == Some("CONNECT") => Some(Api::WebSocket),
            (_, Some("REQUEST")) => Some(Api::Rest),
            _ => None,
        }
    }

    /// Is this a REST API's, whatever the version says? serverless-offline writes `1.0` into events of REST APIs
    /// (`createAuthScheme.js`). A REST API's `resourceId` is an id (`k9x2ab`), an HTTP API's the route's key: `$default`, or
    /// verb and path (Developer Guide, "Control access to HTTP APIs with Lambda authorizers": `ANY /request`).
    fn has_id_of_resource(&self) -> bool {
        let is_id = |text: &Cow<'_, str>| !text.contains([' ', '$', '/']) && !text.is_empty();
        let resource = self.request_context.as_ref().and_then(|context| context.resource_id.as_ref());
        resource.is_some_and(|Texts(ids)| ids.iter().any(is_id))
    }
}
