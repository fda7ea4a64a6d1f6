//! Why is the document no JSON?
//!
//! `serde_json` says where and what; here its words become those of somebody who looks at an editor.

use super::problem::InvalidDocument;

/// What `error` says of the document.
pub(crate) fn invalid(document: &str, error: &serde_json::Error) -> InvalidDocument {
    let offset = offset(document, error);
    let (before, rest) = document.split_at(offset);
    let comma = before.trim_end().strip_suffix(',').map(str::len);
    if let Some(comma) = comma.filter(|_| rest.starts_with([']', '}'])) {
        let message = format!("found a comma in front of `{}`, JSON has none there", rest.get(..1).unwrap_or_default());
        return InvalidDocument::unreadable(document.as_bytes(), comma, message);
    }
    InvalidDocument::unreadable(document.as_bytes(), offset, message(before, rest, error))
}

/// Where the error stands. `serde_json` counts lines from 1 and a column's bytes from 1, behind the byte order mark.
fn offset(document: &str, error: &serde_json::Error) -> usize {
    let mark = document.len() - document.strip_prefix('\u{feff}').unwrap_or(document).len();
    let lines_before = document.split_inclusive('\n').take(error.line().saturating_sub(1));
    let line_begin: usize = lines_before.map(str::len).sum();
    let line_begin = if error.line() <= 1 { mark } else { line_begin };
    let mut offset = (line_begin + error.column().saturating_sub(1)).min(document.len());
    while !document.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn message(before: &str, rest: &str, error: &serde_json::Error) -> String {
    // Its text ends in the place, which is told in another way.
    let text = error.to_string();
    let (problem, _) = text.rsplit_once(" at line ").unwrap_or((&text, ""));
    let Some(found) = rest.chars().next().filter(|_| !error.is_eof()) else {
        return at_the_end(before, problem).to_owned();
    };
    let in_string =
        ["control character", "invalid escape", "invalid unicode"].iter().any(|kind| problem.starts_with(kind));
    match (found, problem) {
        _ if problem.starts_with("control character") => {
            "found a line break or control character in a text, expected it as an escape such as `\\n`".to_owned()
        }
        _ if in_string => format!("found an escape that JSON does not have in a text ({problem})"),
        ('/' | '#', _) => "found a comment, JSON has no comments".to_owned(),
        ('\'' | '‘' | '’' | '“' | '”' | '`', _) => {
            format!("found `{found}`, expected double quotes around texts and names")
        }
        (_, "key must be a string") => format!("found `{found}`, expected a name in double quotes"),
        (_, "trailing characters") => format!("found `{found}` behind the end of the document, expected one object"),
        (_, "expected value" | "expected ident") => instead_of_a_value(rest),
        _ if problem.starts_with("expected") => format!("found `{found}`, {problem} in front of it"),
        _ => format!("found `{found}`: {problem}"),
    }
}

fn at_the_end(document: &str, problem: &str) -> &'static str {
    match problem {
        _ if document.trim_start_matches('\u{feff}').trim().is_empty() => {
            "found an empty document, expected an object with `permissions`"
        }
        "EOF while parsing an object" => "found the end of the document inside an object, expected `}`",
        "EOF while parsing a list" => "found the end of the document inside a list, expected `]`",
        "EOF while parsing a string" => "found the end of the document inside a text, expected `\"`",
        _ => "found the end of the document, expected a value",
    }
}

/// Other languages write `True`, `None` or a text without quotes.
fn instead_of_a_value(rest: &str) -> String {
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    let known = if word == "None" { Some("null") } else { crate::nearest::nearest(&word, &["true", "false", "null"]) };
    if let Some(known) = known {
        return format!("found `{word}`, did you mean `{known}`?");
    }
    let found = rest.chars().next().unwrap_or_default();
    format!("found `{found}`, expected a value: texts stand in double quotes")
}
