//! What became of an event, and what is written down about it?

use super::event::Api;
use super::invocation::Invocation;
use super::response::Response;
use crate::authorizer::Ruling;
use crate::documents::ActiveDocument;
use crate::jwks::KeyId;
use crate::log::{DecisionLine, Level, SubjectIds};
use crate::token::{InvalidToken, Issuer, VerifiedClaims};
use permissions::iam::{Compiled, Says};
use permissions::{CONNECT, Effect, Method, VERBS};
use std::sync::Arc;

/// What a cut policy means for its holder.
const CUT: &str = "other methods of this token get 403 from the cache until its TTL ends";

/// The longest client id that is written down, in characters: Cognito's `ClientIdType`.
const LONGEST_CLIENT_ID: usize = 128;

/// What is asked, known of every request.
pub(super) struct Asked {
    pub(super) api: Api,
    pub(super) method: Method,
    pub(super) request_id: Option<String>,
}

/// What became of an event.
pub(super) enum Outcome {
    /// The token was believed.
    Decided(Box<Decided>),
    /// The token was not believed. May API Gateway keep that?
    Refused { cacheable: bool, error: InvalidToken },
    /// There is no decision.
    Undecided { reason: &'static str },
    /// It was AppConfig's, about a permission document. What is wrong with that?
    Judged { problem: Option<String> },
    /// Nobody asked for one: the event only keeps the function warm.
    WarmUp,
}

/// A decision, with what is written down about it.
pub(super) struct Decided {
    pub(super) permitted: bool,
    pub(super) response: Response,
    pub(super) route: Option<String>,
    pub(super) ruling: Ruling,
    pub(super) document: Arc<ActiveDocument>,
    pub(super) claims: VerifiedClaims,
    pub(super) issuer: Issuer,
    pub(super) key_id: KeyId,
    pub(super) ids: SubjectIds,
    pub(super) policy: PolicyLine,
    pub(super) keys: &'static str,
}

/// What is written down of an answer.
pub(super) struct PolicyLine {
    covers: &'static str,
    bytes: Option<usize>,
    cut: bool,
}

impl PolicyLine {
    /// A simple response has no policy, and is for the requested method alone.
    pub(super) fn of(policy: &Compiled, is_simple: bool) -> Self {
        if is_simple {
            return Self { covers: "request", bytes: None, cut: false };
        }
        let covers = if policy.says == Says::Request { "request" } else { "api" };
        Self { covers, bytes: Some(policy.document.bytes()), cut: policy.says == Says::Part }
    }
}

impl Outcome {
    pub(super) fn level(&self) -> Level {
        match self {
            Self::Decided(decided) if decided.policy.cut => Level::Warn,
            Self::Decided(_) | Self::Refused { .. } | Self::Judged { .. } => Level::Info,
            Self::Undecided { .. } => Level::Error,
            Self::WarmUp => Level::Debug,
        }
    }

    pub(super) fn line<'a>(&'a self, invocation: &Invocation<'a>, asked: Option<&'a Asked>) -> DecisionLine<'a> {
        let (outcome, reason, claim) = match self {
            Self::Decided(decided) => (if decided.permitted { "allow" } else { "deny" }, decided.ruling.reason, None),
            Self::Refused { error, .. } => ("unauthorized", error.reason(), error.claim()),
            Self::Undecided { reason } => ("error", *reason, None),
            Self::Judged { problem: None } => ("none", "document_usable", None),
            Self::Judged { problem: Some(_) } => ("none", "document_refused", None),
            Self::WarmUp => ("none", "warm_up", None),
        };
        let (request_id, trace_id) = (invocation.request_id, invocation.trace_id());
        let mut line =
            DecisionLine { request_id, trace_id, outcome, reason, claim, keys: "none", ..DecisionLine::default() };
        if let Some(asked) = asked {
            asked.describe(&mut line);
        }
        if let Self::Decided(decided) = self {
            decided.describe(&mut line);
        }
        line
    }
}

impl Asked {
    fn describe<'a>(&'a self, line: &mut DecisionLine<'a>) {
        let mut parts = self.method.api_and_stage().split('/');
        (line.api_id, line.stage) = (parts.next(), parts.next());
        line.verb = Some(known_verb(self.method.verb()));
        line.api_request_id = self.request_id.as_deref();
    }
}

/// Any other verb is the caller's text.
fn known_verb(asked: &str) -> &'static str {
    let known = VERBS.into_iter().chain([CONNECT]).find(|verb| *verb == asked);
    known.unwrap_or("OTHER")
}

impl Decided {
    fn describe<'a>(&'a self, line: &mut DecisionLine<'a>) {
        line.route = self.route.as_deref();
        line.permission = self.ruling.decided_by.map(|(permission, _)| permission);
        line.effect = self.ruling.decided_by.map(|(_, effect)| match effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        });
        line.nearest = self.ruling.nearest;
        line.lacks = &self.ruling.lacks;
        line.document = Some(&self.document.version);
        line.covers = Some(self.policy.covers);
        line.policy_bytes = self.policy.bytes;
        line.cut = self.policy.cut.then_some(CUT);
        line.keys = self.keys;
        line.issuer = Some(self.claims.entry().unwrap_or(self.issuer.identifier()));
        line.client_id = self.claims.client().filter(is_client_id);
        line.token_use = Some(self.claims.token_use().name());
        line.key_id = Some(self.key_id.text());
        line.sub = self.ids.sub.as_deref();
        line.jti = self.ids.jti.as_deref();
        line.origin_jti = self.ids.origin_jti.as_deref();
    }
}

/// The client was looked up among those set up, unless any will do.
fn is_client_id(text: &&str) -> bool {
    text.len() <= LONGEST_CLIENT_ID && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_became_of_an_event_and_what_was_asked() {
        let arn = "arn:aws:execute-api:us-east-1:123456789012:abc123/test/BREW/orders";
        let asked = Asked {
            api: Api::Rest,
            method: Method::parse(arn.to_owned()).unwrap(),
            request_id: Some("api-1".to_owned()),
        };
        let refused = Outcome::Refused { cacheable: true, error: InvalidToken::ClaimMissing { claim: "sub" } };
        for (outcome, expected) in [
            (refused, ("unauthorized", "claim_missing", Some("sub"))),
            (Outcome::Undecided { reason: "x" }, ("error", "x", None)),
            (Outcome::WarmUp, ("none", "warm_up", None)),
        ] {
            let line = outcome.line(&"request-1".into(), Some(&asked));
            assert_eq!((line.outcome, line.reason, line.claim), expected);
            assert_eq!((line.request_id, line.keys), ("request-1", "none"));
            assert_eq!((line.api_id, line.stage, line.verb), (Some("abc123"), Some("test"), Some("OTHER")));
            assert_eq!(line.api_request_id, Some("api-1"));
        }
    }

    #[test]
    fn a_verb_is_written_down_where_a_route_can_name_it() {
        for (asked, expected) in [("GET", "GET"), ("$connect", "$connect"), ("get", "OTHER"), ("eyJhbGc", "OTHER")] {
            assert_eq!(known_verb(asked), expected);
        }
    }
}
