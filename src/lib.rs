//! May the holder of this token call this method?
//!
//! An API Gateway Lambda authorizer for Amazon Cognito tokens. It verifies the token against the pool's keys, works out
//! what its scopes, groups and claims permit, and says all of it in one IAM policy, so that the answer stays right for
//! every route while API Gateway caches it.
//!
//! ```text
//! event → BearerToken + Method → UnverifiedToken → VerifiedClaims → Grants → PolicyDocument → response
//!
//! clock ← jwks ← token ← documents ← authorizer ← gateway ← cache_check ← startup ← main
//! config → settings for startup
//! ```
//!
//! | module | the question it answers |
//! |---|---|
//! | [`clock`] | what time is it? |
//! | [`jwks`] | which keys may sign? |
//! | [`token`] | is the token genuine, current and ours? |
//! | [`documents`] | which permission document decides? |
//! | [`authorizer`] | what is the answer? Read this one first. |
//! | [`gateway`] | what does API Gateway send and expect? |
//! | [`config`] | what may the operator set? |
//! | `cache_check` | is the document safe to cache by token? |
//! | [`startup`] | how do settings and files become a gateway? |
//! | [`log`] | what is written down about it? |
//!
//! Imports point left along the line, never right. What a token's holder may do, and how that is written as an IAM policy,
//! is the engine's question: the package [`permissions`].

#![forbid(unsafe_code)]

pub mod authorizer;
mod cache_check;
pub mod clock;
pub mod config;
pub mod documents;
pub mod gateway;
pub mod jwks;
pub mod log;
pub mod startup;
pub mod token;
