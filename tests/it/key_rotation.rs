//! Which keys are believed as the key endpoint changes, and how often it is asked. The clock is set, nobody sleeps.

use cognito_authorizer::authorizer::{Authorizer, Refusal};
use cognito_authorizer::clock::UnixTime;
use cognito_authorizer::jwks::{
    Algorithms, BURST, BundledKeySource, FetchError, KeyCache, KeyEvent, KeyId, KeyOrigin, KeySet, KeySource, NoKey,
    PATIENCE, REFILL_SECONDS, Unavailable,
};
use cognito_authorizer::token::InvalidToken;
use lambda_runtime::BoxFuture;
use serde_json::json;
use std::sync::{Arc, Mutex};
use testkit::{
    KEY, MAX_AGE, NOW, OTHER_KEY, ScriptedSource, SigningKey, access, authorizer_over, decide, key_cache, key_set,
    permissions, trust,
};

const DOWN: Result<String, FetchError> = Err(FetchError::Connect);

/// A token that outlives every test, signed with this key.
async fn outcome(authorizer: &Authorizer, key: &SigningKey, now: UnixTime) -> Result<KeyOrigin, Refusal> {
    let token = key.token(&access(json!({"exp": 1_900_000_000})));
    decide(authorizer, &token, "GET/orders", now).await.map(|decision| decision.key_origin)
}

fn over(answers: impl IntoIterator<Item = Result<String, FetchError>>) -> (Authorizer, ScriptedSource) {
    let source = ScriptedSource::new(answers);
    (authorizer_over(&permissions(), source.clone()), source)
}

fn only(key: &SigningKey) -> Result<String, FetchError> {
    Ok(key_set(&[key]))
}

fn both() -> Result<String, FetchError> {
    Ok(key_set(&[&KEY, &OTHER_KEY]))
}

fn invalid(error: InvalidToken) -> Result<KeyOrigin, Refusal> {
    Err(Refusal::InvalidToken(error))
}

fn unavailable(cause: Unavailable) -> Result<KeyOrigin, Refusal> {
    Err(Refusal::KeysUnavailable { cause })
}

fn id(key: &SigningKey) -> KeyId {
    KeyId::new(key.id.to_owned())
}

async fn origin(cache: &KeyCache, key: &SigningKey, now: UnixTime) -> Result<KeyOrigin, NoKey> {
    cache.find(&id(key), now).await.map(|found| found.origin)
}

#[tokio::test]
async fn a_set_is_fetched_once_and_kept() {
    let (authorizer, source) = over([only(&KEY)]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    assert_eq!(outcome(&authorizer, &KEY, NOW.plus_seconds(3599)).await, Ok(KeyOrigin::Cached));
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_key_published_a_moment_ago_is_believed_within_one_invocation() {
    let (authorizer, source) = over([only(&KEY), both()]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    assert_eq!(outcome(&authorizer, &OTHER_KEY, NOW).await, Ok(KeyOrigin::Fetched));
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn unknown_key_ids_cause_no_more_fetches_than_the_bound() {
    let (authorizer, source) = over([only(&KEY)]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    let seconds = 600;
    for second in 0..seconds {
        for _ in 0..20 {
            let found = outcome(&authorizer, &OTHER_KEY, NOW.plus_seconds(second)).await;
            assert!(found == invalid(InvalidToken::KeyUnknown) || found == invalid(InvalidToken::KeyUnchecked));
        }
    }
    let bound = BURST + seconds / REFILL_SECONDS;
    assert!(u64::try_from(source.fetches()).unwrap() <= bound, "{} fetches, at most {bound}", source.fetches());
    assert_eq!(outcome(&authorizer, &KEY, NOW.plus_seconds(seconds)).await, Ok(KeyOrigin::Cached));
}

#[tokio::test]
async fn a_flood_of_unknown_key_ids_delays_a_rotation_by_one_refill_at_most() {
    let stray = vec![only(&KEY); usize::try_from(BURST).unwrap()];
    let (authorizer, _) = over(stray.into_iter().chain([both()]));
    for _ in 0..100 {
        assert!(outcome(&authorizer, &OTHER_KEY, NOW).await.is_err());
    }
    // The new key is published here, and the flood goes on.
    let waited = NOW.plus_seconds(REFILL_SECONDS - 1);
    assert_eq!(outcome(&authorizer, &OTHER_KEY, waited).await, invalid(InvalidToken::KeyUnchecked));
    assert_eq!(outcome(&authorizer, &OTHER_KEY, waited.plus_seconds(1)).await, Ok(KeyOrigin::Fetched));
}

#[tokio::test]
async fn a_set_is_refreshed_when_it_is_due_and_a_withdrawn_key_refused_from_then_on() {
    let (authorizer, source) = over([both(), only(&OTHER_KEY)]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    let due = NOW.plus_seconds(MAX_AGE.refresh_seconds);
    assert_eq!(outcome(&authorizer, &KEY, due).await, invalid(InvalidToken::KeyUnknown));
    assert_eq!(outcome(&authorizer, &OTHER_KEY, due).await, Ok(KeyOrigin::Cached));
    assert!(outcome(&authorizer, &KEY, due.plus_seconds(1)).await.is_err());
    assert_eq!(source.fetches(), 3);
}

#[tokio::test]
async fn known_keys_verify_through_an_outage_up_to_the_age_of_trust() {
    let (authorizer, _) = over([only(&KEY), DOWN]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    let due = NOW.plus_seconds(MAX_AGE.refresh_seconds);
    assert_eq!(outcome(&authorizer, &KEY, due).await, Ok(KeyOrigin::Stale));
    let last = NOW.plus_seconds(MAX_AGE.trust_seconds - 1);
    assert_eq!(outcome(&authorizer, &KEY, last).await, Ok(KeyOrigin::Stale));
    let too_old = last.plus_seconds(61);
    assert_eq!(outcome(&authorizer, &KEY, too_old).await, unavailable(Unavailable::Fetch(FetchError::Connect)));
    assert_eq!(outcome(&authorizer, &KEY, too_old).await, unavailable(Unavailable::TooEarly));
}

#[tokio::test]
async fn a_key_id_that_cannot_be_asked_about_is_no_outage_while_the_keys_in_use_are_at_hand() {
    let (authorizer, source) = over([only(&KEY), DOWN]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
    assert_eq!(outcome(&authorizer, &OTHER_KEY, NOW).await, invalid(InvalidToken::KeyUnchecked));
    assert_eq!(outcome(&authorizer, &OTHER_KEY, NOW).await, invalid(InvalidToken::KeyUnchecked));
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Cached));
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn an_endpoint_that_fails_is_asked_less_and_less() {
    let (authorizer, source) = over([DOWN]);
    for second in 0..3600 {
        assert!(matches!(
            outcome(&authorizer, &KEY, NOW.plus_seconds(second)).await,
            Err(Refusal::KeysUnavailable { .. })
        ));
    }
    // After 1, 2, 4, 8, 16 and 32 s, then every minute.
    assert_eq!(source.fetches(), 1 + 6 + (3600 - 63) / 60);
}

#[tokio::test]
async fn after_an_outage_the_next_fetch_serves_everyone() {
    let (authorizer, _) = over([DOWN, Ok("<html>".to_owned()), Ok(r#"{"keys":[]}"#.to_owned()), only(&KEY)]);
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, unavailable(Unavailable::Fetch(FetchError::Connect)));
    assert_eq!(outcome(&authorizer, &KEY, NOW).await, unavailable(Unavailable::TooEarly));
    assert!(matches!(
        outcome(&authorizer, &KEY, NOW.plus_seconds(1)).await,
        Err(Refusal::KeysUnavailable { cause: Unavailable::KeySet(_) })
    ));
    assert!(outcome(&authorizer, &KEY, NOW.plus_seconds(3)).await.is_err());
    assert_eq!(outcome(&authorizer, &KEY, NOW.plus_seconds(7)).await, Ok(KeyOrigin::Fetched));
}

#[tokio::test]
async fn an_answer_without_a_usable_key_does_not_replace_a_good_set() {
    for bad in ["<html>", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct","k":"AA","kid":"x"}]}"#, r#"{"keys":[{"#] {
        let (authorizer, _) = over([only(&KEY), Ok(bad.to_owned())]);
        assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Fetched));
        assert!(outcome(&authorizer, &OTHER_KEY, NOW).await.is_err());
        assert_eq!(outcome(&authorizer, &KEY, NOW).await, Ok(KeyOrigin::Cached), "{bad}");
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_neither_prolongs_a_wait_nor_ages_a_set() {
    let (authorizer, _) = over([DOWN, only(&KEY), DOWN]);
    assert!(outcome(&authorizer, &KEY, NOW).await.is_err());
    let earlier = UnixTime::from_seconds(1_699_999_500);
    assert_eq!(outcome(&authorizer, &KEY, earlier).await, Ok(KeyOrigin::Fetched));
    assert_eq!(outcome(&authorizer, &KEY, UnixTime::from_seconds(1_699_999_000)).await, Ok(KeyOrigin::Stale));
}

#[tokio::test]
async fn look_ups_that_meet_share_one_fetch() {
    let source = ScriptedSource::new([only(&KEY)]);
    let cache = key_cache(source.clone());
    let (first, second, third) =
        tokio::join!(origin(&cache, &KEY, NOW), origin(&cache, &KEY, NOW), origin(&cache, &KEY, NOW));
    assert_eq!((first, second, third), (Ok(KeyOrigin::Fetched), Ok(KeyOrigin::Fetched), Ok(KeyOrigin::Fetched)));
    assert_eq!(source.fetches(), 1);
}

/// An endpoint that answers once and then never again.
struct SilentAfterOne(ScriptedSource);

impl KeySource for SilentAfterOne {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>> {
        if self.0.fetches() == 0 { self.0.fetch() } else { Box::pin(std::future::pending()) }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_keeps_one_request_waiting_for_half_a_second_at_most() {
    let cache = KeyCache::new(
        Box::new(SilentAfterOne(ScriptedSource::new([only(&KEY)]))),
        Algorithms::RS256,
        MAX_AGE,
        Box::new(|_| ()),
    );
    cache.prefetch(NOW).await;
    let due = NOW.plus_seconds(MAX_AGE.refresh_seconds);
    let started = tokio::time::Instant::now();
    assert_eq!(origin(&cache, &KEY, due).await, Ok(KeyOrigin::Stale));
    assert_eq!(started.elapsed(), PATIENCE);
    // The next one does not wait: that was a failure, and failures back off.
    assert_eq!(origin(&cache, &KEY, due).await, Ok(KeyOrigin::Stale));
    assert_eq!(started.elapsed(), std::time::Duration::from_millis(500));
}

#[tokio::test]
async fn nobody_waits_for_somebody_elses_refresh() {
    let source = ScriptedSource::new([only(&KEY)]);
    let cache = key_cache(source.clone());
    cache.prefetch(NOW).await;
    let due = NOW.plus_seconds(MAX_AGE.refresh_seconds);
    let (first, second) = tokio::join!(origin(&cache, &KEY, due), origin(&cache, &KEY, due));
    assert_eq!((first, second), (Ok(KeyOrigin::Fetched), Ok(KeyOrigin::Stale)));
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn a_bundled_set_needs_no_fetch_until_it_is_due_or_a_new_key_comes() {
    let bundled = || KeySet::parse(key_set(&[&KEY]).as_bytes(), Algorithms::RS256).unwrap();
    let source = ScriptedSource::new([both()]);
    let cache = key_cache(source.clone()).starting_with(bundled(), NOW);
    cache.prefetch(NOW).await;
    assert_eq!(origin(&cache, &KEY, NOW.plus_seconds(3599)).await, Ok(KeyOrigin::Cached));
    assert_eq!(source.fetches(), 0);
    assert_eq!(origin(&cache, &OTHER_KEY, NOW.plus_seconds(3599)).await, Ok(KeyOrigin::Fetched));

    let source = ScriptedSource::new([both()]);
    let cache = key_cache(source.clone()).starting_with(bundled(), NOW);
    assert_eq!(origin(&cache, &KEY, NOW.plus_seconds(3600)).await, Ok(KeyOrigin::Fetched));
    assert_eq!(source.fetches(), 1);
}

#[tokio::test]
async fn a_prefetch_fetches_only_a_set_that_is_due() {
    let source = ScriptedSource::new([only(&KEY)]);
    let cache = key_cache(source.clone());
    cache.prefetch(NOW).await;
    cache.prefetch(NOW.plus_seconds(60)).await;
    assert_eq!(source.fetches(), 1);
    cache.prefetch(NOW.plus_seconds(86_400)).await;
    assert_eq!(origin(&cache, &KEY, NOW.plus_seconds(86_400)).await, Ok(KeyOrigin::Cached));
    assert_eq!(source.fetches(), 2);
}

#[tokio::test]
async fn a_set_that_lies_in_a_file_alone_is_as_good_as_ever() {
    let text = key_set(&[&KEY]).into_bytes();
    let bundled = KeySet::parse(&text, Algorithms::RS256).unwrap();
    let source = BundledKeySource::new(Some(text));
    let cache =
        KeyCache::new(Box::new(source), Algorithms::RS256, MAX_AGE, Box::new(|_| ())).starting_with(bundled, NOW);
    for seconds in [0, MAX_AGE.refresh_seconds, MAX_AGE.trust_seconds, 10 * MAX_AGE.trust_seconds] {
        assert!(origin(&cache, &KEY, NOW.plus_seconds(seconds)).await.is_ok(), "{seconds}");
    }
}

#[tokio::test]
async fn an_outage_is_told_once_and_so_is_its_end() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let html = || Ok("<html>".to_owned());
    let source = ScriptedSource::new([DOWN, DOWN, html(), html(), Ok(key_set(&[&KEY, &KEY])), only(&KEY)]);
    let observer = Box::new(move |event: &KeyEvent| listener.lock().unwrap().push(event.clone()));
    let cache = KeyCache::new(Box::new(source), Algorithms::RS256, MAX_AGE, observer);
    for seconds in [0, 1, 3, 7, 15, 3700] {
        cache.prefetch(NOW.plus_seconds(seconds)).await;
        let _ = origin(&cache, &KEY, NOW.plus_seconds(seconds)).await;
    }
    let malformed = KeySet::parse(b"<html>", Algorithms::RS256).unwrap_err();
    let expected = [
        KeyEvent::Failing { cause: Unavailable::Fetch(FetchError::Connect) },
        KeyEvent::Failing { cause: Unavailable::KeySet(malformed) },
        KeyEvent::Recovered { failures: 4 },
        KeyEvent::Skipped { keys: 1, algorithms: Algorithms::RS256 },
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[tokio::test]
async fn one_issuers_outage_does_not_touch_another() {
    let (mut authorizer, good) = over([only(&KEY)]);
    let bad = ScriptedSource::new([DOWN]);
    trust(&mut authorizer, testkit::OTHER_POOL, key_cache(bad.clone()));
    let others = KEY.token(&access(json!({"iss": testkit::OTHER_POOL})));
    for second in 0..30 {
        let now = NOW.plus_seconds(second);
        let undecided = decide(&authorizer, &others, "GET/orders", now).await.map(|_| ());
        assert!(matches!(undecided, Err(Refusal::KeysUnavailable { .. })));
        assert!(outcome(&authorizer, &KEY, now).await.is_ok());
    }
    assert_eq!((good.fetches(), bad.fetches()), (1, 5));
}

const SECOND_HOST: &str = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_TestPool1";

/// An authorizer for both issuers of a pool, each with its own key endpoint.
fn two_hosts(first: ScriptedSource, second: ScriptedSource) -> Authorizer {
    let mut authorizer = authorizer_over(&permissions(), first);
    trust(&mut authorizer, SECOND_HOST, key_cache(second));
    authorizer
}

async fn of_host(authorizer: &Authorizer, issuer: &str, now: UnixTime) -> Result<KeyOrigin, Refusal> {
    let token = KEY.token(&access(json!({"iss": issuer, "exp": 1_900_000_000})));
    decide(authorizer, &token, "GET/orders", now).await.map(|decision| decision.key_origin)
}

const NOT_SWITCHED: Result<String, FetchError> = Err(FetchError::Status { found: 403 });

#[tokio::test]
async fn a_host_that_its_pool_was_not_switched_to_is_no_outage_once_the_other_serves() {
    let authorizer = two_hosts(ScriptedSource::new([only(&KEY)]), ScriptedSource::new([NOT_SWITCHED]));
    authorizer.issuers[0].keys.prefetch(NOW).await;
    for second in 0..120 {
        let now = NOW.plus_seconds(second);
        assert_eq!(of_host(&authorizer, SECOND_HOST, now).await, invalid(InvalidToken::KeyUnknown), "{second}");
    }
    assert_eq!(of_host(&authorizer, testkit::POOL, NOW.plus_seconds(120)).await, Ok(KeyOrigin::Cached));
}

#[tokio::test]
async fn without_any_network_every_host_is_undecided() {
    let authorizer = two_hosts(ScriptedSource::new([DOWN]), ScriptedSource::new([DOWN]));
    for issuer in [testkit::POOL, SECOND_HOST] {
        let undecided = of_host(&authorizer, issuer, NOW).await;
        assert_eq!(undecided, unavailable(Unavailable::Fetch(FetchError::Connect)), "{issuer}");
    }
}

#[tokio::test]
async fn a_pool_that_is_switched_over_is_believed_from_both_hosts() {
    let second = ScriptedSource::new([NOT_SWITCHED, only(&KEY)]);
    let authorizer = two_hosts(ScriptedSource::new([only(&KEY)]), second);
    assert!(of_host(&authorizer, testkit::POOL, NOW).await.is_ok());
    assert_eq!(of_host(&authorizer, SECOND_HOST, NOW).await, invalid(InvalidToken::KeyUnknown));
    assert_eq!(of_host(&authorizer, SECOND_HOST, NOW.plus_seconds(1)).await, Ok(KeyOrigin::Fetched));
    assert_eq!(of_host(&authorizer, testkit::POOL, NOW.plus_seconds(1)).await, Ok(KeyOrigin::Cached));
}

#[tokio::test]
async fn a_host_that_has_served_is_undecided_when_its_keys_are_too_old() {
    let authorizer = two_hosts(ScriptedSource::new([only(&KEY)]), ScriptedSource::new([only(&KEY), DOWN]));
    for issuer in [testkit::POOL, SECOND_HOST] {
        assert!(of_host(&authorizer, issuer, NOW).await.is_ok());
    }
    let too_old = NOW.plus_seconds(MAX_AGE.trust_seconds);
    let undecided = of_host(&authorizer, SECOND_HOST, too_old).await;
    assert_eq!(undecided, unavailable(Unavailable::Fetch(FetchError::Connect)));
    assert!(of_host(&authorizer, testkit::POOL, too_old).await.is_ok());
}

#[tokio::test]
async fn another_pool_that_never_served_is_an_outage() {
    let (mut authorizer, _) = over([only(&KEY)]);
    trust(&mut authorizer, testkit::OTHER_POOL, key_cache(ScriptedSource::new([DOWN])));
    assert!(of_host(&authorizer, testkit::POOL, NOW).await.is_ok());
    let undecided = of_host(&authorizer, testkit::OTHER_POOL, NOW).await;
    assert_eq!(undecided, unavailable(Unavailable::Fetch(FetchError::Connect)));
}

#[tokio::test]
async fn the_second_host_stays_unknown_after_a_bundled_set_grew_too_old() {
    let bundled = KeySet::parse(key_set(&[&KEY]).as_bytes(), Algorithms::RS256).unwrap();
    let mut authorizer = authorizer_over(&permissions(), ScriptedSource::new([only(&KEY)]));
    let second = key_cache(ScriptedSource::new([NOT_SWITCHED])).starting_with(bundled, NOW);
    trust(&mut authorizer, SECOND_HOST, second);
    let too_old = NOW.plus_seconds(MAX_AGE.trust_seconds);
    assert!(of_host(&authorizer, testkit::POOL, too_old).await.is_ok());
    assert_eq!(of_host(&authorizer, SECOND_HOST, too_old).await, invalid(InvalidToken::KeyUnknown));
}
