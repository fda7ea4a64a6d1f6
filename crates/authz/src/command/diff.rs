//! `authz diff OLD NEW`: what a changed document opens and closes.

use crate::input;
use crate::outcome::{Failure, Outcome};
use crate::output::{Output, Paint};
use crate::tokens::Tokens;
use crate::words;
use clap::ValueEnum;
use permissions::Permissions;
use permissions::questions::{Budget, Difference, Facts, Gain, Index, diff};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  authz diff old.json permissions.json
  authz diff --against origin/main permissions.json --format markdown

Nothing is sampled: without a gain in the answer there is none for any token and any request. Requests whose spelling the
documents refuse are not looked at.")]
pub struct Args {
    /// The old document and the new one; with `--against` the new one alone.
    #[arg(required = true, num_args = 1..=2, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Take the old document from this revision of the file's git repository.
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    #[command(flatten)]
    tokens: Tokens,
    /// What ends with exit code 1.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "gain")]
    fail_on: Vec<FailOn>,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// The new document allows something that the old one does not.
    Gain,
    /// The old document allows something that the new one does not.
    Loss,
    /// Nothing.
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people at a terminal.
    #[default]
    Text,
    /// For programs; versioned.
    Json,
    /// A comment of a pull request.
    Markdown,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let (old, new) = documents(args)?;
    let (old, new) = (args.tokens.of(old), args.tokens.of(new));
    let (old_index, new_index, facts) = (Index::new(&old), Index::new(&new), Facts::of_cognito());
    let found = diff(&old_index, &new_index, &facts, &mut Budget::default())?;
    let context = old.context() != new.context();
    output.print(&match args.format {
        Form::Text => text(&found, context, output.paint()),
        Form::Json => json(&found, context),
        Form::Markdown => markdown(&found, context),
    })?;
    let fails = |on: FailOn, gains: &[Gain<'_>]| args.fail_on.contains(&on) && !gains.is_empty();
    Ok(Outcome::of(!fails(FailOn::Gain, &found.gained) && !fails(FailOn::Loss, &found.lost)))
}

fn documents(args: &Args) -> Result<(Permissions, Permissions), Failure> {
    match (args.files.as_slice(), &args.against) {
        ([old, new], None) => Ok((input::permissions(old)?, input::permissions(new)?)),
        ([file], Some(revision)) => Ok((at_revision(file, revision)?, input::permissions(file)?)),
        ([_], None) => Err(Failure::Usage("found one file, expected two, or `--against REV`".to_owned())),
        _ => Err(Failure::Usage("found two files and `--against`, expected one file".to_owned())),
    }
}

/// The file as it was at this revision, from git.
fn at_revision(file: &Path, revision: &str) -> Result<Permissions, Failure> {
    let place = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if revision.starts_with('-') {
        return Err(Failure::Usage(format!("found the revision `{revision}`, expected one without a leading `-`")));
    }
    let object = format!("{revision}:./{name}");
    let shown = Command::new("git").arg("-C").arg(place).args(["show", &object]).output();
    let shown = shown.map_err(|error| Failure::file(file, format!("git cannot be run: {error}")))?;
    if !shown.status.success() {
        let problem = String::from_utf8_lossy(&shown.stderr);
        return Err(Failure::file(file, problem.trim()));
    }
    Permissions::parse(&shown.stdout).map_err(|error| Failure::file(Path::new(&object), error))
}

const EQUIVALENT: &str = "equivalent: both documents allow everybody the same";
const CONTEXT: &str = "the context's names or claims differ";

fn text(found: &Difference<'_>, context: bool, paint: Paint) -> String {
    let mut text = String::new();
    for (word, gains) in [(paint.red("gained"), &found.gained), (paint.yellow("lost"), &found.lost)] {
        for gain in gains {
            let unlisted = if gain.witness.has_listed_verb() { "" } else { " (a verb that API Gateway does not list)" };
            let _ = writeln!(text, "{word} {}{unlisted}", request(gain));
            let _ = writeln!(text, "  for {}", gain.witness.caller);
            let _ = writeln!(text, "  by {}", words::rule(gain.by));
            let _ = writeln!(text, "  {}: {}", other(gains, found), words::verdict(gain.before));
        }
    }
    if found.is_empty() {
        let _ = writeln!(text, "{EQUIVALENT}");
    }
    if context {
        let _ = writeln!(text, "{CONTEXT}");
    }
    text
}

/// The document that does not allow it.
fn other(gains: &[Gain<'_>], found: &Difference<'_>) -> &'static str {
    if std::ptr::eq(gains, found.gained.as_slice()) { "before" } else { "now" }
}

fn request(gain: &Gain<'_>) -> String {
    let witness = &gain.witness;
    if witness.path.is_empty() { witness.verb.to_owned() } else { format!("{} {}", witness.verb, witness.path) }
}

fn json(found: &Difference<'_>, context: bool) -> String {
    let list = |gains: &[Gain<'_>]| gains.iter().map(one_as_json).collect::<Vec<_>>();
    let answer = json!({
        "version": 1,
        "equivalent": found.is_empty(),
        "context_differs": context,
        "gained": list(&found.gained),
        "lost": list(&found.lost),
    });
    format!("{answer:#}\n")
}

fn one_as_json(gain: &Gain<'_>) -> Value {
    json!({
        "verb": gain.witness.verb,
        "verb_is_listed": gain.witness.has_listed_verb(),
        "path": gain.witness.path,
        "claims": gain.witness.caller.claims(),
        "by": { "permission": gain.by.permission, "route": gain.by.route.text() },
        "otherwise": words::verdict(gain.before),
    })
}

fn markdown(found: &Difference<'_>, context: bool) -> String {
    let mut text = String::new();
    for (title, gains) in [("Gained", &found.gained), ("Lost", &found.lost)] {
        if gains.is_empty() {
            continue;
        }
        let _ = writeln!(text, "### {title}\n\n| request | for | by | {} |\n|---|---|---|---|", other(gains, found));
        for gain in gains {
            let (by, verdict) = (words::rule(gain.by), words::verdict(gain.before));
            let caller = code(&gain.witness.caller.to_string());
            let _ = writeln!(text, "| {} | {caller} | {} | {} |", code(&request(gain)), cell(&by), cell(&verdict));
        }
        text.push('\n');
    }
    if found.is_empty() {
        let _ = writeln!(text, "{EQUIVALENT}");
    }
    if context {
        let _ = writeln!(text, "{CONTEXT}");
    }
    text
}

/// Text in a cell of a table. Its code spans stay.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\r', '\n'], " ").replace('<', "&lt;")
}

/// A code span in a cell of a table.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let (fence, space) = ("`".repeat(longest + 1), if longest > 0 { " " } else { "" });
    format!("{fence}{space}{}{space}{fence}", text.replace('|', "\\|").replace(['\r', '\n'], " "))
}
