//! A document and a token's claims to what its holder may do. How that becomes a policy: `cargo bench --bench policy`

use crate::{document, every_scope, tokens};
use cognito_authorizer::token::VerifiedClaims;
use divan::Bencher;
use permissions::Method;
use permissions::Permissions;
use testkit::{NOW, STAGE, authorizer, decide};

const ROUTES: [usize; 3] = [10, 100, 300];

/// The claims of a holder of every scope.
fn holder() -> VerifiedClaims {
    let token = &tokens(&every_scope())[0];
    let authorizer = authorizer(&document(10));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(decide(&authorizer, token, "GET/s0/r0", NOW)).expect("a decision").claims
}

/// Which permissions apply, and is the method among what they allow?
#[divan::bench(args = ROUTES)]
fn evaluate(bencher: Bencher<'_, '_>, routes: usize) {
    let map = Permissions::parse(document(routes).to_string().as_bytes()).expect("a document");
    let (holder, method) = (holder(), Method::parse(format!("{STAGE}GET/s0/r0")).expect("an ARN"));
    bencher.bench_local(|| assert!(map.grants(&holder).decide(&method).is_permitted()));
}

/// Once, at start.
#[divan::bench(args = ROUTES)]
fn parse_document(bencher: Bencher<'_, '_>, routes: usize) {
    let text = document(routes).to_string();
    bencher.bench_local(|| Permissions::parse(text.as_bytes()).expect("a document"));
}
