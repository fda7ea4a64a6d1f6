"""Runs the end-to-end tests against the built function (`make e2e`)."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import canary  # noqa: E402 - they need the path above
import cognito  # noqa: E402
import schema  # noqa: E402
from lambda_watch import build  # noqa: E402


def main() -> int:
    build()
    suites = [unittest.defaultTestLoader.loadTestsFromModule(module) for module in (schema, canary, cognito)]
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(unittest.TestSuite(suites))
    # A subtest that fails counts once for each of its kind, a class that could not be set up counts as well.
    failed = len(result.failures) + len(result.errors)
    print(f"{max(result.testsRun - failed, 0)} passed, {failed} failed")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
