//! Is there a test for what the documents say there is one for? Each `file::test`, each path and each function that they name
//! exists.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = entries.flat_map(|path| if path.is_dir() { files_below(&path, extension) } else { vec![path] });
    below.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn documents() -> Vec<PathBuf> {
    let named = ["README.md", "SECURITY.md"].map(|name| Path::new(ROOT).join(name));
    named.into_iter().chain(files_below(&Path::new(ROOT).join("docs"), "md")).collect()
}

/// What stands between backticks, fenced blocks left out.
fn code_in(document: &str) -> Vec<&str> {
    let prose = document.split("```").step_by(2);
    prose.flat_map(|text| text.split('`').skip(1).step_by(2)).collect()
}

/// `file::test`, both in lower case: types and modules of the code are written otherwise in the documents.
fn test_named(code: &str) -> Option<(&str, &str)> {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    code.split_once("::").filter(|(file, test)| is_name(file) && is_name(test))
}

/// Does the file hold a function of this name, below attributes that make it a test?
fn has_test(file: &Path, test: &str) -> bool {
    let source = fs::read_to_string(file).unwrap();
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let Some(place) = lines.iter().position(|line| line.contains(&format!("fn {test}("))) else { return false };
    let attributes = lines[..place].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("///"));
    attributes.into_iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
}

#[test]
fn every_test_that_a_document_names_exists() {
    let sources: Vec<PathBuf> = ["crates", "src", "tests"]
        .into_iter()
        .flat_map(|folder| files_below(&Path::new(ROOT).join(folder), "rs"))
        .collect();
    let mut named = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for (file, test) in code_in(&text).into_iter().filter_map(test_named) {
            let mut files = sources.iter().filter(|path| path.file_stem().is_some_and(|stem| stem == file));
            assert!(files.any(|path| has_test(path, test)), "{}: no test `{file}::{test}`", document.display());
            named += 1;
        }
    }
    assert!(named > 40, "found {named} names only: are they written as `file::test`?");
}

#[test]
fn every_path_that_a_document_names_exists() {
    const FOLDERS: [&str; 8] = ["benches/", "crates/", "docs/", "events/", "fuzz/", "src/", "tests/", "tools/"];
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let paths = code_in(&text).into_iter().filter(|code| FOLDERS.iter().any(|folder| code.starts_with(folder)));
        for path in paths.filter(|path| !path.contains([' ', '*', '…'])) {
            assert!(Path::new(ROOT).join(path).exists(), "{}: no `{path}`", document.display());
        }
    }
}

/// The links of a document that lead from a name to the source file in which it is: `` [`name`](../src/file.rs) ``.
fn links_to_source(document: &str) -> impl Iterator<Item = (&str, &str)> {
    document.split("[`").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("`](")?;
        let (file, _) = rest.split_once(')')?;
        let is_source = Path::new(file).extension().is_some_and(|extension| extension == "rs");
        (is_source && !name.contains(['/', '.'])).then_some((name, file))
    })
}

/// Does the source define this function, type or constant?
fn has_item(source: &str, name: &str) -> bool {
    let continues = |rest: &str| rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    let items = ["fn ", "struct ", "enum ", "const "].map(|item| format!("{item}{name}"));
    items.iter().any(|item| source.split(item).skip(1).any(|rest| !continues(rest)))
}

#[test]
fn every_function_that_a_document_links_to_is_in_that_file() {
    let mut linked = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for (name, file) in links_to_source(&text) {
            let source = fs::read_to_string(document.parent().unwrap().join(file)).unwrap();
            let is_there = has_item(&source, name.rsplit("::").next().unwrap());
            assert!(is_there, "{}: no `{name}` in {file}", document.display());
            linked += 1;
        }
    }
    assert!(linked >= 20, "found {linked} links only: are they written as [`name`](file.rs)?");
}
