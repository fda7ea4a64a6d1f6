"""What else may a header ask for?"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from .kit import KEY, Case, accepted, base64url, claims, header, refused, sealed, signed, text, with_header

CRITICAL = "RFC 7515 section 4.1.11; CVE-2025-59420, CVE-2026-32597, CVE-2026-35042"
UNENCODED = "RFC 7797 section 6"
COMPRESSION = "RFC 8725 section 3.6"
UNKNOWN = "RFC 7515 section 4"
TYPE = "RFC 7515 section 4.1.9"

CRITICALS: list[tuple[str, dict[str, Any]]] = [
    ("of-an-unknown-name", {"crit": ["http://example.com/policy"], "http://example.com/policy": 1}),
    ("of-a-name-that-is-absent", {"crit": ["policy"]}),
    ("of-b64", {"crit": ["b64"], "b64": False}),
    ("of-b64-that-is-true", {"crit": ["b64"], "b64": True}),
    ("of-exp", {"crit": ["exp"], "exp": 1363284000}),
    ("of-a-registered-name", {"crit": ["alg"]}),
    ("of-kid", {"crit": ["kid"]}),
    ("of-itself", {"crit": ["crit"]}),
    ("of-two", {"crit": ["b64", "policy"], "b64": True, "policy": 1}),
    ("of-the-same-twice", {"crit": ["b64", "b64"], "b64": True}),
    ("that-is-empty", {"crit": []}),
    ("of-an-empty-name", {"crit": [""], "": 1}),
    ("that-is-null", {"crit": None}),
    ("that-is-false", {"crit": False}),
    ("that-is-a-string", {"crit": "b64"}),
    ("that-is-an-empty-string", {"crit": ""}),
    ("that-is-an-object", {"crit": {}}),
    ("that-is-a-number", {"crit": 0}),
    ("of-a-number", {"crit": [1]}),
    ("of-a-method-of-objects", {"crit": ["toString"]}),
    ("of-a-prototype", {"crit": ["__proto__"]}),
]

# Header parameters that ask for nothing here, around a genuine signature. Cognito sends none of them.
HARMLESS: list[tuple[str, dict[str, Any], str]] = [
    ("typ-jwt", {"typ": "JWT"}, "RFC 7519 section 5.1"),
    ("typ-jwt-in-small-letters", {"typ": "jwt"}, "RFC 7519 section 5.1"),
    ("typ-at-jwt", {"typ": "at+jwt"}, "RFC 9068 section 2.1"),
    ("typ-of-a-logout-token", {"typ": "logout+jwt"}, "RFC 8725 section 3.11"),
    ("typ-of-a-dpop-proof", {"typ": "dpop+jwt"}, "RFC 9449 section 4.2"),
    ("typ-that-is-a-number", {"typ": 5}, TYPE),
    ("typ-that-is-null", {"typ": None}, TYPE),
    ("cty-of-something", {"cty": "json"}, "RFC 7515 section 4.1.10"),
    ("cty-that-names-a-reader", {"cty": "application/x-java-serialized-object"}, "RFC 7515 section 4.1.10"),
    ("b64-that-is-true", {"b64": True}, UNENCODED),
    ("b64-that-is-false-and-not-critical", {"b64": False}, UNENCODED),
    ("zip-that-is-not-done", {"zip": "DEF"}, COMPRESSION),
    ("enc-on-a-signed-token", {"enc": "A256GCM"}, "RFC 7516 section 9"),
    ("nonce", {"nonce": "x"}, UNKNOWN),
    ("unknown-member", {"http://example.com/is_root": True}, UNKNOWN),
    ("unknown-object", {"x": {"alg": "none", "crit": ["b64"]}}, UNKNOWN),
    ("alg-in-another-case-besides", {"ALG": "none"}, "RFC 7515 section 9.1.1"),
    ("crit-in-another-case", {"Crit": ["b64"]}, "RFC 7515 section 9.1.1"),
    ("prototype-member", {"__proto__": {"alg": "none"}}, UNKNOWN),
    ("emoji", {"\U0001f511": "\U0001f511"}, UNKNOWN),
]


def cases() -> Iterator[Case]:
    for name, members in CRITICALS:
        yield refused(f"crit-{name}", "critical_header", CRITICAL, with_header(**members))
    for name, members, source in HARMLESS:
        yield accepted(f"header-with-{name}", source, with_header(**members))
    yield accepted("header-of-alg-before-kid", "RFC 8259 section 4", signed(claims(), {"alg": "RS256", "kid": KEY.id}))
    spaced = text(header()).replace(b":", b" : ").replace(b",", b" ,\r\n\t")
    yield accepted("header-with-white-space", "RFC 8259 section 2", signed(claims(), spaced))
    yield from payloads_that_the_header_explains()


def payloads_that_the_header_explains() -> Iterator[Case]:
    unencoded = f"{base64url(text(header(b64=False, crit=['b64'])))}.{text(claims()).decode()}"
    yield refused("payload-that-is-not-encoded", "token_malformed", UNENCODED, sealed(unencoded))
    deflated = zlib.compress(text(claims()), wbits=-15)
    yield refused("payload-that-is-deflated", "token_malformed", COMPRESSION, signed(deflated, header(zip="DEF")))
    bomb = zlib.compress(b'{"a":"' + bytes(3_000_000) + b'"}', wbits=-15)
    yield refused(
        "payload-that-is-a-deflate-bomb", "token_malformed", "CVE-2024-28180", signed(bomb, header(zip="DEF"))
    )
    gzipped = zlib.compress(text(claims()), wbits=31)
    yield refused("payload-that-is-gzipped", "token_malformed", COMPRESSION, signed(gzipped, header(zip="GZIP")))
