//! What the program says to whoever starts it without Lambda.

use std::process::{Command, Output};

fn started(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_cognito-authorizer");
    Command::new(program).args(arguments).env_remove("AWS_LAMBDA_RUNTIME_API").output().unwrap()
}

#[test]
fn the_program_started_by_hand_says_in_one_line_what_it_needs() {
    let output = started(&[]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), b"".as_slice()));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("needs the Lambda runtime") && said.contains("cargo lambda watch"), "{said}");
}

#[test]
fn the_program_tells_its_version_and_what_it_is() {
    let version = started(&["--version"]);
    let expected = format!("cognito-authorizer {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((version.status.success(), String::from_utf8(version.stdout).unwrap()), (true, expected));
    let help = started(&["--help"]);
    assert!(help.status.success() && help.stdout.starts_with(b"An AWS Lambda authorizer"));
}
