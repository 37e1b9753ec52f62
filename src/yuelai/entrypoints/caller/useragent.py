"""The test caller's user agent: the SIP stack of the centre on a socket of its own, to place calls and take them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from yuelai.entrypoints.caller.call import Call
from yuelai.entrypoints.caller.registration import Registration
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId
from yuelai.telephony.hops import UdpHop
from yuelai.telephony.ports import BindingRecord, Credential, Destination, DialogRecord, Digest, Leg
from yuelai.telephony.service import SipTelephony
from yuelai.wire.sip import Uri

log = structlog.get_logger()


class UserAgent:
    """`server` is where all requests go. With a user and password, challenges are answered (RFC 3261 §22)."""

    def __init__(self, server: tuple[str, int], host: str, user: str, password: str | None) -> None:
        self.server, self.host, self.user = server, host, user
        self.hop = UdpHop(socket.gethostbyname(server[0]), server[1])
        # Whoever is at the server's address may call us; there is nobody else to ask.
        settings = Settings(home=Path("."), bind=host, public_address=host, trunks=self.hop.host, sip_trace_hours=0)
        self.telephony = SipTelephony(settings, SystemClock(), _Nobody(), _Forgetful(), _Forgetful())
        self.telephony.on_call(self._take)
        self.calls: list[Call] = []
        self.on_call: Callable[[Call], None] | None = None
        self.digest = Digest(user, password) if password is not None else None
        self._registration: Registration | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls, server: tuple[str, int], *, user: str = "caller", password: str | None = None, host: str = "127.0.0.1"
    ) -> UserAgent:
        """Bind to a free port of `host`, the address that the server can reach us at."""
        agent = cls(server, host, user, password)
        await agent.telephony.start(port=0, tcp=False)
        return agent

    @property
    def port(self) -> int:
        return self.telephony.port

    async def close(self) -> None:
        """End every call, let the BYEs be answered, and close the socket."""
        if self._registration is not None:
            self._registration.stop()
        for call in self.calls:
            if not call.over:
                await call.hangup()
        await self.telephony.close()
        for task in list(self._tasks):
            task.cancel()

    async def register(self, expires: int = 300) -> None:
        """Register `user` and keep it so. Raises RegistrationFailed."""
        self._registration = Registration(self)
        await self._registration.start(expires)

    async def unregister(self) -> None:
        if self._registration is not None:
            await self._registration.leave()
            self._registration = None

    async def invite(self, number: str, *, keep_sound: bool = False) -> Call:
        """Begin a call to `number` at the server; wait for `Call.final` to learn what became of it."""
        call = await Call.outgoing(self, number, keep_sound=keep_sound)
        self.calls.append(call)
        return call

    def destination(self, number: str) -> Destination:
        """A phone calls as its address of record, a trunk from its own host."""
        host, port = self.server if self.digest is not None else (self.host, self.port)
        return Destination(
            str(Uri("sip", number, *self.server)),
            (self.hop,),
            sender=f"<{Uri('sip', self.user, host, port)}>",
            recipient=f"<{Uri('sip', number, *self.server)}>",
            digest=self.digest,
        )

    async def _take(self, leg: Leg) -> None:
        call = Call.incoming(self, leg)
        self.calls.append(call)
        if self.on_call is None:
            await leg.hangup(480)
        else:
            self.on_call(call)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        try:
            await work
        except Exception:
            log.exception("test_caller_failed")


class _Nobody:
    """Nobody registers at the test caller."""

    async def credential(self, username: str) -> Credential | None:
        return None


class _Forgetful:
    """What is not kept: a test caller that died has no calls to end."""

    async def confirmed(self, record: DialogRecord) -> None:
        return None

    async def ended(self, leg_id: LegId) -> None:
        return None

    async def bound(self, record: BindingRecord) -> None:
        return None

    async def unbound(self, registration_id: UUID) -> None:
        return None
