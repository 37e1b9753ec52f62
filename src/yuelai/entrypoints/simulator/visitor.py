"""The customer whom a visitor of the demo plays: real calls to the centre, asked for on the page `/try`."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from yuelai.entrypoints.caller.call import Call, State
from yuelai.entrypoints.caller.useragent import UserAgent
from yuelai.entrypoints.simulator.callers import ACCESS_NUMBER, speaking
from yuelai.platform.errors import Conflict, NotFound, Refusal
from yuelai.platform.ids import new_id
from yuelai.platform.ipc import Handler, Peer

log = structlog.get_logger()

CUSTOMERS = (
    ("13800000001", "王芳", "known"),
    ("13800000002", "", "shared"),
    ("13800000003", "陈国华", "vip"),
    ("", "", "stranger"),
)
"""Number, name and what is special about it; a stranger's number is another one each time."""
MOST_CALLS = 2
LONGEST_SECONDS = 900.0
KEPT_SECONDS = 60.0
"""How long one can still see how a call ended."""
KEYS = frozenset("0123456789*#")


class VisitorBusy(Conflict):
    """The visitor is on a call already; hang up first."""

    code = "visitor_busy"


class NoSuchVisit(NotFound):
    """There is no such call any more."""

    code = "no_such_visit"


class BadVisit(Refusal):
    """Only the sample's customers call, and only keys can be pressed."""

    status = 422
    code = "bad_visit"


@dataclass
class _Visit:
    number: str
    agent: UserAgent
    call: Call
    task: asyncio.Task[None] | None = None


class Visitor:
    """Answers `try.*` of the web process. `server` is where SIP is spoken."""

    def __init__(self, server: tuple[str, int], rng: random.Random) -> None:
        self._server, self._rng = server, rng
        self._visits: dict[UUID, _Visit] = {}

    @property
    def handlers(self) -> dict[str, Handler]:
        return {
            "try.customers": self._customers,
            "try.call": self._place,
            "try.state": self._state,
            "try.keys": self._press,
            "try.hangup": self._hang_up,
        }

    async def close(self) -> None:
        tasks = [visit.task for visit in self._visits.values() if visit.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _customers(self, peer: Peer, params: dict[str, Any]) -> Any:
        return {"items": [{"number": number, "name": name, "kind": kind} for number, name, kind in CUSTOMERS]}

    async def _place(self, peer: Peer, params: dict[str, Any]) -> Any:
        kinds = {kind: number for number, _, kind in CUSTOMERS}
        if params.get("kind") not in kinds:
            raise BadVisit()
        if sum(not visit.call.over for visit in self._visits.values()) >= MOST_CALLS:
            raise VisitorBusy()
        number = kinds[params["kind"]] or f"139{self._rng.randrange(10**8):08d}"
        agent = await UserAgent.open(self._server, user=number, host=self._server[0])
        try:
            call = await agent.invite(ACCESS_NUMBER, keep_sound=False)
        except BaseException:
            await agent.close()
            raise
        id_, visit = new_id(), _Visit(number, agent, call)
        self._visits[id_] = visit
        visit.task = asyncio.create_task(self._live(id_, visit))
        log.info("visitor_calls", number=number)
        return {"id": str(id_), **_shown(visit)}

    async def _live(self, id_: UUID, visit: _Visit) -> None:
        call = visit.call
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_SECONDS):
                    await call.final.wait()
                    if not call.over:
                        call.sound.speak(speaking())
                    await call.ended.wait()
        finally:
            if not call.over:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(call.hangup(), 5.0)
            await visit.agent.close()
        await asyncio.sleep(KEPT_SECONDS)
        self._visits.pop(id_, None)

    async def _state(self, peer: Peer, params: dict[str, Any]) -> Any:
        return {"id": str(params["id"]), **_shown(self._visit(params))}

    async def _press(self, peer: Peer, params: dict[str, Any]) -> Any:
        visit, keys = self._visit(params), str(params.get("keys", ""))
        if not keys or not KEYS.issuperset(keys) or len(keys) > 20:
            raise BadVisit()
        if visit.call.state is State.ANSWERED:
            await visit.call.sound.press(keys)
            if not visit.call.over:
                visit.call.sound.speak(speaking())
        return _shown(visit)

    async def _hang_up(self, peer: Peer, params: dict[str, Any]) -> Any:
        visit = self._visit(params)
        if not visit.call.over:
            await asyncio.wait_for(visit.call.hangup(), 5.0)
        return _shown(visit)

    def _visit(self, params: dict[str, Any]) -> _Visit:
        try:
            return self._visits[UUID(str(params["id"]))]
        except (KeyError, ValueError):
            raise NoSuchVisit() from None


def _shown(visit: _Visit) -> dict[str, Any]:
    """Return `{number, state, seconds}`: calling, ringing, answered, ended or failed; seconds since the answer."""
    call = visit.call
    states = {State.TRYING: "calling", State.RINGING: "ringing", State.ANSWERED: "answered"}
    state = states.get(call.state, "ended" if call.answered_at is not None else "failed")
    until = call.ended_at if call.ended_at is not None else asyncio.get_running_loop().time()
    seconds = until - call.answered_at if call.answered_at is not None else 0.0
    return {"number": visit.number, "state": state, "seconds": round(seconds, 1)}
