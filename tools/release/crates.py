"""The crates that are linked into one binary, from cargo's own metadata."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {"arm64": "aarch64-unknown-linux-gnu", "x86_64": "x86_64-unknown-linux-gnu"}


# Name and version.
Key = tuple[str, str]


def package_url(key: Key) -> str:
    """By which advisories name a crate."""
    name, version = key
    return f"pkg:cargo/{name}@{version}"


@dataclass(frozen=True)
class Crate:
    """One crate, as its registry knows it."""

    name: str
    version: str
    licence: str
    # Of its archive; empty for our own.
    sha256: str
    description: str
    repository: str
    directory: Path
    # Package URLs of the crates that it is linked with.
    needs: tuple[str, ...]

    @property
    def url(self) -> str:
        return package_url((self.name, self.version))

    @property
    def ours(self) -> bool:
        return not self.sha256


def linked_crates(package: str) -> list[Crate]:
    """`package` first, then all that its binary holds on either architecture, by name.

    Crates that only a build script or a macro needs are in no binary, and so not here; neither are those of tests.
    """
    known = {(found["name"], found["version"]): found for found in _packages()}
    checksums = _checksums()
    needs = _linked(package)
    crates = {key: _crate(known[key], checksums.get(key, ""), sorted(needed)) for key, needed in needs.items()}
    (root,) = [key for key in crates if key[0] == package]
    return [crates.pop(root), *(crates[key] for key in sorted(crates))]


def _packages() -> Any:
    command = ["cargo", "metadata", "--locked", "--format-version=1"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)["packages"]


def _linked(package: str) -> dict[Key, set[Key]]:
    """Which crate is linked for which: unlike the metadata, `cargo tree` goes by the features of this one binary."""
    needs: dict[Key, set[Key]] = {}
    for target in TARGETS.values():
        command = ["cargo", "tree", "--locked", "--package", package, "--target", target]
        command += ["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", " {p}"]
        above: list[Key] = []
        for line in subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines():
            depth, name, version = line.split()[:3]
            key = (name, version.removeprefix("v"))
            above[int(depth) :] = [key]
            needs.setdefault(key, set())
            if len(above) > 1:
                needs[above[-2]].add(key)
    return needs


def _checksums() -> dict[Key, str]:
    """What Cargo.lock says of each crate's archive. It is read by hand: Python has had a TOML reader since 3.11 only."""
    found: dict[Key, str] = {}
    for block in (ROOT / "Cargo.lock").read_text().split("[[package]]")[1:]:
        values = dict(line.split(" = ", 1) for line in block.splitlines() if " = " in line)
        if "checksum" in values:
            found[values["name"].strip('"'), values["version"].strip('"')] = values["checksum"].strip('"')
    return found


def _crate(package: Any, sha256: str, needs: list[Key]) -> Crate:
    return Crate(
        name=package["name"],
        version=package["version"],
        # A slash is what `OR` was before SPDX expressions.
        licence=(package["license"] or "").replace("/", " OR "),
        sha256=sha256,
        description=" ".join((package["description"] or "").split()),
        repository=package["repository"] or "",
        directory=Path(package["manifest_path"]).parent,
        needs=tuple(map(package_url, needs)),
    )
