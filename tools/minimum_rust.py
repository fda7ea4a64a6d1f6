"""Fails if a crate needs a newer Rust than Cargo.toml declares.

With one compiler at hand this, and clippy's lint `incompatible_msrv` on what our own code calls, is as far as the declared
version can be checked: no build with that version is made.
"""

import json
import subprocess
import sys


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("-")[0].split("."))


def newer_than_declared() -> list[str]:
    command = ["cargo", "metadata", "--locked", "--format-version=1"]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    members = set(metadata["workspace_members"])
    declared = min(version(package["rust_version"]) for package in metadata["packages"] if package["id"] in members)
    needed = [(package, version(package["rust_version"])) for package in metadata["packages"] if package["rust_version"]]
    return [f"{package['name']} {package['rust_version']}" for package, least in needed if least[:2] > declared[:2]]


if __name__ == "__main__":
    found = newer_than_declared()
    sys.exit("crates that need a newer Rust than Cargo.toml declares: " + ", ".join(found) if found else 0)
