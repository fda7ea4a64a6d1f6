//! Which kind of API sent the event?
//!
//! The event says so itself (API Gateway Developer Guide: "Input to an API Gateway Lambda authorizer", "Control access to
//! HTTP APIs with Lambda authorizers", "Control access to WebSocket APIs with Lambda REQUEST authorizers"). Types are
//! never tried in turn: a REQUEST event reads happily as a TOKEN event without a token.

use serde::Deserialize;
use serde::de::IgnoredAny;
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

/// The forms an event can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The token alone.
    Token,
    /// The request.
    Request(Api),
}

/// What tells the forms apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shape<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    /// HTTP APIs write `1.0` or `2.0`. Others have been seen to write something else.
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
    /// HTTP APIs with payload format 2.0.
    route_arn: Option<IgnoredAny>,
    #[serde(borrow)]
    request_context: Option<Context<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    /// WebSocket APIs write `CONNECT`.
    #[serde(borrow)]
    event_type: Option<Cow<'a, str>>,
}

impl Shape<'_> {
    /// `None` when it is no authorizer event of API Gateway.
    pub(super) fn form(&self) -> Option<Form> {
        let event_type = self.request_context.as_ref().and_then(|context| context.event_type.as_deref());
        match (self.version.as_deref(), self.kind.as_deref()) {
            _ if self.route_arn.is_some() => Some(Form::Request(Api::Http2)),
            (Some("2.0"), _) => Some(Form::Request(Api::Http2)),
            (Some("1.0"), Some("REQUEST")) => Some(Form::Request(Api::Http1)),
            (_, Some("TOKEN")) => Some(Form::Token),
            (_, Some("REQUEST")) if event_type == Some("CONNECT") => Some(Form::Request(Api::WebSocket)),
            (_, Some("REQUEST")) => Some(Form::Request(Api::Rest)),
            _ => None,
        }
    }
}
