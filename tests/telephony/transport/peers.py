"""Ends of real sockets on the loopback interface, for tests of the transports."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

from yuelai.telephony.hops import Hop
from yuelai.telephony.transport import Failure, Limits, Transports
from yuelai.telephony.transport.streams import ClientTls
from yuelai.wire.sip import Request, Response

Message = Request | Response


def options(branch: str = "z9hG4bKone", *, transport: str = "TCP", body: bytes = b"", padding: int = 0) -> bytes:
    request = Request("OPTIONS", "sip:10000@127.0.0.1")
    request.add("via", f"SIP/2.0/{transport} 127.0.0.1:5060;branch={branch};rport")
    request.add("from", "<sip:peer@127.0.0.1>;tag=1")
    request.add("to", "<sip:10000@127.0.0.1>")
    request.add("call-id", branch)
    request.add("cseq", "1 OPTIONS")
    if padding:
        request.add("subject", "x" * padding)
    request.body = body
    return request.to_bytes()


class End:
    """Transports of ours that keep what they hear; `answering` answers each request with 200 where it came from."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        tls: ClientTls | None = None,
        answering: bool = True,
        family: str = "127.0.0.1",
    ) -> None:
        self.heard: list[tuple[Message, Hop]] = []
        self.lost: list[Hop] = []
        self.failures: list[tuple[Hop, Failure]] = []
        self.transports = Transports(self._take, limits=limits, tls=tls)
        self.transports.lost = self.lost.append
        self.transports.on_failure.append(lambda hop, failure: self.failures.append((hop, failure)))
        self.answering, self.family = answering, family
        self.port = self.tls_port = 0

    async def __aenter__(self) -> End:
        self.port = await self.transports.open(self.family, 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.transports.close()
        await asyncio.sleep(0.01)

    async def listen_tls(self, context: ssl.SSLContext) -> int:
        self.tls_port = await self.transports.open_tls(self.family, 0, context)
        return self.tls_port

    def _take(self, message: Message, source: Hop) -> None:
        self.heard.append((message, source))
        if self.answering and isinstance(message, Request):
            self.transports.send(source, message.response(200, tag="t").to_bytes())

    @property
    def messages(self) -> list[Message]:
        return [message for message, _ in self.heard]

    async def hears(self, count: int = 1) -> list[Message]:
        await until(lambda: len(self.heard) >= count)
        return self.messages


async def until(check: Callable[[], Any], seconds: float = 8.0) -> None:
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.005)


async def closed(reader: asyncio.StreamReader, seconds: float = 8.0) -> bytes:
    """Return what comes until the other side closes or resets."""
    got = b""
    async with asyncio.timeout(seconds):
        try:
            while data := await reader.read(65536):
                got += data
        except ConnectionError:
            pass
    return got
