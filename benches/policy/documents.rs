//! The documents that are looked at.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use testkit::api_shapes::{SHAPES, document};

/// The documents that figures are published for.
const SEED: u64 = 1;

/// Verbs that are asked for on every path, unless the document says that it is complete.
pub(crate) const VERBS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

pub(crate) struct Document {
    pub(crate) name: String,
    pub(crate) json: String,
    pub(crate) is_complete: bool,
    /// What each permission asks for, and the methods it allows, on paths with unknown values.
    pub(crate) permissions: Vec<(BTreeSet<String>, BTreeSet<Method>)>,
}

/// A verb and a path without its first slash.
pub(crate) type Method = (String, String);

/// Those named on the command line, or one of each shape.
pub(crate) fn all(is_complete: bool) -> Vec<Document> {
    let files: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if files.is_empty() {
        return SHAPES.iter().map(|shape| Document::new(&shape.name, &document(shape, SEED, is_complete))).collect();
    }
    files.iter().map(|file| read(file, is_complete)).collect()
}

fn read(file: &str, is_complete: bool) -> Document {
    let mut json: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    if is_complete {
        json["complete"] = true.into();
    } else {
        json.as_object_mut().unwrap().remove("complete");
    }
    let name = file.rsplit('/').next().unwrap().trim_end_matches(".json");
    Document::new(name, &json)
}

impl Document {
    fn new(name: &str, json: &Value) -> Self {
        let permission = |json: &Value| {
            let texts = |name: &str| json[name].as_array().unwrap().iter().map(|text| text.as_str().unwrap());
            (texts("scopes").map(str::to_owned).collect(), texts("allow").map(method).collect())
        };
        let permissions = json["permissions"].as_array().unwrap().iter().map(permission).collect();
        Self { name: name.to_owned(), json: json.to_string(), is_complete: json.get("complete").is_some(), permissions }
    }

    /// The methods that somebody with these scopes may call.
    pub(crate) fn granted(&self, scopes: &BTreeSet<String>) -> BTreeSet<&Method> {
        let applied = self.permissions.iter().filter(|(needed, _)| needed.is_subset(scopes));
        applied.flat_map(|(_, methods)| methods).collect()
    }

    /// The methods that the document speaks of: on every path every verb, or what is named alone.
    pub(crate) fn catalog(&self) -> BTreeSet<Method> {
        let named = self.permissions.iter().flat_map(|(_, methods)| methods);
        if self.is_complete {
            return named.cloned().collect();
        }
        named.flat_map(|(_, path)| VERBS.map(|verb| (verb.to_owned(), path.clone()))).collect()
    }
}

/// A route's method with values that no document spells, each parameter with its own.
fn method(route: &str) -> Method {
    let (verb, path) = route.split_once(" /").unwrap();
    let mut values = BTreeMap::new();
    let mut value = |segment: &str| {
        let next = values.len();
        format!("Unknown-{}", values.entry(segment.to_owned()).or_insert(next))
    };
    let segment = |segment: &str| if segment.starts_with('{') { value(segment) } else { segment.to_owned() };
    (verb.to_owned(), path.split('/').map(segment).collect::<Vec<_>>().join("/"))
}
