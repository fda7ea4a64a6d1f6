//! The command-line tool `authz`; the library of the same name has all of it.

use authz::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    authz::run(std::env::args_os(), &mut Output::of_the_process())
}
