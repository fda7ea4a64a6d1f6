//! Is the permission document safe to cache by token? What `POLICY_CACHE_CHECK` asks at start.
//!
//! API Gateway keeps the policy of a token's first request for the next ones. The engine looks whether every possible
//! holder's policy says all that the holder may do. Where it does not, the author is told who loses what, and the ways out.

use crate::config::{CacheCheck, Config, Issuers};
use crate::documents::ActiveDocument;
use crate::log::{Level, Logger};
use permissions::Method;
use permissions::iam::{Breaks, CacheSafety, Coverage, SupposedHolder, Witness};
use permissions::questions::Facts;
use std::fmt;

/// A method of an API with the longest names that are looked for: ids have ten letters, and the stage that API Gateway or
/// SAM makes, or that people write, hardly ever more than sixteen.
const API: &str = "execute-api:eu-west-1:123456789012:abcdefghij/0123456789abcdef/GET/";

/// What documents are checked for.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    /// Off where nothing is cached by token, too.
    setting: CacheCheck,
    method: Option<Method>,
    facts: Facts,
}

impl Check {
    pub(crate) fn new(config: &Config, region: Option<&str>) -> Self {
        Self {
            setting: match config.limits.coverage {
                Coverage::Api => config.cache_check,
                Coverage::Request => CacheCheck::Off,
            },
            method: Method::parse(format!("arn:{}:{API}", partition(region.unwrap_or_default()))).ok(),
            facts: match config.issuers {
                Issuers::Short(_) => Facts::of_cognito(),
                Issuers::File { .. } => Facts::none(),
            },
        }
    }

    /// Looks at a document before it decides, and tells what was found.
    ///
    /// # Errors
    /// What is wrong, when the document is not proved to be safe and the setting is strict.
    pub(crate) fn check(&self, document: &ActiveDocument, logger: Logger) -> Result<(), String> {
        let Some(finding) = self.finding(document) else { return Ok(()) };
        if self.setting == CacheCheck::Strict {
            return Err(finding.to_string());
        }
        logger.message(Level::Warn, &format_args!("permission document {} is {finding}", document.version));
        Ok(())
    }

    /// `None`: the document is safe, or nobody asks.
    fn finding(&self, document: &ActiveDocument) -> Option<Finding> {
        if self.setting == CacheCheck::Off {
            return None;
        }
        let is_complete = document.permissions.is_complete();
        match document.policies.cache_safety(&document.permissions, self.method.as_ref()?, &self.facts) {
            CacheSafety::Proved => None,
            CacheSafety::Witness(witness) => Some(Finding { witness: Some(witness), largest: None, is_complete }),
            CacheSafety::NotProved { largest } => Some(Finding { witness: None, largest, is_complete }),
        }
    }
}

/// The partition of a region (AWS General Reference, "Amazon Resource Names"): its name is a part of every resource.
fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// A document that is not known to be safe.
struct Finding {
    witness: Option<Witness>,
    /// If nothing was proved: the largest policy that was seen.
    largest: Option<(SupposedHolder, usize)>,
    is_complete: bool,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.witness, &self.largest) {
            (Some(witness), _) => {
                write!(f, "not safe to cache by token: a token with {} ", witness.holder)?;
                write_loss(&witness.breaks, f)?;
                f.write_str(", so that its next request may be refused from API Gateway's cache")?;
            }
            (None, largest) => {
                f.write_str("not proved safe to cache by token: the check ended without an answer")?;
                if let Some((holder, bytes)) = largest {
                    write!(f, " (largest policy seen: {bytes} bytes, for a token with {holder})")?;
                }
                f.write_str("; POLICY_CACHE_CHECK=warn starts all the same")?;
            }
        }
        f.write_str(". Ways out: ")?;
        if !self.is_complete {
            f.write_str("`\"complete\": true`, if the document names every route of the API; ")?;
        }
        f.write_str("POLICY_COVERS=request, with path and method in the authorizer's cache key; other permissions")
    }
}

fn write_loss(breaks: &Breaks, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match breaks {
        Breaks::NotExact { example: Some(route) } => {
            write!(f, "has rights that no policy can hold, and loses `{route}`")
        }
        Breaks::NotExact { example: None } => f.write_str("has rights that no policy can hold"),
        Breaks::OverBudget { bytes } => write!(f, "needs a policy of {bytes} bytes, more than POLICY_BUDGET_BYTES"),
        Breaks::LongResource => f.write_str("needs a resource that is longer than API Gateway takes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_goes_by_the_region() {
        for (region, expected) in
            [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("", "aws")]
        {
            assert_eq!(partition(region), expected);
        }
    }

    const SAFE: &str =
        r#"{"permissions":[{"scopes":["a"],"allow":["GET /orders/{id}"]}],"routes":["GET /orders/export"]}"#;
    const UNSAFE: &str = r#"{"permissions":[{"scopes":["a"],"allow":["GET /a/{x}"]},
        {"groups":["g"],"claims":{"custom:t":"secret"},"allow":["GET /a/{x}/{y}/{z}"]}],"routes":["GET /a/{x}/{y}"]}"#;

    /// What is found in the document with these settings.
    fn found(text: &str, settings: &[(&str, &str)]) -> Option<String> {
        let needed = [("USER_POOL_ID", "eu-west-1_a"), ("APP_CLIENT_ID", "c")];
        let config = Config::from_vars(|name| {
            let all = needed.iter().chain(settings);
            all.rev().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
        .unwrap();
        let document = ActiveDocument::parse(text.as_bytes(), config.limits).unwrap();
        Check::new(&config, Some("us-gov-west-1")).finding(&document).map(|finding| finding.to_string())
    }

    #[test]
    fn a_document_that_is_not_safe_is_told_with_a_holder_a_loss_and_the_ways_out() {
        assert_eq!(
            found(UNSAFE, &[]).unwrap(),
            "not safe to cache by token: a token with scope `a`, group `g`, claim `custom:t` has rights that no policy can \
             hold, and loses `GET /a/{}`, so that its next request may be refused from API Gateway's cache. Ways out: \
             `\"complete\": true`, if the document names every route of the API; POLICY_COVERS=request, with path and method \
             in the authorizer's cache key; other permissions"
        );
    }

    #[test]
    fn nothing_is_told_of_a_safe_document_or_where_nobody_caches_by_token_or_asks() {
        assert_eq!(found(SAFE, &[]), None);
        assert_eq!(found(UNSAFE, &[("POLICY_COVERS", "request"), ("POLICY_CACHE_CHECK", "strict")]), None);
        assert_eq!(found(UNSAFE, &[("POLICY_CACHE_CHECK", "off")]), None);
    }

    #[test]
    fn a_policy_above_the_budget_is_told_with_its_size() {
        let large: Vec<String> = (0..40).map(|number| format!(r#""GET /resource-{number}/{{id}}""#)).collect();
        let text = format!(r#"{{"permissions":[{{"scopes":["a"],"allow":[{}]}}]}}"#, large.join(","));
        let finding = found(&text, &[("POLICY_BUDGET_BYTES", "2048")]).unwrap();
        assert!(
            finding.starts_with("not safe to cache by token: a token with scope `a` needs a policy of "),
            "{finding}"
        );
    }

    #[test]
    fn what_is_not_safe_stops_a_strict_start_and_no_other() {
        for (setting, starts) in [("warn", true), ("strict", false), ("off", true)] {
            let needed = [("USER_POOL_ID", "eu-west-1_a"), ("APP_CLIENT_ID", "c"), ("POLICY_CACHE_CHECK", setting)];
            let variable = |name: &str| needed.iter().find(|(known, _)| *known == name);
            let config = Config::from_vars(|name| variable(name).map(|(_, value)| (*value).to_owned())).unwrap();
            let document = ActiveDocument::parse(UNSAFE.as_bytes(), config.limits).unwrap();
            let logger = Logger { level: Level::Fatal, format: crate::log::Format::Json };
            assert_eq!(Check::new(&config, None).check(&document, logger).is_ok(), starts, "{setting}");
        }
    }

    #[test]
    fn the_method_that_is_asked_about_can_be_read() {
        assert!(Method::parse(format!("arn:aws-us-gov:{API}")).is_ok());
    }
}
