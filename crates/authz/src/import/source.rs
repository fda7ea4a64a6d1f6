//! Reads the files of a specification, and follows `$ref` within and between them.

use crate::input;
use crate::outcome::Failure;
use permissions::json::Strict;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// References that lead to references. Two are usual; more than this is a circle.
const MOST_STEPS: usize = 16;

/// The file that the command line names, and those that it refers to.
pub(crate) struct Sources {
    main: PathBuf,
    /// `None`: the file was tried and cannot be read.
    read: BTreeMap<PathBuf, Option<Rc<Value>>>,
}

/// Something in a file.
pub(crate) struct Found<'a> {
    pub value: Cow<'a, Value>,
    pub file: PathBuf,
}

impl Sources {
    pub(crate) fn new(main: &Path) -> Self {
        Self { main: main.to_owned(), read: BTreeMap::new() }
    }

    /// The file that the command line names.
    pub(crate) fn main(&mut self) -> Result<Rc<Value>, Failure> {
        let text = input::text(&self.main)?;
        let value = Rc::new(parse(&text).map_err(|problem| Failure::file(&self.main, problem))?);
        self.read.insert(self.main.clone(), Some(Rc::clone(&value)));
        Ok(value)
    }

    /// What a value of the file stands for: itself, or what its `$ref` leads to. The error says where it leads.
    pub(crate) fn follow<'a>(&mut self, value: &'a Value, file: &Path) -> Result<Found<'a>, String> {
        let mut found = Found { value: Cow::Borrowed(value), file: file.to_owned() };
        for _ in 0..MOST_STEPS {
            let Some(reference) = found.value.get("$ref").and_then(Value::as_str).map(str::to_owned) else {
                return Ok(found);
            };
            let next = self.lookup(&reference, &found.file).ok_or(reference)?;
            found = Found { value: Cow::Owned(next.0), file: next.1 };
        }
        Err("a circle of references".to_owned())
    }

    fn lookup(&mut self, reference: &str, from: &Path) -> Option<(Value, PathBuf)> {
        let (name, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = if name.is_empty() { from.to_owned() } else { self.beside(name, from)? };
        let pointer = percent_decoded(fragment)?;
        self.load(&file)?.pointer(&pointer).map(|value| (value.clone(), file))
    }

    /// The file that a name means, seen from another file. Only files in the folder of the main one, or below it: a
    /// specification must not make us read what its author could not.
    pub(crate) fn beside(&self, name: &str, from: &Path) -> Option<PathBuf> {
        let root = folder(&self.main).canonicalize().ok()?;
        let file = folder(from).join(percent_decoded(name)?).canonicalize().ok()?;
        (!name.contains("://") && file.starts_with(&root)).then_some(file)
    }

    /// The content of a file, read once.
    pub(crate) fn load(&mut self, file: &Path) -> Option<Rc<Value>> {
        if let Some(known) = self.read.get(file) {
            return known.clone();
        }
        let value = input::text(file).ok().and_then(|text| parse(&text).ok()).map(Rc::new);
        self.read.insert(file.to_owned(), value.clone());
        value
    }
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// JSON or YAML, by what it begins with. Neither may say a thing twice. CloudFormation's short tags (`!Ref x`) are read
/// as what stands behind them.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
        && let Ok(Strict(value)) = serde_json::from_str(text.trim_start_matches('\u{feff}'))
    {
        return Ok(value);
    }
    let options = serde_saphyr::options! {
        with_snippet: false,
        strict_booleans: true,
        budget: serde_saphyr::budget! {
            max_reader_input_bytes: None,
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_total_scalar_bytes: usize::MAX,
        },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| one_line(&error.to_string()))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// RFC 3986 section 2.1; `None` for what is not UTF-8 then.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_and_yaml_are_told_apart_and_neither_says_a_thing_twice() {
        for text in ["{\"a\": 1}", "{a: 1}", "a: 1", "\u{feff}{\"a\":\t1}", "---\na: 1\n"] {
            assert_eq!(parse(text), Ok(json!({ "a": 1 })), "{text}");
        }
        for text in ["{\"a\": 1, \"a\": 2}", "a: 1\na: 2\n"] {
            assert!(parse(text).unwrap_err().contains("duplicate"), "{text}");
        }
    }

    #[test]
    fn short_tags_of_cloudformation_are_tolerated() {
        let text = "a: !Ref X\nb: !GetAtt [A, Arn]\nc: !Sub '${x}-y'\nd: !If [C, !Ref A, !Ref 'AWS::NoValue']\n";
        assert_eq!(
            parse(text),
            Ok(json!({ "a": "X", "b": ["A", "Arn"], "c": "${x}-y", "d": ["C", "A", "AWS::NoValue"] }))
        );
    }

    #[test]
    fn a_reference_leads_through_others_and_never_round_in_circles() {
        let value = json!({
            "a": { "$ref": "#/b" }, "b": { "$ref": "#/paths/~1x%20y" }, "c": { "$ref": "#/c" },
            "d": { "$ref": "https://example.com/x.yaml" }, "e": { "$ref": "#/nothing" }, "paths": { "/x y": { "get": {} } },
        });
        let mut sources = Sources::new(Path::new("main.yaml"));
        sources.read.insert("main.yaml".into(), Some(Rc::new(value.clone())));
        let mut follow =
            |name: &str| sources.follow(&value[name], Path::new("main.yaml")).map(|found| found.value.into_owned());
        assert_eq!(follow("a"), Ok(json!({ "get": {} })));
        assert_eq!(follow("paths"), Ok(value["paths"].clone()));
        assert_eq!(follow("c"), Err("a circle of references".to_owned()));
        assert_eq!(follow("d"), Err("https://example.com/x.yaml".to_owned()));
        assert_eq!(follow("e"), Err("#/nothing".to_owned()));
    }

    #[test]
    fn no_reference_leads_out_of_the_specifications_folder() {
        let sources = Sources::new(Path::new("src/main.rs"));
        assert!(sources.beside("import/mod.rs", Path::new("src/main.rs")).is_some());
        assert!(sources.beside("../lib.rs", Path::new("src/import/mod.rs")).is_some());
        for name in ["../Cargo.toml", "/etc/passwd", "%2Fetc%2Fpasswd", "nothing.yaml", "https://example.com"] {
            assert!(sources.beside(name, Path::new("src/main.rs")).is_none(), "{name}");
        }
    }
}
