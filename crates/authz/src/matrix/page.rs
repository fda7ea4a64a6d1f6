//! The table as one page that can be searched and asked what a holder can do.
//!
//! The engine's answer for each route is in the page: its minimal ways, each with its conditions and its exceptions. A
//! way is open to a holder of a set of scopes, groups and claims if its conditions are in the set and no exception is, so
//! the page answers for every set by looking at sets. The engine as WebAssembly would weigh ten times as much for the same.

use super::Row;
use crate::output::{Finding, Source};
use crate::words;
use askama::Template;
use permissions::questions::{Atom, Need, Way};
use permissions::{Permissions, Place};

/// The page.
#[derive(Template)]
#[template(path = "matrix.html")]
struct Page<'a> {
    file: &'a str,
    kinds: Vec<Kind>,
    rows: Vec<Line>,
    findings: Vec<Note>,
    routes: usize,
    /// Each permission, as the document has it.
    permissions: Vec<String>,
}

/// Scopes, groups or claims, with the numbers by which the ways name them.
struct Kind {
    name: &'static str,
    atoms: Vec<(usize, String)>,
}

struct Line {
    request: String,
    is_part: bool,
    ways: Vec<Choice>,
    notes: Vec<Note>,
    capped: bool,
}

/// One way to be allowed.
struct Choice {
    words: String,
    permission: usize,
    /// The numbers of the conditions.
    needs: String,
    /// Does it depend on a claim being the value in the path, too?
    is_partly: bool,
    /// The exceptions, with semicolons between: the numbers of each one's conditions, and a `?` if it depends on the path.
    unless: String,
}

#[derive(Clone)]
struct Note {
    code: &'static str,
    level: &'static str,
    message: String,
    line: Option<usize>,
}

pub(crate) fn html(
    file: &str,
    rows: &[Row<'_>],
    permissions: &Permissions,
    source: &Source,
    findings: &[Finding],
) -> askama::Result<String> {
    let atoms = Atoms::of(rows);
    let line = |row: &Row<'_>| Line {
        request: row.request.clone(),
        is_part: row.is_part,
        ways: row.cell.ways.iter().map(|way| choice(way, row, &atoms)).collect(),
        notes: if row.is_part { Vec::new() } else { notes(findings, row.route.text()) },
        capped: row.capped,
    };
    let page = Page {
        file,
        kinds: atoms.kinds(),
        rows: rows.iter().map(line).collect(),
        findings: findings.iter().map(note).collect(),
        routes: permissions.catalog().len(),
        permissions: (0..permissions.permissions().len()).map(|number| written(number, source)).collect(),
    };
    page.render()
}

/// Every condition that a way names, once. Its number is its place.
struct Atoms<'a>(Vec<Atom<'a>>);

impl<'a> Atoms<'a> {
    fn of(rows: &[Row<'a>]) -> Self {
        let mut atoms: Vec<Atom<'a>> = Vec::new();
        let ways = rows.iter().flat_map(|row| &row.cell.ways);
        for need in ways.flat_map(|way| way.needs.iter().chain(way.unless.iter().flatten())) {
            if let Need::Atom(atom) = need
                && !atoms.contains(atom)
            {
                atoms.push(*atom);
            }
        }
        atoms.sort_by_cached_key(|atom| words::atom(*atom));
        Self(atoms)
    }

    fn kinds(&self) -> Vec<Kind> {
        let of = |name: &'static str, is_meant: fn(Atom<'_>) -> Option<String>| {
            let atoms = self.0.iter().enumerate();
            let atoms: Vec<_> = atoms.filter_map(|(number, atom)| Some((number, is_meant(*atom)?))).collect();
            Kind { name, atoms }
        };
        let kinds = [
            of("Scopes", |atom| if let Atom::Scope(scope) = atom { Some(scope.to_owned()) } else { None }),
            of("Groups", |atom| if let Atom::Group(group) = atom { Some(group.to_owned()) } else { None }),
            of("Claims", |atom| matches!(atom, Atom::Claim(..)).then(|| words::atom(atom))),
        ];
        kinds.into_iter().filter(|kind| !kind.atoms.is_empty()).collect()
    }

    /// The numbers of these conditions, and whether there are others, about the path.
    fn numbers(&self, needs: &[Need<'_>]) -> (Vec<String>, bool) {
        let number = |need: &Need<'_>| match need {
            Need::Atom(atom) => self.0.iter().position(|known| known == atom).map(|number| number.to_string()),
            _ => None,
        };
        let numbers: Vec<String> = needs.iter().filter_map(number).collect();
        let is_partly = numbers.len() < needs.len();
        (numbers, is_partly)
    }
}

fn written(permission: usize, source: &Source) -> String {
    let range = Place::permission(permission).find_in(source.bytes());
    let bytes = range.and_then(|range| source.bytes().get(range)).unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

fn choice(way: &Way<'_>, row: &Row<'_>, atoms: &Atoms<'_>) -> Choice {
    let (needs, is_partly) = atoms.numbers(&way.needs);
    let unless = way.unless.iter().map(|exception| {
        let (mut numbers, is_partly) = atoms.numbers(exception);
        if is_partly {
            numbers.push("?".to_owned());
        }
        numbers.join(" ")
    });
    Choice {
        words: words::way(way, row.cell),
        permission: way.permission,
        needs: needs.join(" "),
        is_partly,
        unless: unless.collect::<Vec<_>>().join(";"),
    }
}

/// The findings about a route.
fn notes(findings: &[Finding], route: &str) -> Vec<Note> {
    let about = |finding: &&Finding| finding.spots.iter().any(|spot| spot.route.as_deref() == Some(route));
    findings.iter().filter(about).map(note).collect()
}

fn note(finding: &Finding) -> Note {
    Note {
        code: finding.code,
        level: finding.level.name(),
        message: finding.message.clone(),
        line: finding.spots.first().map(|spot| spot.line),
    }
}
