"""The function under `cargo lambda watch`, for as long as a `with` block lasts.

Everything started here is stopped here, also after Ctrl-C, a kill, or a failure half-way.
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import IO, Any

from event_files import ROOT

FUNCTION = "cognito-authorizer"
BINARY = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug" / FUNCTION

# Every setting the function reads. Those that a caller does not give are emptied, which counts as not set: what happens
# to be in the caller's environment must not change an outcome.
SETTINGS = (
    "USER_POOL_ID",
    "APP_CLIENT_ID",
    "TOKEN_USE",
    "RESOURCE",
    "ISSUER",
    "ISSUERS_FILE",
    "JWKS_URI",
    "JWKS_FILE",
    "JWKS_CA_FILE",
    "JWKS_REFRESH_SECONDS",
    "JWKS_MAX_AGE_SECONDS",
    "PERMISSIONS_FILE",
    "PERMISSIONS_SOURCE",
    "PERMISSIONS_REFRESH_SECONDS",
    "POLICY_COVERS",
    "POLICY_BUDGET_BYTES",
    "POLICY_CACHE_CHECK",
    "TOKEN_SOURCE",
    "LEEWAY_SECONDS",
    "INVALID_TOKEN",
    "HTTP_API_RESPONSE",
    "IDENTITY_SOURCE_CHECK",
    "USAGE_IDENTIFIER_CLAIM",
    "LOG_SUBJECT",
    "LOG_SUBJECT_KEY",
    "METRICS_NAMESPACE",
    "VALIDATOR_NO_NEW_ACCESS",
)

# The function is built before it is started, so what is waited for is a process start, on a machine that may be busy.
READY_SECONDS = 60
ANSWER_SECONDS = 30
STOP_SECONDS = 10

# The exit status of what Ctrl-C or a kill ended: 128 and SIGINT's number.
INTERRUPTED = 130

# What `cargo lambda watch` and the function say when the function did not start.
START_FAILURES = ("not started:", "command exited")


class FunctionFailed(Exception):
    """The function did not start or did not answer; the message has what it said."""


@dataclass(frozen=True)
class Answer:
    """What came back for one event: a value, or the message of a function error."""

    value: Any
    error: str | None


def build() -> None:
    """Builds the function. On a machine that never did, this takes minutes; cargo shows how far it is."""
    print(f"building {FUNCTION} (the first time takes minutes)", flush=True)
    subprocess.run(["cargo", "build", "--locked", "--bin", FUNCTION], cwd=ROOT, check=True)


def function_environment(settings: dict[str, str]) -> dict[str, str]:
    """This process's environment, with these settings and no others."""
    return os.environ | dict.fromkeys(SETTINGS, "") | settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LambdaWatch:
    """A running `cargo lambda watch`."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self._port = port
        self._output: list[str] = []
        self._decisions: queue.Queue[dict[str, Any]] = queue.Queue()
        for stream in (process.stdout, process.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self._output.append(line)
            if line.startswith('{"timestamp"'):
                entry = json.loads(line)
                if entry.get("message") == "decision":
                    self._decisions.put(entry)

    @property
    def output(self) -> str:
        """All that `cargo lambda watch` and the function have said so far."""
        return "".join(self._output)

    @property
    def url(self) -> str:
        """Where events are posted to."""
        return f"http://127.0.0.1:{self._port}/2015-03-31/functions/{FUNCTION}/invocations"

    def wait_until_ready(self) -> None:
        """Waits until the port is open. The function itself is started by the first event."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            # A connection alone: a request of any kind would count as an event.
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise FunctionFailed(f"cargo lambda watch did not come up:\n{self.output}")

    def invoke(self, event: Any) -> Answer:
        """Sends one event and waits for its answer, or until it is plain that none will come."""
        answers: queue.Queue[Answer | Exception] = queue.Queue()
        threading.Thread(target=self._post, args=(event, answers), daemon=True).start()
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = answers.get(timeout=0.2)
            except queue.Empty:
                if any(failure in self.output for failure in START_FAILURES):
                    break
                continue
            if isinstance(answer, Exception):
                raise FunctionFailed(f"{answer}:\n{self.output}") from answer
            return answer
        raise FunctionFailed(f"no answer from the function:\n{self.output}")

    def _post(self, event: Any, answers: queue.Queue[Answer | Exception]) -> None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
            connection.request("POST", f"/2015-03-31/functions/{FUNCTION}/invocations", json.dumps(event))
            response = connection.getresponse()
            value = json.loads(response.read())
            # `cargo lambda watch` says function errors with 500; Lambda itself would say them with 200 and a header.
            if response.status == 500:
                answers.put(Answer(None, str(value["errorMessage"])))
            elif response.status == 200:
                answers.put(Answer(value, None))
            else:
                raise FunctionFailed(f"cargo lambda watch answered {response.status}: {value}")
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits
            answers.put(error)

    def next_decision(self) -> dict[str, Any]:
        """The log line of the event that was answered last. It is written before the answer is given."""
        try:
            return self._decisions.get(timeout=ANSWER_SECONDS)
        except queue.Empty:
            raise FunctionFailed(f"no log line from the function:\n{self.output}") from None


@contextmanager
def lambda_watch(settings: dict[str, str]) -> Iterator[LambdaWatch]:
    """The function under these settings, ready for events until the end of the block."""
    # What keeps the function warm has its line at DEBUG.
    logging = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"}
    port = free_port()
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with stopped_by_signals():
        build()
        with watching(port, settings | logging, "--ignore-changes", **piped) as process:
            watch = LambdaWatch(process, port)
            watch.wait_until_ready()
            yield watch


@contextmanager
def watching(port: int, settings: dict[str, str], *options: str, **streams: Any) -> Iterator[subprocess.Popen[str]]:
    """`cargo lambda watch` with these settings, until the end of the block."""
    process = subprocess.Popen(
        ["cargo", "lambda", "watch", "--invoke-address", "127.0.0.1", "--invoke-port", str(port), *options],
        cwd=ROOT,
        env=function_environment(settings),
        stdin=subprocess.DEVNULL,
        # A session of its own: Ctrl-C reaches us alone, and we stop it in good order.
        start_new_session=True,
        **streams,
    )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    """Ends it and the functions it started: it does the latter itself when it is asked to stop."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Makes a kill end the block as Ctrl-C does, so that what it started is stopped."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
