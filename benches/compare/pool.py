"""The user pool that all functions are asked about: its keys and tokens, events, and permission documents.

Its key endpoint speaks https on loopback with certificates of the kinds Cognito's has: RSA 2048, one intermediate.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from cognito_tokens import Person, SigningKey, access_claims, with_a_flipped_bit
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

REGION = "eu-west-1"
POOL_ID = f"{REGION}_AbCdEfGhI"
ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{POOL_ID}"
CLIENT_ID = "3n4b5urk1ft4fl3mg5e62d9ado"
STAGE = f"arn:aws:execute-api:{REGION}:123456789012:abcdef1234/prod/"
METHOD = f"{STAGE}GET/orders"

SCOPE = "openid orders/read"
# Cognito lets an access token have 50 scopes of resource servers at the most; half of that is plenty.
RESOURCES = 25
EVERY_SCOPE = " ".join(["openid", "orders/read", *(f"r{number}/read" for number in range(RESOURCES))])

# An answer that nobody should read to its end.
LARGE_ANSWER = 256 * 1024 * 1024


class Pool:
    """Two keys, as Cognito has them, of which the first one signs."""

    def __init__(self) -> None:
        self._keys = [SigningKey(), SigningKey()]
        self.key_set = json.dumps({"keys": [key.jwk for key in self._keys]}).encode()
        self._made = 0

    def token(self, scope: str = SCOPE) -> str:
        """A token unlike any other."""
        self._made += 1
        claims = access_claims(ISSUER, CLIENT_ID, Person("alice", ("clerks",)), scope, jti=f"{self._made:036d}")
        return self._keys[0].sign(claims)

    def tokens(self, count: int, scope: str = SCOPE) -> list[str]:
        return [self.token(scope) for _ in range(count)]


def tampered(tokens: list[str]) -> list[str]:
    return [with_a_flipped_bit(token) for token in tokens]


def token_event(token: str, method: str = METHOD) -> bytes:
    return _compact({"type": "TOKEN", "methodArn": method, "authorizationToken": f"Bearer {token}"})


def request_event(token: str) -> bytes:
    """A REST API's REQUEST event with the headers that a browser sends."""
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate, br",
        "Accept-Language": "en-GB,en;q=0.9",
        "Authorization": f"Bearer {token}",
        "Host": f"abcdef1234.execute-api.{REGION}.amazonaws.com",
        "Origin": "https://shop.example.com",
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "X-Amzn-Trace-Id": "Root=1-6592008a-1a2b3c4d5e6f708192a3b4c5",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    context = {
        "resourceId": "r1", "resourcePath": "/orders", "httpMethod": "GET", "extendedRequestId": "x1=",
        "requestTime": "01/Jan/2024:00:00:00 +0000", "path": "/prod/orders", "accountId": "123456789012",
        "protocol": "HTTP/1.1", "stage": "prod", "requestTimeEpoch": 1704067200000, "apiId": "abcdef1234",
        "requestId": "00000000-0000-4000-8000-000000000000", "identity": {"sourceIp": "203.0.113.7", "userAgent": "x"},
    }  # fmt: skip
    return _compact({
        "type": "REQUEST", "methodArn": METHOD, "resource": "/orders", "path": "/orders", "httpMethod": "GET",
        "headers": headers, "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {"page": "2"}, "multiValueQueryStringParameters": {"page": ["2"]},
        "pathParameters": {}, "stageVariables": {}, "requestContext": context,
    })  # fmt: skip


def _compact(event: dict[str, Any]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()


def permissions(routes: int) -> bytes:
    """A document of this many routes: `GET /orders` for `orders/read`, the others spread over the other resources."""
    allowed: dict[int, list[str]] = {}
    for number in range(routes - 1):
        resource, within = number % RESOURCES, number // RESOURCES
        item = f"/r{resource}/i{within // 4}"
        forms = (f"GET {item}", f"POST {item}", f"GET {item}/{{id}}", f"GET {item}/{{id}}/events")
        allowed.setdefault(resource, []).append(forms[within % 4])
    spread = [{"scopes": [f"r{resource}/read"], "allow": routes} for resource, routes in allowed.items()]
    return _compact({"permissions": [{"scopes": ["orders/read"], "allow": ["GET /orders"]}, *spread]})


class KeyEndpoint:
    """Answers every request with the key set, or with far too much."""

    def __init__(self, folder: Path, key_set: bytes) -> None:
        self.ca_file = folder / "ca.pem"
        self._key_set = key_set
        self.is_large = False
        self.fetches = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(_certificates(folder, self.ca_file))
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://localhost:{self._listener.getsockname()[1]}/{POOL_ID}/.well-known/jwks.json"

    def _serve(self) -> None:
        while True:
            connection = self._listener.accept()[0]
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        # Otherwise the answer waits 40 ms for the acknowledgement of the handshake's end.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The client may leave at any point: that is its right, above all in the middle of what is too large.
        try:
            with self._context.wrap_socket(connection, server_side=True) as stream:
                while stream.recv(65536):
                    self.fetches += 1
                    length = LARGE_ANSWER if self.is_large else len(self._key_set)
                    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
                    if self.is_large:
                        stream.sendall(head.encode())
                        for _ in range(LARGE_ANSWER // 65536):
                            stream.sendall(b" " * 65536)
                    else:
                        stream.sendall(head.encode() + self._key_set)
        except OSError:
            pass


def _certificates(folder: Path, ca_file: Path) -> Path:
    """Writes the root to `ca_file` and gives the file with the server's key and chain."""
    keys = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3)]
    names = [
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("root", "intermediate", "localhost")
    ]
    made = []
    for level, (key, name) in enumerate(zip(keys, names)):
        issuer = max(level - 1, 0)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[issuer])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2024, 1, 1, tzinfo=timezone.utc))
            .not_valid_after(datetime(2100, 1, 1, tzinfo=timezone.utc))
            .add_extension(x509.BasicConstraints(ca=level < 2, path_length=None), critical=True)
        )
        if level == 2:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        made.append(builder.sign(keys[issuer], hashes.SHA256()))
    root, intermediate, leaf = (one.public_bytes(serialization.Encoding.PEM) for one in made)
    ca_file.write_bytes(root)
    plain = serialization.NoEncryption()
    secret = keys[2].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    chain = folder / "server.pem"
    chain.touch(mode=0o600)
    chain.write_bytes(secret + leaf + intermediate)
    return chain
