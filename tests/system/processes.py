"""What the system runs in processes of its own: started, waited for, stopped, and looked for afterwards."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

# Generous, for a machine that is busy with other things.
READY_SECONDS = 90
STOP_SECONDS = 10

# linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36


class NotReady(Exception):
    """A process ended or stayed silent; the message has what it said."""


class Child:
    """A running process and all that it has said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: list[str] = []
        threading.Thread(target=self._read, args=(process.stdout,), daemon=True).start()

    def _read(self, stream: IO[str]) -> None:
        self._lines.extend(iter(stream.readline, ""))

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Waits until it says this."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            ended = self._process.poll() is not None
            said = "".join(self._lines)
            if found := re.search(pattern, said):
                return found
            if ended:
                break
            time.sleep(0.05)
        raise NotReady(f"{self._process.args} did not say `{pattern}`:\n{said}")


@contextmanager
def child(command: list[str], directory: Path, **environment: str) -> Iterator[Child]:
    """The process, until the end of the block."""
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A session of its own: Ctrl-C reaches us alone, and we stop it in good order, with whatever it started.
        start_new_session=True,
    )
    try:
        yield Child(process)
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, number)
            process.wait(seconds)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def adopt_orphans() -> None:
    """Makes what outlives its parent a child of ours, so that `leftovers` sees it."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def leftovers() -> list[str]:
    """The command lines of our children that are still there after a while. They are ended."""
    deadline = time.monotonic() + STOP_SECONDS
    while (running := _children()) and time.monotonic() < deadline:
        time.sleep(0.05)
    # The children of a killed one become ours.
    while children := _children():
        running |= children
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    return list(running.values())


def _children() -> dict[int, str]:
    """Our children by process id. Those that have ended, and were adopted, are taken note of here."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in parentheses, may hold anything.
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            pid = int(status.parent.name)
            if int(parent) != os.getpid():
                continue
            if state == "Z":
                os.waitpid(pid, os.WNOHANG)
            else:
                found[pid] = (status.parent / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError, ChildProcessError):
            continue
    return found
