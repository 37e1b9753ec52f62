"""Takes incoming legs, asks the plan whom to call, and has the calls that come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import structlog

from yuelai.platform.ids import LegId
from yuelai.telephony.b2bua.call import Call
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.media import MediaBridge
from yuelai.telephony.b2bua.metrics import CALLS
from yuelai.telephony.b2bua.plan import Planner, Refuse, Wanted
from yuelai.telephony.b2bua.replacing import join, replace
from yuelai.telephony.ports import Leg, Telephony
from yuelai.telephony.timers import Timers

log = structlog.get_logger()


class Halves(dict[LegId, Half]):
    """Every half that has a leg, by its leg. `changed` is told of a half that came or went."""

    def __init__(self, changed: Callable[[Half], None]) -> None:
        super().__init__()
        self._changed = changed

    def __setitem__(self, leg: LegId, half: Half) -> None:
        super().__setitem__(leg, half)
        self._changed(half)

    def pop(self, leg: LegId, *default: Any) -> Any:
        half = super().pop(leg, None)
        if half is not None:
            self._changed(half)
        return half


class Switchboard:
    """`take` is what `Telephony.on_call` wants. `on_party` is told of a registered user's half that came or went."""

    def __init__(
        self, telephony: Telephony, media: MediaBridge, plan: Planner, timers: Timers, host: str = "localhost"
    ) -> None:
        """`host` is what we are called in URIs."""
        self.telephony, self.media, self.plan, self.timers, self.host = telephony, media, plan, timers, host
        self.calls: dict[UUID, Call] = {}
        self.on_party: Callable[[Half], None] = lambda half: None
        self.halves: dict[LegId, Half] = Halves(lambda half: self.on_party(half))
        self._tasks: set[asyncio.Task[None]] = set()
        telephony.crossing(self.across)

    async def take(self, leg: Leg) -> None:
        """Own this leg from now on."""
        if leg.replaces is not None:
            await self._replace(leg, leg.replaces)
            return
        if leg.joins is not None:
            standing = self.halves.get(leg.joins)
            await (leg.hangup(481) if standing is None else join(standing.call, leg))
            return
        call = Call(self)
        self.calls[call.id] = call
        CALLS.inc()
        await call.accept(leg)
        try:
            plan = await self.plan(Wanted(leg, leg.called, "" if leg.trunk else leg.caller))
        except Exception:
            await call.refuse(500)
            raise
        if isinstance(plan, Refuse):
            await call.refuse(plan.status, plan.reason, plan.cause)
        else:
            await call.dial(plan)

    async def _replace(self, leg: Leg, wanted: LegId) -> None:
        gone = self.halves.get(wanted)
        if gone is None:
            await leg.hangup(481)
        else:
            await replace(gone.call, gone, leg)

    def across(self, leg: LegId) -> LegId | None:
        """Return the leg of the other party of a standing call."""
        half = self.halves.get(leg)
        beside = half.call.beside(half) if half is not None else None
        return beside.leg.id if beside is not None and beside.here and beside.leg is not None else None

    def closed(self, call: Call) -> None:
        if self.calls.pop(call.id, None) is not None:
            CALLS.dec()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("call_task_failed", exc_info=error)

    async def close(self) -> None:
        """Let everybody go."""
        for call in list(self.calls.values()):
            await call.hangup(503, "shutting down")
