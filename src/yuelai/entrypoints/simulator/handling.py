"""What a simulated agent does during a talk besides talking: hold, ask a colleague, send the customer on."""

from __future__ import annotations

import asyncio
import contextlib
import random

import structlog

from yuelai.entrypoints.simulator.crew import Crew, Manners
from yuelai.entrypoints.simulator.door import Door, Refused

log = structlog.get_logger()

BEFORE = (4.0, 9.0)
"""Seconds of talk until something else than talk comes to mind."""
ASIDE = (5.0, 10.0)
"""Of asking, or of looking something up."""
OTHER_QUEUES = ("fault", "complaint")


class Handling:
    """One contact's; ends when it is refused something, as the customer may hang up at any moment."""

    def __init__(
        self, door: Door, number: str, manners: Manners, crew: Crew | None, rng: random.Random, interaction_id: str
    ) -> None:
        self._door, self._number, self._manners, self._crew, self._rng = door, number, manners, crew, rng
        self._path = f"/interactions/{interaction_id}"

    async def run(self) -> None:
        await self._pause(BEFORE)
        chance, manners = self._rng.random(), self._manners
        with contextlib.suppress(Refused):
            if chance < manners.consults:
                await self._consult()
            elif chance < manners.consults + manners.passes_on:
                await self._pass_on()
            elif chance < manners.consults + manners.passes_on + manners.holds:
                await self._hold()

    async def _consult(self) -> None:
        colleague = self._crew.colleague(self._number, self._rng) if self._crew is not None else None
        if colleague is None:
            return
        await self._do("consult", {"to": {"agent": colleague}})
        await self._pause(ASIDE)
        what = self._rng.choice(("consult/complete", "consult/complete", "conference", "consult/cancel"))
        try:
            await self._do(what)
        except Refused:
            # Not picked up yet, or the colleague has gone again: the customer has waited long enough.
            await self._do("consult/cancel")
            what = "consult/cancel"
        log.info("simulated_consultation", number=self._number, colleague=colleague, ended=what)

    async def _pass_on(self) -> None:
        queue = self._rng.choice(OTHER_QUEUES)
        await self._do("transfer", {"to": {"queue": queue}, "note": "客户的问题请专席处理"})
        log.info("simulated_transfer", number=self._number, queue=queue)

    async def _hold(self) -> None:
        await self._do("hold")
        await self._pause(ASIDE)
        await self._do("retrieve")

    async def _do(self, verb: str, body: dict[str, object] | None = None) -> None:
        await self._door.call("POST", f"{self._path}/{verb}", body)

    async def _pause(self, seconds: tuple[float, float]) -> None:
        await asyncio.sleep(self._rng.uniform(*seconds))
