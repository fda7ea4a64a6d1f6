//! The verbs of the command line, one file each.

mod completions;
mod import;

use crate::outcome::{Failure, Outcome};
use crate::output::Output;
use clap::Subcommand;

/// What the command line asks for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a script that completes this tool's command lines in a shell.
    Completions(completions::Args),
    /// Make a permission document from a specification of the API, or check that the two agree.
    Import(import::Args),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure`] when there is no answer.
    pub fn run(&self, output: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Completions(args) => completions::run(args, output),
            Self::Import(args) => import::run(args, output),
        }
    }
}
