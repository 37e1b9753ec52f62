"""A simulated agent: signs in, registers a phone, is ready, talks, wraps up."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog

from yuelai.channels.voice.speech import prompt_path
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.phone import Phone
from yuelai.entrypoints.caller.registration import RegistrationFailed
from yuelai.entrypoints.simulator.door import Door, Refused

log = structlog.get_logger()

DISPOSITIONS = ("inquiry", "billing", "fault", "business", "complaint", "followup")
NOTES = ("已答复客户", "已登记，等待回访", "客户咨询账单明细，已解释", "已派单", "")
ASIDE = "training"
LOOK_EVERY = 1.5
"""Seconds between two looks at one's own state."""


class Crew:
    """The simulated agents of one queue, as far as they have to know of each other: to see whether a person waits."""

    def __init__(self, queue_id: UUID) -> None:
        self._queue_id = queue_id
        self.states: dict[str, str] = {}
        """By number, as each last saw itself."""

    async def person_ready(self, door: Door) -> bool:
        """Is somebody ready who is not one of us?"""
        queue = await door.call("GET", f"/queues/{self._queue_id}/live")
        return bool(queue["ready"] > sum(state == "ready" for state in self.states.values()))


class SimulatedAgent:
    """Steps aside, as long as there is a `crew`, while a person is ready: a newcomer shall not wait for a call.

    `ready` is set when calls may come. Chance comes in as `rng`, so that tests know what happens."""

    def __init__(
        self,
        door: Door,
        sip_server: tuple[str, int],
        number: str,
        password: str,
        rng: random.Random,
        *,
        answer_after: tuple[float, float] = (2.0, 4.0),
        talk: tuple[float, float] = (15.0, 60.0),
        wrap_up: tuple[float, float] = (3.0, 12.0),
        source: Callable[[], sources.Source] | None = None,
        crew: Crew | None = None,
    ) -> None:
        self._door, self._number, self._rng, self._wrap_up, self._crew = door, number, rng, wrap_up, crew
        self._persons_seen = 0
        self.ready = asyncio.Event()
        self.phone = Phone(
            sip_server,
            number,
            password,
            answer_after=lambda: rng.uniform(*answer_after),
            hangup_after=lambda: rng.uniform(*talk),
            source=source or speaking,
        )

    async def run(self) -> None:
        """Work until cancelled; whatever is away is waited for."""
        await self._register()
        told = ""
        while True:
            try:
                await self._look()
                told = ""
            except Refused as refused:
                if str(refused) != told:
                    told = str(refused)
                    log.info("simulated_agent_waits", number=self._number, reason=told)
            await asyncio.sleep(LOOK_EVERY if self.ready.is_set() else 0.2)

    async def close(self) -> None:
        """Go off duty: the next start begins with a clean state."""
        with contextlib.suppress(Refused, TimeoutError):
            await asyncio.wait_for(self._door.call("PUT", "/agents/me/state", {"state": "offline"}), 1.0)
        await self.phone.close()

    async def _register(self) -> None:
        while True:
            try:
                return await self.phone.start()
            except RegistrationFailed as failed:
                log.info("simulated_phone_waits", number=self._number, reason=str(failed))
                await self.phone.close()
            await asyncio.sleep(1.0)

    async def _look(self) -> None:
        state: dict[str, Any] = await self._door.call("GET", "/agents/me/state")
        step_aside = await self._person_waits(state["state"])
        if state["state"] == "offline" or (state["state"] == "busy" and not step_aside):
            state = await self._set({"state": "ready", "seat": "phone"})
        elif state["state"] == "ready" and step_aside:
            await self._set({"state": "busy", "reason": ASIDE})
        elif state["state"] == "wrapup" and state["interaction_id"]:
            await asyncio.sleep(self._rng.uniform(*self._wrap_up))
            result = {"disposition": self._rng.choice(DISPOSITIONS), "note": self._rng.choice(NOTES)}
            with contextlib.suppress(Refused):  # the time for it may have run out meanwhile
                await self._door.call("POST", f"/interactions/{state['interaction_id']}/wrapup", result)
        if state["state"] == "ready":
            self.ready.set()

    async def _set(self, wanted: dict[str, str]) -> dict[str, Any]:
        state: dict[str, Any] = await self._door.call("PUT", "/agents/me/state", wanted)
        if self._crew is not None:
            self._crew.states[self._number] = state["state"]
        return state

    async def _person_waits(self, own_state: str) -> bool:
        """Seen twice, that is: between two looks one of the crew may have become ready unnoticed."""
        if self._crew is None:
            return False
        self._crew.states[self._number] = own_state
        self._persons_seen = self._persons_seen + 1 if await self._crew.person_ready(self._door) else 0
        return self._persons_seen >= 2 and self.ready.is_set()


def speaking() -> sources.Source:
    """An agent's half of a talk."""
    return sources.files([prompt_path(f"demo_agent_{n}", "zh-CN") for n in (1, 2)], pause=7.0, loop=True)
