"""Runs the end-to-end tests against the built function (`make e2e`)."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import canary  # noqa: E402 - they need the path above
import cognito  # noqa: E402
import dashboard  # noqa: E402
import issuers  # noqa: E402
import schema  # noqa: E402
import simulate  # noqa: E402
import soak  # noqa: E402
from lambda_watch import build  # noqa: E402


def main() -> int:
    build()
    modules = (schema, simulate, issuers, canary, cognito, dashboard, soak)
    suites = [unittest.defaultTestLoader.loadTestsFromModule(module) for module in modules]
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(unittest.TestSuite(suites))
    # A test fails once, however many of its subtests do. What could not be set up was not run, but failed.
    failed = {getattr(test, "test_case", test).id() for test, _ in [*result.failures, *result.errors]}
    unset = sum(identity.startswith("setUpClass") for identity in failed)
    print(f"{result.testsRun - len(failed) + unset} passed, {len(failed)} failed")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
