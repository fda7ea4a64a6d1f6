//! Findings as a comment of a pull request.

use super::Finding;
use std::fmt::Write as _;

pub(super) fn write(findings: &[Finding], all: bool) -> String {
    findings.iter().fold(String::new(), |mut text, finding| {
        let _ = writeln!(text, "- **{}** `{}`: {}", finding.level.name(), finding.code, plain(&finding.message));
        let (examples, left_out) = finding.shown(all);
        let (spots, more) = finding.shown_spots(all);
        let spots = spots.iter().map(|spot| format!("{}:{}: {spot}", finding.file, spot.line));
        for shown in examples.iter().cloned().chain(spots) {
            let _ = writeln!(text, "  - {}", code(&shown));
        }
        if left_out + more > 0 {
            let _ = writeln!(text, "  - and {} more", left_out + more);
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

/// Text without a line break, link or tag. Code spans in it stay as they are: nothing means anything there.
fn plain(text: &str) -> String {
    let text = text.replace(['\r', '\n'], " ");
    let parts: Vec<&str> = text.split('`').collect();
    // A last backtick without a partner opens no span.
    let is_span = |number: usize| number % 2 == 1 && number + 1 < parts.len();
    let escaped = |part: &str| part.replace('<', "&lt;").replace('[', "\\[");
    let parts = parts.iter().enumerate();
    let parts = parts.map(|(number, part)| if is_span(number) { (*part).to_owned() } else { escaped(part) });
    parts.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_end_its_code_span() {
        assert_eq!(code("GET /a"), "`GET /a`");
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(plain("`a[0]<` [b `c[1]"), "`a[0]<` \\[b `c\\[1]");
        assert_eq!(plain("<img>\n[a](b)"), "&lt;img> \\[a](b)");
    }
}
