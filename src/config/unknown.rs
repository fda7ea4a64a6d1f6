//! Which environment variables look like settings, and are none?

use std::fmt;

/// Every setting.
const SETTINGS: [&str; 27] = [
    "APP_CLIENT_ID",
    "HTTP_API_RESPONSE",
    "IDENTITY_SOURCE_CHECK",
    "INVALID_TOKEN",
    "ISSUER",
    "ISSUERS_FILE",
    "JWKS_CA_FILE",
    "JWKS_FILE",
    "JWKS_MAX_AGE_SECONDS",
    "JWKS_REFRESH_SECONDS",
    "JWKS_URI",
    "LEEWAY_SECONDS",
    "LOG_SUBJECT",
    "LOG_SUBJECT_KEY",
    "METRICS_NAMESPACE",
    "PERMISSIONS_FILE",
    "PERMISSIONS_REFRESH_SECONDS",
    "PERMISSIONS_SOURCE",
    "POLICY_BUDGET_BYTES",
    "POLICY_CACHE_CHECK",
    "POLICY_COVERS",
    "RESOURCE",
    "TOKEN_SOURCE",
    "TOKEN_USE",
    "USAGE_IDENTIFIER_CLAIM",
    "USER_POOL_ID",
    "VALIDATOR_NO_NEW_ACCESS",
];

/// How settings begin.
const BEGINNINGS: [&str; 16] = [
    "APP_CLIENT",
    "HTTP_API_",
    "IDENTITY_SOURCE",
    "INVALID_TOKEN",
    "ISSUER",
    "JWKS_",
    "LEEWAY",
    "LOG_SUBJECT",
    "METRICS_",
    "PERMISSIONS_",
    "POLICY_",
    "RESOURCE",
    "TOKEN_",
    "USAGE_IDENTIFIER",
    "USER_POOL",
    "VALIDATOR_",
];

/// Environment variables that begin as settings do, and are none.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownSettings(Vec<String>);

impl UnknownSettings {
    /// Looks among the names of all environment variables; `None` when there are none.
    pub fn among(names: impl IntoIterator<Item = String>) -> Option<Self> {
        let like_ours = |name: &String| BEGINNINGS.iter().any(|beginning| name.starts_with(beginning));
        let mut unknown: Vec<String> = names.into_iter().filter(like_ours).collect();
        unknown.retain(|name| !SETTINGS.contains(&name.as_str()));
        unknown.sort_unstable();
        (!unknown.is_empty()).then_some(Self(unknown))
    }
}

impl fmt::Display for UnknownSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("found environment variables that are no settings: ")?;
        for (position, name) in self.0.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}`{}` (did you mean `{}`?)", name.escape_debug(), nearest(name))?;
        }
        Ok(())
    }
}

/// The setting that begins most like this.
fn nearest(name: &str) -> &'static str {
    let shared = |setting: &&&str| setting.bytes().zip(name.bytes()).take_while(|(one, other)| one == other).count();
    SETTINGS.iter().max_by_key(shared).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::cell::RefCell;

    #[test]
    fn what_begins_like_a_setting_and_is_none_is_told_with_the_nearest() {
        let names = ["PATH", "TOKEN_USES", "TOKEN_USE", "AWS_REGION", "JWKS_URL", "USER", "ISSUERS"];
        let unknown = UnknownSettings::among(names.map(str::to_owned)).unwrap();
        assert_eq!(
            unknown.to_string(),
            "found environment variables that are no settings: `ISSUERS` (did you mean `ISSUERS_FILE`?), \
             `JWKS_URL` (did you mean `JWKS_URI`?), `TOKEN_USES` (did you mean `TOKEN_USE`?)"
        );
        assert_eq!(UnknownSettings::among(["PATH", "TOKEN_USE"].map(str::to_owned)), None);
    }

    #[test]
    fn every_setting_that_is_read_is_known_and_begins_like_one() {
        let read = RefCell::new(Vec::new());
        let variable = |name: &str| {
            read.borrow_mut().push(name.to_owned());
            ["USER_POOL_ID", "APP_CLIENT_ID"].contains(&name).then(|| "a_1".to_owned())
        };
        Config::from_vars(variable).unwrap();
        let read = read.into_inner().into_iter().filter(|name| !name.starts_with("AWS_LAMBDA_")).collect::<Vec<_>>();
        for name in &read {
            assert!(SETTINGS.contains(&name.as_str()), "{name}");
            assert!(BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)), "{name}");
        }
        for setting in SETTINGS {
            assert!(read.iter().any(|name| name == setting), "{setting} is read by nobody");
        }
    }
}
