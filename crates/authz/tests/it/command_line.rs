//! What every verb has in common.

use crate::{answer, authz, remarks};
use std::collections::BTreeSet;
use std::process::Command;

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

#[test]
fn each_verb_has_a_manual_page() {
    let verbs: Vec<String> = authz::definition().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for verb in verbs {
        let page = answer(&authz(&["man", &verb]));
        assert!(page.contains(&format!("authz\\-{verb}")) && page.contains(".SH SYNOPSIS"), "{verb}: {page}");
    }
    assert!(answer(&authz(&["man"])).contains("Exit codes"));
    assert_eq!(authz(&["man", "nothing"]).status.code(), Some(2));
}

/// The names of the packages that are linked into a package of the workspace.
fn linked(package: &str) -> BTreeSet<String> {
    let listed = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--package", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let text = String::from_utf8(listed.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn nothing_of_the_tool_is_linked_into_the_function() {
    let (function, tool) = (linked("cognito-authorizer"), linked("authz"));
    for package in ["authz", "annotate-snippets", "askama", "clap", "clap_complete", "clap_mangen", "serde-saphyr"] {
        assert!(tool.contains(package) && !function.contains(package), "{package}");
    }
}

/// Decisions are pure: the engine reaches neither network, files nor clock through a package.
#[test]
fn the_engine_stands_on_serde_alone() {
    let of_serde = [
        "itoa",
        "memchr",
        "proc-macro2",
        "quote",
        "serde",
        "serde_core",
        "serde_derive",
        "serde_json",
        "syn",
        "unicode-ident",
        "zmij",
    ];
    for package in linked("permissions") {
        assert!(package == "permissions" || of_serde.contains(&package.as_str()), "{package}");
    }
}
