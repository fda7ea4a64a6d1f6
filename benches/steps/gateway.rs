//! Events to requests, and to whole answers with the keys at hand. The line that is logged about each is left out: where
//! it goes decides what it costs.

use crate::{document, every_scope, in_turn, tokens};
use cognito_authorizer::gateway::{AuthorizationRequest, Failure, Response, TokenSource};
use divan::Bencher;
use serde_json::Value;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::{authorizer, doors, gateway, iam_allows, token_event};

const KINDS: [&str; 3] = ["rest-token", "rest-request", "http-2.0"];

fn event(kind: &str, token: &str) -> String {
    let events = doors::events(token);
    let (_, event) = events.into_iter().find(|(name, _)| *name == kind).expect("an event of this kind");
    event.to_string()
}

#[divan::bench(args = KINDS)]
fn parse(bencher: Bencher<'_, '_>, kind: &str) {
    let events: Vec<_> = tokens("orders/read").iter().map(|token| event(kind, token)).collect();
    let sources = [TokenSource::authorization_header()];
    let next = in_turn(&events);
    bencher.bench_local(|| AuthorizationRequest::parse(next(), &sources).expect("a request").token.expect("a token"));
}

#[divan::bench(args = KINDS)]
fn answer(bencher: Bencher<'_, '_>, kind: &str) {
    let events: Vec<_> = tokens("orders/read").iter().map(|token| event(kind, token)).collect();
    answer_each(bencher, &doors::permissions(), &events, true);
}

#[divan::bench]
fn answer_deny(bencher: Bencher<'_, '_>) {
    let events: Vec<_> = tokens("orders/write").iter().map(|token| event("rest-token", token)).collect();
    answer_each(bencher, &doors::permissions(), &events, false);
}

/// To a holder of every scope of a document with this many routes.
#[divan::bench(args = [10, 100, 300])]
fn answer_every_scope(bencher: Bencher<'_, '_>, routes: usize) {
    let events: Vec<_> = tokens(&every_scope()).iter().map(|token| token_event(token, "GET/s0/r0")).collect();
    answer_each(bencher, &document(routes), &events, true);
}

/// By several threads at once: as long as a core is left for each, none should take longer than one alone.
#[divan::bench(threads = [1, 2])]
fn answer_at_once(bencher: Bencher<'_, '_>) {
    let events: Vec<_> = tokens("orders/read").iter().map(|token| event("rest-token", token)).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    let gateway = gateway(authorizer(&doors::permissions()));
    let next = AtomicUsize::new(0);
    let event = || &events[next.fetch_add(1, Ordering::Relaxed) % events.len()];
    bencher.bench(|| written(&runtime.block_on(gateway.answer(event(), "request-1"))));
}

fn answer_each(bencher: Bencher<'_, '_>, permissions: &Value, events: &[String], allowed: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let gateway = gateway(authorizer(permissions));
    let answer = |event| written(&runtime.block_on(gateway.answer(event, "request-1")));
    let first: Value = serde_json::from_slice(&answer(&events[0])).expect("an answer");
    assert_eq!(iam_allows(&first["policyDocument"], &method_of(&events[0])), allowed, "{first}");
    let next = in_turn(events);
    bencher.bench_local(|| answer(next()));
}

fn method_of(event: &str) -> String {
    let event: Value = serde_json::from_str(event).expect("an event");
    event.get("methodArn").unwrap_or(&event["routeArn"]).as_str().expect("an ARN").to_owned()
}

/// The answer as it leaves the function.
fn written(answer: &Result<Response, Failure>) -> Vec<u8> {
    serde_json::to_vec(answer.as_ref().expect("a decision")).expect("JSON")
}
