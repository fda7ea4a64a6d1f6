//! `authz test`: runs the user's own tests of a document.

use crate::input;
use crate::outcome::{Failure, Outcome};
use crate::output::{Output, Paint};
use crate::suite::{self, Report, Suite};
use crate::tokens::Tokens;
use clap::ValueEnum;
use permissions::questions::{Coverage, Index};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  authz test
  authz test permissions.authz-test.json --coverage --min-coverage 41/44
  authz test --format junit > report.xml

`nobody`, `everyone` and `only` are proved for all tokens and all requests. Coverage is exact: each part that is not noticed
comes with the test that would notice it.")]
pub struct Args {
    /// The test files; without any, each `*.authz-test.json` or `.yaml` in this folder and below.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    tokens: Tokens,
    /// Tell which permissions, routes and conditions could be taken out without a test turning red.
    #[arg(long)]
    coverage: bool,
    /// End with exit code 1 if the tests notice a smaller part than N of M.
    #[arg(long, value_name = "N/M")]
    min_coverage: Option<Share>,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people at a terminal.
    #[default]
    Text,
    /// For programs; versioned.
    Json,
    /// For reports of test runs.
    Junit,
}

/// A share as two counts, which is never rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Share {
    some: usize,
    all: usize,
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text.split_once('/').and_then(|(some, all)| Some((some.parse().ok()?, all.parse().ok()?)));
        match numbers {
            Some((some, all)) if all > 0 && some <= all => Ok(Self { some, all }),
            _ => Err("expected two counts such as `41/44`".to_owned()),
        }
    }
}

impl Share {
    /// Is this at least the other share?
    fn reaches(self, other: Self) -> bool {
        self.some.saturating_mul(other.all) >= other.some.saturating_mul(self.all)
    }
}

/// What came of everything.
struct Results {
    suites: Vec<(String, Vec<suite::Outcome>)>,
    /// For each document what its tests hold.
    coverage: Vec<(String, Report)>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let results = results(args)?;
    output.print(&match args.format {
        Form::Text => text(&results, output.paint()),
        Form::Json => json(&results),
        Form::Junit => suite::junit(&results.suites),
    })?;
    let passed = results.suites.iter().flat_map(|(_, outcomes)| outcomes).all(|outcome| outcome.problem.is_none());
    let covered = args.min_coverage.is_none_or(|least| share(&results).reaches(least));
    if !covered {
        let Share { some, all } = share(&results);
        let least = args.min_coverage.map(|least| format!("{} of {}", least.some, least.all)).unwrap_or_default();
        output.remark(&format!("coverage: found {some} of {all}, expected at least {least}\n"))?;
    }
    Ok(Outcome::of(passed && covered))
}

fn results(args: &Args) -> Result<Results, Failure> {
    let files = if args.files.is_empty() { suite::find(Path::new("."))? } else { args.files.clone() };
    if files.is_empty() {
        return Err(Failure::file(Path::new("."), "found no file named `*.authz-test.json` or `*.authz-test.yaml`"));
    }
    let mut by_document: BTreeMap<PathBuf, Vec<Suite>> = BTreeMap::new();
    for file in &files {
        let suite = suite::read(file)?;
        by_document.entry(suite.document.clone()).or_default().push(suite);
    }
    let mut results = Results { suites: Vec::new(), coverage: Vec::new() };
    for (file, suites) in &by_document {
        let document = args.tokens.of(input::permissions(file)?);
        let index = Index::new(&document);
        let mut coverage = (args.coverage || args.min_coverage.is_some()).then(|| Coverage::new(&index));
        for suite in suites {
            let outcomes = suite::run(suite, &index, coverage.as_mut())?;
            results.suites.push((suite.file.display().to_string(), outcomes));
        }
        if let Some(coverage) = coverage {
            results.coverage.push((file.display().to_string(), suite::missing(&index, &coverage)?));
        }
    }
    Ok(results)
}

fn share(results: &Results) -> Share {
    let sum = |of: fn(&Report) -> usize| results.coverage.iter().map(|(_, report)| of(report)).sum();
    Share { some: sum(|report| report.noticed), all: sum(|report| report.noticeable) }
}

fn text(results: &Results, paint: Paint) -> String {
    let mut text = String::new();
    let (mut tests, mut failed) = (0, 0);
    for (file, outcomes) in &results.suites {
        let _ = writeln!(text, "{file}");
        for outcome in outcomes {
            tests += 1;
            match &outcome.problem {
                None => drop(writeln!(text, "  ok    {}", outcome.name)),
                Some(problem) => {
                    failed += 1;
                    let _ = writeln!(text, "  {}  {}\n        {problem}", paint.red("FAIL"), outcome.name);
                }
            }
        }
    }
    let _ = writeln!(text, "{tests} tests, {failed} failed");
    for (document, report) in &results.coverage {
        let _ = writeln!(text, "{}", covered(document, report));
        for (part, test) in &report.missing {
            let _ = writeln!(text, "  not noticed: without {part}\n    this test would: {test}");
        }
        for part in &report.same {
            let _ = writeln!(text, "  cannot be noticed: without {part}");
        }
    }
    text
}

fn covered(document: &str, report: &Report) -> String {
    let same = report.same.len();
    let (noticed, noticeable) = (report.noticed, report.noticeable);
    format!("{document}: the tests notice {noticed} of {noticeable}, {same} cannot be noticed")
}

fn json(results: &Results) -> String {
    let outcome = |outcome: &suite::Outcome| json!({ "name": outcome.name, "problem": outcome.problem });
    let suite = |(file, outcomes): &(String, Vec<suite::Outcome>)| json!({ "file": file, "tests": outcomes.iter().map(outcome).collect::<Vec<Value>>() });
    let report = |(document, report): &(String, Report)| {
        let missing: Vec<Value> =
            report.missing.iter().map(|(part, test)| json!({ "without": part, "test": test })).collect();
        json!({
            "document": document,
            "noticed": report.noticed,
            "noticeable": report.noticeable,
            "cannot_be_noticed": report.same,
            "missing": missing,
        })
    };
    let suites: Vec<Value> = results.suites.iter().map(suite).collect();
    let coverage: Vec<Value> = results.coverage.iter().map(report).collect();
    format!("{:#}\n", json!({ "version": 1, "files": suites, "coverage": coverage }))
}
