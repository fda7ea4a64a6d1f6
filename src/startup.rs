//! How do settings and files become a gateway?

use cognito_authorizer::authorizer::{Authorizer, TrustedIssuer};
use cognito_authorizer::clock::{Clock, SystemClock};
use cognito_authorizer::config::{Config, ConfigError, IssuerConfig};
use cognito_authorizer::gateway::{Gateway, HttpApiResponse};
use cognito_authorizer::jwks::{HttpKeySource, KeyCache, KeySet, TrustedRoots};
use cognito_authorizer::log::{Level, Logger};
use lambda_runtime::{BoxFuture, Error, SnapStartResource};
use permissions::Permissions;
use permissions::iam::Policies;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::task::JoinSet;

/// What must be set up in API Gateway for simple responses to be right: it caches one boolean for every route.
const SIMPLE_RESPONSES: &str = "simple responses answer for one route: give the authorizer the identity source \
    $context.routeKey, or no caching (TTL 0) where routes have parameters that permissions look at";

/// The gateway, ready for its first event, and the keys that want to know of snapshots.
pub(crate) async fn start(
    variable: fn(&str) -> Option<String>,
    logger: Logger,
) -> Result<(Gateway, Keys), ConfigError> {
    let config = Config::from_vars(variable)?;
    if config.http_api_response == HttpApiResponse::Simple {
        logger.message(Level::Info, &SIMPLE_RESPONSES);
    }
    let files = Files { task_root: variable("LAMBDA_TASK_ROOT") };
    let permissions = files.parse("PERMISSIONS_FILE", &config.permissions_file, Permissions::parse)?;
    let policies = Policies::new(&permissions, config.limits);
    let (issuers, keys) = trusted_issuers(&config, &files, logger)?;
    keys.prefetch().await;
    let gateway = Gateway {
        authorizer: Authorizer { issuers, verifier: config.verifier, policies, permissions },
        token_sources: config.token_sources,
        invalid_token: config.invalid_token,
        http_api_response: config.http_api_response,
        check_identity_source: config.check_identity_source,
        usage_identifier_claim: config.usage_identifier_claim,
        clock: Box::new(SystemClock),
        logger,
    };
    Ok((gateway, keys))
}

/// Issuers whose keys are published at one place share one cache.
fn trusted_issuers(config: &Config, files: &Files, logger: Logger) -> Result<(Vec<TrustedIssuer>, Keys), ConfigError> {
    let new_cache = key_caches(config, files, logger)?;
    let mut caches: Vec<(&IssuerConfig, Arc<KeyCache>)> = Vec::new();
    let mut issuers = Vec::new();
    for configured in &config.issuers {
        let shared = caches.iter().find(|(known, _)| known.jwks_uri == configured.jwks_uri);
        let keys = shared.map_or_else(|| Arc::new(new_cache(&configured.jwks_uri)), |(_, keys)| Arc::clone(keys));
        issuers.push(TrustedIssuer { issuer: configured.issuer.clone(), keys: Arc::clone(&keys) });
        caches.push((configured, keys));
    }
    let keys = caches.into_iter().map(|(configured, keys)| (keys, configured.prefetch)).collect();
    Ok((issuers, Keys(keys)))
}

/// Makes the cache for a place where keys are published. Files are read once, here.
fn key_caches(
    config: &Config,
    files: &Files,
    logger: Logger,
) -> Result<impl Fn(&str) -> KeyCache + use<>, ConfigError> {
    let bundled = config.jwks_file.as_deref();
    let bundled = bundled.map(|file| files.parse("JWKS_FILE", file, KeySet::parse)).transpose()?;
    let roots = config.jwks_ca_file.as_deref();
    let roots = roots.map(|file| files.parse("JWKS_CA_FILE", file, pem_roots)).transpose()?.unwrap_or_default();
    let max_age = config.jwks_max_age;
    Ok(move |uri: &str| {
        let source = Box::new(HttpKeySource::new(uri.to_owned(), roots.clone()));
        let cache = KeyCache::new(source, max_age, Box::new(move |event| logger.message(Level::Warn, event)));
        match &bundled {
            Some(keys) => cache.starting_with(keys.clone(), SystemClock.now()),
            None => cache,
        }
    })
}

fn pem_roots(pem: &[u8]) -> Result<TrustedRoots, &'static str> {
    TrustedRoots::with_pem(pem).ok_or("found no usable certificate, expected PEM certificates")
}

/// All keys, each with whether it is worth fetching before a token needs it.
pub(crate) struct Keys(Vec<(Arc<KeyCache>, bool)>);

impl Keys {
    /// Fetches what is not at hand, for all issuers at once. A failure is not the end: the first token tries again.
    async fn prefetch(&self) {
        let mut fetches = JoinSet::new();
        for (keys, _) in self.0.iter().filter(|(_, prefetch)| *prefetch) {
            let keys = Arc::clone(keys);
            fetches.spawn(async move { keys.prefetch(SystemClock.now()).await });
        }
        fetches.join_all().await;
    }
}

impl SnapStartResource for Keys {
    fn before_snapshot(&self) -> BoxFuture<'_, Result<(), Error>> {
        self.0.iter().for_each(|(keys, _)| keys.disconnect());
        Box::pin(async { Ok(()) })
    }

    /// The snapshot may be days old; the wall clock knows.
    fn after_restore(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async {
            self.prefetch().await;
            Ok(())
        })
    }
}

/// Files of the deployment package: relative paths are looked up in `LAMBDA_TASK_ROOT`, then where we are.
struct Files {
    task_root: Option<String>,
}

impl Files {
    fn parse<T, E: Display>(
        &self,
        variable: &'static str,
        file: &str,
        parse: impl Fn(&[u8]) -> Result<T, E>,
    ) -> Result<T, ConfigError> {
        let unusable = |problem: String| ConfigError::File { variable, path: file.to_owned(), problem };
        let packaged = self.task_root.as_ref().map(|root| Path::new(root).join(file)).filter(|path| path.exists());
        let text = std::fs::read(packaged.unwrap_or_else(|| PathBuf::from(file)));
        parse(&text.map_err(|error| unusable(error.to_string()))?).map_err(|error| unusable(error.to_string()))
    }
}
