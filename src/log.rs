//! What is written down?
//!
//! One line a decision, on standard output, in the form that Lambda's advanced logging controls ask for. The type of a
//! line is closed: it has no field that a token or a query string could stand in, and of claims the client's id alone,
//! unless [`SubjectLog`] asks for more. No other logger is installed, so what the libraries would say, the runtime's raw
//! events at TRACE among it, is never written.

mod line;
mod metrics;
mod subject;

pub use line::{DecisionLine, StartLine};
pub use metrics::{DocumentCounts, KeyCounts, MetricFields, Metrics};
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

/// What every line begins with.
struct Beginning<'a> {
    timestamp: &'a str,
    level: Level,
    message: &'a str,
}

#[derive(Serialize)]
struct Measured<'a> {
    #[serde(flatten)]
    line: &'a DecisionLine<'a>,
    #[serde(flatten)]
    metrics: &'a MetricFields<'a>,
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

    /// Writes the line of one decision, with its metrics.
    pub fn measured(self, level: Level, line: &DecisionLine<'_>, metrics: &MetricFields<'_>) {
        self.write(level, "decision", &Measured { line, metrics });
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
        let beginning = Beginning { timestamp: &timestamp, level, message };
        let mut text = Vec::with_capacity(USUAL_LINE);
        let written = match self.format {
            Format::Json => write_json(&mut text, &beginning, fields),
            Format::Text => write_words(&mut text, &beginning, fields),
        };
        if written.is_some() {
            text.push(b'\n');
            // Whoever reads standard output may have gone; the answer goes out all the same.
            let _ = std::io::stdout().lock().write_all(&text);
        }
    }
}

/// One object of the beginning and the fields. Serde would make it, too, by `flatten`, which takes a tenth of a decision's line.
fn write_json(text: &mut Vec<u8>, beginning: &Beginning<'_>, fields: &impl Serialize) -> Option<()> {
    let Beginning { timestamp, level, message } = beginning;
    // Neither of the two has a character that JSON escapes.
    write!(text, r#"{{"timestamp":"{timestamp}","level":"{}","message":"#, level.name()).ok()?;
    serde_json::to_writer(&mut *text, message).ok()?;
    let brace = text.len();
    serde_json::to_writer(&mut *text, fields).ok()?;
    if text.ends_with(b"{}") {
        text.remove(brace);
    } else {
        *text.get_mut(brace)? = b',';
    }
    Some(())
}

fn write_words(text: &mut Vec<u8>, beginning: &Beginning<'_>, fields: &impl Serialize) -> Option<()> {
    let fields = serde_json::to_value(fields).ok()?;
    let Beginning { timestamp, level, message } = beginning;
    write!(text, "{timestamp} {} {message}", level.name()).ok()?;
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
        let timestamp = "2026-01-02T03:04:05.678Z";
        let beginning = Beginning { timestamp, level: Level::Info, message: "decision" };
        let mut json = Vec::new();
        write_json(&mut json, &beginning, &fields).unwrap();
        assert_eq!(
            String::from_utf8(json).unwrap(),
            r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"decision","request_id":"r","outcome":"deny","reason":"scope_missing","route":"GET /orders","duration_us":7,"keys":"hit"}"#
        );
        let mut text = Vec::new();
        write_words(&mut text, &beginning, &fields).unwrap();
        assert_eq!(
            String::from_utf8(text).unwrap(),
            r#"2026-01-02T03:04:05.678Z INFO decision duration_us=7 keys="hit" outcome="deny" reason="scope_missing" request_id="r" route="GET /orders""#
        );
        let quoted = Beginning { timestamp, level: Level::Warn, message: "found \"{}\"" };
        let mut bare = Vec::new();
        write_json(&mut bare, &quoted, &NoFields {}).unwrap();
        assert_eq!(
            String::from_utf8(bare).unwrap(),
            r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"WARN","message":"found \"{}\""}"#
        );
    }
}
