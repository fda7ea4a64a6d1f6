//! Is it short enough to be said?

use super::Finding;
use crate::iam::compile::Resources;
use crate::iam::decide;
use crate::iam::document::{Coverage, CutShort, Limits, PolicyDocument};
use crate::iam::method_arn::{LONGEST_RESOURCE, MethodArn};
use crate::iam::template::Template;
use crate::{Grants, Route, Segment};

/// The method that the worst-case policy is reckoned for. Its stage prefix is as long as they usually are.
const SAMPLE_METHOD: &str = "arn:aws:execute-api:eu-central-1:123456789012:abcdefghij/prod/GET/";

/// The longest stage prefix and verb: `arn:aws-iso-b:execute-api:us-gov-west-1:123456789012:abcdefghij/`, a stage of 128
/// characters, `/OPTIONS/`.
const LONGEST_PREFIX: usize = 203;

/// The longest claim value that a route takes.
const LONGEST_CLAIM_VALUE: usize = 128;

pub(super) fn resource_too_long(route: &Route) -> Option<Finding> {
    let length = |segment: &Segment| match segment {
        Segment::Literal(text) => text.len() + 1,
        Segment::Claim(_) => LONGEST_CLAIM_VALUE + 1,
        Segment::Parameter(_) | Segment::Greedy(_) => 2,
    };
    let longest = LONGEST_PREFIX + route.segments().iter().map(length).sum::<usize>();
    (longest > LONGEST_RESOURCE).then(|| Finding {
        code: "resource_too_long",
        routes: vec![route.to_string()],
        example: None,
        advice: format!(
            "its ARN can have {longest} characters, and API Gateway takes {LONGEST_RESOURCE}: where it is longer, the \
             route is refused"
        ),
    })
}

pub(super) fn policy_over_budget(
    everything: &Grants<'_>,
    resources: &Resources<'_>,
    limits: Limits,
) -> Option<Finding> {
    let method = MethodArn::parse(SAMPLE_METHOD.to_owned()).ok()?;
    let template = Template::new(resources, |_| false);
    let own = (!decide(everything, &method).is_permitted()).then_some(false);
    let policy = PolicyDocument::of_template(&template, &method, &[], own, limits.budget_bytes);
    let Err(CutShort::OverBudget { bytes }) = policy else { return None };
    if limits.coverage == Coverage::Request {
        return None;
    }
    Some(Finding {
        code: "policy_over_budget",
        routes: Vec::new(),
        example: None,
        advice: format!(
            "a holder of every permission gets a policy of about {bytes} bytes, more than the budget of {}: the answer \
             is then for the requested method alone. Raise POLICY_BUDGET_BYTES if your API takes it, or split the API",
            limits.budget_bytes
        ),
    })
}
