//! The cases of `tests/vectors/tokens.json`, and the settings they are judged under.

use crate::{LIMITS, ScriptedSource, key_cache, verifier};
use cognito_authorizer::authorizer::{Authorizer, TrustedIssuer};
use cognito_authorizer::clock::UnixTime;
use cognito_authorizer::documents::{ActiveDocument, Documents};
use cognito_authorizer::token::{Clients, Issuer, TokenUse, Verifier};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

pub static FILE: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/tokens.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

/// What each accepted token is asked about.
pub static METHODS: LazyLock<Vec<String>> = LazyLock::new(|| texts(&FILE["methods"]));

pub static CASES: LazyLock<Vec<Case>> =
    LazyLock::new(|| FILE["cases"].as_array().unwrap().iter().map(Case::read).collect());

pub struct Case {
    pub name: String,
    pub source: String,
    /// `accept`, or the reason of the refusal.
    pub expect: String,
    /// The methods that an accepted token may call.
    pub permits: Vec<String>,
    /// The value of `Authorization`.
    pub authorization: String,
    /// The file's settings, with the case's own.
    settings: Value,
}

impl Case {
    fn read(case: &Value) -> Self {
        let text = |name: &str| case[name].as_str().unwrap().to_owned();
        let mut settings = FILE["settings"].clone();
        if let Some(own) = case["settings"].as_object() {
            settings.as_object_mut().unwrap().extend(own.clone());
        }
        Self {
            name: text("name"),
            source: text("source"),
            expect: text("expect"),
            permits: if text("expect") == "accept" { texts(&case["permits"]) } else { Vec::new() },
            authorization: match case.get("token") {
                Some(token) => format!("Bearer {}", written_out(token)),
                None => written_out(&case["authorization"]),
            },
            settings,
        }
    }

    pub fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.settings["now"].as_u64().unwrap())
    }

    pub fn authorizer(&self) -> Authorizer {
        let source = ScriptedSource::new([Ok(FILE["jwks"].to_string())]);
        let keys = Arc::new(key_cache(source));
        let issuers = texts(&self.settings["issuers"]).into_iter();
        let document = ActiveDocument::parse(FILE["permissions"].to_string().as_bytes(), LIMITS).unwrap();
        let verifier = Arc::new(self.verifier());
        let trusted = |issuer| TrustedIssuer {
            issuer: Issuer::new(issuer),
            keys: Arc::clone(&keys),
            verifier: Arc::clone(&verifier),
        };
        Authorizer { issuers: issuers.map(trusted).collect(), documents: Documents::fixed(document) }
    }

    fn verifier(&self) -> Verifier {
        let token_use = |name: String| if name == "id" { TokenUse::Id } else { TokenUse::Access };
        Verifier {
            clients: Clients::Listed(texts(&self.settings["clients"])),
            token_uses: texts(&self.settings["token_use"]).into_iter().map(token_use).collect(),
            leeway_seconds: self.settings["leeway_seconds"].as_u64().unwrap(),
            ..verifier()
        }
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// A text, or pieces of one, of which some are to be repeated.
fn written_out(recipe: &Value) -> String {
    match recipe {
        Value::String(text) => text.clone(),
        Value::Array(pieces) => pieces.iter().map(written_out).collect(),
        repeated => {
            let times = usize::try_from(repeated["times"].as_u64().unwrap()).unwrap();
            repeated["repeat"].as_str().unwrap().repeat(times)
        }
    }
}

/// A request with the case's `Authorization`, as a REST API tells it.
pub fn request_event(case: &Case, method_arn: &str) -> Value {
    json!({
        "type": "REQUEST", "methodArn": method_arn, "resource": "/orders", "path": "/orders", "httpMethod": "GET",
        "headers": {"Authorization": case.authorization}, "multiValueHeaders": {"Authorization": [case.authorization]},
        "requestContext": {"apiId": "abcdef1234", "stage": "test"}
    })
}
