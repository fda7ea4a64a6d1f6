//! What may the operator set?
//!
//! Settings come from environment variables, each read once, at start. A value that is not understood stops the
//! function there and then: a wrong guess would be a wrong answer to every request.

mod answers;
mod error;
mod files;
mod issuers;
mod issuers_file;
mod lambda;
mod logging;
mod permissions_source;
mod unknown;
mod variables;
mod verification;

pub use error::ConfigError;
pub use files::{Files, working_directory};
pub use issuers::accepted_tokens;
pub use lambda::logger;
pub use permissions_source::PermissionsSource;
pub use unknown::UnknownSettings;

use crate::gateway::{HttpApiResponse, InvalidTokenAnswer, TokenSource};
use crate::jwks::{Discovery, MaxAge};
use crate::log::SubjectLog;
use crate::token::{Issuer, Verifier};
use permissions::iam::Limits;
use std::sync::Arc;
use variables::Variables;

/// Where the permission document is when nothing else is set.
const DEFAULT_PERMISSIONS_FILE: &str = "permissions.json";

/// Everything that can be set, understood.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who issues tokens.
    pub issuers: Issuers,
    /// `JWKS_FILE`: a key set to start from, in place of a fetch at start.
    pub jwks_file: Option<String>,
    /// `JWKS_CA_FILE`: PEM roots to trust besides Mozilla's.
    pub jwks_ca_file: Option<String>,
    /// `JWKS_REFRESH_SECONDS` and `JWKS_MAX_AGE_SECONDS`.
    pub jwks_max_age: MaxAge,
    /// `PERMISSIONS_FILE`.
    pub permissions_file: String,
    /// `PERMISSIONS_SOURCE` and `PERMISSIONS_REFRESH_SECONDS`; `None`: the file alone.
    pub permissions_source: Option<PermissionsSource>,
    /// `VALIDATOR_NO_NEW_ACCESS`.
    pub validator_no_new_access: bool,
    /// `POLICY_COVERS` and `POLICY_BUDGET_BYTES`.
    pub limits: Limits,
    /// `POLICY_CACHE_CHECK`.
    pub cache_check: CacheCheck,
    /// `TOKEN_SOURCE`.
    pub token_sources: Vec<TokenSource>,
    /// `INVALID_TOKEN`.
    pub invalid_token: InvalidTokenAnswer,
    /// `HTTP_API_RESPONSE`.
    pub http_api_response: HttpApiResponse,
    /// `IDENTITY_SOURCE_CHECK`.
    pub check_identity_source: bool,
    /// `USAGE_IDENTIFIER_CLAIM`.
    pub usage_identifier_claim: Option<String>,
    /// `LOG_SUBJECT` and `LOG_SUBJECT_KEY`.
    pub subject_log: SubjectLog,
    /// `METRICS_NAMESPACE`.
    pub metrics_namespace: Option<String>,
}

/// What happens at start if the permission document is not known to be safe to cache by token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheCheck {
    /// A warning.
    Warn,
    /// The function does not start. This also goes for a document of which nothing was proved: what cannot be decided is an
    /// error here, and never a refusal that a cache keeps.
    Strict,
    /// Nothing is looked at.
    Off,
}

/// Who issues tokens: one entry of Cognito's in short form, or a file of entries.
#[derive(Clone, Debug)]
pub enum Issuers {
    /// `USER_POOL_ID`, `ISSUER` and what goes with them.
    Short(Vec<IssuerConfig>),
    /// `ISSUERS_FILE`.
    File {
        /// The file's name.
        file: String,
        /// `LEEWAY_SECONDS`, for all entries.
        leeway_seconds: u64,
    },
}

impl Issuers {
    /// The issuers, from the file where there is one.
    ///
    /// # Errors
    /// [`ConfigError::File`] when it cannot be used.
    pub fn load(&self, files: &Files) -> Result<Vec<IssuerConfig>, ConfigError> {
        match self {
            Self::Short(issuers) => Ok(issuers.clone()),
            Self::File { file, leeway_seconds } => issuers_file::load(files, file, *leeway_seconds),
        }
    }
}

/// An issuer, where its keys are, and what is asked of its tokens.
#[derive(Clone, Debug)]
pub struct IssuerConfig {
    /// The issuer, exactly as `iss` has it.
    pub issuer: Issuer,
    /// Where its key set is published.
    pub keys: KeyPlace,
    /// Is the set worth fetching at start? Not for the second host of a pool, which answers 403 until the pool is
    /// switched to it.
    pub prefetch: bool,
    /// What is asked of its tokens: `APP_CLIENT_ID`, `TOKEN_USE`, `RESOURCE`, `LEEWAY_SECONDS`.
    pub verifier: Arc<Verifier>,
}

/// Where an issuer's key set is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// At this URL.
    At(String),
    /// Where the issuer's document says.
    Discovered(Discovery),
    /// Nowhere: nothing can be fetched from the issuer, so `JWKS_FILE` has it.
    Bundled,
}

impl Config {
    /// Reads the settings through `variable`, which gives an environment variable's value. An empty value counts as
    /// none, since templates often cannot leave a variable out.
    ///
    /// # Errors
    /// [`ConfigError`] for the first setting that is missing or not understood.
    pub fn from_vars(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let vars = Variables { variable: &variable };
        lambda::check(&vars)?;
        Ok(Self {
            issuers: issuers::issuers(&vars)?,
            jwks_file: issuers::single_issuer_file(&vars)?,
            jwks_ca_file: vars.text("JWKS_CA_FILE"),
            jwks_max_age: verification::max_age(&vars)?,
            permissions_file: vars.text("PERMISSIONS_FILE").unwrap_or_else(|| DEFAULT_PERMISSIONS_FILE.to_owned()),
            validator_no_new_access: permissions_source::validator_no_new_access(&vars)?,
            permissions_source: permissions_source::permissions_source(&vars)?,
            limits: answers::limits(&vars)?,
            cache_check: answers::cache_check(&vars)?,
            token_sources: answers::token_sources(&vars)?,
            invalid_token: answers::invalid_token(&vars)?,
            http_api_response: answers::http_api_response(&vars)?,
            check_identity_source: answers::check_identity_source(&vars)?,
            usage_identifier_claim: vars.text("USAGE_IDENTIFIER_CLAIM"),
            subject_log: logging::subject_log(&vars)?,
            metrics_namespace: logging::metrics_namespace(&vars, logger(&variable))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{Clients, TokenUse};
    use permissions::iam::Coverage;

    fn config(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let needed = [("USER_POOL_ID", "eu-west-1_AbC"), ("APP_CLIENT_ID", "client1")];
        let has_issuer = vars.iter().any(|(name, _)| *name == "ISSUER");
        let needed = needed.iter().filter(|(name, _)| !(has_issuer && *name == "USER_POOL_ID"));
        let all: Vec<_> = vars.iter().chain(needed).copied().collect();
        Config::from_vars(|name| all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    fn short(config: Config) -> Vec<IssuerConfig> {
        match config.issuers {
            Issuers::Short(issuers) => issuers,
            Issuers::File { file, .. } => panic!("{file}"),
        }
    }

    fn issuers_of(vars: &[(&str, &str)]) -> Vec<(String, String, bool)> {
        let fetched_from = |config: &IssuerConfig| match &config.keys {
            KeyPlace::At(uri) => uri.clone(),
            KeyPlace::Bundled => String::new(),
            KeyPlace::Discovered(_) => panic!("in short form"),
        };
        short(config(vars).unwrap())
            .into_iter()
            .map(|config| (config.issuer.identifier().to_owned(), fetched_from(&config), config.prefetch))
            .collect()
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
        let issuers = short(config.clone());
        assert_eq!(issuers[0].verifier.token_uses, [TokenUse::Access]);
        assert_eq!(issuers[0].verifier.clients, Clients::Listed(vec!["client1".to_owned()]));
        assert_eq!(issuers[0].verifier.resources, None);
        assert_eq!(issuers[0].verifier.leeway_seconds, 0);
        assert_eq!(config.token_sources, [TokenSource::authorization_header()]);
        assert_eq!((config.invalid_token, config.check_identity_source), (InvalidTokenAnswer::ByApi, true));
        assert_eq!(config.limits, Limits { coverage: Coverage::Api, budget_bytes: 8192 });
        assert_eq!(config.cache_check, CacheCheck::Warn);
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
            ("IDENTITY_SOURCE_CHECK", "off"),
            ("POLICY_COVERS", "request"),
            ("POLICY_BUDGET_BYTES", "4096"),
            ("POLICY_CACHE_CHECK", "strict"),
            ("USAGE_IDENTIFIER_CLAIM", "custom:api_key"),
            ("JWKS_FILE", "keys.json"),
            ("JWKS_REFRESH_SECONDS", "60"),
            ("JWKS_MAX_AGE_SECONDS", "60"),
            ("PERMISSIONS_FILE", "/opt/permissions.json"),
        ])
        .unwrap();
        let issuers = short(config.clone());
        assert_eq!(issuers[0].verifier.clients, Clients::Any);
        assert_eq!(issuers[0].verifier.token_uses, [TokenUse::Access, TokenUse::Id]);
        let resources = ["https://api.example.com/v1", "urn:x+orders"].map(ToOwned::to_owned);
        assert_eq!(issuers[0].verifier.resources, Some(resources.to_vec()));
        assert_eq!(issuers[0].verifier.leeway_seconds, 300);
        assert_eq!(config.token_sources, [TokenSource::Cookie("t".into()), TokenSource::Header("X-Token".into())]);
        assert_eq!(config.invalid_token, InvalidTokenAnswer::Deny);
        assert_eq!((config.http_api_response, config.check_identity_source), (HttpApiResponse::Simple, false));
        assert_eq!(config.limits, Limits { coverage: Coverage::Request, budget_bytes: 4096 });
        assert_eq!(config.cache_check, CacheCheck::Strict);
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
                "found `https://a.example/`, expected https URLs without a trailing slash, query or fragment, or any text beside JWKS_URI or JWKS_FILE",
            ),
            (
                "ISSUER",
                "http://a.example",
                "found `http://a.example`, expected https URLs without a trailing slash, query or fragment, or any text beside JWKS_URI or JWKS_FILE",
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
                "found `Authorization`, expected `header:NAME`, `query:NAME`, `cookie:NAME` or `websocket-protocol:NAME`, separated by commas",
            ),
            ("INVALID_TOKEN", "401", "found `401`, expected `unauthorized` or `deny`"),
            ("POLICY_COVERS", "all", "found `all`, expected `api` or `request`"),
            ("POLICY_CACHE_CHECK", "on", "found `on`, expected `warn`, `strict` or `off`"),
            ("POLICY_BUDGET_BYTES", "1023", "found `1023`, expected a whole number of bytes from 1024 to 1048576"),
            ("HTTP_API_RESPONSE", "true", "found `true`, expected `iam` or `simple`"),
            ("IDENTITY_SOURCE_CHECK", "no", "found `no`, expected `on` or `off`"),
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
            let one_of_them = [(variable, "https://a.example/k"), ("USER_POOL_ID", "a_1"), ("ISSUER", "https://i/a_1")];
            assert!(config(&one_of_them).is_ok());
        }
    }

    #[test]
    fn a_resource_is_asked_of_access_tokens() {
        let resource = ("RESOURCE", "https://api.example.com");
        assert_eq!(
            config(&[resource, ("TOKEN_USE", "id")]).unwrap_err().to_string(),
            "`TOKEN_USE`: found `id`, expected `access` or `access,id`, since RESOURCE is set and id tokens are bound to none"
        );
        assert!(config(&[resource, ("TOKEN_USE", "access,id")]).is_ok());
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
    #[test]
    fn where_keys_come_from_elsewhere_an_issuer_is_any_text() {
        let issuers = [
            "http://localhost.localstack.cloud:4566/eu-west-1_AbC",
            "http://cognito:9229/local_1",
            "https://tenant.example/",
            "accounts.example",
        ];
        let uri = "https://keys.example/jwks.json";
        for issuer in issuers {
            assert!(config(&[("ISSUER", issuer)]).is_err(), "{issuer}");
            assert_eq!(
                issuers_of(&[("ISSUER", issuer), ("JWKS_URI", uri)]),
                [(issuer.to_owned(), uri.to_owned(), true)]
            );
            let from_file = issuers_of(&[("ISSUER", issuer), ("JWKS_FILE", "jwks.json")]);
            assert_eq!(from_file, [(issuer.to_owned(), String::new(), true)], "nothing is fetched from {issuer}");
        }
        let own = "https://a.example/x";
        let fetched = issuers_of(&[("ISSUER", own), ("JWKS_FILE", "jwks.json")]);
        assert_eq!(fetched, [(own.to_owned(), format!("{own}/.well-known/jwks.json"), true)]);
    }

    #[test]
    fn an_issuer_beside_a_pool_is_that_pools() {
        let both = |issuers, pools| config(&[("ISSUER", issuers), ("USER_POOL_ID", pools)]);
        assert!(both("https://a.example/eu-west-1_A,https://b.example/eu-west-1_A", "eu-west-1_A").is_ok());
        for (issuers, pools, found) in [
            ("https://a.example/eu-west-1_B", "eu-west-1_A", "https://a.example/eu-west-1_B"),
            ("https://a.example/eu-west-1_A,https://a.example/x", "eu-west-1_A", "https://a.example/x"),
            ("https://a.example/Xeu-west-1_A", "eu-west-1_A", "https://a.example/Xeu-west-1_A"),
        ] {
            assert_eq!(
                both(issuers, pools).unwrap_err().to_string(),
                format!("`ISSUER`: found `{found}`, expected issuers of the pools in USER_POOL_ID, or no USER_POOL_ID")
            );
        }
    }

    #[test]
    fn a_file_of_issuers_stands_for_all_that_says_who_issues_tokens() {
        let read = |vars: &[(&str, &str)]| {
            Config::from_vars(|name| {
                vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let alone = read(&[("ISSUERS_FILE", "issuers.json"), ("LEEWAY_SECONDS", "5")]).unwrap();
        assert!(matches!(alone.issuers, Issuers::File { file, leeway_seconds: 5 } if file == "issuers.json"));
        for beside in ["USER_POOL_ID", "APP_CLIENT_ID", "TOKEN_USE", "RESOURCE", "ISSUER", "JWKS_URI", "JWKS_FILE"] {
            let error = read(&[("ISSUERS_FILE", "issuers.json"), (beside, "access")]).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{beside}`: found `access`, expected nothing beside ISSUERS_FILE, whose entries say it")
            );
        }
    }
}
