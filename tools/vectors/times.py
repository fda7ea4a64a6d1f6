"""Is the token current, to the second, and are its times numbers?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .kit import AWS_VERIFY, GONE, NOW, Case, accepted, access, claims, judged, refused, signed, text

EXPIRY = "RFC 7519 section 4.1.4"
NOT_BEFORE = "RFC 7519 section 4.1.5"
ISSUED_AT = "RFC 7519 section 4.1.6"
DATE = "RFC 7519 section 2, NumericDate; CVE-2026-25537"

# (claim, seconds from now, leeway, what becomes of it)
EDGES = [
    ("exp", -1, 0, "token_expired"),
    ("exp", 0, 0, "token_expired"),
    ("exp", 1, 0, "accept"),
    ("exp", -6, 5, "token_expired"),
    ("exp", -5, 5, "token_expired"),
    ("exp", -4, 5, "accept"),
    ("exp", -300, 300, "token_expired"),
    ("exp", -299, 300, "accept"),
    ("nbf", -1, 0, "accept"),
    ("nbf", 0, 0, "accept"),
    ("nbf", 1, 0, "not_yet_valid"),
    ("nbf", 4, 5, "accept"),
    ("nbf", 5, 5, "accept"),
    ("nbf", 6, 5, "not_yet_valid"),
    ("iat", -1, 0, "accept"),
    ("iat", 0, 0, "accept"),
    ("iat", 1, 0, "accept"),
    ("iat", 299, 0, "accept"),
    ("iat", 300, 0, "accept"),
    ("iat", 301, 0, "issued_in_future"),
    ("iat", 301, 300, "issued_in_future"),
]

SOURCES = {"exp": EXPIRY, "nbf": NOT_BEFORE, "iat": ISSUED_AT}

# Texts in the payload where a time should stand. Cognito's are whole seconds.
ODD = [
    ("string", f'"{NOW + 60}"'),
    ("empty-string", '""'),
    ("date", '"2100-01-01T00:00:00Z"'),
    ("float", f"{NOW + 60}.5"),
    ("whole-float", f"{NOW - 60}.0"),
    ("exponent", "1e9"),
    ("negative", "-1"),
    ("negative-zero", "-0"),
    ("two-to-the-64th", str(2**64)),
    ("beyond-all-integers", "1" * 60),
    ("true", "true"),
    ("null", "null"),
    ("array", f"[{NOW + 60}]"),
    ("object", f'{{"time":{NOW + 60}}}'),
]


def cases() -> Iterator[Case]:
    for claim, seconds, leeway, expect in EDGES:
        settings: dict[str, Any] = {"leeway_seconds": leeway} if leeway else {}
        name = f"{claim}-at-{seconds:+d}-with-leeway-{leeway}"
        yield judged(name, expect, SOURCES[claim], access(**{claim: NOW + seconds}), **settings)
    for claim, source in SOURCES.items():
        for name, value in ODD:
            yield refused(f"{claim}-that-is-{name}", "claim_malformed", DATE, with_text(claim, value))
    yield from far_away()
    yield from by_the_clock()


def with_text(claim: str, value: str) -> str:
    return signed(text(claims(**{claim: "TIME"})).replace(b'"TIME"', value.encode()))


def far_away() -> Iterator[Case]:
    yield refused("exp-that-is-missing", "claim_missing", AWS_VERIFY, access(exp=GONE))
    yield refused("exp-under-another-case", "claim_missing", "RFC 7519 section 10.1.1", access(exp=GONE, EXP=NOW + 60))
    yield refused("exp-that-is-zero", "token_expired", EXPIRY, access(exp=0))
    yield refused("exp-of-long-ago", "token_expired", EXPIRY, access(exp=1))
    yield accepted("exp-in-milliseconds", EXPIRY, access(exp=(NOW + 60) * 1000))
    yield accepted("exp-past-2-to-the-31st", EXPIRY, access(exp=2**31))
    yield accepted("exp-past-2-to-the-32nd", EXPIRY, access(exp=2**32))
    yield accepted("exp-past-2-to-the-53rd", EXPIRY, access(exp=2**53 + 1))
    yield accepted("exp-of-63-bits", EXPIRY, access(exp=2**63 - 1))
    yield accepted("exp-of-64-bits", EXPIRY, access(exp=2**64 - 1))
    yield accepted("exp-of-64-bits-with-leeway", EXPIRY, access(exp=2**64 - 1), leeway_seconds=300)
    yield refused("nbf-of-64-bits", "not_yet_valid", NOT_BEFORE, access(nbf=2**64 - 1), leeway_seconds=300)
    yield accepted("nbf-that-is-zero", NOT_BEFORE, access(nbf=0))
    yield refused("nbf-after-exp", "token_expired", NOT_BEFORE, access(nbf=NOW + 60, exp=NOW - 60))
    yield refused("iat-in-milliseconds", "issued_in_future", ISSUED_AT, access(iat=NOW * 1000))
    yield refused("iat-of-64-bits", "issued_in_future", ISSUED_AT, access(iat=2**64 - 1))
    yield accepted("iat-that-is-missing", ISSUED_AT, access(iat=GONE))
    yield accepted("iat-that-is-zero", ISSUED_AT, access(iat=0))
    yield accepted("auth-time-that-is-no-number", "RFC 7519 section 4", access(auth_time="yesterday"))


def by_the_clock() -> Iterator[Case]:
    """The same token under other clocks."""
    token = access(exp=NOW + 3600, nbf=NOW)
    yield accepted("clock-at-the-first-second", NOT_BEFORE, token, now=NOW)
    yield refused("clock-a-second-early", "not_yet_valid", NOT_BEFORE, token, now=NOW - 1)
    yield accepted("clock-at-the-last-second", EXPIRY, token, now=NOW + 3599)
    yield refused("clock-a-second-late", "token_expired", EXPIRY, token, now=NOW + 3600)
    yield refused("clock-at-the-beginning-of-time", "not_yet_valid", NOT_BEFORE, token, now=0)
