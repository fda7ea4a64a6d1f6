//! What does API Gateway ask?
//!
//! The event's shape is recognised by what it says of itself, never by trying types in turn: a REQUEST event reads
//! happily as a TOKEN event without a token.
//!
//! A TOKEN event is read as [`ApiGatewayCustomAuthorizerRequest`]. A REQUEST event is read by types of our own, because
//! `aws_lambda_events` refuses some that API Gateway sends: a client certificate without `validity`, a verb it does not
//! know, a `null` in a map (the tests at the end hold each against it).

use super::source::{self, RequestFields, TokenSource};
use crate::policy::MethodArn;
use crate::token::{BearerToken, InvalidToken, Scheme};
use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerRequest;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// What is to be decided: may the holder of this token call this method?
#[derive(Debug)]
pub struct AuthorizationRequest {
    /// The token, or why there is none to look at.
    pub token: Result<BearerToken, InvalidToken>,
    /// The method asked for.
    pub method: MethodArn,
}

impl AuthorizationRequest {
    /// Reads an event.
    ///
    /// # Errors
    /// [`InvalidEvent`] when it is not an authorizer event of a REST API.
    pub fn parse(event: &str, sources: &[TokenSource]) -> Result<Self, InvalidEvent> {
        let shape: Shape = read(event)?;
        match shape.kind() {
            Some("TOKEN") => token_event(read(event)?),
            Some("REQUEST") => request_event(read(event)?, sources),
            _ => Err(InvalidEvent::UnknownShape),
        }
    }
}

fn token_event(event: ApiGatewayCustomAuthorizerRequest) -> Result<AuthorizationRequest, InvalidEvent> {
    let token = BearerToken::parse(event.authorization_token.as_deref().unwrap_or_default(), Scheme::Optional);
    Ok(AuthorizationRequest { token, method: method(event.method_arn)? })
}

fn request_event(event: RequestEvent, sources: &[TokenSource]) -> Result<AuthorizationRequest, InvalidEvent> {
    let fields = RequestFields {
        headers: [event.headers, event.multi_value_headers].into_iter().flatten().collect(),
        query: [event.query_string_parameters, event.multi_value_query_string_parameters]
            .into_iter()
            .flatten()
            .collect(),
    };
    Ok(AuthorizationRequest { token: source::find(sources, &fields), method: method(event.method_arn)? })
}

fn method(arn: Option<String>) -> Result<MethodArn, InvalidEvent> {
    MethodArn::parse(arn.ok_or(InvalidEvent::NoMethodArn)?).map_err(|_| InvalidEvent::MalformedMethodArn)
}

/// The library's error is dropped: it may quote the event.
fn read<T: DeserializeOwned>(event: &str) -> Result<T, InvalidEvent> {
    serde_json::from_str(event).map_err(|_| InvalidEvent::UnknownShape)
}

/// What tells the shapes apart (API Gateway Developer Guide, "Input to an API Gateway Lambda authorizer" and "Control
/// access to HTTP APIs with Lambda authorizers").
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    #[serde(rename = "type")]
    kind: Option<String>,
    /// HTTP APIs write `1.0` or `2.0`; nobody else has it.
    version: Option<String>,
    /// HTTP APIs with payload 2.0.
    route_arn: Option<IgnoredAny>,
}

impl Shape {
    /// The event's type, when it comes from a REST API.
    fn kind(&self) -> Option<&str> {
        let http_api = self.route_arn.is_some() || matches!(self.version.as_deref(), Some("1.0" | "2.0"));
        if http_api { None } else { self.kind.as_deref() }
    }
}

/// The parts of a REQUEST event that are read; API Gateway adds others as it likes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestEvent {
    method_arn: Option<String>,
    headers: Option<Fields>,
    multi_value_headers: Option<Fields>,
    query_string_parameters: Option<Fields>,
    multi_value_query_string_parameters: Option<Fields>,
}

/// Names with their values, in the event's order. A value that is neither text nor a list of texts is passed over.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, Vec<String>)>);

impl Fields {
    /// The values under this name.
    pub(super) fn named<'a>(&'a self, name: &'a str, same: fn(&str, &str) -> bool) -> impl Iterator<Item = &'a str> {
        let matching = self.0.iter().filter(move |(known, _)| same(known, name));
        matching.flat_map(|(_, values)| values).map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts or lists of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some((name, Texts(values))) = members.next_entry()? {
            fields.push((name, values));
        }
        Ok(Fields(fields))
    }
}

/// The texts in a JSON value: itself, or the elements of a list.
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsVisitor).map(Self)
    }
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(vec![text.to_owned()])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(Texts(mut values)) = elements.next_element()? {
            texts.append(&mut values);
        }
        Ok(texts)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}

/// Why an event is not understood. Nothing of the event is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidEvent {
    /// `methodArn` is not the ARN of an API's method.
    MalformedMethodArn,
    /// There is no `methodArn`.
    NoMethodArn,
    /// It is not an authorizer event of a REST API.
    UnknownShape,
}

impl InvalidEvent {
    /// A stable code for logs, metrics and tests.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::MalformedMethodArn => "method_arn_malformed",
            Self::NoMethodArn => "method_arn_missing",
            Self::UnknownShape => "event_unknown",
        }
    }
}

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedMethodArn => "found another text in `methodArn`, expected the ARN of an API's method",
            Self::NoMethodArn => "found no `methodArn`, expected the ARN of an API's method",
            Self::UnknownShape => "found another event, expected a `TOKEN` or `REQUEST` authorizer event of a REST API",
        })
    }
}

impl std::error::Error for InvalidEvent {}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerRequestTypeRequest;

    const ARN: &str = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/test/GET/orders/42";

    fn parse(event: &str) -> Result<Result<BearerToken, InvalidToken>, InvalidEvent> {
        let sources = [
            TokenSource::authorization_header(),
            TokenSource::Query("access_token".to_owned()),
            TokenSource::Cookie("token".to_owned()),
        ];
        AuthorizationRequest::parse(event, &sources).map(|request| request.token)
    }

    fn request(members: &str) -> String {
        format!(r#"{{"type":"REQUEST","methodArn":"{ARN}",{members},"requestContext":{{}}}}"#)
    }

    fn token(text: &str) -> Result<BearerToken, InvalidToken> {
        BearerToken::parse(text, Scheme::Optional)
    }

    #[test]
    fn a_token_event_gives_its_token_or_what_is_wrong_with_it() {
        let event = |token: &str| format!(r#"{{"type":"TOKEN","methodArn":"{ARN}"{token}}}"#);
        for (member, expected) in [
            (r#","authorizationToken":"Bearer a.b.c""#, token("a.b.c")),
            (r#","authorizationToken":"a.b.c""#, token("a.b.c")),
            (r#","authorizationToken":"""#, Err(InvalidToken::Missing)),
            (r#","authorizationToken":null"#, Err(InvalidToken::Missing)),
            ("", Err(InvalidToken::Missing)),
        ] {
            assert_eq!(parse(&event(member)), Ok(expected), "{member}");
        }
    }

    #[test]
    fn a_request_event_gives_the_one_token_in_its_sources() {
        use InvalidToken::{Ambiguous, Malformed, Missing, SchemeNotBearer};
        for (members, expected) in [
            (r#""headers":{"Authorization":"Bearer a.b.c"}"#, token("a.b.c")),
            (r#""headers":{"aUTHORIZATION":"bearer a.b.c"}"#, token("a.b.c")),
            (r#""headers":null,"multiValueHeaders":{"authorization":["Bearer a.b.c"]}"#, token("a.b.c")),
            (
                r#""headers":{"Authorization":"Bearer a.b.c"},"multiValueHeaders":{"Authorization":["Bearer a.b.c"]}"#,
                token("a.b.c"),
            ),
            (r#""queryStringParameters":{"access_token":"a.b.c"}"#, token("a.b.c")),
            (r#""headers":{"Cookie":"x=1; token=a.b.c"}"#, token("a.b.c")),
            (
                r#""headers":{"Authorization":"Bearer a.b.c"},"queryStringParameters":{"access_token":"a.b.c"}"#,
                token("a.b.c"),
            ),
            (
                r#""headers":{"Authorization":"Bearer a.b.c"},"queryStringParameters":{"access_token":"d.e.f"}"#,
                Err(Ambiguous),
            ),
            (
                r#""headers":{"Authorization":"Bearer d.e.f"},"multiValueHeaders":{"Authorization":["Bearer a.b.c","Bearer d.e.f"]}"#,
                Err(Ambiguous),
            ),
            (r#""headers":{"Authorization":"Bearer a.b.c","authorization":"Bearer d.e.f"}"#, Err(Ambiguous)),
            (r#""headers":{"Authorization":"Bearer a.b.c, Bearer d.e.f"}"#, Err(Malformed)),
            (r#""headers":{"Authorization":"a.b.c"}"#, Err(SchemeNotBearer)),
            (r#""queryStringParameters":{"access_token":"Bearer a.b.c"}"#, Err(Malformed)),
            (r#""queryStringParameters":{"ACCESS_TOKEN":"a.b.c"}"#, Err(Missing)),
            (r#""headers":{"Authorization":null,"X":7,"Y":{"a":1},"Z":true}"#, Err(Missing)),
            (r#""headers":null,"queryStringParameters":null"#, Err(Missing)),
        ] {
            assert_eq!(parse(&request(members)), Ok(expected), "{members}");
        }
    }

    #[test]
    fn what_the_library_refuses_is_read_all_the_same() {
        let headers = r#""headers":{"Authorization":"Bearer a.b.c"}"#;
        for (name, members) in [
            (
                "client certificate without validity",
                r#""requestContext":{"identity":{"clientCert":{"clientCertPem":"x"}}}"#,
            ),
            ("header value with a newline", r#""multiValueHeaders":{"X":["a\nb"]}"#),
            ("header name with a space", r#""multiValueHeaders":{"a b":["c"]}"#),
            ("null in path parameters", r#""pathParameters":{"id":null},"requestContext":{}"#),
            ("null in stage variables", r#""stageVariables":{"a":null},"requestContext":{}"#),
            ("verb with a space", r#""httpMethod":"BREW IT","requestContext":{}"#),
            ("no request context", r#""path":"/""#),
        ] {
            let event = format!(r#"{{"type":"REQUEST","methodArn":"{ARN}",{headers},{members}}}"#);
            assert!(serde_json::from_str::<ApiGatewayCustomAuthorizerRequestTypeRequest>(&event).is_err(), "{name}");
            assert_eq!(parse(&event), Ok(token("a.b.c")), "{name}");
        }
    }

    #[test]
    fn another_event_is_not_guessed_at() {
        use InvalidEvent::{MalformedMethodArn, NoMethodArn, UnknownShape};
        for (event, expected) in [
            ("{}".to_owned(), UnknownShape),
            ("[]".to_owned(), UnknownShape),
            ("null".to_owned(), UnknownShape),
            (r#"{"type":"token"}"#.to_owned(), UnknownShape),
            (r#"{"type":7}"#.to_owned(), UnknownShape),
            (format!(r#"{{"type":"REQUEST","version":"2.0","routeArn":"{ARN}"}}"#), UnknownShape),
            (format!(r#"{{"type":"REQUEST","version":"1.0","methodArn":"{ARN}"}}"#), UnknownShape),
            (format!(r#"{{"type":"TOKEN","authorizationToken":7,"methodArn":"{ARN}"}}"#), UnknownShape),
            (r#"{"type":"TOKEN"}"#.to_owned(), NoMethodArn),
            (r#"{"type":"REQUEST","methodArn":null}"#.to_owned(), NoMethodArn),
            (r#"{"type":"TOKEN","methodArn":"arn:aws:s3:::bucket"}"#.to_owned(), MalformedMethodArn),
        ] {
            assert_eq!(parse(&event), Err(expected), "{event}");
        }
    }
}
