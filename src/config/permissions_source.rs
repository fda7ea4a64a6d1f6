//! Where do newer permission documents come from?

use super::error::ConfigError;
use super::variables::Variables;
use crate::documents::Extension;
use std::ops::RangeInclusive;

/// How often an extension is asked, in seconds, unless it is set: AppConfig's extension asks its service as often
/// (`AWS_APPCONFIG_EXTENSION_POLL_INTERVAL_SECONDS`).
const DEFAULT_REFRESH_SECONDS: u64 = 45;

/// At most an hour, since a document that is withdrawn decides that long.
const REFRESH_SECONDS: RangeInclusive<u64> = 1..=3600;

/// An extension that tells newer documents, and how often it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionsSource {
    /// Which one, and for what.
    pub extension: Extension,
    /// The port that it listens on.
    pub port: u16,
    /// How many seconds pass from one question to the next.
    pub refresh_seconds: u64,
}

/// `None`: the packaged document alone.
pub(super) fn permissions_source(vars: &Variables<'_>) -> Result<Option<PermissionsSource>, ConfigError> {
    const VARIABLE: &str = "PERMISSIONS_SOURCE";
    const EXPECTED: &str = "`file`, `appconfig:APPLICATION/ENVIRONMENT/PROFILE`, `ssm:PARAMETER` or `secret:SECRET`";
    let seconds = "a whole number of seconds from 1 to 3600";
    let refresh_seconds = vars.seconds("PERMISSIONS_REFRESH_SECONDS", REFRESH_SECONDS, seconds)?;
    let Some(found) = vars.text(VARIABLE).filter(|found| found != "file") else { return Ok(None) };
    let extension = extension(&found).ok_or(ConfigError::Invalid { variable: VARIABLE, found, expected: EXPECTED })?;
    Ok(Some(PermissionsSource {
        port: port(vars, &extension)?,
        extension,
        refresh_seconds: refresh_seconds.unwrap_or(DEFAULT_REFRESH_SECONDS),
    }))
}

/// `VALIDATOR_NO_NEW_ACCESS`.
pub(super) fn validator_no_new_access(vars: &Variables<'_>) -> Result<bool, ConfigError> {
    let words = [("true", true), ("false", false)];
    Ok(vars.one_of("VALIDATOR_NO_NEW_ACCESS", "`true` or `false`", &words)?.unwrap_or(false))
}

fn extension(text: &str) -> Option<Extension> {
    let (kind, name) = text.split_once(':')?;
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    match kind {
        "appconfig" => {
            let parts: Vec<&str> = name.split('/').filter(|part| is_name(part)).collect();
            let [application, environment, profile] = parts.try_into().ok()?;
            let [application, environment, profile] = [application, environment, profile].map(ToOwned::to_owned);
            Some(Extension::AppConfig { application, environment, profile })
        }
        "ssm" => is_name(name).then(|| Extension::Parameter(name.to_owned())),
        "secret" => is_name(name).then(|| Extension::Secret(name.to_owned())),
        _ => None,
    }
}

/// The extensions' own settings.
fn port(vars: &Variables<'_>, extension: &Extension) -> Result<u16, ConfigError> {
    let variable = match extension {
        Extension::AppConfig { .. } => "AWS_APPCONFIG_EXTENSION_HTTP_PORT",
        Extension::Parameter(_) | Extension::Secret(_) => "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
    };
    let Some(found) = vars.text(variable) else { return Ok(extension.usual_port()) };
    let port = found.parse().ok().filter(|port| *port > 0);
    port.ok_or(ConfigError::Invalid { variable, found, expected: "the number of a port" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Option<PermissionsSource>, String> {
        let variable = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        permissions_source(&Variables { variable: &variable }).map_err(|error| error.to_string())
    }

    #[test]
    fn a_source_is_the_file_alone_or_an_extension() {
        let app_config = Extension::AppConfig {
            application: "orders".to_owned(),
            environment: "prod".to_owned(),
            profile: "permissions".to_owned(),
        };
        let source = |extension: &Extension, port, refresh_seconds| {
            Ok(Some(PermissionsSource { extension: extension.clone(), port, refresh_seconds }))
        };
        let name = ("PERMISSIONS_SOURCE", "appconfig:orders/prod/permissions");
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("PERMISSIONS_SOURCE", "file")]), Ok(None));
        assert_eq!(read(&[name]), source(&app_config, 2772, 45));
        let more = [name, ("PERMISSIONS_REFRESH_SECONDS", "5"), ("AWS_APPCONFIG_EXTENSION_HTTP_PORT", "2000")];
        assert_eq!(read(&more), source(&app_config, 2000, 5));
        let parameter = Extension::Parameter("/orders/permissions".to_owned());
        assert_eq!(read(&[("PERMISSIONS_SOURCE", "ssm:/orders/permissions")]), source(&parameter, 2773, 45));
        let secret = Extension::Secret("orders".to_owned());
        assert_eq!(read(&[("PERMISSIONS_SOURCE", "secret:orders")]), source(&secret, 2773, 45));
    }

    #[test]
    fn what_is_no_source_says_how_to_mend_it() {
        for source in ["appconfig", "appconfig:a/b", "appconfig:a/b/c/d", "appconfig:a//c", "ssm:", "s3:x", "http://x"]
        {
            let error = read(&[("PERMISSIONS_SOURCE", source)]).unwrap_err();
            let expected = format!("`PERMISSIONS_SOURCE`: found `{source}`, expected `file`, `appconfig:");
            assert!(error.starts_with(&expected), "{error}");
        }
        for (variable, value) in [("PERMISSIONS_REFRESH_SECONDS", "0"), ("AWS_APPCONFIG_EXTENSION_HTTP_PORT", "70000")]
        {
            let error = read(&[("PERMISSIONS_SOURCE", "appconfig:a/b/c"), (variable, value)]).unwrap_err();
            assert!(error.starts_with(&format!("`{variable}`: found `{value}`")), "{error}");
        }
    }
}
