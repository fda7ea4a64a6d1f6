//! Which keys are believed as the key endpoint changes, and how often it is asked.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

mod support;

use cognito_authorizer::authorizer::{Authorizer, Refusal};
use cognito_authorizer::clock::UnixTime;
use cognito_authorizer::jwks::{COOLDOWN_SECONDS, FetchError, KeyCache, KeyId, KeyOrigin, KeySet, NoKey, Unavailable};
use cognito_authorizer::token::InvalidToken;
use serde_json::json;
use support::{KEY, NOW, OTHER_KEY, ScriptedSource, SigningKey, access, authorizer_over, decide, key_set, permissions};

const DOWN: Result<String, FetchError> = Err(FetchError::Connect);

async fn outcome(authorizer: &Authorizer, key: &SigningKey, now: UnixTime) -> Result<KeyOrigin, Refusal> {
    decide(authorizer, &key.token(&access(json!({}))), "GET/orders", now).await.map(|decision| decision.key_origin)
}

fn over(answers: impl IntoIterator<Item = Result<String, FetchError>>) -> (Authorizer, ScriptedSource) {
    let source = ScriptedSource::new(answers);
    (authorizer_over(&permissions(), source.clone()), source)
}

fn unavailable(cause: Unavailable) -> Result<KeyOrigin, Refusal> {
    Err(Refusal::KeysUnavailable { cause })
}

#[tokio::test]
async fn a_set_is_fetched_once_and_kept() {
    let (authorizer, source) = over([Ok(key_set(&[&KEY]))]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    assert_eq!(outcome(&authorizer, &KEY, NOW.plus_seconds(86_400 / 24 / 4)).await, Ok(KeyOrigin::Cached));
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_new_key_is_believed_at_once() {
    let (authorizer, source) = over([Ok(key_set(&[&KEY])), Ok(key_set(&[&KEY, &OTHER_KEY]))]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    let later = NOW.plus_seconds(COOLDOWN_SECONDS);
    assert_eq!(outcome(&authorizer, &OTHER_KEY, later).await, Ok(KeyOrigin::Fetched));
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn an_unknown_key_id_causes_one_fetch_per_cooldown() {
    let (authorizer, source) = over([Ok(key_set(&[&KEY]))]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    for (seconds, expected, fetches) in [
        (COOLDOWN_SECONDS - 1, InvalidToken::KeyUnchecked, 1),
        (COOLDOWN_SECONDS, InvalidToken::KeyUnknown, 2),
        (COOLDOWN_SECONDS + 1, InvalidToken::KeyUnchecked, 2),
        (2 * COOLDOWN_SECONDS, InvalidToken::KeyUnknown, 3),
    ] {
        let found = outcome(&authorizer, &OTHER_KEY, NOW.plus_seconds(seconds)).await;
        assert_eq!(found, Err(Refusal::InvalidToken(expected)), "{seconds}");
        assert_eq!(source.fetches(), fetches, "{seconds}");
    }
}

#[tokio::test]
async fn an_outage_is_undecided_and_never_empties_the_cache() {
    let (authorizer, source) = over([Ok(key_set(&[&KEY])), DOWN]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    let later = NOW.plus_seconds(COOLDOWN_SECONDS);
    assert_eq!(outcome(&authorizer, &OTHER_KEY, later).await, unavailable(Unavailable::Fetch(FetchError::Connect)));
    assert_eq!(outcome(&authorizer, &KEY, later).await, Ok(KeyOrigin::Cached));
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn without_any_key_the_endpoint_is_asked_again_after_the_cooldown() {
    let (authorizer, source) = over([DOWN, Ok("<html>".to_owned()), Ok(key_set(&[&KEY]))]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, unavailable(Unavailable::Fetch(FetchError::Connect)));
    assert_eq!(outcome(&authorizer, &KEY, NOW.plus_seconds(1)).await, unavailable(Unavailable::Cooldown));
    assert_eq!(source.fetches(), 1);
    let second = NOW.plus_seconds(COOLDOWN_SECONDS);
    assert!(matches!(
        outcome(&authorizer, &KEY, second).await,
        Err(Refusal::KeysUnavailable { cause: Unavailable::KeySet(_) })
    ));
    assert_eq!(outcome(&authorizer, &KEY, second.plus_seconds(COOLDOWN_SECONDS)).await, Ok(KeyOrigin::Fetched));
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_prolong_the_cooldown() {
    let (authorizer, _) = over([DOWN, Ok(key_set(&[&KEY]))]);
    assert!(outcome(&authorizer, &KEY, NOW).await.is_err());
    let earlier = UnixTime::from_seconds(1_699_999_500);
    assert_eq!(outcome(&authorizer, &KEY, earlier).await, Ok(KeyOrigin::Fetched));
}

#[tokio::test]
async fn look_ups_that_meet_share_one_fetch() {
    let source = ScriptedSource::new([Ok(key_set(&[&KEY]))]);
    let cache = KeyCache::new(Box::new(source.clone()));
    let id = KeyId::new(KEY.id.to_owned());
    let find = || cache.find(&id, NOW);
    let (first, second, third) = tokio::join!(find(), find(), find());
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_bundled_set_needs_no_fetch_until_a_new_key_comes() {
    let source = ScriptedSource::new([Ok(key_set(&[&KEY, &OTHER_KEY]))]);
    let bundled = KeySet::parse(key_set(&[&KEY]).as_bytes()).unwrap();
    let cache = KeyCache::starting_with(bundled, Box::new(source.clone()));
    assert!(cache.is_filled());
    let origin = async |key: &SigningKey| {
        cache
            .find(&KeyId::new(key.id.to_owned()), NOW)
            .await
            .map(|found| found.origin)
            .map_err(|error| error == NoKey::Unknown)
    };
    assert_eq!(origin(&KEY).await, Ok(KeyOrigin::Cached));
    assert_eq!(source.fetches(), 0);
    assert_eq!(origin(&OTHER_KEY).await, Ok(KeyOrigin::Fetched));
}

#[tokio::test]
async fn a_failed_prefetch_counts_as_a_fetch() {
    let source = ScriptedSource::new([DOWN, Ok(key_set(&[&KEY]))]);
    let cache = KeyCache::new(Box::new(source.clone()));
    assert!(cache.prefetch(NOW).await.is_err());
    let id = KeyId::new(KEY.id.to_owned());
    assert!(cache.find(&id, NOW.plus_seconds(COOLDOWN_SECONDS - 1)).await.is_err());
    assert!(cache.find(&id, NOW.plus_seconds(COOLDOWN_SECONDS)).await.is_ok());
}
