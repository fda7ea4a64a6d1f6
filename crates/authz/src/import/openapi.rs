//! Reads OpenAPI 3.0 and 3.1, and Swagger 2.0.

use super::access::Access;
use super::place::{Shape, VERBS, route, shape};
use super::remarks::{Cause, Remarks};
use super::security::{Reader, Schemes, extensions};
use super::source::{Found, Sources};
use super::{Api, Reading, base_path};
use crate::outcome::Failure;
use permissions::Route;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn read(
    root: &Value,
    file: &Path,
    sources: &mut Sources,
    reading: &Reading,
    remarks: &mut Remarks,
) -> Result<Api, Failure> {
    let empty = Map::new();
    let paths = match root.get("paths") {
        None | Some(Value::Null) => &empty,
        Some(paths) => paths.as_object().ok_or_else(|| Failure::file(file, "`paths` is no object"))?,
    };
    let schemes = Schemes::new(defined(root, file, sources, remarks).into_iter(), reading);
    let base = base(root, reading, remarks);
    let mut specification = Specification { root, schemes, base, sources, reading, remarks, routes: BTreeMap::new() };
    for (path, item) in paths {
        // `x-` members of the paths are extensions.
        if path.starts_with('/') {
            specification.path(path, item, file);
        }
    }
    let mut operations: Vec<(Route, Access)> = specification.routes.into_values().collect();
    operations.sort_by(|(one, _), (other, _)| key(one).cmp(&key(other)));
    Ok(Api { operations })
}

/// Paths first, so that the verbs of one path stand together.
fn key(route: &Route) -> (&str, &str) {
    let (verb, path) = route.text().split_once(' ').unwrap_or((route.text(), ""));
    (path, verb)
}

fn defined<'a>(root: &'a Value, file: &Path, sources: &mut Sources, remarks: &mut Remarks) -> Vec<(&'a String, Value)> {
    let schemes = root.pointer("/components/securitySchemes").or_else(|| root.get("securityDefinitions"));
    let mut found = Vec::new();
    for (name, scheme) in schemes.and_then(Value::as_object).into_iter().flatten() {
        match sources.follow(scheme, file) {
            Ok(definition) => found.push((name, definition.value.into_owned())),
            Err(reference) => remarks.note(Cause::Reference, format!("security scheme {name}: {reference}")),
        }
    }
    found
}

/// The base path of the specification as a whole.
fn base(root: &Value, reading: &Reading, remarks: &mut Remarks) -> String {
    let base = match (&reading.base_path, root.get("servers")) {
        (Some(chosen), _) => return base_path::trimmed(chosen),
        (None, Some(servers)) => first(base_path::of_servers(servers), remarks),
        (None, None) => base_path::of_swagger(root),
    };
    if !base.is_empty() {
        remarks.note(Cause::BasePath, base.clone());
    }
    base
}

fn first(paths: Vec<String>, remarks: &mut Remarks) -> String {
    if paths.len() > 1 {
        for path in &paths {
            remarks.note(Cause::BasePaths, if path.is_empty() { "/" } else { path });
        }
    }
    paths.into_iter().next().unwrap_or_default()
}

struct Specification<'a> {
    root: &'a Value,
    schemes: Schemes,
    base: String,
    sources: &'a mut Sources,
    reading: &'a Reading,
    remarks: &'a mut Remarks,
    routes: BTreeMap<Shape, (Route, Access)>,
}

impl Specification<'_> {
    fn path(&mut self, path: &str, item: &Value, file: &Path) {
        let Some(item) = self.followed(item, file, path) else { return };
        for (member, verb) in VERBS {
            let Some(operation) = item.value.get(member) else { continue };
            let place = format!("{verb} {path}");
            let Some(operation) = self.followed(operation, &item.file, &place) else { continue };
            if operation.value.is_object() {
                self.operation(&place, verb, path, &item.value, &operation.value);
            } else {
                self.remarks.note(Cause::Malformed, format!("{place}: no object"));
            }
        }
    }

    /// What the value stands for, and, where it has members besides its `$ref`, those on top.
    fn followed<'v>(&mut self, value: &'v Value, file: &Path, place: &str) -> Option<Found<'v>> {
        match self.sources.follow(value, file) {
            Ok(mut found) => {
                if let (Cow::Owned(Value::Object(referred)), Some(own)) = (&mut found.value, value.as_object()) {
                    referred.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
                }
                Some(found)
            }
            Err(reference) => {
                self.remarks.note(Cause::Reference, format!("{place}: {reference}"));
                None
            }
        }
    }

    fn operation(&mut self, place: &str, verb: &str, path: &str, item: &Value, operation: &Value) {
        let base = self.base_of(operation, item);
        match route(verb, &base, path) {
            Ok(route) => {
                let access = self.access(place, item, operation);
                self.add(route, access, place);
            }
            Err(problem) => self.remarks.note(Cause::NotARoute, format!("{place}: {problem}")),
        }
    }

    /// The nearest list of servers counts.
    fn base_of(&mut self, operation: &Value, item: &Value) -> String {
        let own = operation.get("servers").or_else(|| item.get("servers")).map(base_path::of_servers);
        match own {
            Some(paths) if !paths.is_empty() && self.reading.base_path.is_none() => first(paths, self.remarks),
            _ => self.base.clone(),
        }
    }

    fn access(&mut self, place: &str, item: &Value, operation: &Value) -> Access {
        let Some(besides) = extensions([operation, item, self.root], place, self.remarks) else {
            return Access::default();
        };
        let reader = Reader { schemes: &self.schemes, reading: self.reading, besides, place };
        let security = operation.get("security").or_else(|| self.root.get("security"));
        reader.access(security, self.remarks)
    }

    fn add(&mut self, route: Route, access: Access, place: &str) {
        let shape = shape(&route);
        let Some((known, earlier)) = self.routes.remove(&shape) else {
            self.routes.insert(shape, (route, access));
            return;
        };
        self.remarks.note(Cause::SameRoute, format!("{place}: {known}"));
        let both = earlier.and(&access).unwrap_or_else(|| {
            self.remarks.note(Cause::Malformed, format!("{place}: too many alternatives"));
            Access::default()
        });
        self.routes.insert(shape, (known, both));
    }
}
