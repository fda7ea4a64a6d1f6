"""What the API answers, to tokens that the pool and its token endpoint issued."""

from __future__ import annotations

import json
import re
import time
from typing import ClassVar

from cognito_tokens import decode, with_a_flipped_bit, with_claims
from event_files import ROOT
from pool import REGION
from system import HERE, IDENTITY_SOURCES, Gateway, SystemTest

ORIGIN = "https://app.example.com"
# Generous, for a machine that is busy with other things.
LOG_SECONDS = 10
# A user in no group.
OUTSIDER = "uma@example.com"


class ApiTest(SystemTest):
    """Requests to one of the two emulated APIs."""

    api: ClassVar[Gateway]

    def token(self, user: str) -> str:
        """A new access token, which no cache has seen."""
        return self.system.pool.sign_in(user)["AccessToken"]

    @staticmethod
    def subject(token: str) -> str:
        return str(decode(token.split(".")[1])["sub"])

    def assert_status(self, expected: int, verb: str, path: str, token: str | None = None) -> None:
        answer = self.api.ask(verb, path, token)
        self.assertEqual(answer.status, expected, f"{verb} {path}: {answer.body}")

    def assert_decided(self, times: int) -> None:
        """The function has decided so often, and not more. Its log lines may come after its answers."""
        deadline = time.monotonic() + LOG_SECONDS
        while self.api.decisions < times and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(self.api.decisions, times)


class Api(ApiTest):
    """From request to backend, or to a refusal."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.api = cls.system.api
        cls.system.pool.add_user(OUTSIDER)

    def test_a_permitted_request_reaches_the_backend_with_the_context(self) -> None:
        token = self.token(self.user)
        answer = self.api.ask("GET", "/orders/7/pii", token)
        self.assertEqual((answer.status, answer.body["route"]), (200, "GET /orders/{id}/pii"))
        # The names in permissions.json; this user has no tenant.
        self.assertEqual(set(answer.context), {"principalId", "userId", "groups"})
        self.assertEqual(answer.context["userId"], self.subject(token))
        self.assertEqual(json.loads(answer.context["groups"]), ["dpo"])

    def test_a_request_for_a_route_that_is_not_permitted_is_refused_with_403(self) -> None:
        token = self.token(OUTSIDER)
        self.assert_status(403, "GET", "/orders/7/pii", token)
        self.assert_status(403, "GET", "/orders/7/audit", token)

    def test_a_request_without_a_token_is_refused_with_401_and_the_function_is_not_asked(self) -> None:
        before = self.api.decisions
        self.assert_status(401, "GET", "/me")
        self.assertEqual(self.api.decisions, before)

    def test_a_tampered_token_is_refused_with_401(self) -> None:
        token = self.token(OUTSIDER)
        self.assert_status(200, "GET", "/me", token)
        self.assert_status(401, "GET", "/me", with_a_flipped_bit(token))
        self.assert_status(401, "GET", "/orders/7/pii", with_claims(token, **{"cognito:groups": ["dpo"]}))

    def test_an_id_token_and_a_token_of_another_client_are_refused_with_401(self) -> None:
        pool = self.system.pool
        self.assert_status(401, "GET", "/me", pool.sign_in(OUTSIDER)["IdToken"])
        self.assert_status(401, "GET", "/me", pool.sign_in(OUTSIDER, pool.foreign_client)["AccessToken"])

    def test_a_user_is_allowed_the_own_id_and_refused_another_users(self) -> None:
        token = self.token(OUTSIDER)
        other = self.subject(self.token(self.user))
        self.assert_status(200, "PUT", f"/users/{self.subject(token)}/address", token)
        self.assert_status(403, "PUT", f"/users/{other}/address", token)

    def test_one_cached_answer_is_right_for_every_other_route(self) -> None:
        token = self.token(self.user)
        self.assert_status(200, "GET", "/me", token)
        decided = self.api.decisions
        own = self.subject(token)
        for expected, verb, path in [
            (200, "GET", "/orders/7/pii"),
            (200, "DELETE", f"/users/{own}/a/b/c"),
            (200, "GET", "/me"),
            (403, "GET", "/orders"),
            (403, "GET", "/orders/7/audit"),
            (403, "DELETE", f"/users/{own}0/address"),
        ]:
            self.assert_status(expected, verb, path, token)
        self.assertEqual(self.api.decisions, decided)

    def test_one_cached_refusal_does_not_refuse_what_is_permitted(self) -> None:
        token = self.token(OUTSIDER)
        self.assert_status(403, "GET", "/orders", token)
        decided = self.api.decisions
        self.assert_status(200, "GET", "/me", token)
        self.assertEqual(self.api.decisions, decided)

    def test_a_preflight_needs_no_token_and_permits_the_authorization_header(self) -> None:
        before = self.api.decisions
        asked = {
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization",
        }
        answer = self.api.ask("OPTIONS", "/users/somebody/address", **asked)
        self.assertIn(answer.status, (200, 204))
        self.assertIn(answer.headers["Access-Control-Allow-Origin"], (ORIGIN, "*"))
        self.assertIn("authorization", answer.headers["Access-Control-Allow-Headers"].lower())
        self.assertEqual(self.api.decisions, before)

    def test_a_page_may_read_a_refusal(self) -> None:
        token = self.token(OUTSIDER)
        for expected, sent in [(401, None), (401, with_a_flipped_bit(token)), (403, token)]:
            answer = self.api.ask("GET", "/orders", sent, Origin=ORIGIN)
            self.assertEqual(answer.status, expected)
            self.assertIn(answer.headers["Access-Control-Allow-Origin"], (ORIGIN, "*"))

    def test_the_function_is_asked_about_the_path_of_the_request(self) -> None:
        self.assert_status(200, "GET", "/me", self.token(OUTSIDER))
        self.assertIn('"route":"GET /me"', self.api.function.output)

    def test_the_emulated_api_is_that_of_the_template(self) -> None:
        template = (ROOT / "template.yaml").read_text()
        emulated = (HERE / "gateway/serverless.yml").read_text()
        paths = re.findall(r"^          (/\S+):", template, re.MULTILINE)
        self.assertGreater(len(paths), 5)
        self.assertEqual(sorted(re.findall(r'path: "?(/[^",\s]+)', emulated)), sorted(paths))
        self.assertIn(f"region: {REGION}", emulated)
        for source in IDENTITY_SOURCES["request"].split(", "):
            self.assertIn(source, template)


class ApiCachedByRequest(ApiTest):
    """The same API with CacheKey=request: an answer is for one token, path and method."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.api = cls.system.api_by_request

    def test_an_answer_is_used_again_for_the_same_request_alone(self) -> None:
        token = self.token(self.user)
        own = self.subject(token)
        requests = [
            (200, "GET", "/me"),
            (200, "GET", "/orders/7/pii"),
            (200, "GET", "/orders/8/pii"),
            (403, "GET", "/orders/7/audit"),
            (200, "PUT", f"/users/{own}/address"),
            (200, "DELETE", f"/users/{own}/address"),
            (403, "DELETE", f"/users/{own}0/address"),
        ]
        before = self.api.decisions
        for asked, (expected, verb, path) in enumerate(requests, 1):
            for _ in range(2):
                self.assert_status(expected, verb, path, token)
            self.assert_decided(before + asked)

    def test_another_token_is_decided_anew(self) -> None:
        first, second = self.token(self.user), self.token(self.user)
        before = self.api.decisions
        self.assert_status(200, "GET", "/me", first)
        self.assert_decided(before + 1)
        self.assert_status(200, "GET", "/me", second)
        self.assert_decided(before + 2)

    def test_a_request_without_a_token_is_refused_with_401_and_the_function_is_not_asked(self) -> None:
        before = self.api.decisions
        self.assert_status(401, "GET", "/me")
        self.assertEqual(self.api.decisions, before)

    def test_a_tampered_token_is_refused_with_401(self) -> None:
        before = self.api.decisions
        self.assert_status(401, "GET", "/me", with_a_flipped_bit(self.token(self.user)))
        self.assert_decided(before + 1)


class ServerlessRecipe(ApiTest):
    """The API of docs/attach/serverless.md, as the Serverless Framework makes it."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.api = cls.system.recipe

    def test_a_permitted_request_reaches_the_backend_and_others_do_not(self) -> None:
        token = self.token(self.user)
        self.assertEqual(self.api.ask("GET", "/me", token).body, {"userId": self.subject(token)})
        self.assert_status(200, "GET", "/orders/7/pii", token)
        self.assert_status(403, "GET", "/orders", token)
        self.assert_status(401, "GET", "/me")
        self.assert_status(401, "GET", "/me", with_a_flipped_bit(token))
