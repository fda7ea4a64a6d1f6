"""The dashboard's queries and the alarms' filters, run against real lines of the function.

CloudWatch Logs is not here, so the part of its query language that they use is read by this file: filter with `=`, `!=`,
`and` and `ispresent`; stats with `count(*)` and `pct`; `bin`, and `sort`.
"""

from __future__ import annotations

import json
import re
import unittest
from collections import Counter
from collections.abc import Callable
from typing import Any

from event_files import ROOT, local_settings, read_all
from runtime_api import function

TEMPLATE = (ROOT / "template.yaml").read_text()
Line = dict[str, Any]


def queries() -> dict[str, str]:
    widgets = re.findall(r'"title":"([^"]*)","query":"((?:[^"\\]|\\.)*)"', TEMPLATE)
    return {title: json.loads(f'"{query}"') for title, query in widgets}


def patterns() -> list[str]:
    return re.findall(r"FilterPattern: '\{ (.*) \}'", TEMPLATE)


def member(line: Line, name: str) -> Any:
    """`lacks.0` is the first element of a list."""
    name, _, place = name.partition(".")
    value = line.get(name)
    if not place:
        return value
    return value[int(place)] if isinstance(value, list) and len(value) > int(place) else None


def condition(text: str) -> Callable[[Line], bool]:
    if match := re.fullmatch(r"ispresent\((\S+)\)", text):
        return lambda line: member(line, match[1]) is not None
    match = re.fullmatch(r'(\S+) (!?=) "([^"]*)"', text)
    if not match:
        raise ValueError(f"not understood: {text}")
    name, sign, wanted = match.groups()
    return lambda line: (member(line, name) == wanted) == (sign == "=")


def run(query: str, lines: list[Line]) -> Counter[tuple[Any, ...]]:
    """How many lines there are in each group."""
    source, filtered, stats, *sort = query.split(" | ")
    assert source.startswith("SOURCE ") and all(re.fullmatch(r"sort \w+ desc", each) for each in sort), query
    conditions = [condition(text) for text in filtered.removeprefix("filter ").split(" and ")]
    functions, _, groups = stats.removeprefix("stats ").partition(" by ")
    for each in re.findall(r"(\w+\([^)]*\)) as \w+", functions):
        if match := re.fullmatch(r"pct\((\w+), \d+\)", each):
            assert all(isinstance(line[match[1]], int) for line in lines if line["message"] == "decision"), each
        else:
            assert each == "count(*)", each
    names = [name for name in groups.split(", ") if not name.startswith("bin(")]
    kept = [line for line in lines if all(holds(line) for holds in conditions)]
    return Counter(tuple(member(line, name) for name in names) for line in kept)


def matching(pattern: str, lines: list[Line]) -> list[Line]:
    name, wanted = re.fullmatch(r'\$\.(\w+) = "([^"]*)"', pattern).groups()
    return [line for line in lines if name in line and wanted in ("*", line[name])]


class Dashboard(unittest.TestCase):
    lines: list[Line]

    @classmethod
    def setUpClass(cls) -> None:
        with function(local_settings()) as process:
            for event in read_all():
                process.invoke(json.dumps(event.body).encode())
        cls.lines = [json.loads(line) for line in process.output.splitlines() if line.startswith("{")]

    def test_a_healthy_start_writes_one_line_and_no_warning(self) -> None:
        self.assertEqual([line["level"] for line in self.lines if line["message"] == "started"], ["INFO"])
        self.assertEqual(self.lines[0]["message"], "started")

    def test_every_query_finds_what_its_title_says(self) -> None:
        found = {title: run(query, self.lines) for title, query in queries().items()}
        self.assertEqual(len(found), 6)
        expected = Counter((event.outcome, event.reason) for event in read_all() if event.outcome != "none")
        self.assertEqual(found["Decisions by outcome and reason"], expected)
        refusals = Counter({key[1:]: count for key, count in expected.items() if key[0] != "allow"})
        self.assertEqual(found["Refusals by reason"], refusals)
        lacked = found["What tokens lacked"]
        self.assertIn(("scope_missing", "scope orders/pii", "GET /orders/{id}/pii"), lacked)
        self.assertEqual(sum(found["Cut policies"].values()), 0)
        versions = {document for _, document in found["Keys and document versions"]}
        self.assertEqual(versions, {self.lines[0]["document"]})
        self.assertEqual(found["Duration in microseconds"].total(), expected.total())

    def test_every_alarms_filter_finds_its_lines(self) -> None:
        undecided, cut, stale = patterns()
        errors = [event for event in read_all() if event.outcome == "error"]
        self.assertEqual(len(matching(undecided, self.lines)), len(errors))
        for pattern in (cut, stale):
            self.assertEqual(matching(pattern, self.lines), [])
        self.assertEqual(len(matching(cut, [{"cut": "other methods"}, {}])), 1)
        self.assertEqual(len(matching(stale, [{"keys": "stale"}, {"keys": "hit"}])), 1)
