"""A simulated agent: signs in, registers a phone, is ready, talks, wraps up, has a break."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any

import structlog

from yuelai.channels.voice.speech import prompt_path
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.phone import Phone
from yuelai.entrypoints.caller.registration import RegistrationFailed
from yuelai.entrypoints.simulator.crew import Crew, Manners
from yuelai.entrypoints.simulator.door import Door, Refused
from yuelai.entrypoints.simulator.handling import Handling

log = structlog.get_logger()

DISPOSITIONS = ("inquiry_plan", "billing_explained", "fault_line", "fault_slow", "business_plan", "followup")
NOTES = ("已答复客户", "已登记，等待回访", "客户咨询账单明细，已解释", "已派单", "")
ASIDE = "training"
BREAK = "break"
BREAK_SECONDS = (15.0, 40.0)
LOOK_EVERY = 1.5
"""Seconds between two looks at one's own state."""


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
        manners: Manners,
        *,
        source: Callable[[], sources.Source] | None = None,
        crew: Crew | None = None,
    ) -> None:
        self._door, self._number, self._rng, self._manners, self._crew = door, number, rng, manners, crew
        self._persons_seen = 0
        self._rests_until = 0.0
        self._contact: str | None = None
        self._handling: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        self.phone = Phone(
            sip_server,
            number,
            password,
            answer_after=lambda: None if rng.random() < manners.misses else rng.uniform(*manners.answer_after),
            hangup_after=lambda: rng.uniform(*manners.talk),
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
        if self._handling is not None:
            self._handling.cancel()
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
        rests = asyncio.get_running_loop().time() < self._rests_until
        if state["state"] == "offline" or (state["state"] == "busy" and not (step_aside or rests)):
            state = await self._set({"state": "ready", "seat": "phone"})
        elif state["state"] == "ready" and (step_aside or rests):
            await self._set({"state": "busy", "reason": ASIDE if step_aside else BREAK})
        elif state["state"] == "talking":
            self._handle(state["interaction_id"])
        elif state["state"] == "wrapup" and state["interaction_id"]:
            await self._wrap_up(state["interaction_id"])
        if state["state"] == "ready":
            self.ready.set()

    def _handle(self, interaction_id: str | None) -> None:
        """A talk has begun: what comes of it is decided once."""
        if interaction_id is None or interaction_id == self._contact:
            return
        self._contact = interaction_id
        if self._handling is not None:
            self._handling.cancel()
        handling = Handling(self._door, self._number, self._manners, self._crew, self._rng, interaction_id)
        self._handling = asyncio.create_task(handling.run())

    async def _wrap_up(self, interaction_id: str) -> None:
        await asyncio.sleep(self._rng.uniform(*self._manners.wrap_up))
        result = {"disposition": self._rng.choice(DISPOSITIONS), "note": self._rng.choice(NOTES)}
        if self._rng.random() < self._manners.breaks:
            self._rests_until = asyncio.get_running_loop().time() + self._rng.uniform(*BREAK_SECONDS)
        with contextlib.suppress(Refused):  # the time for it may have run out meanwhile
            await self._door.call("POST", f"/interactions/{interaction_id}/wrapup", result)

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
