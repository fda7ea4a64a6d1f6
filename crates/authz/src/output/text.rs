//! Findings for people at a terminal.

use super::spot::{Source, Spot};
use super::{Finding, Level, Paint};
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level as Title, Renderer, Snippet, normalize_untrusted_str,
};
use std::fmt::Write as _;

pub(super) fn write(findings: &[Finding], paint: Paint, all: bool) -> String {
    findings.iter().fold(String::new(), |mut text, finding| {
        // Writing to a `String` cannot fail.
        let _ = match &finding.source {
            Some(source) if !finding.spots.is_empty() => write_underlined(&mut text, finding, source, paint, all),
            _ => write_listed(&mut text, finding, paint, all),
        };
        text
    })
}

fn write_listed(text: &mut String, finding: &Finding, paint: Paint, all: bool) -> std::fmt::Result {
    let level = match finding.level {
        Level::Note => paint.cyan("note"),
        Level::Warning => paint.yellow("warning"),
        Level::Error => paint.red("error"),
    };
    writeln!(text, "{level}[{}]: {}", finding.code, finding.message)?;
    let (shown, left_out) = finding.shown(all);
    for example in shown {
        writeln!(text, "  {example}")?;
    }
    if left_out > 0 {
        writeln!(text, "  {}", more(left_out))?;
    }
    finding.help.iter().try_for_each(|help| writeln!(text, "  {}: {help}", paint.cyan("help")))?;
    finding.see.iter().try_for_each(|see| writeln!(text, "  {}: see {see}", paint.cyan("note")))
}

/// With the places underlined, as compilers do.
fn write_underlined(
    text: &mut String,
    finding: &Finding,
    source: &Source,
    paint: Paint,
    all: bool,
) -> std::fmt::Result {
    let (shown, left_out) = finding.shown_spots(all);
    let level = match finding.level {
        Level::Note => Title::NOTE,
        Level::Warning => Title::WARNING,
        Level::Error => Title::ERROR,
    };
    let title = level.primary_title(finding.message.as_str()).id(finding.code);
    let mut group = Group::with_title(title);
    if let Some(snippet) = snippet(finding, source, shown) {
        group = group.element(snippet);
    }
    let mut notes: Vec<(Title<'_>, String)> = Vec::new();
    if left_out > 0 {
        notes.push((Title::NOTE, more(left_out)));
    }
    notes.extend(finding.examples.iter().map(|example| (Title::NOTE, format!("for example {example}"))));
    notes.extend(finding.help.iter().map(|help| (Title::HELP, help.clone())));
    notes.extend(finding.see.iter().map(|see| (Title::NOTE, format!("see {see}"))));
    for (level, note) in notes {
        group = group.element(level.message(normalize_untrusted_str(&note)));
    }
    let renderer = if paint.is_on() { Renderer::styled() } else { Renderer::plain() };
    writeln!(text, "{}\n", renderer.render(&[group]))
}

/// The lines from the first place to the last one. Lines in between that have nothing to show are left out.
fn snippet<'a>(finding: &Finding, source: &'a Source, shown: &[Spot]) -> Option<Snippet<'a, Annotation<'a>>> {
    let related = finding.related.iter().filter(|spot| !shown.contains(spot)).take(shown.len());
    let start = shown.iter().chain(related.clone()).map(|spot| spot.range.start).min()?;
    let end = shown.iter().chain(related.clone()).map(|spot| spot.range.end).max()?;
    let (lines, begin) = source.lines(&(start..end))?;
    let line = shown.iter().chain(related.clone()).map(|spot| spot.line).min()?;
    let annotation = |kind: AnnotationKind, spot: &Spot, label: Option<String>| {
        let label = label.map(|label| normalize_untrusted_str(&label));
        kind.span(spot.range.start.saturating_sub(begin)..spot.range.end.saturating_sub(begin)).label(label)
    };
    let primary = shown.iter().map(|spot| annotation(AnnotationKind::Primary, spot, spot.place.clone()));
    let context = related.map(|spot| annotation(AnnotationKind::Context, spot, spot.place.clone()));
    let snippet = Snippet::source(lines).line_start(line).path(finding.file.clone());
    Some(snippet.annotations(primary.chain(context)))
}

fn more(left_out: usize) -> String {
    format!("and {left_out} more (--all shows them)")
}
