//! What does API Gateway send, and what does it expect?
//!
//! The edge of the function: an event comes in, the [`Authorizer`] decides, an answer that API Gateway understands goes
//! out, and one line is logged. Which of its three answers a refusal becomes is settled here and nowhere else.

mod context;
mod request;
mod response;
mod source;

pub use request::{AuthorizationRequest, InvalidEvent};
pub use response::{Failure, Response};
pub use source::TokenSource;

use crate::authorizer::{Authorizer, Decision, Refusal};
use crate::clock::Clock;
use crate::log::{DecisionLine, Level, Logger};
use crate::policy::{MethodArn, PolicyDocument};
use crate::token::InvalidToken;
use std::time::Instant;

/// How a token that is not believed is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidTokenAnswer {
    /// A Deny policy, 403, with the reason in its context.
    Deny,
    /// The error `Unauthorized`, 401.
    Unauthorized,
}

/// The function behind API Gateway.
pub struct Gateway {
    /// Who decides.
    pub authorizer: Authorizer,
    /// Where REQUEST events hold the token.
    pub token_sources: Vec<TokenSource>,
    /// How a token that is not believed is answered.
    pub invalid_token: InvalidTokenAnswer,
    /// What time it is.
    pub clock: Box<dyn Clock>,
    /// Where decisions are written down.
    pub logger: Logger,
}

impl Gateway {
    /// Answers one event, given as JSON, and writes one line about it.
    ///
    /// # Errors
    /// [`Failure`]: the answer that is not a policy.
    pub async fn answer(&self, event: &str, request_id: &str) -> Result<Response, Failure> {
        let started = Instant::now();
        let outcome = self.decide(event).await;
        let mut line = outcome.line(request_id);
        line.duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.logger.decision(outcome.level(), &line);
        outcome.answer(self)
    }

    async fn decide(&self, event: &str) -> Outcome {
        let request = match AuthorizationRequest::parse(event, &self.token_sources) {
            Ok(request) => request,
            Err(error) => return Outcome::NotUnderstood(error),
        };
        let refused = |refusal| Outcome::Refused(refusal, request.method.clone());
        match &request.token {
            Err(error) => refused(Refusal::InvalidToken(*error)),
            Ok(token) => match self.authorizer.authorize(token, &request.method, self.clock.now()).await {
                Ok(decision) => Outcome::Decided(Box::new(decision)),
                Err(refusal) => refused(refusal),
            },
        }
    }
}

/// What became of an event.
enum Outcome {
    Decided(Box<Decision>),
    Refused(Refusal, MethodArn),
    NotUnderstood(InvalidEvent),
}

impl Outcome {
    fn answer(self, gateway: &Gateway) -> Result<Response, Failure> {
        match self {
            Self::Decided(decision) => {
                let context = context::of(&decision.claims, gateway.authorizer.permissions.context());
                Ok(Response::decided(decision.claims.subject(), decision.policy, context))
            }
            // API Gateway caches a Deny under this token, so only a refusal that stays right may become one.
            Self::Refused(Refusal::InvalidToken(error), method)
                if gateway.invalid_token == InvalidTokenAnswer::Deny && error.is_final() =>
            {
                Ok(Response::refused(PolicyDocument::deny_all(&method), error.reason()))
            }
            Self::Refused(Refusal::InvalidToken(_), _) => Err(Failure::Unauthorized),
            Self::Refused(refusal @ Refusal::KeysUnavailable { .. }, _) => {
                Err(Failure::Undecided { reason: refusal.reason() })
            }
            Self::NotUnderstood(error) => Err(Failure::Undecided { reason: error.reason() }),
        }
    }

    fn level(&self) -> Level {
        match self {
            Self::Decided(_) | Self::Refused(Refusal::InvalidToken(_), _) => Level::Info,
            Self::Refused(Refusal::KeysUnavailable { .. }, _) | Self::NotUnderstood(_) => Level::Error,
        }
    }

    fn line<'a>(&'a self, request_id: &'a str) -> DecisionLine<'a> {
        let (outcome, reason) = match self {
            Self::Decided(decision) if decision.permitted => ("allow", "permitted"),
            Self::Decided(_) => ("deny", "not_permitted"),
            Self::Refused(refusal @ Refusal::InvalidToken(_), _) => ("unauthorized", refusal.reason()),
            Self::Refused(refusal @ Refusal::KeysUnavailable { .. }, _) => ("error", refusal.reason()),
            Self::NotUnderstood(error) => ("error", error.reason()),
        };
        let (route, keys) = match self {
            Self::Decided(decision) => (decision.route.as_deref(), decision.key_origin.name()),
            Self::Refused(..) | Self::NotUnderstood(_) => (None, "none"),
        };
        DecisionLine { request_id, outcome, reason, claim: self.claim(), route, duration_us: 0, keys }
    }

    fn claim(&self) -> Option<&'static str> {
        match self {
            Self::Refused(
                Refusal::InvalidToken(InvalidToken::ClaimMalformed { claim } | InvalidToken::ClaimMissing { claim }),
                _,
            ) => Some(claim),
            _ => None,
        }
    }
}
