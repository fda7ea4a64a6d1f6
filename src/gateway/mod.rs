//! What does API Gateway send, and what does it expect?
//!
//! The edge of the function: an event comes in, the [`Authorizer`] decides, an answer that API Gateway understands goes
//! out, and one line is logged. Which of its three answers a refusal becomes is settled here and nowhere else.

mod context;
mod event;
mod fields;
mod request;
mod response;
mod source;

pub use event::Api;
pub use request::{ArnFault, AuthorizationRequest, InvalidEvent, LARGEST_EVENT};
pub use response::{Failure, PolicyResponse, Response, SimpleResponse};
pub use source::TokenSource;

use crate::authorizer::{Authorizer, Decision, Refusal};
use crate::clock::Clock;
use crate::log::{DecisionLine, Level, Logger};
use crate::token::{InvalidToken, VerifiedClaims};
use context::Context;
use permissions::iam::Says;
use permissions::{Holder, Method};
use std::time::Instant;

/// A policy that does not say all that the token may do: the next route is refused if the answer is cached.
const PART: &str = "the policy does not open every method that this token may call: others get 403 from API Gateway's cache \
    until its TTL ends";

/// How a token that is not believed is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidTokenAnswer {
    /// REST and WebSocket APIs get the error `Unauthorized`, 401. HTTP APIs get a Deny, 403, since what they make of
    /// the error is not documented.
    ByApi,
    /// A Deny, 403, with the reason in its context.
    Deny,
    /// The error `Unauthorized`.
    Unauthorized,
}

impl InvalidTokenAnswer {
    fn is_deny(self, api: Api) -> bool {
        match self {
            Self::ByApi => matches!(api, Api::Http1 | Api::Http2),
            Self::Deny => true,
            Self::Unauthorized => false,
        }
    }
}

/// How HTTP APIs with payload format 2.0 are answered. The event does not say what they expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpApiResponse {
    /// With an IAM policy, as all others are.
    Iam,
    /// With one boolean: `EnableSimpleResponses` is on.
    Simple,
}

/// The function behind API Gateway.
pub struct Gateway {
    /// Who decides.
    pub authorizer: Authorizer,
    /// Where requests hold the token.
    pub token_sources: Vec<TokenSource>,
    /// How a token that is not believed is answered.
    pub invalid_token: InvalidTokenAnswer,
    /// How HTTP APIs with payload format 2.0 are answered.
    pub http_api_response: HttpApiResponse,
    /// Must the token be in an identity source where the event names them? API Gateway keeps the answer under these.
    pub check_identity_source: bool,
    /// The claim that holds the caller's API key, for REST APIs that take it from the authorizer.
    pub usage_identifier_claim: Option<String>,
    /// What time it is.
    pub clock: Box<dyn Clock>,
    /// Where decisions are written down.
    pub logger: Logger,
}

/// What to set up in API Gateway where the token is not in its cache key.
const MEND_IDENTITY_SOURCE: &str = "the token is in none of the authorizer's identity sources, so a cached answer would \
    be everybody's: make each place in TOKEN_SOURCE an identity source, or, where nothing is cached, set \
    IDENTITY_SOURCE_CHECK=off";

impl Gateway {
    /// Answers one event, given as JSON, and writes one line about it.
    ///
    /// # Errors
    /// [`Failure`]: the answer that is neither a policy nor a boolean.
    pub async fn answer(&self, event: &str, request_id: &str) -> Result<Response, Failure> {
        let started = Instant::now();
        let outcome = self.decide(event).await;
        let mut line = outcome.line(request_id);
        line.duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.logger.decision(outcome.level(), &line);
        match outcome {
            Outcome::Decided { response, .. } => Ok(response),
            Outcome::Refused { api, method, cacheable: true, error } if self.invalid_token.is_deny(api) => {
                Ok(Response::refused(&method, self.is_simple(api), error.reason()))
            }
            Outcome::Refused { .. } => Err(Failure::Unauthorized),
            Outcome::Undecided { reason } => Err(Failure::Undecided { reason }),
            Outcome::WarmUp => Ok(Response::Nothing),
        }
    }

    async fn decide(&self, event: &str) -> Outcome {
        let request = match AuthorizationRequest::parse(event, &self.token_sources) {
            Ok(request) => request,
            Err(InvalidEvent::WarmUp) => return Outcome::WarmUp,
            Err(error) => {
                self.logger.message(Level::Warn, &error);
                return Outcome::Undecided { reason: error.reason() };
            }
        };
        let AuthorizationRequest { api, token, method, .. } = request;
        let decided = match token {
            Ok(token) => self.authorizer.authorize(&token, &method, self.clock.now()).await,
            Err(error) => Err(error.into()),
        };
        let in_cache_key = request.token_in_cache_key || !self.check_identity_source;
        match decided {
            // Whoever sends it is genuine, so this is the operator's mistake. An invalid token proves nothing.
            Ok(_) if !in_cache_key => {
                self.logger.message(Level::Warn, &MEND_IDENTITY_SOURCE);
                Outcome::Undecided { reason: "token_not_in_identity_source" }
            }
            Ok(decision) => self.decided(api, decision),
            // API Gateway caches a Deny, so only a refusal that stays right for this cache key may become one.
            Err(Refusal::InvalidToken(error)) => {
                Outcome::Refused { api, method, cacheable: in_cache_key && error.is_final(), error }
            }
            Err(refusal @ Refusal::KeysUnavailable { .. }) => Outcome::Undecided { reason: refusal.reason() },
        }
    }

    fn decided(&self, api: Api, decision: Decision) -> Outcome {
        let Decision { claims, permitted, policy, route, key_origin } = decision;
        let context = Context::of(&claims, self.authorizer.permissions.context(), api);
        let response = if self.is_simple(api) {
            Response::Simple(SimpleResponse { is_authorized: permitted, context })
        } else {
            let usage_identifier_key = self.usage_identifier_key(api, &claims);
            let principal_id = claims.subject().to_owned();
            let policy_document = policy.document;
            if policy.says == Says::Part {
                self.logger.message(Level::Warn, &PART);
            }
            Response::Policy(PolicyResponse { principal_id, policy_document, context, usage_identifier_key })
        };
        if response.fits(api) {
            Outcome::Decided { permitted, route, keys: key_origin.name(), response }
        } else {
            Outcome::Undecided { reason: "answer_too_large" }
        }
    }

    fn is_simple(&self, api: Api) -> bool {
        api == Api::Http2 && self.http_api_response == HttpApiResponse::Simple
    }

    fn usage_identifier_key(&self, api: Api, claims: &VerifiedClaims) -> Option<String> {
        let claim = self.usage_identifier_claim.as_ref().filter(|_| api == Api::Rest)?;
        claims.claim(claim)?.as_str().map(ToOwned::to_owned)
    }
}

/// What became of an event.
enum Outcome {
    /// The token was believed.
    Decided { permitted: bool, route: Option<String>, keys: &'static str, response: Response },
    /// The token was not believed. May API Gateway keep that?
    Refused { api: Api, method: Method, cacheable: bool, error: InvalidToken },
    /// There is no decision.
    Undecided { reason: &'static str },
    /// Nobody asked for one: the event only keeps the function warm.
    WarmUp,
}

impl Outcome {
    fn level(&self) -> Level {
        match self {
            Self::Decided { .. } | Self::Refused { .. } => Level::Info,
            Self::Undecided { .. } => Level::Error,
            Self::WarmUp => Level::Debug,
        }
    }

    fn line<'a>(&'a self, request_id: &'a str) -> DecisionLine<'a> {
        let line = |outcome, reason| DecisionLine {
            request_id,
            outcome,
            reason,
            claim: None,
            route: None,
            duration_us: 0,
            keys: "none",
        };
        match self {
            Self::Decided { permitted, route, keys, .. } => {
                let (outcome, reason) = if *permitted { ("allow", "permitted") } else { ("deny", "not_permitted") };
                DecisionLine { route: route.as_deref(), keys, ..line(outcome, reason) }
            }
            Self::Refused { error, .. } => {
                DecisionLine { claim: error.claim(), ..line("unauthorized", error.reason()) }
            }
            Self::Undecided { reason } => line("error", reason),
            Self::WarmUp => line("none", "warm_up"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_the_route_and_the_keys_of_a_decision_and_the_claim_of_a_refusal() {
        let method = Method::parse("arn:aws:execute-api:us-east-1:123456789012:abc123/test/GET/".to_owned()).unwrap();
        let response = Response::Simple(SimpleResponse { is_authorized: true, context: Context::default() });
        let route = Some("GET /orders/{id}".to_owned());
        let decided = Outcome::Decided { permitted: true, route, keys: "hit", response };
        let error = InvalidToken::ClaimMissing { claim: "sub" };
        let refused = Outcome::Refused { api: Api::Rest, method, cacheable: true, error };
        for (outcome, expected) in [
            (decided, ("allow", "permitted", None, Some("GET /orders/{id}"), "hit")),
            (refused, ("unauthorized", "claim_missing", Some("sub"), None, "none")),
            (Outcome::Undecided { reason: "x" }, ("error", "x", None, None, "none")),
            (Outcome::WarmUp, ("none", "warm_up", None, None, "none")),
        ] {
            let line = outcome.line("request-1");
            assert_eq!((line.outcome, line.reason, line.claim, line.route, line.keys), expected);
            assert_eq!(line.request_id, "request-1");
        }
    }
}
