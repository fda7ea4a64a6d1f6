//! A document as a table: routes by who can call them.

mod page;

pub(crate) use page::html;

use crate::words;
use permissions::Route;
use permissions::questions::{Cell, Who};
use std::fmt::Write as _;

/// Requests with one answer.
pub(crate) struct Row<'a> {
    /// The route of the catalog.
    pub(crate) route: &'a Route,
    /// The requests, as a route.
    pub(crate) request: String,
    /// Is it a part of the route's requests, with an answer of its own?
    pub(crate) is_part: bool,
    /// Its answer.
    pub(crate) cell: &'a Cell<'a>,
    /// Were some of the route's requests not looked at?
    pub(crate) capped: bool,
}

impl<'a> Row<'a> {
    /// The rows of these routes, in their order.
    pub(crate) fn all(routes: &'a [Route], answers: &'a [Who<'a>]) -> Vec<Self> {
        let of_route = |(route, who): (&'a Route, &'a Who<'a>)| {
            who.cells.iter().enumerate().map(move |(number, cell)| Self {
                route,
                request: request(cell),
                is_part: number > 0,
                cell,
                capped: who.capped && number + 1 == who.cells.len(),
            })
        };
        routes.iter().zip(answers).flat_map(of_route).collect()
    }

    /// Each way to be allowed, in words; nobody, if there is none.
    fn ways(&self) -> Vec<String> {
        let mut ways: Vec<String> = self.cell.ways.iter().map(|way| words::way(way, self.cell)).collect();
        if ways.is_empty() {
            ways.push("nobody".to_owned());
        }
        if self.capped {
            ways.push("more requests with an answer of their own were not looked at".to_owned());
        }
        ways
    }
}

fn request(cell: &Cell<'_>) -> String {
    let verb = if cell.other_verbs { "ANY" } else { cell.verb };
    if cell.path.is_empty() { verb.to_owned() } else { format!("{verb} {}", cell.path) }
}

/// No route's column is wider, in characters: the rest is for who may call it, on a terminal of 80 columns.
const WIDEST_ROUTE: usize = 40;

/// Two columns. Parts of a route are indented below it.
pub(crate) fn text(rows: &[Row<'_>]) -> String {
    let name = |row: &Row<'_>| format!("{}{}", if row.is_part { "  " } else { "" }, row.request);
    let width = rows.iter().map(|row| name(row).chars().count()).filter(|width| *width <= WIDEST_ROUTE).max();
    let width = width.unwrap_or(WIDEST_ROUTE);
    let mut text = String::new();
    for row in rows {
        let mut first = name(row);
        if first.chars().count() > width {
            let _ = writeln!(text, "{first}");
            first.clear();
        }
        for way in row.ways() {
            let _ = writeln!(text, "{first:width$}  {way}");
            first.clear();
        }
    }
    text
}

/// A table of GitHub Flavored Markdown.
pub(crate) fn markdown(rows: &[Row<'_>]) -> String {
    let mut text = "| route | who can call it |\n|---|---|\n".to_owned();
    for row in rows {
        let ways: Vec<String> = row.ways().iter().map(|way| cell(way)).collect();
        let indent = if row.is_part { "&emsp;" } else { "" };
        let _ = writeln!(text, "| {indent}`{}` | {} |", row.request.replace('|', "\\|"), ways.join("<br>or "));
    }
    text
}

/// Text in a cell. What means something in Markdown is escaped.
fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// One line for each way (RFC 4180).
pub(crate) fn csv(rows: &[Row<'_>]) -> String {
    let mut text = "route,requests,permission,who\r\n".to_owned();
    for row in rows {
        let mut line = |permission: String, who: &str| {
            let fields = [row.route.text(), &row.request, &permission, who].map(field);
            let _ = write!(text, "{}\r\n", fields.join(","));
        };
        for way in &row.cell.ways {
            line(way.permission.to_string(), &words::way(way, row.cell));
        }
        if row.cell.ways.is_empty() {
            line(String::new(), "nobody");
        }
    }
    text
}

/// A field, in quotes where it must be. One that a spreadsheet would take for a formula has an apostrophe before it
/// (OWASP, "CSV Injection").
fn field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    let needs_quotes = text.contains(['"', ',', '\r', '\n']);
    if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_cell() {
        for (text, expected) in
            [("a", "a"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("=1+1", "'=1+1")]
        {
            assert_eq!(field(text), expected);
        }
        assert_eq!(cell("a|b `c` <img> [d](e)\n"), "a\\|b \\`c\\` &lt;img> \\[d\\](e) ");
    }
}
