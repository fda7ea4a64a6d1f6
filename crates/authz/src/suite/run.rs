//! Runs checks, each by the engine.

use super::file::{Check, Kind, Promise, Suite};
use crate::outcome::Failure;
use crate::words;
use permissions::iam::{self, DEFAULT_BUDGET_BYTES, Limits, Policies};
use permissions::questions::{Budget, Caller, Counterexample, Coverage, Facts, Index, everyone, nobody, only};
use permissions::{Method, Permissions, Verdict};

/// What came of one check.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The check, in words.
    pub(crate) name: String,
    /// Why it failed.
    pub(crate) problem: Option<String>,
}

/// Runs the checks of one file. Those that hold are also put to the mutants of the document, if they are counted.
pub(crate) fn run(
    suite: &Suite,
    index: &Index<'_>,
    coverage: Option<&mut Coverage<'_>>,
) -> Result<Vec<Outcome>, Failure> {
    let mut outcomes = Vec::new();
    for check in &suite.checks {
        outcomes.push(Outcome { name: check.name.clone(), problem: problem(check, index)? });
    }
    if let Some(coverage) = coverage {
        let held = || suite.checks.iter().zip(&outcomes).filter(|(_, outcome)| outcome.problem.is_none());
        // Requests take the least, and leave the least for the rest.
        for (check, _) in held() {
            if let Kind::Request { caller, method, .. } = &check.kind {
                coverage.test(caller, method);
            }
        }
        for (check, _) in held() {
            match &check.kind {
                Kind::Nobody(promise) | Kind::Everyone(promise) => {
                    coverage.test_by(Some(&promise.route), |mutant| holds(check, mutant))?;
                }
                Kind::Only { .. } => coverage.test_by(None, |mutant| holds(check, mutant))?,
                Kind::Request { .. } | Kind::PolicyBytes { .. } => {}
            }
        }
    }
    Ok(outcomes)
}

fn holds(check: &Check, document: &Permissions) -> Result<bool, Failure> {
    Ok(problem(check, &Index::new(document))?.is_none())
}

/// Why the check fails; `None` when it holds.
fn problem(check: &Check, index: &Index<'_>) -> Result<Option<String>, Failure> {
    match &check.kind {
        Kind::Request { caller, method, allowed, by } => {
            Ok(of_request(index.document(), caller, method, *allowed, *by))
        }
        Kind::Only { caller, routes } => {
            let found = only(index, caller, routes, &mut Budget::default())?;
            let more = found
                .more
                .iter()
                .map(|more| format!("can also call {}, {}", request(more), words::verdict(more.verdict)));
            let less = found
                .less
                .iter()
                .map(|less| format!("cannot call {}: {}", request(less), words::verdict(less.verdict)));
            let all: Vec<String> = more.chain(less).collect();
            Ok((!all.is_empty()).then(|| all.join("; ")))
        }
        Kind::PolicyBytes { caller, most } => Ok(of_policy(index.document(), caller, *most)),
        Kind::Nobody(promise) => {
            let Promise { route, who, unless } = promise;
            let facts = Facts::of_cognito();
            let found = nobody(index, route, who, unless, &facts, &mut Budget::default())?;
            Ok(found.map(|found| format!("{}: {}", found.witness, words::verdict(found.verdict))))
        }
        Kind::Everyone(promise) => {
            let Promise { route, who, unless } = promise;
            let facts = Facts::of_cognito();
            let found = everyone(index, route, who, unless, &facts, &mut Budget::default())?;
            Ok(found.map(|found| format!("{}: {}", found.witness, words::verdict(found.verdict))))
        }
    }
}

fn request(found: &Counterexample<'_>) -> String {
    let witness = &found.witness;
    if witness.path.is_empty() { witness.verb.to_owned() } else { format!("{} {}", witness.verb, witness.path) }
}

fn of_request(
    document: &Permissions,
    caller: &Caller,
    method: &Method,
    allowed: bool,
    by: Option<usize>,
) -> Option<String> {
    let verdict = document.grants(caller).decide(method);
    let permission = verdict.rule().map(|rule| rule.permission);
    let as_expected = verdict.is_permitted() == allowed && by.is_none_or(|by| permission == Some(by));
    (!as_expected).then(|| words::verdict(verdict))
}

/// The policy that a caller gets who asks for something that nothing allows.
fn of_policy(document: &Permissions, caller: &Caller, most: usize) -> Option<String> {
    let limits = Limits { coverage: iam::Coverage::Api, budget_bytes: DEFAULT_BUDGET_BYTES };
    let arn = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/test/GET/";
    let method = Method::parse(arn.to_owned()).ok()?;
    let grants = document.grants(caller);
    let verdict: Verdict<'_> = grants.decide(&method);
    let bytes = Policies::new(document, limits).compile(&grants, verdict, &method).document.bytes();
    (bytes > most).then(|| format!("{bytes} bytes"))
}
