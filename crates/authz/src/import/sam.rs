//! From a SAM or CloudFormation template to the specification of one of its APIs.
//!
//! The template's `Auth` and `Events` are written as OpenAPI's `security` and `paths`, so that one reader reads both.
//! Source: AWS SAM Developer Guide, `AWS::Serverless::Api`, `AWS::Serverless::HttpApi`, `ApiAuth`, `ApiFunctionAuth`.

use super::Reading;
use super::source::Sources;
use crate::outcome::Failure;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// SAM's own APIs, of events that name none.
const IMPLICIT: [(&str, &str); 2] = [("Api", "ServerlessRestApi"), ("HttpApi", "ServerlessHttpApi")];
/// The scheme that stands for an API key that API Gateway asks for.
const API_KEY: &str = "authz-api-key";

/// The specification of the template's API, of the one that `reading` names if there are several.
pub(super) fn specification(
    template: &Value,
    file: &Path,
    sources: &mut Sources,
    reading: &Reading,
) -> Result<Value, Failure> {
    let id = choose(&apis(template), reading.api.as_deref(), file)?;
    let resource = template.pointer(&format!("/Resources/{}", id.replace('~', "~0").replace('/', "~1")));
    let properties = resource.and_then(|resource| resource.get("Properties")).unwrap_or(&Value::Null);
    let mut specification = body(properties, file, sources)?;
    let auth = Auth::of(template, properties, resource, &id);
    auth.write_schemes(&mut specification);
    for event in events(template, &id) {
        auth.write_event(event, &mut specification);
    }
    Ok(specification)
}

/// The logical ids of the template's APIs.
fn apis(template: &Value) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (id, resource) in resources(template) {
        let kind = resource.get("Type").and_then(Value::as_str).unwrap_or_default();
        let is_web_socket = resource.pointer("/Properties/ProtocolType").and_then(Value::as_str) == Some("WEBSOCKET");
        if matches!(
            kind,
            "AWS::Serverless::Api" | "AWS::Serverless::HttpApi" | "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api"
        ) && !is_web_socket
        {
            ids.insert(id.clone());
        }
    }
    ids.extend(all_events(template).filter_map(api_of));
    ids
}

fn choose(ids: &BTreeSet<String>, asked: Option<&str>, file: &Path) -> Result<String, Failure> {
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    match (asked, all.as_slice()) {
        (Some(asked), all) if all.contains(&asked) => Ok(asked.to_owned()),
        (None, [one]) => Ok((*one).to_owned()),
        (_, []) => Err(Failure::file(file, "found no API in the template's `Resources`")),
        (_, all) => Err(Failure::Usage(format!("`--api` is one of the template's APIs: {}", all.join(", ")))),
    }
}

fn resources(template: &Value) -> impl Iterator<Item = (&String, &Value)> {
    template.get("Resources").and_then(Value::as_object).into_iter().flatten()
}

/// The events of functions and state machines that come from an API.
fn all_events(template: &Value) -> impl Iterator<Item = &Value> {
    let events = resources(template).filter_map(|(_, resource)| resource.pointer("/Properties/Events")?.as_object());
    events.flat_map(Map::values).filter(|event| api_of(event).is_some())
}

fn events<'a>(template: &'a Value, id: &'a str) -> impl Iterator<Item = &'a Value> {
    all_events(template).filter(move |event| api_of(event).as_deref() == Some(id))
}

/// The API that an event comes from.
fn api_of(event: &Value) -> Option<String> {
    let kind = event.get("Type")?.as_str()?;
    let (_, implicit) = IMPLICIT.into_iter().find(|(known, _)| *known == kind)?;
    let named = ["/Properties/RestApiId", "/Properties/ApiId"].into_iter().find_map(|place| event.pointer(place));
    // `!Ref Api` is read as `Api`; in JSON it is an object.
    let named = named.and_then(|id| id.as_str().or_else(|| id.get("Ref").and_then(Value::as_str)));
    Some(named.unwrap_or(implicit).to_owned())
}

/// The API's own specification: within the template, in a file beside it, or none.
fn body(properties: &Value, file: &Path, sources: &mut Sources) -> Result<Value, Failure> {
    let inline = ["DefinitionBody", "Body"].into_iter().find_map(|name| properties.get(name));
    let place = match inline {
        Some(body) => match included(body) {
            Some(place) => place,
            None => return Ok(body.clone()),
        },
        None => match ["DefinitionUri", "BodyS3Location"].into_iter().find_map(|name| properties.get(name)) {
            None => return Ok(json!({ "openapi": "3.0.1", "paths": {} })),
            Some(place) => place,
        },
    };
    let found = place.as_str().and_then(|name| sources.beside(name, file)).and_then(|name| sources.load(&name));
    let unreadable =
        || Failure::file(file, format!("the API's specification is at {place}, which cannot be read from here"));
    found.map(|found| (*found).clone()).ok_or_else(unreadable)
}

/// Where an `AWS::Include` has it from, in its long form or behind a short tag.
fn included(body: &Value) -> Option<&Value> {
    let transform = body.get("Fn::Transform").unwrap_or(body);
    let is_include = transform.get("Name").and_then(Value::as_str) == Some("AWS::Include");
    transform.pointer("/Parameters/Location").filter(|_| is_include)
}

/// What the API asks for unless an event says otherwise.
struct Auth {
    members: Map<String, Value>,
}

impl Auth {
    /// The API's `Auth` on top of that in `Globals`.
    fn of(template: &Value, properties: &Value, resource: Option<&Value>, id: &str) -> Self {
        let is_http = resource.map_or(id == "ServerlessHttpApi", |resource| {
            resource.get("Type").and_then(Value::as_str) == Some("AWS::Serverless::HttpApi")
        });
        let globals = if is_http { "/Globals/HttpApi/Auth" } else { "/Globals/Api/Auth" };
        let mut members = template.pointer(globals).and_then(Value::as_object).cloned().unwrap_or_default();
        members.extend(properties.get("Auth").and_then(Value::as_object).cloned().unwrap_or_default());
        Self { members }
    }

    /// Adds the authorizers as security schemes, and the default one as the specification's `security`, which holds for
    /// every operation that has none of its own.
    fn write_schemes(&self, specification: &mut Value) {
        let Some(root) = specification.as_object_mut() else { return };
        let authorizers = self.members.get("Authorizers").and_then(Value::as_object).cloned().unwrap_or_default();
        if let Some(schemes) = schemes_of(root) {
            schemes.extend(authorizers.iter().map(|(name, authorizer)| (name.clone(), scheme(authorizer))));
            schemes.insert("AWS_IAM".to_owned(), json!({ "x-amazon-apigateway-authtype": "awsSigv4" }));
            schemes.insert(API_KEY.to_owned(), json!({ "type": "apiKey", "in": "header", "name": "x-api-key" }));
        }
        let default = self.security(&Value::Null);
        if default != json!([]) {
            root.insert("security".to_owned(), default);
        }
    }

    fn write_event(&self, event: &Value, specification: &mut Value) {
        let properties = event.get("Properties").unwrap_or(&Value::Null);
        let text = |name: &str| properties.get(name).and_then(Value::as_str);
        // An HTTP API's event without a path is its catch-all route.
        let path = text("Path").unwrap_or("/$default");
        let method = text("Method").unwrap_or("any").to_ascii_lowercase();
        let method =
            if matches!(method.as_str(), "any" | "*") { "x-amazon-apigateway-any-method".to_owned() } else { method };
        let security = self.security(properties.get("Auth").unwrap_or(&Value::Null));
        let Some(root) = specification.as_object_mut() else { return };
        let paths = root.entry("paths").or_insert_with(|| json!({}));
        let item = paths.as_object_mut().map(|paths| paths.entry(path).or_insert_with(|| json!({})));
        if let Some(item) = item.and_then(Value::as_object_mut) {
            item.insert(method, json!({ "security": security }));
        }
    }

    /// `security` of an event with this `Auth`. What is no text, such as an `!If`, becomes no list: nobody may.
    fn security(&self, own: &Value) -> Value {
        let named = own.get("Authorizer").or_else(|| self.members.get("DefaultAuthorizer"));
        let name = match named {
            None => return self.api_key(own, Map::new()),
            Some(Value::String(name)) if matches!(name.as_str(), "NONE" | "AWS::NoValue") => {
                return self.api_key(own, Map::new());
            }
            Some(Value::String(name)) => name,
            Some(_) => return Value::Null,
        };
        let of_authorizer =
            self.members.get("Authorizers").and_then(|known| known.get(name)?.get("AuthorizationScopes"));
        let scopes = own.get("AuthorizationScopes").or(of_authorizer).cloned().unwrap_or_else(|| json!([]));
        self.api_key(own, Map::from_iter([(name.clone(), scopes)]))
    }

    fn api_key(&self, own: &Value, mut schemes: Map<String, Value>) -> Value {
        let asked = own.get("ApiKeyRequired").or_else(|| self.members.get("ApiKeyRequired"));
        if asked == Some(&Value::Bool(true)) {
            schemes.insert(API_KEY.to_owned(), json!([]));
        }
        if schemes.is_empty() { json!([]) } else { json!([schemes]) }
    }
}

/// Where the specification defines its security schemes.
fn schemes_of(root: &mut Map<String, Value>) -> Option<&mut Map<String, Value>> {
    let (holder, name) = if root.contains_key("swagger") {
        (root, "securityDefinitions")
    } else {
        (root.entry("components").or_insert_with(|| json!({})).as_object_mut()?, "securitySchemes")
    };
    holder.entry(name).or_insert_with(|| json!({})).as_object_mut()
}

/// An authorizer as a security scheme.
fn scheme(authorizer: &Value) -> Value {
    if authorizer.get("UserPoolArn").is_some() || authorizer.get("JwtConfiguration").is_some() {
        json!({ "x-amazon-apigateway-authtype": "cognito_user_pools" })
    } else {
        json!({ "x-amazon-apigateway-authtype": "custom" })
    }
}
