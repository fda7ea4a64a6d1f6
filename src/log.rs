//! What is written down?
//!
//! One line a decision, on standard output, in the form that Lambda's advanced logging controls ask for. The type of a
//! line is closed: it has no field that a token or a query string could stand in, and of claims the client's id alone,
//! unless [`SubjectLog`] asks for more. No other logger is installed, so what the libraries would say, the runtime's raw
//! events at TRACE among it, is never written.

mod line;
mod subject;

pub use line::{DecisionLine, StartLine};
pub(crate) use subject::hexadecimal;
pub use subject::{InvalidSubjectKey, SHORTEST_SUBJECT_KEY, SubjectIds, SubjectLog};

use serde::Serialize;
use std::fmt;
use std::io::Write as _;
use std::time::SystemTime;

/// How much a line matters. The names are those of Lambda's `AWS_LAMBDA_LOG_LEVEL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Everything.
    Trace,
    /// What helps to find a fault.
    Debug,
    /// Decisions and refusals.
    Info,
    /// What works but should be mended.
    Warn,
    /// What could not be decided or started.
    Error,
    /// Nothing but the end.
    Fatal,
}

impl Level {
    /// Reads the name of a level, in any case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let levels = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];
        levels.into_iter().find(|level| level.name().eq_ignore_ascii_case(name))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object.
    Json,
    /// Words for people: time, level, message, then `name=value`.
    Text,
}

/// Where lines go, and which.
#[derive(Clone, Copy, Debug)]
pub struct Logger {
    /// The least level that is written.
    pub level: Level,
    /// How it is written.
    pub format: Format,
}

#[derive(Serialize)]
struct Line<'a, T> {
    timestamp: &'a str,
    level: Level,
    message: &'a str,
    #[serde(flatten)]
    fields: T,
}

#[derive(Serialize)]
struct NoFields {}

impl Logger {
    /// Is a line of this level written?
    #[must_use]
    pub fn writes(self, level: Level) -> bool {
        level >= self.level
    }

    /// Writes the line of one decision.
    pub fn decision(self, level: Level, line: &DecisionLine<'_>) {
        self.write(level, "decision", line);
    }

    /// Writes the one line of a healthy start.
    pub fn started(self, line: &StartLine<'_>) {
        self.write(Level::Info, "started", line);
    }

    /// Writes a message without fields: about the start, or about keys.
    pub fn message(self, level: Level, message: &dyn fmt::Display) {
        self.write(level, &message.to_string(), &NoFields {});
    }

    fn write(self, level: Level, message: &str, fields: &impl Serialize) {
        if !self.writes(level) {
            return;
        }
        let timestamp = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let line = Line { timestamp: &timestamp, level, message, fields };
        let mut text = Vec::with_capacity(USUAL_LINE);
        let written = match self.format {
            Format::Json => serde_json::to_writer(&mut text, &line).ok(),
            Format::Text => write_words(&mut text, &line),
        };
        if written.is_some() {
            text.push(b'\n');
            // Whoever reads standard output may have gone; the answer goes out all the same.
            let _ = std::io::stdout().lock().write_all(&text);
        }
    }
}

fn write_words(text: &mut Vec<u8>, line: &Line<'_, impl Serialize>) -> Option<()> {
    let fields = serde_json::to_value(&line.fields).ok()?;
    write!(text, "{} {} {}", line.timestamp, line.level.name(), line.message).ok()?;
    fields.as_object()?.iter().try_for_each(|(name, value)| write!(text, " {name}={value}")).ok()
}

/// What most lines fit into, in bytes.
const USUAL_LINE: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_known_by_lambdas_names_and_ordered() {
        for (name, expected) in
            [("TRACE", Some(Level::Trace)), ("info", Some(Level::Info)), ("FATAL", Some(Level::Fatal)), ("loud", None)]
        {
            assert_eq!(Level::parse(name), expected, "{name}");
        }
        assert!(Level::Trace < Level::Debug && Level::Info < Level::Warn && Level::Error < Level::Fatal);
    }

    #[test]
    fn a_line_has_what_lambda_filters_by() {
        let fields = DecisionLine {
            request_id: "r",
            outcome: "deny",
            reason: "scope_missing",
            route: Some("GET /orders"),
            duration_us: 7,
            keys: "hit",
            ..DecisionLine::default()
        };
        let line = Line { timestamp: "2026-01-02T03:04:05.678Z", level: Level::Info, message: "decision", fields };
        assert_eq!(
            serde_json::to_string(&line).unwrap(),
            r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"decision","request_id":"r","outcome":"deny","reason":"scope_missing","route":"GET /orders","duration_us":7,"keys":"hit"}"#
        );
        let mut text = Vec::new();
        write_words(&mut text, &line).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            r#"2026-01-02T03:04:05.678Z INFO decision duration_us=7 keys="hit" outcome="deny" reason="scope_missing" request_id="r" route="GET /orders""#
        );
    }
}
