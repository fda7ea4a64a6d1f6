"""permissions.schema.json and the function agree on what a permission document is, and the schema says it well.

What no JSON Schema can say is left out: that a member's name stands there once, that a deny can hold.
"""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from event_files import ROOT, local_settings
from jsonschema import Draft7Validator, ValidationError
from runtime_api import function

OPEN: dict[str, Any] = {"authenticated": True, "allow": ["GET /"]}

MEMBERS = ("issuers", "anyIssuer", "clients", "authenticated", "scopes", "groups", "claims", "present", "allow", "deny")


def document(permission: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    return {"permissions": [OPEN if permission is None else permission], **members}


def route(text: Any) -> dict[str, Any]:
    return document({"authenticated": True, "allow": [text]})


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in OPEN.items() if key != name}


USABLE: list[tuple[str, Any]] = [
    ("the shortest", document()),
    ("any issuer, and one client", document({"anyIssuer": True, "clients": ["a"], "allow": ["GET /"]})),
    ("the schema's place", {"$schema": "./permissions.schema.json", **document()}),
    ("deny alone", document({"groups": ["a"], "deny": ["ANY /{any+}"]})),
    ("all conditions", document({**OPEN, "scopes": ["a/b"], "groups": ["c d"], "claims": {"e": 1}})),
    ("claims of every type", document({"claims": {"a": 1, "b": "", "c": True, "d": None, "e": [1], "f": {"g": 2}}, **OPEN})),
    ("claims that are present", document({**OPEN, "present": ["act", "custom:a.b"]})),
    ("a complete API", document(complete=True)),
    ("an API that is not complete", document(complete=False)),
    ("claims that a trigger writes", document(triggerClaims=["custom:frozen"])),
    ("ignored findings", document(lint={"ignore": [
        {"code": "route_twice", "reason": "a"},
        {"code": "route_twice", "route": "GET /a", "reason": "b"},
    ]})),
    ("a scope with a URL", document({**OPEN, "scopes": ["https://api.example.com/read"]})),
    ("routes", document(routes=["GET /a", "GET /b/{c}"])),
    ("every route is named", document(complete=True)),
    ("not every route is named", document(complete=False)),
    ("context", document(context={"user_1": "sub", "Tenant": "custom:tenant_id", "Claims": "sub"})),
    *((text, route(text)) for text in (
        "GET /",
        "ANY /orders",
        "DELETE /{any+}",
        "ANY /users/${sub}/{rest+}",
        "PUT /users/${cognito:username}",
        "POST /a.b/c:d/~e/f@g/(h)/i!/j'k/l,m;n=o&p+q_r-s",
        "GET /${sub}/{sub}",
        "GET /..a/...",
        "GET /{a}/{b}/{c+}",
        "GET /{a.b_c-d}",
        "GET /${a+}/b",
        "HEAD /a",
        "OPTIONS /a",
        "PATCH /a",
    )),
]

UNUSABLE: list[tuple[str, Any]] = [
    ("a list", []),
    ("empty", {}),
    ("no permission", {"permissions": []}),
    ("permissions that are null", {"permissions": None}),
    ("an unknown member", document(rules=[])),
    ("complete in words", document(complete="true")),
    ("complete that is null", document(complete=None)),
    ("an unknown member of a permission", document({**OPEN, "scope": ["a"]})),
    ("no condition", document(without("authenticated"))),
    ("no route", document(without("allow"))),
    ("not authenticated", document({**OPEN, "authenticated": False})),
    ("authenticated in words", document({**OPEN, "authenticated": "true"})),
    ("authenticated as a number", document({**OPEN, "authenticated": 1})),
    *((f"{name} empty", document({**OPEN, name: []})) for name in ("scopes", "groups", "present", "allow", "deny")),
    *((f"{name} null", document({**OPEN, name: None})) for name in MEMBERS),
    *((f"{name} a text", document({**OPEN, name: "GET /"})) for name in MEMBERS),
    ("claims empty", document({**OPEN, "claims": {}})),
    ("a claim without a name", document({**OPEN, "claims": {"": 1}})),
    ("a claim that asks for nothing", document({**OPEN, "claims": {"act": {}}})),
    ("a member that asks for nothing", document({**OPEN, "claims": {"act": {"act": {}}}})),
    ("an element that asks for nothing", document({**OPEN, "claims": {"act": [{}]}})),
    ("a present claim without a name", document({**OPEN, "present": [""]})),
    ("complete in words", document(complete="true")),
    ("complete that is null", document(complete=None)),
    ("triggerClaims empty", document(triggerClaims=[])),
    ("triggerClaims as a text", document(triggerClaims="custom:frozen")),
    ("lint without ignore", document(lint={})),
    ("lint with more", document(lint={"ignore": [{"code": "a", "reason": "b"}], "more": 1})),
    *((f"ignored: {ignored}", document(lint={"ignore": ignored})) for ignored in (
        [],
        {},
        ["route_twice"],
        [{"code": "a"}],
        [{"reason": "a"}],
        [{"code": "", "reason": "a"}],
        [{"code": "a", "reason": ""}],
        [{"code": "a", "reason": "b", "route": "a"}],
        [{"code": "a", "reason": "b", "place": "c"}],
    )),
    ("two scopes in one", document({**OPEN, "scopes": ["a b"]})),
    ("a scope with quotes", document({**OPEN, "scopes": ['a"b']})),
    ("a scope beyond ASCII", document({**OPEN, "scopes": ["é"]})),
    ("a scope without a name", document({**OPEN, "scopes": [""]})),
    ("a group without a name", document({**OPEN, "groups": [""]})),
    ("a group that is a number", document({**OPEN, "groups": [1]})),
    ("routes empty", document(routes=[])),
    ("routes null", document(routes=None)),
    ("a malformed route in routes", document(routes=["/a"])),
    ("the schema's place as a number", {"$schema": 1, **document()}),
    ("context empty", document(context={})),
    ("context null", document(context=None)),
    ("a claim in context that is empty", document(context={"a": ""})),
    ("a claim in context that is null", document(context={"a": None})),
    *((f"context name {name!r}", document(context={name: "sub"})) for name in (
        "",
        "a-b",
        "a b",
        "cognito:groups",
        "é",
        "claims",
        "principalId",
        "integrationLatency",
        "error",
        "latency",
        "status",
        "requestId",
        "integrationStatus",
        "reason",
        "code",
    )),
    *((repr(text), route(text)) for text in (
        7,
        None,
        "",
        "/orders",
        "GET",
        "get /",
        "GRAB /a",
        "GET orders",
        "GET  /orders",
        "GET /a ",
        "GET /a//b",
        "GET /a/",
        "GET //",
        "GET /.",
        "GET /a/../b",
        "GET /a/{p+}/b",
        "GET /{a}/{a}",
        "GET /{a}/x/{a+}",
        "GET /*",
        "GET /a?b",
        "GET /a#b",
        "GET /$x",
        "GET /$default",
        "GET /{id}.json",
        "GET /{i d}",
        "GET /{a:b}",
        "GET /{custom:a+}",
        "$default",
        "$Connect",
        "$connect ",
        "GET /${}",
        "GET /${a}${b}",
        "GET /${a*}",
        "GET /{}",
        "GET /{+}",
        "GET /{a++}",
        "GET /caf%C3%A9",
        "GET /café",
    )),
]


# Mistakes in JSON, and what an editor that reads the schema says of them: names as in mistakes.txt.
MISTAKES = ROOT / "crates/permissions/tests/documents/mistakes.txt"
EDITOR = ROOT / "crates/permissions/tests/documents/editor.txt"


def mistakes() -> dict[str, str]:
    """The documents of MISTAKES that are JSON."""
    found = {}
    for section in MISTAKES.read_text().split("\n### ")[1:]:
        name, rest = section.split("\n", 1)
        document, _ = rest.split("\n=> ", 1)
        try:
            json.loads(document)
        except ValueError:
            continue
        found[name] = document
    return found


def said(error: ValidationError) -> str:
    """What Visual Studio Code's JSON editor says, or the validator where the schema has no words of its own."""
    own = error.schema.get("patternErrorMessage") if error.validator == "pattern" else None
    place = "/".join(map(str, error.absolute_path))
    return f"{place}: {own or error.schema.get('errorMessage') or error.message}"


class EditorMessages(unittest.TestCase):
    """What is said of typical mistakes, word for word."""

    def test_each_mistake_is_answered_word_for_word(self) -> None:
        schema = Draft7Validator(json.loads((ROOT / "permissions.schema.json").read_text()))
        answers = dict(line.split(" => ", 1) for line in EDITOR.read_text().splitlines() if " => " in line)
        for name, document in mistakes().items():
            with self.subTest(name):
                errors = sorted(map(said, schema.iter_errors(json.loads(document))))
                self.assertEqual("; ".join(errors) or "nothing", answers[name])


class SchemaAndFunction(unittest.TestCase):
    """Each document, judged by both."""

    schema: Draft7Validator

    @classmethod
    def setUpClass(cls) -> None:
        schema = json.loads((ROOT / "permissions.schema.json").read_text())
        Draft7Validator.check_schema(schema)
        cls.schema = Draft7Validator(schema)

    def test_the_packaged_document_is_usable(self) -> None:
        self.assert_judged((ROOT / "permissions.json").read_text(), True)

    def test_usable_documents(self) -> None:
        for name, usable in USABLE:
            with self.subTest(name):
                self.assert_judged(json.dumps(usable), True)

    def test_unusable_documents(self) -> None:
        for name, unusable in UNUSABLE:
            with self.subTest(name):
                self.assert_judged(json.dumps(unusable), False)

    def assert_judged(self, text: str, usable: bool) -> None:
        self.assertEqual(self.schema.is_valid(json.loads(text)), usable, "the schema")
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "permissions.json"
            path.write_text(text)
            with function(local_settings() | {"PERMISSIONS_FILE": str(path)}) as process:
                started = process.starts()
            self.assertEqual(started, usable, f"the function: {process.output}")
