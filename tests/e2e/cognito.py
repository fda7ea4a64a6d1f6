"""Tokens that an emulated Cognito user pool issued, through the built function under `cargo lambda watch`.

The emulator is moto's. Its key endpoint is its own, its issuer is Cognito's, as are the shapes of its tokens.
"""

from __future__ import annotations

import json
import logging
import tempfile
import unittest
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import iam
from cognito_tokens import decode, with_a_flipped_bit
from lambda_watch import Answer, LambdaWatch, lambda_watch
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
PREFIX = f"arn:aws:execute-api:{REGION}:123456789012:a1b2c3d4e5/v1"
PASSWORD = "Correct-Horse-7"

# The only scope of a token that comes from a sign-in through the API, in the emulator and in Cognito.
SIGN_IN_SCOPE = "aws.cognito.signin.user.admin"

PERMISSIONS = {
    "permissions": [
        {"scopes": [SIGN_IN_SCOPE], "allow": ["GET /profile", "ANY /users/${sub}/{rest+}"]},
        {"groups": ["clerks"], "allow": ["GET /orders", "GET /orders/{id}"]},
    ],
    "routes": ["GET /reports"],
}


class UserPool:
    """A user pool in the emulator, with one app client, one group, and users."""

    def __init__(self, endpoint: str) -> None:
        self._api = boto3.client(
            "cognito-idp",
            region_name=REGION,
            endpoint_url=endpoint,
            aws_access_key_id="none",
            aws_secret_access_key="none",
        )
        self.id = self._api.create_user_pool(PoolName="shop")["UserPool"]["Id"]
        self.client = self._create_client("web")
        self._api.create_group(UserPoolId=self.id, GroupName="clerks")

    def _create_client(self, name: str) -> str:
        flows = ["ALLOW_USER_PASSWORD_AUTH"]
        made = self._api.create_user_pool_client(UserPoolId=self.id, ClientName=name, ExplicitAuthFlows=flows)
        return str(made["UserPoolClient"]["ClientId"])

    def add_user(self, name: str, *groups: str) -> None:
        self._api.admin_create_user(UserPoolId=self.id, Username=name, MessageAction="SUPPRESS")
        self._api.admin_set_user_password(UserPoolId=self.id, Username=name, Password=PASSWORD, Permanent=True)
        for group in groups:
            self._api.admin_add_user_to_group(UserPoolId=self.id, Username=name, GroupName=group)

    def sign_in(self, name: str, client: str | None = None) -> dict[str, str]:
        """The tokens of a new sign-in."""
        return self._api.initiate_auth(
            ClientId=client or self.client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )["AuthenticationResult"]

    def foreign_client(self) -> str:
        """A client of the same pool that the function is not told about."""
        return self._create_client("other")


class CognitoTokens(unittest.TestCase):
    """From sign-in to policy."""

    pool: UserPool
    watch: LambdaWatch

    @classmethod
    def setUpClass(cls) -> None:
        # The emulator's web server writes a line for each request.
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        with ExitStack() as started:
            emulator = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
            emulator.start()
            started.callback(emulator.stop)
            host, port = emulator.get_host_and_port()
            endpoint = f"http://{host}:{port}"
            cls.pool = UserPool(endpoint)
            cls.pool.add_user("carol", "clerks")
            cls.pool.add_user("dave")
            directory = started.enter_context(tempfile.TemporaryDirectory())
            permissions = Path(directory) / "permissions.json"
            permissions.write_text(json.dumps(PERMISSIONS))
            settings = {
                "USER_POOL_ID": cls.pool.id,
                "APP_CLIENT_ID": cls.pool.client,
                "JWKS_URI": f"{endpoint}/{cls.pool.id}/.well-known/jwks.json",
                "PERMISSIONS_FILE": str(permissions),
            }
            cls.watch = started.enter_context(lambda_watch(settings))
            cls.addClassCleanup(started.pop_all().close)

    def ask(self, method: str, token: str) -> tuple[Answer, dict[str, Any]]:
        event = {"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": f"{PREFIX}/{method}"}
        return self.watch.invoke(event), self.watch.next_decision()

    def assert_policy(self, method: str, token: str, expected: str) -> dict[str, Any]:
        answer, _decision = self.ask(method, token)
        self.assertIsNone(answer.error)
        self.assertEqual(iam.flaws(answer.value, f"{PREFIX}/{method}"), [])
        self.assertEqual(iam.verdict(answer.value["policyDocument"], f"{PREFIX}/{method}"), expected)
        return answer.value

    def assert_unauthorized(self, token: str, reason: str) -> None:
        answer, decision = self.ask("GET/orders", token)
        self.assertEqual((answer.value, answer.error), (None, "Unauthorized"))
        self.assertEqual(decision["reason"], reason)

    @staticmethod
    def subject(token: str) -> str:
        return str(decode(token.split(".")[1])["sub"])

    def test_a_member_of_the_group_is_allowed_its_route(self) -> None:
        token = self.pool.sign_in("carol")["AccessToken"]
        answer = self.assert_policy("GET/orders", token, "allow")
        self.assertEqual(answer["context"]["username"], "carol")
        self.assertEqual(json.loads(answer["context"]["groups"]), ["clerks"])
        self.assert_policy("GET/orders/42", token, "allow")

    def test_a_route_of_nobodys_is_denied(self) -> None:
        token = self.pool.sign_in("carol")["AccessToken"]
        self.assert_policy("GET/reports", token, "deny")
        self.assert_policy("DELETE/orders/42", token, "deny")

    def test_a_user_outside_the_group_is_denied_its_route_and_allowed_another(self) -> None:
        token = self.pool.sign_in("dave")["AccessToken"]
        self.assert_policy("GET/orders", token, "deny")
        self.assert_policy("GET/profile", token, "allow")

    def test_a_user_is_allowed_the_own_id_alone(self) -> None:
        token = self.pool.sign_in("dave")["AccessToken"]
        own = self.subject(token)
        other = self.subject(self.pool.sign_in("carol")["AccessToken"])
        self.assert_policy(f"PUT/users/{own}/address", token, "allow")
        self.assert_policy(f"PUT/users/{other}/address", token, "deny")

    def test_one_policy_is_right_for_the_other_routes_too(self) -> None:
        policy = self.assert_policy("GET/orders", self.pool.sign_in("carol")["AccessToken"], "allow")["policyDocument"]
        for method in ("GET/orders/42", "GET/profile"):
            self.assertEqual(iam.verdict(policy, f"{PREFIX}/{method}"), "allow", method)
        self.assertEqual(iam.verdict(policy, f"{PREFIX}/GET/reports"), "deny")
        for method in ("GET/reports", "POST/orders", "GET/admin", "GET/orders/42/lines"):
            self.assertNotEqual(iam.verdict(policy, f"{PREFIX}/{method}"), "allow", method)

    def test_one_flipped_bit_makes_it_unauthorized(self) -> None:
        token = self.pool.sign_in("carol")["AccessToken"]
        self.assert_policy("GET/orders", token, "allow")
        self.assert_unauthorized(with_a_flipped_bit(token), "signature_invalid")

    def test_an_id_token_is_unauthorized(self) -> None:
        self.assert_unauthorized(self.pool.sign_in("carol")["IdToken"], "token_use_not_allowed")

    def test_a_token_of_another_client_is_unauthorized(self) -> None:
        token = self.pool.sign_in("carol", self.pool.foreign_client())["AccessToken"]
        self.assert_unauthorized(token, "client_unknown")
