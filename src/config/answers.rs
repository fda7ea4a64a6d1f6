//! Where are tokens looked for, and how is the answer given?

use super::CacheCheck;
use super::error::ConfigError;
use super::variables::Variables;
use crate::gateway::{HttpApiResponse, InvalidTokenAnswer, TokenSource};
use permissions::iam::{Coverage, DEFAULT_BUDGET_BYTES, Limits};
use std::ops::RangeInclusive;

/// The policy budgets that make sense, in bytes: two of the longest resources fit the smallest, and the largest is well
/// below the 6 MB that a Lambda function may answer.
const BUDGET_BYTES: RangeInclusive<usize> = 1024..=1_048_576;

pub(super) fn limits(vars: &Variables<'_>) -> Result<Limits, ConfigError> {
    Ok(Limits { coverage: coverage(vars)?, budget_bytes: budget(vars)? })
}

fn coverage(vars: &Variables<'_>) -> Result<Coverage, ConfigError> {
    let words = [("api", Coverage::Api), ("request", Coverage::Request)];
    Ok(vars.one_of("POLICY_COVERS", "`api` or `request`", &words)?.unwrap_or(Coverage::Api))
}

fn budget(vars: &Variables<'_>) -> Result<usize, ConfigError> {
    const EXPECTED: &str = "a whole number of bytes from 1024 to 1048576";
    let Some(found) = vars.text("POLICY_BUDGET_BYTES") else { return Ok(DEFAULT_BUDGET_BYTES) };
    let bytes = found.parse().ok().filter(|bytes| BUDGET_BYTES.contains(bytes));
    bytes.ok_or(ConfigError::Invalid { variable: "POLICY_BUDGET_BYTES", found, expected: EXPECTED })
}

pub(super) fn cache_check(vars: &Variables<'_>) -> Result<CacheCheck, ConfigError> {
    let words = [("warn", CacheCheck::Warn), ("strict", CacheCheck::Strict), ("off", CacheCheck::Off)];
    Ok(vars.one_of("POLICY_CACHE_CHECK", "`warn`, `strict` or `off`", &words)?.unwrap_or(CacheCheck::Warn))
}

pub(super) fn token_sources(vars: &Variables<'_>) -> Result<Vec<TokenSource>, ConfigError> {
    const EXPECTED: &str =
        "`header:NAME`, `query:NAME`, `cookie:NAME` or `websocket-protocol:NAME`, separated by commas";
    let sources = vars.list("TOKEN_SOURCE", EXPECTED, TokenSource::parse)?;
    Ok(sources.unwrap_or_else(|| vec![TokenSource::authorization_header()]))
}

pub(super) fn invalid_token(vars: &Variables<'_>) -> Result<InvalidTokenAnswer, ConfigError> {
    let words = [("unauthorized", InvalidTokenAnswer::Unauthorized), ("deny", InvalidTokenAnswer::Deny)];
    Ok(vars.one_of("INVALID_TOKEN", "`unauthorized` or `deny`", &words)?.unwrap_or(InvalidTokenAnswer::ByApi))
}

pub(super) fn http_api_response(vars: &Variables<'_>) -> Result<HttpApiResponse, ConfigError> {
    let words = [("iam", HttpApiResponse::Iam), ("simple", HttpApiResponse::Simple)];
    Ok(vars.one_of("HTTP_API_RESPONSE", "`iam` or `simple`", &words)?.unwrap_or(HttpApiResponse::Iam))
}

pub(super) fn check_identity_source(vars: &Variables<'_>) -> Result<bool, ConfigError> {
    Ok(vars.one_of("IDENTITY_SOURCE_CHECK", "`on` or `off`", &[("on", true), ("off", false)])?.unwrap_or(true))
}
