//! What the outcome tests share: an issuer that signs real tokens, a key endpoint that follows a script, a clock that is
//! set, and a gateway over all of them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may stop at the first surprise, and its helpers say what they do in their names"
)]

pub mod api_shapes;
pub mod caller;
pub mod documents;
pub mod doors;
pub mod hostile;
pub mod iam;
pub mod judge;
pub mod keys;
pub mod oracle;
pub mod vectors;
pub mod world;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_authorizer::authorizer::{Authorizer, Decision, Refusal, TrustedIssuer};
use cognito_authorizer::clock::{Clock, UnixTime};
use cognito_authorizer::documents::{ActiveDocument, Documents};
use cognito_authorizer::gateway::{Gateway, HttpApiResponse, InvalidTokenAnswer, TokenSource};
use cognito_authorizer::jwks::{Algorithms, FetchError, KeyCache, KeySource, MaxAge};
use cognito_authorizer::log::{Format, Level, Logger, SubjectLog};
use cognito_authorizer::token::{BearerToken, Clients, Issuer, Profile, Scheme, TokenUse, Verifier};
use lambda_runtime::BoxFuture;
use permissions::Method;
use permissions::iam::{Coverage, DEFAULT_BUDGET_BYTES, Limits};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

pub const POOL: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_TestPool1";
pub const OTHER_POOL: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_OtherPool";
pub const CLIENT: &str = "client0123456789";
pub const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
pub const STAGE: &str = "arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/test/";

/// A key pair with its id. Making one takes a while, so every test shares these.
pub struct SigningKey {
    pub id: &'static str,
    pair: KeyPair,
}

pub static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::new("key/1+a="));
pub static OTHER_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::new("key/2+b="));

impl SigningKey {
    fn new(id: &'static str) -> Self {
        Self { id, pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    /// The public half, as Cognito publishes it.
    pub fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        let text = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
        let n = text(public.modulus().big_endian_without_leading_zero());
        let e = text(public.exponent().big_endian_without_leading_zero());
        json!({"kid": self.id, "kty": "RSA", "alg": "RS256", "use": "sig", "n": n, "e": e})
    }

    /// A compact JWS with exactly this header and payload.
    pub fn sign(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token with Cognito's header and these claims.
    pub fn token(&self, claims: &Value) -> String {
        self.sign(&json!({"kid": self.id, "alg": "RS256"}).to_string(), &claims.to_string())
    }
}

pub fn key_set(keys: &[&SigningKey]) -> String {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()}).to_string()
}

/// The claims of an access token as Cognito issues it, with changes: `null` takes a claim away.
pub fn access(changes: Value) -> Value {
    let claims = json!({
        "sub": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "iss": POOL, "client_id": CLIENT, "token_use": "access",
        "scope": "orders/read", "auth_time": 1_699_999_000, "iat": 1_699_999_000, "exp": 1_700_003_600, "version": 2,
        "jti": "jti-1", "origin_jti": "origin-1", "username": "alice"
    });
    changed(claims, changes)
}

/// The claims of an ID token as Cognito issues it, with changes.
pub fn id(changes: Value) -> Value {
    let claims = json!({
        "sub": "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "iss": POOL, "aud": CLIENT, "token_use": "id",
        "auth_time": 1_699_999_000, "iat": 1_699_999_000, "exp": 1_700_003_600, "jti": "jti-2",
        "cognito:username": "alice", "email": "alice@example.com", "email_verified": true
    });
    changed(claims, changes)
}

fn changed(mut claims: Value, changes: Value) -> Value {
    let claims_map = claims.as_object_mut().unwrap();
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (name, value) in changes {
        if value.is_null() {
            claims_map.remove(&name)
        } else {
            claims_map.insert(name, value)
        };
    }
    claims
}

/// A key endpoint that gives its answers in turn, the last one for ever, and counts the questions.
#[derive(Clone)]
pub struct ScriptedSource {
    answers: Arc<Mutex<VecDeque<Result<String, FetchError>>>>,
    fetches: Arc<AtomicUsize>,
}

impl ScriptedSource {
    pub fn new(answers: impl IntoIterator<Item = Result<String, FetchError>>) -> Self {
        Self { answers: Arc::new(Mutex::new(answers.into_iter().collect())), fetches: Arc::default() }
    }

    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

impl KeySource for ScriptedSource {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchError>> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move {
            // Lets others run, as a network would, so that look-ups meet.
            tokio::task::yield_now().await;
            answer.unwrap().map(String::into_bytes)
        })
    }
}

pub fn verifier() -> Verifier {
    Verifier {
        entry: None,
        algorithms: Algorithms::RS256,
        profile: Arc::new(Profile::of_cognito()),
        clients: Clients::Listed(vec![CLIENT.to_owned()]),
        token_uses: vec![TokenUse::Access],
        resources: None,
        leeway_seconds: 0,
    }
}

/// An authorizer for [`POOL`] with [`KEY`] and these permissions.
pub fn authorizer(permissions: &Value) -> Authorizer {
    authorizer_over(permissions, ScriptedSource::new([Ok(key_set(&[&KEY]))]))
}

pub fn authorizer_over(permissions: &Value, source: ScriptedSource) -> Authorizer {
    let document = ActiveDocument::parse(permissions.to_string().as_bytes(), LIMITS).unwrap();
    Authorizer {
        issuers: vec![TrustedIssuer {
            issuer: Issuer::new(POOL.to_owned()),
            keys: Arc::new(key_cache(source)),
            verifier: Arc::new(verifier()),
        }],
        documents: Documents::fixed(document),
    }
}

/// Lets one more issuer in, of the same entry as the first.
pub fn trust(authorizer: &mut Authorizer, issuer: &str, keys: KeyCache) {
    let verifier = Arc::clone(&authorizer.issuers[0].verifier);
    authorizer.issuers.push(TrustedIssuer { issuer: Issuer::new(issuer.to_owned()), keys: Arc::new(keys), verifier });
}

/// What is asked of the tokens of an authorizer's one issuer, to change.
pub fn verifier_of(authorizer: &mut Authorizer) -> &mut Verifier {
    Arc::make_mut(&mut authorizer.issuers[0].verifier)
}

pub const LIMITS: Limits = Limits { coverage: Coverage::Api, budget_bytes: DEFAULT_BUDGET_BYTES };

/// How old a set may grow in these tests, and nobody who listens.
pub const MAX_AGE: MaxAge = MaxAge { refresh_seconds: 3600, trust_seconds: 86_400 };

pub fn key_cache(source: ScriptedSource) -> KeyCache {
    KeyCache::new(Box::new(source), Algorithms::RS256, MAX_AGE, Box::new(|_| ()))
}

/// Two routes for `orders/read`, one for everyone.
pub fn permissions() -> Value {
    json!({"permissions": [
        {"scopes": ["orders/read"], "allow": ["GET /orders", "GET /orders/{id}"]},
        {"scopes": ["orders/write"], "allow": ["POST /orders"]},
        {"authenticated": true, "allow": ["GET /me"]}
    ]})
}

pub async fn decide(authorizer: &Authorizer, token: &str, method: &str, now: UnixTime) -> Result<Decision, Refusal> {
    let token = BearerToken::parse(token, Scheme::Optional).map_err(Refusal::InvalidToken)?;
    authorizer.authorize(&token, &Method::parse(format!("{STAGE}{method}")).unwrap(), now).await
}

pub struct SetClock(pub UnixTime);

impl Clock for SetClock {
    fn now(&self) -> UnixTime {
        self.0
    }
}

pub fn gateway(authorizer: Authorizer) -> Gateway {
    Gateway {
        authorizer,
        token_sources: vec![TokenSource::authorization_header()],
        invalid_token: InvalidTokenAnswer::ByApi,
        http_api_response: HttpApiResponse::Iam,
        check_identity_source: true,
        usage_identifier_claim: None,
        clock: Box::new(SetClock(NOW)),
        logger: Logger { level: Level::Fatal, format: Format::Json },
        subject_log: SubjectLog::None,
        metrics: None,
        validator: None,
    }
}

pub fn token_event(token: &str, method: &str) -> String {
    json!({"type": "TOKEN", "methodArn": format!("{STAGE}{method}"), "authorizationToken": format!("Bearer {token}")})
        .to_string()
}

/// What IAM answers to a policy in JSON.
pub fn iam_allows(policy: &Value, arn: &str) -> bool {
    iam::allows(&iam::Policy::read(policy.clone()), arn)
}
