"""Messages out of a byte stream (TCP), framed by Content-Length (RFC 3261 §18.3)."""

from __future__ import annotations

from collections.abc import Iterator

from yuelai.wire.errors import PeerError, TooLong
from yuelai.wire.sip.message import Request, Response
from yuelai.wire.sip.reading import MAX_HEAD, content_length, parse_head


class StreamParser:
    """Feed bytes as they come. After a PeerError the framing is lost: close the connection."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        """How far there is no end of a head, so that a head that trickles in is not searched again and again."""
        self._waiting: tuple[Request | Response, int] | None = None
        self.pings = 0
        """Keep-alives heard (double CRLF, RFC 5626 §4.4.1), each owed one CRLF; the owner counts down."""
        self.raw = b""
        """The message yielded last, as it came."""
        self._head = b""

    @property
    def pending(self) -> bool:
        """True while part of a message has come, and not all of it."""
        return self._waiting is not None or bool(self._buffer.strip(b"\r\n"))

    def feed(self, data: bytes) -> Iterator[Request | Response]:
        """Yield the messages that are now complete.

        Raises PeerError; a request whose length is at fault is yielded before that, to be refused.
        """
        buffer = self._buffer
        buffer += data
        while True:
            if self._waiting is None:
                self._skip_blank()
                end = buffer.find(b"\r\n\r\n", self._searched)
                if end < 0:
                    self._searched = max(0, len(buffer) - 3)
                    if len(buffer) > MAX_HEAD:
                        raise TooLong("the head is too long")
                    return
                self._searched = 0
                self.raw = self._head = bytes(buffer[: end + 4])
                message = parse_head(self._head[:-4])
                try:
                    length = content_length(message)
                    if length is None:
                        raise PeerError("Content-Length is missing on a stream")
                except PeerError as error:
                    if isinstance(message, Request):
                        message.fault = error
                        yield message
                    raise
                del buffer[: end + 4]
                self._waiting = message, length
            message, length = self._waiting
            if len(buffer) < length:
                return
            message.body = bytes(buffer[:length])
            del buffer[:length]
            self._waiting = None
            self.raw = self._head + message.body
            yield message

    def _skip_blank(self) -> None:
        buffer = self._buffer
        if not buffer.startswith(b"\r"):
            return
        blank = len(buffer) - len(buffer.lstrip(b"\r\n"))
        pairs = buffer[:blank].replace(b"\r\n\r\n", b"P")
        self.pings += pairs.count(b"P")
        # What is left of a ping is skipped only when more than it has come.
        keep = 0 if blank < len(buffer) else min(3, len(pairs) - pairs.rfind(b"P") - 1)
        if blank - keep > 0:
            del buffer[: blank - keep]
            self._searched = 0
