//! Holders whose policy does not hold all that they may do: the rest is refused while the policy is cached.

use permissions::findings::{Finding, Severity, Subject};
use permissions::iam::{Breaks, CacheSafety, Limits, Policies, Witness};
use permissions::questions::Facts;
use permissions::{Method, Permissions, Place};

/// What can be found here.
#[cfg(test)]
pub(super) const CODES: [&str; 2] = ["policy_incomplete", "policy_over_budget"];

/// What the function asks at its start: is the document safe to cache by token?
pub(super) fn safety(permissions: &Permissions, limits: Limits) -> Option<CacheSafety> {
    // What a policy says does not depend on the request.
    let method = Method::parse("arn:aws:execute-api:us-east-1:123456789012:abcdef1234/test/GET/".to_owned()).ok()?;
    Some(Policies::new(permissions, limits).cache_safety(permissions, &method, &Facts::of_cognito()))
}

/// The holder of least conditions whose policy is larger than the budget, or whose rights no policy can hold.
pub(super) fn findings(permissions: &Permissions, limits: Limits) -> Option<Finding> {
    match safety(permissions, limits)? {
        CacheSafety::Witness(witness) => Some(finding(&witness, limits)),
        CacheSafety::Proved | CacheSafety::NotProved { .. } => None,
    }
}

fn finding(witness: &Witness, limits: Limits) -> Finding {
    let whom = if witness.permissions.len() == 1 { "whoever this applies to" } else { "whoever all of these apply to" };
    let (code, message) = match &witness.breaks {
        Breaks::OverBudget { bytes } => (
            "policy_over_budget",
            format!("{whom} has a policy of {bytes} bytes, more than the budget of {}", limits.budget_bytes),
        ),
        Breaks::NotExact { example } => {
            let example = example.as_ref().map(|route| format!(", such as {route}")).unwrap_or_default();
            ("policy_incomplete", format!("no policy says all that {whom} may do{example}"))
        }
        Breaks::LongResource => (
            "policy_incomplete",
            format!("{whom} needs a resource in the policy that is longer than API Gateway takes"),
        ),
    };
    let advice = match code {
        "policy_over_budget" => {
            "what does not fit is refused while the policy is cached: raise POLICY_BUDGET_BYTES as far as the API takes it, \
             say `\"complete\": true` if that is so, or use POLICY_COVERS=request"
        }
        _ => {
            "the rest is refused while the policy is cached: use POLICY_COVERS=request, or routes without `{rest+}` beside \
             literals and denies"
        }
    };
    let subject = |number: &usize| Subject { place: Place::permission(*number), route: None };
    Finding {
        code,
        severity: Severity::Warning,
        message,
        subjects: witness.permissions.iter().map(subject).collect(),
        related: Vec::new(),
        example: Some(witness.holder.to_string()),
        advice: advice.to_owned(),
    }
}
