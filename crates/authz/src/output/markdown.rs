//! Findings as a comment of a pull request.

use super::Finding;
use std::fmt::Write as _;

pub(super) fn write(findings: &[Finding], all: bool) -> String {
    findings.iter().fold(String::new(), |mut text, finding| {
        let _ = writeln!(text, "- **{}** `{}`: {}", finding.level.name(), finding.code, plain(&finding.message));
        let (shown, left_out) = finding.shown(all);
        for example in shown {
            let _ = writeln!(text, "  - {}", code(example));
        }
        if left_out > 0 {
            let _ = writeln!(text, "  - and {left_out} more");
        }
        text
    })
}

/// A code span that the text cannot end: its fence is longer than any run of backticks within (CommonMark 6.1).
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", text.replace(['\r', '\n'], " "))
}

/// Text without a line break, link or tag. Code spans in it stay.
fn plain(text: &str) -> String {
    text.replace(['\r', '\n'], " ").replace('<', "&lt;").replace('[', "\\[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_end_its_code_span() {
        assert_eq!(code("GET /a"), "`GET /a`");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(plain("<img>\n[a](b)"), "&lt;img> \\[a](b)");
    }
}
