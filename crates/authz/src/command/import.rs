//! `authz import FILE`: a permission document from a specification; with `--check`, where the two drift apart.

use crate::import::remarks::Remarks;
use crate::import::{self, Reading, document, drift};
use crate::input;
use crate::outcome::{Failure, Outcome};
use crate::output::{Format, Output};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  authz import openapi.yaml > permissions.json
  authz import --check permissions.json openapi.yaml
  authz import --api OrdersApi --check permissions.json template.yaml";

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// OpenAPI 3.0 or 3.1, Swagger 2.0, an export of API Gateway, or a SAM template; YAML or JSON; `-` is standard input.
    file: PathBuf,
    /// Write no document: fail if this one and the specification have drifted apart.
    #[arg(long, value_name = "PERMISSIONS")]
    check: Option<PathBuf>,
    /// Put this before every path, in place of the servers' base path; `/` for nothing.
    #[arg(long, value_name = "PATH")]
    base_path: Option<String>,
    /// A verified token fulfils this security scheme, whatever its type. May be given several times.
    #[arg(long = "token-scheme", value_name = "NAME")]
    token_schemes: Vec<String>,
    /// One scope of a list is enough, as for API Gateway's own authorizers.
    #[arg(long)]
    any_scope: bool,
    /// The logical id of the API, for a template with several.
    #[arg(long, value_name = "ID")]
    api: Option<String>,
    /// The form of what is found.
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    format: Format,
    /// Show every example of a finding.
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let reading = Reading {
        base_path: args.base_path.clone(),
        token_schemes: args.token_schemes.clone(),
        any_scope: args.any_scope,
        api: args.api.clone(),
    };
    let mut remarks = Remarks::default();
    let api = import::read(&args.file, &reading, &mut remarks)?;
    match &args.check {
        Some(permissions) => check(args, &api, permissions, remarks, output),
        None => write(args, &api, remarks, output),
    }
}

/// The document is the answer; what there is to say of it goes beside it.
fn write(args: &Args, api: &import::Api, mut remarks: Remarks, output: &mut Output) -> Result<Outcome, Failure> {
    document::remark(api, &mut remarks);
    let written = document::write(api);
    if let Some(written) = &written {
        output.print(written.as_ref().map_err(|error| Failure::file(&args.file, error))?)?;
    }
    let findings = remarks.findings(&args.file);
    if !findings.is_empty() {
        output.remark(&output.written(args.format, &findings, args.all))?;
    }
    if written.is_none() {
        output.remark("the specification lets nobody in by a token, so there is no document to write\n")?;
    }
    Ok(Outcome::of(written.is_some()))
}

/// The findings are the answer. What was left out of the specification is among them, since it was not compared.
fn check(
    args: &Args,
    api: &import::Api,
    file: &Path,
    remarks: Remarks,
    output: &mut Output,
) -> Result<Outcome, Failure> {
    let permissions = input::permissions(file)?;
    let drifted = drift::findings(api, &permissions, file);
    let mut findings = remarks.findings(&args.file);
    findings.extend(drifted.iter().cloned());
    output.print(&output.written(args.format, &findings, args.all))?;
    if drifted.is_empty() && args.format == Format::Text {
        output.print(&format!("{} routes: specification and document agree\n", api.operations.len()))?;
    }
    Ok(Outcome::of(drifted.is_empty()))
}
