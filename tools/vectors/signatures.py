"""Is it a signature by the right key, over exactly this text, in exactly this form?"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from .kit import (
    BCP_KEY_ID,
    FOREIGN_KEY,
    ID_KEY,
    KEY,
    Case,
    access,
    base64url,
    claims,
    header,
    message,
    number,
    refused,
    sealed,
    signature,
    signed,
    text,
)

REFUSAL = "signature_invalid"
VALIDATE = "RFC 8725 section 3.3"
STRIPPED = "CVE-2020-28042"
RSA_VERIFY = "RFC 8017 section 8.2.2"
ENCODING = "RFC 8017 section 9.2"
BERSERK = "CVE-2014-1568"
GARBAGE = "CVE-2006-4339"
LENIENT = "CVE-2022-24771"
TRAILING = "CVE-2022-24772"
INFO = "CVE-2022-24773"
PARAMETERS = "CVE-2018-16152"

SIZE = 256
PRIVATE = KEY.pair.private_key.private_numbers()
MODULUS = number(KEY.jwk["n"])

# The DER in front of a SHA-256 digest (RFC 8017 section 9.2, note 1), and of others.
SHA_256 = "3031300d060960864801650304020105000420"
SHA_1 = "3021300906052b0e03021a05000414"
MD5 = "3020300c06082a864886f70d020505000410"
SHA_512 = "3051300d060960864801650304020305000440"


def cases() -> Iterator[Case]:
    text_signed = message(claims())
    genuine = signature(text_signed)
    for name, made, source in [*damaged(genuine), *numbers(genuine)]:
        yield refused(f"signature-{name}", REFUSAL, source, f"{text_signed}.{base64url(made)}")
    digest = hashlib.sha256(text_signed.encode()).digest()
    # What follows differs from a genuine signature in one place, and in one alone.
    assert powered(padded(bytes.fromhex(SHA_256) + digest)) == genuine
    for name, block, source in blocks(text_signed, digest):
        yield refused(f"pkcs1-{name}", REFUSAL, source, f"{text_signed}.{base64url(powered(block))}")
    yield from over_another_text(text_signed, genuine)
    yield shorter_by_a_zero()


def damaged(genuine: bytes) -> Iterator[tuple[str, bytes, str]]:
    yield "that-is-stripped", b"", STRIPPED
    yield "of-one-zero", b"\0", STRIPPED
    yield "without-its-last-byte", genuine[:-1], RSA_VERIFY
    yield "without-its-first-byte", genuine[1:], RSA_VERIFY
    yield "of-its-first-half", genuine[: SIZE // 2], RSA_VERIFY
    yield "with-a-zero-before", b"\0" + genuine, RSA_VERIFY
    yield "with-a-zero-behind", genuine + b"\0", RSA_VERIFY
    yield "twice", genuine * 2, RSA_VERIFY
    yield "with-its-first-bit-flipped", bytes([genuine[0] ^ 0x80]) + genuine[1:], VALIDATE
    yield "with-a-middle-bit-flipped", genuine[:128] + bytes([genuine[128] ^ 1]) + genuine[129:], VALIDATE
    yield "with-its-last-bit-flipped", genuine[:-1] + bytes([genuine[-1] ^ 1]), VALIDATE
    yield "in-reverse", genuine[::-1], RSA_VERIFY
    yield "in-hexadecimal", genuine.hex().encode(), RSA_VERIFY
    yield "in-base64-once-more", base64.b64encode(genuine), RSA_VERIFY
    yield "in-a-der-octet-string", bytes.fromhex("04820100") + genuine, RSA_VERIFY
    yield "in-a-der-bit-string", bytes.fromhex("0382010100") + genuine, RSA_VERIFY


def numbers(genuine: bytes) -> Iterator[tuple[str, bytes, str]]:
    """RSA's fixed points, and numbers that are equal to the genuine one modulo the modulus."""
    for name, value in [
        ("0", 0),
        ("1", 1),
        ("2", 2),
        ("n-minus-1", MODULUS - 1),
        ("n", MODULUS),
        ("n-plus-1", MODULUS + 1),
    ]:
        yield f"that-is-the-number-{name}", value.to_bytes(SIZE, "big"), RSA_VERIFY
    yield "of-ones", b"\xff" * SIZE, RSA_VERIFY
    value = int.from_bytes(genuine, "big")
    yield "that-is-negated", (MODULUS - value).to_bytes(SIZE, "big"), RSA_VERIFY
    yield "plus-the-modulus", (value + MODULUS).to_bytes(SIZE + 1, "big"), RSA_VERIFY
    root = 1 << (8 * SIZE - 16) // 3
    yield "that-is-a-cube-root", root.to_bytes(SIZE, "big"), GARBAGE


def blocks(signed_text: str, digest: bytes) -> Iterator[tuple[str, bytes, str]]:
    """What a signature opens to, wrong in one place each. Our own key made them: only a strict reader refuses them."""
    right = bytes.fromhex(SHA_256) + digest
    wrong_infos = [
        ("digest-info-without-null", "302f300b0609608648016503040201" + "0420", ENCODING),
        ("digest-info-with-parameters", "3033300f06096086480165030402010402" + "beef" + "0420", PARAMETERS),
        ("digest-info-with-data-behind-its-oid", "3033300f06096086480165030402010500beef" + "0420", "CVE-2018-16151"),
        ("digest-info-with-an-unknown-parameter", "3033300f06096086480165030402010c02beef" + "0420", LENIENT),
        ("digest-info-with-a-long-null", "3032300e0609608648016503040201058100" + "0420", BERSERK),
        ("digest-info-with-a-long-length", "308131300d060960864801650304020105000420", BERSERK),
        ("digest-info-with-a-longer-length", "30820031300d060960864801650304020105000420", BERSERK),
        ("digest-info-with-a-long-digest-length", "3032300d06096086480165030402010500048120", BERSERK),
        ("digest-info-that-is-too-long", SHA_256.replace("3031", "3032", 1), INFO),
        ("digest-info-that-is-too-short", SHA_256.replace("3031", "3030", 1), INFO),
        ("digest-info-of-sha-1", SHA_1, ENCODING),
        ("digest-info-of-sha-384", SHA_256.replace("040201", "040202"), ENCODING),
        ("digest-info-of-sha-512", SHA_256.replace("040201", "040203"), ENCODING),
        ("digest-info-of-sha-224", SHA_256.replace("040201", "040204"), ENCODING),
        ("digest-info-of-no-algorithm", "3022" + "0420", ENCODING),
        ("digest-without-its-info", "", ENCODING),
        ("digest-in-an-octet-string", "0420", ENCODING),
    ]
    for name, prefix, source in wrong_infos:
        yield name, padded(bytes.fromhex(prefix) + digest), source
    encoded = signed_text.encode()
    yield "digest-by-sha-1", padded(bytes.fromhex(SHA_1) + hashlib.sha1(encoded).digest()), ENCODING
    yield "digest-by-md5", padded(bytes.fromhex(MD5) + hashlib.md5(encoded).digest()), ENCODING
    yield "digest-by-sha-512", padded(bytes.fromhex(SHA_512) + hashlib.sha512(encoded).digest()), ENCODING
    yield "digest-with-a-zero-behind", padded(right + b"\0"), TRAILING
    yield "digest-with-a-null-behind", padded(right + b"\x05\0"), TRAILING
    yield "digest-cut-by-a-byte", padded(right[:-1]), ENCODING
    yield "digest-of-digest", padded(bytes.fromhex(SHA_256) + hashlib.sha256(digest).digest()), ENCODING
    yield "digest-in-hexadecimal", padded(digest.hex().encode()), ENCODING
    yield from paddings(right)


def paddings(info: bytes) -> Iterator[tuple[str, bytes, str]]:
    rest = SIZE - 3 - len(info)
    yield "padding-of-eight-and-garbage-behind", b"\0\1" + b"\xff" * 8 + b"\0" + info + b"\xaa" * (rest - 8), GARBAGE
    yield "padding-of-none-and-garbage-behind", b"\0\1\0" + info + b"\xaa" * rest, GARBAGE
    yield "padding-with-a-zero-byte", b"\0\1" + b"\xff" * 9 + b"\0" + b"\xff" * (rest - 10) + b"\0" + info, ENCODING
    yield "padding-with-another-byte", b"\0\1" + b"\xff" * (rest - 1) + b"\xfe\0" + info, "CVE-2018-15836"
    yield "padding-of-zeros", b"\0\1" + b"\0" * rest + b"\0" + info, ENCODING
    yield "padding-that-ends-without-a-zero", b"\0\1" + b"\xff" * (rest + 1) + info, ENCODING
    yield "padding-that-ends-with-a-one", b"\0\1" + b"\xff" * rest + b"\1" + info, ENCODING
    yield "padding-for-encryption", b"\0\2" + b"\xaa" * rest + b"\0" + info, ENCODING
    yield "padding-of-block-type-0", b"\0\0" + b"\xff" * rest + b"\0" + info, ENCODING
    yield "padding-that-starts-a-byte-early", b"\1" + b"\xff" * (rest + 1) + b"\0" + info, ENCODING


def padded(info: bytes) -> bytes:
    return b"\0\1" + b"\xff" * (SIZE - 3 - len(info)) + b"\0" + info


def powered(block: bytes) -> bytes:
    return pow(int.from_bytes(block, "big"), PRIVATE.d, MODULUS).to_bytes(SIZE, "big")


def over_another_text(text_signed: str, genuine: bytes) -> Iterator[Case]:
    head, payload = text_signed.split(".")
    more = access(scope="openid orders/read orders/write")
    more_payload, more_signature = more.split(".")[1:]
    own = base64url(genuine)
    mixed = [
        ("of-another-token", f"{text_signed}.{more_signature}"),
        ("under-another-payload", f"{head}.{more_payload}.{own}"),
        ("under-another-header", f"{base64url(text(header(typ='JWT')))}.{payload}.{own}"),
    ]
    for name, token in mixed:
        yield refused(f"signature-{name}", REFUSAL, VALIDATE, token)
    others = [
        ("the-header-alone", head),
        ("the-payload-alone", payload),
        ("the-parts-in-reverse", f"{payload}.{head}"),
        ("the-parts-without-a-dot", head + payload),
        ("the-parts-and-a-dot", f"{text_signed}."),
        ("the-parts-and-a-newline", f"{text_signed}\n"),
        ("what-the-parts-mean", f"{text(header()).decode()}.{text(claims()).decode()}"),
        ("what-the-payload-means", text(claims()).decode()),
        ("nothing", ""),
    ]
    for name, other in others:
        made = base64url(signature(other))
        yield refused(f"signature-over-{name}", REFUSAL, "RFC 7515 section 5.1", f"{text_signed}.{made}")
    yield refused("signature-by-the-pools-other-key", REFUSAL, VALIDATE, sealed(text_signed, ID_KEY))
    yield refused("signature-by-a-foreign-key", REFUSAL, BCP_KEY_ID, sealed(text_signed, FOREIGN_KEY))
    yield refused("payload-of-an-administrator-under-an-old-signature", REFUSAL, VALIDATE, raised(text_signed, own))


def raised(text_signed: str, own: str) -> str:
    return f"{text_signed.split('.')[0]}.{base64url(text(claims(**{'cognito:groups': ['admin']})))}.{own}"


def shorter_by_a_zero() -> Case:
    """One signature in 256 begins with a zero byte, which must not be left out."""
    for n in range(10_000):
        token = signed(claims(jti=f"try-{n}"))
        text_signed, _, made = token.rpartition(".")
        plain = base64.urlsafe_b64decode(made + "==")
        if plain[0] == 0:
            return refused(
                "signature-without-its-leading-zero", REFUSAL, RSA_VERIFY, f"{text_signed}.{base64url(plain[1:])}"
            )
    raise AssertionError("10,000 signatures, and none begins with a zero byte")
