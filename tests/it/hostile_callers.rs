//! What an anonymous caller can cause: refusals at INFO, and warnings about keys as often as the backoff lets them be
//! fetched. Neither an ERROR line nor an answer that becomes a 5XX, so no alarm of `docs/operate.md`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_authorizer::clock::{Clock, UnixTime};
use cognito_authorizer::gateway::{Failure, Gateway, InvalidTokenAnswer, TokenSource};
use cognito_authorizer::jwks::{Algorithms, FetchError, KeyCache, KeyEvent};
use cognito_authorizer::log::{Format, Level, Logger};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::doors::events;
use testkit::{
    KEY, MAX_AGE, NOW, OTHER_KEY, OTHER_POOL, STAGE, ScriptedSource, access, authorizer_over, gateway, id, key_set,
    permissions, trust,
};

const REQUESTS: u64 = 10_000;

/// The requests come over this time, in seconds: long enough for a refresh that fails, short of the age of trust.
const SECONDS: u64 = 7200;

/// The host that the pool was not switched to.
const SECOND_HOST: &str = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_TestPool1";

/// Seconds since [`NOW`].
struct TestClock(Arc<AtomicU64>);

impl Clock for TestClock {
    fn now(&self) -> UnixTime {
        NOW.plus_seconds(self.0.load(Ordering::SeqCst))
    }
}

/// A pool's key endpoint that answered once and is down since, and its second host, which knows nothing of the pool.
fn attacked(seconds: &Arc<AtomicU64>, invalid_token: InvalidTokenAnswer) -> Gateway {
    let logger = Logger { level: Level::Trace, format: Format::Json };
    let cache = |source| {
        let observer = Box::new(move |event: &KeyEvent| logger.message(Level::Warn, event));
        KeyCache::new(Box::new(source), Algorithms::RS256, MAX_AGE, observer)
    };
    let down = Err(FetchError::Connect);
    let mut authorizer = authorizer_over(&permissions(), ScriptedSource::new([down.clone()]));
    authorizer.issuers[0].keys = Arc::new(cache(ScriptedSource::new([Ok(key_set(&[&KEY])), down])));
    let unknown = [Err(FetchError::Status { found: 403 }), Err(FetchError::Status { found: 404 })];
    trust(&mut authorizer, SECOND_HOST, cache(ScriptedSource::new(unknown)));
    Gateway {
        clock: Box::new(TestClock(Arc::clone(seconds))),
        token_sources: ["header:Authorization", "query:t", "cookie:t", "websocket-protocol:bearer"]
            .into_iter()
            .filter_map(TokenSource::parse)
            .collect(),
        invalid_token,
        logger,
        ..gateway(authorizer)
    }
}

/// What somebody without a token of ours can send in its place.
fn tokens() -> Vec<String> {
    let forged = |changes: Value| OTHER_KEY.token(&access(changes));
    let with_header = |header: &str| OTHER_KEY.sign(header, &access(json!({})).to_string());
    let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let old = KEY.token(&access(json!({"exp": 1})));
    vec![
        String::new(),
        "a.b.c".to_owned(),
        "*".to_owned(),
        "..".to_owned(),
        "null".to_owned(),
        "é\u{0}\u{202e}".to_owned(),
        "A".repeat(10_241),
        forged(json!({})),
        forged(json!({"iss": SECOND_HOST})),
        forged(json!({"iss": OTHER_POOL})),
        forged(json!({"iss": ["x"]})),
        forged(json!({"iss": null})),
        with_header(&json!({"alg": "RS256", "kid": KEY.id}).to_string()),
        with_header(r#"{"alg":"none","kid":"x"}"#),
        with_header(r#"{"alg":"RS256","kid":"x","jku":"https://evil.example/jwks.json"}"#),
        with_header(r#"{"alg":"RS256"}"#),
        format!("{}.{}.", encoded(r#"{"alg":"RS256","kid":"x"}"#), encoded(&"[".repeat(4000))),
        OTHER_KEY.token(&id(json!({}))),
        // Found in an old log.
        old.clone(),
        format!("{}x", old),
    ]
}

const METHODS: [&str; 8] = [
    "GET/orders",
    "GET/",
    "BREW/orders",
    "GET/orders/*",
    "GET/orders/${sub}/?",
    "GET//../%2e%2e/%2F",
    "GET/\u{202e}\u{1}é",
    "get/arn:aws:execute-api:::/*/*/*",
];

/// Puts the token somewhere else, or twice, or under another scheme.
fn moved(mut event: Value, token: &str, place: u64) -> Value {
    let changes = match place {
        0 => return event,
        1 => json!({"headers": {"Authorization": token}}),
        2 => json!({"headers": {"Authorization": format!("Basic {token}")}}),
        3 => json!({"headers": {}, "multiValueHeaders": {}, "queryStringParameters": {"t": token}}),
        4 => json!({"headers": {"Cookie": format!("t={token}"), "Authorization": "Bearer a.b.c"}}),
        5 => json!({"headers": {"Sec-WebSocket-Protocol": format!("bearer, {token}")}, "multiValueHeaders": null}),
        6 => json!({"identitySource": ["another"]}),
        _ => json!({"headers": null, "multiValueHeaders": null, "cookies": null, "authorizationToken": ""}),
    };
    event.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    event
}

fn requests() -> Vec<Value> {
    let tokens = tokens();
    let mut requests = Vec::new();
    for number in 0..REQUESTS {
        let index = |of: usize, each: u64| usize::try_from(number / each).unwrap() % of;
        let token = &tokens[index(tokens.len(), 5)];
        let (_, mut event) = events(token).swap_remove(index(5, 1));
        if event["requestContext"]["eventType"] != "CONNECT" {
            let arn = if event["routeArn"].is_string() { "routeArn" } else { "methodArn" };
            event[arn] = json!(format!("{STAGE}{}", METHODS[index(METHODS.len(), 100)]));
        }
        requests.push(moved(event, token, number / 800 % 8));
    }
    requests
}

#[test]
fn ten_thousand_hostile_requests_cause_no_error_line_and_no_alarm() {
    let this = std::env::current_exe().unwrap();
    let test = "hostile_callers::answers_hostile_requests_aloud";
    let aloud = Command::new(this).args(["--exact", test, "--ignored", "--nocapture"]).output().unwrap();
    let log = String::from_utf8(aloud.stdout).unwrap();
    assert!(aloud.status.success(), "an answer becomes a 5XX: {}", log.lines().last().unwrap_or_default());
    assert!(log.matches("\"message\":\"decision\"").count() >= usize::try_from(REQUESTS).unwrap());
    assert_eq!(log.lines().find(|line| line.contains("\"level\":\"ERROR\"")), None);
    // After 1, 2, 4, … 60 s, so two a minute for two endpoints at the most, and the ten of the first minute.
    let warnings = log.matches("\"level\":\"WARN\"").count();
    assert!((1..=20 + 2 * usize::try_from(SECONDS / 60).unwrap()).contains(&warnings), "{warnings} warnings");
}

#[tokio::test]
#[ignore = "writes the log that another test reads"]
async fn answers_hostile_requests_aloud() {
    for mode in [InvalidTokenAnswer::ByApi, InvalidTokenAnswer::Deny, InvalidTokenAnswer::Unauthorized] {
        let seconds = Arc::new(AtomicU64::new(0));
        let gateway = attacked(&seconds, mode);
        gateway.authorizer.issuers[0].keys.prefetch(NOW).await;
        for (number, event) in (0_u64..).zip(requests()) {
            seconds.store(number * SECONDS / REQUESTS, Ordering::SeqCst);
            let answer = gateway.answer(&event.to_string(), "request-1").await;
            assert!(!matches!(answer, Err(Failure::Undecided { .. })), "{event} got {answer:?}");
        }
    }
}
