"""Makes tests/vectors/ anew: a key set, every token that was ever tried on a verifier, and what becomes of each.

All but the keys, and what is signed with them, is the same each time. The private keys end with this process.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from vectors import (
    algorithms,
    clients,
    grants,
    headers,
    issuers,
    json_texts,
    keys,
    parts,
    schemes,
    shapes,
    signatures,
    times,
)
from vectors.kit import APP, ID_KEY, ISSUER, KEY, MACHINE, NOW, POOL, UPDATED_ISSUER, Case

FILE = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "tokens.json"

FAMILIES: list[ModuleType] = [
    shapes, issuers, clients, times, algorithms, keys, headers, signatures, parts, json_texts, schemes, grants,
]  # fmt: skip

SETTINGS = {
    "now": NOW,
    "user_pool_id": POOL,
    "issuers": [ISSUER, UPDATED_ISSUER],
    "clients": [APP, MACHINE],
    "token_use": ["access"],
    "leeway_seconds": 0,
}

PERMISSIONS = {
    "permissions": [
        {"scopes": ["orders/read"], "allow": ["GET /orders"]},
        {"scopes": ["orders/write"], "allow": ["POST /orders"]},
        {"scopes": ["orders/read"], "groups": ["both"], "allow": ["GET /both"]},
        {"groups": ["admin"], "allow": ["GET /admin"]},
        {"authenticated": True, "allow": ["GET /me", "GET /users/${sub}"]},
    ]
}

# What each accepted case is asked about.
METHODS = ["GET /orders", "POST /orders", "GET /both", "GET /admin", "GET /me", "GET /users/u1", "GET /unnamed"]

# A text of at most 24 characters, over and over, where writing it out would hide the case.
LONG_RUN = re.compile(r"(.{1,24}?)\1{30,}", re.DOTALL)
LONG = 3_000


def recipe(text: str) -> str | list[Any]:
    """The text, or where it is long, pieces whose repetition is said and not done."""
    if len(text) < LONG:
        return text
    pieces: list[Any] = []
    end = 0
    for run in LONG_RUN.finditer(text):
        pieces += [text[end : run.start()], {"repeat": run[1], "times": len(run[0]) // len(run[1])}]
        end = run.end()
    return [piece for piece in [*pieces, text[end:]] if piece != ""]


def entry(case: Case, family: str) -> dict[str, Any]:
    sent = {"token": case.token, "authorization": case.authorization}
    return {
        "name": case.name,
        "family": family,
        "expect": case.expect,
        "source": case.source,
        **({"permits": list(case.permits)} if case.permits is not None else {}),
        **({"settings": case.settings} if case.settings else {}),
        **{name: recipe(text) for name, text in sent.items() if text is not None},
    }


def entries() -> Iterator[dict[str, Any]]:
    for module in FAMILIES:
        family = module.__name__.rpartition(".")[2].replace("_", " ")
        for case in module.cases():
            yield entry(case, family)


def main() -> None:
    all_cases = list(entries())
    twice = [name for name, times_used in Counter(case["name"] for case in all_cases).items() if times_used > 1]
    if twice:
        raise SystemExit(f"expected each name once: found {', '.join(twice)}")
    head = {
        "settings": SETTINGS,
        "permissions": PERMISSIONS,
        "methods": METHODS,
        "jwks": {"keys": [KEY.jwk, ID_KEY.jwk]},
    }
    members = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    lines = ",\n".join(f"  {json.dumps(case)}" for case in all_cases)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("{\n" + ",\n".join(members) + ',\n "cases": [\n' + lines + "\n ]\n}\n")
    print(f"{FILE.relative_to(Path.cwd())}: {len(all_cases)} cases, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
