"""The commands of docs/attach/cli.md, as they stand there, against an emulated API Gateway (`make recipes`)."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "attach/cli.md"
REGION, ACCOUNT, STAGE = "eu-west-1", "123456789012", "v1"
KEYS = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": REGION, "AWS_PAGER": ""}
FUNCTION = "authorizer"

# The emulator lacks two operations. Of these the tool judges the arguments by AWS' own model, and the test reads them.
WRAPPER = """\
#!/bin/sh
case "$1 $2" in
  "apigateway update-method" | "apigatewayv2 create-deployment")
    echo "$@" >>"$CALLS"
    exec {aws} "$@" --generate-cli-skeleton output ;;
esac
exec {aws} "$@"
"""


def commands(section: str) -> str:
    """The page's commands below this heading; `""` is the top of the page."""
    parts = dict(re.findall(r"(?ms)^#+ (.*?)\n(.*?)(?=^#|\Z)", re.sub(r"(?m)^# ", "## ", PAGE.read_text())))
    return "\n".join(re.findall(r"(?ms)^```bash\n(.*?)^```", parts[section]))


class Cli(unittest.TestCase):
    emulator: ThreadedMotoServer
    endpoint: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        cls.emulator.start()
        cls.addClassCleanup(cls.emulator.stop)
        host, port = cls.emulator.get_host_and_port()
        cls.endpoint = f"http://{host}:{port}"
        os.environ.update(KEYS)
        role = cls.client("iam").create_role(RoleName="authorizer", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("bootstrap", "")
        made = cls.client("lambda").create_function(
            FunctionName=FUNCTION, Runtime="provided.al2023", Handler="bootstrap", Role=role, Code={"ZipFile": code.getvalue()}
        )
        cls.function = str(made["FunctionArn"])

    @classmethod
    def client(cls, service: str) -> Any:
        return boto3.client(service, endpoint_url=cls.endpoint, region_name=REGION)

    def run_page(self, section: str, api: str) -> list[str]:
        """The calls that the emulator does not know."""
        given = {"FUNCTION_ARN": self.function, "ACCOUNT_ID": ACCOUNT, "REGION": REGION, "API_ID": api, "STAGE": STAGE}
        environment = os.environ | given | {"AWS_ENDPOINT_URL": self.endpoint}
        script = f"set -eu -o pipefail\n{commands('AWS CLI')}\n{commands(section)}"
        with tempfile.TemporaryDirectory() as directory:
            wrapper, calls = Path(directory) / "aws", Path(directory) / "calls"
            wrapper.write_text(WRAPPER.format(aws=shutil.which("aws")))
            wrapper.chmod(0o755)
            environment |= {"PATH": f"{directory}:{environment['PATH']}", "CALLS": str(calls)}
            run = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            return calls.read_text().splitlines() if calls.exists() else []

    def test_every_method_of_a_rest_api_but_a_preflight_asks_the_authorizer(self) -> None:
        rest = self.client("apigateway")
        api = rest.create_rest_api(name="orders")["id"]
        root = rest.get_resources(restApiId=api)["items"][0]["id"]
        orders = rest.create_resource(restApiId=api, parentId=root, pathPart="orders")["id"]
        methods = [(root, "GET"), (orders, "GET"), (orders, "PUT"), (orders, "OPTIONS")]
        for resource, verb in methods:
            rest.put_method(restApiId=api, resourceId=resource, httpMethod=verb, authorizationType="NONE")
            rest.put_integration(restApiId=api, resourceId=resource, httpMethod=verb, type="MOCK")
        calls = self.run_page("REST API: all methods", api)
        (authorizer,) = rest.get_authorizers(restApiId=api)["items"]
        self.assertEqual((authorizer["type"], authorizer["authorizerResultTtlInSeconds"]), ("TOKEN", 300))
        asked = [re.search(r"--resource-id (\S+) --http-method (\S+) .*authorizerId,value=(\S+)", call) for call in calls]
        expected = {(resource, verb, authorizer["id"]) for resource, verb in methods if verb != "OPTIONS"}
        self.assertEqual({found.groups() for found in asked if found}, expected)
        self.assertTrue(all("value=CUSTOM" in call for call in calls))
        self.assertEqual([stage["stageName"] for stage in rest.get_stages(restApiId=api)["item"]], [STAGE])

    def http_or_websocket(self, protocol: str, routes: list[str], section: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The authorizer, and the routes by key."""
        gateway = self.client("apigatewayv2")
        api = gateway.create_api(Name="orders", ProtocolType=protocol)["ApiId"]
        for route in routes:
            gateway.create_route(ApiId=api, RouteKey=route)
        self.run_page(section, api)
        by_key = {route["RouteKey"]: route for route in gateway.get_routes(ApiId=api)["Items"]}
        return gateway.get_authorizer(ApiId=api, AuthorizerId=by_key[routes[0]]["AuthorizerId"]), by_key

    def test_every_route_of_an_http_api_asks_the_authorizer(self) -> None:
        authorizer, routes = self.http_or_websocket("HTTP", ["GET /orders", "PUT /orders"], "HTTP API: all routes")
        self.assertEqual(authorizer["IdentitySource"], ["$request.header.Authorization"])
        for route in routes.values():
            self.assertEqual((route["AuthorizationType"], route["AuthorizerId"]), ("CUSTOM", authorizer["AuthorizerId"]))

    def test_connect_alone_of_a_websocket_api_asks_the_authorizer(self) -> None:
        authorizer, routes = self.http_or_websocket("WEBSOCKET", ["$connect", "$default"], "WebSocket API")
        self.assertEqual(routes["$connect"]["AuthorizerId"], authorizer["AuthorizerId"])
        self.assertNotEqual(routes["$default"]["AuthorizationType"], "CUSTOM")


class Backends(unittest.TestCase):
    """The samples of docs/context.md, given what each kind of API gives them."""

    GROUPS = ["dpo"]
    KNOWN = {"userId": "ann", "groups": GROUPS}
    EVENTS: list[tuple[Any, Any]] = [
        ({"authorizer": {"userId": "ann", "groups": json.dumps(GROUPS), "principalId": "ann"}}, KNOWN),
        ({"authorizer": {"lambda": {"userId": "ann", "groups": GROUPS}}}, KNOWN),
        ({"authorizer": {"userId": "ann"}}, {"userId": "ann", "groups": []}),
        ({"authorizer": {"principalId": "ann"}}, None),
        ({"authorizer": {"lambda": {}}}, None),
        ({}, None),
    ]

    def sample(self, language: str) -> str:
        (found,) = re.findall(rf"(?ms)^```{language}\n(.*?)^```", (DOCS / "context.md").read_text())
        return str(found)

    def test_pythons_finds_the_caller_or_none(self) -> None:
        sample: dict[str, Any] = {"json": json}
        exec(self.sample("python"), sample)  # noqa: S102 - our own
        for context, expected in self.EVENTS:
            self.assertEqual(sample["caller"]({"requestContext": context}), expected, context)

    def test_nodes_finds_the_caller_or_none(self) -> None:
        events = json.dumps([{"requestContext": context} for context, _ in self.EVENTS])
        script = f"{self.sample('js')}\nconsole.log(JSON.stringify({events}.map(caller)))"
        said = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout
        self.assertEqual(json.loads(said), [expected for _, expected in self.EVENTS])


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    sys.exit(unittest.main(argv=sys.argv[:1]))
