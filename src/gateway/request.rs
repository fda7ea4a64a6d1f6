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
use serde_json::value::RawValue;
use std::collections::BTreeMap;
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
    /// Is the answer kept under a key that holds the token? `false` only where the event names its identity sources and
    /// none of them does: an HTTP API's.
    pub token_in_cache_key: bool,
    /// API Gateway's own id of the request, where the event has it.
    pub request_id: Option<String>,
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
        let request = read(event).and_then(|event| of_request_event(event, sources));
        request.map_err(|error| if is_warm_up(event) { InvalidEvent::WarmUp } else { error })
    }
}

fn of_token_event(event: ApiGatewayCustomAuthorizerRequest) -> Result<AuthorizationRequest, InvalidEvent> {
    let token = BearerToken::parse(event.authorization_token.as_deref().unwrap_or_default(), Scheme::Optional);
    // The whole header is the key.
    let method = method(Api::Rest, event.method_arn)?;
    Ok(AuthorizationRequest { api: Api::Rest, token, method, token_in_cache_key: true, request_id: None })
}

fn of_request_event(event: RequestEvent<'_>, sources: &[TokenSource]) -> Result<AuthorizationRequest, InvalidEvent> {
    let api = event.api().ok_or(InvalidEvent::UnknownShape)?;
    let request_id = event.request_id();
    let arn = if api == Api::Http2 { event.route_arn } else { event.method_arn };
    let fields = RequestFields {
        headers: [event.headers, event.multi_value_headers].into_iter().flatten().collect(),
        query: [event.query_string_parameters, event.multi_value_query_string_parameters]
            .into_iter()
            .flatten()
            .collect(),
        cookies: event.cookies.map(|Texts(cookies)| cookies).unwrap_or_default(),
    };
    let found = source::find(sources, &fields);
    // An HTTP API without identity sources does not cache. REST APIs do not say what theirs are, and WebSocket APIs do
    // not cache.
    let Texts(identity_sources) = event.identity_source.unwrap_or_default();
    let names_its_key = matches!(api, Api::Http1 | Api::Http2) && !identity_sources.is_empty();
    let token_in_cache_key = !names_its_key || found.is_within(&identity_sources);
    Ok(AuthorizationRequest { api, method: method(api, arn)?, token_in_cache_key, token: found.token, request_id })
}

/// Only a WebSocket API asks for `$connect`, and it asks for nothing else.
fn method(api: Api, arn: Option<String>) -> Result<Method, InvalidEvent> {
    let arn = arn.ok_or(InvalidEvent::NoMethodArn)?;
    // A copy costs less than to look for faults in what has none.
    let method = Method::parse(arn.clone()).ok();
    let fitting = method.filter(|method| method.is_connect() == (api == Api::WebSocket));
    fitting.ok_or_else(|| InvalidEvent::MalformedMethodArn { fault: ArnFault::of(&arn) })
}

/// Is this what keeps functions warm, or what the console's "Test" sends? API Gateway's events have a type or a version,
/// so they are none of these.
fn is_warm_up(event: &str) -> bool {
    let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(event) else { return false };
    let says = |name: &str, text: &str| {
        let value = members.get(name).and_then(|value| serde_json::from_str::<String>(value.get()).ok());
        value.is_some_and(|value| value == text)
    };
    // The plugin's default payload, and EventBridge's for a schedule ("Scheduled Event" in its user guide).
    let is_scheduled = says("source", "aws.events") && says("detail-type", "Scheduled Event");
    members.is_empty() || says("source", "serverless-plugin-warmup") || is_scheduled
}

/// The library's error is dropped: it may quote the event.
fn read<'a, T: Deserialize<'a>>(event: &'a str) -> Result<T, InvalidEvent> {
    serde_json::from_str(event).map(|Object(event)| event).map_err(|_| InvalidEvent::UnknownShape)
}

/// Why an event is not understood. Nothing of the event is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidEvent {
    /// `methodArn` or `routeArn` is not the ARN of a method of this kind of API.
    MalformedMethodArn {
        /// What is known to be wrong with it.
        fault: ArnFault,
    },
    /// There is no `methodArn`, or no `routeArn` where that stands for it.
    NoMethodArn,
    /// It is larger than any request to an API makes it.
    TooLarge,
    /// It is not an authorizer event of API Gateway.
    UnknownShape,
    /// It asks for nothing: it keeps the function warm.
    WarmUp,
}

/// What is known of ARNs in sample events: the console's, and those of `sam local generate-event`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArnFault {
    /// The API's id is empty.
    NoApi,
    /// Nothing follows the verb.
    NoPath,
    /// Nothing in particular.
    Other,
    /// The stage is `*`.
    StarAsStage,
}

impl ArnFault {
    fn of(arn: &str) -> Self {
        let mut parts = arn.splitn(6, ':').nth(5).unwrap_or_default().splitn(4, '/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (_, Some("*"), ..) => Self::StarAsStage,
            (Some(""), Some(_), ..) => Self::NoApi,
            (_, _, Some(verb), None) if !verb.starts_with('$') => Self::NoPath,
            _ => Self::Other,
        }
    }
}

impl InvalidEvent {
    /// A stable code for logs, metrics and tests.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::MalformedMethodArn { .. } => "method_arn_malformed",
            Self::NoMethodArn => "method_arn_missing",
            Self::TooLarge => "event_too_large",
            Self::UnknownShape => "event_unknown",
            Self::WarmUp => "warm_up",
        }
    }
}

impl fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedMethodArn { fault: ArnFault::StarAsStage } => {
                "found a sample event: its stage is `*`, expected the name of a stage in the method's ARN"
            }
            Self::MalformedMethodArn { fault: ArnFault::NoApi } => {
                "found a sample event: its API id is empty, expected the id of an API in the method's ARN"
            }
            Self::MalformedMethodArn { fault: ArnFault::NoPath } => {
                "found a sample event: its path is missing, expected a `/` after the verb in the method's ARN"
            }
            Self::MalformedMethodArn { fault: ArnFault::Other } => {
                "found another text, expected the ARN of a method of this API"
            }
            Self::NoMethodArn => "found no `methodArn` or `routeArn`, expected the ARN of an API's method",
            Self::TooLarge => "found more than 1 MiB, expected an authorizer event of API Gateway",
            Self::WarmUp => "found an event that keeps the function warm",
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
            TokenSource::WebSocketProtocol("bearer".to_owned()),
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
            (r#""headers":{"Authorization":"a.b.c"}"#, token("a.b.c")),
            (r#""headers":{"Authorization":"Basic YTpi"}"#, Err(SchemeNotBearer)),
            (r#""headers":{"Authorization":"DPoP a.b.c"}"#, Err(SchemeNotBearer)),
            (r#""queryStringParameters":{"access_token":"Bearer a.b.c"}"#, token("a.b.c")),
            (r#""queryStringParameters":{"access_token":"Basic a.b.c"}"#, Err(SchemeNotBearer)),
            (r#""headers":{"Cookie":"token=Bearer a.b.c"}"#, Err(Malformed)),
            (r#""headers":{"sec-websocket-protocol":"chat, bearer,a.b.c"}"#, token("a.b.c")),
            (
                r#""headers":{"Sec-WebSocket-Protocol":"bearer, a.b.c"},"multiValueHeaders":{"Sec-WebSocket-Protocol":["bearer, a.b.c"]}"#,
                token("a.b.c"),
            ),
            (r#""headers":{"Sec-WebSocket-Protocol":"bearer, a.b.c, bearer, d.e.f"}"#, Err(Ambiguous)),
            (r#""headers":{"Sec-WebSocket-Protocol":"Bearer, a.b.c"}"#, Err(Missing)),
            (r#""headers":{"Sec-WebSocket-Protocol":"a.b.c, bearer"}"#, Err(Missing)),
            (r#""headers":{"Sec-WebSocket-Protocol":"bearer, Bearer a.b.c"}"#, Err(Malformed)),
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
        let of = |resource: &str| format!(r#""requestContext":{{"resourceId":"{resource}"}}"#);
        for (event, expected) in [
            (format!(r#"{{"type":"TOKEN","authorizationToken":"a.b.c","methodArn":"{ARN}"}}"#), Api::Rest),
            (format!(r#"{{"type":"REQUEST",{members}}}"#), Api::Rest),
            (format!(r#"{{"type":"REQUEST","version":null,{members}}}"#), Api::Rest),
            (format!(r#"{{"type":"REQUEST","version":"$LATEST",{members}}}"#), Api::Rest),
            (format!(r#"{{"type":"REQUEST","version":"1.0",{members}}}"#), Api::Http1),
            (format!(r#"{{"type":"REQUEST","version":"1.0",{members},{}}}"#, of("ANY /request")), Api::Http1),
            (format!(r#"{{"type":"REQUEST","version":"1.0",{members},{}}}"#, of("$default")), Api::Http1),
            (format!(r#"{{"type":"REQUEST","version":"1.0",{members},{}}}"#, of("k9x2ab")), Api::Rest),
            (format!(r#"{{"type":"REQUEST","version":"1.0",{members},{}}}"#, of("random-resource-id")), Api::Rest),
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
        use InvalidEvent::{NoMethodArn, UnknownShape};
        let malformed = InvalidEvent::MalformedMethodArn { fault: ArnFault::Other };
        for (event, expected) in [
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
                malformed,
            ),
            (CONNECT_EVENT.replace("CONNECT\"", "MESSAGE\""), malformed),
            (format!(r#"{{"type":"TOKEN","authorizationToken":7,"methodArn":"{ARN}"}}"#), UnknownShape),
            (r#"{"type":"TOKEN"}"#.to_owned(), NoMethodArn),
            (r#"{"type":"REQUEST","methodArn":null}"#.to_owned(), NoMethodArn),
            (r#"{"type":"TOKEN","methodArn":"arn:aws:s3:::bucket"}"#.to_owned(), malformed),
        ] {
            assert_eq!(parse(&event), Err(expected), "{event}");
        }
    }
    #[test]
    fn what_keeps_a_function_warm_asks_for_nothing() {
        let scheduled = r#"{"version":"0","id":"x","detail-type":"Scheduled Event","source":"aws.events","detail":{}}"#;
        for (event, expected) in [
            ("{}", InvalidEvent::WarmUp),
            (" { } ", InvalidEvent::WarmUp),
            (r#"{"source":"serverless-plugin-warmup"}"#, InvalidEvent::WarmUp),
            (scheduled, InvalidEvent::WarmUp),
            (r#"{"source":"aws.events","detail-type":"Something Else"}"#, InvalidEvent::UnknownShape),
            (r#"{"source":"aws.s3"}"#, InvalidEvent::UnknownShape),
            (r#"{"source":["serverless-plugin-warmup"]}"#, InvalidEvent::UnknownShape),
            (r#"{"key":"value"}"#, InvalidEvent::UnknownShape),
            (r#"{"httpMethod":"GET","path":"/"}"#, InvalidEvent::UnknownShape),
        ] {
            assert_eq!(parse(event), Err(expected), "{event}");
        }
    }

    #[test]
    fn a_sample_event_is_told_by_what_is_wrong_with_its_arn() {
        for (method, expected) in [
            ("abcdef1234/*/GET/orders", ArnFault::StarAsStage),
            ("/prod/POST/{proxy+}", ArnFault::NoApi),
            ("abcdef1234/test/GET", ArnFault::NoPath),
            ("abcdef1234/test//", ArnFault::Other),
            ("", ArnFault::Other),
        ] {
            let arn = format!("arn:aws:execute-api:us-east-1:123456789012:{method}");
            let event = format!(r#"{{"type":"TOKEN","authorizationToken":"a.b.c","methodArn":"{arn}"}}"#);
            assert_eq!(parse(&event), Err(InvalidEvent::MalformedMethodArn { fault: expected }), "{method}");
        }
    }

    #[test]
    fn a_token_outside_the_named_identity_sources_is_not_in_the_cache_key() {
        let arn = |version: &str| if version == "2.0" { "routeArn" } else { "methodArn" };
        for (version, sources, members, expected) in [
            ("2.0", r#"["Bearer a.b.c"]"#, r#""headers":{"authorization":"Bearer a.b.c"}"#, true),
            ("2.0", r#"["GET /orders","Bearer a.b.c"]"#, r#""headers":{"authorization":"Bearer a.b.c"}"#, true),
            ("2.0", r#"["x=1; token=a.b.c"]"#, r#""cookies":["x=1","token=a.b.c"]"#, true),
            ("2.0", r#"["a.b.c"]"#, r#""headers":{"authorization":"Bearer a.b.c"},"cookies":["token=a.b.c"]"#, true),
            ("2.0", r#"["t1"]"#, r#""headers":{"authorization":"Bearer a.b.c"}"#, false),
            ("2.0", r#"["t1"]"#, r#""headers":{"authorization":"Basic YTpi"}"#, false),
            ("2.0", r#"["Basic YTpi"]"#, r#""headers":{"authorization":"Basic YTpi"}"#, true),
            ("2.0", r#"["Bearer"]"#, r#""headers":{"authorization":"Bearer"}"#, true),
            ("2.0", r#"["t1"]"#, r#""headers":{"authorization":""}"#, false),
            ("2.0", r#"["t1"]"#, r#""headers":{}"#, false),
            ("2.0", r#"[""]"#, r#""headers":{"authorization":"Bearer a.b.c"}"#, false),
            ("2.0", r#"["a.b.c"]"#, r#""headers":{"authorization":"a.b.c"},"cookies":["token=d.e.f"]"#, false),
            ("2.0", r#"["a.b.c","d.e.f"]"#, r#""headers":{"authorization":"a.b.c"},"cookies":["token=d.e.f"]"#, true),
            ("2.0", "null", r#""headers":{"authorization":"Bearer a.b.c"}"#, true),
            ("2.0", "[]", r#""headers":{"authorization":"Bearer a.b.c"}"#, true),
            ("1.0", r#""user1,Bearer a.b.c""#, r#""headers":{"Authorization":"Bearer a.b.c"}"#, true),
            ("1.0", r#""user1,123""#, r#""headers":{"Authorization":"Bearer a.b.c"}"#, false),
            ("$LATEST", r#""user1,123""#, r#""headers":{"Authorization":"Bearer a.b.c"}"#, true),
        ] {
            let arn = arn(version);
            let event = format!(
                r#"{{"version":"{version}","type":"REQUEST","{arn}":"{ARN}","identitySource":{sources},{members}}}"#
            );
            let places = [TokenSource::authorization_header(), TokenSource::Cookie("token".to_owned())];
            let request = AuthorizationRequest::parse(&event, &places).unwrap();
            assert_eq!(request.token_in_cache_key, expected, "{event}");
        }
    }
}
