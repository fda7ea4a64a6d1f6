//! Holders whose policy does not hold all that they may do: the rest is refused while the policy is cached.

use permissions::findings::{Finding, Severity, Subject};
use permissions::iam::{Compiled, Coverage, Limits, Policies, Says};
use permissions::questions::{Atom, Caller, atoms};
use permissions::{Grants, Method, Permissions, Place};

/// What can be found here.
#[cfg(test)]
pub(super) const CODES: [&str; 2] = ["policy_incomplete", "policy_over_budget"];

/// A holder whose policy is larger than the budget, and one whose rights no policy can hold. A holder of everything is
/// tried first, then those of one permission; what is found is made as small as it gets by taking permissions away.
pub(super) fn findings(permissions: &Permissions, limits: Limits) -> Vec<Finding> {
    if limits.coverage == Coverage::Request {
        return Vec::new();
    }
    let compilers = Compilers::new(permissions, limits);
    let Some(method) = any_method() else { return Vec::new() };
    let all: Vec<usize> = (0..permissions.permissions().len()).collect();
    let everybody = std::iter::once(all.clone()).chain(all.iter().map(|one| vec![*one]));
    let mut found: Vec<Finding> = Vec::new();
    for held in everybody {
        let Some(code) = compilers.flaw(&holder(permissions, &held), &method) else { continue };
        if found.iter().all(|finding| finding.code != code) {
            let still = |held: &[usize]| compilers.flaw(&holder(permissions, held), &method) == Some(code);
            let least = smallest(held, still);
            found.push(compilers.finding(code, &least, &holder(permissions, &least), &method));
        }
    }
    found
}

/// A request that any document can be asked about; what a policy says of the rest does not depend on it.
pub(super) fn any_method() -> Option<Method> {
    Method::parse("arn:aws:execute-api:us-east-1:123456789012:abcdef1234/test/GET/".to_owned()).ok()
}

/// One compiler with the budget, and one without.
struct Compilers<'a> {
    permissions: &'a Permissions,
    limits: Limits,
    bounded: Policies,
    unbounded: Policies,
}

impl<'a> Compilers<'a> {
    fn new(permissions: &'a Permissions, limits: Limits) -> Self {
        let unlimited = Limits { budget_bytes: usize::MAX, ..limits };
        let (bounded, unbounded) = (Policies::new(permissions, limits), Policies::new(permissions, unlimited));
        Self { permissions, limits, bounded, unbounded }
    }

    fn flaw(&self, holder: &Caller, method: &Method) -> Option<&'static str> {
        let grants = self.permissions.grants(holder);
        if compiled(&self.bounded, &grants, method).says != Says::Part {
            return None;
        }
        match compiled(&self.unbounded, &grants, method).says {
            Says::Part => Some("policy_incomplete"),
            _ => Some("policy_over_budget"),
        }
    }

    fn finding(&self, code: &'static str, held: &[usize], holder: &Caller, method: &Method) -> Finding {
        let bytes = compiled(&self.unbounded, &self.permissions.grants(holder), method).document.bytes();
        let most = self.limits.budget_bytes;
        let whom = if held.len() == 1 { "whoever this applies to" } else { "whoever all of these apply to" };
        let (message, advice) = if code == "policy_over_budget" {
            (
                format!("{whom} has a policy of {bytes} bytes, more than the budget of {most}"),
                "what does not fit is refused while the policy is cached: raise POLICY_BUDGET_BYTES as far as the API \
                 takes it, say `\"complete\": true` if that is so, or use POLICY_COVERS=request",
            )
        } else {
            (
                format!("no policy says all that {whom} may do"),
                "the rest is refused while the policy is cached: use POLICY_COVERS=request, or routes without `{rest+}` \
                 beside literals and denies",
            )
        };
        let subject = |number: &usize| Subject { place: Place::permission(*number), route: None };
        Finding {
            code,
            severity: Severity::Warning,
            message,
            subjects: held.iter().map(subject).collect(),
            related: Vec::new(),
            example: Some(holder.to_string()),
            advice: advice.to_owned(),
        }
    }
}

fn compiled(policies: &Policies, grants: &Grants<'_>, method: &Method) -> Compiled {
    policies.compile(grants, grants.decide(method), method)
}

/// Somebody who meets the conditions of these permissions, as far as one token can, and has a value for each claim that a
/// route names.
fn holder(permissions: &Permissions, held: &[usize]) -> Caller {
    let mut caller = Caller::default();
    for permission in held.iter().filter_map(|number| permissions.permissions().get(*number)) {
        caller = permission.present().iter().fold(caller, |caller, claim| caller.with_claim(claim, "x".into()));
        for atom in atoms(permission) {
            // The first value that is wanted of a claim is kept: a token has one.
            let is_kept = matches!(atom, Atom::Claim(name, _) if caller.claims().contains_key(name));
            caller = if is_kept { caller } else { caller.with(atom) };
        }
    }
    for claim in permissions.claims() {
        if !caller.claims().contains_key(claim) {
            // As long as a subject, which is a UUID.
            caller = caller.with_claim(claim, "00000000-0000-4000-8000-000000000000".into());
        }
    }
    caller
}

/// Takes away halves, quarters and so on down to single elements, as long as it still holds.
fn smallest(all: Vec<usize>, still: impl Fn(&[usize]) -> bool) -> Vec<usize> {
    let mut left = all;
    let mut size = left.len().div_ceil(2);
    while size > 0 {
        let mut start = 0;
        while start < left.len() {
            let without: Vec<usize> = left
                .iter()
                .enumerate()
                .filter(|(at, _)| *at < start || *at >= start + size)
                .map(|(_, one)| *one)
                .collect();
            if !without.is_empty() && still(&without) {
                left = without;
            } else {
                start += size;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_needed_is_taken_away() {
        for needed in [&[0][..], &[3, 7], &[0, 1, 2, 9], &[9]] {
            let found = smallest((0..10).collect(), |held| needed.iter().all(|one| held.contains(one)));
            assert_eq!(found, needed);
        }
    }
}
