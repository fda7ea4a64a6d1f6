//! Outcomes as `JUnit` XML, as GitLab, Jenkins and GitHub's actions read it.

use super::Outcome;
use std::fmt::Write as _;

/// One `testsuite` a file.
pub(crate) fn write(suites: &[(String, Vec<Outcome>)]) -> String {
    let failures = |outcomes: &[Outcome]| outcomes.iter().filter(|outcome| outcome.problem.is_some()).count();
    let tests: usize = suites.iter().map(|(_, outcomes)| outcomes.len()).sum();
    let failed: usize = suites.iter().map(|(_, outcomes)| failures(outcomes)).sum();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites name=\"authz\" tests=\"{tests}\" failures=\"{failed}\">");
    for (name, outcomes) in suites {
        let (name, tests, failed) = (escaped(name), outcomes.len(), failures(outcomes));
        let _ = writeln!(text, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failed}\">");
        for outcome in outcomes {
            let case = format!("    <testcase classname=\"{name}\" name=\"{}\"", escaped(&outcome.name));
            let _ = match &outcome.problem {
                None => writeln!(text, "{case}/>"),
                Some(problem) => {
                    writeln!(text, "{case}>\n      <failure message=\"{}\"/>\n    </testcase>", escaped(problem))
                }
            };
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

/// Text in an attribute (XML 1.0, 2.3 and 2.2: most control characters cannot be written at all).
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\t' | '\n' | '\r' => written.push(' '),
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => written.push('\u{fffd}'),
            other => written.push(other),
        }
    }
    written
}
