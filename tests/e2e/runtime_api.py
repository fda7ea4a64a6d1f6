"""The built function alone against an emulated Lambda Runtime API, so that nothing it says goes unseen."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any
from uuid import uuid4

from event_files import ROOT
from lambda_watch import BINARY, STOP_SECONDS, FunctionFailed, function_environment

# A function that does not ask for its next event within this time hangs.
EVENT_SECONDS = 30

# The function's identity, which the platform sets.
IDENTITY = {
    "AWS_LAMBDA_FUNCTION_NAME": "cognito-authorizer",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/cognito-authorizer",
    "AWS_LAMBDA_LOG_STREAM_NAME": "1",
}


@dataclass(frozen=True)
class Reply:
    """All that the function sent for one event."""

    request_id: str
    is_error: bool
    headers: str
    body: str


class Server(ThreadingHTTPServer):
    """Takes it quietly that the function is gone: it is stopped while it waits for an event."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FunctionProcess:
    """The function's process, with both of its streams collected."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._replies: queue.Queue[Reply | None] = queue.Queue()
        self._events: queue.Queue[tuple[str, bytes] | None] = queue.Queue()
        self._asked_once = threading.Event()
        self._server = Server(("127.0.0.1", 0), _handler(self))
        # Seconds until it notices that it is to stop: there are hundreds of these in a run.
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"127.0.0.1:{self._server.server_port}"
        self._process = subprocess.Popen(
            [str(BINARY)],
            cwd=ROOT,
            env=function_environment(settings) | IDENTITY | {"AWS_LAMBDA_RUNTIME_API": address},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._chunks: list[bytes] = []
        self._readers = [
            threading.Thread(target=self._collect, args=(stream,), daemon=True)
            for stream in (self._process.stdout, self._process.stderr)
        ]
        for reader in self._readers:
            reader.start()
        threading.Thread(target=self._await_exit, daemon=True).start()

    def _collect(self, stream: IO[bytes]) -> None:
        self._chunks += stream

    def _await_exit(self) -> None:
        self._process.wait()
        self._asked_once.set()
        self._replies.put(None)

    @property
    def output(self) -> str:
        """Both streams, as far as they were read; all of it once the process has ended."""
        return b"".join(self._chunks).decode(errors="backslashreplace")

    def starts(self) -> bool:
        """Does it come to ask for an event? Otherwise it has ended."""
        if not self._asked_once.wait(EVENT_SECONDS):
            raise FunctionFailed(f"the function neither started nor ended:\n{self.output}")
        return self._process.poll() is None

    def invoke(self, event: bytes) -> Reply:
        return self.invoke_all([event])[0]

    def invoke_all(self, events: list[bytes]) -> list[Reply]:
        """The replies to these events, of which the function takes as many at a time as it has workers."""
        ids = [str(uuid4()) for _ in events]
        for request_id, event in zip(ids, events):
            self._events.put((request_id, event))
        replies = {reply.request_id: reply for reply in (self._reply() for _ in events)}
        return [replies[request_id] for request_id in ids]

    def _reply(self) -> Reply:
        try:
            reply = self._replies.get(timeout=EVENT_SECONDS)
        except queue.Empty:
            raise FunctionFailed(f"no answer from the function:\n{self.output}") from None
        if reply is None:
            raise FunctionFailed(f"the function ended:\n{self.output}")
        return reply

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._events.put(None)
        for reader in self._readers:
            reader.join()
        self._server.shutdown()
        self._server.server_close()

    # What the Runtime API asks of its two sides.

    def next_event(self) -> tuple[str, bytes] | None:
        self._asked_once.set()
        return self._events.get()

    def take(self, reply: Reply) -> None:
        self._replies.put(reply)


def _handler(function: FunctionProcess) -> type[BaseHTTPRequestHandler]:
    class RuntimeApi(BaseHTTPRequestHandler):
        """The endpoints below /2018-06-01/runtime that a function uses."""

        protocol_version = "HTTP/1.1"
        # Head and body are sent apart; with the client's delayed acknowledgement that would cost 40 ms an event.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            invocation = function.next_event()
            if invocation is None:
                self.close_connection = True
                return
            request_id, event = invocation
            arn = "arn:aws:lambda:eu-west-1:123456789012:function:cognito-authorizer"
            self._answer(200, event, {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": "4102444800000",
                "Lambda-Runtime-Invoked-Function-Arn": arn,
                "Lambda-Runtime-Trace-Id": "Root=1-6592008a-1a2b3c4d5e6f708192a3b4c5",
            })

        def do_POST(self) -> None:
            body = self._body().decode(errors="backslashreplace")
            request_id, kind = self.path.split("/")[-2:]
            reply = Reply(request_id, kind == "error", str(self.headers), body)
            # First this: whoever has the reply may stop the function.
            self._answer(202, b"", {})
            function.take(reply)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            chunks = []
            while size := int(self.rfile.readline(), 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing: what is printed here would stand among the tests' results."""

    return RuntimeApi


@contextmanager
def function(settings: dict[str, str]) -> Iterator[FunctionProcess]:
    """The built function with these settings, until the end of the block."""
    process = FunctionProcess(settings)
    try:
        yield process
    finally:
        process.stop()
