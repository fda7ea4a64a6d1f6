"""The licence texts of all crates in a binary, each text once, with the crates that it is for."""

from __future__ import annotations

import re
from pathlib import Path

from crates import ROOT, Crate

# What crates call the files that hold a licence or a notice.
LICENCE = re.compile(r"(un)?licen[cs]e|copying|copyright|notice", re.IGNORECASE)
CODE = {".c", ".go", ".h", ".pl", ".py", ".rs"}
RULE = "=" * 100


class NoLicence(Exception):
    """A crate whose licence's text is not to be had."""


def licences(crates: list[Crate]) -> str:
    by_text: dict[str, set[str]] = {}
    for crate in crates:
        for text in _texts(crate):
            by_text.setdefault(text, set()).add(f"{crate.name} {crate.version} ({crate.licence})")
    parts = ["\n".join([RULE, *sorted(names), RULE, "", text, ""]) for text, names in by_text.items()]
    return "The licences of the crates in this program.\n\n" + "\n".join(sorted(parts))


def _texts(crate: Crate) -> list[str]:
    files = _own_files(crate.directory) or _standard_files(crate)
    if not files:
        raise NoLicence(f"{crate.name} {crate.version} has no licence text, and there is none here for {crate.licence!r}")
    return [_plain(path.read_text(errors="replace")) for path in files]


def _own_files(directory: Path) -> list[Path]:
    """Also of what a crate has taken in from elsewhere, in folders of their own."""
    if directory.is_relative_to(ROOT):
        return []
    found = (path for path in directory.rglob("*") if LICENCE.match(path.name) and path.suffix not in CODE)
    return sorted(path for path in found if path.is_file())


def _standard_files(crate: Crate) -> list[Path]:
    """For our own crates, and for those that name a licence and have no text of it."""
    texts = {"Apache-2.0": ROOT / "LICENSE-APACHE"}
    if crate.ours:
        texts["MIT"] = ROOT / "LICENSE-MIT"
    return [path for name, path in texts.items() if name in crate.licence]


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
