//! Everything ever tried on a verifier of Cognito tokens: each case of `tests/vectors/tokens.json` has its one outcome.
//!
//! `make vectors` makes the file anew; `make differential` puts the same cases before verifiers of other makers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_authorizer::gateway::{Failure, Gateway, InvalidTokenAnswer, LARGEST_EVENT};
use cognito_authorizer::log::{Format, Level, Logger};
use cognito_authorizer::token::{BearerToken, Scheme};
use permissions::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::process::Command;
use testkit::vectors::{CASES, Case, FILE, METHODS, request_event};
use testkit::{STAGE, SetClock, gateway, iam_allows};

/// What is asked about when the question is whether the token is believed.
const METHOD: &str = "GET /orders";

/// Refusals that time may heal: they are never told to API Gateway as a Deny, which it would cache.
const NOT_FINAL: [&str; 4] = ["issued_in_future", "key_unchecked", "key_unknown", "not_yet_valid"];

fn arn(method: &str) -> String {
    format!("{STAGE}{}", method.replacen(" /", "/", 1))
}

/// `accept` or the reason of the refusal, from the engine itself.
async fn judged(case: &Case) -> String {
    let Ok(token) = BearerToken::parse(&case.authorization, Scheme::Optional) else {
        return BearerToken::parse(&case.authorization, Scheme::Optional).unwrap_err().reason().to_owned();
    };
    let method = Method::parse(arn(METHOD)).unwrap();
    match case.authorizer().authorize(&token, &method, case.now()).await {
        Ok(_) => "accept".to_owned(),
        Err(refusal) => refusal.reason().to_owned(),
    }
}

fn door(case: &Case, level: Level, format: Format) -> Gateway {
    Gateway {
        clock: Box::new(SetClock(case.now())),
        invalid_token: InvalidTokenAnswer::Deny,
        logger: Logger { level, format },
        ..gateway(case.authorizer())
    }
}

/// The whole function's answer to a request for the method, in JSON; an error is its message.
async fn answered(case: &Case, method: &str, level: Level, format: Format) -> Value {
    let event = request_event(case, &arn(method)).to_string();
    match door(case, level, format).answer(&event, "request-1").await {
        Ok(response) => serde_json::to_value(response).unwrap(),
        Err(Failure::Unauthorized) => json!("Unauthorized"),
        Err(Failure::Undecided { reason }) => json!(reason),
        Err(Failure::DocumentRefused { message }) => json!(message),
    }
}

/// `accept` or the reason of the refusal, as API Gateway hears it.
async fn heard(case: &Case) -> String {
    let answer = answered(case, METHOD, Level::Fatal, Format::Json).await;
    match answer["context"]["reason"].as_str() {
        Some(reason) => reason.to_owned(),
        None if answer.is_object() => "accept".to_owned(),
        None => answer.as_str().unwrap().to_owned(),
    }
}

/// An event that no API Gateway could send is not read, whatever the token.
fn is_too_large(case: &Case) -> bool {
    request_event(case, &arn(METHOD)).to_string().len() > LARGEST_EVENT
}

fn expected_to_be_heard(case: &Case) -> &str {
    if is_too_large(case) {
        return "event_too_large";
    }
    if NOT_FINAL.contains(&case.expect.as_str()) { "Unauthorized" } else { &case.expect }
}

#[test]
fn every_case_has_a_name_of_its_own_and_a_source() {
    let names: HashSet<&str> = CASES.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), CASES.len());
    assert!(CASES.len() >= 300 && CASES.iter().all(|case| !case.source.is_empty()));
}

#[tokio::test]
async fn every_case_has_its_outcome() {
    let mut wrong = Vec::new();
    for case in CASES.iter() {
        // A task of its own, so that a panic is told with the case's name.
        match tokio::spawn(judged(case)).await {
            Ok(found) if found == case.expect => {}
            Ok(found) => wrong.push(format!("{}: found {found}, expected {}", case.name, case.expect)),
            Err(_) => wrong.push(format!("{}: panicked", case.name)),
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_case_has_its_outcome_at_the_door_too() {
    for case in CASES.iter() {
        assert_eq!(heard(case).await, expected_to_be_heard(case), "{}", case.name);
    }
}

#[tokio::test]
async fn an_accepted_token_may_do_what_its_case_says_and_a_refused_one_nothing() {
    for case in CASES.iter() {
        let answer = answered(case, METHOD, Level::Fatal, Format::Json).await;
        let permitted = |method: &&String| answer.is_object() && iam_allows(&answer["policyDocument"], &arn(method));
        let found: HashSet<&String> = METHODS.iter().filter(permitted).collect();
        let expected = case.permits.iter().filter(|_| !is_too_large(case)).collect();
        assert_eq!(found, expected, "{}", case.name);
    }
}

/// Text that would take this many characters to be in a log by chance.
const PIECE: usize = 16;

#[test]
fn the_fullest_log_holds_no_part_of_any_token_and_no_claims_value() {
    let this = std::env::current_exe().unwrap();
    let aloud =
        Command::new(this).args(["--exact", "vectors::answers_every_case_aloud", "--ignored", "--nocapture"]).output();
    let log = String::from_utf8(aloud.unwrap().stdout).unwrap();
    assert!(log.matches("request_id").count() >= 2 * CASES.len(), "{log}");
    // One of the tokens is not encoded, and has a member that a line has, too.
    let log = log.replace(r#""token_use":"access""#, "");
    let log = public_values().iter().fold(log, |log, public| log.replace(public.as_str(), "-"));
    let logged: HashSet<&[u8]> = log.as_bytes().windows(PIECE).collect();
    for case in CASES.iter() {
        let token = case.authorization.trim_start_matches("Bearer ");
        let piece = token.as_bytes().windows(PIECE).find(|piece| logged.contains(piece));
        assert_eq!(piece.map(String::from_utf8_lossy), None, "{}", case.name);
        let values = token.split('.').flat_map(values_of);
        let found: Vec<String> = values.filter(|value| log.contains(value.as_str())).collect();
        assert!(found.is_empty(), "{}: {found:?}", case.name);
    }
}

/// What is no secret, and what a line names: the operator's issuers and clients, the ids of published keys, the scopes of the
/// document.
fn public_values() -> HashSet<String> {
    let settings = ["issuers", "clients"].iter().flat_map(|name| FILE["settings"][name].as_array().unwrap());
    let keys = FILE["jwks"]["keys"].as_array().unwrap().iter().map(|key| &key["kid"]);
    let permissions = FILE["permissions"]["permissions"].as_array().unwrap().iter();
    let scopes = permissions.filter_map(|permission| permission["scopes"].as_array()).flatten();
    settings.chain(keys).chain(scopes).filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

/// The texts and large numbers in a part that is JSON; what is short, or a word of the log's own, proves nothing.
fn values_of(part: &str) -> Vec<String> {
    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.values().for_each(|member| collect(member, found)),
            Value::Array(elements) => elements.iter().for_each(|element| collect(element, found)),
            Value::String(text) => found.push(text.clone()),
            Value::Number(number) => found.push(number.to_string()),
            Value::Bool(_) | Value::Null => {}
        }
    }
    let mut found = Vec::new();
    let value = URL_SAFE_NO_PAD.decode(part).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    collect(&value.unwrap_or(Value::Null), &mut found);
    found.retain(|text| text.len() >= 8 && !["GET /orders"].contains(&text.as_str()));
    found
}

#[tokio::test]
#[ignore = "writes the log that another test reads"]
async fn answers_every_case_aloud() {
    for case in CASES.iter() {
        for format in [Format::Json, Format::Text] {
            answered(case, METHOD, Level::Trace, format).await;
        }
    }
}
