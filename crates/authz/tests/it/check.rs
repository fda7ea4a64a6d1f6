//! What `authz check` says of documents and settings.

use crate::{answer, authz_in, folder, remarks};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const MISTAKES: &str = include_str!("mistakes.txt");

/// A mistake: its name, the document, the settings, and the exit code and answer that are expected.
struct Mistake<'a> {
    name: &'a str,
    document: &'a str,
    settings: Option<&'a str>,
    expected: &'a str,
}

fn mistakes() -> Vec<Mistake<'static>> {
    let read = |section: &'static str| {
        let (name, rest) = section.split_once('\n').unwrap();
        let (given, expected) = rest.split_once("\n=> ").unwrap();
        let (document, settings) = given
            .split_once("\n--- settings\n")
            .map_or((given, None), |(document, settings)| (document, Some(settings)));
        Mistake { name, document, settings, expected: expected.trim_end() }
    };
    MISTAKES.split("\n### ").skip(1).map(read).collect()
}

fn said(folder: &Path, settings: bool) -> String {
    let arguments = ["check", "permissions.json", "--settings", "settings"];
    let output = authz_in(folder, arguments.get(..if settings { 4 } else { 2 }).unwrap());
    // Without the line for `cargo test` to find a file by.
    format!("{}\n{}{}", output.status.code().unwrap(), answer(&output), remarks(&output)).trim_end().to_owned()
}

#[test]
fn each_mistake_is_shown_in_its_place_word_for_word() {
    let mut differences = String::new();
    for (number, mistake) in mistakes().into_iter().enumerate() {
        let files = [("permissions.json", mistake.document), ("settings", mistake.settings.unwrap_or_default())];
        let folder = folder(&format!("mistakes-{number}"), &files);
        let said = said(&folder, mistake.settings.is_some());
        if said != mistake.expected {
            let settings = mistake.settings.map(|settings| format!("--- settings\n{settings}\n")).unwrap_or_default();
            writeln!(differences, "### {}\n{}\n{settings}=> {said}\n", mistake.name, mistake.document).unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
    assert!(mistakes().len() >= 40);
}

const SURPRISING: &str = r#"{
  "permissions": [
    {"authenticated": true, "allow": ["GET /a", "GET /b/:id"]},
    {"scopes": ["a/read"], "allow": ["GET /a"]}
  ]
}"#;

#[test]
fn the_exit_code_says_how_bad_it_is() {
    let files = [
        ("ok.json", r#"{"permissions":[{"authenticated":true,"allow":["GET /"]}]}"#),
        ("warning.json", SURPRISING),
        ("error.json", r#"{"permissions":[{"authenticated":true,"allow":["GET /users/{sub}"]}]}"#),
        ("invalid.json", "{}"),
    ];
    let folder = folder("check-codes", &files);
    for (arguments, code) in [
        (&["ok.json"][..], 0),
        (&["warning.json"], 1),
        (&["warning.json", "--fail-on", "error"], 0),
        (&["error.json", "--fail-on", "error"], 1),
        (&["invalid.json"], 3),
        (&["ok.json", "warning.json"], 1),
        (&["ok.json", "invalid.json", "warning.json"], 3),
        (&["absent.json"], 3),
        (&[], 3),
        (&["error.json", "--format", "sarif"], 0),
        (&["invalid.json", "--format", "sarif"], 0),
        (&["absent.json", "--format", "sarif"], 3),
        (&["ok.json", "--fail-on", "never"], 2),
    ] {
        let output = authz_in(&folder, &[&["check"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {}", remarks(&output));
    }
}

#[test]
fn programs_get_every_place() {
    let folder = folder("check-json", &[("permissions.json", SURPRISING)]);
    let found: Value = serde_json::from_str(&answer(&authz_in(&folder, &["check", "--format", "json"]))).unwrap();
    assert_eq!(found["version"], 1);
    let covered = found["findings"].as_array().unwrap().iter().find(|one| one["code"] == "permission_covered").unwrap();
    assert_eq!(
        (&covered["level"], &covered["see"]),
        (&"warning".into(), &"docs/permissions.md#permission_covered".into())
    );
    let spot = &covered["spots"][0];
    assert_eq!((&spot["place"], &spot["line"], &spot["column"]), (&"permissions[1]".into(), &4.into(), &5.into()));
    assert_eq!((&spot["end_line"], &spot["end_column"]), (&4.into(), &48.into()));
    assert_eq!(covered["related"][0]["route"], "GET /a");
    let annotations = answer(&authz_in(&folder, &["check", "--format", "github"]));
    let expected = "::warning file=permissions.json,line=4,endLine=4,col=5,endColumn=48,title=permission_covered::";
    assert!(annotations.contains(expected), "{annotations}");
    let markdown = answer(&authz_in(&folder, &["check", "--format", "markdown"]));
    assert!(markdown.contains("- **warning** `colon_segment`"), "{markdown}");
    assert!(markdown.contains("`` permissions.json:3: permissions[0].allow[1] `GET /b/:id` ``"), "{markdown}");
}

#[test]
fn settings_say_which_document_and_which_tokens() {
    let scopes = r#"{"permissions":[{"authenticated":true,"allow":["GET /"]},{"scopes":["a/b"],"allow":["GET /a"]}]}"#;
    let settings = "USER_POOL_ID=eu-west-1_AbCdEfGhI\nAPP_CLIENT_ID=abc\nTOKEN_USE=id\nPERMISSIONS_FILE=orders.json\n";
    let folder = folder("check-settings", &[("deploy/settings.env", settings), ("deploy/orders.json", scopes)]);
    let output = authz_in(&folder, &["check", "--settings", "deploy/settings.env", "--format", "json"]);
    let found: Value = serde_json::from_str(&answer(&output)).unwrap();
    assert_eq!(found["findings"][0]["code"], "scopes_without_access_tokens");
    assert_eq!(found["findings"][0]["file"], "deploy/orders.json");
}

/// The schema that the crate `serde-sarif` carries.
fn sarif_schema() -> Value {
    // For one platform: those of others need not be there.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", &platform])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let carrier = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let folder = Path::new(carrier["manifest_path"].as_str().unwrap()).parent().unwrap();
    let mut schema: Value = serde_json::from_slice(&std::fs::read(folder.join("src/schema.json")).unwrap()).unwrap();
    // This pattern has a bracket that nothing opens, and validators that look refuse it.
    for holder in ["run", "toolComponent"] {
        schema["definitions"][holder]["properties"]["language"]["pattern"] = "^[a-zA-Z]{2}".into();
    }
    schema
}

#[test]
fn sarif_is_as_its_schema_asks() {
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    let files = [("permissions.json", SURPRISING), ("invalid.json", "{\"permission\": [}"), ("a b.json", "{}")];
    let folder = folder("check-sarif", &files);
    for arguments in [&["permissions.json"][..], &["invalid.json", "permissions.json", "a b.json"]] {
        let output = authz_in(&folder, &[&["check", "--format", "sarif"], arguments].concat());
        let log: Value = serde_json::from_str(&answer(&output)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let typed: serde_sarif::sarif::Sarif = serde_json::from_value(log.clone()).unwrap();
        assert!(!typed.runs[0].results.as_ref().unwrap().is_empty());
        // A schema that allows everything would prove nothing.
        let mut broken = log;
        broken["runs"][0]["results"][0]["level"] = "grave".into();
        assert!(!validator.is_valid(&broken));
    }
}
