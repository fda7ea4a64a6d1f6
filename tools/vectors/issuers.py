"""Is the issuer one of ours, to the letter?"""

from __future__ import annotations

from collections.abc import Iterator

from .kit import (
    AWS_VERIFY,
    FOREIGN_KEY,
    GONE,
    HOST,
    ISSUER,
    POOL,
    REGION,
    UPDATED_ISSUER,
    Case,
    accepted,
    access,
    claims,
    header,
    refused,
    signed,
    text,
)

EXACT = "RFC 7519 section 4.1.1"
STRING_OR_URI = "RFC 7519 section 2, StringOrURI"
PARTIAL = "CVE-2024-53861"
ARRAY = "CVE-2025-30144"
SUBSTITUTION = "RFC 8725 section 3.8"

TRICKED = [
    ("issuer-with-a-trailing-slash", f"{ISSUER}/", EXACT),
    ("issuer-with-a-suffix", f"{ISSUER}x", PARTIAL),
    ("issuer-that-is-a-prefix", ISSUER[:-1], PARTIAL),
    ("issuer-that-is-a-part", POOL, PARTIAL),
    ("issuer-that-is-the-scheme", "https://", PARTIAL),
    ("issuer-that-is-empty", "", PARTIAL),
    ("issuer-with-a-path-behind", f"{ISSUER}/.well-known/jwks.json", PARTIAL),
    ("issuer-with-a-query", f"{ISSUER}?x=1", EXACT),
    ("issuer-with-a-fragment", f"{ISSUER}#x", EXACT),
    ("issuer-with-an-empty-query", f"{ISSUER}?", EXACT),
    ("issuer-with-its-port", f"https://{HOST}:443/{POOL}", STRING_OR_URI),
    ("issuer-with-another-port", f"https://{HOST}:8443/{POOL}", STRING_OR_URI),
    ("issuer-over-http", ISSUER.replace("https", "http"), "RFC 8414 section 2"),
    ("issuer-without-a-scheme", f"{HOST}/{POOL}", STRING_OR_URI),
    ("issuer-without-a-scheme-but-slashes", f"//{HOST}/{POOL}", STRING_OR_URI),
    ("issuer-scheme-in-capitals", ISSUER.replace("https", "HTTPS"), STRING_OR_URI),
    ("issuer-host-in-capitals", f"https://{HOST.upper()}/{POOL}", STRING_OR_URI),
    ("issuer-pool-in-small-letters", ISSUER.lower(), STRING_OR_URI),
    ("issuer-with-user-info", f"https://admin@{HOST}/{POOL}", STRING_OR_URI),
    ("issuer-as-user-info", f"{ISSUER.removesuffix('/' + POOL)}@evil.example/{POOL}", STRING_OR_URI),
    ("issuer-as-a-path-of-another-host", f"https://evil.example/{ISSUER}", SUBSTITUTION),
    ("issuer-host-as-a-label-of-another", f"https://{HOST}.evil.example/{POOL}", SUBSTITUTION),
    ("issuer-host-with-a-prefix", f"https://evil-{HOST}/{POOL}", SUBSTITUTION),
    ("issuer-host-with-a-final-dot", f"https://{HOST}./{POOL}", STRING_OR_URI),
    ("issuer-with-a-cyrillic-letter", ISSUER.replace("amazon", "\u0430mazon"), "RFC 8264 section 12.5"),
    (
        "issuer-host-in-punycode",
        ISSUER.replace("amazonaws", "\u0430mazonaws".encode("idna").decode()),
        "RFC 8264 section 12.5",
    ),
    ("issuer-in-full-width-letters", ISSUER.replace("amazon", "\uff41mazon"), "RFC 8264 section 12.5"),
    ("issuer-with-a-soft-hyphen", ISSUER.replace("amazon", "ama\u00adzon"), "RFC 8264 section 12.5"),
    ("issuer-with-an-encoded-letter", ISSUER.replace(POOL, POOL.replace("A", "%41")), STRING_OR_URI),
    ("issuer-with-an-encoded-slash", f"https://{HOST}%2F{POOL}", STRING_OR_URI),
    ("issuer-with-a-dot-segment", f"https://{HOST}/x/../{POOL}", STRING_OR_URI),
    ("issuer-with-two-slashes", f"https://{HOST}//{POOL}", STRING_OR_URI),
    ("issuer-with-back-slashes", ISSUER.replace("/", "\\"), STRING_OR_URI),
    ("issuer-with-a-space-before", f" {ISSUER}", EXACT),
    ("issuer-with-a-space-behind", f"{ISSUER} ", EXACT),
    ("issuer-with-a-newline-behind", f"{ISSUER}\n", EXACT),
    ("issuer-with-a-nul-behind", f"{ISSUER}\0", EXACT),
    ("issuer-with-a-nul-and-more", f"{ISSUER}\0.evil.example", EXACT),
    ("issuer-of-another-pool", f"https://{HOST}/{REGION}_ZyXwVuTsR", AWS_VERIFY),
    ("issuer-of-another-region", ISSUER.replace(REGION, "us-east-1"), AWS_VERIFY),
    ("issuer-of-our-pool-at-another-regions-host", ISSUER.replace(f".{REGION}.", ".us-east-1."), AWS_VERIFY),
    ("issuer-of-another-partition", ISSUER.replace("amazonaws.com", "amazonaws.com.cn"), AWS_VERIFY),
    ("issuer-that-is-a-custom-domain", "https://auth.example.com", AWS_VERIFY),
    ("issuer-of-an-identity-pool", "https://cognito-identity.amazonaws.com", AWS_VERIFY),
    ("issuer-that-is-a-wildcard", "*", EXACT),
    ("issuer-that-is-a-pattern", f"https://{HOST}/.*", EXACT),
    ("issuer-that-is-a-policy-variable", "${cognito-idp.amazonaws.com:iss}", EXACT),
    ("issuer-in-an-array", [ISSUER], ARRAY),
    ("issuer-in-an-array-with-another", ["https://evil.example", ISSUER], ARRAY),
    ("issuers-both-in-an-array", [ISSUER, UPDATED_ISSUER], ARRAY),
    ("issuers-joined-by-a-comma", f"{ISSUER},{UPDATED_ISSUER}", EXACT),
    ("issuer-in-an-object", {ISSUER: True}, STRING_OR_URI),
    ("issuer-that-is-a-number", 5, STRING_OR_URI),
    ("issuer-that-is-true", True, STRING_OR_URI),
    ("issuer-that-is-null", None, STRING_OR_URI),
    ("issuer-that-is-missing", GONE, EXACT),
]


def cases() -> Iterator[Case]:
    for name, issuer, source in TRICKED:
        yield refused(name, "issuer_unknown", source, access(iss=issuer))
    yield accepted("issuer-with-the-newer-host", AWS_VERIFY, access(iss=UPDATED_ISSUER))
    escaped = signed(text(claims()).replace(b"https://", rb"https:\/\/"))
    yield accepted("issuer-with-escaped-slashes", "RFC 8259 section 7", escaped)
    yield refused(
        "issuer-under-another-claims-case", "issuer_unknown", "RFC 7519 section 10.1.1", access(iss=GONE, ISS=ISSUER)
    )
    yield refused(
        "issuer-in-the-header-alone",
        "issuer_unknown",
        "RFC 7519 section 5.3",
        signed(claims(iss=GONE), header(iss=ISSUER)),
    )
    foreign = signed(claims(iss="https://evil.example"), header(FOREIGN_KEY), FOREIGN_KEY)
    yield refused("issuer-and-key-of-an-attacker", "issuer_unknown", SUBSTITUTION, foreign)
