"""What lies in events/, for everything that sends it somewhere.

A file's outcome is the first word of its name. `index.csv` adds the reason that the function is to log, so that a
refusal for another reason than the one meant does not pass for the right one.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EVENTS = ROOT / "events"
KEY_SET = EVENTS / "jwks.json"
INDEX = EVENTS / "index.csv"
SETTINGS = EVENTS / "settings.env"

# `none`: nothing was asked.
OUTCOMES = ("allow", "deny", "unauthorized", "error", "none")


@dataclass(frozen=True)
class EventFile:
    """One event, and what its name promises."""

    name: str
    reason: str
    body: dict[str, Any]

    @property
    def outcome(self) -> str:
        return self.name.partition("-")[0]

    @property
    def method_arn(self) -> str:
        """Empty in what is not API Gateway's. HTTP APIs with payload format 2.0 call it `routeArn`."""
        return str(self.body.get("routeArn") or self.body.get("methodArn", ""))

    @property
    def route(self) -> str:
        """The method asked for, as `VERB /path`, or a WebSocket API's `$connect`."""
        if not self.method_arn:
            return "-"
        _api, _stage, *method = self.method_arn.split(":", 5)[5].split("/", 3)
        return " /".join(method)


def read_all() -> list[EventFile]:
    """Every event, in the order of the index."""
    with INDEX.open(newline="") as index:
        events = [EventFile(row["event"], row["reason"], _body(row["event"])) for row in csv.DictReader(index)]
    listed = {event.name for event in events}
    found = {path.stem for path in EVENTS.glob("*.json") if path != KEY_SET}
    if listed != found:
        raise SystemExit(f"events/index.csv and events/*.json differ: {', '.join(sorted(listed ^ found))}")
    if unnamed := [event.name for event in events if event.outcome not in OUTCOMES]:
        raise SystemExit(f"expected names that begin with one of {', '.join(OUTCOMES)}: found {', '.join(unnamed)}")
    return events


def _body(name: str) -> dict[str, Any]:
    return json.loads((EVENTS / f"{name}.json").read_text())


def local_settings(file: Path = SETTINGS) -> dict[str, str]:
    """The settings in a file; without one, those under which every event has its outcome."""
    # An editor may have written a byte order mark.
    lines = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
