//! What every verb has in common.

use crate::{answer, authz, remarks};

#[test]
fn help_and_version_are_answers() {
    for arguments in [["--help"], ["--version"]] {
        let output = authz(&arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(answer(&output).contains("authz") && remarks(&output).is_empty(), "{output:?}");
    }
    assert!(answer(&authz(&["--help"])).contains("3  a file cannot be read or is not valid"));
}

#[test]
fn every_verb_has_an_example_in_its_help() {
    let verbs: Vec<String> = authz::definition().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    assert!(!verbs.is_empty());
    for verb in verbs {
        let help = answer(&authz(&[&verb, "--help"]));
        assert!(help.contains("Example") && help.contains(&format!("  authz {verb}")), "{verb}: {help}");
    }
}

#[test]
fn a_command_line_that_is_not_understood_ends_with_2_and_answers_nothing() {
    for arguments in [&[][..], &["chekc"], &["completions"], &["completions", "bash", "--colour"]] {
        let output = authz(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(answer(&output).is_empty() && !remarks(&output).is_empty(), "{output:?}");
    }
}

#[test]
fn completion_scripts_know_the_verbs() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = authz(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(answer(&output).contains("completions"), "{shell}");
    }
}
