"""Was the token issued to one of our clients, and for the use we allow?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .kit import (
    ANYONE,
    APP,
    AWS_ACCESS,
    AWS_ID,
    AWS_VERIFY,
    GONE,
    ID_KEY,
    ISSUER,
    MACHINE,
    OTHER_CLIENT,
    Case,
    accepted,
    access,
    header,
    identity,
    machine,
    refused,
    signed,
)

AUDIENCE = "RFC 7519 section 4.1.3"
SUBSTITUTION = "RFC 8725 section 3.9"
EMPTY_AUDIENCE = "CVE-2020-26160"
KINDS = "RFC 8725 section 3.12"

# Values that stand for `client_id` in access tokens and for `aud` in ID tokens.
TRICKED: list[tuple[str, Any, str, str]] = [
    ("of-another-client", OTHER_CLIENT, "client_unknown", SUBSTITUTION),
    ("in-capitals", APP.upper(), "client_unknown", AWS_VERIFY),
    ("with-a-suffix", f"{APP}x", "client_unknown", AWS_VERIFY),
    ("that-is-a-prefix", APP[:-1], "client_unknown", AWS_VERIFY),
    ("with-a-space-behind", f"{APP} ", "client_unknown", AWS_VERIFY),
    ("with-a-nul-behind", f"{APP}\0", "client_unknown", AWS_VERIFY),
    ("that-lists-two", f"{APP},{MACHINE}", "client_unknown", AWS_VERIFY),
    ("that-is-empty", "", "client_unknown", EMPTY_AUDIENCE),
    ("that-is-a-wildcard", "*", "client_unknown", AWS_VERIFY),
    ("that-is-the-issuer", ISSUER, "client_unknown", AUDIENCE),
    ("in-an-array", [APP], "claim_malformed", EMPTY_AUDIENCE),
    ("in-an-array-with-another", [OTHER_CLIENT, APP], "claim_malformed", AUDIENCE),
    ("that-is-an-empty-array", [], "claim_malformed", EMPTY_AUDIENCE),
    ("in-an-object", {APP: APP}, "claim_malformed", EMPTY_AUDIENCE),
    ("that-is-a-number", 3, "claim_malformed", EMPTY_AUDIENCE),
    ("that-is-true", True, "claim_malformed", EMPTY_AUDIENCE),
    ("that-is-null", None, "claim_malformed", EMPTY_AUDIENCE),
    ("that-is-missing", GONE, "claim_missing", AWS_VERIFY),
]

USES: list[tuple[str, Any, str]] = [
    ("in-capitals", "ACCESS", "token_use_not_allowed"),
    ("with-a-space-behind", "access ", "token_use_not_allowed"),
    ("that-is-refresh", "refresh", "token_use_not_allowed"),
    ("that-is-empty", "", "token_use_not_allowed"),
    ("that-lists-both", "access id", "token_use_not_allowed"),
    ("in-an-array", ["access"], "claim_malformed"),
    ("in-an-object", {"access": True}, "claim_malformed"),
    ("that-is-a-number", 1, "claim_malformed"),
    ("that-is-true", True, "claim_malformed"),
    ("that-is-null", None, "claim_malformed"),
    ("that-is-missing", GONE, "claim_missing"),
]

SUBJECTS: list[tuple[str, Any, str]] = [
    ("that-is-missing", GONE, "claim_missing"),
    ("that-is-empty", "", "claim_missing"),
    ("that-is-a-number", 7, "claim_malformed"),
    ("that-is-null", None, "claim_malformed"),
    ("in-an-array", ["alice"], "claim_malformed"),
]


def cases() -> Iterator[Case]:
    for name, value, reason, source in TRICKED:
        yield refused(f"client-id-{name}", reason, source, access(client_id=value))
        yield refused(f"audience-{name}", reason, source, id_token(aud=value), token_use=["id"])
    for name, value, reason in USES:
        yield refused(f"token-use-{name}", reason, AWS_VERIFY, access(token_use=value))
    for name, value, reason in SUBJECTS:
        yield refused(f"subject-{name}", reason, "RFC 7519 section 4.1.2", access(sub=value))
    yield from uses_for_each_other()
    yield from audiences_of_access_tokens()


def id_token(**changes: Any) -> str:
    return signed(identity(**changes), header(ID_KEY), ID_KEY)


def uses_for_each_other() -> Iterator[Case]:
    refusal = "token_use_not_allowed"
    both = {"token_use": ["access", "id"]}
    yield refused("id-token-for-an-access-token", refusal, KINDS, id_token())
    yield refused("id-token-with-a-client-id-and-a-scope", refusal, KINDS, id_token(client_id=APP, scope="orders/read"))
    yield refused("access-token-for-an-id-token", refusal, KINDS, access(aud=APP), token_use=["id"])
    yield refused("access-token-with-an-audience-alone", "claim_missing", AWS_VERIFY, access(client_id=GONE, aud=APP))
    client_alone = id_token(aud=GONE, client_id=APP)
    yield refused("id-token-with-a-client-id-alone", "claim_missing", AWS_VERIFY, client_alone, token_use=["id"])
    other = id_token(aud=OTHER_CLIENT, client_id=APP)
    yield refused(
        "id-token-of-another-client-with-our-client-id", "client_unknown", AWS_VERIFY, other, token_use=["id"]
    )
    yield refused(
        "access-token-of-another-client-with-our-audience",
        "client_unknown",
        AWS_VERIFY,
        access(client_id=OTHER_CLIENT, aud=APP),
    )
    yield accepted("id-token-where-both-are-allowed", AWS_ID, id_token(), ANYONE, **both)
    yield accepted("access-token-where-both-are-allowed", AWS_ACCESS, access(), **both)
    yield accepted("id-token-where-it-alone-is-allowed", AWS_ID, id_token(), ANYONE, token_use=["id"])
    yield refused("access-token-where-an-id-token-alone-is-allowed", refusal, KINDS, access(), token_use=["id"])
    yield refused(
        "machine-client-that-is-not-ours", "client_unknown", SUBSTITUTION, signed(machine(client_id=OTHER_CLIENT))
    )
    named_twice = access(client_id=OTHER_CLIENT, azp=APP, appid=APP, cid=APP)
    yield refused("client-under-other-names", "client_unknown", AWS_VERIFY, named_twice)
    yield refused(
        "client-under-another-case", "claim_missing", "RFC 7519 section 10.1.1", access(client_id=GONE, Client_ID=APP)
    )


def audiences_of_access_tokens() -> Iterator[Case]:
    """A resource server is not set up here, so `aud` of an access token says nothing."""
    source = "Cognito Developer Guide, Resource binding"
    yield accepted("access-token-bound-to-a-resource", source, access(aud="https://orders.example.com"))
    yield accepted(
        "access-token-bound-to-two-resources", source, access(aud=["https://a.example", "https://b.example"])
    )
    yield accepted("access-token-whose-audience-is-another-client", source, access(aud=OTHER_CLIENT))
