//! Any bytes as an event: a known answer always, and never an Allow, since no key is ever at hand.

#![no_main]

use cognito_authorizer::authorizer::{Authorizer, TrustedIssuer};
use cognito_authorizer::clock::SystemClock;
use cognito_authorizer::documents::{ActiveDocument, Documents};
use cognito_authorizer::gateway::{Gateway, HttpApiResponse, InvalidTokenAnswer, TokenSource};
use cognito_authorizer::jwks::{Algorithms, HttpKeySource, KeyCache, MaxAge, TrustedRoots};
use cognito_authorizer::log::{Format, Level, Logger, SubjectLog};
use permissions::iam::{Coverage, DEFAULT_BUDGET_BYTES, Limits};
use cognito_authorizer::token::{Clients, Issuer, Profile, TokenUse, Verifier};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};

static GATEWAY: LazyLock<Gateway> = LazyLock::new(|| {
    let limits = Limits { coverage: Coverage::Api, budget_bytes: DEFAULT_BUDGET_BYTES };
    let document = ActiveDocument::parse(include_bytes!("../../permissions.json"), limits).expect("the packaged document");
    // Port 9 is nobody's: a token that gets as far as a key is undecided.
    let source = Box::new(HttpKeySource::new("http://127.0.0.1:9/".to_owned(), TrustedRoots::default()));
    let max_age = MaxAge { refresh_seconds: 3600, trust_seconds: 86_400 };
    Gateway {
        authorizer: Authorizer {
            issuers: vec![TrustedIssuer {
                issuer: Issuer::new("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI".to_owned()),
                keys: Arc::new(KeyCache::new(source, Algorithms::RS256, max_age, Box::new(|_| ()))),
                verifier: Arc::new(Verifier {
                    entry: None,
                    algorithms: Algorithms::RS256,
                    profile: Arc::new(Profile::of_cognito()),
                    clients: Clients::Any,
                    token_uses: vec![TokenUse::Access],
                    resources: None,
                    leeway_seconds: 0,
                }),
            }],
            documents: Documents::fixed(document),
        },
        token_sources: ["header:Authorization", "query:access_token", "cookie:token"]
            .into_iter()
            .filter_map(TokenSource::parse)
            .collect(),
        invalid_token: InvalidTokenAnswer::Deny,
        http_api_response: HttpApiResponse::Simple,
        check_identity_source: true,
        usage_identifier_claim: None,
        clock: Box::new(SystemClock),
        logger: Logger { level: Level::Fatal, format: Format::Json },
        subject_log: SubjectLog::None,
        metrics: None,
        validator: None,
    }
});

fuzz_target!(|data: &[u8]| {
    let Ok(event) = std::str::from_utf8(data) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if let Ok(response) = runtime.block_on(GATEWAY.answer(event, "request-1")) {
        let answer = serde_json::to_value(response).expect("an answer is JSON");
        assert_ne!(answer["isAuthorized"], true);
        assert!(!answer.to_string().contains("\"Allow\""), "{answer}");
    }
});
