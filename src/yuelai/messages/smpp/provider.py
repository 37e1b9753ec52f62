"""A provider that speaks SMPP 3.4, over TCP: one connection as transceiver."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import structlog

from yuelai.messages.ports import Event, NotConnected, Receipt, SessionOver, Submission
from yuelai.messages.smpp.connection import BindRefused, Connection
from yuelai.messages.smpp.pdus import Broken

log = structlog.get_logger()

PORT = 2775
WINDOW = 10
"""Parts that may be under way."""
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""For what is under way; a provider that takes longer is as if it were gone."""
ENQUIRE_SECONDS = 30.0
"""After so long a silence we ask whether anybody is there."""
_READ = 64 * 1024
_TICK_SECONDS = 1.0


@dataclass(frozen=True)
class Address:
    host: str
    port: int
    system_id: str
    password: str = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read `smpp://user:password@host:port`."""
        found = urlsplit(url)
        return cls(
            found.hostname or "", found.port or PORT, unquote(found.username or ""), unquote(found.password or "")
        )


class SmppProvider:
    """`messages.ports.SmsProvider`. `source` is whom messages say they are from, as the provider allows it."""

    def __init__(self, address: Address, source: str = "", *, window: int = WINDOW) -> None:
        self._address, self._source, self._window = address, source, window

    async def connect(self) -> SmppSession:
        """Connect and bind. Raises `NotConnected`."""
        try:
            connection = Connection(self._address.system_id, self._address.password, self._source)
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(self._address.host, self._address.port)
                try:
                    events = await _bind(connection, reader, writer)
                except BaseException:
                    writer.transport.abort()
                    raise
        except (OSError, TimeoutError, BindRefused, Broken, ValueError) as error:
            raise NotConnected(str(error) or type(error).__name__) from error
        return SmppSession(connection, reader, writer, self._window, events)


async def _bind(connection: Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[Event]:
    """Return what came with the answer: a provider tells at once what it kept for us."""
    writer.write(connection.to_send())
    events: list[Event] = []
    while not connection.bound:
        data = await reader.read(_READ)
        if not data:
            raise ConnectionError("the provider hung up")
        events += connection.receive(data)
    return events


class SmppSession:
    """`messages.ports.Session`. `events` have happened already."""

    def __init__(
        self,
        connection: Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        window: int,
        events: Sequence[Event] = (),
    ) -> None:
        self._connection, self._reader, self._writer, self._window = connection, reader, writer, window
        self._events: list[Event] = list(events)
        self._moved = asyncio.Event()
        self._over = False
        self._reading = asyncio.create_task(self._read(), name="smpp")

    @property
    def room(self) -> int:
        return 0 if self._over or self._writer.is_closing() else max(0, self._window - self._connection.under_way)

    @property
    def under_way(self) -> int:
        return self._connection.under_way

    async def wait_room(self) -> None:
        while not self.room:
            if self._over:
                raise SessionOver
            await self._wait()

    def submit(self, submission: Submission) -> None:
        if self._over or self._writer.is_closing():
            raise SessionOver
        self._connection.submit(submission, asyncio.get_running_loop().time())
        self._write()

    async def events(self) -> Sequence[Event]:
        while not self._events:
            if self._over:
                raise SessionOver
            await self._wait()
        events, self._events = self._events, []
        return events

    def confirm(self, receipt: Receipt) -> None:
        if not self._over:
            self._connection.confirm(receipt)
            self._write()

    async def close(self) -> None:
        """Say good-bye, without waiting for an answer."""
        if not self._over:
            self._connection.unbind()
            self._write()
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading

    async def _wait(self) -> None:
        self._moved.clear()
        await self._moved.wait()

    def _write(self) -> None:
        data = self._connection.to_send()
        if data and not self._writer.is_closing():
            self._writer.write(data)

    async def _read(self) -> None:
        why = "closed"
        try:
            while not self._connection.over:
                data = await self._heard()
                if not data:
                    why = "the provider hung up"
                    break
                self._events += self._connection.receive(data)
                self._write()
                self._moved.set()
                self._connection.receive(b"")  # raises when there was rubbish behind
        except (OSError, TimeoutError, Broken, BindRefused) as error:
            why = str(error) or type(error).__name__
        finally:
            log.info("smpp_session_over", why=why, lost=self._connection.under_way)
            self._events += self._connection.end()
            self._over = True
            self._moved.set()
            # What is still to be written is so: a farewell may be in it.
            self._writer.close()

    async def _heard(self) -> bytes:
        """Return what comes next. Raises `TimeoutError`: nothing did, though something was due."""
        loop = asyncio.get_running_loop()
        since, asked_at = loop.time(), None
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_SECONDS):
                    return await self._reader.read(_READ)
            now, oldest = loop.time(), self._connection.oldest_at
            if any(at is not None and now - at > ANSWER_SECONDS for at in (oldest, asked_at)):
                raise TimeoutError("no answer")
            if asked_at is None and now - since > ENQUIRE_SECONDS:
                self._connection.enquire()
                self._write()
                asked_at = now
