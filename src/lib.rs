//! May the holder of this token call this method?
//!
//! An API Gateway Lambda authorizer for Amazon Cognito tokens. It verifies the token against the pool's keys, works out
//! what its scopes, groups and claims permit, and says all of it in one IAM policy, so that the answer stays right for
//! every route while API Gateway caches it.
//!
//! ```text
//! event → BearerToken + MethodArn → UnverifiedToken → VerifiedClaims → Grants → PolicyDocument → response
//!
//! clock ← jwks ← token ← access ← policy ← authorizer ← gateway ← main        config → settings for main
//! ```
//!
//! | module | the question it answers |
//! |---|---|
//! | [`clock`] | what time is it? |
//! | [`jwks`] | which keys may sign? |
//! | [`token`] | is the token genuine, current and ours? |
//! | [`access`] | what may its holder do? |
//! | [`policy`] | how is that said in IAM? |
//! | [`authorizer`] | what is the answer? Read this one first. |
//! | [`gateway`] | what does API Gateway send and expect? |
//! | [`config`] | what may the operator set? |
//! | [`log`] | what is written down about it? |
//!
//! Imports point left along the line, never right. Beside it stands `json`, for texts that may not say a thing twice.

#![forbid(unsafe_code)]

pub mod access;
pub mod authorizer;
pub mod clock;
pub mod config;
pub mod gateway;
mod json;
pub mod jwks;
pub mod log;
pub mod policy;
pub mod token;
