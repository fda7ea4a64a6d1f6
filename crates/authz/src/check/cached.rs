//! Is a document safe to cache by token?

use super::policies::safety;
use permissions::Permissions;
use permissions::iam::{Breaks, CacheSafety, Coverage, Limits};

/// One line: proved for every possible token, broken by a holder, or not decided.
pub(crate) fn line(permissions: &Permissions, limits: Limits) -> String {
    if limits.coverage == Coverage::Request {
        return "POLICY_COVERS=request: each answer is for its request alone".to_owned();
    }
    match safety(permissions, limits) {
        None => String::new(),
        Some(CacheSafety::Proved) => "safe to cache by token: proved for every possible token".to_owned(),
        Some(CacheSafety::Witness(witness)) => {
            let places: Vec<String> = witness.permissions.iter().map(|place| format!("permissions[{place}]")).collect();
            let breaks = match witness.breaks {
                Breaks::NotExact { example } => {
                    let example = example.map(|route| format!(", such as {route}")).unwrap_or_default();
                    format!("no policy says all that is allowed{example}")
                }
                Breaks::OverBudget { bytes } => format!("the policy takes {bytes} bytes of {}", limits.budget_bytes),
                Breaks::LongResource => "a resource is longer than API Gateway takes".to_owned(),
            };
            format!("not safe to cache by token: for a holder of {}, {breaks}", places.join(" and "))
        }
        Some(CacheSafety::NotProved { .. }) => "whether it is safe to cache by token was not decided".to_owned(),
    }
}
