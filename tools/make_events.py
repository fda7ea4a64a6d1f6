"""Makes events/ anew: keys, the key set that publishes them, and tokens in events as API Gateway sends them.

All but the keys, and what is signed with them, is the same each time. The private keys end with this process.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cognito_tokens import (
    ISSUED,
    Claims,
    Person,
    SigningKey,
    access_claims,
    compact,
    id_claims,
    machine_claims,
    with_a_flipped_bit,
    with_claims,
    without_signature,
)
from event_files import EVENTS, INDEX, KEY_SET, local_settings

SETTINGS = local_settings()
POOL = SETTINGS["USER_POOL_ID"]
APP, MACHINE = SETTINGS["APP_CLIENT_ID"].split(",")
REGION = POOL.partition("_")[0]
ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{POOL}"
# The host of pools that were switched to the newer issuer.
UPDATED_ISSUER = f"https://issuer-cognito-idp.{REGION}.amazonaws.com/{POOL}"

FOREIGN_POOL = f"{REGION}_ZyXwVuTsR"
FOREIGN_CLIENT = "5f9r2o8e1i3g7n6c4l0i2e5n9t"

ACCOUNT = "123456789012"
API = "a1b2c3d4e5"
STAGE = "v1"
PREFIX = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/{STAGE}"
HTTP_PREFIX = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/$default"

ALICE = Person("alice")
BOB = Person("bob")
DIANA = Person("diana", groups=("dpo", "staff"))

# What a sign-in through managed login brings along besides the API's own scopes.
LOGIN = "openid email"
READ = f"{LOGIN} orders/read"

ACCESS_KEY = SigningKey()
ID_KEY = SigningKey()
FOREIGN_KEY = SigningKey()


@dataclass(frozen=True)
class Event:
    """An event, the reason that the function is to log for it, and what it is there to show."""

    name: str
    reason: str
    shows: str
    body: dict[str, Any]


def claims(person: Person = ALICE, scope: str = READ, **more: Any) -> Claims:
    return access_claims(ISSUER, APP, person, scope, **more)


def access(person: Person = ALICE, scope: str = READ, **more: Any) -> str:
    return ACCESS_KEY.sign(claims(person, scope, **more))


def token_event(method: str, token: str, prefix: str = PREFIX) -> dict[str, Any]:
    """What a TOKEN authorizer gets. `method` is `VERB /path`."""
    return {"type": "TOKEN", "authorizationToken": token, "methodArn": prefix + "/" + method.replace(" ", "", 1)}


def bearer(method: str, token: str, prefix: str = PREFIX) -> dict[str, Any]:
    return token_event(method, f"Bearer {token}", prefix)


def request_event(
    method: str,
    resource: str,
    headers: dict[str, list[str]],
    prefix: str = PREFIX,
    query: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    """What a REQUEST authorizer gets: the single-value maps have the last value, or are null."""
    verb, path = method.split(" ", 1)
    *_arn, region, account, api_and_stage = prefix.split(":")
    api, stage = api_and_stage.split("/")
    browser = {
        "Accept": ["*/*"],
        "Host": [f"{api}.execute-api.{region}.amazonaws.com"],
        "User-Agent": ["curl/8.5.0"],
        "X-Amzn-Trace-Id": ["Root=1-6592008a-1a2b3c4d5e6f708192a3b4c5"],
        "X-Forwarded-For": ["203.0.113.7"],
        "X-Forwarded-Port": ["443"],
        "X-Forwarded-Proto": ["https"],
    }
    all_headers = dict(sorted((browser | headers).items(), key=lambda named: named[0].lower()))
    return {
        "type": "REQUEST",
        "methodArn": f"{prefix}/{verb}{path}",
        "resource": resource,
        "path": path,
        "httpMethod": verb,
        "headers": last_values(all_headers),
        "multiValueHeaders": all_headers,
        "queryStringParameters": last_values(query) if query else {},
        "multiValueQueryStringParameters": query or {},
        "pathParameters": path_parameters(resource, path),
        "stageVariables": {},
        "requestContext": {
            "resourceId": "k9x2ab",
            "resourcePath": resource,
            "httpMethod": verb,
            "extendedRequestId": "QzX1xEXAMPLEDoEJ0Q=",
            "requestTime": "01/Jan/2024:00:01:30 +0000",
            "path": f"/{stage}{path}",
            "accountId": account,
            "protocol": "HTTP/1.1",
            "stage": stage,
            "domainPrefix": api,
            "requestTimeEpoch": (ISSUED + 90) * 1000,
            "requestId": "0f6c1a5e-5b0e-4c5e-9a53-6d1f0f2b7c11",
            "identity": {
                "cognitoIdentityPoolId": None,
                "accountId": None,
                "cognitoIdentityId": None,
                "caller": None,
                "sourceIp": "203.0.113.7",
                "principalOrgId": None,
                "accessKey": None,
                "cognitoAuthenticationType": None,
                "cognitoAuthenticationProvider": None,
                "userArn": None,
                "userAgent": "curl/8.5.0",
                "user": None,
            },
            "domainName": f"{api}.execute-api.{region}.amazonaws.com",
            "deploymentId": "d7m3qz",
            "apiId": api,
        },
    }


def last_values(values: dict[str, list[str]]) -> dict[str, str]:
    return {name: value[-1] for name, value in values.items()}


def path_parameters(resource: str, path: str) -> dict[str, str]:
    segments, templates = path.split("/"), resource.split("/")
    named = {name[1:-1]: value for name, value in zip(templates, segments) if name.startswith("{")}
    if templates[-1].endswith("+}"):
        named.pop(templates[-1][1:-1])
        named[templates[-1][1:-2]] = "/".join(segments[len(templates) - 1 :])
    return named


def bearer_request(method: str, resource: str, token: str, **more: Any) -> dict[str, Any]:
    return request_event(method, resource, {"Authorization": [f"Bearer {token}"]}, **more)


def console_test_event(method: str, resource: str, token: str) -> dict[str, Any]:
    """What the console's "Test" button was seen to send: maps that are null, and a stage that is no stage.

    The stage in `methodArn` differs from the one in `requestContext`.
    """
    prefix = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}/ESTestInvoke-stage"
    event = bearer_request(method, resource, token, prefix=prefix)
    context = event["requestContext"] | {
        "resourceId": "test-invoke-resource-id",
        "stage": "test-invoke-stage",
        "domainPrefix": "testPrefix",
        "domainName": "testPrefix.testDomainName",
    }
    return event | {
        "headers": {"Authorization": f"Bearer {token}"},
        "multiValueHeaders": {"Authorization": [f"Bearer {token}"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": context,
        "body": None,
        "isBase64Encoded": False,
    }


def http_api_1_event(method: str, token: str) -> dict[str, Any]:
    """What an HTTP API asks in payload format 1.0."""
    verb, path = method.split(" ", 1)
    host = f"{API}.execute-api.{REGION}.amazonaws.com"
    return {
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": f"{HTTP_PREFIX}/{verb}{path}",
        "identitySource": f"Bearer {token}",
        "authorizationToken": f"Bearer {token}",
        "resource": path,
        "path": path,
        "httpMethod": verb,
        "headers": {"Authorization": f"Bearer {token}", "Content-Length": "0", "Host": host, "User-Agent": "curl/8.5.0"},
        "queryStringParameters": {},
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API,
            "domainName": host,
            "domainPrefix": API,
            "extendedRequestId": "Jk4mXhExampleJ0Q=",
            "httpMethod": verb,
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "curl/8.5.0"},
            "path": path,
            "protocol": "HTTP/1.1",
            "requestId": "Jk4mXhExampleJ0Q=",
            "resourceId": method,
            "resourcePath": path,
            "stage": "$default",
        },
        "pathParameters": {},
        "stageVariables": {},
    }


def offline_event(method: str, resource: str, token: str) -> dict[str, Any]:
    """What serverless-offline sends for a REST API: a version that only HTTP APIs have, beside a resource's id."""
    event = bearer_request(method, resource, token)
    return event | {"version": "1.0", "requestContext": event["requestContext"] | {"resourceId": "random-resource-id"}}


def with_headers(event: dict[str, Any], **headers: str) -> dict[str, Any]:
    """The event with these headers in the place of all others; `_` stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    several = {"multiValueHeaders": {name: [value] for name, value in named.items()}} if "multiValueHeaders" in event else {}
    return event | {"headers": named} | several


def http_api_2_event(method: str, token: str) -> dict[str, Any]:
    """What an HTTP API asks in payload format 2.0: names in lower case, no cookies here, no identity source set up."""
    verb, path = method.split(" ", 1)
    host = f"{API}.execute-api.{REGION}.amazonaws.com"
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": f"{HTTP_PREFIX}/{verb}{path}",
        "identitySource": None,
        "routeKey": method,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"authorization": f"Bearer {token}", "host": host, "user-agent": "curl/8.5.0"},
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API,
            "domainName": host,
            "domainPrefix": API,
            "http": {
                "method": verb,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "curl/8.5.0",
            },
            "requestId": "Jk4mXhExampleJ0Q=",
            "routeKey": method,
            "stage": "$default",
            "time": "01/Jan/2024:00:01:30 +0000",
            "timeEpoch": (ISSUED + 90) * 1000,
        },
    }


def websocket_event(token: str) -> dict[str, Any]:
    """What a WebSocket API asks when somebody connects. It has no verb and no path."""
    headers = {"Authorization": [f"Bearer {token}"], "Host": [f"{API}.execute-api.{REGION}.amazonaws.com"]}
    return {
        "type": "REQUEST",
        "methodArn": f"{PREFIX}/$connect",
        "headers": last_values(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": {},
        "multiValueQueryStringParameters": {},
        "stageVariables": {},
        "requestContext": {
            "routeKey": "$connect",
            "eventType": "CONNECT",
            "extendedRequestId": "Jk4mXhExampleJ0Q=",
            "requestTime": "01/Jan/2024:00:01:30 +0000",
            "messageDirection": "IN",
            "stage": STAGE,
            "connectedAt": (ISSUED + 90) * 1000,
            "requestTimeEpoch": (ISSUED + 90) * 1000,
            "identity": {"sourceIp": "203.0.113.7"},
            "requestId": "Jk4mXhExampleJ0Q=",
            "domainName": f"{API}.execute-api.{REGION}.amazonaws.com",
            "connectionId": "Jk4mXcOEDoECExAMPLE=",
            "apiId": API,
        },
    }


def appsync_event(token: str) -> dict[str, Any]:
    """What AppSync asks a Lambda authorizer. It has no method, and expects another answer."""
    return {
        "authorizationToken": f"Bearer {token}",
        "requestContext": {
            "apiId": "g5h6i7j8k9l0m1n2o3p4q5r6s7",
            "accountId": ACCOUNT,
            "requestId": "5d0f2b34-8c7e-4f0a-9a4e-3f1f6f0c9b77",
            "queryString": "query { orders { id } }",
            "variables": {},
        },
    }


def allowed() -> Iterator[Event]:
    def event(name: str, shows: str, body: dict[str, Any]) -> Event:
        return Event(f"allow-{name}", "permitted", shows, body)

    own, profile = f"/users/{ALICE.sub}", "/users/{id}/{rest+}"
    china = f"arn:aws-cn:execute-api:cn-north-1:{ACCOUNT}:{API}/{STAGE}"
    government = f"arn:aws-us-gov:execute-api:us-gov-west-1:{ACCOUNT}:{API}/{STAGE}"
    yield event("by-scope", "the token has the scope of a route", bearer("GET /orders", access()))
    yield event(
        "by-scope-request",
        "the same as a REQUEST event, with a query string",
        bearer_request("GET /orders/42", "/orders/{id}", access(), query={"expand": ["lines", "customer"]}),
    )
    yield event(
        "by-two-scopes",
        "a permission that asks for two scopes, and a token with both",
        bearer("GET /orders/42/pii", access(scope=f"{READ} orders/pii")),
    )
    yield event(
        "by-group-request",
        "a group opens what two scopes would",
        bearer_request("GET /orders/42/pii", "/orders/{id}/pii", access(DIANA, LOGIN)),
    )
    yield event(
        "any-token",
        "a route for every verified token; sign-in without managed login brings this scope alone",
        bearer("GET /me", access(scope="aws.cognito.signin.user.admin")),
    )
    yield event("own-id", "the path holds the caller's own subject", bearer(f"GET {own}/profile", access()))
    yield event(
        "own-id-any-verb-request",
        "the route's verb is ANY",
        bearer_request(f"PATCH {own}/addresses/home", profile, access()),
    )
    yield event(
        "own-id-deep-path",
        "a greedy parameter takes many segments",
        bearer(f"GET {own}/a/b/c/d/e/f/g/h/i/j", access()),
    )
    yield event(
        "colon-in-path",
        "colons in a path separate nothing in the ARN",
        bearer("GET /orders/urn:isbn:9780261103283", access()),
    )
    yield event(
        "machine-client-request",
        "a token of the client credentials grant has no user",
        bearer_request("GET /orders", "/orders", ACCESS_KEY.sign(machine_claims(ISSUER, MACHINE, "orders/read"))),
    )
    yield event(
        "updated-issuer",
        "a pool switched to the newer issuer host",
        bearer("GET /orders", access(iss=UPDATED_ISSUER)),
    )
    yield event(
        "resource-bound-token",
        "an access token bound to a resource has `aud` as well",
        bearer("GET /orders", access(aud="https://orders.example.com")),
    )
    yield event(
        "bare-token",
        "a TOKEN event may hold the token without its scheme",
        token_event("GET /orders", access()),
    )
    yield event(
        "lower-case-scheme",
        "the scheme's case does not matter (RFC 6750)",
        token_event("GET /orders", f"bearer {access()}"),
    )
    yield event(
        "header-as-the-client-wrote-it-request",
        "header names come in the client's case",
        request_event("GET /orders", "/orders", {"authorization": [f"bearer {access()}"]}),
    )
    yield event(
        "same-token-twice-request",
        "one token sent in two headers is one token",
        request_event("GET /orders", "/orders", {"Authorization": [f"Bearer {access()}"] * 2}),
    )
    yield event(
        "console-test-request",
        "the console's test sends null maps and another stage",
        console_test_event("GET /orders", "/orders", access()),
    )
    yield event("in-china", "another partition", bearer("GET /orders", access(), china))
    yield event(
        "in-govcloud-request",
        "another partition, as a REQUEST event",
        bearer_request("GET /orders/42", "/orders/{id}", access(), prefix=government),
    )
    yield event("http-api-1", "an HTTP API with payload format 1.0", http_api_1_event("GET /orders", access()))
    yield event("http-api-2", "an HTTP API with payload format 2.0", http_api_2_event("GET /orders", access()))
    yield event("websocket", "a WebSocket API, whose one route is `$connect`", websocket_event(access()))
    yield event(
        "websocket-protocol",
        "what a page can send: the token as a subprotocol",
        with_headers(websocket_event(access()), Sec_WebSocket_Protocol=f"bearer, {access()}"),
    )
    yield event(
        "bare-token-request",
        "the token without its scheme, as `COGNITO_USER_POOLS` takes it",
        request_event("GET /orders", "/orders", {"Authorization": [access()]}),
    )
    bare = access()
    yield event(
        "bare-token-http-api-2",
        "the token without its scheme, as the JWT authorizer of HTTP APIs takes it",
        with_headers(http_api_2_event("GET /orders", bare), authorization=bare),
    )
    yield event(
        "query-with-scheme-request",
        "a query parameter with the scheme",
        request_event("GET /orders", "/orders", {}, query={"access_token": [f"Bearer {access()}"]}),
    )
    yield event(
        "serverless-offline-request",
        "an emulator writes a version into a REST API's event",
        offline_event("GET /orders", "/orders", access()),
    )
    in_key = access()
    yield event(
        "http-api-2-identity-source",
        "the token is in the cache key",
        http_api_2_event("GET /orders", in_key) | {"identitySource": [f"Bearer {in_key}", "/orders", "GET"]},
    )


def denied() -> Iterator[Event]:
    def event(name: str, reason: str, shows: str, body: dict[str, Any]) -> Event:
        return Event(f"deny-{name}", reason, shows, body)

    frozen = access(BOB, f"{READ} users/write", **{"custom:frozen": "true"})
    profile = "/users/{id}/{rest+}"
    yield event("missing-scope", "scope_missing", "one of two scopes is not enough", bearer("GET /orders/42/pii", access()))
    yield event(
        "missing-scope-request",
        "scope_missing",
        "no scope of the API at all",
        bearer_request("GET /orders", "/orders", access(scope=LOGIN)),
    )
    yield event(
        "longer-scope",
        "scope_missing",
        "scopes match whole, not by their beginning",
        bearer("GET /orders", access(scope=f"{LOGIN} orders/read.all orders/readonly")),
    )
    yield event(
        "scope-in-another-case",
        "scope_missing",
        "scopes are case-sensitive",
        bearer("GET /orders", access(scope=f"{LOGIN} Orders/Read")),
    )
    yield event(
        "group-as-scope",
        "group_missing",
        "a scope that is called like a group opens nothing",
        bearer("GET /orders/42/pii", access(scope=f"{LOGIN} dpo")),
    )
    yield event(
        "other-id",
        "claim_not_in_path",
        "the path holds somebody else's subject",
        bearer(f"GET /users/{BOB.sub}/profile", access()),
    )
    yield event(
        "other-id-request",
        "claim_not_in_path",
        "the same as a REQUEST event",
        bearer_request(f"GET /users/{BOB.sub}/profile", profile, access()),
    )
    yield event(
        "by-rule",
        "denied_by_rule",
        "a deny rule shuts what another permission opens",
        bearer(f"DELETE /users/{BOB.sub}/cards/1", frozen),
    )
    yield event(
        "listed-route-request",
        "route_not_allowed",
        "a route that no permission opens",
        bearer_request("GET /orders/42/audit", "/orders/{id}/audit", access()),
    )
    yield event("unknown-route", "route_unknown", "a route that the document does not name", bearer("GET /admin", access()))
    yield event("other-verb", "route_unknown", "the path is open, the verb is not", bearer("POST /orders", access()))
    yield event("path-in-another-case", "route_unknown", "paths are case-sensitive", bearer("GET /Orders", access()))
    yield event(
        "trailing-slash",
        "path_malformed",
        "a path with an empty segment is no route's",
        bearer("GET /orders/", access()),
    )
    yield event(
        "dot-segments",
        "path_malformed",
        "a path with dot segments is no route's",
        bearer(f"GET /users/{ALICE.sub}/../{BOB.sub}/profile", access()),
    )
    yield event(
        "id-with-slash-request",
        "route_unknown",
        "one parameter is one segment",
        bearer_request("GET /orders/42/lines", "/{proxy+}", access()),
    )
    yield event(
        "http-api-2",
        "scope_missing",
        "an HTTP API's route that another scope opens",
        http_api_2_event("GET /orders/42/pii", access()),
    )


def unauthorized() -> Iterator[Event]:
    def event(name: str, reason: str, shows: str, body: dict[str, Any]) -> Event:
        return Event(f"unauthorized-{name}", reason, shows, body)

    def refused(name: str, reason: str, shows: str, token: str) -> Event:
        return event(name, reason, shows, bearer("GET /orders", token))

    foreign_issuer = ISSUER.replace(POOL, FOREIGN_POOL)
    id_token = ID_KEY.sign(id_claims(ISSUER, APP, DIANA))
    twice = compact(claims()).replace('"scope":', '"scope":"orders/pii","scope":', 1)
    yield refused("expired", "token_expired", "its `exp` is past", access(exp=ISSUED + 3600))
    yield event(
        "expired-request",
        "token_expired",
        "the same as a REQUEST event",
        bearer_request("GET /orders", "/orders", access(exp=ISSUED + 3600)),
    )
    yield refused(
        "foreign-pool",
        "issuer_unknown",
        "genuine, but of another pool",
        FOREIGN_KEY.sign(access_claims(foreign_issuer, APP, ALICE, READ)),
    )
    yield refused(
        "foreign-client",
        "client_unknown",
        "of our pool, but issued to another app client",
        access(client_id=FOREIGN_CLIENT),
    )
    yield refused(
        "foreign-key",
        "signature_invalid",
        "says our pool and our key's id, but another key signed it",
        FOREIGN_KEY.sign(claims(), kid=ACCESS_KEY.id),
    )
    yield refused(
        "tampered-signature",
        "signature_invalid",
        "one bit of the signature is another",
        with_a_flipped_bit(access()),
    )
    yield refused(
        "tampered-claims",
        "signature_invalid",
        "a group was written in afterwards",
        with_claims(access(), **{"cognito:groups": ["dpo"]}),
    )
    yield refused(
        "alg-none",
        "algorithm_not_allowed",
        "the header says that no signature is needed",
        without_signature(claims(), ACCESS_KEY.id),
    )
    yield refused(
        "alg-hs256",
        "algorithm_not_allowed",
        "an HMAC whose secret is the public key",
        ACCESS_KEY.sign_with_public_key_as_secret(claims()),
    )
    yield refused(
        "critical-header",
        "critical_header",
        "the header asks for an extension",
        ACCESS_KEY.sign(claims(), crit=["b64"], b64=True),
    )
    yield refused(
        "duplicate-claim",
        "token_malformed",
        "two readers could take two scopes from it",
        ACCESS_KEY.sign(twice),
    )
    yield refused("id-token", "token_use_not_allowed", "an ID token where an access token is required", id_token)
    yield event(
        "id-token-request",
        "token_use_not_allowed",
        "the same as a REQUEST event",
        bearer_request("GET /me", "/me", id_token),
    )
    yield event(
        "missing-token-request",
        "token_missing",
        "without caching a REQUEST authorizer is asked about requests without a token",
        request_event("GET /me", "/me", {}),
    )
    yield refused(
        "key-bound-token",
        "binding_not_checked",
        "bound to a key of its holder (RFC 7800)",
        access(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}),
    )
    yield event(
        "basic-credentials",
        "scheme_not_bearer",
        "credentials of another scheme",
        token_event("GET /me", "Basic YWxpY2U6c2VjcmV0"),
    )
    yield event(
        "two-tokens-request",
        "token_ambiguous",
        "two different tokens in one request (RFC 6750 section 2)",
        request_event("GET /me", "/me", {"Authorization": [f"Bearer {access()}", f"Bearer {access(BOB)}"]}),
    )
    yield event(
        "joined-tokens",
        "token_malformed",
        "two tokens in one header",
        token_event("GET /me", f"Bearer {access()}, Bearer {access(BOB)}"),
    )
    yield event(
        "websocket-expired",
        "token_expired",
        "a WebSocket API takes the error as REST APIs do",
        websocket_event(access(exp=ISSUED + 3600)),
    )


def undecided() -> Iterator[Event]:
    yield Event("error-appsync", "event_unknown", "not an event of API Gateway", appsync_event(access()))
    yield Event(
        "error-token-not-in-identity-source",
        "token_not_in_identity_source",
        "a cached answer would be everybody's who sends `t1`",
        http_api_2_event("GET /orders", access()) | {"identitySource": ["t1"]},
    )
    sample = f"arn:aws:execute-api:{REGION}:{ACCOUNT}"
    yield Event(
        "error-sample-stage",
        "method_arn_malformed",
        "an older sample: its stage is `*`",
        bearer("GET /", access(), f"{sample}:{API}/*"),
    )
    yield Event(
        "error-sample-api",
        "method_arn_malformed",
        "an older sample: its API id is empty",
        bearer("GET /", access(), f"{sample}:/{STAGE}"),
    )


def unasked() -> Iterator[Event]:
    """What keeps a function warm; nobody waits for the answer."""
    scheduled = {"version": "0", "id": "5d0f2b34-8c7e-4f0a-9a4e-3f1f6f0c9b77", "detail-type": "Scheduled Event"}
    scheduled |= {"source": "aws.events", "account": ACCOUNT, "time": "2024-01-01T00:01:30Z", "region": REGION}
    scheduled |= {"resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/keep-warm"], "detail": {}}
    for name, shows, body in [
        ("warmup-plugin", "serverless-plugin-warmup", {"source": "serverless-plugin-warmup"}),
        ("warmup-schedule", "EventBridge, by a schedule", scheduled),
        ("console-empty", "the console's test with an empty object", {}),
    ]:
        yield Event(f"none-{name}", "warm_up", shows, body)


def write(events: list[Event]) -> None:
    for old in EVENTS.glob("*.json"):
        old.unlink()
    key_set = {"keys": [ID_KEY.jwk, ACCESS_KEY.jwk]}
    KEY_SET.write_text(pretty(key_set))
    for event in events:
        (EVENTS / f"{event.name}.json").write_text(pretty(event.body))
    with INDEX.open("w", newline="") as index:
        table = csv.writer(index, lineterminator="\n")
        table.writerow(["event", "reason", "shows"])
        table.writerows([event.name, event.reason, event.shows] for event in events)


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


if __name__ == "__main__":
    made = [*allowed(), *denied(), *unauthorized(), *undecided(), *unasked()]
    write(made)
    print(f"wrote {len(made)} events, the key set they are signed with, and their index to {EVENTS.name}/")
