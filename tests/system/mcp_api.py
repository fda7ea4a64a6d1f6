"""The API of deploy/mcp.yaml, emulated from the template itself: its refusals, its metadata, its server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import yaml
from event_files import ROOT
from iam import verdict
from lambda_watch import LambdaWatch

STAGE = "v1"
ARN = f"arn:aws:execute-api:eu-west-1:123456789012:mcp/{STAGE}"


class Template:
    """The template with values for its parameters; whatever else it names is its own name."""

    def __init__(self, parameters: dict[str, str]) -> None:
        self._values = parameters
        loaded = yaml.load((ROOT / "deploy/mcp.yaml").read_text(), _Loader)  # noqa: S506 - our own file
        self._values = {name: given.get("Default", "") for name, given in loaded["Parameters"].items()} | parameters
        self._resources = loaded["Resources"]

    def properties(self, name: str) -> Any:
        return self._resolved(self._resources[name]["Properties"])

    def _resolved(self, value: Any) -> Any:
        match value:
            case {"Ref": name}:
                return self._values.get(name, name)
            # The only condition that decides a text here: the API has a domain.
            case {"If": ["HasDomain", then, _]}:
                return self._resolved(then)
            case {"If": [_, _, otherwise]}:
                return self._resolved(otherwise)
            case {"Sub": [text, names]}:
                return self._substituted(text, self._values | self._resolved(names))
            case {"Sub": text}:
                return self._substituted(text, self._values)
            case dict():
                return {name: self._resolved(inner) for name, inner in value.items()}
            case list():
                return [self._resolved(inner) for inner in value]
        return value

    @staticmethod
    def _substituted(text: str, names: dict[str, str]) -> str:
        for name, value in names.items():
            text = text.replace(f"${{{name}}}", str(value))
        return text


class _Loader(yaml.SafeLoader):
    """Knows CloudFormation's short forms."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    return {suffix: loader.construct_sequence(node, deep=True)}  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _short_form)


class McpApi:
    """What API Gateway does for this API: it asks the authorizer, answers refusals, and calls the server."""

    def __init__(self, base: str, function: LambdaWatch, issuer: str) -> None:
        self._function = function
        self._template = Template({"BaseUrl": base, "AuthorizationServer": issuer})
        server: dict[str, Any] = {}
        exec(self._template.properties("Server")["Code"]["ZipFile"], server)  # noqa: S102 - our own
        self._server = server["handler"]

    def answer(self, verb: str, path: str, token: str | None, body: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body."""
        if (verb, path) == ("GET", "/.well-known/oauth-protected-resource"):
            (response,) = self._template.properties("MetadataMethod")["Integration"]["IntegrationResponses"]
            return 200, {"content-type": "application/json"}, response["ResponseTemplates"]["application/json"]
        if path != "/mcp":
            return 403, {}, ""
        if not token:
            return self._refusal("Unauthorized")
        arn = f"{ARN}/{verb}{path}"
        answer = self._function.invoke({"type": "TOKEN", "methodArn": arn, "authorizationToken": token})
        if answer.error is not None:
            return self._refusal("Unauthorized") if answer.error == "Unauthorized" else (500, {}, answer.error)
        if verdict(answer.value["policyDocument"], arn) != "allow":
            return self._refusal("AccessDenied")
        said = self._server({"httpMethod": verb, "body": body, "requestContext": {"authorizer": answer.value["context"]}}, None)
        return said["statusCode"], said.get("headers", {}), said.get("body", "")

    def _refusal(self, kind: str) -> tuple[int, dict[str, str], str]:
        response = self._template.properties(kind)
        prefix = "gatewayresponse.header."
        headers = {name.removeprefix(prefix): value.strip("'") for name, value in response["ResponseParameters"].items()}
        return int(response["StatusCode"]), headers, ""


@contextmanager
def running_mcp_api(port: int, function: LambdaWatch, issuer: str) -> Iterator[str]:
    """The URL of the MCP server."""
    base = f"http://127.0.0.1:{port}/{STAGE}"
    api = McpApi(base, function, issuer)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            path = self.path.removeprefix(f"/{STAGE}")
            status, headers, said = api.answer(self.command, path, self.headers.get("Authorization"), body)
            self.send_response(status)
            for name, value in ({"content-length": str(len(said.encode()))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.encode())

        do_GET = do_POST = do_DELETE = _answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{base}/mcp"
    finally:
        server.shutdown()
        server.server_close()
