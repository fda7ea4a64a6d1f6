//! Every file in `events/` gets the answer that its name promises, with the settings beside it.

use cognito_authorizer::authorizer::{Authorizer, TrustedIssuer};
use cognito_authorizer::clock::UnixTime;
use cognito_authorizer::config::{Config, Files, working_directory};
use cognito_authorizer::documents::{ActiveDocument, Documents};
use cognito_authorizer::gateway::{Failure, Gateway, Response};
use cognito_authorizer::jwks::{Algorithms, FetchError, KeySet};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use testkit::{ScriptedSource, SetClock, gateway, iam_allows, key_cache};

/// 2026-01-01T00:00:00Z: after the events' tokens were issued, before those that are good expire.
const NOW: UnixTime = UnixTime::from_seconds(1_767_225_600);

fn project_file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn gateway_of_the_events() -> Gateway {
    let settings = project_file("events/settings.env");
    let setting =
        |name: &str| settings.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned);
    let config = Config::from_vars(setting).unwrap();
    let keys = KeySet::parse(project_file(config.jwks_file.as_deref().unwrap()).as_bytes(), Algorithms::RS256).unwrap();
    let issuers = config.issuers.load(&Files::new(None, working_directory())).unwrap().into_iter().map(|configured| {
        let nowhere = ScriptedSource::new([Err(FetchError::Connect)]);
        TrustedIssuer {
            issuer: configured.issuer,
            keys: Arc::new(key_cache(nowhere).starting_with(keys.clone(), NOW)),
            verifier: configured.verifier,
        }
    });
    let document = ActiveDocument::parse(project_file(&config.permissions_file).as_bytes(), config.limits).unwrap();
    let authorizer = Authorizer { issuers: issuers.collect(), documents: Documents::fixed(document) };
    Gateway { clock: Box::new(SetClock(NOW)), token_sources: config.token_sources, ..gateway(authorizer) }
}

async fn outcome(gateway: &Gateway, event: &str) -> &'static str {
    let event_json: Value = serde_json::from_str(event).unwrap();
    let arn =
        ["methodArn", "routeArn"].iter().find_map(|name| event_json[name].as_str()).unwrap_or_default().to_owned();
    match gateway.answer(event, "request-1").await {
        Ok(Response::Nothing) => "none",
        Ok(response) => {
            let policy = serde_json::to_value(response).unwrap()["policyDocument"].clone();
            if iam_allows(&policy, &arn) { "allow" } else { "deny" }
        }
        Err(Failure::Unauthorized) => "unauthorized",
        Err(Failure::Undecided { .. } | Failure::DocumentRefused { .. }) => "error",
    }
}

#[tokio::test]
async fn every_event_gets_the_answer_that_its_name_promises() {
    let gateway = gateway_of_the_events();
    let listed = project_file("events/index.csv");
    let names: Vec<&str> = listed.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let event = project_file(&format!("events/{name}.json"));
        let promised = name.split('-').next().unwrap();
        assert_eq!(outcome(&gateway, &event).await, promised, "{name}");
    }
}
