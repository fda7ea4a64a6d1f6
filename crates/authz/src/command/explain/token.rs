//! A token that somebody was refused with: its claims, and whether the function accepts it. It is never printed.

use crate::command::holder::claims_in;
use crate::command::simulate::SILENT;
use crate::outcome::Failure;
use crate::settings;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cognito_authorizer::authorizer::Refusal;
use cognito_authorizer::clock::{Clock as _, SystemClock};
use cognito_authorizer::startup;
use cognito_authorizer::token::{BearerToken, Scheme};
use permissions::Method;
use permissions::questions::Caller;
use std::path::Path;

/// Does the function accept the token?
pub(super) enum Verified {
    /// There are no settings to tell by.
    NotAsked,
    /// Every check passed.
    Accepted,
    /// A check failed: its reason, as the function logs it, and what was found.
    Refused {
        /// A stable code; `docs/verification.md` and `docs/operate.md` say more.
        reason: &'static str,
        /// What was found, and what was expected.
        message: String,
    },
}

/// The holder that the token's claims describe, whoever signed them.
///
/// # Errors
/// [`Failure::File`] for what is no compact JWS with an object of claims.
pub(super) fn holder(token: &str, file: &Path) -> Result<Caller, Failure> {
    let malformed = || Failure::file(file, "found something else than one compact JWS, expected a token");
    let text = token.trim();
    let text = text.strip_prefix("Bearer ").unwrap_or(text);
    let parts: Vec<&str> = text.split('.').collect();
    let [_, payload, _] = parts.as_slice() else { return Err(malformed()) };
    let json = URL_SAFE_NO_PAD.decode(payload).map_err(|_| malformed())?;
    // What JSON finds wrong could quote the token.
    claims_in(&json, file).map(Caller::new).map_err(|_| malformed())
}

/// What the function says of the token with these settings.
///
/// # Errors
/// [`Failure::File`] when the function does not start with them.
pub(super) fn verified(
    token: &str,
    method: &Method,
    settings: &Path,
    document: &Path,
    jwks: Option<&Path>,
) -> Result<Verified, Failure> {
    let variables = settings::environment(Some(settings), Some(document), jwks)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Unwritable)?;
    let started = startup::start(variables.keys().cloned(), |name| variables.get(name).cloned(), SILENT);
    let gateway = runtime.block_on(started).map_err(|error| Failure::file(settings, error))?;
    let decided = BearerToken::parse(token.trim(), Scheme::Optional).map_err(Refusal::from).and_then(|token| {
        runtime.block_on(gateway.authorizer.authorize(&token, method, SystemClock.now())).map(|_| ())
    });
    Ok(match decided {
        Ok(()) => Verified::Accepted,
        Err(refusal) => Verified::Refused { reason: refusal.reason(), message: refusal.to_string() },
    })
}

impl Verified {
    /// One line.
    pub(super) fn words(&self) -> String {
        match self {
            Self::NotAsked => "the token was not verified: --settings says what is accepted".to_owned(),
            Self::Accepted => "the token is accepted: every check passed".to_owned(),
            Self::Refused { reason, message } => format!("the token is refused ({reason}): {message}"),
        }
    }
}
