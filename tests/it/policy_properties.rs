//! The engine and its policies against an oracle that shares no code with them, over random documents and tokens: the same
//! decisions, and policies that are safe, live, exact where that can be had, closed outside the catalog. What can be had is
//! judged by looking at every path; see `testkit::judge`.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use testkit::STAGE;
use testkit::caller::{Caller, Engine};
use testkit::documents::{claims, document};
use testkit::judge::{Demand, Judge, Request, VERBS};
use testkit::oracle::Document;

/// `{api}/{stage}` of [`STAGE`].
const OWN: &str = "abcdef1234/test";

/// Segments on which engine and oracle could differ.
const SEGMENTS: [&str; 30] = [
    "a",
    "b",
    "u1",
    "zz-9",
    "a",
    "b",
    "u1",
    "zz-9",
    "a;b",
    "a-b",
    "@b",
    "A",
    "JKLMN",
    ".;a",
    "a+b",
    "%4dx",
    "%2D",
    "%40x",
    "%41",
    "x%3",
    "%2bq",
    "%20",
    "x:abcdef1234",
    "test",
    "@me",
    "%40me",
    "a+m@x",
    "a%2Bm%40x",
    "a+m%40x",
    "p|u",
];

/// Paths whose request cannot be named in a policy, or could be taken for another one.
const HOSTILE: [&str; 12] = [
    "a*b/zz",
    "*",
    "?",
    "a/*",
    "${aws:username}",
    "a/..;/b",
    "x:abcdef1234/test/GET/a",
    "x:abcdef1234/test",
    "\u{fc}/\u{7}",
    "%41/a",
    "b/\u{fc}/a",
    "a/%4?",
];

fn path() -> impl Strategy<Value = String> {
    let short = || prop::collection::vec(select(&SEGMENTS[..4]), 0..5).prop_map(|path| path.join("/"));
    prop_oneof![
        6 => short(),
        2 => select(HOSTILE.to_vec()).prop_map(str::to_owned),
        // Longer than a resource may be.
        1 => short().prop_map(|path| format!("{path}/{}", "x".repeat(600))),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    (select(VERBS.to_vec()), path()).prop_map(|(verb, path)| Request { verb: verb.to_owned(), path })
}

fn arn(request: &Request) -> String {
    format!("{STAGE}{}/{}", request.verb, request.path)
}

/// The policies of one holder, for one request and then for what they shut and need not have.
fn check_policies(
    judge: &Judge<'_>,
    document: &Value,
    claims: &Value,
    requested: &Request,
    demand: Demand,
) -> Result<(), String> {
    let budget = if let Demand::Within(bytes) = demand { bytes } else { usize::MAX };
    let (engine, caller) = (Engine::new(document, budget), Caller(claims.clone()));
    // What was kept for another token that is like this one must do as well.
    let mut other = claims.clone();
    other["sub"] = json!("o1");
    let _ = engine.policy(&Caller(other), &arn(requested));
    let mut requested = requested.clone();
    for _ in 0..3 {
        let policy = engine.policy(&caller, &arn(&requested));
        let seen = judge.check(&policy, &requested, demand);
        let seen = seen.map_err(|failure| format!("{failure}, asked for {} in {policy}", arn(&requested)))?;
        let Some(shut) = seen.shut else { break };
        requested = shut;
    }
    Ok(())
}

fn check(document: &Value, claims: &Value, requested: &Request, budget: usize) -> Result<(), String> {
    let read = Document::read(document);
    let rights = read.rights(claims);
    let judge = Judge::new(&rights, STAGE);
    let result = check_policies(&judge, document, claims, requested, Demand::Everything)
        .and_then(|()| check_policies(&judge, document, claims, requested, Demand::Within(budget)));
    result.map_err(|failure| format!("{failure}; {document}, {claims}"))
}

/// As many as the environment says, else five thousand.
fn cases() -> u32 {
    std::env::var("POLICY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(5_000)
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_policy_keeps_its_promises(
        document in document(), claims in claims(), requested in request(), budget in 1024_usize..4096
    ) {
        check(&document, &claims, &requested, budget).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn the_oracle_decides_every_request_as_the_engine_does(
        document in document(), claims in claims(), hostile in request(), paths in prop::collection::vec(any::<[Index; 4]>(), 40)
    ) {
        let (read, engine, caller) = (Document::read(&document), Engine::new(&document, usize::MAX), Caller(claims.clone()));
        let rights = read.rights(&claims);
        let path = |(number, choices): (usize, &[Index; 4])| {
            let segments = choices[..number % 5].iter().map(|choice| *choice.get(&SEGMENTS));
            Request { verb: VERBS[number % VERBS.len()].to_owned(), path: segments.collect::<Vec<_>>().join("/") }
        };
        for request in paths.iter().enumerate().map(path).chain([hostile]) {
            let expected = rights.permits(OWN, &request.verb, &request.path);
            prop_assert_eq!(engine.permits(&caller, &arn(&request)), expected, "{:?}", request);
        }
        let connect = format!("{STAGE}$connect");
        prop_assert_eq!(engine.permits(&caller, &connect), rights.permits_connect());
    }
}
