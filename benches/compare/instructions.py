"""How many instructions does the function execute? (`make instructions`)

Counted by callgrind, which knows nothing of other work on the machine, and held to the limits in `instructions.toml`.
A warm event is the difference between a process that answered many and one that answered one.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import answers  # noqa: E402 - they need the path above
import large  # noqa: E402
import pool  # noqa: E402
from function import FunctionFailed, started  # noqa: E402

LIMITS = Path(__file__).with_name("instructions.toml")
PROFILE = "symbols"
BINARY = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / PROFILE / "cognito-authorizer"

# Enough that the first event's own costs (tables that grow) vanish in the mean.
EVENTS = 200

# The signature's check, hash and RSA. Its name holds the version of the library.
SIGNATURE = re.compile(r"^aws_lc_\w+_EVP_DigestVerify$")


@dataclass(frozen=True)
class Count:
    """Instructions of a whole process, and of them those of signature checks."""

    total: int
    signature: int


class Bench:
    """The function under callgrind, a pool, and its key endpoint."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pool = pool.Pool()
        self._endpoint = pool.KeyEndpoint(folder, self.pool.key_set)
        (folder / "jwks.json").write_bytes(self.pool.key_set)
        (folder / "permissions.json").write_bytes(pool.permissions(10))
        self._runs = 0

    def count(
        self,
        events: list[bytes],
        expected: list[str],
        from_file: bool,
        method: str = pool.METHOD,
        document: str = "permissions.json",
    ) -> Count:
        self._runs += 1
        profile = self._folder / f"callgrind.{self._runs}"
        keys = {"JWKS_FILE": "jwks.json"} if from_file else {}
        settings = {
            "USER_POOL_ID": pool.POOL_ID,
            "APP_CLIENT_ID": pool.CLIENT_ID,
            "PERMISSIONS_FILE": document,
            "JWKS_URI": self._endpoint.url,
            "JWKS_CA_FILE": str(self._endpoint.ca_file),
        }
        command = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={profile}", str(BINARY)]
        before = self._endpoint.fetches
        with started(command, self._folder, settings | keys) as function:
            for event, outcome in zip(events, expected, strict=True):
                answers.check(function.invoke(event), method, outcome)
        if (fetches := self._endpoint.fetches - before) != (0 if from_file else 1):
            raise SystemExit(f"found {fetches} key fetches: the machine is too slow for the function's time-outs")
        return read(profile.read_text())


def read(profile: str) -> Count:
    """The totals of a callgrind profile.

    Its format: https://valgrind.org/docs/manual/cl-format.html. A function's name is written out once, with a number
    that stands for it from then on; the line after `calls=` ends with what the call cost, all inside included.
    """
    names: dict[str, str] = {}
    callee = ""
    signature, is_call = 0, False
    for line in profile.splitlines():
        if match := re.match(r"(c?)fn=\((\d+)\)(?: (.*))?", line):
            is_callee, number, name = match.groups()
            name = names.setdefault(number, name)
            callee = name if is_callee else callee
        elif line.startswith("calls="):
            is_call = True
        elif is_call:
            is_call = False
            if SIGNATURE.match(callee):
                signature += int(line.split()[-1])
    total = re.search(r"^(?:totals|summary): (\d+)", profile, re.MULTILINE)
    if not total:
        raise SystemExit("found no totals in callgrind's profile")
    if not signature:
        raise SystemExit(f"found no call of {SIGNATURE.pattern}: is the check of signatures called otherwise now?")
    return Count(int(total.group(1)), signature)


def measured(bench: Bench) -> dict[str, int]:
    """Instructions of each kind; the names are those of the limits."""
    token, events = bench.pool.token(), pool.token_event
    first = events(token)
    cold = bench.count([first], ["allow"], from_file=True)
    tokens = bench.pool.tokens(EVENTS)
    kinds = {
        "warm": ([events(token) for token in tokens], "allow"),
        "request": ([pool.request_event(token) for token in tokens], "allow"),
        "bad_signature": ([events(token) for token in pool.tampered(tokens)], "unauthorized"),
        "deny": ([events(token) for token in bench.pool.tokens(EVENTS, "openid profile/read")], "deny"),
    }
    found = {
        "cold_https": bench.count([first], ["allow"], from_file=False).total,
        "cold_jwks_file": cold.total,
    }
    for name, (sent, outcome) in kinds.items():
        many = bench.count([first, *sent], ["allow"] + [outcome] * EVENTS, from_file=True)
        found[name] = (many.total - cold.total) // EVENTS
        if name == "warm":
            found["warm_signature"] = (many.signature - cold.signature) // EVENTS
            found["warm_rest"] = found[name] - found["warm_signature"]
    return found


def main() -> int:
    if not shutil.which("valgrind"):
        raise SystemExit("valgrind is not installed: apt-get install valgrind")
    build = ["cargo", "build", "--locked", "--profile", PROFILE, "--bin", "cognito-authorizer"]
    subprocess.run(build, cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            bench = Bench(Path(folder))
            found = measured(bench) | large.measured(bench, ROOT, Path(folder))
        except FunctionFailed as error:
            raise SystemExit(f"wrong, and so not worth counting: {error}") from error
    limits = tomllib.loads(LIMITS.read_text())
    print("| instructions | found | limit |\n|---|--:|--:|")
    for name, count in found.items():
        limit = f"{limits[name]:,}" if name in limits else "-"
        print(f"| {name} | {count:,} | {limit} |")
    over = [name for name, limit in limits.items() if found[name] > limit]
    if over:
        print(f"too many instructions: {', '.join(over)}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
