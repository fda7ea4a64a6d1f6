//! The table of reasons in `docs/operate.md`, against the code.

use cognito_authorizer::token::InvalidToken;
use std::collections::BTreeSet;
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Where codes are given out.
const SOURCES: [&str; 7] = [
    "crates/permissions/src/cause.rs",
    "src/authorizer.rs",
    "src/gateway/mod.rs",
    "src/gateway/outcome.rs",
    "src/gateway/request.rs",
    "src/jwks/no_key.rs",
    "src/token/error.rs",
];
const FETCHES: &str = "src/jwks/source.rs";

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(name)).unwrap()
}

fn is_code(text: &str) -> bool {
    text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The codes that functions called `reason` return, and those that are written out as a field of this name.
fn codes_in(source: &str) -> BTreeSet<String> {
    let program = source.split("#[cfg(test)]").next().unwrap();
    let texts = |text: &str| -> Vec<String> {
        text.split('"').skip(1).step_by(2).filter(|text| is_code(text)).map(ToOwned::to_owned).collect()
    };
    let functions = program.split("fn reason(").skip(1).map(|rest| rest.split("\n    }\n").next().unwrap());
    let fields = program.split("reason: ").skip(1).map(|rest| rest.lines().next().unwrap());
    let lines = program.lines().filter(|line| line.contains("(\"none\", ") || line.contains("\"permitted\""));
    functions.chain(fields).chain(lines).flat_map(texts).collect()
}

struct Row {
    codes: Vec<String>,
    cells: Vec<String>,
}

fn table() -> Vec<Row> {
    let document = file("docs/operate.md");
    let section = document.split("## Reasons of a refusal").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<String> = row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
        Row { codes: cells[0].split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect(), cells }
    })
    .collect()
}

#[test]
fn the_table_of_reasons_is_complete() {
    let given: BTreeSet<String> = SOURCES.iter().chain([&FETCHES]).flat_map(|name| codes_in(&file(name))).collect();
    let words = ["allow", "deny", "unauthorized", "error", "none", "request", "scope", "group", "claim"];
    let given: BTreeSet<String> = given.into_iter().filter(|code| !words.contains(&code.as_str())).collect();
    let told: BTreeSet<String> = table().into_iter().flat_map(|row| row.codes).collect();
    assert_eq!(told, given);
    assert!(told.len() > 40, "{told:?}");
}

#[test]
fn the_table_says_of_each_refused_token_whether_the_answer_may_be_cached() {
    use InvalidToken as T;
    let all = [
        T::AlgorithmNotAllowed,
        T::Ambiguous,
        T::BindingNotChecked,
        T::ClaimMalformed { claim: "x" },
        T::ClaimMissing { claim: "x" },
        T::ClientUnknown,
        T::CriticalHeader,
        T::Expired,
        T::IssuedInFuture,
        T::IssuerUnknown,
        T::KeyIdMissing,
        T::KeyUnchecked,
        T::KeyUnknown,
        T::Malformed,
        T::Missing,
        T::NotYetValid,
        T::ResourceUnknown,
        T::SchemeNotBearer,
        T::SignatureInvalid,
        T::TooLong,
        T::UseNotAllowed,
    ];
    let table = table();
    for error in all {
        let row = table.iter().find(|row| row.codes.iter().any(|code| code == error.reason())).unwrap();
        let expected = if error.is_final() { ["401", "403", "if Deny"] } else { ["401", "error", "no"] };
        assert_eq!(row.cells[3..], expected, "{}", error.reason());
    }
}
