"""Transactions over UDP, the little a test caller needs (RFC 3261 §17): repeat until answered, answer repeats alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from yuelai.wire.sip import Request, Response

T1, T2 = 0.5, 4.0
"""Seconds: the first interval of repetition and the longest one (§17.1.1.1)."""
LIFETIME = 64 * T1

Send = Callable[[bytes], None]


class Client:
    """One request of ours. `heard` gets every response, and a 408 of our own when none ever came (§17.1).

    `proceeding` once any response has come, `done` once a final one has.
    """

    def __init__(self, request: Request, send: Send, heard: Callable[[Response], None]) -> None:
        self.request = request
        self._send, self._heard = send, heard
        self._interval = T1
        self._loop = asyncio.get_running_loop()
        self.proceeding = self.done = False
        self._repeat: asyncio.TimerHandle | None = None
        self._end = self._loop.call_later(LIFETIME, self._expire)

    def start(self) -> None:
        self._send(self.request.to_bytes())
        self._repeat = self._loop.call_later(self._interval, self._again)

    def _again(self) -> None:
        if self.request.method != "INVITE":
            self._interval = T2 if self.proceeding else min(self._interval * 2, T2)
        else:
            self._interval *= 2
        self.start()

    def _expire(self) -> None:
        self.close()
        if not self.done:
            self.done = True
            self._heard(self.request.response(408, "Request Timeout"))

    def receive(self, response: Response) -> None:
        final = response.status >= 200
        if self.request.method == "INVITE":
            self._quiet()
            # Timer B guards only the wait for a first answer; how long a phone may ring is the caller's to say.
            self._end.cancel()
            if final and response.status >= 300:
                self._send(self._acknowledgement(response).to_bytes())
                if self.done:
                    return
        elif final:
            if self.done:
                return
            self.close()
        self.proceeding = True
        self.done = self.done or final
        self._heard(response)

    def _acknowledgement(self, response: Response) -> Request:
        """The ACK of a refusal: same branch, the response's To (§17.1.1.3)."""
        ack = Request("ACK", self.request.target)
        for key, value in self.request.fields:
            if key in ("via", "from", "call-id", "route", "max-forwards"):
                ack.add(key, value)
        ack.add("to", response.get("to") or "")
        ack.add("cseq", f"{self.request.cseq.number} ACK")
        return ack

    def _quiet(self) -> None:
        if self._repeat is not None:
            self._repeat.cancel()

    def close(self) -> None:
        self._quiet()
        self._end.cancel()


class Server:
    """One request of theirs: what was answered last is sent again when the request comes again (§17.2)."""

    def __init__(self, request: Request, send: Send) -> None:
        self.request = request
        self._send = send
        self._last: bytes | None = None
        self._loop = asyncio.get_running_loop()
        self._repeat: asyncio.TimerHandle | None = None
        self._stop_at = 0.0
        self.status = 0

    def respond(self, response: Response) -> None:
        """Send it; a final answer to an INVITE is repeated until `acknowledged` (§13.3.1.4, §17.2.1)."""
        self._last = response.to_bytes()
        self.status = response.status
        self._send(self._last)
        if self.request.method == "INVITE" and response.status >= 200:
            self._stop_at = self._loop.time() + LIFETIME
            self._repeat = self._loop.call_later(T1, self._again, T1)

    def _again(self, interval: float) -> None:
        if self._last is not None and self._loop.time() < self._stop_at:
            self._send(self._last)
            interval = min(2 * interval, T2)
            self._repeat = self._loop.call_later(interval, self._again, interval)

    def repeated(self) -> None:
        if self._last is not None:
            self._send(self._last)

    def acknowledged(self) -> None:
        if self._repeat is not None:
            self._repeat.cancel()

    def close(self) -> None:
        self.acknowledged()
