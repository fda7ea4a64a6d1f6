//! What does API Gateway send, and what does it expect?
//!
//! The edge of the function: an event comes in, the [`Authorizer`] decides, an answer that API Gateway understands goes
//! out, and one line is logged. Which of its three answers a refusal becomes is settled here and nowhere else.

mod context;
mod event;
mod fields;
mod invocation;
mod outcome;
mod request;
mod response;
mod source;
mod validator;

pub use event::Api;
pub use invocation::Invocation;
pub use request::{ArnFault, AuthorizationRequest, InvalidEvent, LARGEST_EVENT};
pub use response::{Failure, PolicyResponse, Response, SimpleResponse};
pub use source::TokenSource;
pub use validator::Validator;

use crate::authorizer::{Authorizer, Decision, Refusal};
use crate::clock::Clock;
use crate::log::{DecisionLine, Level, Logger, Metrics, SubjectLog};
use crate::token::VerifiedClaims;
use context::{Context, principal};
use outcome::{Asked, Decided, Outcome, PolicyLine};
use permissions::Holder;
use permissions::iam::Says;
use serde_json::Value;
use std::time::Instant;
use validator::ValidatorEvent;

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
    /// How lines name a token's holder.
    pub subject_log: SubjectLog,
    /// Whether lines are metrics, too.
    pub metrics: Option<Metrics>,
    /// Who judges permission documents for AWS AppConfig.
    pub validator: Option<Validator>,
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
    pub async fn answer(&self, event: &str, invocation: impl Into<Invocation<'_>>) -> Result<Response, Failure> {
        let started = Instant::now();
        let (asked, outcome) = self.decide(event).await;
        let level = outcome.level();
        if self.logger.writes(level) {
            let mut line = outcome.line(&invocation.into(), asked.as_ref());
            line.duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.write(level, &line);
        }
        match (outcome, asked) {
            (Outcome::Decided(decided), _) => Ok(decided.response),
            (Outcome::Refused { cacheable: true, error }, Some(asked)) if self.invalid_token.is_deny(asked.api) => {
                Ok(Response::refused(&asked.method, self.is_simple(asked.api), error.reason()))
            }
            (Outcome::Refused { .. }, _) => Err(Failure::Unauthorized),
            (Outcome::Undecided { reason }, _) => Err(Failure::Undecided { reason }),
            (Outcome::WarmUp | Outcome::Judged { problem: None }, _) => Ok(Response::Nothing),
            (Outcome::Judged { problem: Some(message) }, _) => Err(Failure::DocumentRefused { message }),
        }
    }

    fn write(&self, level: Level, line: &DecisionLine<'_>) {
        let Some(metrics) = &self.metrics else { return self.logger.decision(level, line) };
        let now = self.clock.now();
        let keys = self.authorizer.key_counts(now);
        let fields = metrics.fields(now.milliseconds(), line, keys, self.authorizer.documents.counts());
        self.logger.measured(level, line, &fields);
    }

    async fn decide(&self, event: &str) -> (Option<Asked>, Outcome) {
        let request = match AuthorizationRequest::parse(event, &self.token_sources) {
            Ok(request) => request,
            Err(InvalidEvent::WarmUp) => return (None, Outcome::WarmUp),
            Err(error) => {
                if let Some(judged) = self.judged(event).await {
                    return (None, judged);
                }
                self.logger.message(Level::Warn, &error);
                return (None, Outcome::Undecided { reason: error.reason() });
            }
        };
        let AuthorizationRequest { api, token, method, token_in_cache_key, request_id } = request;
        let decided = match token {
            Ok(token) => self.authorizer.authorize(&token, &method, self.clock.now()).await,
            Err(error) => Err(error.into()),
        };
        let in_cache_key = token_in_cache_key || !self.check_identity_source;
        let outcome = match decided {
            // Whoever sends it is genuine, so this is the operator's mistake. An invalid token proves nothing.
            Ok(_) if !in_cache_key => {
                self.logger.message(Level::Warn, &MEND_IDENTITY_SOURCE);
                Outcome::Undecided { reason: "token_not_in_identity_source" }
            }
            Ok(decision) => self.decided(api, decision),
            // API Gateway caches a Deny, so only a refusal that stays right for this cache key may become one.
            Err(Refusal::InvalidToken(error)) => {
                Outcome::Refused { cacheable: in_cache_key && error.is_final(), error }
            }
            Err(refusal @ Refusal::KeysUnavailable { .. }) => Outcome::Undecided { reason: refusal.reason() },
        };
        (Some(Asked { api, method, request_id }), outcome)
    }

    /// `None` for an event that is not AppConfig's.
    async fn judged(&self, event: &str) -> Option<Outcome> {
        let validator = self.validator.as_ref()?;
        let event = ValidatorEvent::parse(event)?;
        self.authorizer.documents.refresh(self.clock.now()).await;
        let judged = validator.judge(&event, &self.authorizer.documents.active());
        match &judged {
            Ok(version) => {
                self.logger.message(Level::Info, &format_args!("permission document {version} may be published"));
            }
            Err(problem) => {
                self.logger
                    .message(Level::Warn, &format_args!("permission document refused by its validator: {problem}"));
            }
        }
        Some(Outcome::Judged { problem: judged.err() })
    }

    fn decided(&self, api: Api, decision: Decision) -> Outcome {
        let Decision { claims, permitted, policy, route, ruling, document, issuer, key_id, key_origin } = decision;
        let is_simple = self.is_simple(api);
        // A cached answer for other methods, too, would show them the reason of this one.
        let is_for_one = is_simple || policy.says == Says::Request;
        let several_issuers = self.authorizer.entries().len() > 1;
        let mut context = Context::of(&claims, document.permissions.context(), several_issuers, api);
        if is_for_one && !permitted {
            context = context.with_reason(ruling.reason);
        }
        let policy_line = PolicyLine::of(&policy, is_simple);
        let response = if is_simple {
            Response::Simple(SimpleResponse { is_authorized: permitted, context })
        } else {
            let usage_identifier_key = self.usage_identifier_key(api, &claims);
            let principal_id = principal(&claims, several_issuers);
            let policy_document = policy.document;
            Response::Policy(PolicyResponse { principal_id, policy_document, context, usage_identifier_key })
        };
        if !response.fits(api) {
            return Outcome::Undecided { reason: "answer_too_large" };
        }
        let ids = self.subject_log.ids(|name| claims.claim(name).and_then(Value::as_str));
        Outcome::Decided(Box::new(Decided {
            permitted,
            response,
            route,
            ruling,
            document,
            claims,
            issuer,
            key_id,
            ids,
            policy: policy_line,
            keys: key_origin.name(),
        }))
    }

    fn is_simple(&self, api: Api) -> bool {
        api == Api::Http2 && self.http_api_response == HttpApiResponse::Simple
    }

    fn usage_identifier_key(&self, api: Api, claims: &VerifiedClaims) -> Option<String> {
        let claim = self.usage_identifier_claim.as_ref().filter(|_| api == Api::Rest)?;
        claims.claim(claim)?.as_str().map(ToOwned::to_owned)
    }
}
