//! What does API Gateway ask?
//!
//! A TOKEN event is read as [`ApiGatewayCustomAuthorizerRequest`]. The other events are read by a type of our own,
//! because those of `aws_lambda_events` refuse some that API Gateway sends: a client certificate without `validity`, a
//! verb they do not know, a `null` in a map (the tests at the end hold each against it).

use super::event::{Api, RequestEvent};
use super::fields::Texts;
use super::source::{self, RequestFields, TokenSource};
use crate::token::{BearerToken, InvalidToken, Scheme};
use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerRequest;
use permissions::Method;
use permissions::json::Object;
use serde::Deserialize;
use std::fmt;

/// The largest event read, in bytes. API Gateway takes 10,240 bytes of headers, writes them and the URL's parts down two or
/// three times, and adds its own: a tenth of this. Lambda itself would take 6 MB.
pub const LARGEST_EVENT: usize = 1024 * 1024;

/// What is to be decided: may the holder of this token call this method?
#[derive(Debug)]
pub struct AuthorizationRequest {
    /// The kind of API that asks.
    pub api: Api,
    /// The token, or why there is none to look at.
    pub token: Result<BearerToken, InvalidToken>,
    /// The method asked for.
    pub method: Method,
}

impl AuthorizationRequest {
    /// Reads an event.
    ///
    /// # Errors
    /// [`InvalidEvent`] when it is not an authorizer event of API Gateway.
    pub fn parse(event: &str, sources: &[TokenSource]) -> Result<Self, InvalidEvent> {
        if event.len() > LARGEST_EVENT {
            return Err(InvalidEvent::TooLarge);
        }
        // A REQUEST event reads happily as a TOKEN event without a token, so its type is asked for.
        let token_event = read::<ApiGatewayCustomAuthorizerRequest>(event).ok();
        if let Some(event) = token_event.filter(|event| event.type_.as_deref() == Some("TOKEN")) {
            return of_token_event(event);
        }
        of_request_event(read(event)?, sources)
    }
}

fn of_token_event(event: ApiGatewayCustomAuthorizerRequest) -> Result<AuthorizationRequest, InvalidEvent> {
    let token = BearerToken::parse(event.authorization_token.as_deref().unwrap_or_default(), Scheme::Optional);
    Ok(AuthorizationRequest { api: Api::Rest, token, method: method(Api::Rest, event.method_arn)? })
}

fn of_request_event(event: RequestEvent<'_>, sources: &[TokenSource]) -> Result<AuthorizationRequest, InvalidEvent> {
    let api = event.api().ok_or(InvalidEvent::UnknownShape)?;
    let arn = if api == Api::Http2 { event.route_arn } else { event.method_arn };
    let fields = RequestFields {
        headers: [event.headers, event.multi_value_headers].into_iter().flatten().collect(),
        query: [event.query_string_parameters, event.multi_value_query_string_parameters]
            .into_iter()
            .flatten()
            .collect(),
        cookies: event.cookies.map(|Texts(cookies)| cookies).unwrap_or_default(),
    };
    Ok(AuthorizationRequest { api, token: source::find(sources, &fields), method: method(api, arn)? })
}

/// Only a WebSocket API asks for `$connect`, and it asks for nothing else.
fn method(api: Api, arn: Option<String>) -> Result<Method, InvalidEvent> {
    let method = Method::parse(arn.ok_or(InvalidEvent::NoMethodArn)?).ok();
    let fitting = method.filter(|method| method.is_connect() == (api == Api::WebSocket));
    fitting.ok_or(InvalidEvent::MalformedMethodArn)
}

/// The library's error is dropped: it may quote the event.
fn read<'a, T: Deserialize<'a>>(event: &'a str) -> Result<T, InvalidEvent> {
    serde_json::from_str(event).map(|Object(event)| event).map_err(|_| InvalidEvent::UnknownShape)
}

/// Why an event is not understood. Nothing of the event is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidEvent {
    /// `methodArn` or `routeArn` is not the ARN of a method of this kind of API.
    MalformedMethodArn,
    /// There is no `methodArn`, or no `routeArn` where that stands for it.
    NoMethodArn,
    /// It is larger than any request to an API makes it.
    TooLarge,
    /// It is not an authorizer event of API Gateway.
    UnknownShape,
}

impl InvalidEvent {
    /// A stable code for logs, metrics and tests.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::MalformedMethodArn => "method_arn_malformed",
            Self::NoMethodArn => "method_arn_missing",
            Self::TooLarge => "event_too_large",
            Self::UnknownShape => "event_unknown",
        }
    }
}

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedMethodArn => "found another text, expected the ARN of a method of this API",
            Self::NoMethodArn => "found no `methodArn` or `routeArn`, expected the ARN of an API's method",
            Self::TooLarge => "found more than 1 MiB, expected an authorizer event of API Gateway",
            Self::UnknownShape => {
                "found another event, expected a `TOKEN` or `REQUEST` authorizer event of API Gateway"
            }
        })
    }
}

impl std::error::Error for InvalidEvent {}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lambda_events::apigw::ApiGatewayCustomAuthorizerRequestTypeRequest;

    const ARN: &str = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/test/GET/orders/42";

    const CONNECT_EVENT: &str = r#"{"type":"REQUEST","methodArn":"arn:aws:execute-api:us-east-1:123456789012:abcdef1234/test/$connect","headers":{"Authorization":"Bearer a.b.c"},"requestContext":{"eventType":"CONNECT","connectionId":"x"}}"#;

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
            (r#""cookies":["x=1","token=a.b.c"],"headers":{}"#, token("a.b.c")),
            (r#""cookies":["token=a.b.c"],"headers":{"cookie":"token=d.e.f"}"#, Err(Ambiguous)),
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
    fn each_kind_of_api_is_known_by_what_its_event_says() {
        let members = format!(r#""methodArn":"{ARN}","headers":{{"authorization":"Bearer a.b.c"}}"#);
        let http2 = members.replace("methodArn", "routeArn");
        for (event, expected) in [
            (format!(r#"{{"type":"TOKEN","authorizationToken":"a.b.c","methodArn":"{ARN}"}}"#), Api::Rest),
            (format!(r#"{{"type":"REQUEST",{members}}}"#), Api::Rest),
            (format!(r#"{{"type":"REQUEST","version":null,{members}}}"#), Api::Rest),
            (format!(r#"{{"type":"REQUEST","version":"$LATEST",{members}}}"#), Api::Rest),
            (format!(r#"{{"type":"REQUEST","version":"1.0",{members}}}"#), Api::Http1),
            (format!(r#"{{"type":"REQUEST","version":"2.0",{http2}}}"#), Api::Http2),
            (format!(r#"{{"version":"2.0",{http2},"cookies":null,"identitySource":null}}"#), Api::Http2),
            (format!(r#"{{"type":"REQUEST","version":"3.0",{http2}}}"#), Api::Http2),
            (CONNECT_EVENT.to_owned(), Api::WebSocket),
            (CONNECT_EVENT.replacen('{', r#"{"version":"$LATEST","#, 1), Api::WebSocket),
        ] {
            let request = AuthorizationRequest::parse(&event, &[TokenSource::authorization_header()]);
            let found = request.map(|request| (request.api, request.token));
            assert_eq!(found, Ok((expected, token("a.b.c"))), "{event}");
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
            (format!(r#"["TOKEN","a.b.c","{ARN}"]"#), UnknownShape),
            ("null".to_owned(), UnknownShape),
            (r#"{"type":"token"}"#.to_owned(), UnknownShape),
            (r#"{"type":7}"#.to_owned(), UnknownShape),
            (r#"{"type":"REQUEST","version":2.0}"#.to_owned(), UnknownShape),
            (r#"{"version":"1.0"}"#.to_owned(), UnknownShape),
            (r#"{"authorizationToken":"a.b.c","requestContext":{"apiId":"x"}}"#.to_owned(), UnknownShape),
            (format!(r#"{{"type":"REQUEST","version":"2.0","methodArn":"{ARN}"}}"#), NoMethodArn),
            (
                format!(r#"{{"type":"REQUEST","requestContext":{{"eventType":"CONNECT"}},"methodArn":"{ARN}"}}"#),
                MalformedMethodArn,
            ),
            (CONNECT_EVENT.replace("CONNECT\"", "MESSAGE\""), MalformedMethodArn),
            (format!(r#"{{"type":"TOKEN","authorizationToken":7,"methodArn":"{ARN}"}}"#), UnknownShape),
            (r#"{"type":"TOKEN"}"#.to_owned(), NoMethodArn),
            (r#"{"type":"REQUEST","methodArn":null}"#.to_owned(), NoMethodArn),
            (r#"{"type":"TOKEN","methodArn":"arn:aws:s3:::bucket"}"#.to_owned(), MalformedMethodArn),
        ] {
            assert_eq!(parse(&event), Err(expected), "{event}");
        }
    }
}
