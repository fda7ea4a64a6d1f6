//! Findings for programs.

use super::Finding;
use serde::Serialize;

/// The version of this form; another number means that a reader of this one may go wrong.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    findings: &'a [Finding],
}

pub(super) fn write(findings: &[Finding]) -> String {
    let report = Report { version: VERSION, findings };
    serde_json::to_string_pretty(&report).map(|text| text + "\n").unwrap_or_default()
}
