"""Lambda's share of a CPU: from its first event on, a function gets its memory in MB, of 1769, of one CPU.

Lambda Developer Guide, "Configure Lambda function memory". Before that, in init, Lambda gives it more; here all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ONE_CPU_MB = 1769
# The length of a turn. Lambda's is not documented; functions are seen to stand still for the rest of 20 ms.
PERIOD_US = 20_000

V1 = Path("/sys/fs/cgroup/cpu")
V2 = Path("/sys/fs/cgroup")
GROUP = "authorizer-compare"


def is_possible() -> bool:
    """Only root may make a control group, and not in every container."""
    try:
        with _group():
            return True
    except OSError:
        return False


@contextmanager
def throttled(pid: int, memory: int | None) -> Iterator[None]:
    """In the block the process has no more of a CPU than a function of this size."""
    if memory is None:
        yield
        return
    with _group() as group:
        quota = PERIOD_US * memory // ONE_CPU_MB
        if (group / "cpu.max").exists():
            (group / "cpu.max").write_text(f"{quota} {PERIOD_US}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
        (group / "cgroup.procs").write_text(str(pid))
        try:
            yield
        finally:
            (group.parent / "cgroup.procs").write_text(str(pid))


@contextmanager
def _group() -> Iterator[Path]:
    if V1.is_dir():
        group = V1 / GROUP
    else:
        (V2 / "cgroup.subtree_control").write_text("+cpu")
        group = V2 / GROUP
    group.mkdir(exist_ok=True)
    try:
        if not any((group / file).exists() for file in ("cpu.max", "cpu.cfs_quota_us")):
            raise OSError("no quota for CPU time here")
        yield group
    finally:
        group.rmdir()
