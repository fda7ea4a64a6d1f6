//! Who issues tokens, and where are the keys?

use super::error::ConfigError;
use super::variables::Variables;
use super::{IssuerConfig, Issuers, KeyPlace, verification};
use crate::token::{Issuer, TokenUse, Verifier};
use permissions::findings::AcceptedTokens;
use permissions::issuers::is_fetchable;
use std::sync::Arc;

/// The tokens that one of these accepts.
pub fn accepted_tokens<'a>(verifiers: impl IntoIterator<Item = &'a Verifier>) -> AcceptedTokens {
    let mut accepted = AcceptedTokens { access: false, id: false };
    for verifier in verifiers {
        accepted.access |= verifier.token_uses.contains(&TokenUse::Access);
        accepted.id |= verifier.token_uses.contains(&TokenUse::Id);
    }
    accepted
}

/// Cognito's `UserPoolIdType`: at most 55 characters.
const LONGEST_POOL_ID: usize = 55;

/// What a file of issuers says in its entries.
const SHORT_FORM: [&str; 7] =
    ["USER_POOL_ID", "APP_CLIENT_ID", "TOKEN_USE", "RESOURCE", "ISSUER", "JWKS_URI", "JWKS_FILE"];

pub(super) fn issuers(vars: &Variables<'_>) -> Result<Issuers, ConfigError> {
    let Some(file) = vars.text("ISSUERS_FILE") else { return short_form(vars).map(Issuers::Short) };
    for variable in SHORT_FORM {
        if let Some(found) = vars.text(variable) {
            let expected = "nothing beside ISSUERS_FILE, whose entries say it";
            return Err(ConfigError::Invalid { variable, found, expected });
        }
    }
    Ok(Issuers::File { file, leeway_seconds: verification::leeway(vars)? })
}

fn short_form(vars: &Variables<'_>) -> Result<Vec<IssuerConfig>, ConfigError> {
    const EXPECTED: &str =
        "https URLs without a trailing slash, query or fragment, or any text beside JWKS_URI or JWKS_FILE";
    let uri = jwks_uri(vars)?;
    let published_elsewhere = uri.is_some() || vars.text("JWKS_FILE").is_some();
    let known_by_its_url = |issuer: &Issuer| published_elsewhere || key_set_url(issuer).is_some();
    let pools = vars.list("USER_POOL_ID", "pool ids such as `eu-west-1_AbCdEfGhI`", pool_region)?;
    let issuers = vars.list("ISSUER", EXPECTED, |text| issuer(text).filter(known_by_its_url))?;
    let mut published: Vec<Published> = match (issuers, pools) {
        (Some(issuers), pools) => {
            require_issuers_of(&issuers, pools.as_deref())?;
            issuers.into_iter().map(|issuer| published_by(issuer, true)).collect()
        }
        (None, Some(pools)) => pools.into_iter().flat_map(|(region, pool)| hosts_of_pool(&region, &pool)).collect(),
        (None, None) => {
            return Err(ConfigError::Missing { variable: "USER_POOL_ID", expected: "the id of a user pool" });
        }
    };
    if let Some(uri) = uri {
        require_one_pool(vars, "JWKS_URI")?;
        for (position, issuer) in published.iter_mut().enumerate() {
            issuer.keys = KeyPlace::At(uri.clone());
            issuer.prefetch = position == 0;
        }
    }
    let verifier = Arc::new(verification::verifier(vars)?);
    Ok(published.into_iter().map(|published| published.with(&verifier)).collect())
}

/// An issuer, and where its keys are.
struct Published {
    issuer: Issuer,
    keys: KeyPlace,
    prefetch: bool,
}

impl Published {
    fn with(self, verifier: &Arc<Verifier>) -> IssuerConfig {
        let Self { issuer, keys, prefetch } = self;
        IssuerConfig { issuer, keys, prefetch, verifier: Arc::clone(verifier) }
    }
}

/// Issuers take the place of those derived from the pool ids, so beside these they can only be the same pools'.
fn require_issuers_of(issuers: &[Issuer], pools: Option<&[(String, String)]>) -> Result<(), ConfigError> {
    let Some(pools) = pools else { return Ok(()) };
    let is_of = |issuer: &Issuer, pool: &str| {
        issuer.identifier().strip_suffix(pool).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    let foreign = issuers.iter().find(|issuer| !pools.iter().any(|(_, pool)| is_of(issuer, pool)));
    foreign.map_or(Ok(()), |issuer| {
        Err(ConfigError::Invalid {
            variable: "ISSUER",
            found: issuer.identifier().to_owned(),
            expected: "issuers of the pools in USER_POOL_ID, or no USER_POOL_ID",
        })
    })
}

/// Both issuers of a pool (Cognito Developer Guide, "OIDC issuer"): the original one, which every pool starts with,
/// and the one for pools that were switched to it.
fn hosts_of_pool(region: &str, pool: &str) -> [Published; 2] {
    let issuer = |host: &str| Issuer::new(format!("https://{host}.{region}.amazonaws.com/{pool}"));
    [published_by(issuer("cognito-idp"), true), published_by(issuer("issuer-cognito-idp"), false)]
}

fn published_by(issuer: Issuer, prefetch: bool) -> Published {
    let keys = key_set_url(&issuer).map_or(KeyPlace::Bundled, KeyPlace::At);
    Published { issuer, keys, prefetch }
}

/// Region and pool id. Cognito's `UserPoolIdType` is `[\w-]+_[0-9a-zA-Z]+`; the region stands before the last `_`.
fn pool_region(text: &str) -> Option<(String, String)> {
    let (region, name) = text.rsplit_once('_')?;
    let is_region = !region.is_empty()
        && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_region && is_name && text.len() <= LONGEST_POOL_ID).then(|| (region.to_owned(), text.to_owned()))
}

/// An issuer is a text to compare, whatever it looks like. Commas separate issuers, so none holds one.
fn issuer(text: &str) -> Option<Issuer> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| Issuer::new(text.to_owned()))
}

/// Where an issuer publishes its keys, if it can be fetched from: an https URL, or an http URL on loopback.
fn key_set_url(issuer: &Issuer) -> Option<String> {
    let text = issuer.identifier();
    (is_fetchable(text, b"?#\\@") && !text.ends_with('/')).then(|| key_set_below(text))
}

/// Where Cognito publishes the keys of an issuer (Developer Guide, "Verifying JSON web tokens").
pub(super) fn key_set_below(issuer: &str) -> String {
    format!("{issuer}/.well-known/jwks.json")
}

fn jwks_uri(vars: &Variables<'_>) -> Result<Option<String>, ConfigError> {
    const EXPECTED: &str = "an https URL, or an http URL on loopback";
    match vars.text("JWKS_URI") {
        Some(found) if !is_fetchable(&found, b"#\\@") => {
            Err(ConfigError::Invalid { variable: "JWKS_URI", found, expected: EXPECTED })
        }
        uri => Ok(uri),
    }
}

pub(super) fn single_issuer_file(vars: &Variables<'_>) -> Result<Option<String>, ConfigError> {
    let file = vars.text("JWKS_FILE");
    if file.is_some() {
        require_one_pool(vars, "JWKS_FILE")?;
    }
    Ok(file)
}

/// One key set cannot be several pools': a key would then vouch for another pool's users.
fn require_one_pool(vars: &Variables<'_>, variable: &'static str) -> Result<(), ConfigError> {
    let several = |name| vars.text(name).filter(|value| value.contains(','));
    match vars.text("ISSUER").map_or_else(|| several("USER_POOL_ID"), |_| several("ISSUER")) {
        None => Ok(()),
        Some(found) => Err(ConfigError::Invalid { variable, found, expected: "a single pool or issuer to use it for" }),
    }
}
