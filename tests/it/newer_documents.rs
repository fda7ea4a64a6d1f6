//! Permission documents that come while the function runs: what a source may do, and what becomes of the decisions.

use crate::key_endpoint::{accept, response};
use cognito_authorizer::authorizer::Authorizer;
use cognito_authorizer::documents::{
    ActiveDocument, DocumentEvent, DocumentSource, Documents, Extension, ExtensionSource, PATIENCE,
};
use cognito_authorizer::jwks::FetchError;
use lambda_runtime::BoxFuture;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{KEY, LIMITS, NOW, access, authorizer, decide};
use tokio::time::Instant;

const REFRESH_SECONDS: u64 = 30;

/// What a source does when it is asked.
#[derive(Clone)]
enum Answer {
    Text(String),
    Fails(FetchError),
    /// After this time, in milliseconds.
    Late(u64, String),
}

/// Gives its answers in turn, the last one for ever.
#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    fetches: Arc<AtomicUsize>,
    at_once: Arc<AtomicUsize>,
    most_at_once: Arc<AtomicUsize>,
}

impl Script {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let counter = Arc::<AtomicUsize>::default;
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        Self { answers, fetches: counter(), at_once: counter(), most_at_once: counter() }
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

impl DocumentSource for Script {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move {
            let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_at_once.fetch_max(now, Ordering::SeqCst);
            tokio::task::yield_now().await;
            let text = match answer.unwrap() {
                Answer::Text(text) => Ok(text.into_bytes()),
                Answer::Fails(error) => Err(error),
                Answer::Late(milliseconds, text) => {
                    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                    Ok(text.into_bytes())
                }
            };
            self.at_once.fetch_sub(1, Ordering::SeqCst);
            text
        })
    }
}

/// Opens this path and no other.
fn opens(path: &str) -> String {
    json!({"permissions": [{"authenticated": true, "allow": [format!("GET /{path}")]}]}).to_string()
}

fn version_of(text: &str) -> String {
    ActiveDocument::parse(text.as_bytes(), LIMITS).unwrap().version
}

type Events = Arc<Mutex<Vec<DocumentEvent>>>;

/// An authorizer that starts from the document that opens `packaged`.
fn over(source: impl DocumentSource + 'static) -> (Authorizer, Events) {
    let events: Events = Arc::default();
    let heard = Arc::clone(&events);
    let read = |json: &[u8]| ActiveDocument::parse(json, LIMITS).map_err(|error| error.to_string());
    let packaged = Arc::new(read(opens("packaged").as_bytes()).unwrap());
    let observer = Box::new(move |event: &DocumentEvent| heard.lock().unwrap().push(event.clone()));
    let documents = Documents::refreshed(packaged, Box::new(source), REFRESH_SECONDS, Box::new(read), observer);
    let document: Value = serde_json::from_str(&opens("packaged")).unwrap();
    (Authorizer { documents, ..authorizer(&document) }, events)
}

/// Which of these paths is open, so many seconds after the start?
async fn open(authorizer: &Authorizer, seconds: u64) -> Vec<&'static str> {
    let token = KEY.token(&access(json!({})));
    let mut open = Vec::new();
    for path in ["packaged", "one", "two"] {
        let decision = decide(authorizer, &token, &format!("GET/{path}"), NOW.plus_seconds(seconds)).await.unwrap();
        if decision.permitted {
            open.push(path);
        }
    }
    open
}

#[tokio::test(start_paused = true)]
async fn a_new_version_decides_from_the_first_request_after_the_refresh_and_an_older_one_again() {
    let source = Script::new([opens("one"), opens("two"), opens("one")].map(Answer::Text));
    let (authorizer, events) = over(source.clone());
    for (seconds, expected, fetches) in
        [(0, "one", 1), (29, "one", 1), (30, "two", 2), (59, "two", 2), (60, "one", 3), (90, "one", 4)]
    {
        assert_eq!((open(&authorizer, seconds).await, source.fetches()), (vec![expected], fetches), "{seconds}");
    }
    let versions = |text: &str| version_of(&opens(text));
    let replaced =
        |before: &str, version: &str| DocumentEvent::Replaced { before: versions(before), version: versions(version) };
    let expected = [replaced("packaged", "one"), replaced("one", "two"), replaced("two", "one")];
    assert_eq!(*events.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_document_that_closes_everything_closes_everything() {
    let closed = json!({"permissions": [{"authenticated": true, "deny": ["ANY /", "ANY /{any+}"]}]}).to_string();
    let (authorizer, _) = over(Script::new([Answer::Text(closed)]));
    assert!(open(&authorizer, 0).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_document_that_cannot_be_used_changes_nothing_and_is_told_once() {
    let route_twice = r#"{"permissions":[{"allow":["GET /x"]}]}"#;
    for bad in ["", "{", "null", "[]", "<html>busy</html>", "{}", route_twice, "\u{0}"] {
        let source = Script::new([opens("one"), bad.to_owned()].map(Answer::Text));
        let (authorizer, events) = over(source.clone());
        for seconds in [0, 30, 60, 90] {
            assert_eq!(open(&authorizer, seconds).await, ["one"], "{bad} {seconds}");
        }
        assert_eq!(source.fetches(), 4);
        let events = events.lock().unwrap();
        let rejected = events.iter().filter(|event| matches!(event, DocumentEvent::Rejected { .. })).count();
        assert_eq!((events.len(), rejected), (2, 1), "{bad}: {events:?}");
        assert_eq!(authorizer.documents.counts().rejections, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_keeps_the_last_good_document_is_told_once_and_so_is_its_end() {
    let failing = |error: FetchError| Answer::Fails(error);
    let source = Script::new([
        Answer::Text(opens("one")),
        failing(FetchError::Status { found: 404 }),
        failing(FetchError::Status { found: 404 }),
        failing(FetchError::Connect),
        Answer::Text(opens("two")),
    ]);
    let (authorizer, events) = over(source.clone());
    // After 1, 2 and 4 seconds.
    for (seconds, expected, fetches) in
        [(0, "one", 1), (30, "one", 2), (31, "one", 3), (32, "one", 3), (33, "one", 4), (36, "one", 4), (37, "two", 5)]
    {
        assert_eq!((open(&authorizer, seconds).await, source.fetches()), (vec![expected], fetches), "{seconds}");
    }
    let told: Vec<String> = events.lock().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 5, "{told:#?}");
    assert!(told[1].ends_with("fetch_status") && told[2].ends_with("fetch_connect"), "{told:#?}");
    assert_eq!(told[3], "permission document fetched again after 3 failures");
    assert_eq!(authorizer.documents.counts().failures, 3);
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_for_a_slow_source_no_longer_than_its_patience_and_the_answer_decides_later() {
    let (authorizer, _) = over(Script::new([Answer::Late(200, opens("one"))]));
    let token = KEY.token(&access(json!({})));
    let before = Instant::now();
    let decision = decide(&authorizer, &token, "GET/packaged", NOW).await.unwrap();
    assert!(decision.permitted);
    assert_eq!(before.elapsed().as_millis(), PATIENCE.as_millis());
    // Nobody else waits for somebody's look.
    decide(&authorizer, &token, "GET/packaged", NOW).await.unwrap();
    assert_eq!(before.elapsed().as_millis(), PATIENCE.as_millis());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(open(&authorizer, 1).await, ["one"]);
}

#[tokio::test(start_paused = true)]
async fn a_flood_looks_once_at_a_time() {
    let source = Script::new([opens("one"), opens("two")].map(Answer::Text));
    let (authorizer, _) = over(source.clone());
    let authorizer = Arc::new(authorizer);
    for (seconds, fetches) in [(0, 1), (30, 2)] {
        let mut requests = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let authorizer = Arc::clone(&authorizer);
            requests.spawn(async move { open(&authorizer, seconds).await });
        }
        requests.join_all().await;
        assert_eq!((source.fetches(), source.most_at_once.load(Ordering::SeqCst)), (fetches, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn eight_concurrent_requests_never_see_half_a_document() {
    let texts = ["one", "two"].map(opens);
    let versions = texts.clone().map(|text| version_of(&text));
    let (authorizer, events) = over(Script::new((0..20_000).map(|number| Answer::Text(texts[number % 2].clone()))));
    let authorizer = Arc::new(authorizer);
    let token = Arc::new(KEY.token(&access(json!({}))));
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (authorizer, token, versions) = (Arc::clone(&authorizer), Arc::clone(&token), versions.clone());
        requests.spawn(async move {
            for _ in 0..100 {
                let decision = decide(&authorizer, &token, "GET/one", NOW).await.unwrap();
                let decided_by = |number: usize| decision.document.version == versions[number];
                let policy = serde_json::to_string(&decision.policy.document).unwrap();
                // Every part is of one document: the verdict, the policy and the version.
                assert_eq!(decision.permitted, decided_by(0));
                assert_eq!(policy.contains("GET/two"), decided_by(1), "{policy}");
            }
        });
    }
    // Documents change as fast as they can meanwhile.
    let changing = Arc::clone(&authorizer);
    let changes = tokio::spawn(async move {
        for look in 1.. {
            changing.documents.refresh(NOW.plus_seconds(look * REFRESH_SECONDS)).await;
        }
    });
    requests.join_all().await;
    changes.abort();
    assert!(events.lock().unwrap().len() > 100, "too few changes to prove anything");
}

/// Answers each request of an extension by the script, which sees the request's head.
fn extension(script: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> u16 {
    accept(move |mut stream| {
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
            request.push(byte[0]);
        }
        script(&String::from_utf8_lossy(&request), &mut stream);
    })
}

fn app_config() -> Extension {
    let [application, environment, profile] = ["orders", "prod", "permissions"].map(ToOwned::to_owned);
    Extension::AppConfig { application, environment, profile }
}

#[tokio::test]
async fn appconfigs_extension_is_asked_by_its_path_and_its_answer_decides() {
    let port = extension(|request, stream| {
        let is_asked =
            request.starts_with("GET /applications/orders/environments/prod/configurations/permissions HTTP/1.1");
        let status = if is_asked && !request.contains("secret-token") { "200 OK" } else { "400 Bad Request" };
        stream.write_all(&response(status, "Configuration-Version: 7\r\n", &opens("one"))).unwrap();
    });
    let source = ExtensionSource::new(app_config(), port, Some("secret-token".to_owned()));
    assert_eq!(source.fetch().await, Ok(opens("one").into_bytes()));
}

#[tokio::test]
async fn the_parameter_stores_extension_gets_its_token_and_the_document_is_taken_out_of_its_answer() {
    let port = extension(|request, stream| {
        let knows = request.to_ascii_lowercase().contains("x-aws-parameters-secrets-token: secret-token");
        let body =
            if request.starts_with("GET /systemsmanager/parameters/get?withDecryption=true&name=%2Forders HTTP/1.1") {
                json!({"Parameter": {"Name": "/orders", "Value": opens("one"), "Version": 3}, "ResultMetadata": {}})
            } else {
                json!({"Name": "orders", "SecretString": opens("two"), "VersionId": "x"})
            };
        let status = if knows { "200 OK" } else { "401 Unauthorized" };
        stream.write_all(&response(status, "", &body.to_string())).unwrap();
    });
    let token = Some("secret-token".to_owned());
    for (extension, expected) in
        [(Extension::Parameter("/orders".to_owned()), "one"), (Extension::Secret("orders".to_owned()), "two")]
    {
        assert_eq!(
            ExtensionSource::new(extension.clone(), port, token.clone()).fetch().await,
            Ok(opens(expected).into_bytes())
        );
        let without = ExtensionSource::new(extension, port, None).fetch().await;
        assert_eq!(without, Err(FetchError::Status { found: 401 }));
    }
}

#[tokio::test]
async fn whatever_an_extension_does_the_document_at_hand_goes_on_deciding() {
    let nobody = accept(drop);
    let missing = extension(|_, stream| stream.write_all(&response("404 Not Found", "", "")).unwrap());
    let busy = extension(|_, stream| stream.write_all(&response("500 Internal Server Error", "", "{}")).unwrap());
    let garbage = extension(|_, stream| stream.write_all(b"\x15\x03\x01 no HTTP").unwrap());
    let broken =
        extension(|_, stream| stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"perm").unwrap());
    let no_document = extension(|_, stream| stream.write_all(&response("200 OK", "", "<html></html>")).unwrap());
    for (name, port) in [
        ("nobody answers", nobody),
        ("missing", missing),
        ("busy", busy),
        ("garbage", garbage),
        ("broken", broken),
        ("no document", no_document),
    ] {
        let (authorizer, _) = over(ExtensionSource::new(app_config(), port, None));
        for seconds in [0, 30, 60] {
            assert_eq!(open(&authorizer, seconds).await, ["packaged"], "{name}");
        }
    }
}
