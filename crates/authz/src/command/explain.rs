//! `authz explain GET /orders/7`: the answer for one caller, the rule that decides, and what would open it.

mod token;

use super::holder::HolderArgs;
use crate::check::Use;
use crate::input;
use crate::outcome::{Failure, Outcome};
use crate::output::{Form, Output, Paint};
use crate::settings::Settings;
use crate::suite;
use crate::tokens::Tokens;
use crate::words;
use permissions::iam::{Compiled, Limits, Policies, Says};
use permissions::questions::{Caller, Explanation, Facts, Index, explain};
use permissions::{Method, Rule, Verdict};
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use token::Verified;

/// What the verb takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  authz explain GET /orders/7 --scopes orders/read,orders/write
  authz explain DELETE /orders/7 --groups support --claim custom:tenant_id=acme
  authz explain GET /orders/7 --claims claims.json --format json
  authz explain GET /orders/7 --token - --settings settings.env < token.txt

Claims are taken as those of a genuine token. With --token and --settings the function's own code says whether it accepts the
token. Neither token nor signature is ever printed. The exit code is 0 whether the answer is yes or no.")]
pub struct Args {
    /// The request: verb and path, or `$connect`.
    #[arg(required = true, num_args = 1..=2, value_name = "REQUEST")]
    request: Vec<String>,
    #[command(flatten)]
    holder: HolderArgs,
    #[command(flatten)]
    tokens: Tokens,
    /// A token whose claims to take; `-` is standard input. The other options add to them.
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,
    /// The function's settings: which tokens are accepted, and what bounds the policy.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The key set, in place of that of the settings.
    #[arg(long, value_name = "FILE", requires = "settings", requires = "token")]
    jwks: Option<PathBuf>,
    /// The permission document.
    #[arg(long, short, value_name = "FILE", default_value = "permissions.json")]
    document: PathBuf,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// What is told.
struct Answer<'a> {
    request: String,
    token: Option<Verified>,
    explanation: Explanation<'a>,
    policy: Compiled,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Result<Outcome, Failure> {
    let request = args.request.join(" ");
    let method = requested(&request)?;
    let (token, caller) = holder(args, &method)?;
    let document = args.tokens.of(input::permissions(&args.document)?);
    let (index, facts) = (Index::new(&document), Facts::of_cognito());
    let explanation = explain(&index, &caller, &method, &facts)?;
    let grants = document.grants(&caller);
    let limits = limits(args.settings.as_deref())?;
    let policy = Policies::new(&document, limits).compile(&grants, grants.decide(&method), &method);
    let answer = Answer { request, token, explanation, policy };
    output.print(&match args.format {
        Form::Text => text(&answer, output.paint())?,
        Form::Json => json(&answer),
    })?;
    Ok(Outcome::Holds)
}

/// Who asks, and whether the function accepts the token.
fn holder(args: &Args, method: &Method) -> Result<(Option<Verified>, Caller), Failure> {
    let Some(file) = &args.token else { return Ok((None, args.holder.caller()?)) };
    let text = input::text(file)?;
    let caller = args.holder.added_to(token::holder(&text, file)?)?;
    let verified = match &args.settings {
        Some(settings) => token::verified(&text, method, settings, &args.document, args.jwks.as_deref())?,
        None => Verified::NotAsked,
    };
    Ok((Some(verified), caller))
}

/// What bounds the policy with these settings.
fn limits(settings: Option<&Path>) -> Result<Limits, Failure> {
    let Some(file) = settings else { return Ok(Use::default().limits) };
    let understood = Settings::read(file)?.understood();
    let wrong = || understood.findings.first().map_or_else(String::new, |finding| finding.message.clone());
    understood.config.as_ref().map(|(config, _)| config.limits).ok_or_else(|| Failure::file(file, wrong()))
}

/// A request has a verb and texts; routes have `ANY` and parameters, which are a mistake here.
fn requested(text: &str) -> Result<Method, Failure> {
    if text.starts_with("ANY ") || text.contains(['{', '}']) {
        let problem = format!("found the route `{text}`, expected a request such as `GET /orders/7`");
        return Err(Failure::Usage(problem));
    }
    suite::method(text).map_err(Failure::Usage)
}

fn text(answer: &Answer<'_>, paint: Paint) -> Result<String, Failure> {
    let Answer { request, token, explanation, policy } = answer;
    let permitted = explanation.verdict.is_permitted();
    let word = if permitted { paint.cyan("allowed") } else { paint.red("refused") };
    let mut text = format!("{word} {request}\n  {}\n", words::verdict(explanation.verdict));
    if let Some(token) = token {
        let _ = writeln!(text, "  {}", token.words());
    }
    for deny in others(explanation) {
        let _ = writeln!(text, "  denied, too, by {}", words::rule(deny));
    }
    if !permitted {
        text.push_str(&openings(explanation));
    }
    let pretty = serde_json::to_value(&policy.document).map_err(|error| Failure::Unwritable(error.into()))?;
    let _ = writeln!(text, "\npolicy: {} bytes; {}", policy.document.bytes(), says(policy.says));
    let _ = writeln!(text, "{pretty:#}");
    Ok(text)
}

/// The denies that do not decide, since another one comes first.
fn others<'a>(explanation: &Explanation<'a>) -> impl Iterator<Item = Rule<'a>> {
    let first = explanation.verdict.rule();
    explanation.denies.iter().copied().filter(move |deny| Some(*deny) != first)
}

fn openings(explanation: &Explanation<'_>) -> String {
    let mut text = String::new();
    for remedy in &explanation.remedies {
        let place = remedy.permission;
        let _ = writeln!(text, "  would open it: {}, by permissions[{place}]", words::changes(&remedy.changes));
    }
    for obstacle in &explanation.obstacles {
        let denies: Vec<String> = obstacle.denies.iter().map(|deny| words::rule(*deny)).collect();
        // Without a deny it is the literal that wins.
        let why = if denies.is_empty() { "nothing opens it then".to_owned() } else { denies.join(" and ") };
        let (changes, place) = (words::changes(&obstacle.changes), obstacle.permission);
        let _ = writeln!(text, "  would not be enough: {changes}, for permissions[{place}]; in the way: {why}");
    }
    let is_spelling = explanation.verdict == Verdict::Misspelled;
    if explanation.left_out {
        text.push_str(
            "  denies name so many claims that not all were tried together: there can be more that opens it\n",
        );
    } else if explanation.remedies.is_empty() && !is_spelling {
        text.push_str("  nothing that is added to the token opens it\n");
    }
    text
}

/// What a kept policy of the same token says of other requests.
fn says(says: Says) -> &'static str {
    match says {
        Says::All => "while it is cached, everything that this token may call stays open",
        Says::AllButSpecial => {
            "while it is cached, paths in which a parameter equals a literal of the document can be refused"
        }
        Says::Part => "while it is cached, some of what this token may call is refused",
        Says::Request => "it answers for this request alone",
    }
}

fn json(answer: &Answer<'_>) -> String {
    let Answer { request, token, explanation, policy } = answer;
    let rule = |rule: Rule<'_>| json!({ "permission": rule.permission, "route": rule.route.text() });
    let denies = |denies: &[Rule<'_>]| denies.iter().copied().map(rule).collect::<Vec<_>>();
    let remedies = explanation.remedies.iter();
    let remedies = remedies.map(|one| json!({ "permission": one.permission, "changes": words::changes(&one.changes) }));
    let obstacles = explanation.obstacles.iter().map(|one| {
        let changes = words::changes(&one.changes);
        json!({ "permission": one.permission, "changes": changes, "denies": denies(&one.denies) })
    });
    let told = json!({
        "version": 1,
        "request": request,
        "token": token.as_ref().map(Verified::words),
        "allowed": explanation.verdict.is_permitted(),
        "verdict": words::verdict(explanation.verdict),
        "by": explanation.verdict.rule().map(rule),
        "denies": denies(&explanation.denies),
        "remedies": remedies.collect::<Vec<_>>(),
        "obstacles": obstacles.collect::<Vec<_>>(),
        "complete": !explanation.left_out,
        "policy": { "bytes": policy.document.bytes(), "cached": says(policy.says), "document": policy.document },
    });
    format!("{told:#}\n")
}
