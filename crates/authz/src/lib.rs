//! See, test and prove what a permission document does, before it is deployed.
//!
//! Each verb of the command line is one file under [`command`]. All of them ask the engine that the function runs, the
//! crate `permissions`; none decides anything itself. To add a verb: a file with its `Args` and a function `run`, a variant
//! of [`command::Command`], and a module in `tests/it`.

#![forbid(unsafe_code)]

mod check;
pub mod command;
mod import;
pub mod input;
mod matrix;
mod outcome;
mod output;
mod settings;
mod suite;
mod tokens;
mod words;

pub use outcome::{Failure, Outcome};
pub use output::{Finding, Format, Level, Output, Paint, Source, Spot, When};

use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::process::ExitCode;

const EXIT_CODES: &str = "Exit codes:
  0  it holds
  1  it does not hold
  2  the command line was not understood
  3  a file cannot be read or is not valid
  4  the question is too large to decide";

/// See, test and prove what a permission document does, before it is deployed.
#[derive(Debug, Parser)]
#[command(name = "authz", version, after_help = EXIT_CODES)]
struct CommandLine {
    /// When to color what is printed; `NO_COLOR` turns off `auto`.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    color: When,
    #[command(subcommand)]
    command: command::Command,
}

/// The definition of the command line, for completion scripts and man pages.
#[must_use]
pub fn definition() -> clap::Command {
    <CommandLine as clap::CommandFactory>::command()
}

/// Does what the command line says, the name of the program first, and tells the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, output: &mut Output) -> ExitCode {
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => return explain(&error, output),
    };
    output.set_color(line.color);
    match line.command.run(output).and_then(|outcome| output.flush().map(|()| outcome)) {
        Ok(outcome) => outcome.exit_code(),
        Err(failure) => {
            output.complain(&failure);
            failure.exit_code()
        }
    }
}

/// Help and version are asked for and go where answers go; all else is a mistake.
fn explain(error: &clap::Error, output: &mut Output) -> ExitCode {
    let text = error.render();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let written = output.print(&text.to_string()).and_then(|()| output.flush());
            written.map_or_else(|failure| failure.exit_code(), |()| ExitCode::SUCCESS)
        }
        _ => {
            let failure = Failure::Usage(text.to_string());
            output.complain(&failure);
            failure.exit_code()
        }
    }
}
