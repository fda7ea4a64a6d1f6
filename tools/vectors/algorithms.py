"""Does anything but RS256 pass, under whatever name and with whatever secret?"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .kit import (
    BCP_ALGORITHMS,
    GONE,
    KEY,
    Case,
    base64url,
    claims,
    header,
    message,
    number,
    refused,
    sealed,
    signature,
    signed,
)

REFUSAL = "algorithm_not_allowed"
UNSECURED = "RFC 7518 section 3.6"
NONE = "CVE-2015-9235; CVE-2024-48916"
NONE_CASE = "RFC 8725 section 2.1"
CONFUSION = "RFC 8725 section 2.1; CVE-2016-5431"
PUBLIC_KEY = KEY.pair.public_key

NAMES: list[tuple[str, Any]] = [
    ("none", "none"),
    ("none-capitalised", "None"),
    ("none-in-capitals", "NONE"),
    ("none-in-mixed-case", "nOnE"),
    ("none-in-another-mixed-case", "noNe"),
    ("none-with-a-space-behind", "none "),
    ("none-with-a-space-before", " none"),
    ("none-with-a-tab-behind", "none\t"),
    ("none-with-a-nul-behind", "none\0"),
    ("none-with-a-zero-width-space", "no\u200bne"),
    ("none-in-full-width-letters", "\uff4e\uff4f\uff4e\uff45"),
    ("none-in-an-array", ["none"]),
    ("null", None),
    ("empty", ""),
    ("missing", GONE),
    ("false", False),
    ("zero", 0),
    ("an-empty-array", []),
    ("an-empty-object", {}),
]

NEARLY: list[tuple[str, Any]] = [
    ("in-small-letters", "rs256"),
    ("with-a-space-behind", "RS256 "),
    ("with-a-nul-behind", "RS256\0"),
    ("with-a-newline-behind", "RS256\n"),
    ("in-an-array", ["RS256"]),
    ("in-an-array-after-none", ["none", "RS256"]),
    ("in-an-object", {"alg": "RS256"}),
    ("with-a-hyphen", "RS-256"),
    ("by-another-name", "RSA-SHA256"),
    ("by-its-xml-name", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
    ("by-its-cose-number", -257),
    ("in-full-width-letters", "\uff32\uff33256"),
    ("in-a-list", "RS256,none"),
    ("of-sha-1", "RS1"),
    ("that-is-missing", GONE),
]


def cases() -> Iterator[Case]:
    for name, algorithm in NAMES:
        unsigned = f"{message(claims(), header(alg=algorithm))}."
        yield refused(f"alg-{name}-without-a-signature", REFUSAL, NONE if name == "none" else NONE_CASE, unsigned)
    for name, algorithm in NAMES[:4]:
        yield refused(
            f"alg-{name}-with-a-genuine-signature", REFUSAL, UNSECURED, sealed(message(claims(), header(alg=algorithm)))
        )
    for name, algorithm in NEARLY:
        yield refused(f"rs256-{name}", REFUSAL, BCP_ALGORITHMS, signed(claims(), header(alg=algorithm)))
    upper = signed(claims(), {"kid": KEY.id, "ALG": "RS256"})
    yield refused("alg-under-another-case", REFUSAL, "RFC 7515 section 9.1.1", upper)
    yield from public_key_as_secret()
    yield from unknown_algorithms()
    yield from other_rsa_signatures()
    yield from other_kinds_of_key()
    yield from encryption()


def secrets() -> Iterator[tuple[str, bytes, str]]:
    """Everything that a verifier could have taken for its key."""
    spki, pkcs1 = PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1
    spki_pem = PUBLIC_KEY.public_bytes(Encoding.PEM, spki)
    pkcs1_pem = PUBLIC_KEY.public_bytes(Encoding.PEM, pkcs1)
    modulus = number(KEY.jwk["n"]).to_bytes(256, "big")
    yield "spki-pem", spki_pem, CONFUSION
    yield "spki-pem-without-its-last-newline", spki_pem.rstrip(b"\n"), "CVE-2022-29217"
    yield "spki-pem-with-carriage-returns", spki_pem.replace(b"\n", b"\r\n"), CONFUSION
    yield "spki-pem-on-one-line", b"".join(spki_pem.splitlines()), CONFUSION
    yield "spki-pem-behind-a-newline", b"\n" + spki_pem, "CVE-2026-34950"
    yield "spki-pem-behind-a-space", b" " + spki_pem, "CVE-2026-34950"
    yield "spki-pem-behind-a-byte-order-mark", b"\xef\xbb\xbf" + spki_pem, "GHSA-ww5h-9m49-7xx4"
    yield "pkcs1-pem", pkcs1_pem, "CVE-2017-11424"
    yield "pkcs1-pem-without-its-last-newline", pkcs1_pem.rstrip(b"\n"), "CVE-2023-48223"
    yield "spki-der", PUBLIC_KEY.public_bytes(Encoding.DER, spki), CONFUSION
    yield "pkcs1-der", PUBLIC_KEY.public_bytes(Encoding.DER, pkcs1), CONFUSION
    yield "jwk", json.dumps(KEY.jwk, separators=(",", ":")).encode(), "CVE-2026-48526"
    yield "jwk-with-spaces", json.dumps(KEY.jwk).encode(), "CVE-2026-48526"
    thumbprint = {name: KEY.jwk[name] for name in ("e", "kty", "n")}
    yield "jwk-as-for-its-thumbprint", json.dumps(thumbprint, separators=(",", ":")).encode(), "RFC 7638 section 3"
    yield "modulus", modulus, CONFUSION
    yield "modulus-in-base64url", KEY.jwk["n"].encode(), CONFUSION
    yield "key-id", KEY.id.encode(), BCP_ALGORITHMS
    yield "nothing", b"", "CVE-2019-20933"
    yield "word-secret", b"secret", "RFC 8725 section 2.2"


EVERY_SIZE = ("spki-pem", "spki-pem-without-its-last-newline", "pkcs1-pem", "spki-der", "pkcs1-der", "jwk", "modulus")


def public_key_as_secret() -> Iterator[Case]:
    for name, secret, source in secrets():
        for bits in (256, 384, 512) if name in EVERY_SIZE else (256,):
            tag = hmac_tag(message(claims(), header(alg=f"HS{bits}")), secret, bits)
            yield refused(f"hs{bits}-keyed-with-the-{name}", REFUSAL, source, tag)
    for name, secret, source in secrets():
        if name in EVERY_SIZE:
            tag = hmac_tag(message(claims()), secret, 256)
            yield refused(f"rs256-over-an-hmac-keyed-with-the-{name}", "signature_invalid", source, tag)


def unknown_algorithms() -> Iterator[Case]:
    """An unknown name, and the signature that nobody could compute for it."""
    for name in ("XX256", "HS", "RS", "toString", "__proto__"):
        unsigned = f"{message(claims(), header(alg=name))}."
        yield refused(f"alg-{name.lower().strip('_')}-without-a-signature", REFUSAL, BCP_ALGORITHMS, unsigned)
    empty = hmac_tag(message(claims(), header(alg="HS256", kid="/dev/null")), b"", 256)
    yield refused("hs256-keyed-with-what-an-empty-file-holds", REFUSAL, "RFC 8725 section 3.10", empty)


def hmac_tag(signed_text: str, secret: bytes, bits: int) -> str:
    return f"{signed_text}.{base64url(hmac.digest(secret, signed_text.encode(), f'sha{bits}'))}"


def other_rsa_signatures() -> Iterator[Case]:
    """By our own key: whoever reads `alg` alone would find them good."""
    digests = {256: hashes.SHA256(), 384: hashes.SHA384(), 512: hashes.SHA512()}
    for bits, digest in digests.items():
        text = message(claims(), header(alg=f"PS{bits}"))
        yield refused(f"ps{bits}-by-our-key", REFUSAL, "RFC 7518 section 3.5", f"{text}.{pss(text, digest)}")
    for bits in (384, 512):
        text = message(claims(), header(alg=f"RS{bits}"))
        made = f"{text}.{base64url(signature(text, digest=digests[bits]))}"
        yield refused(f"rs{bits}-by-our-key", REFUSAL, "RFC 7518 section 3.3", made)
        yield refused(f"rs{bits}-over-sha-256", REFUSAL, "RFC 7518 section 3.3", sealed(text))


def pss(signed_text: str, digest: hashes.HashAlgorithm) -> str:
    salted = padding.PSS(padding.MGF1(digest), digest.digest_size)
    return base64url(KEY.pair.private_key.sign(signed_text.encode(), salted, digest))


def other_kinds_of_key() -> Iterator[Case]:
    curves = [
        (256, ec.SECP256R1(), hashes.SHA256()),
        (384, ec.SECP384R1(), hashes.SHA384()),
        (512, ec.SECP521R1(), hashes.SHA512()),
    ]
    for bits, curve, digest in curves:
        text = message(claims(), header(alg=f"ES{bits}"))
        r, s = utils.decode_dss_signature(ec.generate_private_key(curve).sign(text.encode(), ec.ECDSA(digest)))
        size = (curve.key_size + 7) // 8
        made = base64url(r.to_bytes(size, "big") + s.to_bytes(size, "big"))
        yield refused(f"es{bits}-by-a-key-of-its-own", REFUSAL, "RFC 7518 section 3.4", f"{text}.{made}")
        zeros = base64url(bytes(2 * size))
        yield refused(f"es{bits}-of-zeros", REFUSAL, "CVE-2022-21449", f"{text}.{zeros}")
    for name in ("EdDSA", "Ed25519"):
        text = message(claims(), header(alg=name))
        made = base64url(ed25519.Ed25519PrivateKey.generate().sign(text.encode()))
        yield refused(f"{name.lower()}-by-a-key-of-its-own", REFUSAL, "RFC 8037 section 3.1", f"{text}.{made}")
    for name in ("ES256K", "ML-DSA-44", "HS1"):
        yield refused(
            f"{name.lower()}-with-an-rs256-signature", REFUSAL, BCP_ALGORITHMS, signed(claims(), header(alg=name))
        )


def encryption() -> Iterator[Case]:
    """Algorithms for keys of encrypted tokens, on a signed one."""
    confusion = "CVE-2023-51774"
    for name in ("dir", "RSA-OAEP", "RSA1_5", "A128KW"):
        made = signed(claims(), header(alg=name, enc="A128GCM"))
        yield refused(f"{name.lower().replace('_', '-')}-on-a-signed-token", REFUSAL, confusion, made)
    work = header(alg="PBES2-HS512+A256KW", enc="A256GCM", p2c=2**31 - 1, p2s="AAAAAAAAAAA")
    yield refused("pbes2-that-asks-for-much-work", REFUSAL, "CVE-2022-36083", signed(claims(), work))
