//! What is said of typical mistakes in a permission document, word for word: `mistakes.txt`.

use permissions::Permissions;
use std::fmt::Write as _;

/// Each mistake: its name, the document, and what is expected to be said.
fn mistakes() -> Vec<(&'static str, &'static str, &'static str)> {
    let sections = include_str!("mistakes.txt").split("\n### ").skip(1);
    sections
        .map(|section| {
            let (name, rest) = section.split_once('\n').unwrap();
            let (document, said) = rest.split_once("\n=> ").unwrap();
            (name, document, said.trim_end())
        })
        .collect()
}

#[test]
fn each_mistake_is_answered_word_for_word() {
    let mut differences = String::new();
    for (name, document, expected) in mistakes() {
        let said = match Permissions::parse(document.as_bytes()) {
            Ok(_) => "nothing".to_owned(),
            Err(invalid) => invalid.to_string(),
        };
        if said != expected {
            writeln!(differences, "### {name}\n{document}\n=> {said}\n").unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
    assert!(mistakes().len() >= 40);
}

#[test]
fn each_problem_names_bytes_of_the_document_and_where_they_begin() {
    for (name, document, _) in mistakes() {
        let invalid = Permissions::parse(document.as_bytes()).unwrap_err();
        for problem in invalid.problems() {
            let underlined = document.get(problem.range.clone()).expect(name);
            assert!(!underlined.is_empty() || problem.range.start == document.len(), "{name}");
            let before = document.lines().take(problem.position.line - 1).map(|line| line.len() + 1).sum::<usize>();
            let column = document.get(before..problem.range.start).expect(name).chars().count() + 1;
            assert_eq!(problem.position.column, column, "{name}");
        }
    }
}

#[test]
fn a_byte_order_mark_is_read_and_places_count_it() {
    let usable = br#"{"permissions":[{"authenticated":true,"allow":["GET /"]}]}"#;
    let marked = |json: &[u8]| [b"\xEF\xBB\xBF", json].concat();
    assert!(Permissions::parse(&marked(usable)).is_ok());
    for (json, expected) in [
        (
            "{\"permission\":[]}",
            "at `permission` (line 1 column 2): found the unknown member `permission`, did you mean `permissions`?",
        ),
        ("{,}", "at line 1 column 2: found `,`, expected a name in double quotes"),
        ("", "at line 1 column 1: found an empty document, expected an object with `permissions`"),
    ] {
        let invalid = Permissions::parse(&marked(json.as_bytes())).unwrap_err();
        assert_eq!(invalid.to_string(), expected);
        let begin = invalid.problems().first().unwrap().range.start;
        assert_eq!(begin, 3 + json.len().min(1), "behind the mark");
    }
}

#[test]
fn another_encoding_is_refused_by_name() {
    let wide: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (document, expected) in [
        (
            wide.as_slice(),
            "at line 1 column 1: found the encoding UTF-16 (little-endian), expected UTF-8: save the file as UTF-8",
        ),
        (b"{\n\"caf\xE9\": 1}", "at line 2 column 5: found a byte that is not UTF-8, expected a file saved as UTF-8"),
    ] {
        assert_eq!(Permissions::parse(document).unwrap_err().to_string(), expected);
    }
}

#[test]
fn whatever_the_document_holds_a_message_is_one_line() {
    for (name, document, _) in mistakes() {
        let said = Permissions::parse(document.as_bytes()).unwrap_err().to_string();
        assert!(!said.contains(char::is_control), "{name}");
    }
}
