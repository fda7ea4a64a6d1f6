//! What an import has to say besides its answer: each cause once, with everything that it was met at.

use crate::output::{Finding, Level};
use std::collections::BTreeMap;
use std::path::Path;

/// Why something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// A `$ref` leads nowhere, or out of the specification's folder.
    Reference,
    /// The place has another shape than the specification's format gives it.
    Malformed,
    /// API Gateway cannot have this verb or path.
    NotARoute,
    /// The document's grammar has no such scope, group or claim.
    Condition,
    /// No token is asked for.
    Open,
    /// Something other than a token is asked for.
    OtherScheme,
    /// Something other than a token does instead of one.
    OtherWay,
    /// A Lambda authorizer decides.
    Delegated,
    /// A token is asked for and nothing in it.
    AnyToken,
    /// Two operations are one route of the gateway.
    SameRoute,
    /// API Gateway takes one scope of a list for enough.
    AnyScope,
    /// There are several base paths.
    BasePaths,
    /// A base path was put before the paths.
    BasePath,
}

impl Cause {
    fn code(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Malformed => "malformed",
            Self::NotARoute => "not-a-route",
            Self::Condition => "condition",
            Self::Open => "open",
            Self::OtherScheme => "other-scheme",
            Self::OtherWay => "other-way",
            Self::Delegated => "delegated",
            Self::AnyToken => "any-token",
            Self::SameRoute => "same-route",
            Self::AnyScope => "any-scope",
            Self::BasePaths => "base-paths",
            Self::BasePath => "base-path",
        }
    }

    fn level(self) -> Level {
        match self {
            Self::Reference | Self::Malformed => Level::Error,
            Self::NotARoute
            | Self::Condition
            | Self::Open
            | Self::OtherScheme
            | Self::AnyToken
            | Self::SameRoute
            | Self::AnyScope
            | Self::BasePaths => Level::Warning,
            Self::OtherWay | Self::Delegated | Self::BasePath => Level::Note,
        }
    }

    /// What was met, as the words before a count.
    fn message(self) -> &'static str {
        match self {
            Self::Reference => "references that cannot be followed, left out with what they stand for",
            Self::Malformed => "places that are not as the format has them; they let nobody in",
            Self::NotARoute => "operations that API Gateway cannot have, left out",
            Self::Condition => "conditions that a permission cannot ask for; they let nobody in",
            Self::Open => "operations open to anybody, without a token, for which there is no permission to write",
            Self::OtherScheme => "operations that ask for something other than a token; nobody may call them",
            Self::OtherWay => "operations with another way in than a token, which is left out",
            Self::Delegated => "operations for a Lambda authorizer to decide; the specification does not say how",
            Self::AnyToken => "operations open to every verified token",
            Self::SameRoute => "operations that share their route with another one; it is open where all of them are",
            Self::AnyScope => {
                "operations with several scopes, of which API Gateway's own authorizers ask for one; here for all"
            }
            Self::BasePaths => "base paths, of which the first is taken",
            Self::BasePath => "base path put before every path",
        }
    }

    fn help(self) -> Option<&'static str> {
        match self {
            Self::Open => Some("leave the authorizer off these methods, or give the operation a `security`"),
            Self::OtherScheme | Self::OtherWay => Some("`--token-scheme NAME` if a verified token does instead"),
            Self::Delegated => Some("`x-authz-groups`, `x-authz-claims`, or scopes in the operation's `security`"),
            Self::AnyScope => Some("`--any-scope` reads them as API Gateway does"),
            Self::BasePaths | Self::BasePath => Some("`--base-path /` puts nothing before the paths"),
            Self::Reference
            | Self::Malformed
            | Self::NotARoute
            | Self::Condition
            | Self::AnyToken
            | Self::SameRoute => None,
        }
    }
}

/// The remarks so far.
#[derive(Debug, Default)]
pub(crate) struct Remarks(BTreeMap<Cause, Vec<String>>);

impl Remarks {
    /// One more place at which the cause was met.
    pub(crate) fn note(&mut self, cause: Cause, place: impl Into<String>) {
        let places = self.0.entry(cause).or_default();
        let place = place.into();
        // A place that is referred to twice is met twice.
        if places.last() != Some(&place) {
            places.push(place);
        }
    }

    /// Each cause as a finding about the file.
    pub(crate) fn findings(self, file: &Path) -> Vec<Finding> {
        let finding = |(cause, examples): (Cause, Vec<String>)| Finding {
            code: cause.code(),
            level: cause.level(),
            message: format!("{}: {}", cause.message(), examples.len()),
            examples,
            help: cause.help().map(str::to_owned),
            file: file.display().to_string(),
            spots: Vec::new(),
            related: Vec::new(),
            see: None,
            source: None,
        };
        self.0.into_iter().map(finding).collect()
    }

    /// Was the cause met?
    #[cfg(test)]
    pub(crate) fn of(&self, cause: Cause) -> &[String] {
        self.0.get(&cause).map(Vec::as_slice).unwrap_or_default()
    }
}
