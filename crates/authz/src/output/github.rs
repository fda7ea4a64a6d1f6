//! Findings as annotations of a GitHub workflow.
//!
//! Source: GitHub Docs, "Workflow commands for GitHub Actions", setting an error, a warning, a notice.

use super::{Finding, Level};

pub(super) fn write(findings: &[Finding]) -> String {
    findings.iter().map(annotation).collect()
}

fn annotation(finding: &Finding) -> String {
    let command = match finding.level {
        Level::Note => "notice",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    let place = finding.spots.first().map(|spot| {
        let (line, end_line) = (spot.line, spot.end_line);
        // Columns are for places within one line (GitHub Docs, "Workflow commands").
        let columns = (line == end_line).then(|| format!(",col={},endColumn={}", spot.column, spot.end_column));
        format!(",line={line},endLine={end_line}{}", columns.unwrap_or_default())
    });
    let place = place.unwrap_or_default();
    let file = property(&finding.file);
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.examples.iter().cloned());
    lines.extend(finding.spots.iter().skip(1).map(|spot| format!("also at {spot}, line {}", spot.line)));
    lines.extend(finding.help.clone());
    format!("::{command} file={file}{place},title={}::{}\n", property(finding.code), data(&lines.join("\n")))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Source;

    #[test]
    fn no_text_ends_its_annotation_or_begins_another() {
        let finding = Finding {
            code: "a-code",
            level: Level::Error,
            message: "50%\n::error::no".to_owned(),
            examples: vec!["GET /a\r".to_owned()],
            help: None,
            file: "a,b:c.json".to_owned(),
            spots: vec![Source::new(b"\n\n {\n".to_vec()).spot(3..4, None, None)],
            related: Vec::new(),
            see: None,
            source: None,
        };
        assert_eq!(
            annotation(&finding),
            "::error file=a%2Cb%3Ac.json,line=3,endLine=3,col=2,endColumn=3,title=a-code::50%25%0A::error::no%0AGET /a%0D\n"
        );
    }
}
