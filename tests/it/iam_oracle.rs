//! Policies before an IAM evaluator that shares no code with this project (`make iam-oracle`).
//!
//! It is asked about paths that a policy is meant to tell apart. The matcher of the property tests must agree with it on
//! every one, and what it allows must be what the decision engine grants. Left out is what that evaluator takes
//! differently from a request: an asked ARN with a wildcard character, and the root path.

use permissions::PermissionMap;
use permissions::iam::{Limits, MethodArn, Policies};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use testkit::documents::{claims, document};
use testkit::world::{UNKNOWN, VERBS, World, arn, verified, words};
use testkit::{LIMITS, STAGE, iam};

const DOCUMENTS: usize = 300;

/// Paths asked of each policy: 300 times 24 is more than seven thousand pairs.
const PATHS: usize = 24;

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

/// One policy of a random document, paths to ask it about, and what the engine and our matcher say of each.
struct Question {
    policy: iam::Policy,
    arns: Vec<String>,
    /// Of paths of the catalog: what is granted.
    granted: Vec<Option<bool>>,
    requested: Option<String>,
}

fn question(runner: &mut TestRunner) -> Question {
    let document = document().new_tree(runner).unwrap().current();
    let token = verified(&claims().new_tree(runner).unwrap().current());
    let map = PermissionMap::parse(document.to_string().as_bytes()).unwrap();
    let grants = map.grants(&token);
    let world = World { grants: &grants, words: words(&["a", "b", "u1", UNKNOWN], 1..=4) };
    let verbs = proptest::sample::select(VERBS.to_vec());
    let paths = proptest::sample::select(world.words.clone());
    let mut methods = Vec::new();
    for _ in 0..PATHS {
        methods.push((verbs.new_tree(runner).unwrap().current(), paths.new_tree(runner).unwrap().current()));
    }
    let (verb, path) = methods[0].clone();
    let method = MethodArn::parse(arn(verb, &path)).unwrap();
    let policies = Policies::new(&map, Limits { budget_bytes: usize::MAX, ..LIMITS });
    let policy: iam::Policy = policies.compile(&map, &grants, &method).document.into();
    let granted = |(verb, word): &(&str, Vec<&str>)| world.in_catalog(word).then(|| world.granted(verb, word));
    Question {
        policy,
        arns: methods.iter().map(|(verb, word)| arn(verb, word)).collect(),
        granted: methods.iter().map(granted).collect(),
        requested: world.granted(verb, &path).then(|| arn(verb, &path)),
    }
}

#[test]
#[ignore = "needs node and a package of its own: make iam-oracle"]
fn an_independent_evaluator_agrees_on_every_pair_and_every_decision() {
    let mut runner = TestRunner::deterministic();
    let questions: Vec<Question> = (0..DOCUMENTS).map(|_| question(&mut runner)).collect();
    let asked: Vec<_> =
        questions.iter().map(|question| (question.policy.json.clone(), question.arns.clone())).collect();
    let answers = Evaluator::start().evaluate(&asked);
    let (mut pairs, mut allowed) = (0, 0);
    for (question, answers) in questions.iter().zip(&answers) {
        for ((arn, open), granted) in question.arns.iter().zip(answers).zip(&question.granted) {
            assert_eq!(*open, iam::allows(&question.policy, arn), "{arn} in {:?}", question.policy);
            assert!(!open || granted.unwrap_or(true), "safe: {arn} in {:?}", question.policy);
            assert!(*open || question.requested.as_ref() != Some(arn), "live: {arn} in {:?}", question.policy);
            pairs += 1;
            allowed += usize::from(*open);
        }
    }
    assert_eq!(answers.len(), DOCUMENTS);
    println!("{pairs} pairs below {STAGE} agree, {allowed} of them allowed");
    assert!(pairs >= 5000 && allowed >= 500);
}
