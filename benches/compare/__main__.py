"""This function beside others that do the same job, as whole processes (`make compare`)."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import pool  # noqa: E402 - they need the path above
import report  # noqa: E402
import throttle  # noqa: E402
from contestants import Contestant, all_of_them  # noqa: E402
from function import ALL_CPUS, FunctionFailed  # noqa: E402
from scenarios import FUNCTIONS_CPU, Events, Measures, Scenarios  # noqa: E402

# Lambda Managed Instances hand a process several events at a time.
AT_ONCE = 8


def main() -> int:
    options = _options()
    os.sched_setaffinity(0, ALL_CPUS - FUNCTIONS_CPU or ALL_CPUS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        user_pool = pool.Pool()
        (folder / "jwks.json").write_bytes(user_pool.key_set)
        endpoint = pool.KeyEndpoint(folder, user_pool.key_set)
        known = all_of_them(folder, endpoint)
        if unknown := set(options.only or []) - {one.name for one in known}:
            raise SystemExit(f"--only: found {unknown.pop()}, expected one of {', '.join(one.name for one in known)}")
        contestants = [one for one in known if not options.only or one.name in options.only]
        print(f"making tokens for {options.events} events of a kind", file=sys.stderr)
        scenarios = Scenarios(folder, Events.of(user_pool, options.events), endpoint)
        if not throttle.is_possible():
            print("skipped: a share of a CPU takes control groups and root", file=sys.stderr)
        found: dict[str, list[Measures]] = {one.name: [] for one in contestants}
        for number in range(options.rounds):
            # A B C, then C B A: whoever comes later in a round comes earlier in the next.
            for contestant in contestants[:: -1 if number % 2 else 1]:
                print(f"round {number + 1} of {options.rounds}: {contestant.name}", file=sys.stderr)
                try:
                    found[contestant.name].append(scenarios.round(contestant, options.cold))
                except FunctionFailed as error:
                    raise SystemExit(f"{contestant.name}: {error}") from error
        for contestant in contestants:
            if contestant.fetching:
                found[contestant.name][0] |= scenarios.large_answer(contestant)
        print(report.table(found))
        print(f"\n{_throughput(scenarios, contestants[0], options.rounds)}")
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        print(f"Node {node}; the peers' versions are those of the lock files in benches/compare/peers")
    return 0


def _throughput(scenarios: Scenarios, contestant: Contestant, rounds: int) -> str:
    rounds_found = [[scenarios.throughput(contestant, at_once) for at_once in (1, AT_ONCE)] for _ in range(rounds)]
    # Of each way the median rate and the median CPU time.
    one, many = ([statistics.median(values) for values in zip(*found)] for found in zip(*rounds_found))
    return (
        f"{contestant.name}, events a second: {one[0]:,.0f} one at a time ({one[1]:.0f} us of CPU each), "
        f"{many[0]:,.0f} with {AT_ONCE} at once ({many[1]:.0f} us), ×{many[0] / one[0]:.2f}, "
        f"on {len(ALL_CPUS)} CPUs, of which the emulator takes its part"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make compare", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cold", type=int, default=5, help="starts of each kind in a round")
    parser.add_argument("--events", type=int, default=1400, help="TOKEN events in a round; of the other kinds half")
    parser.add_argument("--only", action="append", help="a contestant's name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
