//! What does the environment say?

use super::error::ConfigError;
use std::ops::RangeInclusive;

/// Environment variables, as whoever starts the function gives them.
pub(super) struct Variables<'a> {
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Variables<'_> {
    /// The value without space around it; an empty one counts as not set.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// A comma list, each element understood by `read`; `None` when the variable is not set.
    pub(super) fn list<T>(
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

    /// One of these words; `None` when the variable is not set.
    pub(super) fn one_of<T: Copy>(
        &self,
        name: &'static str,
        expected: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, ConfigError> {
        let Some(found) = self.text(name) else { return Ok(None) };
        let meant = words.iter().find(|(word, _)| *word == found).map(|(_, meaning)| *meaning);
        meant.map(Some).ok_or(ConfigError::Invalid { variable: name, found, expected })
    }

    /// A whole number of seconds in this range; `None` when the variable is not set.
    pub(super) fn seconds(
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
