//! `authz check [FILE...]`: is the document valid, and what will surprise its author?

use crate::check::{Document, Use, cached};
use crate::input;
use crate::outcome::{Failure, Outcome};
use crate::output::{Finding, Format, Level, Output, Source};
use crate::settings::{self, Settings};
use clap::ValueEnum;
use cognito_authorizer::config::accepted_tokens;
use permissions::Permissions;
use std::path::PathBuf;
use std::rc::Rc;

/// Where the document is if neither the command line nor settings name one.
const DEFAULT_FILE: &str = "permissions.json";

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  authz check
  authz check permissions.json --settings settings.env --fail-on error
  authz check --format sarif > authz.sarif

Every error and every finding is told, each cause once. docs/permissions.md has a section for each code, and says how a
document leaves one out. SARIF ends with 0 whatever was found: its reader decides.")]
pub struct Args {
    /// Permission documents; `-` is standard input. Without one, that of the settings, or `permissions.json`.
    files: Vec<PathBuf>,
    /// The function's settings: NAME=value, one a line, or a template of SAM or CloudFormation.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// What ends with exit code 1.
    #[arg(long, value_enum, default_value_t)]
    fail_on: FailOn,
    /// The form of the answer.
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    format: Format,
    /// Show every place of a finding.
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A warning, or an error.
    #[default]
    Warning,
    /// An error.
    Error,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let settings = args.settings.as_deref().map(Settings::read).transpose()?;
    let (mut used, mut issuers, mut findings, mut is_valid) = (Use::default(), None, Vec::new(), true);
    if let Some(settings) = &settings {
        let understood = settings.understood();
        is_valid = understood.config.is_some();
        findings.extend(understood.findings);
        if let Some((config, all)) = understood.config {
            used = Use {
                accepted: accepted_tokens(all.iter().map(|issuer| issuer.verifier.as_ref())),
                limits: config.limits,
            };
            issuers = Some(all);
        }
    }
    let files = files(args, settings.as_ref());
    let mut lines = Vec::new();
    for file in &files {
        let name = file.display().to_string();
        let document = Document { file: &name, source: Rc::new(Source::new(input::bytes(file)?)) };
        match Permissions::parse(document.source.bytes()) {
            Ok(permissions) => {
                let names = issuers.as_deref().map(settings::entries);
                if let Some(Err(misnamed)) = names.map(|names| permissions.check_issuers(&names)) {
                    findings.extend(document.misnamed(&misnamed));
                    is_valid = false;
                }
                findings.extend(document.findings(&permissions, used));
                lines.push(size(&name, &permissions));
                if args.format == Format::Text {
                    lines.push(format!("{name}: {}\n", cached::line(&permissions, used.limits)));
                }
            }
            Err(invalid) => {
                findings.extend(document.problems(&invalid));
                is_valid = false;
            }
        }
    }
    output.print(&output.written(args.format, &findings, args.all))?;
    if args.format == Format::Text {
        output.print(&format!("{}{}\n", lines.concat(), summary(&findings)))?;
    }
    Ok(outcome(args, &findings, is_valid))
}

fn files(args: &Args, settings: Option<&Settings>) -> Vec<PathBuf> {
    if !args.files.is_empty() {
        return args.files.clone();
    }
    let named = settings.and_then(|settings| settings.variable("PERMISSIONS_FILE").filter(|name| !name.is_empty()));
    let named = named.unwrap_or_else(|| DEFAULT_FILE.to_owned());
    let beside = settings.map(|settings| settings.folder().join(&named)).filter(|file| file.exists());
    vec![beside.unwrap_or_else(|| PathBuf::from(named))]
}

fn size(name: &str, document: &Permissions) -> String {
    let (permissions, routes) = (document.permissions().len(), document.catalog().len());
    format!("{name}: {}, {}\n", counted(permissions, "permission"), counted(routes, "route"))
}

fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn summary(findings: &[Finding]) -> String {
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    match (count(Level::Error), count(Level::Warning)) {
        (0, 0) => "nothing found".to_owned(),
        (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    }
}

fn outcome(args: &Args, findings: &[Finding], is_valid: bool) -> Outcome {
    let least = match args.fail_on {
        FailOn::Warning => Level::Warning,
        FailOn::Error => Level::Error,
    };
    match args.format {
        Format::Sarif => Outcome::Holds,
        _ if !is_valid => Outcome::NotValid,
        _ => Outcome::of(findings.iter().all(|finding| finding.level < least)),
    }
}
