"""The switch of `tests.support.switch` within a test, on a free port, its time running faster.

Who calls a number that is a port of this machine reaches whoever is there, by TCP when it begins with 0; ports joined
by `-` are called at once, and those after a `*` when all before have failed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support import switch
from tests.support.certificates import Pair
from tests.support.sipp import Sipp
from yuelai.telephony.b2bua.plan import Plan, Refuse, Wanted
from yuelai.telephony.hops import Hop, StreamHop, UdpHop
from yuelai.telephony.ports import Destination, Digest

SPEED = 10
"""T1 is 50 ms: half a minute of timers is over in three seconds."""
RETRANS = str(500 // SPEED)
OURS = Digest("trunk", "secret")
"""Who we are at those we call."""
STANDING = ("legs", "dialogs", "calls", "journalled")
EVERYTHING = (*STANDING, "transactions")


class Switched(switch.Switch):
    """Give it peers; `quiet` and `empty` prove that nothing is left of any call."""

    timeout = 60.0
    """How long somebody is called, in seconds of its own time."""

    @property
    def port(self) -> int:
        return self.telephony.port

    async def plan(self, wanted: Wanted) -> Plan | Refuse:
        if len(wanted.number) < 5 or not set(wanted.number) <= set("0123456789-*"):
            return await super().plan(wanted)
        stages = [
            [Destination(f"sip:{port}@127.0.0.1:{int(port)}", (_hop(port),), digest=OURS) for port in part.split("-")]
            for part in wanted.number.split("*")
        ]
        return Plan(stages, timeout=self.timeout)

    def sipp(self, scenario: str, port: int, *, calls: int = 1, options: tuple[str, ...] = (), **words: str) -> Sipp:
        """Start a sipp on this port which speaks to the switch; it has its retransmissions at our speed."""
        options = ("-T2", str(4000 // SPEED), *options)
        words = {"RETRANS": RETRANS, **words}
        return Sipp(scenario, self.port, port=port, calls=calls, words=words, options=options)

    async def quiet(self, seconds: float = 5.0) -> None:
        """Wait until no leg, dialog, call or journal entry is left; fail when some stay."""
        await self._without(STANDING, seconds)

    async def empty(self, seconds: float = 5.0) -> None:
        """Wait until not even a transaction is left, nor a timer but that of the sweep, which finds nothing amiss."""
        await self._without(EVERYTHING, seconds)
        async with asyncio.timeout(seconds):
            while self.report()["timers"] > 1:
                await asyncio.sleep(0.02)
        assert self.telephony._stack.ua.sweep() == 0

    async def _without(self, names: tuple[str, ...], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while any(self.report()[name] for name in names):
            assert time.monotonic() < deadline, f"left over: {self.report()}"
            await asyncio.sleep(0.02)


def _hop(port: str) -> Hop:
    return StreamHop("TCP", "127.0.0.1", int(port)) if port.startswith("0") else UdpHop("127.0.0.1", int(port))


@asynccontextmanager
async def switched(*arguments: str, speed: float = SPEED, tls: Pair | None = None) -> AsyncIterator[Switched]:
    """`arguments` are the program's. At the end nothing may be left of any call; at the world's own speed, where
    transactions take half a minute to be forgotten, no call."""
    words = ("--tls", str(tls.cert), str(tls.key)) if tls else ()
    running = Switched(switch.parse(["--speed", str(speed), *arguments, *words]), None)
    await running.telephony.start(port=0)
    try:
        yield running
        await (running.quiet() if speed == 1 else running.empty())
    finally:
        await running.board.close()
        await running.telephony.close()
