//! What the tests would not notice, and the tests that would.

use crate::outcome::Failure;
use crate::words;
use permissions::questions::{Budget, Coverage, Facts, Index, Witness};
use serde_json::{Map, Value, json};

/// How much of a document its tests hold.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Parts without which some test turns red.
    pub(crate) noticed: usize,
    /// Parts without which some test could turn red.
    pub(crate) noticeable: usize,
    /// Parts without which the document says the same.
    pub(crate) same: Vec<String>,
    /// Each part that no test holds, with a test that would.
    pub(crate) missing: Vec<(String, Value)>,
}

pub(crate) fn missing(index: &Index<'_>, coverage: &Coverage<'_>) -> Result<Report, Failure> {
    let noticed = coverage.mutants().iter().filter(|(_, noticed)| *noticed).count();
    let mut report = Report { noticed, ..Report::default() };
    for (mutant, witness) in coverage.missing_tests(&Facts::of_cognito(), &mut Budget::default())? {
        match witness {
            None => report.same.push(words::mutant(&mutant)),
            Some(witness) => report.missing.push((words::mutant(&mutant), test(index, &witness))),
        }
    }
    report.noticeable = report.noticed + report.missing.len();
    Ok(report)
}

/// A test that somebody can paste into a test file.
fn test(index: &Index<'_>, witness: &Witness) -> Value {
    let caller = &witness.caller;
    let scopes: Vec<&str> = caller.scopes().collect();
    let groups: Vec<&str> = caller.groups().collect();
    let others = caller.claims().iter().filter(|(name, _)| !matches!(name.as_str(), "scope" | "cognito:groups"));
    let claims: Map<String, Value> = others.map(|(name, value)| (name.clone(), value.clone())).collect();
    let mut holder = Map::new();
    if !scopes.is_empty() {
        holder.insert("scopes".to_owned(), json!(scopes));
    }
    if !groups.is_empty() {
        holder.insert("groups".to_owned(), json!(groups));
    }
    if !claims.is_empty() {
        holder.insert("claims".to_owned(), Value::Object(claims));
    }
    let request =
        if witness.path.is_empty() { witness.verb.to_owned() } else { format!("{} {}", witness.verb, witness.path) };
    let allowed = witness.method().is_some_and(|method| index.document().grants(caller).decide(&method).is_permitted());
    json!({ "caller": holder, if allowed { "can" } else { "cannot" }: [request] })
}
