//! What do log lines say of a token's holder?

use super::error::ConfigError;
use super::variables::Variables;
use crate::log::{Format, Level, Logger, Metrics, SubjectLog};

/// The key itself is never told.
const KEY_EXPECTED: &str = "a secret of at least 32 characters, since LOG_SUBJECT is `hash`";

/// Metrics are members of decision lines, which are at INFO and must be JSON.
pub(super) fn metrics_namespace(vars: &Variables<'_>, logger: Logger) -> Result<Option<String>, ConfigError> {
    const VARIABLE: &str = "METRICS_NAMESPACE";
    let Some(found) = vars.text(VARIABLE) else { return Ok(None) };
    let invalid = |found, expected| Err(ConfigError::Invalid { variable: VARIABLE, found, expected });
    if Metrics::new(found.clone()).is_none() {
        return invalid(found, "a namespace of CloudWatch that does not begin with `AWS/`");
    }
    if logger.format != Format::Json || !logger.writes(Level::Info) {
        return invalid(
            found,
            "nothing, or AWS_LAMBDA_LOG_FORMAT=JSON and AWS_LAMBDA_LOG_LEVEL=INFO, since lines hold the metrics",
        );
    }
    Ok(Some(found))
}

#[derive(Clone, Copy)]
enum Word {
    None,
    Hash,
    Plain,
}

pub(super) fn subject_log(vars: &Variables<'_>) -> Result<SubjectLog, ConfigError> {
    const KEY: &str = "LOG_SUBJECT_KEY";
    let key = vars.text(KEY);
    let words = [("none", Word::None), ("hash", Word::Hash), ("plain", Word::Plain)];
    match vars.one_of("LOG_SUBJECT", "`none`, `hash` or `plain`", &words)? {
        None | Some(Word::None) => Ok(SubjectLog::None),
        Some(Word::Plain) => Ok(SubjectLog::Plain),
        Some(Word::Hash) => {
            let missing = ConfigError::Missing { variable: KEY, expected: KEY_EXPECTED };
            let key = key.ok_or(missing)?;
            let found = format!("{} characters", key.len());
            let invalid = ConfigError::Invalid { variable: KEY, found, expected: KEY_EXPECTED };
            SubjectLog::hashed_by(&key).map_err(|_| invalid)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_need_a_namespace_and_lines_to_stand_in() {
        let read = |namespace: &str, level, format| {
            let variable = |name: &str| (name == "METRICS_NAMESPACE").then(|| namespace.to_owned());
            let read = metrics_namespace(&Variables { variable: &variable }, Logger { level, format });
            read.map_err(|error| error.to_string())
        };
        assert_eq!(read("", Level::Warn, Format::Text), Ok(None));
        assert_eq!(read("a", Level::Info, Format::Json), Ok(Some("a".to_owned())));
        for (namespace, level, format, expected) in [
            ("AWS/a", Level::Info, Format::Json, "a namespace of CloudWatch"),
            ("a", Level::Warn, Format::Json, "nothing, or AWS_LAMBDA_LOG_FORMAT=JSON"),
            ("a", Level::Info, Format::Text, "nothing, or AWS_LAMBDA_LOG_FORMAT=JSON"),
        ] {
            let error = read(namespace, level, format).unwrap_err();
            let beginning = format!("`METRICS_NAMESPACE`: found `{namespace}`, expected {expected}");
            assert!(error.starts_with(&beginning), "{error}");
        }
    }

    #[test]
    fn a_hash_needs_a_key_that_no_message_tells() {
        let read = |word: &str, key: &str| {
            let variable = |name: &str| match name {
                "LOG_SUBJECT" => Some(word.to_owned()),
                "LOG_SUBJECT_KEY" => Some(key.to_owned()),
                _ => None,
            };
            let log = subject_log(&Variables { variable: &variable });
            log.map(|log| format!("{log:?}")).map_err(|error| error.to_string())
        };
        let error = |text: &str| Err(text.to_owned());
        for (word, key, expected) in [
            ("", "", Ok("None".to_owned())),
            ("none", "", Ok("None".to_owned())),
            ("plain", "", Ok("Plain".to_owned())),
            ("hash", "0123456789abcdef0123456789abcdef", Ok("Hash(..)".to_owned())),
            ("on", "", error("`LOG_SUBJECT`: found `on`, expected `none`, `hash` or `plain`")),
            (
                "hash",
                "",
                error(
                    "`LOG_SUBJECT_KEY`: found nothing, expected a secret of at least 32 characters, since LOG_SUBJECT is `hash`",
                ),
            ),
            (
                "hash",
                "0123456789abcdef0123456789abcde",
                error(
                    "`LOG_SUBJECT_KEY`: found `31 characters`, expected a secret of at least 32 characters, since LOG_SUBJECT is `hash`",
                ),
            ),
        ] {
            assert_eq!(read(word, key), expected, "{word} {key}");
        }
    }
}
