//! Which tokens are believed, and which keys for how long?

use super::error::ConfigError;
use super::variables::Variables;
use crate::jwks::{Algorithms, MaxAge};
use crate::token::{Clients, LONGEST_LEEWAY_SECONDS, Profile, TokenUse, Verifier};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Age at which a key set is refreshed, in seconds, when nothing else is set: Cognito does not say how often it rotates
/// keys, and an hour bounds how long a withdrawn key is believed.
const DEFAULT_REFRESH_SECONDS: u64 = 3600;

/// Age at which a key set that could not be refreshed is no longer trusted, in seconds: a day, the longest life of a
/// Cognito access token.
const DEFAULT_MAX_AGE_SECONDS: u64 = 86_400;

/// The shortest and longest time between refreshes, in seconds.
const REFRESH_SECONDS: RangeInclusive<u64> = 60..=86_400;

/// The longest time that a set may be trusted without a refresh, in seconds: a week, to sit out the longest outage.
const LONGEST_MAX_AGE_SECONDS: u64 = 604_800;

/// Cognito's `ClientIdType`: at most 128 characters.
const LONGEST_CLIENT_ID: usize = 128;

/// What is asked of the tokens of Cognito's pools: the short form of one entry.
pub(super) fn verifier(vars: &Variables<'_>) -> Result<Verifier, ConfigError> {
    let token_uses = token_uses(vars)?;
    let resources = resources(vars)?;
    if resources.is_some() && !token_uses.contains(&TokenUse::Access) {
        return Err(ConfigError::Invalid {
            variable: "TOKEN_USE",
            found: "id".to_owned(),
            expected: "`access` or `access,id`, since RESOURCE is set and id tokens are bound to none",
        });
    }
    Ok(Verifier {
        entry: None,
        algorithms: Algorithms::RS256,
        profile: Arc::new(Profile::of_cognito()),
        clients: clients(vars)?,
        token_uses,
        resources,
        leeway_seconds: leeway(vars)?,
    })
}

fn clients(vars: &Variables<'_>) -> Result<Clients, ConfigError> {
    const EXPECTED: &str = "app client ids, or `*` alone for every client of the pools";
    let is_id = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+".contains(&byte));
    if vars.text("APP_CLIENT_ID").as_deref() == Some("*") {
        return Ok(Clients::Any);
    }
    let listed = vars.list("APP_CLIENT_ID", EXPECTED, |text| {
        (!text.is_empty() && text.len() <= LONGEST_CLIENT_ID && is_id(text)).then(|| text.to_owned())
    })?;
    listed.map(Clients::Listed).ok_or(ConfigError::Missing { variable: "APP_CLIENT_ID", expected: EXPECTED })
}

fn token_uses(vars: &Variables<'_>) -> Result<Vec<TokenUse>, ConfigError> {
    let uses = vars.list("TOKEN_USE", "`access`, `id` or `access,id`", |text| {
        [TokenUse::Access, TokenUse::Id].into_iter().find(|known| known.name() == text)
    })?;
    Ok(uses.unwrap_or_else(|| vec![TokenUse::Access]))
}

/// RFC 8707 section 2: an absolute URI without a fragment.
fn resources(vars: &Variables<'_>) -> Result<Option<Vec<String>>, ConfigError> {
    vars.list("RESOURCE", "absolute URIs without a fragment", |text| {
        let (scheme, rest) = text.split_once(':')?;
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        let is_plain = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        (is_scheme && is_plain).then(|| text.to_owned())
    })
}

pub(super) fn leeway(vars: &Variables<'_>) -> Result<u64, ConfigError> {
    let leeway =
        vars.seconds("LEEWAY_SECONDS", 0..=LONGEST_LEEWAY_SECONDS, "a whole number of seconds from 0 to 300")?;
    Ok(leeway.unwrap_or(0))
}

pub(super) fn max_age(vars: &Variables<'_>) -> Result<MaxAge, ConfigError> {
    const EXPECTED: &str = "a whole number of seconds, from JWKS_REFRESH_SECONDS to 604800";
    let refresh =
        vars.seconds("JWKS_REFRESH_SECONDS", REFRESH_SECONDS, "a whole number of seconds from 60 to 86400")?;
    let refresh_seconds = refresh.unwrap_or(DEFAULT_REFRESH_SECONDS);
    let trust = vars.seconds("JWKS_MAX_AGE_SECONDS", refresh_seconds..=LONGEST_MAX_AGE_SECONDS, EXPECTED)?;
    Ok(MaxAge { refresh_seconds, trust_seconds: trust.unwrap_or(DEFAULT_MAX_AGE_SECONDS) })
}
