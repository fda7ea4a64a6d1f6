//! What does Lambda itself say?

use super::error::ConfigError;
use super::variables::Variables;
use crate::log::{Format, Level, Logger};

/// How to log. It is read apart from the rest, so that whatever is wrong with that can be logged.
///
/// `AWS_LAMBDA_LOG_LEVEL` and `AWS_LAMBDA_LOG_FORMAT` are Lambda's own. Until [`super::Config::from_vars`] has refused a
/// value that Lambda would not set, the level is `INFO` and the format JSON.
#[must_use]
pub fn logger(variable: impl Fn(&str) -> Option<String>) -> Logger {
    let vars = Variables { variable: &variable };
    Logger { level: level(&vars).unwrap_or(Level::Info), format: format(&vars).unwrap_or(Format::Json) }
}

fn level(vars: &Variables<'_>) -> Result<Level, ConfigError> {
    const VARIABLE: &str = "AWS_LAMBDA_LOG_LEVEL";
    let Some(found) = vars.text(VARIABLE) else { return Ok(Level::Info) };
    let expected = "`TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`";
    Level::parse(&found).ok_or(ConfigError::Invalid { variable: VARIABLE, found, expected })
}

fn format(vars: &Variables<'_>) -> Result<Format, ConfigError> {
    const VARIABLE: &str = "AWS_LAMBDA_LOG_FORMAT";
    let Some(found) = vars.text(VARIABLE) else { return Ok(Format::Json) };
    let known = [("json", Format::Json), ("text", Format::Text)];
    let format = known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&found)).map(|(_, format)| format);
    format.ok_or(ConfigError::Invalid { variable: VARIABLE, found, expected: "`JSON` or `Text`" })
}

/// Is this an environment that the function can run in?
pub(super) fn check(vars: &Variables<'_>) -> Result<(), ConfigError> {
    const INITIALIZATION: &str = "AWS_LAMBDA_INITIALIZATION_TYPE";
    level(vars)?;
    format(vars)?;
    match vars.text(INITIALIZATION) {
        // Built without jitter entropy (`.cargo/config.toml`), the TLS library reseeds its random numbers by the count of
        // calls alone, so all copies of one snapshot would draw the same ones.
        Some(found) if found == "snap-start" => Err(ConfigError::Invalid {
            variable: INITIALIZATION,
            found,
            expected: "a function without SnapStart, since copies of one snapshot would share their random numbers",
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_lambda_would_not_set_stops_the_start() {
        let checked = |name: &str, value: &str| {
            let variable = |asked: &str| (asked == name).then(|| value.to_owned());
            check(&Variables { variable: &variable }).map_err(|error| error.to_string())
        };
        let level = "`TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` or `FATAL`";
        for (name, value, expected) in [
            ("AWS_LAMBDA_LOG_LEVEL", "debug", None),
            ("AWS_LAMBDA_LOG_LEVEL", "", None),
            ("AWS_LAMBDA_LOG_LEVEL", "verbose", Some(level)),
            ("AWS_LAMBDA_LOG_FORMAT", "Text", None),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON", None),
            ("AWS_LAMBDA_LOG_FORMAT", "xml", Some("`JSON` or `Text`")),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand", None),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "lambda-managed-instances", None),
            (
                "AWS_LAMBDA_INITIALIZATION_TYPE",
                "snap-start",
                Some("a function without SnapStart, since copies of one snapshot would share their random numbers"),
            ),
        ] {
            let expected = expected.map(|words| format!("`{name}`: found `{value}`, expected {words}"));
            assert_eq!(checked(name, value).err(), expected, "{name}={value}");
        }
    }

    #[test]
    fn what_is_wrong_with_logging_is_logged_as_usual() {
        let logger = logger(|name| Some(if name.ends_with("LEVEL") { "verbose" } else { "xml" }.to_owned()));
        assert_eq!((logger.level, logger.format), (Level::Info, Format::Json));
    }
}
