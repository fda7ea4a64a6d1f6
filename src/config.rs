//! What may the operator set?
//!
//! Settings come from environment variables, each read once, at start. A value that is not understood stops the
//! function there and then: a wrong guess would be a wrong answer to every request.

use crate::gateway::{HttpApiResponse, InvalidTokenAnswer, TokenSource};
use crate::jwks::MaxAge;
use crate::log::{Format, Level, Logger};
use crate::policy::{Coverage, DEFAULT_BUDGET_BYTES, Limits};
use crate::token::{Clients, Issuer, LONGEST_LEEWAY_SECONDS, TokenUse, Verifier};
use std::fmt;
use std::ops::RangeInclusive;

/// Where the permission document is when nothing else is set.
const DEFAULT_PERMISSIONS_FILE: &str = "permissions.json";

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

/// The policy budgets that make sense, in bytes: two of the longest resources fit the smallest, and the largest is well
/// below the 6 MB that a Lambda function may answer.
const BUDGET_BYTES: RangeInclusive<usize> = 1024..=1_048_576;

/// Cognito's `UserPoolIdType`: at most 55 characters.
const LONGEST_POOL_ID: usize = 55;

/// Cognito's `ClientIdType`: at most 128 characters.
const LONGEST_CLIENT_ID: usize = 128;

/// Everything that can be set, understood.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who issues tokens, and where each one's keys are.
    pub issuers: Vec<IssuerConfig>,
    /// `JWKS_FILE`: a key set to start from, in place of a fetch at start.
    pub jwks_file: Option<String>,
    /// `JWKS_CA_FILE`: PEM roots to trust besides Mozilla's.
    pub jwks_ca_file: Option<String>,
    /// `JWKS_REFRESH_SECONDS` and `JWKS_MAX_AGE_SECONDS`.
    pub jwks_max_age: MaxAge,
    /// `PERMISSIONS_FILE`.
    pub permissions_file: String,
    /// `APP_CLIENT_ID`, `TOKEN_USE`, `RESOURCE`, `LEEWAY_SECONDS`.
    pub verifier: Verifier,
    /// `POLICY_COVERS` and `POLICY_BUDGET_BYTES`.
    pub limits: Limits,
    /// `TOKEN_SOURCE`.
    pub token_sources: Vec<TokenSource>,
    /// `INVALID_TOKEN`.
    pub invalid_token: InvalidTokenAnswer,
    /// `HTTP_API_RESPONSE`.
    pub http_api_response: HttpApiResponse,
    /// `USAGE_IDENTIFIER_CLAIM`.
    pub usage_identifier_claim: Option<String>,
}

/// Issuers that sign with one set of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerConfig {
    /// The issuer, exactly as `iss` has it.
    pub issuer: Issuer,
    /// Where its key set is published.
    pub jwks_uri: String,
    /// Is the set worth fetching at start? Not for the second host of a pool, which answers 403 until the pool is
    /// switched to it.
    pub prefetch: bool,
}

impl Config {
    /// Reads the settings through `variable`, which gives an environment variable's value. An empty value counts as
    /// none, since templates often cannot leave a variable out.
    ///
    /// # Errors
    /// [`ConfigError`] for the first setting that is missing or not understood.
    pub fn from_vars(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let vars = Variables { variable: &variable };
        Ok(Self {
            issuers: issuers(&vars)?,
            jwks_file: single_issuer_file(&vars)?,
            jwks_ca_file: vars.text("JWKS_CA_FILE"),
            jwks_max_age: max_age(&vars)?,
            permissions_file: vars.text("PERMISSIONS_FILE").unwrap_or_else(|| DEFAULT_PERMISSIONS_FILE.to_owned()),
            verifier: Verifier {
                clients: clients(&vars)?,
                token_uses: token_uses(&vars)?,
                resources: resources(&vars)?,
                leeway_seconds: leeway(&vars)?,
            },
            limits: Limits { coverage: coverage(&vars)?, budget_bytes: budget(&vars)? },
            token_sources: token_sources(&vars)?,
            invalid_token: invalid_token(&vars)?,
            http_api_response: http_api_response(&vars)?,
            usage_identifier_claim: vars.text("USAGE_IDENTIFIER_CLAIM"),
        })
    }
}

/// How to log. It is read apart from the rest, so that whatever is wrong with that can be logged.
///
/// `AWS_LAMBDA_LOG_LEVEL` and `AWS_LAMBDA_LOG_FORMAT` are Lambda's own; a value that Lambda would not set is passed over.
#[must_use]
pub fn logger(variable: impl Fn(&str) -> Option<String>) -> Logger {
    let level = variable("AWS_LAMBDA_LOG_LEVEL").and_then(|name| Level::parse(&name));
    let text = variable("AWS_LAMBDA_LOG_FORMAT").is_some_and(|name| name.eq_ignore_ascii_case("text"));
    Logger { level: level.unwrap_or(Level::Info), format: if text { Format::Text } else { Format::Json } }
}

struct Variables<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Variables<'_> {
    fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A comma list, each element understood by `read`; `None` when the variable is not set.
    fn list<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Vec<T>>, ConfigError> {
        let Some(value) = self.text(name) else { return Ok(None) };
        let element = |text: &str| {
            let text = text.trim();
            read(text).ok_or_else(|| ConfigError::Invalid { variable: name, found: text.to_owned(), expected })
        };
        value.split(',').map(element).collect::<Result<_, _>>().map(Some)
    }
}

impl Variables<'_> {
    /// A whole number of seconds in this range; `None` when the variable is not set.
    fn seconds(
        &self,
        name: &'static str,
        range: RangeInclusive<u64>,
        expected: &'static str,
    ) -> Result<Option<u64>, ConfigError> {
        let Some(found) = self.text(name) else { return Ok(None) };
        let seconds = found.parse().ok().filter(|seconds| range.contains(seconds));
        seconds.map(Some).ok_or(ConfigError::Invalid { variable: name, found, expected })
    }
}

fn issuers(vars: &Variables<'_>) -> Result<Vec<IssuerConfig>, ConfigError> {
    let pools = vars.list("USER_POOL_ID", "pool ids such as `eu-west-1_AbCdEfGhI`", pool_region)?;
    let issuers = vars.list("ISSUER", "https URLs without a trailing slash, query or fragment", issuer)?;
    let mut configured: Vec<IssuerConfig> = match (issuers, pools) {
        (Some(issuers), _) => issuers.into_iter().map(|issuer| published_by(issuer, true)).collect(),
        (None, Some(pools)) => pools.into_iter().flat_map(|(region, pool)| hosts_of_pool(&region, &pool)).collect(),
        (None, None) => {
            return Err(ConfigError::Missing { variable: "USER_POOL_ID", expected: "the id of a user pool" });
        }
    };
    if let Some(uri) = jwks_uri(vars)? {
        require_one_pool(vars, "JWKS_URI")?;
        for (position, issuer) in configured.iter_mut().enumerate() {
            issuer.jwks_uri.clone_from(&uri);
            issuer.prefetch = position == 0;
        }
    }
    Ok(configured)
}

/// Both issuers of a pool (Cognito Developer Guide, "OIDC issuer"): the original one, which every pool starts with,
/// and the one for pools that were switched to it.
fn hosts_of_pool(region: &str, pool: &str) -> [IssuerConfig; 2] {
    let issuer = |host: &str| Issuer::new(format!("https://{host}.{region}.amazonaws.com/{pool}"));
    [published_by(issuer("cognito-idp"), true), published_by(issuer("issuer-cognito-idp"), false)]
}

fn published_by(issuer: Issuer, prefetch: bool) -> IssuerConfig {
    let jwks_uri = format!("{}/.well-known/jwks.json", issuer.identifier());
    IssuerConfig { issuer, jwks_uri, prefetch }
}

/// Region and pool id. Cognito's `UserPoolIdType` is `[\w-]+_[0-9a-zA-Z]+`; the region stands before the last `_`.
fn pool_region(text: &str) -> Option<(String, String)> {
    let (region, name) = text.rsplit_once('_')?;
    let is_region = !region.is_empty()
        && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_region && is_name && text.len() <= LONGEST_POOL_ID).then(|| (region.to_owned(), text.to_owned()))
}

fn issuer(text: &str) -> Option<Issuer> {
    let host_and_path = text.strip_prefix("https://").or_else(|| loopback(text))?;
    let plain = !host_and_path.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"?#\\@".contains(&b));
    (plain && !text.ends_with('/')).then(|| Issuer::new(text.to_owned()))
}

fn jwks_uri(vars: &Variables<'_>) -> Result<Option<String>, ConfigError> {
    const EXPECTED: &str = "an https URL, or an http URL on loopback";
    let Some(uri) = vars.text("JWKS_URI") else { return Ok(None) };
    let rest = uri.strip_prefix("https://").or_else(|| loopback(&uri)).filter(|rest| !rest.is_empty());
    let plain = uri.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\\@".contains(&byte));
    match rest.filter(|_| plain) {
        Some(_) => Ok(Some(uri)),
        None => Err(ConfigError::Invalid { variable: "JWKS_URI", found: uri, expected: EXPECTED }),
    }
}

/// What follows `http://` when the host is this machine.
fn loopback(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("http://")?;
    let authority = rest.split(['/', '?']).next()?;
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]").then_some(rest)
}

fn single_issuer_file(vars: &Variables<'_>) -> Result<Option<String>, ConfigError> {
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

fn leeway(vars: &Variables<'_>) -> Result<u64, ConfigError> {
    let leeway =
        vars.seconds("LEEWAY_SECONDS", 0..=LONGEST_LEEWAY_SECONDS, "a whole number of seconds from 0 to 300")?;
    Ok(leeway.unwrap_or(0))
}

fn max_age(vars: &Variables<'_>) -> Result<MaxAge, ConfigError> {
    const EXPECTED: &str = "a whole number of seconds, from JWKS_REFRESH_SECONDS to 604800";
    let refresh =
        vars.seconds("JWKS_REFRESH_SECONDS", REFRESH_SECONDS, "a whole number of seconds from 60 to 86400")?;
    let refresh_seconds = refresh.unwrap_or(DEFAULT_REFRESH_SECONDS);
    let trust = vars.seconds("JWKS_MAX_AGE_SECONDS", refresh_seconds..=LONGEST_MAX_AGE_SECONDS, EXPECTED)?;
    Ok(MaxAge { refresh_seconds, trust_seconds: trust.unwrap_or(DEFAULT_MAX_AGE_SECONDS) })
}

fn coverage(vars: &Variables<'_>) -> Result<Coverage, ConfigError> {
    match vars.text("POLICY_COVERS").as_deref() {
        None | Some("api") => Ok(Coverage::Api),
        Some("request") => Ok(Coverage::Request),
        Some(found) => Err(ConfigError::Invalid {
            variable: "POLICY_COVERS",
            found: found.to_owned(),
            expected: "`api` or `request`",
        }),
    }
}

fn budget(vars: &Variables<'_>) -> Result<usize, ConfigError> {
    const EXPECTED: &str = "a whole number of bytes from 1024 to 1048576";
    let Some(found) = vars.text("POLICY_BUDGET_BYTES") else { return Ok(DEFAULT_BUDGET_BYTES) };
    let bytes = found.parse().ok().filter(|bytes| BUDGET_BYTES.contains(bytes));
    bytes.ok_or(ConfigError::Invalid { variable: "POLICY_BUDGET_BYTES", found, expected: EXPECTED })
}

fn token_sources(vars: &Variables<'_>) -> Result<Vec<TokenSource>, ConfigError> {
    const EXPECTED: &str = "`header:NAME`, `query:NAME` or `cookie:NAME`, separated by commas";
    let sources = vars.list("TOKEN_SOURCE", EXPECTED, TokenSource::parse)?;
    Ok(sources.unwrap_or_else(|| vec![TokenSource::authorization_header()]))
}

fn invalid_token(vars: &Variables<'_>) -> Result<InvalidTokenAnswer, ConfigError> {
    match vars.text("INVALID_TOKEN").as_deref() {
        None => Ok(InvalidTokenAnswer::ByApi),
        Some("unauthorized") => Ok(InvalidTokenAnswer::Unauthorized),
        Some("deny") => Ok(InvalidTokenAnswer::Deny),
        Some(found) => Err(ConfigError::Invalid {
            variable: "INVALID_TOKEN",
            found: found.to_owned(),
            expected: "`unauthorized` or `deny`",
        }),
    }
}

fn http_api_response(vars: &Variables<'_>) -> Result<HttpApiResponse, ConfigError> {
    match vars.text("HTTP_API_RESPONSE").as_deref() {
        None | Some("iam") => Ok(HttpApiResponse::Iam),
        Some("simple") => Ok(HttpApiResponse::Simple),
        Some(found) => Err(ConfigError::Invalid {
            variable: "HTTP_API_RESPONSE",
            found: found.to_owned(),
            expected: "`iam` or `simple`",
        }),
    }
}

/// Why the function does not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// A file that a setting names cannot be used.
    File {
        /// The setting.
        variable: &'static str,
        /// The file's path.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A value is not understood.
    Invalid {
        /// The setting.
        variable: &'static str,
        /// The value, or the part of it that is not understood.
        found: String,
        /// What would be.
        expected: &'static str,
    },
    /// A value is needed.
    Missing {
        /// The setting.
        variable: &'static str,
        /// What to set it to.
        expected: &'static str,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { variable, path, problem } => write!(f, "`{variable}`: file `{path}`: {problem}"),
            Self::Invalid { variable, found, expected } => {
                write!(f, "`{variable}`: found `{}`, expected {expected}", found.escape_debug())
            }
            Self::Missing { variable, expected } => write!(f, "`{variable}`: found nothing, expected {expected}"),
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let needed = [("USER_POOL_ID", "eu-west-1_AbC"), ("APP_CLIENT_ID", "client1")];
        let all: Vec<_> = vars.iter().chain(&needed).copied().collect();
        Config::from_vars(|name| all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    fn issuers_of(vars: &[(&str, &str)]) -> Vec<(String, String, bool)> {
        let issuers = config(vars).unwrap().issuers.into_iter();
        issuers.map(|config| (config.issuer.identifier().to_owned(), config.jwks_uri, config.prefetch)).collect()
    }

    #[test]
    fn a_pool_has_two_issuers_of_which_the_first_is_prefetched() {
        let own = |issuer: &str, prefetch| (issuer.to_owned(), format!("{issuer}/.well-known/jwks.json"), prefetch);
        assert_eq!(
            issuers_of(&[("USER_POOL_ID", "us-gov-west-1_AbC")]),
            [
                own("https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbC", true),
                own("https://issuer-cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbC", false)
            ]
        );
        assert_eq!(
            issuers_of(&[("ISSUER", "https://a.example/x, http://localhost:9229/local_1")]),
            [own("https://a.example/x", true), own("http://localhost:9229/local_1", true)]
        );
        let uri = "http://127.0.0.1:5001/p/.well-known/jwks.json";
        let issuers = issuers_of(&[("JWKS_URI", uri)]);
        assert_eq!(
            issuers.iter().map(|issuer| (issuer.1.as_str(), issuer.2)).collect::<Vec<_>>(),
            [(uri, true), (uri, false)]
        );
    }

    #[test]
    fn what_is_not_set_has_its_default() {
        let config = config(&[("TOKEN_USE", " "), ("INVALID_TOKEN", "")]).unwrap();
        assert_eq!(config.verifier.token_uses, [TokenUse::Access]);
        assert_eq!(config.verifier.clients, Clients::Listed(vec!["client1".to_owned()]));
        assert_eq!(config.verifier.resources, None);
        assert_eq!(config.verifier.leeway_seconds, 0);
        assert_eq!(config.token_sources, [TokenSource::authorization_header()]);
        assert_eq!(config.invalid_token, InvalidTokenAnswer::ByApi);
        assert_eq!(config.limits, Limits { coverage: Coverage::Api, budget_bytes: 8192 });
        assert_eq!((config.http_api_response, config.usage_identifier_claim), (HttpApiResponse::Iam, None));
        assert_eq!(config.permissions_file, "permissions.json");
        assert_eq!((config.jwks_file, config.jwks_ca_file), (None, None));
        assert_eq!(config.jwks_max_age, MaxAge { refresh_seconds: 3600, trust_seconds: 86_400 });
    }

    #[test]
    fn what_is_set_is_understood() {
        let config = config(&[
            ("APP_CLIENT_ID", "*"),
            ("TOKEN_USE", "access, id"),
            ("RESOURCE", "https://api.example.com/v1, urn:x+orders"),
            ("LEEWAY_SECONDS", "300"),
            ("TOKEN_SOURCE", "cookie:t,header:X-Token"),
            ("INVALID_TOKEN", "deny"),
            ("HTTP_API_RESPONSE", "simple"),
            ("POLICY_COVERS", "request"),
            ("POLICY_BUDGET_BYTES", "4096"),
            ("USAGE_IDENTIFIER_CLAIM", "custom:api_key"),
            ("JWKS_FILE", "keys.json"),
            ("JWKS_REFRESH_SECONDS", "60"),
            ("JWKS_MAX_AGE_SECONDS", "60"),
            ("PERMISSIONS_FILE", "/opt/permissions.json"),
        ])
        .unwrap();
        assert_eq!(config.verifier.clients, Clients::Any);
        assert_eq!(config.verifier.token_uses, [TokenUse::Access, TokenUse::Id]);
        let resources = ["https://api.example.com/v1", "urn:x+orders"].map(ToOwned::to_owned);
        assert_eq!(config.verifier.resources, Some(resources.to_vec()));
        assert_eq!(config.verifier.leeway_seconds, 300);
        assert_eq!(config.token_sources, [TokenSource::Cookie("t".into()), TokenSource::Header("X-Token".into())]);
        assert_eq!(config.invalid_token, InvalidTokenAnswer::Deny);
        assert_eq!(config.http_api_response, HttpApiResponse::Simple);
        assert_eq!(config.limits, Limits { coverage: Coverage::Request, budget_bytes: 4096 });
        assert_eq!(config.usage_identifier_claim.as_deref(), Some("custom:api_key"));
        assert_eq!(config.jwks_file.as_deref(), Some("keys.json"));
        assert_eq!(config.jwks_max_age, MaxAge { refresh_seconds: 60, trust_seconds: 60 });
        assert_eq!(config.permissions_file, "/opt/permissions.json");
    }

    #[test]
    fn a_bad_value_says_how_to_mend_it() {
        for (variable, value, expected) in [
            ("USER_POOL_ID", "eu-west-1", "found `eu-west-1`, expected pool ids such as `eu-west-1_AbCdEfGhI`"),
            ("USER_POOL_ID", "eu-west-1_a,", "found ``, expected pool ids such as `eu-west-1_AbCdEfGhI`"),
            (
                "USER_POOL_ID",
                "evil.example/x_a",
                "found `evil.example/x_a`, expected pool ids such as `eu-west-1_AbCdEfGhI`",
            ),
            ("APP_CLIENT_ID", "*,a", "found `*`, expected app client ids, or `*` alone for every client of the pools"),
            ("RESOURCE", "orders", "found `orders`, expected absolute URIs without a fragment"),
            ("RESOURCE", "https://a.example,", "found ``, expected absolute URIs without a fragment"),
            (
                "RESOURCE",
                "https://a.example/#b",
                "found `https://a.example/#b`, expected absolute URIs without a fragment",
            ),
            ("RESOURCE", "1a:b", "found `1a:b`, expected absolute URIs without a fragment"),
            ("RESOURCE", "a_b:c", "found `a_b:c`, expected absolute URIs without a fragment"),
            ("RESOURCE", "a:b c", "found `a:b c`, expected absolute URIs without a fragment"),
            ("RESOURCE", "a:", "found `a:`, expected absolute URIs without a fragment"),
            (
                "APP_CLIENT_ID",
                "a b",
                "found `a b`, expected app client ids, or `*` alone for every client of the pools",
            ),
            ("TOKEN_USE", "refresh", "found `refresh`, expected `access`, `id` or `access,id`"),
            (
                "ISSUER",
                "https://a.example/",
                "found `https://a.example/`, expected https URLs without a trailing slash, query or fragment",
            ),
            (
                "ISSUER",
                "http://a.example",
                "found `http://a.example`, expected https URLs without a trailing slash, query or fragment",
            ),
            (
                "JWKS_URI",
                "http://a.example/jwks.json",
                "found `http://a.example/jwks.json`, expected an https URL, or an http URL on loopback",
            ),
            (
                "JWKS_URI",
                "http://localhost.evil.example/k",
                "found `http://localhost.evil.example/k`, expected an https URL, or an http URL on loopback",
            ),
            (
                "JWKS_URI",
                "http://localhost:1@evil.example/k",
                "found `http://localhost:1@evil.example/k`, expected an https URL, or an http URL on loopback",
            ),
            ("JWKS_URI", "file:///k", "found `file:///k`, expected an https URL, or an http URL on loopback"),
            ("LEEWAY_SECONDS", "301", "found `301`, expected a whole number of seconds from 0 to 300"),
            ("JWKS_REFRESH_SECONDS", "59", "found `59`, expected a whole number of seconds from 60 to 86400"),
            (
                "JWKS_MAX_AGE_SECONDS",
                "3599",
                "found `3599`, expected a whole number of seconds, from JWKS_REFRESH_SECONDS to 604800",
            ),
            ("LEEWAY_SECONDS", "-1", "found `-1`, expected a whole number of seconds from 0 to 300"),
            (
                "TOKEN_SOURCE",
                "Authorization",
                "found `Authorization`, expected `header:NAME`, `query:NAME` or `cookie:NAME`, separated by commas",
            ),
            ("INVALID_TOKEN", "401", "found `401`, expected `unauthorized` or `deny`"),
            ("POLICY_COVERS", "all", "found `all`, expected `api` or `request`"),
            ("POLICY_BUDGET_BYTES", "1023", "found `1023`, expected a whole number of bytes from 1024 to 1048576"),
            ("HTTP_API_RESPONSE", "true", "found `true`, expected `iam` or `simple`"),
        ] {
            let error = config(&[(variable, value)]).unwrap_err().to_string();
            assert_eq!(error, format!("`{variable}`: {expected}"), "{value}");
        }
    }

    #[test]
    fn one_key_set_is_not_for_several_pools() {
        for variable in ["JWKS_URI", "JWKS_FILE"] {
            let error = config(&[(variable, "https://a.example/k"), ("USER_POOL_ID", "a_1,b_2")]).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{variable}`: found `a_1,b_2`, expected a single pool or issuer to use it for")
            );
            assert!(
                config(&[(variable, "https://a.example/k"), ("USER_POOL_ID", "a_1,b_2"), ("ISSUER", "https://i")])
                    .is_ok()
            );
        }
    }

    #[test]
    fn a_pool_and_a_client_must_be_named() {
        for (vars, message) in [
            ([].as_slice(), "`USER_POOL_ID`: found nothing, expected the id of a user pool"),
            (
                [("USER_POOL_ID", "a_1"), ("APP_CLIENT_ID", " ")].as_slice(),
                "`APP_CLIENT_ID`: found nothing, expected app client ids, or `*` alone for every client of the pools",
            ),
        ] {
            let variable =
                |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(Config::from_vars(variable).unwrap_err().to_string(), message);
        }
    }
}
