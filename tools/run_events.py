"""Sends every event in events/ to the real function and holds its answer against the event's name (`make run`)."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import iam
from event_files import EventFile, local_settings, read_all
from lambda_watch import INTERRUPTED, Answer, FunctionFailed, LambdaWatch, lambda_watch


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    event: EventFile
    answer: str
    reason: str
    duration_us: int
    problems: list[str]

    def cells(self) -> list[str]:
        mark = "ok" if not self.problems else "WRONG"
        milliseconds = f"{self.duration_us / 1000:.2f}"
        return [mark, self.event.name, shortened(self.event.route), self.answer, self.reason, milliseconds]


# The milliseconds are the function's own, from the event's arrival to the answer, in a development build.
HEADINGS = ["", "event", "route", "answer", "reason", "ms"]
WIDEST_ROUTE = 44


def main() -> int:
    events = read_all()
    try:
        with lambda_watch(local_settings()) as watch:
            rows = [ask(watch, event) for event in events]
    except FunctionFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    print_table(rows)
    wrong = [row for row in rows if row.problems]
    for row in wrong:
        print(f"{row.event.name}: {'; '.join(row.problems)}", file=sys.stderr)
    print(f"{len(rows) - len(wrong)} of {len(rows)} events were answered as their names promise")
    return 1 if wrong else 0


def ask(watch: LambdaWatch, event: EventFile) -> Row:
    answer = watch.invoke(event.body)
    decision = watch.next_decision()
    said = outcome(answer, event)
    problems = iam.flaws(answer.value, event.method_arn) if said in ("allow", "deny") else []
    for what, found, expected in [
        ("answer", said, event.outcome),
        ("logged outcome", decision["outcome"], event.outcome),
        ("reason", decision["reason"], event.reason),
    ]:
        if found != expected:
            problems.append(f"{what}: found {found}, expected {expected}")
    return Row(event, said, decision["reason"], decision["duration_us"], problems)


def outcome(answer: Answer, event: EventFile) -> str:
    """What API Gateway makes of the answer: 401 for the one word, 500 for other errors, else what the policy says."""
    if answer.error is not None:
        return "unauthorized" if answer.error == "Unauthorized" else "error"
    if answer.value is None:
        return "none"
    if not isinstance(answer.value, dict) or "policyDocument" not in answer.value:
        return "no policy"
    return iam.verdict(answer.value["policyDocument"], event.method_arn)


def shortened(route: str) -> str:
    return route if len(route) <= WIDEST_ROUTE else f"{route[: WIDEST_ROUTE - 1]}…"


def print_table(rows: list[Row]) -> None:
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for line in lines:
        *texts, number = line
        cells = [text.ljust(width) for text, width in zip(texts, widths)]
        print("  ".join([*cells, number.rjust(widths[-1])]))


if __name__ == "__main__":
    sys.exit(main())
