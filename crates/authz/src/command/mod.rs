//! The verbs of the command line, one file each.

mod check;
mod completions;
mod diff;
mod explain;
mod holder;
mod import;
mod man;
mod matrix;
mod simulate;
mod test;
mod token;
mod who;

use crate::outcome::{Failure, Outcome};
use crate::output::Output;
use clap::Subcommand;

/// What the command line asks for.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell everything that is wrong with a document, or will surprise its author.
    Check(check::Args),
    /// Print a script that completes this tool's command lines in a shell.
    Completions(completions::Args),
    /// Tell what a changed document opens and closes, with the smallest witnesses.
    Diff(diff::Args),
    /// Tell why a request is allowed or refused, and what would open it.
    Explain(explain::Args),
    /// Make a permission document from a specification of the API, or check that the two agree.
    Import(import::Args),
    /// Print a manual page.
    Man(man::Args),
    /// Show who can call which route, as a table or a page.
    Matrix(matrix::Args),
    /// Give the function's answers to events, byte for byte.
    Simulate(simulate::Args),
    /// Run the tests of a document, and count what they would not notice.
    Test(test::Args),
    /// Make a token for work on one's own machine, and a key set for it.
    Token(token::Args),
    /// Tell under which conditions anybody can call a route.
    Who(who::Args),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// [`Failure`] when there is no answer.
    pub fn run(&self, output: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Check(args) => check::run(args, output),
            Self::Completions(args) => completions::run(args, output),
            Self::Diff(args) => diff::run(args, output),
            Self::Explain(args) => explain::run(args, output),
            Self::Import(args) => import::run(args, output),
            Self::Man(args) => man::run(args, output),
            Self::Matrix(args) => matrix::run(args, output),
            Self::Simulate(args) => simulate::run(args, output),
            Self::Test(args) => test::run(args, output),
            Self::Token(args) => token::run(args, output),
            Self::Who(args) => who::run(args, output),
        }
    }
}
