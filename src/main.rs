//! The Lambda function: settings and files become a [`Gateway`], which the runtime then hands each event.

use cognito_authorizer::access::PermissionMap;
use cognito_authorizer::authorizer::{Authorizer, TrustedIssuer};
use cognito_authorizer::clock::{Clock, SystemClock};
use cognito_authorizer::config::{self, Config, ConfigError, IssuerConfig};
use cognito_authorizer::gateway::Gateway;
use cognito_authorizer::jwks::{HttpKeySource, KeyCache, KeySet, NoKey, TrustedRoots};
use cognito_authorizer::log::{Level, Logger};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

// The switch is a build-time variable of a dependency, and its loss would be silent: see `.cargo/config.toml`.
const _: () = assert!(
    option_env!("AWS_LC_SYS_NO_JITTER_ENTROPY").is_some(),
    "build inside the repository, so that `.cargo/config.toml` applies: a cold start would take 31 ms more without it"
);

// One thread: an invocation is one short computation, and a second thread would only cost its start.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let logger = config::logger(variable);
    log_panics(logger);
    let gateway = match start(logger).await {
        Ok(gateway) => gateway,
        Err(error) => {
            logger.message(Level::Error, &format_args!("not started: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let handler = |event: LambdaEvent<Box<RawValue>>| {
        let gateway = &gateway;
        async move { gateway.answer(event.payload.get(), &event.context.request_id).await }
    };
    match Runtime::new(service_fn(handler)).run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            logger.message(Level::Error, &format_args!("stopped: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A panic's message could quote what it stumbled over, so only its place is written down.
fn log_panics(logger: Logger) {
    std::panic::set_hook(Box::new(move |panic| match panic.location() {
        Some(place) => logger.message(Level::Error, &format_args!("panicked at {}:{}", place.file(), place.line())),
        None => logger.message(Level::Error, &"panicked"),
    }));
}

async fn start(logger: Logger) -> Result<Gateway, ConfigError> {
    let config = Config::from_vars(variable)?;
    let permissions = read_permissions(&config.permissions_file)?;
    let issuers = trusted_issuers(&config)?;
    prefetch(&config.issuers, &issuers, logger).await;
    Ok(Gateway {
        authorizer: Authorizer { issuers, verifier: config.verifier, permissions },
        token_sources: config.token_sources,
        invalid_token: config.invalid_token,
        clock: Box::new(SystemClock),
        logger,
    })
}

fn read_permissions(file: &str) -> Result<PermissionMap, ConfigError> {
    let text = read("PERMISSIONS_FILE", file)?;
    PermissionMap::parse(&text).map_err(|error| unusable("PERMISSIONS_FILE", file, &error))
}

/// Issuers with the same key endpoint share one cache.
fn trusted_issuers(config: &Config) -> Result<Vec<TrustedIssuer>, ConfigError> {
    let bundled = config.jwks_file.as_deref().map(read_key_set).transpose()?;
    let roots = config.jwks_ca_file.as_deref().map(read_roots).transpose()?.unwrap_or_default();
    let mut caches: Vec<(&str, Arc<KeyCache>)> = Vec::new();
    let mut issuers = Vec::new();
    for IssuerConfig { issuer, jwks_uri, .. } in &config.issuers {
        let shared = caches.iter().find(|(uri, _)| uri == jwks_uri).map(|(_, keys)| Arc::clone(keys));
        let keys = shared.unwrap_or_else(|| Arc::new(key_cache(jwks_uri, &roots, bundled.as_ref())));
        caches.push((jwks_uri, Arc::clone(&keys)));
        issuers.push(TrustedIssuer { issuer: issuer.clone(), keys });
    }
    Ok(issuers)
}

fn key_cache(jwks_uri: &str, roots: &TrustedRoots, bundled: Option<&KeySet>) -> KeyCache {
    let source = Box::new(HttpKeySource::new(jwks_uri.to_owned(), roots.clone()));
    match bundled {
        Some(keys) => KeyCache::starting_with(keys.clone(), source),
        None => KeyCache::new(source),
    }
}

/// Fetches the keys while Lambda's init phase runs. A failure is not the end: the first token tries again.
async fn prefetch(configs: &[IssuerConfig], issuers: &[TrustedIssuer], logger: Logger) {
    for (config, trusted) in configs.iter().zip(issuers) {
        if !config.prefetch || trusted.keys.is_filled() {
            continue;
        }
        if let Err(NoKey::Unavailable { cause }) = trusted.keys.prefetch(SystemClock.now()).await {
            logger.message(Level::Warn, &format_args!("keys not fetched at start: {cause}"));
        }
    }
}

fn read_key_set(file: &str) -> Result<KeySet, ConfigError> {
    KeySet::parse(&read("JWKS_FILE", file)?).map_err(|error| unusable("JWKS_FILE", file, &error))
}

fn read_roots(file: &str) -> Result<TrustedRoots, ConfigError> {
    let roots = TrustedRoots::with_pem(&read("JWKS_CA_FILE", file)?);
    roots.ok_or_else(|| unusable("JWKS_CA_FILE", file, &"found no usable certificate, expected PEM certificates"))
}

/// Reads a file of the deployment package: relative paths are looked up in `LAMBDA_TASK_ROOT`, then where we are.
fn read(variable_name: &'static str, file: &str) -> Result<Vec<u8>, ConfigError> {
    let packaged = variable("LAMBDA_TASK_ROOT").map(|root| Path::new(&root).join(file)).filter(|path| path.exists());
    let path = packaged.unwrap_or_else(|| PathBuf::from(file));
    std::fs::read(path).map_err(|error| unusable(variable_name, file, &error))
}

fn unusable(variable: &'static str, file: &str, problem: &dyn std::fmt::Display) -> ConfigError {
    ConfigError::File { variable, path: file.to_owned(), problem: problem.to_string() }
}
