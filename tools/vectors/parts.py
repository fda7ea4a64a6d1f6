"""Is it three parts, each strict base64url? One text for one value (RFC 4648 section 3.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .kit import APP, KEY, RFC_COMPACT, Case, accepted, access, base64url, claims, header, refused, sealed, signed, text

REFUSAL = "token_malformed"
CANONICAL = "RFC 4648 section 3.5"
ALPHABET = "RFC 4648 section 5"
NOT_IN_IT = "RFC 4648 section 3.3"
NO_PADDING = "RFC 7515 section 2"

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def cases() -> Iterator[Case]:
    for name, change, source in CHANGES:
        for place, part in enumerate(["header", "payload", "signature"]):
            yield refused(f"{part}-{name}", REFUSAL, source, resealed(place, change))
    yield accepted("parts-of-incomplete-groups", CANONICAL, resealed(0, lambda part: part))
    yield from numbers_of_parts()
    yield from other_serialisations()


def resealed(place: int, change: Callable[[str], str]) -> str:
    """The change made to a header or payload is signed along with it, so that nothing but its form is wrong."""
    # White space makes each part end in an incomplete group, which has bits that mean nothing.
    parts = [base64url(incomplete(text(header(x="?????~~~~~")))), base64url(incomplete(text(claims(x="?????~~~~~"))))]
    if place < 2:
        parts[place] = change(parts[place])
        return sealed(".".join(parts))
    signed_text, _, made = sealed(".".join(parts)).rpartition(".")
    return f"{signed_text}.{change(made)}"


def incomplete(part: bytes) -> bytes:
    return part if len(part) % 3 else part + b" "


def trailing_bits(part: str) -> str:
    return part[:-1] + LETTERS[LETTERS.index(part[-1]) | 1]


def standard(part: str) -> str:
    found = part.replace("-", "+").replace("_", "/")
    return found if found != part else f"+{part[1:]}"


CHANGES: list[tuple[str, Callable[[str], str], str]] = [
    ("with-its-padding", lambda part: part + "=" * (-len(part) % 4), NO_PADDING),
    ("with-one-equals-sign", lambda part: f"{part}=", NO_PADDING),
    ("with-padding-inside", lambda part: f"{part[:8]}={part[8:]}", NO_PADDING),
    ("in-the-standard-alphabet", standard, ALPHABET),
    ("with-a-space-inside", lambda part: f"{part[:8]} {part[8:]}", NOT_IN_IT),
    ("with-a-newline-inside", lambda part: f"{part[:8]}\n{part[8:]}", NOT_IN_IT),
    ("with-a-line-break-each-64", lambda part: "\r\n".join([part[:64], part[64:]]), NOT_IN_IT),
    ("with-a-tab-inside", lambda part: f"{part[:8]}\t{part[8:]}", NOT_IN_IT),
    ("with-a-nul-inside", lambda part: f"{part[:8]}\0{part[8:]}", NOT_IN_IT),
    ("with-a-letter-beyond-ascii", lambda part: f"{part[:8]}\u00e9{part[8:]}", NOT_IN_IT),
    ("with-a-zero-width-space", lambda part: f"{part[:8]}\u200b{part[8:]}", NOT_IN_IT),
    ("with-a-percent-sign", lambda part: f"{part[:8]}%3D{part[8:]}", NOT_IN_IT),
    ("with-bits-that-mean-nothing", trailing_bits, CANONICAL),
    ("with-a-letter-too-many", lambda part: part + "A" * (-len(part) % 4 + 1), CANONICAL),
    ("that-is-one-letter", lambda part: "A", CANONICAL),
]


def numbers_of_parts() -> Iterator[Case]:
    token = access()
    head, payload, made = token.split(".")
    for name, text_sent in [
        ("one-part", payload),
        ("two-parts", f"{head}.{payload}"),
        ("four-parts", f"{token}.{made}"),
        ("four-parts-the-last-empty", f"{token}."),
        ("six-parts", f"{token}.{token}"),
        ("a-dot-before", f".{token}"),
        ("two-dots-together", f"{head}..{payload}.{made}"),
        ("no-header", f".{payload}.{made}"),
        ("no-payload", f"{head}..{made}"),
        ("a-signature-alone", f"..{made}"),
        ("two-dots", ".."),
        ("one-dot", "."),
        ("a-word", "undefined"),
        ("an-object", "[object Object]"),
        ("an-access-key", "AKIAIOSFODNN7EXAMPLE"),
        ("a-client-id", APP),
        ("a-refresh-token", "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ"),
    ]:
        yield refused(f"token-of-{name}", REFUSAL, RFC_COMPACT, text_sent)
    yield refused("token-of-dots", REFUSAL, "CVE-2025-30204", "." * 9_000)
    yield refused("token-of-a-megabyte-of-dots", "token_too_long", "CVE-2025-30204", "." * 1_000_000)
    yield refused("token-of-a-megabyte", "token_too_long", "RFC 8725 section 3.4", signed(claims(x="x" * 1_000_000)))
    detached = f"{head}..{made}"
    yield refused("token-with-a-detached-payload", REFUSAL, "RFC 7515 appendix F", detached)


def other_serialisations() -> Iterator[Case]:
    head, payload, made = access().split(".")
    flattened = f'{{"payload":"{payload}","protected":"{head}","signature":"{made}"}}'
    general = f'{{"payload":"{payload}","signatures":[{{"protected":"{head}","signature":"{made}"}}]}}'
    unprotected = f'{{"payload":"{payload}","header":{text(header()).decode()},"signature":"{made}"}}'
    yield refused("json-serialisation-flattened", REFUSAL, "RFC 7515 section 7.2.2", flattened)
    yield refused("json-serialisation-general", REFUSAL, "RFC 7515 section 7.2.1", general)
    yield refused("json-serialisation-without-protection", REFUSAL, "RFC 7515 section 7.2.2", unprotected)
    spoofed = base64url(text(claims(iss="https://evil.example")))
    split = f'{{"protected":"{head}","fake":".{spoofed}.","payload":"{payload}","signature":"{made}"}}'
    yield refused("json-serialisation-that-splits-at-dots", REFUSAL, "CVE-2024-5037", split)
    yield refused("json-serialisation-in-base64url", REFUSAL, "RFC 7515 section 7.2.2", base64url(flattened.encode()))
    yield from nested(f"{head}.{payload}.{made}")


def nested(token: str) -> Iterator[Case]:
    source = "RFC 7519 section 5.2"
    yield refused("nested-token", REFUSAL, source, signed(token, header(cty="JWT")))
    yield refused("nested-token-without-a-content-type", REFUSAL, source, signed(token))
    yield refused("nested-token-in-a-json-string", REFUSAL, source, signed(f'"{token}"', header(cty="JWT")))
    jwe = "RFC 7516 section 3.1"
    encrypted_key, nonce, tag = base64url(bytes(256)), base64url(bytes(12)), base64url(bytes(16))
    for name, head in [
        ("rsa-oaep", {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": KEY.id, "cty": "JWT"}),
        ("dir", {"alg": "dir", "enc": "A256GCM", "kid": KEY.id}),
        ("rs256", {"alg": "RS256", "enc": "A256GCM", "kid": KEY.id}),
        ("much-work", {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31 - 1, "p2s": "AAAAAAAAAAA"}),
        ("compression", {"alg": "dir", "enc": "A256GCM", "zip": "DEF", "kid": KEY.id}),
    ]:
        encrypted = ".".join([base64url(text(head)), encrypted_key, nonce, base64url(token.encode()), tag])
        yield refused(f"encrypted-token-by-{name}", REFUSAL, jwe, encrypted)
    unsecured = f"{base64url(text(header(alg='none')))}.{base64url(text(claims()))}."
    wrapping = base64url(text({"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT", "kid": KEY.id}))
    wrapped = ".".join([wrapping, encrypted_key, nonce, base64url(unsecured.encode()), tag])
    yield refused("encrypted-token-of-an-unsecured-one", REFUSAL, "CVE-2026-29000", wrapped)
    in_its_place = f"{base64url(text(header()))}.{base64url(text(claims()))}.{base64url(bytes(256))}.{nonce}.{tag}"
    yield refused("encrypted-token-of-a-signed-ones-parts", REFUSAL, "CVE-2023-51774", in_its_place)
