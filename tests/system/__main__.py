"""Runs the system tests (`make system`): everything between a user and the backend, started, tried and stopped."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent / "tools"), str(TESTS / "e2e")]

import api  # noqa: E402 - they need the path above
import mcp  # noqa: E402
import page  # noqa: E402
import scripts  # noqa: E402
from lambda_watch import INTERRUPTED, stopped_by_signals  # noqa: E402
from processes import adopt_orphans, leftovers  # noqa: E402
from system import SystemTest, running_system  # noqa: E402

STARTS = """\
starting: an emulated Cognito user pool (moto); an OpenID provider as its managed login; the function under
cargo lambda watch; an emulated API Gateway before it (serverless-offline); a web server with the page; Chromium"""


def main() -> int:
    adopt_orphans()
    status = 1
    try:
        with stopped_by_signals():
            status = run()
    except KeyboardInterrupt:
        status = INTERRUPTED
    finally:
        left = leftovers()
        for command in left:
            print(f"left running, and ended now: {command}")
    return status or int(bool(left))


def run() -> int:
    print(STARTS, flush=True)
    with running_system() as system:
        SystemTest.system = system
        suites = [unittest.defaultTestLoader.loadTestsFromModule(module) for module in (api, scripts, mcp, page)]
        result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(unittest.TestSuite(suites))
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
