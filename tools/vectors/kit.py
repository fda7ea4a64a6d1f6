"""What the families of cases share: keys, settings, and tokens that are made byte by byte.

No JOSE library stands between a case and its token, since most of them are what a JOSE library refuses to make.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from cognito_tokens import ISSUED, Claims, Person, SigningKey, access_claims, id_claims, machine_claims

NOW = ISSUED + 90

REGION = "eu-west-1"
POOL = f"{REGION}_AbCdEfGhI"
HOST = f"cognito-idp.{REGION}.amazonaws.com"
ISSUER = f"https://{HOST}/{POOL}"
# The host of pools that were switched to the newer issuer.
UPDATED_ISSUER = f"https://issuer-{HOST}/{POOL}"

APP = "3n4b5urk1ft4fl3mg5e62d9ado"
MACHINE = "1h57kf5cpq17m0eml12EXAMPLE"
OTHER_CLIENT = "5f9r2o8e1i3g7n6c4l0i2e5n9t"

# A pool signs access tokens with one key and ID tokens with another.
KEY = SigningKey()
ID_KEY = SigningKey()
# Nobody's whom we trust.
FOREIGN_KEY = SigningKey()

ALICE = Person("alice")
SCOPE = "openid orders/read"

# What a case's token may do where nothing else is said: what `orders/read` opens, and what any token does.
READER = ("GET /orders", "GET /me")
ANYONE = ("GET /me",)

# A claim or header parameter to leave out.
GONE = object()

RFC_COMPACT = "RFC 7515 section 7.1"
RFC_DECODE = "RFC 7515 section 5.2"
BCP_ALGORITHMS = "RFC 8725 section 3.1"
BCP_KEY_ID = "RFC 8725 section 3.10"
AWS_VERIFY = "Cognito Developer Guide, Verifying JSON web tokens"
AWS_ACCESS = "Cognito Developer Guide, Understanding the access token"
AWS_ID = "Cognito Developer Guide, Understanding the identity (ID) token"
AWS_PARSE = "Cognito Developer Guide, Parse user pool tokens safely"
AWS_TRIGGER = "Cognito Developer Guide, Pre token generation Lambda trigger"


@dataclass(frozen=True)
class Case:
    """One token, or one value of `Authorization`, and what is to become of it."""

    name: str
    expect: str
    source: str
    token: str | None = None
    authorization: str | None = None
    permits: tuple[str, ...] | None = None
    # What differs from the file's settings.
    settings: dict[str, Any] = field(default_factory=dict)


def accepted(name: str, source: str, token: str, permits: tuple[str, ...] = READER, **settings: Any) -> Case:
    return Case(name, "accept", source, token, permits=permits, settings=settings)


def refused(name: str, reason: str, source: str, token: str, **settings: Any) -> Case:
    return Case(name, reason, source, token, settings=settings)


def judged(name: str, expect: str, source: str, token: str, **settings: Any) -> Case:
    """For tables in which both happen."""
    make = accepted if expect == "accept" else lambda *case, **more: refused(case[0], expect, *case[1:], **more)
    return make(name, source, token, **settings)


def changed(members: Claims, changes: dict[str, Any]) -> Claims:
    return {name: value for name, value in (members | changes).items() if value is not GONE}


def full_claims(**changes: Any) -> Claims:
    """A user's access token with all that Cognito says, with changes."""
    return changed(access_claims(ISSUER, APP, ALICE, SCOPE), changes)


def full_identity(**changes: Any) -> Claims:
    """A user's ID token with all that Cognito says, with changes."""
    return changed(id_claims(ISSUER, APP, ALICE), changes)


def claims(**changes: Any) -> Claims:
    """An access token with what verification reads alone, which keeps the file small, with changes."""
    read = ("sub", "iss", "client_id", "token_use", "scope", "exp", "iat")
    return changed({name: value for name, value in full_claims().items() if name in read}, changes)


def identity(**changes: Any) -> Claims:
    """An ID token with what verification reads alone, with changes."""
    read = ("sub", "iss", "aud", "token_use", "exp", "iat")
    return changed({name: value for name, value in full_identity().items() if name in read}, changes)


def machine(**changes: Any) -> Claims:
    """A token of the client credentials grant, with changes."""
    return changed(machine_claims(ISSUER, MACHINE, "orders/read"), changes)


def access(**changes: Any) -> str:
    return signed(claims(**changes))


def text(part: Any) -> bytes:
    """A part as it is, or as compact JSON."""
    if isinstance(part, bytes):
        return part
    if isinstance(part, str):
        return part.encode()
    return json.dumps(part, separators=(",", ":"), ensure_ascii=False).encode()


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: str) -> int:
    """A JWK's number."""
    return int.from_bytes(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)), "big")


def header(key: SigningKey = KEY, **changes: Any) -> dict[str, Any]:
    return changed({"kid": key.id, "alg": "RS256"}, changes)


def message(payload: Any, head: Any = None) -> str:
    """What a signature is made of."""
    return f"{base64url(text(header() if head is None else head))}.{base64url(text(payload))}"


def signature(signed_text: str, key: SigningKey = KEY, digest: hashes.HashAlgorithm | None = None) -> bytes:
    return key.pair.private_key.sign(signed_text.encode(), padding.PKCS1v15(), digest or hashes.SHA256())


def sealed(signed_text: str, key: SigningKey = KEY) -> str:
    """The text with its RS256 signature."""
    return f"{signed_text}.{base64url(signature(signed_text, key))}"


def signed(payload: Any, head: Any = None, key: SigningKey = KEY) -> str:
    """A compact JWS of this payload and header, each a text, bytes, or what becomes JSON."""
    return sealed(message(payload, head), key)


def with_header(**changes: Any) -> str:
    """A good access token with another header, signed as it stands."""
    return signed(claims(), header(**changes))
