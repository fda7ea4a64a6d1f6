#!/usr/bin/env python3
"""Signs in to the user pool and calls each route of the API, without the token and with it.

    python3 clients/call.py --stack NAME --user carol@example.com
    python3 clients/call.py --stack NAME --machine

Secrets come from a prompt or from the environment (COGNITO_PASSWORD, COGNITO_NEW_PASSWORD, COGNITO_CLIENT_SECRET),
never from an argument, which every process on the machine can read. No token is printed.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

# What `--stack` is asked for, and the option that gives the same.
OUTPUTS = ("Region", "UserPoolId", "UserClientId", "MachineClientId", "LoginUrl", "ApiUrl")
PAGE_CONFIG = ("LoginUrl", "UserClientId", "ApiUrl")
PAGE_SCOPES = "openid email orders/read orders/pii"

# `{sub}` is the caller's own id.
ROUTES = (
    "GET /orders",
    "GET /orders/7",
    "GET /orders/7/pii",
    "GET /orders/7/audit",
    "GET /me",
    "PUT /users/{sub}/address",
    "PUT /users/somebody-else/address",
)

TIMEOUT_SECONDS = 30


class Failed(Exception):
    """Why there is nothing to show; the message is for the user."""


def main() -> int:
    options = parse_arguments()
    try:
        values = gather(options)
        if options.page_config:
            config = {name: need(values, name) for name in PAGE_CONFIG} | {"Scopes": PAGE_SCOPES}
            print(json.dumps(config, indent=2))
            return 0
        token = machine_token(options, values) if options.machine else user_token(options, values)
        claims = unverified_claims(token)
        show_claims(claims)
        show_calls(need(values, "ApiUrl"), options.route or ROUTES, token, str(claims.get("sub", "")))
    except (Failed, BotoCoreError, ClientError) as error:
        print(f"call.py: {error}", file=sys.stderr)
        return 1
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--user", metavar="NAME", help="sign in as this user, with a password")
    who.add_argument("--machine", action="store_true", help="get a token by client credentials")
    who.add_argument("--page-config", action="store_true", help="print config.json for the page, and call nothing")
    parser.add_argument("--stack", metavar="NAME", help="take what is not given below from this stack's outputs")
    for name in OUTPUTS:
        parser.add_argument(option(name), metavar="VALUE", dest=name)
    parser.add_argument("--scope", default="orders/read", help="for --machine (default: %(default)s)")
    parser.add_argument("--route", action="append", metavar="'VERB /path'", help="call this instead; may be repeated")
    parser.add_argument("--endpoint-url", help="an emulator in place of AWS; AWS_ENDPOINT_URL does the same")
    return parser.parse_args()


def option(name: str) -> str:
    """The option for an output: `--api-url` for `ApiUrl`."""
    return "-" + "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


def gather(options: argparse.Namespace) -> dict[str, str]:
    """The outputs that are known, from the options first and from the stack second."""
    given = {name: getattr(options, name) for name in OUTPUTS if getattr(options, name)}
    if not options.stack:
        return given
    stacks = aws("cloudformation", options, given).describe_stacks(StackName=options.stack)["Stacks"]
    outputs = stacks[0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs} | given


def need(values: dict[str, str], name: str) -> str:
    if name not in values:
        raise Failed(f"{option(name)} is needed, or a --stack with the output {name}")
    value = values[name].rstrip("/")
    if name.endswith("Url"):
        url = urllib.parse.urlsplit(value)
        # What goes there is a password or a token.
        if url.scheme != "https" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
            raise Failed(f"{option(name)} `{value}` is not an https URL")
    return value


def aws(service: str, options: argparse.Namespace, values: dict[str, str]) -> Any:
    return boto3.client(service, region_name=values.get("Region"), endpoint_url=options.endpoint_url)


def secret(variable: str, prompt: str) -> str:
    return os.environ.get(variable) or getpass.getpass(f"{prompt}: ")


def user_token(options: argparse.Namespace, values: dict[str, str]) -> str:
    """The access token of a sign-in with a password. Its only scope is aws.cognito.signin.user.admin."""
    need(values, "ApiUrl")
    pool = aws("cognito-idp", options, values)
    client = need(values, "UserClientId")
    password = secret("COGNITO_PASSWORD", f"password of {options.user}")
    answer = pool.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": options.user, "PASSWORD": password},
    )
    if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
        answer = pool.respond_to_auth_challenge(
            ClientId=client,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=answer["Session"],
            ChallengeResponses={
                "USERNAME": options.user,
                "NEW_PASSWORD": secret("COGNITO_NEW_PASSWORD", "that password was temporary; new password"),
            },
        )
    if "AuthenticationResult" not in answer:
        raise Failed(f"the pool asks for {answer.get('ChallengeName')} too; sign in through the page instead")
    return str(answer["AuthenticationResult"]["AccessToken"])


def machine_token(options: argparse.Namespace, values: dict[str, str]) -> str:
    """An access token of the client credentials grant (RFC 6749 section 4.4)."""
    need(values, "ApiUrl")
    client = need(values, "MachineClientId")
    client_secret = os.environ.get("COGNITO_CLIENT_SECRET") or described_secret(options, values, client)
    credentials = base64.b64encode(f"{client}:{client_secret}".encode()).decode()
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": options.scope})
    status, body = send("POST", f"{need(values, 'LoginUrl')}/oauth2/token", f"Basic {credentials}", form.encode())
    if status != 200 or not isinstance(body, dict):
        raise Failed(f"the token endpoint answered {status}: {json.dumps(body)}")
    return str(body["access_token"])


def described_secret(options: argparse.Namespace, values: dict[str, str], client: str) -> str:
    """The client's secret, from whoever may read it with AWS credentials."""
    described = aws("cognito-idp", options, values).describe_user_pool_client(
        UserPoolId=need(values, "UserPoolId"), ClientId=client
    )
    return str(described["UserPoolClient"]["ClientSecret"])


def unverified_claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def show_claims(claims: dict[str, Any]) -> None:
    print("claims of the access token, decoded here and not verified (that is the authorizer's work):")
    for name, value in sorted(claims.items()):
        print(f"  {name:<16} {json.dumps(value)}")
    print()


def show_calls(api: str, routes: tuple[str, ...] | list[str], token: str, own_id: str) -> None:
    rows = [("route", "without token", "with token", "what the backend saw, or the refusal")]
    for route in routes:
        verb, _, template = route.partition(" ")
        path = template.replace("{sub}", urllib.parse.quote(own_id, safe=""))
        without, _body = send(verb, api + path)
        status, body = send(verb, api + path, f"Bearer {token}")
        rows.append((route, str(without), str(status), summary(body)))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)), row[3], sep="  ")


def summary(body: Any) -> str:
    """The authorizer's context as the sample backend echoes it; of another answer, its message."""
    if isinstance(body, dict) and isinstance(body.get("authorizer"), dict):
        return " ".join(f"{name}={json.dumps(value)}" for name, value in sorted(body["authorizer"].items()))
    return json.dumps(body.get("message", body) if isinstance(body, dict) else body)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """urllib would carry the token along to wherever a redirect points."""

    def redirect_request(self, *_: Any) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def send(verb: str, url: str, authorization: str | None = None, form: bytes | None = None) -> tuple[int, Any]:
    """Status and body, which is JSON if it can be."""
    headers = {"Authorization": authorization} if authorization else {}
    request = urllib.request.Request(url, form, headers, method=verb)
    try:
        with OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status, parsed(answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, parsed(refusal.read())
    except (urllib.error.URLError, OSError) as error:
        raise Failed(f"no answer from {url}: {error}") from error


def parsed(body: bytes) -> Any:
    text = body.decode(errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


if __name__ == "__main__":
    sys.exit(main())
