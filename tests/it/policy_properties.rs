//! The policy against the decision engine, over random documents, tokens and paths: safe, live, exact where that can be
//! had, closed outside the catalog. What can be had is judged here by looking at every path, not by the compiler.

use permissions::PermissionMap;
use permissions::iam::{Limits, MethodArn, Policies};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use testkit::documents::{claims, document};
use testkit::world::{UNKNOWN, VERBS, Word, World, arises, arn, verified, words};
use testkit::{LIMITS, access};

/// Routes have three segments at most.
fn some_words() -> Vec<Word> {
    words(&["a", "b", "u1", UNKNOWN], 0..=5)
}

fn check(document: &Value, claims: &Value, requested: Index) -> Result<(), String> {
    let map = PermissionMap::parse(document.to_string().as_bytes()).unwrap();
    let token = verified(claims);
    let grants = map.grants(&token);
    let world = World { grants: &grants, words: some_words() };
    let short: Vec<_> = world.words.iter().filter(|word| word.len() <= 4).collect();
    let (path, verb) = (*requested.get(&short), VERBS[requested.index(VERBS.len())]);
    let method = MethodArn::parse(arn(verb, path)).unwrap();
    let unlimited = Limits { budget_bytes: usize::MAX, ..LIMITS };
    let policies = Policies::new(&map, unlimited);
    // What was kept for another token that is like this one must do as well.
    let other =
        verified(&access(json!({"sub": "o1", "scope": claims["scope"], "cognito:groups": claims["cognito:groups"]})));
    let _ = policies.compile(&map, &map.grants(&other), &method);
    world.check(&policies.compile(&map, &grants, &method).document.into(), (verb, path))
}

fn cases() -> u32 {
    std::env::var("POLICY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(10_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_is_safe_live_exact_and_closed(document in document(), claims in claims(), requested in any::<Index>()) {
        check(&document, &claims, requested).map_err(TestCaseError::fail)?;
    }
}

#[test]
fn arising_is_replacing_unknown_segments() {
    let cases: [(&[&str], &[&str], bool); 6] = [
        (&["a", UNKNOWN], &["a", "b", "c"], true),
        (&["a", UNKNOWN, "c"], &["a", "b", "c"], true),
        (&["a", UNKNOWN], &["a"], false),
        (&["a"], &["a"], true),
        (&["a"], &[UNKNOWN], false),
        (&[UNKNOWN], &[""], true),
    ];
    for (from, to, expected) in cases {
        assert_eq!(arises(from, to), expected, "{from:?} {to:?}");
    }
}
