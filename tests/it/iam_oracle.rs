//! Policies before an IAM evaluator that shares no code with this project (`make iam-oracle`).
//!
//! It is asked about paths that a policy is meant to tell apart. The matchers of the property tests must agree with it on
//! every one, and what it allows must be what the tests' own oracle permits. Left out is what that evaluator takes
//! differently from a request: an asked ARN with a wildcard character, and the root path.

use proptest::sample::select;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use testkit::caller::{Caller, Engine};
use testkit::documents::{claims, document};
use testkit::judge::{Resources, UNKNOWN, VERBS, allows};
use testkit::oracle::Document;
use testkit::{STAGE, iam};

const DOCUMENTS: usize = 500;

/// Paths asked of each policy: 500 times 24 is twelve thousand pairs.
const PATHS: usize = 24;

/// `{api}/{stage}` of [`STAGE`].
const OWN: &str = "abcdef1234/test";

struct Evaluator(Child);

impl Evaluator {
    fn start() -> Self {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/iam");
        let mut node = Command::new("node");
        let piped = node.arg("evaluate.mjs").current_dir(directory).stdin(Stdio::piped()).stdout(Stdio::piped());
        Self(piped.spawn().expect("node runs"))
    }

    /// Is each ARN allowed? One answer for each question, in order.
    fn evaluate(mut self, questions: &[(Value, Vec<String>)]) -> Vec<Vec<bool>> {
        let mut input = self.0.stdin.take().unwrap();
        let lines: String =
            questions.iter().map(|(policy, arns)| json!({"policy": policy, "arns": arns}).to_string() + "\n").collect();
        let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
        let output = BufReader::new(self.0.stdout.take().unwrap());
        let answers = output.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
        writer.join().unwrap();
        assert!(self.0.wait().unwrap().success());
        answers
    }
}

/// One policy of a random document, paths to ask it about, and what the oracle says of each.
struct Question {
    policy: Value,
    arns: Vec<String>,
    /// What may be open: all that is permitted, and what no promise is made about.
    may_be_open: Vec<bool>,
    requested: Option<String>,
}

fn question(runner: &mut TestRunner) -> Question {
    let document = document().new_tree(runner).unwrap().current();
    let claims = claims().new_tree(runner).unwrap().current();
    let read = Document::read(&document);
    let rights = read.rights(&claims);
    // Among them paths that are refused for their spelling, and one with the API's prefix again.
    let segments = [
        "a",
        "b",
        "u1",
        UNKNOWN,
        "a",
        "b",
        "u1",
        UNKNOWN,
        "ab",
        "a%2Fb",
        "..",
        "a;b",
        "x:abcdef1234/test/GET/a",
        "%20",
    ];
    let path = proptest::collection::vec(select(segments.to_vec()), 1..5).prop_map(|path| path.join("/"));
    let methods = proptest::collection::vec((select(VERBS.to_vec()), path), PATHS).new_tree(runner).unwrap().current();
    let arns: Vec<String> = methods.iter().map(|(verb, path)| format!("{STAGE}{verb}/{path}")).collect();
    let policy = Engine::new(&document, usize::MAX).policy(&Caller(claims.clone()), &arns[0]);
    let permits = |(verb, path): &(&str, String)| rights.permits(OWN, verb, path);
    let may_be_open = |method: &(&str, String)| {
        permits(method) || !(read.refuses(OWN, method.0, &method.1) || rights.is_in_catalog(method.0, &method.1))
    };
    Question {
        policy: serde_json::from_str(&policy).unwrap(),
        may_be_open: methods.iter().map(may_be_open).collect(),
        requested: permits(&methods[0]).then(|| arns[0].clone()),
        arns,
    }
}

#[test]
#[ignore = "needs node and a package of its own: make iam-oracle"]
fn an_independent_evaluator_agrees_on_every_pair_and_every_decision() {
    let mut runner = TestRunner::deterministic();
    let questions: Vec<Question> = (0..DOCUMENTS).map(|_| question(&mut runner)).collect();
    let asked: Vec<_> = questions.iter().map(|question| (question.policy.clone(), question.arns.clone())).collect();
    let answers = Evaluator::start().evaluate(&asked);
    let (mut pairs, mut allowed) = (0, 0);
    for (question, answers) in questions.iter().zip(&answers) {
        let (policy, resources) = (iam::Policy::read(question.policy.clone()), Resources::read(&question.policy));
        for ((arn, open), may_be_open) in question.arns.iter().zip(answers).zip(&question.may_be_open) {
            assert_eq!(*open, iam::allows(&policy, arn), "{arn} in {}", question.policy);
            assert_eq!(*open, allows(&resources, arn), "the judge's matcher: {arn} in {}", question.policy);
            assert!(!open || *may_be_open, "safe: {arn} in {}", question.policy);
            assert!(*open || question.requested.as_ref() != Some(arn), "live: {arn} in {}", question.policy);
            pairs += 1;
            allowed += usize::from(*open);
        }
    }
    assert_eq!(answers.len(), DOCUMENTS);
    println!("{pairs} pairs below {STAGE} agree, {allowed} of them allowed");
    assert!(pairs >= 5000 && allowed >= 500);
}
