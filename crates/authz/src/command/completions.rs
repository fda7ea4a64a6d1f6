//! `authz completions SHELL`: a script that completes this tool's command lines.

use crate::outcome::{Failure, Outcome};
use crate::output::Output;
use clap_complete::Shell;

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  authz completions bash > ~/.local/share/bash-completion/completions/authz")]
pub struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::definition(), "authz", &mut script);
    output.print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Holds)
}
