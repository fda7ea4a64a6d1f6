"""Does the JSON say one thing only, and is it JSON at all?"""

from __future__ import annotations

from collections.abc import Iterator

from .kit import ANYONE, ISSUER, KEY, NOW, READER, Case, accepted, claims, header, refused, signed, text

REFUSAL = "token_malformed"
UNIQUE = "RFC 7519 section 4"
UNIQUE_HEADER = "RFC 7515 section 5.2 step 4"
UTF_8 = "RFC 8725 sections 2.6 and 3.7"
GRAMMAR = "RFC 8259 section 2"
STRINGS = "RFC 8259 section 7"
NUMBERS = "RFC 8259 section 6"
DEPTH = "RFC 8259 section 9"
OBJECT = "RFC 7519 section 7.2"


def cases() -> Iterator[Case]:
    for name, more in DUPLICATES:
        yield refused(f"payload-with-{name}-twice", REFUSAL, UNIQUE, signed(b"{" + more.encode() + b"," + PAYLOAD[1:]))
    for name, more in DUPLICATE_HEADERS:
        yield refused(
            f"header-with-{name}-twice", REFUSAL, UNIQUE_HEADER, signed(PAYLOAD, b"{" + more + b"," + HEADER[1:])
        )
    after = HEADER[:-1] + b',"alg":"none"}'
    yield refused("header-with-alg-none-behind-rs256", REFUSAL, UNIQUE_HEADER, signed(PAYLOAD, after))
    for name, payload, source in BROKEN:
        yield refused(f"payload-{name}", REFUSAL, source, signed(payload))
    for name, head, source in BROKEN_HEADERS:
        yield refused(f"header-{name}", REFUSAL, source, signed(PAYLOAD, head))
    for name, value, source in BROKEN_VALUES:
        yield refused(f"value-{name}", REFUSAL, source, with_value(value))
    for name, value, source in GOOD_VALUES:
        yield accepted(f"value-{name}", source, with_value(value))
    yield from good_texts()
    yield from depths()


PAYLOAD = text(claims())
HEADER = text(header())

# Members to put in front of a payload that has them already, or twice in themselves.
DUPLICATES = [
    ("exp", f'"exp":{NOW - 60}'),
    ("exp-escaped", f'"\\u0065xp":{NOW - 60}'),
    ("exp-of-the-same-value", text({"exp": claims()["exp"]})[1:-1].decode()),
    ("iss", '"iss":"https://evil.example"'),
    ("iss-escaped", '"i\\u0073s":"https://evil.example"'),
    ("sub", '"sub":"admin"'),
    ("client-id", '"client_id":"another"'),
    ("token-use", '"token_use":"id"'),
    ("scope", '"scope":"orders/write"'),
    ("scope-escaped-in-capitals", '"\\u0073\\u0063\\u006F\\u0070\\u0065":"orders/write"'),
    ("groups", '"cognito:groups":["admin"],"cognito:groups":[]'),
    ("groups-escaped", '"cognito:groups":["admin"],"cognito\\u003agroups":[]'),
    ("an-unknown-claim", '"x":1,"x":2'),
    ("an-unknown-claim-of-the-same-value", '"x":1,"x":1'),
    ("an-empty-name", '"":1,"":2'),
    ("a-name-with-an-escaped-slash", '"a/b":1,"a\\/b":2'),
    ("a-name-beyond-ascii", '"\u00e9":1,"\\u00e9":2'),
    ("an-emoji-name", '"\U0001f511":1,"\\ud83d\\udd11":2'),
    ("a-nested-name", '"x":{"a":1,"a":2}'),
    ("a-nested-name-escaped", '"x":{"admin":false,"\\u0061dmin":true}'),
    ("a-name-nested-in-an-array", '"x":[[{"a":1,"b":2,"a":3}]]'),
    ("a-prototype", '"__proto__":{},"__proto__":{}'),
]

DUPLICATE_HEADERS = [
    ("alg", b'"alg":"none"'),
    ("alg-of-the-same-value", b'"alg":"RS256"'),
    ("alg-escaped", rb'"\u0061lg":"none"'),
    ("kid", b'"kid":"another"'),
    ("kid-escaped", rb'"k\u0069d":"another"'),
    ("typ", b'"typ":"JWT","typ":"JWT"'),
    ("a-nested-name", b'"x":{"a":1,"a":2}'),
]

BROKEN: list[tuple[str, bytes, str]] = [
    ("that-is-empty", b"", OBJECT),
    ("of-white-space", b" ", OBJECT),
    ("that-is-null", b"null", OBJECT),
    ("that-is-true", b"true", OBJECT),
    ("that-is-a-number", b"1", OBJECT),
    ("that-is-a-string", b'"claims"', OBJECT),
    ("that-is-an-array", b"[]", OBJECT),
    ("in-an-array", b"[" + PAYLOAD + b"]", OBJECT),
    ("of-plain-text", b"Live long and prosper.", OBJECT),
    ("in-xml", b"<claims/>", OBJECT),
    ("of-zeros", bytes(64), OBJECT),
    ("with-a-byte-order-mark", b"\xef\xbb\xbf" + PAYLOAD, "RFC 8259 section 8.1"),
    ("in-utf-16", PAYLOAD.decode().encode("utf-16"), UTF_8),
    ("in-utf-16-without-a-mark", PAYLOAD.decode().encode("utf-16-le"), UTF_8),
    ("in-utf-32", PAYLOAD.decode().encode("utf-32-le"), UTF_8),
    ("cut-short", PAYLOAD[:-1], GRAMMAR),
    ("with-a-comma-behind", PAYLOAD[:-1] + b",}", GRAMMAR),
    ("with-a-comma-before", b"{," + PAYLOAD[1:], GRAMMAR),
    ("with-data-behind", PAYLOAD + b"x", GRAMMAR),
    ("with-a-brace-behind", PAYLOAD + b"}", GRAMMAR),
    ("twice", PAYLOAD * 2, GRAMMAR),
    ("with-a-nul-behind", PAYLOAD + b"\0", GRAMMAR),
    ("with-a-nul-before", b"\0" + PAYLOAD, GRAMMAR),
    ("with-a-form-feed-behind", PAYLOAD + b"\f", GRAMMAR),
    ("with-a-no-break-space-behind", PAYLOAD + b"\xc2\xa0", GRAMMAR),
    ("with-a-comment", PAYLOAD[:-1] + b"/* admin */}", GRAMMAR),
    ("with-a-line-comment", PAYLOAD + b"// admin", GRAMMAR),
    ("with-a-hash-comment", PAYLOAD + b"\n# admin", GRAMMAR),
    ("with-single-quotes", PAYLOAD.replace(b'"', b"'"), GRAMMAR),
    ("with-names-without-quotes", PAYLOAD.replace(b'"exp"', b"exp"), GRAMMAR),
    ("with-a-name-that-is-a-number", PAYLOAD[:-1] + b",1:1}", GRAMMAR),
    ("with-an-equals-sign", PAYLOAD.replace(b'"exp":', b'"exp"='), GRAMMAR),
    ("without-a-comma", PAYLOAD.replace(b',"exp"', b' "exp"'), GRAMMAR),
    ("that-prevents-inclusion", b")]}',\n" + PAYLOAD, GRAMMAR),
    ("with-an-invalid-byte-in-a-name", PAYLOAD[:-1] + b',"\xff":1}', UTF_8),
]

BROKEN_HEADERS: list[tuple[str, bytes, str]] = [
    ("that-is-empty", b"", UNIQUE_HEADER),
    ("that-is-null", b"null", UNIQUE_HEADER),
    ("that-is-an-array", b"[]", UNIQUE_HEADER),
    ("in-an-array", b"[" + HEADER + b"]", UNIQUE_HEADER),
    ("that-is-a-string", b'"RS256"', UNIQUE_HEADER),
    ("that-is-a-number", b"1", UNIQUE_HEADER),
    ("of-plain-text", b"RS256", UNIQUE_HEADER),
    ("with-a-byte-order-mark", b"\xef\xbb\xbf" + HEADER, "RFC 8259 section 8.1"),
    ("in-utf-16", HEADER.decode().encode("utf-16"), UTF_8),
    ("with-data-behind", HEADER + b"x", GRAMMAR),
    ("with-a-comma-behind", HEADER[:-1] + b",}", GRAMMAR),
    ("with-a-comment", HEADER[:-1] + b"/* */}", GRAMMAR),
    ("with-an-invalid-byte", HEADER[:-1] + b',"x":"\xff"}', UTF_8),
    ("with-a-lone-surrogate", HEADER[:-1] + rb',"x":"\ud800"}', STRINGS),
    ("nested-too-deep", HEADER[:-1] + b',"x":' + b"[" * 200 + b"]" * 200 + b"}", DEPTH),
]

BROKEN_VALUES: list[tuple[str, bytes, str]] = [
    ("with-an-invalid-byte", b'"\xff"', UTF_8),
    ("in-latin-1", b'"caf\xe9"', UTF_8),
    ("with-an-overlong-slash", b'"\xc0\xaf"', UTF_8),
    ("with-an-overlong-nul", b'"\xc0\x80"', UTF_8),
    ("with-a-surrogate-in-utf-8", b'"\xed\xa0\x80"', UTF_8),
    ("with-a-surrogate-pair-in-utf-8", b'"\xed\xa0\xbd\xed\xb4\x91"', UTF_8),
    ("beyond-unicode", b'"\xf4\x90\x80\x80"', UTF_8),
    ("with-a-character-cut-short", b'"\xe2\x82"', UTF_8),
    ("with-a-lone-high-surrogate", rb'"\ud800"', STRINGS),
    ("with-a-lone-low-surrogate", rb'"\udc00"', STRINGS),
    ("with-surrogates-in-reverse", rb'"\udd11\ud83d"', STRINGS),
    ("with-a-raw-newline", b'"a\nb"', STRINGS),
    ("with-a-raw-tab", b'"a\tb"', STRINGS),
    ("with-a-raw-nul", b'"a\0b"', STRINGS),
    ("with-an-unknown-escape", rb'"\x41"', STRINGS),
    ("with-an-octal-escape", rb'"\101"', STRINGS),
    ("with-a-long-escape", rb'"\u{41}"', STRINGS),
    ("with-a-short-escape", rb'"\u41"', STRINGS),
    ("without-its-last-quote", b'"a', STRINGS),
    ("that-is-nan", b"NaN", NUMBERS),
    ("that-is-infinity", b"Infinity", NUMBERS),
    ("that-is-minus-infinity", b"-Infinity", NUMBERS),
    ("past-all-floats", b"1e400", NUMBERS),
    ("with-a-leading-zero", b"01", NUMBERS),
    ("with-a-plus", b"+1", NUMBERS),
    ("with-a-bare-point", b".5", NUMBERS),
    ("with-a-final-point", b"1.", NUMBERS),
    ("in-hexadecimal", b"0x10", NUMBERS),
    ("with-an-underscore", b"1_000", NUMBERS),
    ("with-a-suffix", b"1n", NUMBERS),
    ("that-is-undefined", b"undefined", GRAMMAR),
    ("in-python", b"None", GRAMMAR),
    ("that-is-true-in-capitals", b"True", GRAMMAR),
    ("that-is-missing", b"", GRAMMAR),
    ("of-an-array-with-a-hole", b"[1,,2]", GRAMMAR),
    ("of-an-array-with-a-comma-behind", b"[1,]", GRAMMAR),
]

GOOD_VALUES: list[tuple[str, bytes, str]] = [
    ("past-2-to-the-53rd", b"9007199254740993", NUMBERS),
    ("past-2-to-the-64th", b"18446744073709551616", NUMBERS),
    ("of-400-digits-behind-the-point", b"0." + b"1" * 400, NUMBERS),
    ("near-zero", b"1e-400", NUMBERS),
    ("that-is-minus-zero", b"-0", NUMBERS),
    ("with-an-exponent", b"1E+2", NUMBERS),
    ("with-an-escaped-nul", rb'"a\u0000b"', STRINGS),
    ("with-escapes", rb'"\"\\\/\b\f\n\r\t"', STRINGS),
    ("with-an-emoji", '"\U0001f511"'.encode(), UTF_8),
    ("with-an-escaped-emoji", rb'"\ud83d\udd11"', STRINGS),
    ("with-a-noncharacter", '"\uffff"'.encode(), UTF_8),
    ("from-right-to-left", '"\u202eabc"'.encode(), UTF_8),
    ("that-is-null", b"null", GRAMMAR),
    ("of-empty-things", b'[{},[],"",null,false,0]', GRAMMAR),
    ("that-is-a-script", b'"<script>alert(1)</script>"', STRINGS),
]


def with_value(value: bytes) -> str:
    """A good payload whose claim `x` is this text. Nothing reads it."""
    return signed(PAYLOAD[:-1] + b',"x":' + value + b"}")


def good_texts() -> Iterator[Case]:
    escaped = b"{" + b",".join(escaped_member(member) for member in PAYLOAD[1:-1].split(b",")) + b"}"
    yield accepted("payload-with-every-name-escaped", STRINGS, signed(escaped))
    spaced = b"\r\n\t " + PAYLOAD.replace(b'":', b'" :\n').replace(b",", b",\r\n ") + b" \n"
    yield accepted("payload-with-white-space", GRAMMAR, signed(spaced))
    in_reverse = dict(reversed(claims().items()))
    yield accepted("payload-in-another-order", "RFC 8259 section 4", signed(in_reverse))
    other_case = claims(EXP=1, Iss="https://evil.example", TOKEN_USE="id", Scope="orders/write", SUB="admin")
    yield accepted("payload-with-names-in-other-cases-besides", "RFC 7519 section 10.1.1", signed(other_case), READER)
    prototype = (
        PAYLOAD[:-1]
        + b',"__proto__":{"scope":"orders/write","cognito:groups":["admin"]},"constructor":{"prototype":{}}}'
    )
    yield accepted("payload-with-a-prototype", UNIQUE, signed(prototype), READER)
    hidden = claims(
        scope="openid", x={"scope": "orders/read", "cognito:groups": ["admin"], "iss": ISSUER, "kid": KEY.id}
    )
    yield accepted("payload-with-nested-claims-of-the-same-names", UNIQUE, signed(hidden), ANYONE)


def escaped_member(member: bytes) -> bytes:
    name, value = member.split(b":", 1)
    letters = name.strip(b'"').decode()
    return b'"' + "".join(f"\\u{ord(letter):04x}" for letter in letters).encode() + b'":' + value


def depths() -> Iterator[Case]:
    """serde_json's parser stops at 128 levels; the claims themselves are the first."""
    for name, opening, closing in [("arrays", b"[", b"]"), ("objects", b'{"a":', b"}")]:
        for depth, reason in [(126, "accept"), (127, REFUSAL), (1_000, REFUSAL), (10_000, "token_too_long")]:
            inner = b"1" if opening != b"[" else b""
            token = with_value(opening * depth + inner + closing * depth)
            if reason == "accept":
                yield accepted(f"value-of-{depth}-nested-{name}", DEPTH, token)
            else:
                yield refused(f"value-of-{depth}-nested-{name}", reason, DEPTH, token)
    open_alone = signed(b"[" * 7_000)
    yield refused("payload-of-7000-open-brackets", REFUSAL, DEPTH, open_alone)
    yield refused("header-of-7000-open-brackets", REFUSAL, DEPTH, signed(b"{}", b"[" * 7_000))
