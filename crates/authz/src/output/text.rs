//! Findings for people at a terminal.

use super::{Finding, Level, Paint};
use std::fmt::Write as _;

pub(super) fn write(findings: &[Finding], paint: Paint, all: bool) -> String {
    findings.iter().fold(String::new(), |mut text, finding| {
        // Writing to a `String` cannot fail.
        let _ = write_finding(&mut text, finding, paint, all);
        text
    })
}

fn write_finding(text: &mut String, finding: &Finding, paint: Paint, all: bool) -> std::fmt::Result {
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
        writeln!(text, "  and {left_out} more (--all shows them)")?;
    }
    finding.help.iter().try_for_each(|help| writeln!(text, "  {}: {help}", paint.cyan("help")))
}
