"""How many instructions does a document of a real API's size take? A part of `make instructions`.

The document has the shape of GitHub's API: 1,222 routes, 47 scopes (`crates/testkit/src/api_shapes`). A start reads it; the
first answer to a holder compiles a policy; the answers to others who hold the same come from that one.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pool

if TYPE_CHECKING:
    from instructions import Bench

SHAPE, SEED = "github", "1"

# Fewer than of a small document: these take longer.
EVENTS = 50


class Large:
    """The document as it is, or with `"complete": true`."""

    def __init__(self, root: Path, folder: Path, complete: bool) -> None:
        example = ["cargo", "run", "--quiet", "--locked", "--package", "testkit", "--example", "api_shapes", "--"]
        made = [*example, SHAPE, SEED, *(["complete"] if complete else [])]
        text = subprocess.run(made, cwd=root, check=True, stdout=subprocess.PIPE).stdout
        self.file = folder / ("complete.json" if complete else "large.json")
        self.file.write_bytes(text)
        self._permissions: list[dict[str, Any]] = json.loads(text)["permissions"]

    def every_scope(self) -> tuple[str, str]:
        """The scopes of whoever holds all, and a method for them."""
        scopes = {scope for permission in self._permissions for scope in permission["scopes"]}
        return " ".join(sorted(scopes)), _method(self._permissions[0])

    def largest(self) -> tuple[str, str]:
        """The scopes of whoever holds the permission with most routes alone, and a method for them."""
        largest = max(self._permissions, key=lambda permission: len(permission["allow"]))
        return " ".join(largest["scopes"]), _method(largest)


def _method(permission: dict[str, Any]) -> str:
    """The ARN of the first route that the permission allows, with values that no document spells."""
    verb, path = permission["allow"][0].split(" ", 1)
    return f"{pool.STAGE}{verb}{re.sub(r'{[^}]*}', 'Unknown-1', path)}"


def measured(bench: Bench, root: Path, folder: Path) -> dict[str, int]:
    """Instructions of each kind; the names are those of the limits."""
    found: dict[str, int] = {}
    for complete in (False, True):
        document = Large(root, folder, complete)
        name = "large_complete" if complete else "large"
        start = _start(bench, document)
        first, warm = 0, 0
        # Who is the worst depends on how the compiler goes about it, so two who may be are looked at.
        for scope, method in (document.every_scope(), document.largest()):
            one = _count(bench, document, scope, method)
            many = _count(bench, document, scope, method, EVENTS)
            first = max(first, one - start)
            warm = max(warm, (many - one) // EVENTS)
        found |= {f"{name}_start": start, f"{name}_first": first, f"{name}_warm": warm}
    return found


def _start(bench: Bench, document: Large) -> int:
    """Up to the first answer, which needs no policy: the token's signature is wrong."""
    scope, method = document.every_scope()
    events = [pool.token_event(token, method) for token in pool.tampered([bench.pool.token(scope)])]
    file = document.file.name
    return bench.count(events, ["unauthorized"], from_file=True, method=method, document=file).total


def _count(bench: Bench, document: Large, scope: str, method: str, more: int = 0) -> int:
    """Instructions from the start to the first answer, and to so many more, with the keys read from a file."""
    tokens = bench.pool.tokens(1 + more, scope)
    events = [pool.token_event(token, method) for token in tokens]
    outcomes = ["allow"] * len(events)
    return bench.count(events, outcomes, from_file=True, method=method, document=document.file.name).total
