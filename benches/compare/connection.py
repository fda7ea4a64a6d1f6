"""Requests out of a socket, with no more HTTP/1.1 than clients of the Runtime API speak."""

from __future__ import annotations

import socket


class Connection:
    """The function's end of one HTTP connection, and what of a request has come in."""

    def __init__(self, connected: socket.socket) -> None:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = connected
        self._received = b""

    def read(self) -> tuple[bytes, bytes] | None:
        """The request line and body of a request that is now whole."""
        more = self.socket.recv(1 << 20)
        if not more:
            raise ConnectionError
        self._received += more
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return None
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            if not body.endswith(b"0\r\n\r\n"):
                return None
            body = _joined(body)
        elif (at := lower.find(b"content-length:")) >= 0:
            if len(body) < int(lower[at + 15 :].split(b"\r\n", 1)[0]):
                return None
        self._received = b""
        return head.split(b"\r\n", 1)[0], body


def _joined(chunked: bytes) -> bytes:
    body = b""
    while chunked:
        size, _, rest = chunked.partition(b"\r\n")
        length = int(size, 16)
        body, chunked = body + rest[:length], rest[length + 2 :]
        if not length:
            break
    return body
