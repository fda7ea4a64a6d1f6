//! Where an issuer says that its keys are, and what becomes of it: the real client against servers on loopback.

use crate::key_endpoint::{accept, response};
use cognito_authorizer::jwks::{
    Algorithms, DiscoveredKeySource, Discovery, FetchError, KeyCache, KeyId, KeyOrigin, KeySource, NoKey, TrustedRoots,
    Unavailable,
};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use testkit::{KEY, MAX_AGE, NOW, OTHER_KEY, SigningKey, key_set};

/// An issuer on loopback: what it answers by path, and which paths it was asked for.
#[derive(Clone)]
struct Server {
    port: u16,
    answers: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

const BELOW: &str = "/tenant/.well-known/openid-configuration";
const BETWEEN: &str = "/.well-known/oauth-authorization-server/tenant";

impl Server {
    /// Everything that was not put there is 404, after this delay.
    fn start(delay: Duration) -> Self {
        let (answers, asked) =
            (Arc::<Mutex<HashMap<String, Vec<u8>>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (known, heard) = (Arc::clone(&answers), Arc::clone(&asked));
        let port = accept(move |mut stream| {
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
                request.push(byte[0]);
            }
            let path = String::from_utf8(request).unwrap().split(' ').nth(1).unwrap_or_default().to_owned();
            let answer = known.lock().unwrap().get(&path).cloned();
            heard.lock().unwrap().push(path);
            thread::sleep(delay);
            let _ = stream.write_all(&answer.unwrap_or_else(|| response("404 Not Found", "", "")));
        });
        Self { port, answers, asked }
    }

    fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}/tenant", self.port)
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn put(&self, path: &str, status: &str, body: &str) {
        self.answers.lock().unwrap().insert(path.to_owned(), response(status, "", body));
    }

    /// The issuer's document at this path, with its keys at that one.
    fn document(&self, path: &str, keys: &str) {
        let text = format!(r#"{{"issuer":"{}","jwks_uri":"{}"}}"#, self.issuer(), self.url(keys));
        self.put(path, "200 OK", &text);
    }

    fn source(&self) -> DiscoveredKeySource {
        let documents = vec![self.url(BELOW), self.url(BETWEEN)];
        DiscoveredKeySource::new(Discovery { issuer: self.issuer(), documents }, TrustedRoots::default())
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn server() -> Server {
    Server::start(Duration::ZERO)
}

#[tokio::test]
async fn keys_are_fetched_from_where_the_issuers_document_says() {
    let server = server();
    server.document(BELOW, "/keys");
    server.put("/keys", "200 OK", "the keys");
    assert_eq!(server.source().fetch().await, Ok(b"the keys".to_vec()));
    assert_eq!(server.asked(), [BELOW, "/keys"]);
}

#[tokio::test]
async fn the_second_place_is_asked_where_the_first_has_no_document_and_never_otherwise() {
    let server = server();
    server.document(BETWEEN, "/keys");
    server.put("/keys", "200 OK", "the keys");
    assert_eq!(server.source().fetch().await, Ok(b"the keys".to_vec()));
    assert_eq!(server.asked(), [BELOW, BETWEEN, "/keys"]);
    for (status, found) in [("403 Forbidden", 403), ("500 Internal Server Error", 500), ("302 Found", 302)] {
        server.put(BELOW, status, "");
        assert_eq!(server.source().fetch().await, Err(FetchError::Status { found }), "{status}");
        assert_eq!(server.asked(), [BELOW], "{status}");
    }
    server.put(BELOW, "200 OK", r#"{"issuer":"https://another.example","jwks_uri":"https://another.example/keys"}"#);
    assert_eq!(server.source().fetch().await, Err(FetchError::DiscoveryIssuer { slash: false }));
    assert_eq!(server.asked(), [BELOW], "nothing is fetched for another issuer's document");
}

#[tokio::test]
async fn without_a_document_anywhere_nothing_else_is_asked() {
    let server = server();
    assert_eq!(server.source().fetch().await, Err(FetchError::Status { found: 404 }));
    assert_eq!(server.asked(), [BELOW, BETWEEN]);
}

#[tokio::test]
async fn document_and_keys_have_one_bound_together() {
    let slow = Server::start(Duration::from_millis(1500));
    slow.document(BELOW, "/keys");
    slow.put("/keys", "200 OK", "the keys");
    let started = Instant::now();
    assert_eq!(slow.source().fetch().await, Err(FetchError::TimedOut));
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(2400) && elapsed < Duration::from_secs(5), "{elapsed:?}");
    let endless = server();
    endless.put(BELOW, "200 OK", &"x".repeat(64 * 1024 + 1));
    assert_eq!(endless.source().fetch().await, Err(FetchError::TooLarge));
}

async fn origin(cache: &KeyCache, key: &SigningKey, seconds: u64) -> Result<KeyOrigin, NoKey> {
    cache.find(&KeyId::new(key.id.to_owned()), NOW.plus_seconds(seconds)).await.map(|found| found.origin)
}

#[tokio::test]
async fn a_document_that_points_elsewhere_replaces_the_keys_whole_or_not_at_all() {
    let server = server();
    server.document(BELOW, "/old");
    server.put("/old", "200 OK", &key_set(&[&KEY]));
    let cache = KeyCache::new(Box::new(server.source()), Algorithms::RS256, MAX_AGE, Box::new(|_| ()));
    assert_eq!(origin(&cache, &KEY, 0).await, Ok(KeyOrigin::Fetched));
    // The new place is announced, and has nothing yet.
    server.document(BELOW, "/new");
    assert_eq!(origin(&cache, &KEY, 3600).await, Ok(KeyOrigin::Stale));
    assert_eq!(origin(&cache, &OTHER_KEY, 3700).await, Err(NoKey::Unchecked));
    server.put("/new", "200 OK", &key_set(&[&OTHER_KEY]));
    assert_eq!(origin(&cache, &OTHER_KEY, 3800).await, Ok(KeyOrigin::Fetched));
    assert_eq!(origin(&cache, &KEY, 3801).await, Err(NoKey::Unknown), "the old key is not kept beside the new one");
}

#[tokio::test]
async fn a_flood_of_unknown_keys_asks_for_documents_no_more_often_than_for_keys() {
    let server = server();
    server.document(BELOW, "/keys");
    server.put("/keys", "200 OK", &key_set(&[&KEY]));
    let cache = KeyCache::new(Box::new(server.source()), Algorithms::RS256, MAX_AGE, Box::new(|_| ()));
    for second in 0..20 {
        for _ in 0..10 {
            assert!(origin(&cache, &OTHER_KEY, second).await.is_err());
        }
    }
    let asked = server.asked();
    // Five at once, and one more each ten seconds.
    assert_eq!(asked.iter().filter(|path| *path == BELOW).count(), 6);
    assert_eq!(asked.iter().filter(|path| *path == "/keys").count(), 6);
}

#[tokio::test]
async fn an_issuer_whose_document_is_out_of_reach_is_undecided() {
    let nowhere = Discovery {
        issuer: "http://127.0.0.1:9/tenant".to_owned(),
        documents: vec!["http://127.0.0.1:9/tenant/.well-known/openid-configuration".to_owned()],
    };
    let source = DiscoveredKeySource::new(nowhere, TrustedRoots::default());
    let cache = KeyCache::new(Box::new(source), Algorithms::RS256, MAX_AGE, Box::new(|_| ()));
    let expected = NoKey::Unavailable { cause: Unavailable::Fetch(FetchError::Connect) };
    assert_eq!(origin(&cache, &KEY, 0).await, Err(expected));
}
