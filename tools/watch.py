"""Leaves the function running for `cargo lambda invoke` (`make watch`), with the settings in SETTINGS if it names a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from event_files import ROOT, SETTINGS, local_settings
from lambda_watch import FUNCTION, INTERRUPTED, build, free_port, stopped_by_signals, watching


def main() -> int:
    port = free_port()
    try:
        with stopped_by_signals():
            build()
            print(instructions(port), flush=True)
            with watching(port, local_settings(Path(os.environ.get("SETTINGS") or SETTINGS))) as watch:
                return watch.wait()
    except KeyboardInterrupt:
        return INTERRUPTED


def instructions(port: int) -> str:
    programs = Path(sys.prefix).relative_to(ROOT) / "bin"
    # The address too: `cargo lambda invoke` would ask ::1, which not every machine has.
    invoke = f"cargo lambda invoke {FUNCTION} --invoke-address 127.0.0.1 --invoke-port {port}"
    return f"""
{FUNCTION} starts with its first event. From another terminal, in this directory:

  PATH={programs}:$PATH {invoke} --data-file events/allow-by-scope.json

Changes to the code are picked up. Ctrl-C stops it.
"""


if __name__ == "__main__":
    sys.exit(main())
