//! `authz import`: what public specifications taught, each reduced to a few routes in `tests/fixtures`.

use crate::{answer, authz, remarks};
use serde_json::{Value, json};
use std::path::PathBuf;

pub(crate) fn fixture(name: &str) -> String {
    format!("tests/fixtures/{name}")
}

/// A file of this text, in a folder of its own that goes with the test.
struct File {
    folder: PathBuf,
    path: PathBuf,
}

impl File {
    fn new(folder: &str, name: &str, content: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        Self { folder, path }
    }

    fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The document that these arguments make, and the causes that were told beside it.
fn import(arguments: &[&str]) -> (Value, Vec<(String, usize)>) {
    let output = authz(&[&["import", "--format", "json"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let document = serde_json::from_str(&answer(&output)).unwrap();
    let told: Value = serde_json::from_str(&remarks(&output)).unwrap_or(json!({ "findings": [] }));
    let causes =
        told["findings"].as_array().unwrap().iter().map(|finding| {
            (finding["code"].as_str().unwrap().to_owned(), finding["examples"].as_array().unwrap().len())
        });
    (document, causes.collect())
}

/// The scopes that each permission for the route asks for.
fn scopes(document: &Value, route: &str) -> Vec<Value> {
    let permissions = document["permissions"].as_array().unwrap().iter();
    let opening = permissions.filter(|permission| permission["allow"].as_array().unwrap().contains(&json!(route)));
    opening.map(|permission| permission["scopes"].clone()).collect()
}

#[test]
fn scopes_of_a_bearer_token_count_and_without_any_every_token_does() {
    let (document, causes) = import(&[&fixture("digitalocean.yaml")]);
    assert_eq!(scopes(&document, "GET /v2/account"), [json!(["account:read"])]);
    assert_eq!(scopes(&document, "POST /v2/1-clicks/kubernetes"), [json!(["addon:create", "kubernetes:update"])]);
    assert_eq!(scopes(&document, "GET /v2/1-clicks"), [Value::Null]);
    assert!(causes.iter().any(|(code, _)| code == "any-token"), "{causes:?}");
}

#[test]
fn what_comes_after_a_hash_is_no_part_of_a_route() {
    let (document, causes) = import(&[&fixture("box.json")]);
    let text = document.to_string();
    assert!(text.contains("PUT /2.0/files/{file_id}") && !text.contains('#'), "{text}");
    assert!(causes.iter().any(|(code, _)| code == "same-route"), "{causes:?}");
}

#[test]
fn operations_that_differ_in_a_parameters_name_are_one_route() {
    let (document, causes) = import(&[&fixture("xero.yaml")]);
    let text = document.to_string();
    assert!(text.contains("GET /api.xro/2.0/Accounts/{AccountID}/Attachments/{AttachmentID}"), "{text}");
    assert!(!text.contains("GET /api.xro/2.0/Accounts/{AccountID}/Attachments/{FileName}"), "{text}");
    assert!(causes.iter().any(|(code, _)| code == "same-route"), "{causes:?}");
}

#[test]
fn a_servers_base_path_goes_before_every_path_unless_another_is_chosen() {
    let (document, causes) = import(&[&fixture("asana.yaml")]);
    assert!(document.to_string().contains("GET /api/1.0/"), "{document}");
    assert!(causes.contains(&("base-path".to_owned(), 1)), "{causes:?}");
    let (document, causes) = import(&["--base-path", "/", &fixture("asana.yaml")]);
    assert!(!document.to_string().contains("/api/1.0/"), "{document}");
    assert!(!causes.iter().any(|(code, _)| code == "base-path"), "{causes:?}");
}

#[test]
fn a_scheme_that_no_token_fulfils_opens_nothing_unless_the_reader_says_that_one_does() {
    for (name, scheme) in [("kubernetes.json", "BearerToken"), ("twilio.json", "accountSid_authToken")] {
        let output = authz(&["import", &fixture(name)]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(answer(&output).is_empty() && remarks(&output).contains("other-scheme"), "{output:?}");
        let (document, _) = import(&["--token-scheme", scheme, &fixture(name)]);
        assert_eq!(document["permissions"][0]["authenticated"], true);
    }
}

#[test]
fn a_second_way_in_is_left_out_where_a_scope_opens_the_route() {
    let (document, causes) = import(&[&fixture("okta.yaml")]);
    assert_eq!(scopes(&document, "GET /api/v1/agentPools"), [json!(["okta.agentPools.read"])]);
    assert!(causes.iter().any(|(code, _)| code == "other-way"), "{causes:?}");
}

#[test]
fn what_api_gateway_cannot_have_is_told_once_and_the_rest_is_imported() {
    let (document, causes) = import(&["--token-scheme", "accountSid_authToken", &fixture("twilio.json")]);
    let told: Vec<_> = causes.iter().filter(|(code, _)| code == "not-a-route").collect();
    assert_eq!(told.len(), 1, "{causes:?}");
    assert!(told[0].1 > 1 && document.to_string().contains("Accounts.json"), "{causes:?} {document}");
}

#[test]
fn a_specification_without_security_opens_nothing() {
    let output = authz(&["import", &fixture("github.json")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(answer(&output).is_empty(), "{output:?}");
    assert!(remarks(&output).contains("[open]") && remarks(&output).contains("no document to write"), "{output:?}");
}

#[test]
fn a_document_says_the_same_however_its_specification_is_ordered() {
    let paths = [
        "  /b: { get: { security: [{ o: [r] }] }, delete: { security: [{ o: [w, d] }] } }\n",
        "  /a: { get: { security: [{ o: [r] }] }, put: { security: [] } }\n",
    ];
    let head = "openapi: 3.1.0\ncomponents: { securitySchemes: { o: { type: oauth2 } } }\npaths:\n";
    let one = File::new("order-1", "api.yaml", &format!("{head}{}{}", paths[0], paths[1]));
    let other = File::new("order-2", "api.yaml", &format!("{head}{}{}", paths[1], paths[0]));
    let expected = r#"{
  "permissions": [
    {
      "scopes": ["d","w"],
      "allow": [
        "DELETE /b"
      ]
    },
    {
      "scopes": ["r"],
      "allow": [
        "GET /a",
        "GET /b"
      ]
    }
  ],
  "routes": [
    "PUT /a"
  ]
}
"#;
    assert_eq!(answer(&authz(&["import", one.path()])), expected);
    assert_eq!(answer(&authz(&["import", other.path()])), expected);
}

#[test]
fn path_items_of_other_files_are_followed_and_files_elsewhere_are_not() {
    let api = File::new(
        "references",
        "api.yaml",
        "openapi: 3.1.0\nsecurity: [{ o: [r] }]\ncomponents:\n  securitySchemes: { o: { type: oauth2 } }\n  pathItems: { a: { get: {} } }\n\
         paths:\n  /a: { $ref: '#/components/pathItems/a' }\n  /b: { $ref: 'items.yaml#/b', put: { security: [{ o: [w] }] } }\n  \
         /c: { $ref: '../../../Cargo.toml' }\n  /d: { $ref: 'https://example.com/d.yaml' }\n",
    );
    std::fs::write(api.folder.join("items.yaml"), "b: { get: { $ref: '#/c' } }\nc: { security: [{ o: [c] }] }\n")
        .unwrap();
    let (document, causes) = import(&[api.path()]);
    for (route, scope) in [("GET /a", "r"), ("GET /b", "c"), ("PUT /b", "w")] {
        assert_eq!(scopes(&document, route), [json!([scope])], "{document}");
    }
    assert_eq!(causes, [("reference".to_owned(), 2)]);
}

#[test]
fn a_file_that_is_no_specification_ends_with_3_and_says_why() {
    for (name, text, why) in [
        ("text.txt", "a text", "found neither `openapi:"),
        ("twice.yaml", "openapi: 3.0.0\npaths: {}\npaths: {}\n", "duplicate"),
        ("twice.json", "{\"openapi\": \"3.0.0\", \"openapi\": \"3.1.0\"}", "duplicate"),
        ("paths.yaml", "openapi: 3.0.0\npaths: []\n", "`paths` is no object"),
        ("other.yaml", "swagger: '1.2'\n", "found neither `openapi:"),
    ] {
        let file = File::new(&format!("invalid-{name}"), name, text);
        let output = authz(&["import", file.path()]);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(remarks(&output).contains(why) && answer(&output).is_empty(), "{output:?}");
    }
    assert_eq!(authz(&["import", "nothing.yaml"]).status.code(), Some(3));
}

#[test]
fn the_sample_template_and_document_have_not_drifted_apart() {
    let output = authz(&["import", "--check", "../../permissions.json", "../../template.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(answer(&output).contains("6 routes: specification and document agree"), "{output:?}");
}

#[test]
fn a_document_that_was_imported_has_not_drifted_and_one_of_another_api_has() {
    for name in ["asana.yaml", "box.json", "digitalocean.yaml", "okta.yaml", "xero.yaml"] {
        let document =
            File::new(&format!("drift-{name}"), "permissions.json", &answer(&authz(&["import", &fixture(name)])));
        assert_eq!(authz(&["import", "--check", document.path(), &fixture(name)]).status.code(), Some(0), "{name}");
        let output = authz(&["import", "--check", document.path(), &fixture("github.json")]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(answer(&output).contains("error[route-unknown]"), "{output:?}");
    }
}

#[test]
fn events_of_a_template_say_what_each_route_asks_for() {
    let template = File::new(
        "events",
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31
Globals: { Api: { Auth: { ApiKeyRequired: true } } }
Resources:
  Orders:
    Type: AWS::Serverless::Api
    Properties:
      Auth:
        DefaultAuthorizer: Pool
        Authorizers:
          Pool: { UserPoolArn: !GetAtt UserPool.Arn, AuthorizationScopes: [orders/read] }
          Lambda: { FunctionArn: !GetAtt Authorizer.Arn }
  Backend:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Queue: { Type: SQS, Properties: { Queue: !GetAtt Q.Arn } }
        List: { Type: Api, Properties: { RestApiId: !Ref Orders, Path: /orders, Method: get } }
        Write: { Type: Api, Properties: { RestApiId: !Ref Orders, Path: /orders, Method: POST, Auth: { AuthorizationScopes: [orders/write] } } }
        Health: { Type: Api, Properties: { RestApiId: !Ref Orders, Path: /health, Method: get, Auth: { Authorizer: NONE, ApiKeyRequired: false } } }
        Own: { Type: Api, Properties: { RestApiId: !Ref Orders, Path: '/users/{id+}', Method: any, Auth: { Authorizer: Lambda } } }
        Chosen: { Type: Api, Properties: { RestApiId: !Ref Orders, Path: /chosen, Method: get, Auth: { Authorizer: !If [A, B, C] } } }
        Other: { Type: HttpApi, Properties: { Path: /other, Method: get } }
",
    );
    let output = authz(&["import", template.path()]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(remarks(&output).contains("Orders, ServerlessHttpApi"), "{output:?}");
    let (document, causes) = import(&["--api", "Orders", template.path()]);
    assert_eq!(scopes(&document, "GET /orders"), [json!(["orders/read"])]);
    assert_eq!(scopes(&document, "POST /orders"), [json!(["orders/write"])]);
    assert_eq!(document["routes"], json!(["GET /chosen", "GET /health", "ANY /users/{id+}"]));
    assert_eq!(causes, [("malformed".to_owned(), 1), ("open".to_owned(), 1), ("delegated".to_owned(), 1)]);
}
