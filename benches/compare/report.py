"""Medians and ratios, as a Markdown table."""

from __future__ import annotations

import statistics

from scenarios import Measures


def table(rounds: dict[str, list[Measures]]) -> str:
    """A row for each measure, a column for each contestant: its median, and how many times the first one's that is.

    The ratio is the median of the rounds' own ratios: what else ran on the machine then, slowed both.
    """
    names = list(rounds)
    measures = list(dict.fromkeys(measure for found in rounds.values() for one in found for measure in one))
    lines = [f"| median (ratio to {names[0]}) | {' | '.join(names)} |", "|---|" + "--:|" * len(names)]
    lines += [f"| {measure} | {' | '.join(_cells(rounds, measure))} |" for measure in measures]
    return "\n".join(lines)


def _cells(rounds: dict[str, list[Measures]], measure: str) -> list[str]:
    base, *_ = rounds.values()
    cells = []
    for found in rounds.values():
        values = [one[measure] for one in found if measure in one]
        pairs = [(one[measure], other[measure]) for one, other in zip(found, base) if measure in one and measure in other]
        if not values:
            cells.append("-")
        elif found is base or not pairs:
            cells.append(_short(statistics.median(values)))
        else:
            ratio = statistics.median(mine / its for mine, its in pairs)
            cells.append(f"{_short(statistics.median(values))} (×{_short(ratio)})")
    return cells


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
