"""What do odd scopes, groups and subjects of genuine tokens open? Nothing that the document does not say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .kit import ANYONE, AWS_PARSE, GONE, READER, Case, accepted, access, refused

SCOPE = "RFC 6749 section 3.3"
GROUPS = "Cognito Developer Guide, Adding groups to a user pool"
IAM = "IAM User Guide, Policy variables"

WRITER = ("GET /orders", "POST /orders", "GET /me")
WRITER_ALONE = ("POST /orders", "GET /me")
ADMIN = ("GET /admin", "GET /me")
BOTH = ("GET /both", "GET /orders", "GET /me")

SCOPES: list[tuple[str, Any, tuple[str, ...]]] = [
    ("that-is-missing", GONE, ANYONE),
    ("that-is-empty", "", ANYONE),
    ("of-spaces", "   ", ANYONE),
    ("of-one", "orders/read", READER),
    ("of-one-between-spaces", "  orders/read  ", READER),
    ("of-one-twice", "orders/read orders/read", READER),
    ("of-two", "orders/read orders/write", WRITER),
    ("of-two-in-another-order", "orders/write  orders/read", WRITER),
    ("in-capitals", "ORDERS/READ", ANYONE),
    ("with-a-suffix", "orders/read2", ANYONE),
    ("with-a-prefix", "xorders/read", ANYONE),
    ("that-is-a-prefix", "orders/", ANYONE),
    ("that-is-the-resource-server", "orders", ANYONE),
    ("that-is-longer", "orders/read/all", ANYONE),
    ("of-a-star", "*", ANYONE),
    ("of-a-star-for-the-name", "orders/*", ANYONE),
    ("of-a-star-for-all", "*/*", ANYONE),
    ("of-a-question-mark", "orders/rea?", ANYONE),
    ("of-a-pattern", "orders/.*", ANYONE),
    ("of-a-policy-variable", "${aws:username}", ANYONE),
    ("of-an-escaped-star", "${*}", ANYONE),
    ("of-an-arn", "arn:aws:execute-api:*:*:*/*/*/*", ANYONE),
    ("by-commas", "orders/read,orders/write", ANYONE),
    ("by-tabs", "orders/read\torders/write", ANYONE),
    ("by-newlines", "orders/read\norders/write", ANYONE),
    ("by-plus-signs", "orders/read+orders/write", ANYONE),
    ("by-no-break-spaces", "orders/read\u00a0orders/write", ANYONE),
    ("percent-encoded", "orders%2Fread", ANYONE),
    ("in-json", '["orders/read"]', ANYONE),
    ("with-a-nul-behind", "orders/read\0", ANYONE),
    ("with-a-nul-between", "orders/read\0orders/write", ANYONE),
    ("in-full-width-letters", "\uff4frders/read", ANYONE),
    ("with-a-combining-mark", "orders/read\u0301", ANYONE),
    ("of-a-url", "https://api.example.com/v1/orders.read", ANYONE),
    ("of-cognitos-own", "aws.cognito.signin.user.admin", ANYONE),
    ("of-a-group", "admin", ANYONE),
    ("of-a-route", "GET /orders", ANYONE),
]

GROUP_LISTS: list[tuple[str, Any, tuple[str, ...]]] = [
    ("that-is-empty", [], ANYONE),
    ("of-one", ["admin"], ADMIN),
    ("of-one-twice", ["admin", "admin"], ADMIN),
    ("of-one-among-many", ["a", "b", "admin", "c"], ADMIN),
    ("in-capitals", ["ADMIN"], ANYONE),
    ("with-a-space-behind", ["admin "], ANYONE),
    ("of-a-part", ["administrators", "adm"], ANYONE),
    ("of-a-star", ["*"], ANYONE),
    ("of-a-policy-variable", ["${cognito:groups}"], ANYONE),
    ("of-an-empty-name", [""], ANYONE),
    ("by-commas", ["admin,staff"], ANYONE),
    ("of-a-scope", ["orders/read"], ANYONE),
    ("of-a-cyrillic-letter", ["\u0430dmin"], ANYONE),
]

MALFORMED: list[tuple[str, Any]] = [
    ("that-is-null", None),
    ("that-is-a-number", 7),
    ("that-is-true", True),
    ("that-is-an-object", {"admin": True}),
]


def cases() -> Iterator[Case]:
    for name, scope, permits in SCOPES:
        yield accepted(f"scope-{name}", SCOPE, access(scope=scope), permits)
    for name, groups, permits in GROUP_LISTS:
        yield accepted(f"groups-{name}", GROUPS, access(scope="openid", **{"cognito:groups": groups}), permits)
    for name, value in [*MALFORMED, ("that-is-an-array", ["orders/read"])]:
        yield refused(f"scope-{name}", "claim_malformed", AWS_PARSE, access(scope=value))
    of_odd_elements = [
        ("of-a-number", ["admin", 7]),
        ("of-null", [None]),
        ("of-an-array", [["admin"]]),
        ("of-an-object", [{}]),
    ]
    for name, value in [*MALFORMED, ("that-is-a-string", "admin"), ("that-is-json", '["admin"]'), *of_odd_elements]:
        yield refused(f"groups-{name}", "claim_malformed", AWS_PARSE, access(**{"cognito:groups": value}))
    yield accepted("groups-and-scope", GROUPS, access(scope="orders/read", **{"cognito:groups": ["both"]}), BOTH)
    yield accepted("groups-under-other-names", GROUPS, access(groups=["admin"], roles=["admin"]), READER)
    yield accepted(
        "scope-under-other-names", SCOPE, access(scope=GONE, scp=["orders/read"], scopes="orders/read"), ANYONE
    )
    yield from subjects()


def subjects() -> Iterator[Case]:
    """`GET /users/${sub}`: a subject stands for itself alone, and only where it can stand in a path."""
    own = ("GET /users/u1", *READER)
    yield accepted("subject-of-its-own-path", "RFC 7519 section 4.1.2", access(sub="u1"), own)
    for name, subject in [
        ("of-a-star", "*"),
        ("of-a-question-mark", "u?"),
        ("of-a-policy-variable", "${aws:username}"),
        ("of-a-slash", "u1/x"),
        ("of-dots", ".."),
        ("of-an-encoded-slash", "u1%2Fx"),
        ("in-capitals", "U1"),
        ("of-an-emoji", "\U0001f511"),
        ("of-200-letters", "u" * 200),
        ("with-a-nul-behind", "u1\0"),
    ]:
        yield accepted(f"subject-{name}", IAM, access(sub=subject), READER)
