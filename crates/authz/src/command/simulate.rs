//! `authz simulate EVENT.json...`: the function's answers, byte for byte, by the function's own code.

use crate::input;
use crate::outcome::{Failure, Outcome};
use crate::output::Output;
use crate::settings;
use cognito_authorizer::config::UnknownSettings;
use cognito_authorizer::gateway::Gateway;
use cognito_authorizer::log::{Format, Level, Logger};
use cognito_authorizer::startup;
use lambda_runtime::Diagnostic;
use std::path::{Path, PathBuf};

/// Nothing is logged at this level, so that answers stand alone.
pub(super) const SILENT: Logger = Logger { level: Level::Fatal, format: Format::Json };

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  authz simulate --settings events/settings.env events/allow-by-scope.json
  USER_POOL_ID=eu-west-1_AbC APP_CLIENT_ID=abc authz simulate --jwks jwks.json event.json

Each event's answer is one line: what the function gives back, or the error that API Gateway turns into 401 or 500. The
function's own code answers, at the time of this machine's clock. Keys are fetched as the function fetches them, unless
JWKS_FILE or --jwks has them.")]
pub struct Args {
    /// Events as API Gateway sends them, JSON; `-` is standard input.
    #[arg(required = true, value_name = "EVENT")]
    events: Vec<PathBuf>,
    /// The function's settings: NAME=value, one a line. Without it, the environment's.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The permission document, in place of that of the settings.
    #[arg(long, short, value_name = "FILE")]
    document: Option<PathBuf>,
    /// The key set, in place of that of the settings.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let files = (args.settings.as_deref(), args.document.as_deref(), args.jwks.as_deref());
    let variables = settings::environment(files.0, files.1, files.2)?;
    if let Some(unknown) = UnknownSettings::among(variables.keys().cloned()) {
        output.remark(&format!("{unknown}\n"))?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Unwritable)?;
    let source = args.settings.as_deref().unwrap_or(Path::new("the environment"));
    let started = startup::start(variables.keys().cloned(), |name| variables.get(name).cloned(), SILENT);
    let gateway = runtime.block_on(started).map_err(|error| Failure::file(source, error))?;
    for event in &args.events {
        let event = input::text(event)?;
        let answer = runtime.block_on(answer(&gateway, &event)).map_err(|error| Failure::Unwritable(error.into()))?;
        output.print(&format!("{answer}\n"))?;
    }
    Ok(Outcome::Holds)
}

/// As the Lambda runtime writes it.
async fn answer(gateway: &Gateway, event: &str) -> serde_json::Result<String> {
    match gateway.answer(event, "simulated").await {
        Ok(response) => serde_json::to_string(&response),
        Err(failure) => serde_json::to_string(&Diagnostic::from(failure)),
    }
}
