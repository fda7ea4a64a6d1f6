//! Findings as code scanning results.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use super::Finding;
use super::spot::Spot;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn write(findings: &[Finding]) -> String {
    let rules: BTreeMap<&str, Value> = findings.iter().map(|finding| (finding.code, rule(finding))).collect();
    let rules: Vec<Value> = rules.into_values().collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    let driver = json!({ "name": "authz", "version": env!("CARGO_PKG_VERSION"), "rules": rules });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    });
    format!("{log:#}\n")
}

fn rule(finding: &Finding) -> Value {
    let mut rule = json!({ "id": finding.code });
    if let (Some(see), Some(rule)) = (&finding.see, rule.as_object_mut()) {
        rule.insert("help".to_owned(), json!({ "text": format!("see {see}") }));
    }
    rule
}

fn result(finding: &Finding) -> Value {
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.examples.iter().cloned());
    lines.extend(finding.help.clone());
    let mut result = json!({
        "ruleId": finding.code,
        "level": finding.level.name(),
        "message": { "text": lines.join("\n") },
        "locations": [location(&finding.file, finding.spots.first())],
    });
    // More than one location is for results that are mended only if all of them change (section 3.27.12).
    let others = finding.spots.iter().skip(1).chain(&finding.related);
    let others: Vec<Value> = others.map(|spot| location(&finding.file, Some(spot))).collect();
    if let (false, Some(result)) = (others.is_empty(), result.as_object_mut()) {
        result.insert("relatedLocations".to_owned(), others.into());
    }
    result
}

/// A location without a region is one of the whole file.
fn location(file: &str, spot: Option<&Spot>) -> Value {
    let artifact = json!({ "uri": uri(file) });
    let Some(spot) = spot else { return json!({ "physicalLocation": { "artifactLocation": artifact } }) };
    let region = json!({
        "startLine": spot.line, "startColumn": spot.column, "endLine": spot.end_line, "endColumn": spot.end_column,
    });
    let physical = json!({ "artifactLocation": artifact, "region": region });
    match &spot.place {
        Some(place) => json!({
            "physicalLocation": physical, "message": { "text": spot.to_string() },
            "logicalLocations": [{ "fullyQualifiedName": place }],
        }),
        None => json!({ "physicalLocation": physical }),
    }
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
    use crate::output::{Level, Source};

    #[test]
    fn a_result_names_its_rule_its_level_and_its_place() {
        let source = Source::new(b"{\n  \"a\": 1 }".to_vec());
        let finding = Finding {
            code: "a-code",
            level: Level::Warning,
            message: "found".to_owned(),
            examples: vec!["GET /a".to_owned()],
            help: None,
            file: "an api.yaml".to_owned(),
            spots: Vec::new(),
            related: Vec::new(),
            see: None,
            source: None,
        };
        let placed = Finding { spots: vec![source.spot(9..10, Some("a".to_owned()), None)], ..finding.clone() };
        let log: Value = serde_json::from_str(&write(&[finding, placed])).unwrap();
        assert_eq!(log["version"], "2.1.0");
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], json!([{ "id": "a-code" }]));
        let whole = json!({ "artifactLocation": { "uri": "an%20api.yaml" } });
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["locations"], json!([{ "physicalLocation": whole }]));
        assert_eq!((&result["ruleId"], &result["level"]), (&"a-code".into(), &"warning".into()));
        assert_eq!(result["message"]["text"], "found\nGET /a");
        assert_eq!(
            log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["region"],
            json!({ "startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 9 })
        );
    }
}
