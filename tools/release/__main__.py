"""Makes what a release consists of, from binaries that `build.sh` has built: release VERSION DIRECTORY ARCHITECTURE...

With `zip FILE MEMBER...` it makes one zip of files, the same bytes at any time.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from pathlib import Path

from crates import ROOT, linked_crates
from licences import licences
from sbom import sbom
from zips import write_zip

FUNCTION = "cognito-authorizer"
TOOL = "authz"
# Lambda starts the file of this name (runtime provided.al2023).
BOOTSTRAP = "bootstrap"
# What somebody without this source tree needs besides the zips.
FILES = ("tools/package.py", "deploy/function.yaml", "permissions.schema.json", "issuers.schema.json")


def main() -> None:
    match sys.argv[1:]:
        case ["zip", path, *members]:
            write_zip(Path(path), {Path(name).name: member(Path(name)) for name in members})
        case [version, directory, *architectures] if architectures:
            release(version, Path(directory), architectures)
        case _:
            sys.exit(__doc__)


def member(path: Path) -> tuple[bytes, int]:
    return path.read_bytes(), 0o755 if path.name == BOOTSTRAP else 0o644


def release(version: str, directory: Path, architectures: list[str]) -> None:
    crates = {program: linked_crates(program) for program in (FUNCTION, TOOL)}
    check_version(version, crates[FUNCTION][0].version)
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    texts = licences(list({crate.url: crate for linked in crates.values() for crate in linked}.values()))
    (directory / "LICENSES.txt").write_text(texts)
    for program, linked in crates.items():
        (directory / f"{program}-{version}.cdx.json").write_text(sbom(linked))
    for architecture in architectures:
        for program, name in ((FUNCTION, BOOTSTRAP), (TOOL, TOOL)):
            binary = ROOT / "target/lambda" / architecture / program / BOOTSTRAP
            contents = {name: (binary.read_bytes(), 0o755), "LICENSES.txt": (texts.encode(), 0o644)}
            write_zip(directory / f"{program}-{version}-{architecture}.zip", contents)
    for name in FILES:
        shutil.copyfile(ROOT / name, directory / Path(name).name)
    write_sums(directory)


def check_version(wanted: str, built: str) -> None:
    if wanted != built:
        sys.exit(f"VERSION is {wanted}, but Cargo.toml has {built}")
    if not re.search(rf"^## \[?{re.escape(wanted)}\b", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE):
        sys.exit(f"CHANGELOG.md has no section for {wanted}")


def write_sums(directory: Path) -> None:
    """In the form that `sha256sum --check` reads."""
    paths = sorted(directory.iterdir())
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths]
    (directory / "SHA256SUMS").write_text("".join(sums))
    print("".join(sums), end="")


if __name__ == "__main__":
    main()
