//! How do settings and files become a gateway?

use crate::authorizer::{Authorizer, TrustedIssuer};
use crate::cache_check::Check;
use crate::clock::{Clock, SystemClock};
use crate::config::{self, Config, ConfigError, Files, IssuerConfig, KeyPlace, UnknownSettings};
use crate::documents::{ActiveDocument, DocumentEvent, Documents, ExtensionSource, Reader};
use crate::gateway::{Gateway, HttpApiResponse, Validator};
use crate::jwks::{
    Algorithms, BundledKeySource, DiscoveredKeySource, HttpKeySource, InvalidKeySet, KeyCache, KeyEvent, KeySet,
    KeySource, TrustedRoots,
};
use crate::log::{Level, Logger, Metrics, StartLine};
use permissions::Permissions;
use permissions::findings::{self, AcceptedTokens, Checks, Finding};
use permissions::iam::{Coverage, Limits};
use permissions::questions::Facts;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// The gateway, ready for its first event. `names` are those of all environment variables, and `variable` gives the value
/// of one.
///
/// # Errors
/// [`ConfigError`] for the first setting or file that is missing or not understood.
pub async fn start(
    names: impl IntoIterator<Item = String>,
    variable: impl Fn(&str) -> Option<String>,
    logger: Logger,
) -> Result<Gateway, ConfigError> {
    if let Some(unknown) = UnknownSettings::among(names) {
        logger.message(Level::Warn, &unknown);
    }
    let config = Config::from_vars(&variable)?;
    let files = Files::new(variable("LAMBDA_TASK_ROOT"), config::working_directory());
    let cache_check = Check::new(&config, variable("AWS_REGION").as_deref());
    let read = |json: &[u8]| ActiveDocument::parse(json, config.limits);
    let document = files.parse("PERMISSIONS_FILE", &config.permissions_file, read)?;
    let (issuers, keys) = trusted_issuers(&config, &files, logger)?;
    let mut authorizer = Authorizer { issuers, documents: Documents::fixed(document) };
    let document = authorizer.documents.active();
    let unusable = |problem: String| ConfigError::File {
        variable: "PERMISSIONS_FILE",
        path: config.permissions_file.clone(),
        problem,
    };
    document.permissions.check_issuers(&authorizer.entries()).map_err(|problem| unusable(problem.to_string()))?;
    cache_check.check(&document, logger).map_err(unusable)?;
    let verifiers = authorizer.issuers.iter().map(|issuer| issuer.verifier.as_ref());
    for surprise in surprises(&document.permissions, config::accepted_tokens(verifiers)) {
        logger.message(Level::Warn, &surprise);
    }
    if let Some(source) = &config.permissions_source {
        let extension = source.extension.clone();
        let source =
            (ExtensionSource::new(extension, source.port, variable("AWS_SESSION_TOKEN")), source.refresh_seconds);
        let read = reader(config.limits, &authorizer.entries(), cache_check.clone(), logger);
        authorizer.documents = refreshed(Arc::clone(&document), source, read, logger);
    }
    let validator = Validator {
        read: reader(config.limits, &authorizer.entries(), cache_check, logger),
        no_new_access: config.validator_no_new_access,
        // Of other issuers' tokens nothing is known.
        facts: if authorizer.entries().is_empty() { Facts::of_cognito() } else { Facts::none() },
    };
    keys.prefetch().await;
    logger.started(&start_line(&config, &document, authorizer.issuers.len()));
    Ok(Gateway {
        authorizer,
        token_sources: config.token_sources,
        invalid_token: config.invalid_token,
        http_api_response: config.http_api_response,
        check_identity_source: config.check_identity_source,
        usage_identifier_claim: config.usage_identifier_claim,
        clock: Box::new(SystemClock),
        logger,
        subject_log: config.subject_log,
        metrics: config.metrics_namespace.and_then(Metrics::new),
        validator: Some(validator),
    })
}

/// Newer documents are read as the packaged one is.
fn refreshed(
    document: Arc<ActiveDocument>,
    (source, refresh_seconds): (ExtensionSource, u64),
    read: Reader,
    logger: Logger,
) -> Documents {
    let observer = move |event: &DocumentEvent| {
        let level = if matches!(event, DocumentEvent::Replaced { .. }) { Level::Info } else { Level::Warn };
        logger.message(level, event);
    };
    Documents::refreshed(document, Box::new(source), refresh_seconds, read, Box::new(observer))
}

/// Reads documents as the packaged one is read.
fn reader(limits: Limits, entries: &[&str], cache_check: Check, logger: Logger) -> Reader {
    let entries: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
    Box::new(move |json: &[u8]| {
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        let document = ActiveDocument::parse(json, limits).map_err(|error| error.to_string())?;
        document.permissions.check_issuers(&entries).map_err(|error| error.to_string())?;
        cache_check.check(&document, logger)?;
        Ok(document)
    })
}

/// What conditions of the document will do to its author's surprise, one line a kind: a deny that never applies leaves open
/// what it names.
fn surprises(permissions: &Permissions, accepted: AcceptedTokens) -> Vec<String> {
    let found = findings::of_conditions(permissions, accepted);
    let mut kinds: BTreeMap<&str, (Finding, usize)> = BTreeMap::new();
    for finding in findings::without_ignored(permissions, found, Checks::OfConditions) {
        let more = finding.subjects.len();
        kinds.entry(finding.code).and_modify(|(_, others)| *others += more).or_insert((finding, 0));
    }
    let line = |(finding, others): (Finding, usize)| match others {
        0 => format!("{finding} (`authz check` tells all)"),
        _ => format!("{finding} (and {others} more places of this kind: `authz check` tells all)"),
    };
    kinds.into_values().map(line).collect()
}

fn start_line<'a>(config: &Config, document: &'a ActiveDocument, issuers: usize) -> StartLine<'a> {
    StartLine {
        version: env!("CARGO_PKG_VERSION"),
        document: &document.version,
        permissions: document.permissions.permissions().len(),
        routes: document.permissions.catalog().len(),
        issuers,
        covers: match config.limits.coverage {
            Coverage::Api => "api",
            Coverage::Request => "request",
        },
        http_api_response: match config.http_api_response {
            HttpApiResponse::Iam => "iam",
            HttpApiResponse::Simple => "simple",
        },
    }
}

/// Issuers of one entry whose keys are published at one place share one cache.
fn trusted_issuers(config: &Config, files: &Files, logger: Logger) -> Result<(Vec<TrustedIssuer>, Keys), ConfigError> {
    let new_cache = key_caches(config, files, logger)?;
    let mut caches: Vec<(&IssuerConfig, Arc<KeyCache>)> = Vec::new();
    let mut issuers = Vec::new();
    let all = config.issuers.load(files)?;
    for configured in &all {
        let is_same_cache =
            |known: &IssuerConfig| known.keys == configured.keys && Arc::ptr_eq(&known.verifier, &configured.verifier);
        let shared = caches.iter().find(|(known, _)| is_same_cache(known));
        let keys = shared.map_or_else(|| Arc::new(new_cache(configured)), |(_, keys)| Arc::clone(keys));
        issuers.push(TrustedIssuer {
            issuer: configured.issuer.clone(),
            keys: Arc::clone(&keys),
            verifier: Arc::clone(&configured.verifier),
        });
        caches.push((configured, keys));
    }
    let keys = caches.into_iter().map(|(configured, keys)| (keys, configured.prefetch)).collect();
    Ok((issuers, Keys(keys)))
}

/// Makes the cache for an issuer's keys. Files are read once, here.
fn key_caches(
    config: &Config,
    files: &Files,
    logger: Logger,
) -> Result<impl Fn(&IssuerConfig) -> KeyCache + use<>, ConfigError> {
    let bundled = config.jwks_file.as_deref();
    let bundled = bundled.map(|file| files.parse("JWKS_FILE", file, bundled_keys)).transpose()?;
    let roots = config.jwks_ca_file.as_deref();
    let roots = roots.map(|file| files.parse("JWKS_CA_FILE", file, pem_roots)).transpose()?.unwrap_or_default();
    let max_age = config.jwks_max_age;
    Ok(move |configured: &IssuerConfig| {
        let source: Box<dyn KeySource> = match &configured.keys {
            KeyPlace::At(uri) => Box::new(HttpKeySource::new(uri.clone(), roots.clone())),
            KeyPlace::Discovered(discovery) => Box::new(DiscoveredKeySource::new(discovery.clone(), roots.clone())),
            // The settings see to it that there is a file where there is no URL.
            KeyPlace::Bundled => Box::new(BundledKeySource::new(bundled.as_ref().map(|(_, text)| text.clone()))),
        };
        let entry = configured.verifier.entry.clone();
        let observer = Box::new(move |event: &KeyEvent| match &entry {
            Some(name) => logger.message(Level::Warn, &format_args!("issuer `{name}`: {event}")),
            None => logger.message(Level::Warn, event),
        });
        let cache = KeyCache::new(source, configured.verifier.algorithms, max_age, observer);
        match &bundled {
            Some((keys, _)) => cache.starting_with(keys.clone(), SystemClock.now()),
            None => cache,
        }
    })
}

/// The key set, and its text to read it from again.
fn bundled_keys(json: &[u8]) -> Result<(KeySet, Vec<u8>), InvalidKeySet> {
    Ok((KeySet::parse(json, Algorithms::RS256)?, json.to_owned()))
}

fn pem_roots(pem: &[u8]) -> Result<TrustedRoots, &'static str> {
    TrustedRoots::with_pem(pem).ok_or("found no usable certificate, expected PEM certificates")
}

/// All keys, each with whether it is worth fetching before a token needs it.
struct Keys(Vec<(Arc<KeyCache>, bool)>);

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_that_never_hold_are_told_one_line_a_kind_unless_ignored() {
        let document = |lint: &str| {
            let json = format!(
                r#"{{"permissions":[
                    {{"authenticated":true,"allow":["GET /a"]}},
                    {{"claims":{{"custom:level":3}},"allow":["GET /b"]}},
                    {{"claims":{{"custom:on":true}},"allow":["GET /c/:id"]}}]{lint}}}"#
            );
            Permissions::parse(json.as_bytes()).unwrap()
        };
        let codes = |permissions: &Permissions| {
            let accepted = AcceptedTokens { access: false, id: true };
            let told = surprises(permissions, accepted);
            told.into_iter().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        // Routes are looked at by `authz check` alone.
        assert_eq!(codes(&document("")), ["condition_never_holds"]);
        let ignored = r#","lint":{"ignore":[{"code":"condition_never_holds","reason":"known"}]}"#;
        assert_eq!(codes(&document(ignored)), Vec::<String>::new());
    }
}
