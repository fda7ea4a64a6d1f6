"""What may stand around the token in `Authorization`?"""

from __future__ import annotations

from collections.abc import Iterator

from .kit import ISSUER, READER, Case, access

BEARER = "RFC 6750 section 2.1"
SCHEME = "RFC 9110 section 11.1"
FIELD = "RFC 9110 section 5.5"
ONE_TOKEN = "RFC 6750 section 2"
# Which take a token with and without the scheme.
BARE = "API Gateway Developer Guide, JWT authorizers"

TOKEN = access()

VALUES = [
    ("bearer", f"Bearer {TOKEN}", "accept", BEARER),
    ("bearer-in-small-letters", f"bearer {TOKEN}", "accept", SCHEME),
    ("bearer-in-capitals", f"BEARER {TOKEN}", "accept", SCHEME),
    ("bearer-in-mixed-case", f"bEaReR {TOKEN}", "accept", SCHEME),
    ("bearer-and-two-spaces", f"Bearer  {TOKEN}", "accept", BEARER),
    ("bearer-and-many-spaces", f"Bearer{' ' * 40}{TOKEN}", "accept", BEARER),
    ("bearer-with-a-space-before", f" Bearer {TOKEN}", "accept", FIELD),
    ("bearer-with-a-space-behind", f"Bearer {TOKEN} ", "accept", FIELD),
    ("bearer-with-a-tab-behind", f"Bearer {TOKEN}\t", "accept", FIELD),
    ("bearer-and-a-tab", f"Bearer\t{TOKEN}", "scheme_not_bearer", BEARER),
    ("bearer-and-a-space-and-a-tab", f"Bearer \t{TOKEN}", "token_malformed", BEARER),
    ("bearer-and-a-newline", f"Bearer\n{TOKEN}", "token_malformed", BEARER),
    ("bearer-and-a-no-break-space", f"Bearer\u00a0{TOKEN}", "token_malformed", BEARER),
    ("bearer-and-nothing-between", f"Bearer{TOKEN}", "token_malformed", BEARER),
    ("bearer-and-a-colon", f"Bearer: {TOKEN}", "scheme_not_bearer", BEARER),
    ("bearer-and-an-equals-sign", f"Bearer={TOKEN}", "token_malformed", BEARER),
    ("bearer-and-a-comma", f"Bearer, {TOKEN}", "scheme_not_bearer", BEARER),
    ("bearer-in-quotes", f'"Bearer {TOKEN}"', "scheme_not_bearer", BEARER),
    ("bearer-as-a-parameter", f'Bearer token="{TOKEN}"', "token_malformed", BEARER),
    ("bearer-and-a-parameter-behind", f'Bearer {TOKEN}, realm="x"', "token_malformed", BEARER),
    ("bearer-twice", f"Bearer Bearer {TOKEN}", "token_malformed", BEARER),
    ("bearer-with-a-zero-width-space", f"Bearer\u200b {TOKEN}", "scheme_not_bearer", BEARER),
    ("bearer-with-a-cyrillic-letter", f"B\u0435arer {TOKEN}", "scheme_not_bearer", BEARER),
    ("bearer-alone", "Bearer", "token_missing", BEARER),
    ("bearer-and-a-space-alone", "Bearer ", "token_missing", BEARER),
    ("nothing", "", "token_missing", BEARER),
    ("white-space", " \t ", "token_missing", FIELD),
    ("no-scheme", TOKEN, "accept", BARE),
    ("basic", f"Basic {TOKEN}", "scheme_not_bearer", "RFC 7617 section 2"),
    ("basic-credentials", "Basic dGVzdDoxMjPCow==", "scheme_not_bearer", "RFC 7617 section 2"),
    ("digest", f"Digest {TOKEN}", "scheme_not_bearer", "RFC 7616 section 3.4"),
    ("dpop", f"DPoP {TOKEN}", "scheme_not_bearer", "RFC 9449 section 7.1"),
    ("negotiate", f"Negotiate {TOKEN}", "scheme_not_bearer", "RFC 4559 section 4.2"),
    ("jwt", f"JWT {TOKEN}", "scheme_not_bearer", BEARER),
    ("token", f"Token {TOKEN}", "scheme_not_bearer", BEARER),
    ("aws-signature", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE", "scheme_not_bearer", BEARER),
    ("token-twice", f"Bearer {TOKEN} {TOKEN}", "token_malformed", ONE_TOKEN),
    ("token-twice-by-a-comma", f"Bearer {TOKEN},{TOKEN}", "token_malformed", ONE_TOKEN),
    ("bearer-twice-by-a-comma", f"Bearer {TOKEN},Bearer {TOKEN}", "token_malformed", ONE_TOKEN),
    ("bearer-and-basic-by-a-comma", f"Bearer {TOKEN}, Basic dGVzdDoxMjPCow==", "token_malformed", ONE_TOKEN),
    ("basic-and-bearer-by-a-comma", f"Basic dGVzdDoxMjPCow==, Bearer {TOKEN}", "scheme_not_bearer", ONE_TOKEN),
    ("token-in-quotes", f'Bearer "{TOKEN}"', "token_malformed", BEARER),
    ("token-in-brackets", f"Bearer <{TOKEN}>", "token_malformed", BEARER),
    ("token-with-a-newline-behind", f"Bearer {TOKEN}\n", "token_malformed", FIELD),
    ("token-with-a-header-behind", f"Bearer {TOKEN}\r\nX-Admin: true", "token_malformed", FIELD),
    ("token-with-a-nul-behind", f"Bearer {TOKEN}\0", "token_malformed", FIELD),
    ("token-percent-encoded", f"Bearer {TOKEN.replace('.', '%2E')}", "token_malformed", BEARER),
    ("token-with-a-semicolon-behind", f"Bearer {TOKEN};", "token_malformed", BEARER),
    ("token-that-is-a-url", f"Bearer {ISSUER}", "token_malformed", BEARER),
    ("token-that-is-null", "Bearer null", "token_malformed", BEARER),
    ("token-of-10241-letters", f"Bearer {'A' * 10_241}", "token_too_long", "API Gateway quotas"),
    ("token-of-10240-letters", f"Bearer {'A' * 10_240}", "token_malformed", "API Gateway quotas"),
    ("spaces-for-a-megabyte", f"Bearer{' ' * 1_000_000}{TOKEN}", "accept", BEARER),
]


def cases() -> Iterator[Case]:
    for name, value, expect, source in VALUES:
        permits = READER if expect == "accept" else None
        yield Case(f"authorization-of-{name}", expect, source, authorization=value, permits=permits)
