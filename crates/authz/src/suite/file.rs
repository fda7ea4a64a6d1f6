//! What does a test file say?

use super::written::Written;
use crate::input;
use crate::outcome::Failure;
use permissions::json::Strict;
use permissions::questions::{Caller, Conditions, Exception};
use permissions::{Method, Route};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// How the names of test files end.
const ENDINGS: [&str; 3] = [".authz-test.json", ".authz-test.yaml", ".authz-test.yml"];

/// One file, understood.
#[derive(Debug)]
pub(crate) struct Suite {
    /// The file.
    pub(crate) file: PathBuf,
    /// The document that it tests.
    pub(crate) document: PathBuf,
    pub(crate) checks: Vec<Check>,
}

/// One thing to check.
#[derive(Debug)]
pub(crate) struct Check {
    /// In words.
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// May the caller make the request? And which permission decides?
    Request { caller: Caller, method: Method, allowed: bool, by: Option<usize> },
    /// Can the caller call exactly these routes?
    Only { caller: Caller, routes: Vec<Route> },
    /// How large is the caller's policy at most?
    PolicyBytes { caller: Caller, most: usize },
    /// Can nobody but the excepted call it?
    Nobody(Promise),
    /// Can everybody but the excepted call it?
    Everyone(Promise),
}

#[derive(Debug)]
pub(crate) struct Promise {
    pub(crate) route: Route,
    pub(crate) who: Conditions,
    pub(crate) unless: Vec<Exception>,
}

/// The test files in this folder and below, without hidden folders and those that tools fill.
pub(crate) fn find(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| Failure::file(&folder, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Failure::file(&folder, error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // A link is not followed, so that a circle of them ends.
            let kind = entry.file_type().map_err(|error| Failure::file(&folder, error))?;
            if kind.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
                folders.push(entry.path());
            } else if kind.is_file() && ENDINGS.iter().any(|ending| name.ends_with(ending)) {
                found.push(entry.path().strip_prefix(".").map_or_else(|_| entry.path(), Path::to_owned));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a test file.
pub(crate) fn read(file: &Path) -> Result<Suite, Failure> {
    let text = input::text(file)?;
    let written = parse(file, &text).map_err(|problem| Failure::file(file, problem))?;
    let mut checks = Vec::new();
    for (place, test) in written.tests.iter().enumerate() {
        let before = checks.len();
        let read = test.checks(&written.callers, &mut checks);
        read.map_err(|problem| Failure::file(file, format!("at `tests[{place}]`: {problem}")))?;
        if checks.len() == before {
            let expected = "expected `can`, `cannot`, `only`, `policy_bytes_at_most`, `nobody` or `everyone`";
            return Err(Failure::file(file, format!("at `tests[{place}]`: found nothing to check, {expected}")));
        }
    }
    if checks.is_empty() {
        return Err(Failure::file(file, "at `tests`: found an empty list, expected at least one test"));
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    Ok(Suite { file: file.to_owned(), document: folder.join(&written.document), checks })
}

/// YAML if the file's name says so. Neither form may say a thing twice.
fn parse(file: &Path, text: &str) -> Result<Written, String> {
    if file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
        let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true };
        let value: Value = serde_saphyr::from_str_with_options(text, options).map_err(|error| one_line(&error))?;
        return serde_json::from_value(value).map_err(|error| one_line(&error));
    }
    // serde keeps the last of two equal names in a map; the strict reader refuses them.
    serde_json::from_str::<Strict>(text).map_err(|error| one_line(&error))?;
    serde_json::from_str(text).map_err(|error| one_line(&error))
}

fn one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
