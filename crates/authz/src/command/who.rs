//! `authz who GET /orders/{id}`: the minimal conditions under which anybody can call a route.

use crate::input;
use crate::outcome::{Failure, Outcome};
use crate::output::{Form, Output};
use crate::tokens::Tokens;
use crate::words;
use permissions::Route;
use permissions::questions::{Budget, Cell, Facts, Index, Who, who};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  authz who GET '/orders/{id}'
  authz who --document permissions.json

Each line below a request is one way to be allowed. Requests with another answer than the route's own follow it.")]
pub struct Args {
    /// The route, as a document writes it; without one, all routes of the document.
    #[arg(value_name = "ROUTE")]
    route: Vec<String>,
    #[command(flatten)]
    tokens: Tokens,
    /// The permission document.
    #[arg(long, short, value_name = "FILE", default_value = "permissions.json")]
    document: PathBuf,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let document = args.tokens.of(input::permissions(&args.document)?);
    let routes = routes(&args.route, document.catalog())?;
    let (index, facts) = (Index::new(&document), Facts::of_cognito());
    let answers = who(&index, &routes, &facts, &mut Budget::default())?;
    output.print(&match args.format {
        Form::Text => answers.iter().map(text).collect(),
        Form::Json => json(&routes, &answers),
    })?;
    Ok(Outcome::Holds)
}

fn routes(words: &[String], catalog: &[Route]) -> Result<Vec<Route>, Failure> {
    if words.is_empty() {
        return Ok(catalog.to_vec());
    }
    let route = words.join(" ").parse::<Route>();
    route.map(|route| vec![route]).map_err(|error| Failure::Usage(error.to_string()))
}

fn request(cell: &Cell<'_>) -> String {
    let verb = if cell.other_verbs { "ANY" } else { cell.verb };
    if cell.path.is_empty() { verb.to_owned() } else { format!("{verb} {}", cell.path) }
}

fn text(who: &Who<'_>) -> String {
    let mut text = String::new();
    for cell in &who.cells {
        let _ = writeln!(text, "{}", request(cell));
        for way in &cell.ways {
            let _ = writeln!(text, "  {}", words::way(way, cell));
        }
        if cell.ways.is_empty() {
            let _ = writeln!(text, "  nobody");
        }
    }
    if who.capped {
        let _ = writeln!(text, "  and more requests with an answer of their own, which were not looked at");
    }
    text
}

fn json(routes: &[Route], answers: &[Who<'_>]) -> String {
    let cell = |cell: &Cell<'_>| {
        let ways: Vec<Value> = cell
            .ways
            .iter()
            .map(|way| json!({ "permission": way.permission, "conditions": words::way(way, cell) }))
            .collect();
        json!({ "request": request(cell), "ways": ways })
    };
    let route = |(route, who): (&Route, &Who<'_>)| {
        let cells: Vec<Value> = who.cells.iter().map(cell).collect();
        json!({ "route": route.text(), "complete": !who.capped, "requests": cells })
    };
    let routes: Vec<Value> = routes.iter().zip(answers).map(route).collect();
    format!("{:#}\n", json!({ "version": 1, "routes": routes }))
}
