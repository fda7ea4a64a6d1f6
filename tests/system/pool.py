"""The user pool of template.yaml in an emulated Cognito, and the stack whose outputs name it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
STACK = "orders"
PASSWORD = "Correct-Horse-7"
TEMPORARY_PASSWORD = "Battery-Staple-7"

Outputs = dict[str, str]


class UserPool:
    """A pool with one client for people, one for machines, one that the function is not told about, and one group."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._api = self._service("cognito-idp")
        self.id = self._api.create_user_pool(PoolName="orders")["UserPool"]["Id"]
        self.issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{self.id}"
        flows = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}
        self.user_client = self._create_client("users", **flows)["ClientId"]
        self.foreign_client = self._create_client("others", **flows)["ClientId"]
        machines = self._create_client("machines", GenerateSecret=True, AllowedOAuthFlows=["client_credentials"])
        self.machine_client, self.machine_secret = machines["ClientId"], machines["ClientSecret"]
        self._api.create_group(UserPoolId=self.id, GroupName="dpo")

    def _service(self, name: str) -> Any:
        keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
        return boto3.client(name, region_name=REGION, endpoint_url=self.endpoint, **keys)

    def _create_client(self, name: str, **options: Any) -> dict[str, str]:
        made: dict[str, str] = self._api.create_user_pool_client(UserPoolId=self.id, ClientName=name, **options)[
            "UserPoolClient"
        ]
        return made

    def add_user(self, name: str, *groups: str) -> None:
        """A user who has chosen a password."""
        self.invite(name)
        self._api.admin_set_user_password(UserPoolId=self.id, Username=name, Password=PASSWORD, Permanent=True)
        for group in groups:
            self._api.admin_add_user_to_group(UserPoolId=self.id, Username=name, GroupName=group)

    def invite(self, name: str) -> None:
        """A user who has been given a temporary password."""
        self._api.admin_create_user(
            UserPoolId=self.id, Username=name, TemporaryPassword=TEMPORARY_PASSWORD, MessageAction="SUPPRESS"
        )

    def sign_in(self, name: str, client: str | None = None) -> dict[str, str]:
        """The tokens of a sign-in with a password."""
        answer = self._api.initiate_auth(
            ClientId=client or self.user_client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )
        tokens: dict[str, str] = answer["AuthenticationResult"]
        return tokens

    def create_stack(self, outputs: Outputs) -> None:
        """A stack that has these outputs, and nothing else."""
        template = {
            "Resources": {},
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        self._service("cloudformation").create_stack(StackName=STACK, TemplateBody=json.dumps(template))


@contextmanager
def emulated_pool() -> Iterator[UserPool]:
    # The emulator's web server writes a line for each request.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    emulator = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    emulator.start()
    try:
        host, port = emulator.get_host_and_port()
        yield UserPool(f"http://{host}:{port}")
    finally:
        emulator.stop()
