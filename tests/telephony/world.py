"""Two or more ends in memory, in virtual time, joined by a network that may lose, double and reorder."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yuelai.platform.clock import VirtualClock
from yuelai.platform.config import Settings
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import LegId, new_id
from yuelai.telephony.hops import FlowHop, Hop, StreamHop, UdpHop
from yuelai.telephony.liveness import IDLE_SECONDS
from yuelai.telephony.ports import BindingRecord, Credential, Destination, DialogRecord, Ended, Leg, LegEvent
from yuelai.telephony.registrar import Binding
from yuelai.telephony.stack import Stack
from yuelai.telephony.timers import Timer
from yuelai.wire.sip import Request, Response, parse_datagram, parse_uri
from yuelai.wire.sip.digest import Algorithm, ha1

OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
ANSWER = OFFER.replace("4000", "5000")


class Net:
    """`fate` says with which delays copies of a datagram arrive; an empty list loses it."""

    def __init__(self, fate: Callable[[], list[float]] = lambda: [0.01]) -> None:
        self.clock = VirtualClock()
        self.fate = fate
        self.ends: dict[Hop, Callable[[bytes, Hop], None]] = {}
        self.stacks: list[Stack] = []
        self.log: list[tuple[UdpHop, Hop, Request | Response]] = []
        self._queue: list[tuple[float, int, Hop, Hop, bytes]] = []
        self.broken: set[Hop] = set()
        """Ends that no connection can be made to."""
        self._count = itertools.count()

    def put(self, source: UdpHop, target: Hop, data: bytes) -> None:
        self.log.append((source, target, parse_datagram(data)))
        for delay in self.fate():
            heapq.heappush(self._queue, (self.clock.monotonic() + delay, next(self._count), source, target, data))

    def stream(self, source: UdpHop, target: StreamHop, data: bytes) -> bool:
        """Send over a connection: nothing is lost or overtaken, unless there is no connection to be had."""
        end: Hop = target if target in self.ends else UdpHop(target.host, target.port)
        if end in self.broken or end not in self.ends:
            return False
        self.log.append((source, end, parse_datagram(data)))
        whence = StreamHop(target.transport, source.host, source.port)
        heapq.heappush(self._queue, (self.clock.monotonic() + 0.01, next(self._count), whence, end, data))
        return True

    def sent(self, source: UdpHop, what: str | int) -> int:
        """How often an end sent a method, or a status."""
        return sum(
            1
            for start, _, m in self.log
            if start == source and (m.method if isinstance(m, Request) else m.status) == what
        )

    async def settle(self) -> None:
        for _ in range(12):
            await asyncio.sleep(0)

    async def run(self, seconds: float) -> None:
        """Let virtual time pass, stopping at everything that happens on the way."""
        end = self.clock.monotonic() + seconds
        await self.settle()
        while True:
            dues = [due for stack in self.stacks if (due := stack.timers.next_due()) is not None]
            dues += [self._queue[0][0]] if self._queue else []
            due = min(dues, default=end)
            if due > end:
                break
            self.clock.advance(max(0.0, due - self.clock.monotonic()))
            while self._queue and self._queue[0][0] <= self.clock.monotonic():
                _, _, source, target, data = heapq.heappop(self._queue)
                if target in self.ends:
                    self.ends[target](data, source)
            for stack in self.stacks:
                stack.timers.run()
            await self.settle()
            if not dues:
                break
        self.clock.advance(max(0.0, end - self.clock.monotonic()))


def shaky(seed: int, *, loss: float = 0.0, double: float = 0.0, spread: float = 0.0) -> Callable[[], list[float]]:
    dice = random.Random(seed)

    def fate() -> list[float]:
        if dice.random() < loss:
            return []
        copies = 2 if dice.random() < double else 1
        return [0.01 + dice.random() * spread for _ in range(copies)]

    return fate


@dataclass
class MemoryJournal:
    """What stands; `gate`, when set, holds `confirmed` back until it is released."""

    open: dict[LegId, DialogRecord] = field(default_factory=dict)
    ever: list[DialogRecord] = field(default_factory=list)
    gate: asyncio.Event | None = None
    broken: bool = False

    async def confirmed(self, record: DialogRecord) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.broken:
            raise OSError("disk full")
        self.open[record.leg_id] = record
        self.ever.append(record)

    async def ended(self, leg_id: LegId) -> None:
        self.open.pop(leg_id, None)


@dataclass
class MemoryBindings:
    """The list of phones; `writes` counts what reached it."""

    kept: dict[UUID, BindingRecord] = field(default_factory=dict)
    writes: int = 0
    full: bool = False

    async def bound(self, record: BindingRecord) -> None:
        if self.full:
            raise Unavailable
        self.writes += 1
        self.kept[record.registration_id] = record

    async def unbound(self, registration_id: UUID) -> None:
        self.writes += 1
        del self.kept[registration_id]


class Passwords:
    """Every user's password is `secret`; a browser's name is `web-USER`."""

    def __init__(self, *users: str) -> None:
        self._users = set(users)

    async def credential(self, username: str) -> Credential | None:
        user = username.removeprefix("web-")
        if user not in self._users:
            return None
        return Credential(
            user,
            ha1(Algorithm.MD5, username, "yuelai", "secret"),
            ha1(Algorithm.SHA256, username, "yuelai", "secret"),
        )


class MemoryWire:
    def __init__(self, net: Net, here: UdpHop) -> None:
        self._net, self._here = net, here
        self.flows: dict[str, Callable[[bytes], None]] = {}

    def reachable(self, hop: Hop) -> bool:
        if isinstance(hop, StreamHop):
            return UdpHop(hop.host, hop.port) not in self._net.broken
        return not isinstance(hop, FlowHop) or hop.flow in self.flows

    def send(self, hop: Hop, data: bytes) -> bool:
        if isinstance(hop, FlowHop):
            if hop.flow not in self.flows:
                return False
            self.flows[hop.flow](data)
        elif isinstance(hop, StreamHop):
            return self._net.stream(self._here, hop, data)
        else:
            self._net.put(self._here, hop, data)
        return True


class Party:
    """A stack with its address, its journal, the legs it was offered and every event heard."""

    def __init__(
        self,
        net: Net,
        port: int,
        *,
        trunks: str = "127.0.0.1",
        users: tuple[str, ...] = ("8001", "8002"),
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.net, self.hop = net, UdpHop("127.0.0.1", port)
        self.journal, self.bindings = MemoryJournal(), MemoryBindings()
        self.wire = MemoryWire(net, self.hop)
        settings = Settings(trunks=trunks, home="unused")  # type: ignore[arg-type]
        self.stack = Stack(
            settings,
            net.clock,
            Passwords(*users),
            self.journal,
            self.bindings,
            self.wire,
            "127.0.0.1",
            port,
            idle_seconds=idle_seconds,
        )
        net.stacks.append(self.stack)
        net.ends[self.hop] = lambda data, source: self.stack.layer.receive(parse_datagram(data), source)
        self.offered: list[Leg] = []
        self.events: list[LegEvent] = []
        self.changed: list[str] = []
        self.stack.on_call(self._take)
        self.stack.on_registrations(self.changed.append)

    async def _take(self, leg: Leg) -> None:
        self.offered.append(leg)
        leg.listen(self.events.append)

    def know(self, user: str, *contacts: UdpHop) -> None:
        """Bind a user without a REGISTER, at each of these places."""
        for hop in contacts:
            contact = parse_uri(f"sip:{user}@{hop.host}:{hop.port}")
            binding = Binding(new_id(), user, contact, hop, hop, False, "", "c", 1, 0, 1e9, Timer(None))
            self.stack.registrar._users.setdefault(user, {})[contact.key()] = binding

    async def dial(self, user: str, *, browser: bool = False) -> Leg:
        return await self.stack.dial(
            user, browser=browser, sdp=OFFER, caller="13800000001", caller_name="王芳", listener=self.events.append
        )

    async def call(self, *stages: Sequence[Destination], sdp: str | None = OFFER, **more: Any) -> Leg:
        return await self.stack.dial_to(
            stages, sdp=sdp, caller="13800000001", called="10000", listener=self.events.append, **more
        )

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    @property
    def ended(self) -> list[Ended]:
        return [event for event in self.events if isinstance(event, Ended)]

    def empty(self) -> bool:
        """Nothing is left in memory or in the journal."""
        ua = self.stack.ua
        return not (ua.legs or ua.dialogs or ua.tasks or self.journal.open or self.stack.layer.size)


class RawPeer:
    """An end that says exactly what the test wants said."""

    def __init__(self, net: Net, port: int) -> None:
        self.net, self.hop = net, UdpHop("127.0.0.1", port)
        self.heard: list[Request | Response] = []
        net.ends[self.hop] = lambda data, source: self.heard.append(parse_datagram(data))

    def send(self, to: UdpHop, message: Request | Response) -> None:
        self.net.put(self.hop, to, message.to_bytes())

    def request(
        self, method: str, target: str, *, branch: str, call_id: str = "raw", cseq: int = 1, from_tag: str = "ft",
        to_tag: str | None = None, user: str = "13800000001", sdp: str | None = None, **headers: str,
    ) -> Request:  # fmt: skip
        request = Request(method, target)
        request.add("via", f"SIP/2.0/UDP {self.hop.host}:{self.hop.port};branch=z9hG4bK{branch};rport")
        request.add("from", f"<sip:{user}@127.0.0.1>;tag={from_tag}")
        request.add("to", f"<sip:10000@127.0.0.1>{f';tag={to_tag}' if to_tag else ''}")
        request.add("call-id", call_id)
        request.add("cseq", f"{cseq} {method}")
        request.add("contact", f"<sip:raw@{self.hop.host}:{self.hop.port}>")
        for name, value in headers.items():
            request.set(name.replace("_", "-"), value)
        if sdp is not None:
            request.set_body("application/sdp", sdp)
        return request

    def responses(self) -> list[int]:
        return [m.status for m in self.heard if isinstance(m, Response)]

    def requests(self) -> list[str]:
        return [m.method for m in self.heard if isinstance(m, Request)]

    def last(self, what: str | int) -> Request | Response:
        """The last message of this method or status."""
        return next(m for m in reversed(self.heard) if (m.method if isinstance(m, Request) else m.status) == what)

    def to(self, user: str = "10000", **more: Any) -> Destination:
        """This end as a destination of a call."""
        return Destination(uri=f"sip:{user}@{self.hop.host}:{self.hop.port}", hops=(self.hop,), **more)

    def invites(self) -> list[Request]:
        """The INVITEs that came, each once."""
        found: dict[str, Request] = {}
        for message in self.heard:
            if isinstance(message, Request) and message.method == "INVITE":
                found.setdefault(message.via.branch, message)
        return list(found.values())

    def answer(
        self, to: UdpHop, request: Request, status: int, *, tag: str = "pt", sdp: str | None = None, **headers: str
    ) -> Response:
        """Answer a request as a callee would."""
        response = request.response(status, tag=tag)
        response.add("contact", f"<sip:raw@{self.hop.host}:{self.hop.port}>")
        for name, value in headers.items():
            response.add(name.replace("_", "-"), value)
        if sdp is not None:
            response.set_body("application/sdp", sdp)
        self.send(to, response)
        return response


@dataclass
class Channels:
    """A `Capacity` that keeps account."""

    most: int = 1
    used: int = 0
    left: list[int] = field(default_factory=list)

    def enter(self) -> bool:
        if self.used >= self.most:
            return False
        self.used += 1
        return True

    def leave(self, status: int) -> None:
        self.used -= 1
        assert self.used >= 0
        self.left.append(status)
