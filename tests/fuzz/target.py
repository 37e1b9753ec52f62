"""Telephony in a process of its own for the fuzzers: UDP, TCP and WebSocket on free ports, its time running faster.

`python -m tests.fuzz.target [PEER-PORT]` prints `ready SIP-PORT WEBSOCKET-PORT`, and a JSON line of what it holds on
SIGUSR1. Calls are answered, refused, left ringing or hung up by dice, and beside some it calls the peer itself. All it
logs as an error is a defect.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import itertools
import json
import random
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.support.switch import Switch, parse
from yuelai.platform.config import Settings
from yuelai.platform.errors import Refusal
from yuelai.platform.logging import configure
from yuelai.telephony.guards import guards
from yuelai.telephony.guards.rates import Rate
from yuelai.telephony.hops import UdpHop
from yuelai.telephony.ports import (
    Answered,
    Confirmed,
    Destination,
    Leg,
    LegEvent,
    Reoffered,
)

SPEED = 10.0
ANSWER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"


class Target:
    def __init__(self, peer_port: int | None) -> None:
        self._peer_port, self._calls = peer_port, 0
        guards.AT_HOME = Rate(1e6, 1e6)  # a browser that throws as much as it can is to be read
        self._dice = random.Random(1)
        self._flows = itertools.count()
        self._keeping: set[asyncio.Task[None]] = set()
        to = ["--to", f"127.0.0.1:{peer_port}", "--timeout", "20"] if peer_port is not None else []
        self.switch = Switch(parse(["--speed", str(SPEED), "--user", "8001:secret", *to]), None)
        self.telephony = self.switch.telephony
        self.telephony.on_call(self._offered)

    async def _offered(self, leg: Leg) -> None:
        """Half of the calls are the switchboard's, which joins them to others, the rest are our own."""
        await (self.switch.board.take(leg) if self._dice.random() < 0.5 else self._take(leg))

    async def _take(self, leg: Leg) -> None:
        def heard(event: LegEvent) -> None:
            self._calls += isinstance(event, Confirmed)
            if isinstance(event, Reoffered):
                self._later(leg.accept(ANSWER) if self._dice.random() < 0.8 else leg.refuse_offer())

        leg.listen(heard)
        self._later(self._live(leg))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def _dial(self) -> None:
        """Call the peer, who answers as it likes."""
        hop = UdpHop("127.0.0.1", self._peer_port or 9)
        events: list[LegEvent] = []
        leg = await self.telephony.dial_to(
            [[Destination(f"sip:peer@127.0.0.1:{hop.port}", (hop,))]],
            sdp=ANSWER, caller="1", called="2", listener=events.append,
        )  # fmt: skip
        await asyncio.sleep(self._dice.random() * 0.3)
        if self._dice.random() < 0.3 and any(isinstance(event, Answered) for event in events):
            self._later(self._reoffer(leg))
            await asyncio.sleep(0.05)
        await leg.hangup()

    async def _reoffer(self, leg: Leg) -> None:
        await leg.reoffer(ANSWER.replace("4000", "4002"))

    async def _live(self, leg: Leg) -> None:
        if self._peer_port is not None and self._dice.random() < 0.3:
            self._later(self._dial())
        fate = self._dice.random()
        if fate < 0.2:
            await leg.hangup(self._dice.choice((404, 486, 603)))
            return
        if fate < 0.5:
            await leg.ringing()
        if fate < 0.9:
            await asyncio.sleep(self._dice.random() * 0.05)
            await leg.answer(ANSWER)
        await asyncio.sleep(self._dice.random() * 0.3)
        await leg.hangup()

    async def browser(self, socket: ServerConnection) -> None:
        """One WebSocket, its frames carried as core carries them."""
        flow = f"fuzz-{next(self._flows)}"
        out: asyncio.Queue[bytes] = asyncio.Queue(10_000)

        def put(data: bytes) -> None:
            with contextlib.suppress(asyncio.QueueFull):
                out.put_nowait(data)

        async def write() -> None:
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await socket.send(await out.get())

        writer = asyncio.ensure_future(write())
        self.telephony.ws_open(flow, put)
        try:
            async for frame in socket:
                self.telephony.ws_frame(flow, frame.encode() if isinstance(frame, str) else frame)
        except ConnectionClosed:
            pass
        finally:
            self.telephony.ws_close(flow)
            writer.cancel()

    def report(self) -> dict[str, int]:
        gc.collect()
        held = self.switch.report()
        return {
            **{name: held[name] for name in ("legs", "dialogs", "transactions", "journalled", "rss")},
            "joined": held["calls"],
            "tasks": len(self.telephony._stack.ua.tasks),
            "calls": self._calls,
            "blocks": sys.getallocatedblocks(),
            "heap": heap_in_use(),
        }


class _Mallinfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "used", "free", "keepcost")
    ]


def heap_in_use() -> int:
    """Bytes that malloc has given out; 0 where the C library does not tell (it is not glibc 2.33 or newer)."""
    try:
        mallinfo2 = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        return 0
    mallinfo2.restype = _Mallinfo
    return int(mallinfo2().used)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """The other side may have gone before us: that is refused, and no defect."""
    with contextlib.suppress(Refusal):
        await work


async def main() -> None:
    configure("fuzz", Settings(log_level="error"))
    target = Target(int(sys.argv[1]) if len(sys.argv) > 1 else None)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: say(json.dumps(target.report())))
    await target.telephony.start(port=0)
    async with serve(target.browser, "127.0.0.1", 0, max_size=2**20) as server:
        say(f"ready {target.telephony.port} {server.sockets[0].getsockname()[1]}")
        await stop.wait()
    await target.switch.board.close()
    await target.telephony.close()


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - whoever started us reads it


if __name__ == "__main__":
    asyncio.run(main())
