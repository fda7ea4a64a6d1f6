//! Tokens, events and key sets of the worst shapes that are still accepted, of any length.

use crate::{KEY, STAGE, access};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// What fills a token.
#[derive(Clone, Copy, Debug)]
pub enum TokenShape {
    /// Groups of one letter each.
    Groups,
    /// Scopes of one letter each.
    Scopes,
    /// Members with names that differ in their last characters alone.
    Members,
    /// Arrays in arrays, as deep as a reader goes.
    Nesting,
    /// Numbers of one digit in a claim that goes to the backend: the most values for the bytes.
    Numbers,
    /// Texts of escaped quotes in a claim that goes to the backend: each is escaped again on its way out.
    Escapes,
}

pub const TOKEN_SHAPES: [TokenShape; 6] = [
    TokenShape::Groups,
    TokenShape::Scopes,
    TokenShape::Members,
    TokenShape::Nesting,
    TokenShape::Numbers,
    TokenShape::Escapes,
];

/// How deep `serde_json` reads, less the object of claims itself and a list around.
pub const DEEPEST: usize = 125;

/// A good token of this many bytes at most, and nearly as many, filled with the shape.
pub fn token(shape: TokenShape, bytes: usize) -> String {
    let header = json!({"kid": KEY.id, "alg": "RS256"}).to_string();
    // Dots and an RSA-2048 signature, and four characters for three bytes.
    let payload = (bytes - 2 - URL_SAFE_NO_PAD.encode(&header).len() - 342) / 4 * 3;
    KEY.sign(&header, &claims(shape, payload))
}

/// The claims of a good token, in this many bytes at most.
pub fn claims(shape: TokenShape, bytes: usize) -> String {
    let scope = if matches!(shape, TokenShape::Scopes) { Value::Null } else { json!("orders/read") };
    let start = access(json!({"scope": scope})).to_string();
    let (opening, unit, closing) = match shape {
        TokenShape::Groups => (r#","cognito:groups":["#, r#""g","#.to_owned(), r#""g"]}"#),
        TokenShape::Scopes => (r#","scope":"orders/read "#, "s ".to_owned(), r#""}"#),
        TokenShape::Members => (",", String::new(), r#""x":0}"#),
        TokenShape::Nesting => (r#","x":["#, format!("{}{},", "[".repeat(DEEPEST), "]".repeat(DEEPEST)), "0]}"),
        TokenShape::Numbers => (r#","level":["#, "1,".to_owned(), "1]}"),
        TokenShape::Escapes => (r#","level":[""#, r#"\""#.to_owned(), r#""]}"#),
    };
    let mut text = format!("{}{opening}", start.strip_suffix('}').unwrap());
    for number in 0.. {
        let unit =
            if matches!(shape, TokenShape::Members) { format!(r#""aaaaaaaa{number}":0,"#) } else { unit.clone() };
        if text.len() + unit.len() + closing.len() > bytes {
            break;
        }
        text.push_str(&unit);
    }
    text + closing
}

static KEY_TOKEN: LazyLock<String> = LazyLock::new(|| KEY.token(&access(json!({}))));

/// What fills an event beside its token.
#[derive(Clone, Copy, Debug)]
pub enum EventShape {
    /// Headers under names of their own.
    Headers,
    /// Cookies with the token's name, each with the same text.
    Cookies,
    /// Values of the token's query parameter, each the same.
    Query,
    /// A path of segments of one letter.
    Path,
    /// Lists in lists where texts belong.
    Nesting,
}

pub const EVENT_SHAPES: [EventShape; 5] =
    [EventShape::Headers, EventShape::Cookies, EventShape::Query, EventShape::Path, EventShape::Nesting];

/// A REQUEST event of this many bytes at most, and nearly as many. Each place that could hold a token holds the same one,
/// so that all of them are looked at.
pub fn event(shape: EventShape, bytes: usize) -> String {
    let token = match shape {
        EventShape::Cookies | EventShape::Query => "a.b.c",
        _ => &*KEY_TOKEN,
    };
    let mut event = json!({
        "type": "REQUEST", "methodArn": format!("{STAGE}GET/orders"), "requestContext": {},
        "headers": {"Authorization": format!("Bearer {token}")}, "multiValueHeaders": {},
        "multiValueQueryStringParameters": {}
    });
    // Less the names that the fill stands under.
    let fill = bytes - event.to_string().len() - 32;
    let repeated = |unit: &str| unit.repeat(fill / unit.len());
    match shape {
        EventShape::Headers => {
            let names = (0..fill / 22).map(|number| (format!("aaaaaaaa{number:05}"), json!(["b"])));
            event["multiValueHeaders"] = Value::Object(names.collect());
        }
        EventShape::Cookies => event["multiValueHeaders"]["Cookie"] = json!([repeated("token=a.b.c;")]),
        EventShape::Query => {
            let values = vec!["a.b.c"; fill / 8];
            event["multiValueQueryStringParameters"]["access_token"] = json!(values);
        }
        EventShape::Path => event["methodArn"] = json!(format!("{STAGE}GET/orders{}", repeated("/a"))),
        EventShape::Nesting => {
            let nest = format!("{}{}", "[".repeat(DEEPEST - 3), "]".repeat(DEEPEST - 3));
            let nests: Value = serde_json::from_str(&nest).unwrap();
            event["multiValueHeaders"]["x"] = json!(vec![nests; fill / (nest.len() + 1)]);
        }
    }
    event.to_string()
}

/// What fills a key set.
#[derive(Clone, Copy, Debug)]
pub enum KeySetShape {
    /// Keys that can be used, each under an id of its own.
    Usable,
    /// Entries that are nothing.
    Empty,
    /// Keys with more members than any.
    Members,
}

pub const KEY_SET_SHAPES: [KeySetShape; 3] = [KeySetShape::Usable, KeySetShape::Empty, KeySetShape::Members];

/// A key set with one usable key at least, of this many bytes at most.
pub fn key_set_of(shape: KeySetShape, bytes: usize) -> String {
    let mut text = format!(r#"{{"keys":[{}"#, KEY.jwk());
    for number in 0.. {
        let mut key = KEY.jwk();
        let unit = match shape {
            KeySetShape::Usable => {
                key["kid"] = json!(format!("k{number}"));
                key.to_string()
            }
            KeySetShape::Empty => "{}".to_owned(),
            KeySetShape::Members => format!("{{{}\"x\":0}}", r#""a":0,"#.repeat(100)),
        };
        if text.len() + unit.len() + 3 > bytes {
            break;
        }
        write!(text, ",{unit}").unwrap();
    }
    text + "]}"
}
