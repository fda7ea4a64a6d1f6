"""Tokens as a Cognito user pool signs them, made by a JOSE library that shares no code with the function."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.jwk import RSAKey

# 2024-01-01: in the past on every machine whose clock is right.
ISSUED = 1_704_067_200
# 2100-01-01, so that the events stay usable. A real token lives a day at most.
EXPIRES = 4_102_444_800

Claims = dict[str, Any]


@dataclass(frozen=True)
class SigningKey:
    """A key pair and its id. The private half lives as long as the process that made it."""

    pair: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))

    @property
    def id(self) -> str:
        """32 bytes in padded base64, as Cognito's. One with `+` and `/`, which a URL-safe reader would trip over."""
        modulus = self.pair.as_dict(private=False)["n"].encode()
        tries = (base64.b64encode(hashlib.sha256(modulus + bytes([n])).digest()).decode() for n in range(256))
        return next(text for text in tries if "+" in text and "/" in text)

    @property
    def jwk(self) -> dict[str, Any]:
        public = self.pair.as_dict(private=False)
        return {"alg": "RS256", "e": public["e"], "kid": self.id, "kty": "RSA", "n": public["n"], "use": "sig"}

    def sign(self, claims: Claims | str, **header: Any) -> str:
        """A compact JWS. The header holds `kid` and `alg` alone, as Cognito's does, unless more is asked for."""
        payload = claims if isinstance(claims, str) else compact(claims)
        return jws.serialize_compact({"kid": self.id, "alg": "RS256"} | header, payload, self.pair)

    def sign_with_public_key_as_secret(self, claims: Claims) -> str:
        """What passes where the header alone chooses the algorithm."""
        message = f"{encode({'kid': self.id, 'alg': 'HS256'})}.{encode(claims)}"
        secret = self.pair.as_pem(private=False)
        return f"{message}.{_base64url(hmac.digest(secret, message.encode(), 'sha256'))}"


def without_signature(claims: Claims, key_id: str) -> str:
    """An unsecured JWS (RFC 7515 appendix A.5)."""
    return f"{encode({'kid': key_id, 'alg': 'none'})}.{encode(claims)}."


def with_claims(token: str, **changes: Any) -> str:
    """The token with other claims under its old signature."""
    header, payload, signature = token.split(".")
    return f"{header}.{encode(decode(payload) | changes)}.{signature}"


def with_a_flipped_bit(token: str) -> str:
    """The token with one bit of its signature turned over.

    The bit is one in the middle: of the last character some bits are padding and mean nothing.
    """
    message, _, signature = token.rpartition(".")
    flipped = bytearray(decoded(signature))
    flipped[len(flipped) // 2] ^= 1
    return f"{message}.{_base64url(bytes(flipped))}"


def compact(claims: Claims) -> str:
    return json.dumps(claims, separators=(",", ":"))


def encode(part: Claims) -> str:
    return _base64url(compact(part).encode())


def decode(part: str) -> Claims:
    return json.loads(decoded(part))


def decoded(part: str) -> bytes:
    """The bytes of a token's part."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Person:
    """Somebody in a user pool."""

    name: str
    groups: tuple[str, ...] = ()

    @property
    def sub(self) -> str:
        return _uuid(f"user {self.name}")


def access_claims(issuer: str, client: str, person: Person, scope: str, **more: Any) -> Claims:
    """A user's access token, with the claims that managed login gives it."""
    groups = {"cognito:groups": list(person.groups)} if person.groups else {}
    return {
        "sub": person.sub,
        **groups,
        "iss": issuer,
        "version": 2,
        "client_id": client,
        "origin_jti": _uuid(f"sign-in {person.name}"),
        "event_id": _uuid(f"event {person.name}"),
        "token_use": "access",
        "scope": scope,
        "auth_time": ISSUED,
        "exp": EXPIRES,
        "iat": ISSUED,
        "jti": _uuid(f"access token {person.name} {scope}"),
        "username": person.name,
    } | more


def machine_claims(issuer: str, client: str, scope: str) -> Claims:
    """An access token of the client credentials grant: no user, so the subject is the client."""
    return {
        "sub": client,
        "token_use": "access",
        "scope": scope,
        "auth_time": ISSUED,
        "iss": issuer,
        "exp": EXPIRES,
        "iat": ISSUED,
        "version": 2,
        "jti": _uuid(f"access token {client} {scope}"),
        "client_id": client,
    }


def id_claims(issuer: str, client: str, person: Person) -> Claims:
    """An ID token: `aud` in place of `client_id`, and no scope."""
    groups = {"cognito:groups": list(person.groups)} if person.groups else {}
    return {
        "sub": person.sub,
        **groups,
        "email_verified": True,
        "iss": issuer,
        "cognito:username": person.name,
        "origin_jti": _uuid(f"sign-in {person.name}"),
        "aud": client,
        "event_id": _uuid(f"event {person.name}"),
        "token_use": "id",
        "auth_time": ISSUED,
        "exp": EXPIRES,
        "iat": ISSUED,
        "jti": _uuid(f"id token {person.name}"),
        "email": f"{person.name}@example.com",
    }


def _uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))
