//! How do numbers get from a line into CloudWatch?
//!
//! By the embedded metric format (CloudWatch User Guide, "Specification: Embedded metric format"): a member `_aws` says which
//! members of the same line are metrics, and which are dimensions. Dimensions are codes of the function alone, so their
//! number is bounded, and nothing of a token or a path is among them.

use super::line::DecisionLine;
use serde::{Serialize, Serializer};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The longest name of a namespace, in characters (CloudWatch API, `PutMetricData`).
const LONGEST_NAMESPACE: usize = 255;

/// Turns lines into metrics, and remembers what was told already.
#[derive(Debug)]
pub struct Metrics {
    namespace: String,
    started: AtomicBool,
    fetches: AtomicU64,
    failures: AtomicU64,
    document_failures: AtomicU64,
    document_rejections: AtomicU64,
}

/// What is known of permission documents, from the start of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DocumentCounts {
    /// Fetches that failed.
    pub failures: u64,
    /// Documents that could not be used.
    pub rejections: u64,
}

/// What is known of the keys, from the start of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyCounts {
    /// Fetches that were begun.
    pub fetches: u64,
    /// Of these, how many failed.
    pub failures: u64,
    /// The age of the oldest set at hand, in seconds.
    pub age_seconds: Option<u64>,
}

/// The members that make a line a metric, beside those that it has anyway: `duration_us` and `policy_bytes`.
#[derive(Clone, Debug, Serialize)]
pub struct MetricFields<'a> {
    #[serde(rename = "_aws")]
    metadata: Metadata<'a>,
    /// 1: so many decisions does a line tell.
    decisions: u8,
    /// 1 where the policy was cut.
    cut_policies: u8,
    /// 1 for the first line of an execution environment.
    cold_starts: u8,
    /// Key fetches since the last line.
    key_fetches: u64,
    /// Key fetches since the last line that failed.
    key_failures: u64,
    /// Fetches of the permission document since the last line that failed.
    document_failures: u64,
    /// Permission documents since the last line that could not be used.
    document_rejections: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_age_seconds: Option<u64>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    /// Milliseconds since 1970.
    timestamp: u64,
    cloud_watch_metrics: [Directive<'a>; 2],
}

/// Metrics that have the same dimensions. The member of a metric must be there, so the list is made for each line.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: &'static [&'static [&'static str]],
    metrics: Definitions,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Definitions {
    Decisions,
    Others { policy_bytes: bool, key_age: bool },
}

const COUNTED: [Definition; 6] = [
    Definition { name: "cut_policies", unit: "Count" },
    Definition { name: "cold_starts", unit: "Count" },
    Definition { name: "key_fetches", unit: "Count" },
    Definition { name: "key_failures", unit: "Count" },
    Definition { name: "document_failures", unit: "Count" },
    Definition { name: "document_rejections", unit: "Count" },
];
const DURATION: Definition = Definition { name: "duration_us", unit: "Microseconds" };
const POLICY_BYTES: Definition = Definition { name: "policy_bytes", unit: "Bytes" };
const KEY_AGE: Definition = Definition { name: "key_age_seconds", unit: "Seconds" };

impl Serialize for Definitions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Decisions => serializer.collect_seq([Definition { name: "decisions", unit: "Count" }]),
            Self::Others { policy_bytes, key_age } => {
                let policy_bytes = policy_bytes.then_some(POLICY_BYTES);
                let key_age = key_age.then_some(KEY_AGE);
                serializer.collect_seq(COUNTED.into_iter().chain([DURATION]).chain(policy_bytes).chain(key_age))
            }
        }
    }
}

impl Metrics {
    /// Metrics of this namespace: `None` when CloudWatch does not take the name, or keeps it for AWS.
    #[must_use]
    pub fn new(namespace: String) -> Option<Self> {
        let plain = namespace.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte));
        let usable = plain && (1..=LONGEST_NAMESPACE).contains(&namespace.len()) && !namespace.starts_with("AWS/");
        usable.then(|| Self {
            namespace,
            started: AtomicBool::new(false),
            fetches: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            document_failures: AtomicU64::new(0),
            document_rejections: AtomicU64::new(0),
        })
    }

    /// The metrics of one line.
    #[must_use]
    pub fn fields(
        &self,
        milliseconds: u64,
        line: &DecisionLine<'_>,
        keys: KeyCounts,
        documents: DocumentCounts,
    ) -> MetricFields<'_> {
        let (cut, has_policy) = (line.cut.is_some(), line.policy_bytes.is_some());
        let since = |told: &AtomicU64, total: u64| total.saturating_sub(told.fetch_max(total, Ordering::Relaxed));
        let others = Definitions::Others { policy_bytes: has_policy, key_age: keys.age_seconds.is_some() };
        let directive = |dimensions, metrics| Directive { namespace: &self.namespace, dimensions, metrics };
        MetricFields {
            metadata: Metadata {
                timestamp: milliseconds,
                cloud_watch_metrics: [
                    directive(&[&[], &["outcome", "reason"]], Definitions::Decisions),
                    directive(&[&[]], others),
                ],
            },
            decisions: 1,
            cut_policies: u8::from(cut),
            cold_starts: u8::from(!self.started.swap(true, Ordering::Relaxed)),
            key_fetches: since(&self.fetches, keys.fetches),
            key_failures: since(&self.failures, keys.failures),
            document_failures: since(&self.document_failures, documents.failures),
            document_rejections: since(&self.document_rejections, documents.rejections),
            key_age_seconds: keys.age_seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn told(metrics: &Metrics, keys: KeyCounts) -> Value {
        let line = DecisionLine::default();
        serde_json::to_value(metrics.fields(1, &line, keys, DocumentCounts::default())).unwrap()
    }

    #[test]
    fn what_is_counted_over_the_process_is_told_once() {
        let metrics = Metrics::new("authorizer".to_owned()).unwrap();
        let counts = |fetches, failures| KeyCounts { fetches, failures, age_seconds: None };
        for (keys, expected) in
            [(counts(2, 1), [1, 2, 1]), (counts(2, 1), [0, 0, 0]), (counts(5, 1), [0, 3, 0]), (counts(4, 1), [0, 0, 0])]
        {
            let told = told(&metrics, keys);
            assert_eq!(["cold_starts", "key_fetches", "key_failures"].map(|name| told[name].clone()), expected);
        }
    }

    #[test]
    fn only_members_that_are_there_are_metrics() {
        let metrics = Metrics::new("authorizer".to_owned()).unwrap();
        for (has_policy, age_seconds) in [(true, Some(7)), (false, None), (true, None), (false, Some(0))] {
            let keys = KeyCounts { age_seconds, ..KeyCounts::default() };
            let line = DecisionLine { policy_bytes: has_policy.then_some(1), ..DecisionLine::default() };
            let fields = metrics.fields(1, &line, keys, DocumentCounts::default());
            let told = serde_json::to_value(fields).unwrap();
            let named = told["_aws"]["CloudWatchMetrics"][1]["Metrics"].as_array().unwrap();
            let has = |name: &str| named.iter().any(|metric| metric["Name"] == name);
            assert_eq!((has("policy_bytes"), has("key_age_seconds")), (has_policy, age_seconds.is_some()));
            assert_eq!(told["key_age_seconds"], json!(age_seconds));
        }
    }

    #[test]
    fn a_namespace_is_one_that_cloudwatch_takes() {
        for (name, expected) in [
            ("authorizer", true),
            ("my/stack-1.a_b#c", true),
            ("", false),
            ("AWS/Lambda", false),
            ("a b", false),
            (":a", false),
        ] {
            assert_eq!(Metrics::new(name.to_owned()).is_some(), expected, "{name}");
        }
        assert!(Metrics::new("a".repeat(256)).is_none());
    }
}
