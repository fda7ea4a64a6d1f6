"""A function's process under an emulated Lambda Runtime API, and what it costs.

One thread with bare sockets, so that little of what is measured is the emulator's: the clock runs from the event's first
byte written to the answer's last byte read.
"""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from connection import Connection

# Those of the machine, before the emulator leaves one to the function.
ALL_CPUS = os.sched_getaffinity(0)

# A function that says nothing for this long hangs.
SILENCE_SECONDS = 60
STOP_SECONDS = 10

# What the platform sets (Lambda Developer Guide, "Defined runtime environment variables").
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_FUNCTION_NAME": "authorizer",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/authorizer",
    "AWS_LAMBDA_LOG_STREAM_NAME": "1",
    "AWS_REGION": "eu-west-1",
    "LANG": "en_US.UTF-8",
    "LD_LIBRARY_PATH": "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
    "PATH": os.environ["PATH"],
    "TZ": ":UTC",
    "_HANDLER": "bootstrap",
}


class FunctionFailed(Exception):
    """The function ended, hung, or said what no function says."""


@dataclass(frozen=True)
class Reply:
    """A function's answer to one event."""

    is_error: bool
    body: bytes
    wall_ns: int


class Function:
    """A function that was started, from the spawn on."""

    def __init__(self, command: list[str], folder: Path, settings: dict[str, str], cpus: set[int]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        # Where the function asked for an event and has none yet.
        self._waiting: list[Connection] = []
        self._log = tempfile.TemporaryFile()
        address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        environment = ENVIRONMENT | {"LAMBDA_TASK_ROOT": str(folder), "AWS_LAMBDA_RUNTIME_API": address} | settings
        with _confined(cpus):
            self._spawned_ns = time.perf_counter_ns()
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                # Nothing of ours is inheritable, and so the spawn is a cheap one.
                close_fds=False,
            )
        # The process's CPU clock: all of its threads, in nanoseconds (clock_getcpuclockid(3)).
        self._cpu_clock = (~self._process.pid << 3) | 2

    def await_next(self) -> int:
        """Until the function asks for an event; the nanoseconds since its spawn."""
        while not self._waiting:
            for connection, line, _body in self._requests():
                self._expect_next(connection, line)
        return time.perf_counter_ns() - self._spawned_ns

    def invoke(self, event: bytes) -> Reply:
        """One event, up to when the function asks for another."""
        self.await_next()
        connection = self._waiting.pop()
        message = _event(event, 0)
        begun = time.perf_counter_ns()
        connection.socket.sendall(message)
        reply = None
        while reply is None or not self._waiting:
            for connection, line, body in self._requests():
                ended = time.perf_counter_ns()
                if line.startswith(b"GET "):
                    self._expect_next(connection, line)
                else:
                    reply = Reply(b"/error " in line, body, ended - begun)
                    connection.socket.sendall(ACCEPTED)
        return reply

    def flood(self, events: list[bytes]) -> tuple[list[Reply], int]:
        """All events, as many at a time as the function asks for, and how many nanoseconds that took."""
        replies: dict[int, Reply] = {}
        messages = [_event(event, number) for number, event in enumerate(events)]
        begun, sent = time.perf_counter_ns(), 0
        while True:
            while self._waiting and sent < len(messages):
                self._waiting.pop().socket.sendall(messages[sent])
                sent += 1
            if len(replies) == len(messages):
                return [replies[number] for number in range(len(messages))], time.perf_counter_ns() - begun
            for connection, line, body in self._requests():
                if line.startswith(b"GET "):
                    self._expect_next(connection, line)
                else:
                    replies[int(line.split(b"/")[4])] = Reply(b"/error " in line, body, 0)
                    connection.socket.sendall(ACCEPTED)

    def _expect_next(self, connection: Connection, line: bytes) -> None:
        if b"/runtime/invocation/next " not in line:
            raise FunctionFailed(f"asked for {line.decode(errors='replace')}")
        self._waiting.append(connection)

    def _requests(self) -> Iterator[tuple[Connection, bytes, bytes]]:
        """Requests as they come in, on whatever connection."""
        ready = self._selector.select(SILENCE_SECONDS)
        if not ready:
            raise FunctionFailed(f"silent for {SILENCE_SECONDS} s:\n{self.output}")
        for key, _ in ready:
            if key.fileobj is self._listener:
                connection = Connection(self._listener.accept()[0])
                self._selector.register(connection.socket, selectors.EVENT_READ, connection)
                continue
            try:
                request = key.data.read()
            except ConnectionError:
                self._selector.unregister(key.fileobj)
                key.fileobj.close()
                if self._process.poll() is not None or not self._connections():
                    raise FunctionFailed(f"hung up:\n{self.output}") from None
                continue
            if request:
                yield key.data, *request

    def _connections(self) -> int:
        return len(self._selector.get_map()) - 1

    @property
    def output(self) -> str:
        """What the function wrote."""
        self._log.seek(0)
        return self._log.read().decode(errors="backslashreplace")[-4000:]

    def cpu_ns(self) -> int:
        """CPU time of all the process's threads since its start."""
        return time.clock_gettime_ns(self._cpu_clock)

    def memory_kib(self, field: str) -> int:
        """`VmHWM` (peak) or `VmRSS` (now) of proc(5)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith(f"{field}:")))

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()
        self._log.close()


ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


def _event(event: bytes, number: int) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(event)}\r\n"
        f"Lambda-Runtime-Aws-Request-Id: {number}\r\n"
        "Lambda-Runtime-Deadline-Ms: 4102444800000\r\n"
        "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:authorizer\r\n"
        "Lambda-Runtime-Trace-Id: Root=1-6592008a-1a2b3c4d5e6f708192a3b4c5\r\n\r\n"
    )
    return head.encode() + event


@contextmanager
def _confined(cpus: set[int]) -> Iterator[None]:
    """What is spawned in the block runs on these CPUs; it would get ours otherwise, which are fewer."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


@contextmanager
def started(command: list[str], folder: Path, settings: dict[str, str], cpus: set[int] = ALL_CPUS) -> Iterator[Function]:
    """The function, until the end of the block."""
    function = Function(command, folder, settings, cpus)
    try:
        yield function
    finally:
        function.stop()
