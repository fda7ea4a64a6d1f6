//! The Lambda function: the runtime hands each event to the [`Gateway`] that settings and files became.

#![forbid(unsafe_code)]

mod by_hand;

use by_hand::Answer;
use cognito_authorizer::gateway::Invocation;
use cognito_authorizer::log::{Level, Logger};
use cognito_authorizer::{config, startup};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

// The switch is a build-time variable of a dependency, and its loss would be silent: see `.cargo/config.toml`.
// Exactly `1`, since `0` says no.
const _: () = assert!(
    matches!(option_env!("AWS_LC_SYS_NO_JITTER_ENTROPY"), Some(switch) if matches!(switch.as_bytes(), b"1")),
    "build inside the repository, so that `.cargo/config.toml` applies: a cold start would take 31 ms more without it"
);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match by_hand::answer(&arguments, variable("AWS_LAMBDA_RUNTIME_API").is_some()) {
        Some(answer) => say(&answer),
        None => serve_lambda(),
    }
}

/// Whoever started it may have gone before it is said; there is nobody else to tell.
fn say(answer: &Answer) -> ExitCode {
    match answer {
        Answer::Asked(text) => {
            let _ = writeln!(std::io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Answer::Mistaken(text) => {
            let _ = writeln!(std::io::stderr(), "{}: {text}", env!("CARGO_PKG_NAME"));
            ExitCode::from(MISUSE)
        }
    }
}

/// The exit status of a program that was started wrongly, as shells and their commands have it.
const MISUSE: u8 = 2;

fn serve_lambda() -> ExitCode {
    let logger = config::logger(variable);
    log_panics(logger);
    match runtime().map(|runtime| runtime.block_on(serve(logger))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => failure(logger, &error),
        Err(error) => failure(logger, &error.into()),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A panic's message could quote what it stumbled over, so only its place is written down.
fn log_panics(logger: Logger) {
    std::panic::set_hook(Box::new(move |panic| match panic.location() {
        Some(place) => logger.message(Level::Error, &format_args!("panicked at {}:{}", place.file(), place.line())),
        None => logger.message(Level::Error, &"panicked"),
    }));
}

fn failure(logger: Logger, error: &lambda_runtime::Error) -> ExitCode {
    logger.message(Level::Error, error);
    ExitCode::FAILURE
}

/// One thread, since an invocation is one short computation and a second thread would only cost its start; more where
/// Lambda Managed Instances hand one process several invocations at a time.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let concurrency = variable("AWS_LAMBDA_MAX_CONCURRENCY").and_then(|number| number.parse::<u32>().ok());
    let mut builder = match concurrency {
        Some(2..) => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    builder.enable_all().build()
}

async fn serve(logger: Logger) -> Result<(), lambda_runtime::Error> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let gateway = startup::start(names, variable, logger).await.map_err(|error| format!("not started: {error}"))?;
    let gateway = Arc::new(gateway);
    let handler = move |event: LambdaEvent<Box<RawValue>>| {
        let gateway = Arc::clone(&gateway);
        async move {
            let LambdaEvent { payload, context } = &event;
            let invocation = Invocation { request_id: &context.request_id, trace: context.xray_trace_id.as_deref() };
            gateway.answer(payload.get(), invocation).await
        }
    };
    Runtime::new(service_fn(handler)).run_concurrent().await
}
