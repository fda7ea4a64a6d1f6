"""A day of key rotations, outages and bogus key ids, through the built function with four workers.

The function's wall clock is read from a file (libfaketime), so that a virtual day passes as fast as events are answered
and nothing sleeps. Keys rotate every virtual hour, the key endpoint is down for a tenth of each, one token in a hundred
names a key that nobody has. No answer may be wrong, and the endpoint may not be asked more often than the README says.
"""

from __future__ import annotations

import json
import random
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import iam
import runtime_api
from cognito_tokens import SigningKey

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")

POOL = "eu-west-1_Soak12345"
ISSUER = f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL}"
CLIENT = "soak0123456789"
METHOD = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/GET/orders"

START = 1_800_000_000
HOURS = 24
HOUR = 3600
STEP = 20
WORKERS = 4
# Minutes 30 to 36 of each hour, and at every sixth rotation the six minutes around it.
OUTAGE = range(1800, 2160)
ROTATION_OUTAGE = 180
BOGUS = 0.01

# The README's bounds.
BURST = 5
REFILL = 10
REFRESH = 3600
LONGEST_BACKOFF = 60


class KeyEndpoint:
    """Publishes the current key and the one before it, except during outages, and counts the questions."""

    def __init__(self, keys: list[SigningKey]) -> None:
        self._keys = keys
        self.now = START
        self.fetches = 0
        self._lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                endpoint.answer(self)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/jwks.json"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.fetches += 1
        hour = hour_of(self.now)
        body = json.dumps({"keys": [key.jwk for key in self._keys[max(hour - 1, 0) : hour + 1]]}).encode()
        request.send_response(503 if is_down(self.now) else 200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def hour_of(now: int) -> int:
    return (now - START) // HOUR


def is_down(now: int) -> bool:
    into = (now - START) % HOUR
    around = min(into, HOUR - into) < ROTATION_OUTAGE
    nearest = (now - START + HOUR // 2) // HOUR
    return into in OUTAGE or (around and nearest % 6 == 3)


def since_down(now: int) -> int:
    """Seconds since the endpoint was last down; 0 while it is."""
    return next((ago for ago in range(0, HOUR, STEP) if is_down(now - ago)), HOUR)


def verdict(reply: runtime_api.Reply) -> str:
    body = json.loads(reply.body)
    if reply.is_error:
        return "unauthorized" if body["errorMessage"] == "Unauthorized" else "error"
    return iam.verdict(body["policyDocument"], METHOD)


class Soak(unittest.TestCase):
    def test_a_day_of_rotations_and_outages(self) -> None:
        if not FAKETIME.exists():
            self.skipTest("libfaketime is not installed")
        chance = random.Random(1)
        keys = [SigningKey() for _ in range(HOURS + 1)]
        stranger = SigningKey()
        claims = {"sub": "u1", "iss": ISSUER, "client_id": CLIENT, "token_use": "access", "scope": "s", "exp": START * 2}
        tokens = [key.sign(claims) for key in keys]
        endpoint = KeyEndpoint(keys)
        counts = {"asked": 0, "bogus": 0, "undecided": 0}
        with tempfile.TemporaryDirectory() as folder:
            clock, permissions = Path(folder, "clock"), Path(folder, "permissions.json")
            permissions.write_text('{"permissions": [{"scopes": ["s"], "allow": ["GET /orders"]}]}')
            set_clock(clock, START)
            with runtime_api.function(self.settings(endpoint, clock, permissions)) as function:
                self.assertTrue(function.starts())
                for now in range(START, START + HOURS * HOUR, STEP):
                    endpoint.now = now
                    set_clock(clock, now)
                    self.one_step(function, now, tokens, stranger, claims, chance, counts)
        endpoint.stop()
        bound = BURST + HOURS * HOUR // REFILL
        print(f"{counts['asked']} events over {HOURS} virtual hours, {counts['bogus']} of them bogus, "
              f"{counts['undecided']} undecided in outages; {endpoint.fetches} fetches, at most {bound} by the budget")
        self.assertLessEqual(endpoint.fetches, bound)
        self.assertGreater(counts["bogus"], 100)

    def settings(self, endpoint: KeyEndpoint, clock: Path, permissions: Path) -> dict[str, str]:
        return {
            "USER_POOL_ID": POOL,
            "APP_CLIENT_ID": CLIENT,
            "JWKS_URI": endpoint.url,
            "PERMISSIONS_FILE": str(permissions),
            "AWS_LAMBDA_MAX_CONCURRENCY": str(WORKERS),
            "AWS_LAMBDA_LOG_LEVEL": "FATAL",
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            # Time-outs of the network are real.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": "UTC",
        }

    def one_step(self, function, now, tokens, stranger, claims, chance, counts) -> None:
        hour = hour_of(now)
        asked = []
        for _ in range(WORKERS):
            if chance.random() < BOGUS:
                asked.append(("bogus", stranger.sign(claims, kid=f"nobody-{chance.random()}")))
                counts["bogus"] += 1
            else:
                # The key of this hour, the one before it, and now and then one that was withdrawn long ago.
                age = chance.choice([0, 0, 0, 1, 3])
                if age <= hour:
                    asked.append((str(age), tokens[hour - age]))
        counts["asked"] += len(asked)
        events = [json.dumps({"type": "TOKEN", "methodArn": METHOD, "authorizationToken": token}).encode() for _, token in asked]
        for (kind, _), reply in zip(asked, function.invoke_all(events)):
            found = verdict(reply)
            counts["undecided"] += found == "error"
            self.assertIn(found, self.right_answers(kind, now), f"{kind} at {now - START}")

    def right_answers(self, kind: str, now: int) -> set[str]:
        troubled = since_down(now) <= LONGEST_BACKOFF + STEP
        if kind == "bogus":
            return {"unauthorized"}
        if kind == "0":
            # Signed with a key that the endpoint publishes from this hour on, or could not tell of yet.
            young = (now - START) % HOUR <= ROTATION_OUTAGE + LONGEST_BACKOFF + STEP
            return {"allow", "unauthorized"} if troubled and young else {"allow"}
        if kind == "1":
            return {"allow"}
        # Withdrawn two hours ago or more: a refresh has been since then, also after the longest outage.
        return {"unauthorized"}


def set_clock(clock: Path, now: int) -> None:
    # Replaced whole, so that nobody reads half a line.
    fresh = clock.with_suffix(".new")
    fresh.write_text(f"@{now}" if False else _written(now))
    fresh.replace(clock)


def _written(now: int) -> str:
    from datetime import datetime, timezone

    return datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
