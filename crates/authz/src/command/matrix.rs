//! `authz matrix`: the whole document as a table of routes by who can call them.

use crate::check::{Document, Use};
use crate::input;
use crate::matrix::{self, Row};
use crate::outcome::{Failure, Outcome};
use crate::output::{Output, Source};
use crate::tokens::Tokens;
use clap::ValueEnum;
use permissions::Permissions;
use permissions::questions::{Budget, Facts, Index, who};
use std::path::PathBuf;
use std::rc::Rc;

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  authz matrix
  authz matrix --format html permissions.json > permissions.html

The page needs no network. Who is chosen in it sees what a token with these scopes, groups and claims, and no others, can
call. Whatever depends on a claim being the value in the path is told apart.")]
pub struct Args {
    /// The permission document; `-` is standard input.
    #[arg(default_value = "permissions.json")]
    file: PathBuf,
    #[command(flatten)]
    tokens: Tokens,
    /// The form of the table.
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    format: Form,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people at a terminal.
    #[default]
    Text,
    /// For a page of text.
    Markdown,
    /// For a spreadsheet: one line for each way to call a route (RFC 4180).
    Csv,
    /// One page that can be searched and asked what a holder can do.
    Html,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let name = args.file.display().to_string();
    let document = Document { file: &name, source: Rc::new(Source::new(input::bytes(&args.file)?)) };
    let parsed = Permissions::parse(document.source.bytes());
    let permissions = args.tokens.of(parsed.map_err(|error| Failure::file(&args.file, error))?);
    let (index, facts) = (Index::new(&permissions), Facts::of_cognito());
    let answers = who(&index, permissions.catalog(), &facts, &mut Budget::default())?;
    let rows: Vec<Row<'_>> = Row::all(permissions.catalog(), &answers);
    output.print(&match args.format {
        Form::Text => matrix::text(&rows),
        Form::Markdown => matrix::markdown(&rows),
        Form::Csv => matrix::csv(&rows),
        Form::Html => {
            let findings = document.findings(&permissions, Use::default());
            matrix::html(&name, &rows, &permissions, &document.source, &findings)
                .map_err(|error| Failure::file(&args.file, error))?
        }
    })?;
    Ok(Outcome::Holds)
}
