"""What would the templates deploy? Each is asked in the form that CloudFormation gets (`make lint-template`)."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import unittest
from pathlib import Path
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")

from samcli.yamlhelper import yaml_parse  # noqa: E402 - what it imports wants a region
from samtranslator.parser.parser import Parser  # noqa: E402
from samtranslator.translator.translator import Translator  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = json.loads((ROOT / "permissions.json").read_text())
PERMISSIONS = DOCUMENT["permissions"]
ALLOWED = {route for permission in PERMISSIONS for route in permission.get("allow", [])}
ORIGIN = {"Fn::Sub": "'${AllowedOrigin}'"}
REST = ["template.yaml", "deploy/builtin/rest-cognito.yaml"]
HTTP = ["deploy/http-api.yaml", "deploy/builtin/http-jwt.yaml"]
# The function without an API.
ALONE = ["deploy/function.yaml", "deploy/serverless-repo.yaml"]
# With alarms and a dashboard.
WATCHED = ["template.yaml", "deploy/http-api.yaml", "deploy/websocket.yaml", "deploy/function.yaml"]
LINE_MEMBERS = set(json.loads((ROOT / "log.schema.json").read_text())["definitions"]["decision"]["properties"])
VERBS = {"get", "put", "post", "delete", "patch", "head", "x-amazon-apigateway-any-method"}


def deployed(path: str) -> dict:
    """The template after the SAM transform, with every condition still open."""
    template = yaml_parse((ROOT / path).read_text())
    if "Transform" not in template:
        return template
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        # sam build and sam deploy put files there; the transform takes no others.
        properties |= {name: "s3://bucket/key" for name in ("CodeUri", "Location") if name in properties}
    parameters = {name: parameter.get("Default", "given") for name, parameter in template["Parameters"].items()}
    return Translator({}, Parser()).translate(template, parameters)


def properties_of(template: dict, kind: str) -> list[dict]:
    return [found["Properties"] for found in template["Resources"].values() if found["Type"] == kind]


def methods(template: dict) -> dict[str, dict]:
    """The methods of a REST API by route, without preflights."""
    (api,) = properties_of(template, "AWS::ApiGateway::RestApi")
    verb = {"x-amazon-apigateway-any-method": "ANY"}
    return {
        f"{verb.get(name, name.upper())} {path}": method
        for path, item in api["Body"]["paths"].items()
        for name, method in item.items()
        if name in VERBS
    }


def chosen(value: Any, conditions: dict[str, bool]) -> Any:
    """The value with its `Fn::If`s decided."""
    if isinstance(value, dict) and set(value) == {"Fn::If"}:
        name, then, otherwise = value["Fn::If"]
        return chosen(then if conditions[name] else otherwise, conditions)
    if isinstance(value, dict):
        return {key: chosen(inner, conditions) for key, inner in value.items() if inner != {"Ref": "AWS::NoValue"}}
    return [chosen(inner, conditions) for inner in value] if isinstance(value, list) else value


def policy_covers(template: dict, conditions: dict[str, bool]) -> str:
    """What the authorizer is told that its policies are for."""
    (environment,) = [
        function["Environment"]["Variables"]
        for function in properties_of(template, "AWS::Lambda::Function")
        if "POLICY_COVERS" in function.get("Environment", {}).get("Variables", {})
    ]
    return str(chosen(environment["POLICY_COVERS"], conditions))


def without_names(route: str) -> str:
    return re.sub(r"\$?\{[^}+]+(\+?)}", r"{\1}", route)


class Templates(unittest.TestCase):
    def test_every_method_of_a_rest_api_asks_an_authorizer(self) -> None:
        for path in REST:
            for route, method in methods(deployed(path)).items():
                with self.subTest(path, route=route):
                    self.assertEqual([list(scheme) for scheme in method["security"]], [["CognitoAuthorizer"]])

    def test_every_route_of_an_http_api_asks_its_authorizer(self) -> None:
        for path, kind in zip(HTTP, ["CUSTOM", "JWT"]):
            template = deployed(path)
            (authorizer,) = [n for n, r in template["Resources"].items() if r["Type"] == "AWS::ApiGatewayV2::Authorizer"]
            for route in properties_of(template, "AWS::ApiGatewayV2::Route"):
                with self.subTest(path, route=route["RouteKey"]):
                    self.assertEqual(route.get("AuthorizationType"), kind)
                    self.assertEqual(route.get("AuthorizerId"), {"Ref": authorizer})

    def test_a_preflight_of_a_rest_api_needs_no_token(self) -> None:
        for path in REST:
            (api,) = properties_of(deployed(path), "AWS::ApiGateway::RestApi")
            for name, item in api["Body"]["paths"].items():
                with self.subTest(path, resource=name):
                    self.assertNotIn("security", item["options"])
                    headers = item["options"]["x-amazon-apigateway-integration"]["responses"]["default"]["responseParameters"]
                    self.assertEqual(headers["method.response.header.Access-Control-Allow-Origin"], ORIGIN)
                    self.assertIn("Authorization", headers["method.response.header.Access-Control-Allow-Headers"])

    def test_a_page_can_read_every_refusal_and_every_answer(self) -> None:
        for path in REST:
            template = deployed(path)
            (api,) = properties_of(template, "AWS::ApiGateway::RestApi")
            refusals = api["Body"]["x-amazon-apigateway-gateway-responses"]
            for kind in ("DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "ACCESS_DENIED"):
                with self.subTest(path, refusal=kind):
                    headers = refusals[kind]["responseParameters"]
                    self.assertEqual(headers["gatewayresponse.header.Access-Control-Allow-Origin"], ORIGIN)
            for route, method in methods(template).items():
                with self.subTest(path, route=route):
                    headers = method["x-amazon-apigateway-integration"]["responses"]["default"]["responseParameters"]
                    self.assertEqual(headers["method.response.header.Access-Control-Allow-Origin"], ORIGIN)

    def test_the_rest_api_has_the_routes_of_the_permission_document(self) -> None:
        named = {without_names(route) for route in ALLOWED | set(DOCUMENT["routes"])} - {"$connect"}
        self.assertEqual({without_names(route) for route in methods(deployed("template.yaml"))}, named)

    def test_the_pool_has_the_scopes_and_groups_of_the_permission_document(self) -> None:
        template = deployed("deploy/user-pool.yaml")
        (server,) = properties_of(template, "AWS::Cognito::UserPoolResourceServer")
        scopes = {f"{server['Identifier']}/{scope['ScopeName']}" for scope in server["Scopes"]}
        self.assertEqual(scopes, {scope for permission in PERMISSIONS for scope in permission.get("scopes", [])})
        groups = {group["GroupName"] for group in properties_of(template, "AWS::Cognito::UserPoolGroup")}
        self.assertEqual(groups, {group for permission in PERMISSIONS for group in permission.get("groups", [])})

    def test_people_use_a_public_client_and_cannot_write_the_attributes_that_decide(self) -> None:
        clients = properties_of(deployed("deploy/user-pool.yaml"), "AWS::Cognito::UserPoolClient")
        people, machines = sorted(clients, key=lambda client: client["GenerateSecret"])
        self.assertEqual([people["AllowedOAuthFlows"], people["GenerateSecret"]], [["code"], False])
        self.assertEqual([machines["AllowedOAuthFlows"], machines["GenerateSecret"]], [["client_credentials"], True])
        self.assertEqual(machines["ExplicitAuthFlows"], ["ALLOW_REFRESH_TOKEN_AUTH"])
        deciding = {claim for permission in PERMISSIONS for claim in permission.get("claims", {})}
        for client in (people, machines):
            self.assertFalse((deciding | set(DOCUMENT["context"].values())) & set(client["WriteAttributes"]))

    def test_no_password_signs_in_to_the_public_client_unless_it_is_asked_for(self) -> None:
        template = deployed("deploy/user-pool.yaml")
        self.assertEqual(template["Parameters"]["PasswordSignIn"]["Default"], "false")
        clients = properties_of(template, "AWS::Cognito::UserPoolClient")
        (people,) = [client for client in clients if not client["GenerateSecret"]]
        for asked, flows in [(False, []), (True, ["ALLOW_USER_PASSWORD_AUTH"])]:
            found = chosen(people["ExplicitAuthFlows"], {"SignsInByPassword": asked})
            self.assertEqual(found, [*flows, "ALLOW_REFRESH_TOKEN_AUTH"])

    def test_an_address_is_verified_before_it_counts(self) -> None:
        (pool,) = properties_of(deployed("deploy/user-pool.yaml"), "AWS::Cognito::UserPool")
        self.assertEqual(pool["UserAttributeUpdateSettings"], {"AttributesRequireVerificationBeforeUpdate": ["email"]})

    def test_what_is_cached_by_token_is_for_the_whole_api_and_what_is_cached_by_request_for_one(self) -> None:
        rest, http, alone, shared = map(deployed, ["template.yaml", "deploy/http-api.yaml", *ALONE])
        (api,) = properties_of(rest, "AWS::ApiGateway::RestApi")
        scheme = api["Body"]["components"]["securitySchemes"]["CognitoAuthorizer"]
        (authorizer,) = properties_of(http, "AWS::ApiGatewayV2::Authorizer")
        (mcp,) = properties_of(deployed("deploy/mcp.yaml"), "AWS::ApiGateway::Authorizer")
        request = "method.request.header.Authorization, context.path, context.httpMethod"
        route = ["$request.header.Authorization", "$context.path", "$context.httpMethod"]
        for by_request in (False, True):
            conditions = {"CachesByRequest": by_request}
            decided = chosen(scheme, conditions)
            rest_key = (decided["x-amazon-apigateway-authorizer"]["type"], decided["name"])
            identity = decided["x-amazon-apigateway-authorizer"].get("identitySource")
            outputs = chosen({name: output["Value"] for name, output in alone["Outputs"].items()}, conditions)
            with self.subTest(by_request=by_request):
                self.assertEqual(shared["Outputs"], alone["Outputs"])
                for template in (rest, http, alone, shared):
                    self.assertEqual(policy_covers(template, conditions), "request" if by_request else "api")
                self.assertEqual(rest_key, ("request", "Unused") if by_request else ("token", "Authorization"))
                self.assertEqual(identity or {"Ref": "AWS::NoValue"}, request if by_request else {"Ref": "AWS::NoValue"})
                self.assertEqual(chosen(authorizer["IdentitySource"], conditions), route if by_request else route[:1])
                self.assertEqual(outputs["RestAuthorizerType"], "REQUEST" if by_request else "TOKEN")
                self.assertEqual(chosen(mcp["Type"], conditions), outputs["RestAuthorizerType"])
                self.assertEqual(chosen(mcp["IdentitySource"], conditions), outputs["RestIdentitySource"])
                self.assertEqual(outputs["RestIdentitySource"], request if by_request else request.split(",")[0])
                self.assertEqual(outputs["HttpIdentitySource"], ",".join(route if by_request else route[:1]))

    def test_what_is_cached_by_token_does_not_start_unless_it_is_proved_safe(self) -> None:
        for path in ["template.yaml", "deploy/http-api.yaml", *ALONE]:
            template = deployed(path)
            (function,) = [f for f in properties_of(template, "AWS::Lambda::Function") if f["Handler"] == "bootstrap"]
            with self.subTest(path):
                # The parameter's default, as it was resolved, or the parameter.
                asked = function["Environment"]["Variables"]["POLICY_CACHE_CHECK"]
                self.assertIn(asked, ("strict", {"Ref": "PolicyCacheCheck"}))
                self.assertEqual(template["Parameters"]["PolicyCacheCheck"]["Default"], "strict")
                self.assertEqual(template["Parameters"]["PolicyCacheCheck"]["AllowedValues"], ["strict", "warn", "off"])

    def test_a_websocket_takes_the_token_where_its_authorizer_is_asked_about_it(self) -> None:
        template = deployed("deploy/websocket.yaml")
        (authorizer,) = properties_of(template, "AWS::ApiGatewayV2::Authorizer")
        functions = properties_of(template, "AWS::Lambda::Function")
        (settings,) = [f["Environment"]["Variables"] for f in functions if f["Handler"] == "bootstrap"]
        for query, protocol, source, identity in [
            (False, False, "header:Authorization", "header.Authorization"),
            (True, False, "query:access_token", "querystring.access_token"),
            (False, True, "websocket-protocol:bearer", "header.Sec-WebSocket-Protocol"),
        ]:
            conditions = {"TokenIsInQuery": query, "TokenIsAProtocol": protocol}
            self.assertEqual(chosen(settings["TOKEN_SOURCE"], conditions), source)
            self.assertEqual(chosen(authorizer["IdentitySource"], conditions), [f"route.request.{identity}"])
        (code,) = [f["Code"]["ZipFile"] for f in functions if f["Handler"] == "index.handler"]
        backend: dict[str, Any] = {}
        exec(code, backend)  # noqa: S102 - our own
        for headers, chosen_protocol in [
            ({"Sec-WebSocket-Protocol": "bearer, a.b.c"}, {"Sec-WebSocket-Protocol": "bearer"}),
            ({"sec-websocket-protocol": "chat"}, None),
            (None, None),
        ]:
            answer = backend["handler"]({"requestContext": {}, "headers": headers}, None)
            self.assertEqual(answer.get("headers"), chosen_protocol)

    def test_every_authorizer_function_runs_alike(self) -> None:
        for path in ["template.yaml", "deploy/http-api.yaml", "deploy/websocket.yaml", *ALONE]:
            (function,) = [f for f in properties_of(deployed(path), "AWS::Lambda::Function") if f["Handler"] == "bootstrap"]
            with self.subTest(path):
                figures = [function[name] for name in ("Runtime", "MemorySize", "Timeout")]
                self.assertEqual(figures, ["provided.al2023", 128, 7])
                self.assertEqual(function["LoggingConfig"]["LogFormat"], "JSON")

    def test_alarms_and_dashboard_are_the_same_everywhere(self) -> None:
        begins = "  # Alarms and dashboard: the same in every template"
        blocks = {(ROOT / path).read_text().split(begins)[1].split("\nOutputs:")[0] for path in WATCHED}
        self.assertEqual(len(blocks), 1)

    def test_what_alarms_and_dashboard_look_for_is_in_the_lines(self) -> None:
        template = deployed("template.yaml")
        patterns = [filter["FilterPattern"] for filter in properties_of(template, "AWS::Logs::MetricFilter")]
        self.assertEqual(len(patterns), 3)
        looked_for = {name for pattern in patterns for name in re.findall(r"\$\.(\w+)", pattern)}
        (dashboard,) = properties_of(template, "AWS::CloudWatch::Dashboard")
        body = json.loads(re.sub(r"\$\{[^}]+\}", "x", dashboard["DashboardBody"]["Fn::Sub"]))
        queries = [widget["properties"]["query"] for widget in body["widgets"] if widget["type"] == "log"]
        self.assertEqual(len(queries), 6)
        for query in queries:
            named = re.sub(r'SOURCE \'x\'|"[^"]*"|\bas \w+|sort \w+ desc', "", query)
            words = {"filter", "stats", "count", "by", "and", "ispresent", "pct", "bin", "m", "p"}
            looked_for |= set(re.findall(r"[a-z_]+", named)) - words
        self.assertLessEqual(looked_for, LINE_MEMBERS)

    def test_access_logs_are_as_the_page_about_403_says(self) -> None:
        page = (ROOT / "docs/operate.md").read_text()
        formats = dict(re.findall(r"<!-- access-log: (\w+) -->\n```json\n(.*?)\n```", page))
        for path, kind, resource, member in [
            ("template.yaml", "rest", "AWS::ApiGateway::Stage", "AccessLogSetting"),
            ("deploy/http-api.yaml", "http", "AWS::ApiGatewayV2::Stage", "AccessLogSettings"),
            ("deploy/websocket.yaml", "websocket", "AWS::ApiGatewayV2::Stage", "AccessLogSettings"),
        ]:
            (stage,) = properties_of(deployed(path), resource)
            condition, settings, otherwise = stage[member]["Fn::If"]
            self.assertEqual((condition, otherwise), ("HasAccessLogs", {"Ref": "AWS::NoValue"}), path)
            self.assertEqual(settings["Format"], formats[kind], path)
            self.assertTrue(json.loads(settings["Format"]), path)

    def test_access_tokens_get_the_attributes_that_the_permission_document_names(self) -> None:
        code = (ROOT / "deploy/pre_token_generation.py").read_text()
        (inline,) = [f["Code"]["ZipFile"] for f in properties_of(deployed("deploy/user-pool.yaml"), "AWS::Lambda::Function")]
        self.assertEqual(inline.strip(), code.strip())
        os.environ["GROUP_SCOPES"] = "dpo=orders/read support=orders/pii"
        trigger: dict[str, Any] = {}
        exec(code, trigger)  # noqa: S102 - our own
        named = {claim for permission in PERMISSIONS for claim in permission.get("claims", {})} | set(DOCUMENT["context"].values())
        self.assertEqual(set(trigger["ATTRIBUTES"]), {claim for claim in named if claim.startswith("custom:")})
        for groups, scopes in [(["dpo"], ["orders/read"]), ([], []), (None, [])]:
            request = {"userAttributes": {"custom:frozen": "true", "email": "a@example.com", "custom:tenant_id": ""}}
            event = {"request": request | {"groupConfiguration": {"groupsToOverride": groups}}, "response": {}}
            made = trigger["handler"](event, None)["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
            self.assertEqual(made, {"claimsToAddOrOverride": {"custom:frozen": "true"}, "scopesToAdd": scopes})

    def test_the_serverless_repository_is_offered_the_version_that_a_release_makes(self) -> None:
        version = re.findall(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[0]
        template = yaml_parse((ROOT / "deploy/serverless-repo.yaml").read_text())
        offered = template["Metadata"]["AWS::ServerlessRepo::Application"]
        self.assertEqual(offered["SemanticVersion"], version)
        code = template["Resources"]["AuthorizerFunction"]["Properties"]["CodeUri"]
        self.assertEqual(code, f"../dist/cognito-authorizer-{version}-arm64.zip")
        for name in ("LicenseUrl", "ReadmeUrl"):
            self.assertTrue((ROOT / "deploy" / offered[name]).exists(), offered[name])

    def test_the_values_to_copy_are_outputs(self) -> None:
        names = {"Region", "UserPoolId", "UserClientId", "MachineClientId", "LoginUrl"}
        self.assertLessEqual(names | {"ApiUrl"}, deployed("template.yaml")["Outputs"].keys())
        self.assertLessEqual(names, deployed("deploy/user-pool.yaml")["Outputs"].keys())

    def test_no_role_may_do_anything_to_everything(self) -> None:
        for path in ["template.yaml", *HTTP, "deploy/websocket.yaml", *ALONE]:
            for role in properties_of(deployed(path), "AWS::IAM::Role"):
                with self.subTest(path):
                    self.assertNotIn("ManagedPolicyArns", role)
                    unconditional = [policy for policy in role.get("Policies", []) if "PolicyDocument" in policy]
                    self.assertNotIn('"*"', json.dumps(unconditional))


if __name__ == "__main__":
    # What the transform has to say of its own workings.
    logging.disable(logging.WARNING)
    unittest.main(argv=sys.argv[:1])
