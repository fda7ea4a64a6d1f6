"""Fails for a link that leads nowhere, a line that is too long, and a sample that is not in the file that it says it is from.

Links to other hosts are not followed: CI reaches none.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT_CHARACTERS = 140
# A row of a table is one line, whatever it says. The longest that there is, of SECURITY.md: not to be passed.
ROW_CHARACTERS = 530
README_LINES = 150
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)|<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=\"([^\"]+)\"")
SAMPLE = re.compile(r"<!-- from (\S+) -->\n+```\w*\n(.*?)```", re.DOTALL)
FENCE = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)


def documents() -> list[Path]:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    return [ROOT / name for name in names if (ROOT / name).exists()]


def anchors(document: Path) -> set[str]:
    """What GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text()), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).strip().replace(" ", "-") for heading in plain}


def dead_links(document: Path) -> Iterator[str]:
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", document.read_text()))
    for match in LINK.finditer(text):
        link = match[1] or match[2]
        if re.match(r"https://|mailto:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists():
            yield f"{link} does not exist"
        elif anchor and anchor not in anchors(target):
            yield f"{link}: {target.name} has no such heading"


def long_lines(document: Path) -> Iterator[str]:
    fenced = False
    for number, line in enumerate(document.read_text().splitlines(), 1):
        fenced ^= line.lstrip().startswith("```")
        limit = ROW_CHARACTERS if line.startswith("|") and document != ROOT / "README.md" else TEXT_CHARACTERS
        if len(re.sub(r"\(https://\S+\)", "", line)) > limit and not fenced:
            yield f"line {number} has {len(line)} characters, more than {limit}"
    if document == ROOT / "README.md" and number > README_LINES:
        yield f"{number} lines, more than {README_LINES}"


def foreign_samples(document: Path) -> Iterator[str]:
    for name, sample in SAMPLE.findall(document.read_text()):
        source = [line.strip() for line in (ROOT / name).read_text().splitlines()]
        lines = [line.strip() for line in sample.splitlines()]
        starts = [at for at, line in enumerate(source) if line == lines[0]]
        if not any(source[at : at + len(lines)] == lines for at in starts):
            yield f"the sample that begins with `{lines[0]}` is not in {name}"


def main() -> int:
    found = [
        f"{document.relative_to(ROOT)}: {fault}"
        for document in documents()
        for faults in (dead_links, long_lines, foreign_samples)
        for fault in faults(document)
    ]
    print("\n".join(found) or f"{len(documents())} documents: no dead link, no line too long, every sample as in its file")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
