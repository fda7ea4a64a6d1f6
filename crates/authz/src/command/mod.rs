//! The verbs of the command line, one file each.

mod completions;

use crate::outcome::{Failure, Outcome};
use crate::output::Output;
use clap::Subcommand;

/// What the command line asks for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a script that completes this tool's command lines in a shell.
    Completions(completions::Args),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure`] when there is no answer.
    pub fn run(&self, output: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Completions(args) => completions::run(args, output),
        }
    }
}
