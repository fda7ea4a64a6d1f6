//! A token from text to verified claims.

use crate::{every_scope, in_turn, tokens};
use cognito_authorizer::jwks::{Algorithms, KeyId, KeySet, VerifyingKey};
use cognito_authorizer::token::{BearerToken, InvalidToken, Issuer, Scheme, UnverifiedToken, VerifiedClaims};
use divan::Bencher;
use std::sync::Arc;
use testkit::{KEY, NOW, POOL, key_set, verifier};

fn key() -> Arc<VerifyingKey> {
    let set = KeySet::parse(key_set(&[&KEY]).as_bytes(), Algorithms::RS256).expect("a key set");
    set.find(&KeyId::new(KEY.id.to_owned())).expect("the key")
}

/// The text, the parts, the signature, the claims.
#[divan::bench]
fn verify(bencher: Bencher<'_, '_>) {
    verify_each(bencher, &tokens("orders/read"), Result::is_ok);
}

#[divan::bench]
fn verify_with_25_scopes(bencher: Bencher<'_, '_>) {
    verify_each(bencher, &tokens(&every_scope()), Result::is_ok);
}

#[divan::bench]
fn refuse_a_bad_signature(bencher: Bencher<'_, '_>) {
    let genuine = tokens("orders/read");
    let signature_of = |token: &str| token.rsplit_once('.').expect("a signature").1.to_owned();
    let other = genuine.iter().cycle().skip(1).map(|token| signature_of(token));
    let message_of = |token: &str| token.rsplit_once('.').expect("a message").0.to_owned();
    let swapped: Vec<_> =
        genuine.iter().zip(other).map(|(token, signature)| format!("{}.{signature}", message_of(token))).collect();
    verify_each(bencher, &swapped, |found| matches!(found, Err(InvalidToken::SignatureInvalid)));
}

/// What comes before the signature: the parts are told apart and the header is read.
#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let tokens = tokens("orders/read");
    let next = in_turn(&tokens);
    bencher.bench_local(|| {
        let token = BearerToken::parse(next(), Scheme::Optional).expect("a token");
        UnverifiedToken::parse(&token, Algorithms::RS256).map(drop).expect("a JWS");
    });
}

fn verify_each(
    bencher: Bencher<'_, '_>,
    tokens: &[String],
    is_right: fn(&Result<VerifiedClaims, InvalidToken>) -> bool,
) {
    let (verifier, issuer, key) = (verifier(), Issuer::new(POOL.to_owned()), key());
    let next = in_turn(tokens);
    bencher.bench_local(|| {
        let token = BearerToken::parse(next(), Scheme::Optional).expect("a token");
        let unverified = UnverifiedToken::parse(&token, Algorithms::RS256).expect("a JWS");
        let found = verifier.verify(unverified, &issuer, &key, NOW);
        assert!(is_right(&found));
        found
    });
}
