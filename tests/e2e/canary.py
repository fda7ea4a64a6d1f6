"""No token is given away: every event and every failure at the most verbose level, and a search of all that is said.

What the function answers to a token that it believed is not searched: its subject and its claims belong there.
"""

from __future__ import annotations

import itertools
import json
import re
import tempfile
import threading
import unittest
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cognito_tokens import decode
from event_files import KEY_SET, ROOT, EventFile, local_settings, read_all
from jsonschema import Draft7Validator
from lambda_watch import free_port
from needles import TOKEN, Needles
from runtime_api import FunctionProcess, Reply, function

QUERY = "canary-query-5d1f0c72"

LINE = Draft7Validator(json.loads((ROOT / "log.schema.json").read_text()))

# What a line says of a permission's conditions, in both formats: names of scopes, groups and claims from the document.
LACKS = re.compile(r'"?lacks"?[:=](\[[^\]]*\])')

VERBOSE = {"AWS_LAMBDA_LOG_LEVEL": "TRACE", "RUST_LOG": "trace", "RUST_BACKTRACE": "full"}
FORMATS = ("JSON", "Text")


@dataclass(frozen=True)
class Scenario:
    """Settings, besides those of events/, and the reason they give for an event whose token is good."""

    name: str
    reason: str
    settings: dict[str, str] = field(default_factory=dict)


def names_in_document() -> set[str]:
    """What `lacks` may say."""
    permissions = json.loads((ROOT / "permissions.json").read_text())["permissions"]
    names = {f"{kind} {name}" for each in permissions for kind in ("scope", "group") for name in each.get(f"{kind}s", [])}
    routes = [route for each in permissions for route in each.get("allow", [])]
    in_paths = {f"claim {claim}" for route in routes for claim in re.findall(r"\$\{([^}]+)\}", route)}
    return names | in_paths | {f"claim {name}" for each in permissions for name in each.get("claims", {})}


def good(events: list[EventFile]) -> EventFile:
    return next(event for event in events if event.name == "allow-by-scope")


def token_in(event: EventFile) -> str:
    return TOKEN.findall(json.dumps(event.body))[0]


def client_of(event: EventFile) -> str:
    tokens = TOKEN.findall(json.dumps(event.body))
    return decode(tokens[0].split(".")[1]).get("client_id", "") if tokens else ""


def as_sent(events: list[EventFile]) -> Iterator[bytes]:
    for event in events:
        yield json.dumps(event.body).encode()


def with_query(events: list[EventFile]) -> Iterator[bytes]:
    """The REQUEST events with the token in a query parameter, in a cookie, and in the header beside another in both."""
    requests = [event for event in events if event.body.get("type") == "REQUEST"]
    for event, place in itertools.product(requests, ("query", "cookie", "everywhere")):
        tokens = TOKEN.findall(json.dumps(event.body)) or ["none.at.all"]
        query = {"coupon": QUERY} | ({} if place == "cookie" else {"access_token": tokens[0]})
        headers = {"Cookie": f"theme=dark; token={tokens[0]}"} if place == "cookie" else {}
        kept = event.body["headers"] if place == "everywhere" else {}
        yield json.dumps(
            event.body
            | {
                "headers": kept | headers,
                "multiValueHeaders": {name: [value] for name, value in (kept | headers).items()},
                "queryStringParameters": query,
                "multiValueQueryStringParameters": {name: [value, value] for name, value in query.items()},
            }
        ).encode()


def malformed(events: list[EventFile]) -> Iterator[bytes]:
    """Texts that are no events, and events whose members have other types, each with a token in it."""
    event = good(events)
    token, arn = token_in(event), event.method_arn
    sent = json.dumps(event.body)
    for text in ("", "null", "[]", "{}", token, f'"{token}"', f"[{token}]", sent[:-1], f"{sent},"):
        yield text.encode()
    yield sent.replace('"type"', "'type'").encode()
    yield sent.encode().replace(b"Bearer ", b"Bearer \xff\xfe")
    yield sent.replace("Bearer ", "Bearer \\ud800").encode()
    yield f'{{"{token}":1,"{token}":2}}'.encode()
    yield ("[" * 500 + f'"{token}"' + "]" * 500).encode()
    for wrong in (token, [token], {"token": token}, {token: token}, [[{"a": [token]}]], 7, True, None):
        for member in ("type", "methodArn", "authorizationToken", "version", "routeArn"):
            yield json.dumps(event.body | {member: wrong}).encode()
        request: dict[str, Any] = {"type": "REQUEST", "methodArn": arn}
        maps = ("headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters")
        for member in (*maps, "requestContext", "pathParameters", "cookies"):
            yield json.dumps(request | {member: wrong}).encode()
            yield json.dumps(request | {member: {"Authorization": wrong, "access_token": wrong}}).encode()
    for value in (
        f"Bearer {token} {token}",
        f"Basic {token}",
        f"Bearer {token}=",
        f"Bearer {token}.{token}",
        f"Bearer  {token[:-1]}",
        f"Bearer {token[1:]}",
        f"Bearer {token.replace('.', '.A', 1)}",
        f"Bearer {token * 12}",
        f"{token}\n",
        f"Bearer {token}\u00e9",
    ):
        yield json.dumps(event.body | {"authorizationToken": value}).encode()
        yield json.dumps(request | {"headers": {"Authorization": value}}).encode()
    for path in (f"orders/{token}", f"{token}//{token}", f"users/{token}/%2e%2e"):
        yield json.dumps(event.body | {"methodArn": arn.replace("orders", path), "authorizationToken": "x"}).encode()


@contextmanager
def key_endpoint(status: int, body: bytes) -> Iterator[str]:
    """An endpoint that answers every fetch with this; gives its address."""

    class Endpoint(BaseHTTPRequestHandler):
        """Whatever is asked for."""

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/keys"
    finally:
        server.shutdown()
        server.server_close()


def other_keys() -> bytes:
    """A key set that is in order and has none of the keys that the events are signed with."""
    published = json.loads(KEY_SET.read_text())
    return json.dumps({"keys": [key | {"kid": f"other {key['kid'][:4]}"} for key in published["keys"]]}).encode()


class Canary(unittest.TestCase):
    """Every setting that changes what is said, under both log formats."""

    events: list[EventFile]
    texts: list[bytes]
    needles: Needles

    @classmethod
    def setUpClass(cls) -> None:
        cls.events = read_all()
        cls.texts = [
            *as_sent(cls.events),
            *with_query(cls.events),
            *malformed(cls.events),
        ]
        pool = local_settings()["USER_POOL_ID"]
        region = pool.partition("_")[0]
        hosts = (f"cognito-idp.{region}.amazonaws.com", f"issuer-cognito-idp.{region}.amazonaws.com")
        cls.needles = Needles(
            (text.decode(errors="replace") for text in as_sent(cls.events)),
            public=[
                *(f"https://{host}/{pool}" for host in hosts),
                # A line names the client of a token that was verified.
                *(client for client in map(client_of, cls.events) if client),
                *(key["kid"] for key in json.loads(KEY_SET.read_text())["keys"]),
            ],
            queries=[QUERY],
        )

    def test_the_search_finds_what_it_is_for(self) -> None:
        # A search that finds nothing anywhere would prove nothing.
        token = token_in(good(self.events))
        header, payload, signature = token.split(".")
        for leak in (
            token,
            f"key {header[:20]}",
            f"(…{payload[40:60]}…)",
            signature[-16:],
            str(list(signature[10:40].encode())),
            '{"user":"alice"}',
            "groups: [dpo]",
            "exp=4102444800",
            f"GET /orders?coupon={QUERY}",
        ):
            self.assertTrue(self.needles.found_in(leak), leak)
        for harmless in ("token_use_not_allowed", "expired at 4102", "cognito-authorizer", "allowed-by-dpoint"):
            self.assertEqual(self.needles.found_in(harmless), [], harmless)
        pieces, values = self.needles.size
        self.assertGreater(pieces, 10_000)
        self.assertGreater(values, 20)

    def test_no_decision_gives_a_token_away(self) -> None:
        self.try_out(Scenario("as events/ are meant", "permitted"))
        self.try_out(Scenario("id tokens too", "permitted", {"TOKEN_USE": "access,id", "LEEWAY_SECONDS": "300"}))
        self.try_out(Scenario("any client", "permitted", {"APP_CLIENT_ID": "*"}))

    def test_no_refusal_by_policy_gives_a_token_away(self) -> None:
        self.try_out(Scenario("deny", "permitted", {"INVALID_TOKEN": "deny"}))
        self.try_out(Scenario("other client", "client_unknown", {"APP_CLIENT_ID": "other", "INVALID_TOKEN": "deny"}))
        bound = {"RESOURCE": "https://api.example.com", "INVALID_TOKEN": "deny"}
        self.try_out(Scenario("bound to no resource", "claim_missing", bound))

    def test_no_metric_gives_a_token_away(self) -> None:
        measured = {"METRICS_NAMESPACE": "canary", "LOG_SUBJECT": "hash", "LOG_SUBJECT_KEY": "k" * 32}
        self.try_out(Scenario("measured", "permitted", measured), formats=("JSON",))

    def test_no_token_source_gives_a_token_away(self) -> None:
        everywhere = "header:Authorization,query:access_token,cookie:token"
        self.try_out(Scenario("everywhere", "permitted", {"TOKEN_SOURCE": everywhere}))
        self.try_out(Scenario("query alone", "permitted", {"TOKEN_SOURCE": "query:access_token"}))
        self.try_out(Scenario("cookie alone", "permitted", {"TOKEN_SOURCE": "cookie:token"}))

    def test_no_failure_to_get_keys_gives_a_token_away(self) -> None:
        # The keys at hand are others than the token's, so the first token causes a fetch, and that goes wrong: no outage, since
        # the keys in use are at hand.
        with tempfile.TemporaryDirectory() as directory:
            at_hand = Path(directory) / "jwks.json"
            at_hand.write_bytes(other_keys())

            def fetching_from(uri: str) -> dict[str, str]:
                return {"JWKS_FILE": str(at_hand), "JWKS_URI": uri}

            closed = f"http://127.0.0.1:{free_port()}/keys"
            self.try_out(Scenario("nobody listens", "key_unchecked", fetching_from(closed)))
            for name, status, body, reason in [
                ("an error page", 503, b"<html>busy</html>", "key_unchecked"),
                ("a redirect", 302, b"", "key_unchecked"),
                ("no key set", 200, b'"nothing"', "key_unchecked"),
                ("no usable key", 200, b'{"keys":[]}', "key_unchecked"),
                ("other keys again", 200, other_keys(), "key_unknown"),
            ]:
                with key_endpoint(status, body) as uri:
                    self.try_out(Scenario(name, reason, fetching_from(uri)))
        self.try_out(Scenario("no key at all", "keys_too_early", {"JWKS_FILE": "", "JWKS_URI": closed}))

    def try_out(self, scenario: Scenario, formats: tuple[str, ...] = FORMATS) -> None:
        for log_format in formats:
            with self.subTest(scenario.name, log_format=log_format):
                settings = local_settings() | scenario.settings | VERBOSE | {"AWS_LAMBDA_LOG_FORMAT": log_format}
                with function(settings) as process:
                    first = process.invoke(json.dumps(good(self.events).body).encode())
                    replies = [process.invoke(text) for text in self.texts]
                self.assert_reason(scenario, first, process)
                self.assert_clean(process, [first, *replies])

    def assert_reason(self, scenario: Scenario, reply: Reply, process: FunctionProcess) -> None:
        """The settings did what they are there for, and the log is not silent."""
        if scenario.reason == "permitted":
            self.assertFalse(reply.is_error, reply.body)
        elif "INVALID_TOKEN" not in scenario.settings:
            self.assertTrue(reply.is_error, reply.body)
        reasons = re.findall(r'\breason"?[:=]"(\w+)"', process.output)
        self.assertEqual(reasons[0], scenario.reason)
        # What is no JSON at all never reaches the function's own code.
        self.assertGreater(len(reasons), len(self.texts) - 20)

    def assert_described(self, output: str) -> None:
        """Every line in JSON is as log.schema.json says."""
        lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        for line in lines:
            self.assertEqual([error.message for error in LINE.iter_errors(line)], [], line)
            for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
                # What no schema can say: a reference is to a member of the line, of the right type.
                self.assertTrue(all(type(line[metric["Name"]]) is int for metric in directive["Metrics"]), line)
                self.assertTrue(all(type(line[name]) is str for each in directive["Dimensions"] for name in each), line)

    def assert_clean(self, process: FunctionProcess, replies: list[Reply]) -> None:
        lacking = {name for match in LACKS.findall(process.output) for name in json.loads(match)}
        self.assertLessEqual(lacking, names_in_document())
        said = [LACKS.sub("", process.output)]
        self.assert_described(process.output)
        for reply in replies:
            said.append(reply.headers)
            if reply.is_error or (json.loads(reply.body) or {}).get("principalId") == "unauthorized":
                said.append(reply.body)
        self.assertEqual([leak for text in said for leak in self.needles.found_in(text)], [])
