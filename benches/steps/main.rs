//! How long does each step to an answer take? `cargo bench --bench steps`
//!
//! Tokens are signed by a key made here, and no two of them are the same.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement stops at the first surprise"
)]

mod access;
mod gateway;
mod jwks;
mod token;

use serde_json::{Value, json};
use std::cell::Cell;
use testkit::{KEY, access as access_token};

fn main() {
    divan::main();
}

/// Enough that a token has left the nearest caches by the time its turn comes again.
const TOKENS: usize = 500;

/// Tokens with these scopes, told apart by `jti`.
fn tokens(scope: &str) -> Vec<String> {
    let claims = |number: usize| access_token(json!({"scope": scope, "jti": format!("token-{number}")}));
    (0..TOKENS).map(|number| KEY.token(&claims(number))).collect()
}

/// These in turn, for ever.
fn in_turn<'a, T>(items: &'a [T]) -> impl Fn() -> &'a T {
    let next = Cell::new(0);
    move || &items[next.replace(next.get() + 1) % items.len()]
}

/// Scopes in the documents, of which the holder looked at has all.
const SCOPES: usize = 25;

fn every_scope() -> String {
    (0..SCOPES).map(|scope| format!("s{scope}")).collect::<Vec<_>>().join(" ")
}

/// A document with this many routes, spread over the scopes: collections, items, and what is below them.
fn document(routes: usize) -> Value {
    let route = |number: usize| {
        let (scope, within) = (number % SCOPES, number / SCOPES);
        let item = format!("/s{scope}/r{}", within / 4);
        match within % 4 {
            0 => format!("GET {item}"),
            1 => format!("POST {item}"),
            2 => format!("GET {item}/{{id}}"),
            _ => format!("GET {item}/{{id}}/events"),
        }
    };
    let allowed = |scope: usize| (scope..routes).step_by(SCOPES).map(route).collect::<Vec<_>>();
    let permission = |scope: usize| json!({"scopes": [format!("s{scope}")], "allow": allowed(scope)});
    json!({"permissions": (0..SCOPES.min(routes)).map(permission).collect::<Vec<_>>()})
}
