"""What must never be found in a log or an error: any part of any token, any claim's value, any query value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from cognito_tokens import decode, decoded

# A shorter piece of a token could be found by chance; sixteen characters of base64 are 96 bits.
PIECE = 16

# Three parts of base64url: two JSON objects, whose first characters are always these, and a signature or none.
TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")

# Values that are words of the settings and the log's own, and so prove nothing: uses of tokens.
ORDINARY = {"access", "id"}

# Members of lines that stand in payloads, too.
OWN_WORDS = {f'"{name}":"' for name in ("token_use", "sub", "jti", "origin_jti")}

# `[101, 121, 74, ...]`: how Rust prints bytes that nobody meant to be read.
BYTE_LIST = re.compile(r"(?:\d{1,3},\s*){8,}\d{1,3}")


class Needles:
    """Everything secret in some texts, usually events."""

    def __init__(self, texts: Iterable[str], public: Iterable[str] = (), queries: Iterable[str] = ()) -> None:
        """What is public may be said anywhere: issuers, clients and keys that the operator set up."""
        self._pieces: set[str] = set()
        self._values: set[str] = set(queries)
        for token in {token for text in texts for token in TOKEN.findall(text)}:
            self._add(token)
        self._public = sorted({*public, *OWN_WORDS}, key=len, reverse=True)
        self._values -= ORDINARY | set(self._public)
        self._words = re.compile("|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in sorted(self._values)))

    def _add(self, token: str) -> None:
        header, payload, signature = token.split(".")
        for part in (header, payload, signature):
            self._pieces.update(_windows(part))
            # The bytes themselves, in case they are printed as a list of numbers.
            self._pieces.update(_windows(decoded(part).decode("latin-1")))
        # The header's values are not secret: logs may hold the key id.
        self._values.update(_leaves(decode(payload)))

    def found_in(self, text: str) -> list[str]:
        """What of it stands in this text."""
        for public in self._public:
            text = text.replace(public, "")
        unfolded = "\n".join([text, *_printed_bytes(text)])
        pieces = [window for window in _windows(unfolded) if window in self._pieces]
        return pieces[:1] + self._words.findall(unfolded)

    @property
    def size(self) -> tuple[int, int]:
        return len(self._pieces), len(self._values)


def _windows(text: str) -> Iterator[str]:
    return (text[start : start + PIECE] for start in range(len(text) - PIECE + 1))


def _printed_bytes(text: str) -> Iterator[str]:
    for numbers in BYTE_LIST.findall(text):
        yield "".join(chr(int(number) % 256) for number in numbers.split(","))


def _leaves(value: Any) -> Iterator[str]:
    """The values in a payload that a log could give away; truth values and small numbers are in every log."""
    if isinstance(value, dict):
        for member in value.values():
            yield from _leaves(member)
    elif isinstance(value, list):
        for element in value:
            yield from _leaves(element)
    elif isinstance(value, str) and value != "true":
        yield from {value, *value.split()}
    elif not isinstance(value, bool) and isinstance(value, int) and value > 1_000_000:
        yield str(value)
