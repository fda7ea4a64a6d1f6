//! Runs the built tool as its users do.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod command_line;
mod import;

use std::process::{Command, Output};

/// The tool with these arguments, in this package's folder.
fn authz(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_authz"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("NO_COLOR");
    command
}

fn answer(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn remarks(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
