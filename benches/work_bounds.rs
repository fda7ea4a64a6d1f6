//! How long does the worst take that somebody can send? `cargo bench --bench work_bounds`
//!
//! Tokens, events and key sets of hostile shapes, at half of the largest size and at the largest: twice the size takes
//! twice the time. `tests/work_bounds.rs` holds the same shapes to bounds that no clock decides.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a measurement stops at the first surprise"
)]

use cognito_authorizer::gateway::{Gateway, LARGEST_EVENT, TokenSource};
use cognito_authorizer::jwks::{Algorithms, KeySet, LARGEST_ANSWER};
use cognito_authorizer::token::LONGEST_TOKEN;
use divan::{AllocProfiler, Bencher};
use serde_json::json;
use testkit::doors::{events, permissions};
use testkit::hostile::{
    EVENT_SHAPES, EventShape, KEY_SET_SHAPES, KeySetShape, TOKEN_SHAPES, TokenShape, event, key_set_of, token,
};
use testkit::{KEY, access, authorizer, gateway};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

/// The form that takes claims to the backend as JSON text, so that they are written twice: REST with the whole request.
const REST_REQUEST: usize = 1;

fn main() {
    divan::main();
}

fn answer(bencher: Bencher<'_, '_>, event: &str) {
    let sources = ["header:Authorization", "query:access_token", "cookie:token"];
    let gateway = Gateway {
        token_sources: sources.into_iter().filter_map(TokenSource::parse).collect(),
        ..gateway(authorizer(&permissions()))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    bencher.bench_local(|| runtime.block_on(gateway.answer(event, "request-1")));
}

#[divan::bench]
fn usual_token(bencher: Bencher<'_, '_>) {
    let token = KEY.token(&access(json!({})));
    answer(bencher, &events(&token)[REST_REQUEST].1.to_string());
}

#[divan::bench(args = TOKEN_SHAPES)]
fn token_half(bencher: Bencher<'_, '_>, shape: TokenShape) {
    answer(bencher, &events(&token(shape, LONGEST_TOKEN / 2))[REST_REQUEST].1.to_string());
}

#[divan::bench(args = TOKEN_SHAPES)]
fn token_longest(bencher: Bencher<'_, '_>, shape: TokenShape) {
    answer(bencher, &events(&token(shape, LONGEST_TOKEN))[REST_REQUEST].1.to_string());
}

#[divan::bench(args = EVENT_SHAPES)]
fn event_half(bencher: Bencher<'_, '_>, shape: EventShape) {
    answer(bencher, &event(shape, LARGEST_EVENT / 2));
}

#[divan::bench(args = EVENT_SHAPES)]
fn event_largest(bencher: Bencher<'_, '_>, shape: EventShape) {
    answer(bencher, &event(shape, LARGEST_EVENT));
}

#[divan::bench(args = KEY_SET_SHAPES)]
fn key_set_half(bencher: Bencher<'_, '_>, shape: KeySetShape) {
    let text = key_set_of(shape, LARGEST_ANSWER / 2);
    bencher.bench_local(|| KeySet::parse(text.as_bytes(), Algorithms::RS256));
}

#[divan::bench(args = KEY_SET_SHAPES)]
fn key_set_largest(bencher: Bencher<'_, '_>, shape: KeySetShape) {
    let text = key_set_of(shape, LARGEST_ANSWER);
    bencher.bench_local(|| KeySet::parse(text.as_bytes(), Algorithms::RS256));
}
