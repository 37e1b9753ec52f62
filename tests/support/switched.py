"""The switch of `tests.support.switch` within a test, on a free port, its time running faster."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support import switch
from tests.support.haste import HastyClock, HastyTelephony
from tests.support.sipp import Sipp

SPEED = 10
"""T1 is 50 ms: half a minute of timers is over in three seconds."""
RETRANS = str(500 // SPEED)
HELD = ("legs", "dialogs", "transactions", "calls", "journalled")


class Switched:
    """Give it sipp peers; `empty` proves that nothing is left of any call."""

    def __init__(self, inner: switch.Switch) -> None:
        self.inner = inner
        self._peers: list[Sipp] = []

    @property
    def port(self) -> int:
        return self.inner.telephony.port

    def sipp(self, scenario: str, port: int, *, calls: int = 1, options: tuple[str, ...] = (), **words: str) -> Sipp:
        """Start a sipp on this port which speaks to the switch."""
        words = {"RETRANS": RETRANS, **words}
        options = ("-T2", str(4000 // SPEED), *options)
        peer = Sipp(scenario, self.port, port=port, calls=calls, words=words, options=options)
        self._peers.append(peer)
        return peer

    async def empty(self, seconds: float = 8.0) -> None:
        """Wait until no leg, dialog, transaction, call or journal entry is left; fail when some stay."""
        deadline = time.monotonic() + seconds
        while any(self.inner.report()[name] for name in HELD):
            assert time.monotonic() < deadline, f"left over: {self.inner.report()}"
            await asyncio.sleep(0.05)

    def stop(self) -> None:
        for peer in self._peers:
            peer.stop()


@asynccontextmanager
async def switched(*arguments: str, speed: float = SPEED) -> AsyncIterator[Switched]:
    """`arguments` are the program's. At the end nothing may be left of any call."""
    clock = HastyClock(speed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(switch, "SystemClock", lambda: clock)
        patch.setattr(switch, "SipTelephony", HastyTelephony)
        inner = switch.Switch(switch.parse(["--log", "warning", *arguments]), None)
    await inner.telephony.start(port=0)
    running = Switched(inner)
    try:
        yield running
        await running.empty()
    finally:
        running.stop()
        await inner.board.close()
        await inner.telephony.close()
