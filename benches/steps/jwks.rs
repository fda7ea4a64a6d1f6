//! A key set from text to keys.

use cognito_authorizer::jwks::{Algorithms, KeySet};
use divan::Bencher;
use serde_json::{Value, json};
use testkit::KEY;

/// A pool has two keys; twenty are ten rotations' worth.
#[divan::bench(args = [2, 20])]
fn parse(bencher: Bencher<'_, '_>, keys: usize) {
    let key = |number: usize| {
        let mut key = KEY.jwk();
        key["kid"] = Value::String(format!("key-{number}"));
        key
    };
    let text = json!({"keys": (0..keys).map(key).collect::<Vec<_>>()}).to_string();
    bencher.bench_local(|| {
        let set = KeySet::parse(text.as_bytes(), Algorithms::RS256).expect("a key set");
        assert_eq!(set.usable(), keys);
        set
    });
}
