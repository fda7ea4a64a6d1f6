//! `authz man [VERB]`: a manual page.

use crate::outcome::{Failure, Outcome};
use crate::output::Output;

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  authz man check > ~/.local/share/man/man1/authz-check.1")]
pub struct Args {
    /// The verb; without one, the page of the tool.
    verb: Option<String>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let mut tool = crate::definition();
    tool.build();
    let command = match &args.verb {
        None => tool,
        Some(verb) => tool.find_subcommand(verb).cloned().ok_or_else(|| {
            Failure::Usage(format!("found the verb `{verb}`, expected one that `authz --help` lists"))
        })?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(Failure::Unwritable)?;
    output.print(&String::from_utf8_lossy(&page))?;
    Ok(Outcome::Holds)
}
