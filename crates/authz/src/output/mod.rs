//! Where answers and remarks go, and in which form.

mod finding;
mod github;
mod json;
mod markdown;
mod sarif;
mod spot;
mod text;

pub use finding::{Finding, Level};
pub use spot::{Source, Spot};

use crate::outcome::Failure;
use clap::ValueEnum;
use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Write};

/// The form of an answer. Verbs that have not all of them say so in their help.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Text,
    /// For programs; versioned.
    Json,
    /// Annotations of a GitHub workflow.
    Github,
    /// Code scanning results, SARIF 2.1.0.
    Sarif,
    /// A comment of a pull request.
    Markdown,
}

/// The form of an answer that has these two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people at a terminal.
    #[default]
    Text,
    /// For programs; versioned.
    Json,
}

/// When to color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Takes answers, for standard output, and remarks, for standard error. Nothing else is ever written to.
pub struct Output {
    answers: Box<dyn Write>,
    remarks: Box<dyn Write>,
    terminal: bool,
    no_color: bool,
    color: bool,
}

impl Output {
    /// Standard output and standard error.
    #[must_use]
    pub fn of_the_process() -> Self {
        Self {
            answers: Box::new(BufWriter::new(io::stdout())),
            remarks: Box::new(io::stderr()),
            terminal: io::stdout().is_terminal() && io::stderr().is_terminal(),
            // https://no-color.org: set and not empty.
            no_color: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            color: false,
        }
    }

    pub(crate) fn set_color(&mut self, when: When) {
        self.color = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => self.terminal && !self.no_color,
        };
    }

    /// Writes a part of the answer.
    ///
    /// # Errors
    /// [`Failure::Unwritable`].
    pub fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.answers.write_all(text.as_bytes()).map_err(Failure::Unwritable)
    }

    /// Writes a remark, which is no part of the answer.
    ///
    /// # Errors
    /// [`Failure::Unwritable`].
    pub fn remark(&mut self, text: &str) -> Result<(), Failure> {
        self.flush()?;
        self.remarks.write_all(text.as_bytes()).map_err(Failure::Unwritable)
    }

    /// The findings in the asked form.
    ///
    /// # Errors
    /// [`Failure::Unwritable`].
    #[must_use]
    pub fn written(&self, format: Format, findings: &[Finding], all: bool) -> String {
        match format {
            Format::Text => text::write(findings, self.paint(), all),
            Format::Json => json::write(findings),
            Format::Github => github::write(findings),
            Format::Sarif => sarif::write(findings),
            Format::Markdown => markdown::write(findings, all),
        }
    }

    /// How to color, if at all.
    #[must_use]
    pub fn paint(&self) -> Paint {
        Paint { on: self.color }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.answers.flush().map_err(Failure::Unwritable)
    }

    /// Says why there is no answer. There is nowhere left to say that it cannot be said.
    pub(crate) fn complain(&mut self, failure: &Failure) {
        if !failure.is_broken_pipe() {
            let error = self.paint().red("error");
            let _ = writeln!(self.remarks, "{error}: {failure}");
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").field("color", &self.color).finish_non_exhaustive()
    }
}

/// Colors, or none.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// For errors.
    #[must_use]
    pub fn red(self, text: &str) -> String {
        self.wrap("1;31", text)
    }

    /// For warnings.
    #[must_use]
    pub fn yellow(self, text: &str) -> String {
        self.wrap("1;33", text)
    }

    /// For notes and help.
    #[must_use]
    pub fn cyan(self, text: &str) -> String {
        self.wrap("36", text)
    }

    pub(crate) fn is_on(self) -> bool {
        self.on
    }

    /// `code` is a Select Graphic Rendition of ECMA-48.
    fn wrap(self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
