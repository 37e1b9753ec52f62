"""Messages out of a byte stream (TCP), framed by Content-Length (RFC 3261 §18.3)."""

from __future__ import annotations

from collections.abc import Iterator

from yuelai.wire.errors import PeerError
from yuelai.wire.sip.message import MAX_HEAD, Request, Response, content_length, parse_head


class StreamParser:
    """Feed bytes as they come. After a PeerError the framing is lost: close the connection."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiting: tuple[Request | Response, int] | None = None
        self.pings = 0
        """Keep-alives heard (double CRLF, RFC 5626 §4.4.1), each owed one CRLF; the owner counts down."""

    def feed(self, data: bytes) -> Iterator[Request | Response]:
        """Yield the messages that are now complete. Raises PeerError."""
        self._buffer += data
        while True:
            if self._waiting is None:
                self._skip_blank()
                end = self._buffer.find(b"\r\n\r\n")
                if end < 0:
                    if len(self._buffer) > MAX_HEAD:
                        raise PeerError("the head is too long")
                    return
                message = parse_head(bytes(self._buffer[:end]))
                length = content_length(message)
                if length is None:
                    raise PeerError("Content-Length is missing on a stream")
                del self._buffer[: end + 4]
                self._waiting = message, length
            message, length = self._waiting
            if len(self._buffer) < length:
                return
            message.body = bytes(self._buffer[:length])
            del self._buffer[:length]
            self._waiting = None
            yield message

    def _skip_blank(self) -> None:
        while self._buffer[:4] == b"\r\n\r\n":
            del self._buffer[:4]
            self.pings += 1
        # One CRLF is skipped only when more than the first half of a ping has come.
        while len(self._buffer) > 2 and self._buffer[:2] == b"\r\n" and self._buffer[2:3] != b"\r":
            del self._buffer[:2]
