//! Findings as code scanning results.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use super::Finding;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn write(findings: &[Finding]) -> String {
    let codes: BTreeSet<&str> = findings.iter().map(|finding| finding.code).collect();
    let rules: Vec<Value> = codes.into_iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    let driver = json!({ "name": "authz", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": results }],
    });
    format!("{log:#}\n")
}

fn result(finding: &Finding) -> Value {
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.examples.iter().cloned());
    // A location without a region is one of the whole file.
    let mut place = json!({ "artifactLocation": { "uri": uri(&finding.file) } });
    if let (Some(line), Some(place)) = (finding.line, place.as_object_mut()) {
        place.insert("region".to_owned(), json!({ "startLine": line }));
    }
    json!({
        "ruleId": finding.code,
        "level": finding.level.name(),
        "message": { "text": lines.join("\n") },
        "locations": [{ "physicalLocation": place }],
    })
}

/// A relative reference (RFC 3986 section 4.2); bytes other than unreserved ones and `/` are percent-encoded.
fn uri(file: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    file.bytes().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Level;

    #[test]
    fn a_result_names_its_rule_its_level_and_its_place() {
        let finding = Finding {
            code: "a-code",
            level: Level::Warning,
            message: "found".to_owned(),
            examples: vec!["GET /a".to_owned()],
            help: None,
            file: "an api.yaml".to_owned(),
            line: None,
        };
        let log: Value = serde_json::from_str(&write(&[finding])).unwrap();
        assert_eq!(log["version"], "2.1.0");
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], json!([{ "id": "a-code" }]));
        assert_eq!(
            log["runs"][0]["results"],
            json!([{
                "ruleId": "a-code", "level": "warning", "message": { "text": "found\nGET /a" },
                "locations": [{ "physicalLocation": { "artifactLocation": { "uri": "an%20api.yaml" } } }],
            }])
        );
    }
}
