"""Several issuers that this project did not write, in one file of issuers, through the built function.

oidc-provider (tests/issuers/server.mjs) issues tokens in the shape of each kind, by several algorithms, and moto those of a
Cognito user pool. Their documents and keys are found by discovery, over loopback.

issuers.schema.json and the reader agree on what a file of issuers is, too. What no JSON Schema can say is left out: that a
name or an issuer stands in one entry alone, that an audience is no client. The reader's half is in
crates/permissions/src/issuers/tests.rs.
"""

from __future__ import annotations

import json
import logging
import subprocess
import tempfile
import unittest
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import iam
from cognito import REGION, SIGN_IN_SCOPE, UserPool
from event_files import ROOT
from jsonschema import Draft7Validator
from moto.server import ThreadedMotoServer
from runtime_api import FunctionProcess, function

DOCUMENTS = ROOT / "crates/permissions/src/issuers/documents.json"
SERVER = ROOT / "tests/issuers/server.mjs"
PREFIX = f"arn:aws:execute-api:{REGION}:123456789012:a1b2c3d4e5/v1"
AUDIENCE = ["https://api.example.com"]

# What an entry says of each shape; the presets of Auth0 and Okta want hosts that nothing on loopback has.
SHAPES: dict[str, dict[str, Any]] = {
    "rfc9068": {"kind": "oidc", "algorithms": ["ES256"], "clients": ["machine"]},
    "edwards": {"kind": "oidc", "algorithms": ["EdDSA"]},
    "auth0": {"kind": "oidc", "accessToken": {"claim": "scope"}, "clients": {"claim": "azp"}, "scopes": {"claim": "permissions"}},
    "okta": {"kind": "oidc", "accessToken": {"claim": "cid"}, "clients": {"claim": "cid"}, "scopes": {"claim": "scp"}},
    "keycloak": {"kind": "keycloak", "algorithms": ["PS256"], "groups": {"path": ["realm_access", "roles"]}},
}  # fmt: skip

PERMISSIONS = {
    "permissions": [
        {"issuers": list(SHAPES), "scopes": ["orders/read"], "allow": ["GET /orders"]},
        {"issuers": ["okta", "keycloak"], "groups": ["admin"], "allow": ["GET /admin"]},
        {"anyIssuer": True, "clients": ["machine"], "allow": ["GET /machines"]},
        {"issuers": ["pool"], "scopes": [SIGN_IN_SCOPE], "allow": ["GET /profile"]},
    ]
}
METHODS = ["GET/orders", "GET/admin", "GET/machines", "GET/profile"]


class Schema(unittest.TestCase):
    def test_documents_are_judged_as_by_the_reader(self) -> None:
        schema = json.loads((ROOT / "issuers.schema.json").read_text())
        Draft7Validator.check_schema(schema)
        validator = Draft7Validator(schema)
        for case in json.loads(DOCUMENTS.read_text()):
            with self.subTest(case["name"]):
                self.assertEqual(validator.is_valid(case["document"]), case["usable"])


class SeveralIssuers(unittest.TestCase):
    """From each issuer's token to the policy."""

    issued: dict[str, Any]
    pool_token: str
    process: FunctionProcess
    resources: ExitStack

    @classmethod
    def setUpClass(cls) -> None:
        cls.resources = ExitStack()
        cls.addClassCleanup(cls.resources.close)
        folder = Path(cls.resources.enter_context(tempfile.TemporaryDirectory()))
        cls.issued = cls._start_providers()
        entries = [
            {"name": name, "issuer": cls.issued[name]["issuer"], "audiences": AUDIENCE, **shape}
            for name, shape in SHAPES.items()
        ]
        settings = {"ISSUERS_FILE": str(folder / "issuers.json"), "PERMISSIONS_FILE": str(folder / "permissions.json")}
        (folder / "issuers.json").write_text(json.dumps({"issuers": [*entries, cls._start_pool()]}))
        (folder / "permissions.json").write_text(json.dumps(PERMISSIONS))
        cls.process = cls.resources.enter_context(function(settings))

    @classmethod
    def _start_providers(cls) -> dict[str, Any]:
        node = subprocess.Popen(
            ["node", str(SERVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        cls.resources.callback(node.communicate, timeout=10)
        assert node.stdout
        lines = (line for line in node.stdout if line.startswith("{"))
        issued = next(lines, None)
        if issued is None:
            raise RuntimeError(f"the issuers did not start: node {SERVER.relative_to(ROOT)} says why")
        return dict(json.loads(issued))

    @classmethod
    def _start_pool(cls) -> dict[str, Any]:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        cls.resources.callback(server.stop)
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        pool = UserPool(endpoint)
        pool.add_user("alice")
        cls.pool_token = pool.sign_in("alice")["AccessToken"]
        uri = f"{endpoint}/{pool.id}/.well-known/jwks.json"
        return {"name": "pool", "kind": "cognito", "userPool": pool.id, "clients": [pool.client], "jwksUri": uri}

    def answer(self, token: str, method: str = "GET/orders") -> Any:
        event = {"type": "TOKEN", "methodArn": f"{PREFIX}/{method}", "authorizationToken": f"Bearer {token}"}
        return json.loads(self.process.invoke(json.dumps(event).encode()).body)

    def permitted(self, token: str) -> list[str]:
        policy = self.answer(token)["policyDocument"]
        return [method for method in METHODS if iam.verdict(policy, f"{PREFIX}/{method}") == "allow"]

    def test_each_issuers_token_opens_what_its_own_permissions_say(self) -> None:
        opened = {
            "rfc9068": ["GET/orders", "GET/machines"],
            "edwards": ["GET/orders", "GET/machines"],
            "auth0": ["GET/orders", "GET/machines"],
            "okta": ["GET/orders", "GET/admin", "GET/machines"],
            "keycloak": ["GET/orders", "GET/admin", "GET/machines"],
        }
        for name, expected in opened.items():
            with self.subTest(name):
                self.assertEqual(self.permitted(self.issued[name]["token"]), expected)
        self.assertEqual(self.permitted(self.pool_token), ["GET/profile"])

    def test_a_scope_that_was_not_granted_opens_nothing(self) -> None:
        for name in ("rfc9068", "edwards", "okta", "keycloak"):
            with self.subTest(name):
                self.assertNotIn("GET/orders", self.permitted(self.issued[name]["writer"]))

    def test_a_principal_has_its_issuers_name(self) -> None:
        for name in SHAPES:
            self.assertEqual(self.answer(self.issued[name]["token"])["principalId"], f"{name}|machine")
        self.assertTrue(self.answer(self.pool_token)["principalId"].startswith("pool|"))

    def test_a_message_of_one_issuer_with_anothers_signature_is_refused(self) -> None:
        tokens = {name: issued["token"] for name, issued in self.issued.items()} | {"pool": self.pool_token}
        for name, token in tokens.items():
            for other, foreign in tokens.items():
                if name != other:
                    mixed = f"{token.rpartition('.')[0]}.{foreign.rpartition('.')[2]}"
                    with self.subTest(f"{name} with the signature of {other}"):
                        self.assertEqual(self.answer(mixed).get("errorMessage"), "Unauthorized")

    def test_a_document_that_names_no_issuer_stops_the_start(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            entries = [
                {"name": name, "kind": "oidc", "issuer": f"http://127.0.0.1:9/{name}", "audiences": AUDIENCE}
                for name in ("a", "b")
            ]
            (Path(directory) / "issuers.json").write_text(json.dumps({"issuers": entries}))
            document = {"permissions": [{"authenticated": True, "allow": ["GET /orders"]}]}
            (Path(directory) / "permissions.json").write_text(json.dumps(document))
            settings = {name: f"{directory}/{file}" for name, file in (
                ("ISSUERS_FILE", "issuers.json"), ("PERMISSIONS_FILE", "permissions.json"),
            )}  # fmt: skip
            with function(settings) as process:
                self.assertFalse(process.starts())
                self.assertIn("found neither `issuers` nor `anyIssuer`", process.output)
