"""The whole system, for as long as a `with` block lasts: pool, login, function, gateway, backend and page.

| in AWS | here |
|---|---|
| the user pool | moto |
| its managed login | oidc-provider, at the same paths, asking moto for the password |
| the function | as built, under `cargo lambda watch`, with the project's permissions.json |
| API Gateway and the backend | serverless-offline, and handlers in gateway/ |
| where the page is served from | Python's http.server |
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from browser import chromium
from event_files import ROOT
from lambda_watch import LambdaWatch, free_port, lambda_watch
from mcp_api import running_mcp_api
from playwright.sync_api import Browser
from pool import REGION, STACK, UserPool, emulated_pool
from processes import child

HERE = Path(__file__).resolve().parent
CLIENTS = ROOT / "clients"
# The environment that has clients/requirements.txt and nothing else, as a user's would.
CLIENT_PYTHON = ROOT / ".tools/venv-clients/bin/python3"

# The origins that index.html's policy lets the page talk to; whoever serves the page puts their own there.
SHIPPED_ORIGINS = "https://*.amazoncognito.com https://*.amazonaws.com"

# As template.yaml has them, by its parameter CacheKey.
IDENTITY_SOURCES = {
    "token": "method.request.header.Authorization",
    "request": "method.request.header.Authorization, context.path, context.httpMethod",
}

# Serverless is to ask nobody for news.
QUIET = {"SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off", "SLS_TRACKING_DISABLED": "1", "CI": "1"}


@dataclass(frozen=True)
class Answer:
    """What the API said."""

    status: int
    headers: http.client.HTTPMessage
    body: Any

    @property
    def context(self) -> dict[str, str]:
        """What the authorizer told the backend."""
        return dict(self.body["authorizer"])


@dataclass(frozen=True)
class Gateway:
    """An emulated API, and the function that it asks."""

    url: str
    function: LambdaWatch

    def ask(self, verb: str, path: str, token: str | None = None, **headers: str) -> Answer:
        """One request to the API."""
        url = urlsplit(self.url)
        connection = http.client.HTTPConnection(url.netloc, timeout=30)
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            connection.request(verb, url.path + path, headers=authorization | headers)
            response = connection.getresponse()
            text = response.read()
            return Answer(response.status, response.headers, json.loads(text) if text else None)
        finally:
            connection.close()

    @property
    def decisions(self) -> int:
        """How often the function has decided so far."""
        return self.function.output.count('"message":"decision"')


@dataclass(frozen=True)
class System:
    """Where everything is."""

    pool: UserPool
    # The API as the template makes it, and with CacheKey=request.
    api: Gateway
    api_by_request: Gateway
    # That of docs/attach/serverless.md.
    recipe: Gateway
    # The server of deploy/mcp.yaml.
    mcp: str
    outputs: dict[str, str]
    page: str
    browser: Browser

    def run_client(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """A client from clients/ as its user runs it, with no more of our environment than it needs."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        emulator = {"AWS_ENDPOINT_URL": self.pool.endpoint, "AWS_DEFAULT_REGION": REGION}
        keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
        return subprocess.run(
            command,
            cwd=ROOT,
            env=inherited | emulator | keys | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


class SystemTest(unittest.TestCase):
    """A test of the one system that all of them share, with a user of its own in the group dpo."""

    system: ClassVar[System]
    user: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.user = f"{cls.__name__.lower()}@example.com"
        cls.system.pool.add_user(cls.user, "dpo")


@contextmanager
def running_system() -> Iterator[System]:
    with ExitStack() as started:
        pool = started.enter_context(emulated_pool())
        page, gateway, second_gateway, third_gateway = (free_port() for _ in range(4))
        directory = Path(started.enter_context(tempfile.TemporaryDirectory()))
        set_up_recipe(directory / "recipe")
        callback = f"http://localhost:{page}/"
        login = started.enter_context(login_for(pool, callback))
        login_url = f"http://127.0.0.1:{login.wait_for(r'listening on ([0-9]+)')[1]}"
        settings = {
            "USER_POOL_ID": pool.id,
            "APP_CLIENT_ID": f"{pool.user_client},{pool.machine_client}",
            "JWKS_URI": f"{login_url}/keys",
            "PERMISSIONS_FILE": str(ROOT / "permissions.json"),
        }
        function = started.enter_context(lambda_watch(settings))
        by_request = started.enter_context(lambda_watch(settings | {"POLICY_COVERS": "request"}))
        document = {"PERMISSIONS_FILE": str(ROOT / "deploy/mcp-permissions.json")}
        mcp_function = started.enter_context(lambda_watch(settings | document))
        mcp = started.enter_context(running_mcp_api(free_port(), mcp_function, login_url))
        gateways = [
            started.enter_context(gateway_before(function, gateway, "token")),
            started.enter_context(gateway_before(by_request, second_gateway, "request")),
            started.enter_context(gateway_before(function, third_gateway, "token", directory / "recipe")),
        ]
        outputs = {
            "Region": REGION,
            "UserPoolId": pool.id,
            "UserClientId": pool.user_client,
            "MachineClientId": pool.machine_client,
            "LoginUrl": login_url,
            "ApiUrl": api_url(gateway),
        }
        pool.create_stack(outputs)
        system = System(
            pool,
            Gateway(api_url(gateway), function),
            Gateway(api_url(second_gateway), by_request),
            Gateway(api_url(third_gateway), function),
            mcp,
            outputs,
            callback,
            started.enter_context(chromium()),
        )
        set_up_page(system, directory / "page")
        server = [sys.executable, "-m", "http.server", str(page), "--bind", "127.0.0.1", "--directory", str(directory / "page")]
        started.enter_context(child(server, ROOT)).wait_for("Serving HTTP")
        for emulator in gateways:
            emulator.wait_for("Server ready")
        yield system


def login_for(pool: UserPool, callback: str) -> Any:
    settings = {
        "cognito": pool.endpoint,
        "pool": pool.id,
        "issuer": pool.issuer,
        "userClient": pool.user_client,
        "machineClient": pool.machine_client,
        "machineSecret": pool.machine_secret,
        "callback": callback,
    }
    return child(["node", "managed_login.mjs"], HERE / "login", LOGIN_SETTINGS=json.dumps(settings))


def api_url(port: int) -> str:
    return f"http://127.0.0.1:{port}/v1"


def gateway_before(function: LambdaWatch, port: int, cache_key: str, directory: Path = HERE / "gateway") -> Any:
    serverless = HERE / "node_modules/serverless/bin/serverless.js"
    ports = ["--host", "127.0.0.1", "--httpPort", str(port), "--lambdaPort", str(free_port())]
    authorizer = {"AUTHORIZER_TYPE": cache_key, "IDENTITY_SOURCE": IDENTITY_SOURCES[cache_key]}
    command = ["node", str(serverless), "offline", *ports]
    return child(command, directory, FUNCTION_URL=function.url, **authorizer, **QUIET)


def set_up_recipe(directory: Path) -> None:
    """The Serverless Framework's recipe, with one change: its function is started here, and not by the emulator."""
    shutil.copytree(ROOT / "deploy/recipes/serverless", directory, dirs_exist_ok=True)
    shutil.copy(HERE / "gateway/authorizer.js", directory)
    (directory / "node_modules").symlink_to(HERE / "node_modules")
    service = directory / "serverless.yml"
    shipped = service.read_text()
    asked, count = re.subn(r"(?ms)^  authorizer:\n.*?^(?=  backend:)", "  authorizer: { handler: authorizer.handler }\n", shipped)
    assert count == 1, "the function in the recipe"
    offline = "  serverless-offline: { useInProcess: true, noSponsor: true }\n"
    service.write_text(asked.replace("custom:\n", f"custom:\n{offline}") + "plugins: [serverless-offline]\n")


def set_up_page(system: System, directory: Path) -> None:
    """The page as its README says to set it up: config.json from the stack, and the two hosts in the policy."""
    shutil.copytree(CLIENTS / "web", directory, dirs_exist_ok=True)
    config = system.run_client(str(CLIENT_PYTHON), "clients/call.py", "--stack", STACK, "--page-config")
    config.check_returncode()
    (directory / "config.json").write_text(config.stdout)
    origins = " ".join("://".join(urlsplit(system.outputs[name])[:2]) for name in ("LoginUrl", "ApiUrl"))
    index = directory / "index.html"
    shipped = index.read_text()
    assert shipped.count(SHIPPED_ORIGINS) == 1, "the origins in index.html's policy"
    index.write_text(shipped.replace(SHIPPED_ORIGINS, origins))
