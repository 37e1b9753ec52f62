"""Test calls: really called through one trunk, timed, and ended by us after a moment of silence."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import structlog

from yuelai.media.ports import LegKind, LegOptions, MediaEngine, MediaError
from yuelai.platform.clock import Clock
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import LegId, new_id
from yuelai.telephony.ports import Answered, Destination, Ended, Leg, LegEvent, Listener, Ringing
from yuelai.telephony.trunks.errors import NoSuchTrunk, TestCallUnderWay
from yuelai.telephony.trunks.manager import Trunks

log = structlog.get_logger()

RINGS_SECONDS = 30.0
"""How long somebody may let it ring."""
TALKS_SECONDS = 1.5
"""How long it stands once it is answered, long enough for sound to go both ways."""


class NoSound(Unavailable):
    """The media engine cannot give a leg for a test call now."""

    code = "no_sound"


class Dials(Protocol):
    async def dial_to(
        self,
        stages: Sequence[Sequence[Destination]],
        *,
        sdp: str | None,
        caller: str,
        called: str,
        caller_name: str = "",
        listener: Listener,
        headers: Mapping[str, str] | None = None,
        account: UUID | None = None,
        correlation: UUID | None = None,
        timeout: float | None = None,
        browser: bool = False,
    ) -> Leg: ...


class Trials:
    """One at a time for each trunk."""

    def __init__(
        self,
        trunks: Trunks,
        telephony: Dials,
        media: MediaEngine,
        clock: Clock,
        *,
        talks: float = TALKS_SECONDS,
    ) -> None:
        self._trunks, self._telephony, self._media, self._clock = trunks, telephony, media, clock
        self._talks = talks
        self._under_way: set[UUID] = set()

    async def call(self, trunk_id: UUID, number: str) -> dict[str, Any]:
        """Return the document of `POST /trunks/{id}/test-call`. Raises `NoSuchTrunk`, `NoTrunk`, `TestCallUnderWay`,
        `NoSound`."""
        if trunk_id not in self._trunks.configured:
            raise NoSuchTrunk()
        if trunk_id in self._under_way:
            raise TestCallUnderWay()
        stages = self._trunks.through(trunk_id, number)
        self._under_way.add(trunk_id)
        sound = LegId(new_id())
        try:
            offer = await self._offer(sound, self._trunks.sound(trunk_id))
            return await self._call(trunk_id, number, stages, sound, offer)
        finally:
            self._under_way.discard(trunk_id)
            with contextlib.suppress(MediaError):
                await self._media.close(sound)

    async def _offer(self, sound: LegId, options: LegOptions) -> str:
        try:
            return await self._media.create_leg(sound, LegKind.PLAIN, lambda _event: None, options=options)
        except MediaError as error:
            raise NoSound(str(error)) from error

    async def _call(
        self, trunk_id: UUID, number: str, stages: list[list[Destination]], sound: LegId, offer: str
    ) -> dict[str, Any]:
        began = self._clock.monotonic()
        events: asyncio.Queue[LegEvent] = asyncio.Queue()
        leg = await self._telephony.dial_to(
            stages, sdp=offer, caller="", called=number, listener=events.put_nowait, timeout=RINGS_SECONDS
        )
        rang: float | None = None
        try:
            while True:
                event = await events.get()
                at = round(self._clock.monotonic() - began, 3)
                if isinstance(event, Ringing):
                    rang = at if rang is None else rang
                elif isinstance(event, Answered):
                    await self._listen(sound, event.sdp, events)
                    return self._result(trunk_id, stages, 200, "OK", rang, at)
                elif isinstance(event, Ended):
                    return self._result(trunk_id, stages, event.status, event.reason, rang, None, ours=event.by)
        finally:
            await leg.hangup(480, "test call over")

    async def _listen(self, sound: LegId, answer: str, events: asyncio.Queue[LegEvent]) -> None:
        """Let it stand for a moment, or until they hang up."""
        with contextlib.suppress(MediaError):
            await self._media.answer(sound, answer)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._talks):
                while not isinstance(await events.get(), Ended):
                    pass

    def _result(
        self,
        trunk_id: UUID,
        stages: list[list[Destination]],
        status: int,
        reason: str,
        rang: float | None,
        answered: float | None,
        *,
        ours: str = "remote",
    ) -> dict[str, Any]:
        failed = status in (401, 403, 407, 408) or status >= 500 or ours != "remote"
        log.info("trunk_test_call", trunk_id=str(trunk_id), status=status, reason=reason)
        return {
            "status": status,
            "reason": reason,
            "seconds_to_ring": rang,
            "seconds_to_answer": answered,
            "route": stages[0][0].uri,
            "why": self._trunks.diagnosis(trunk_id, status, reason) if failed else "",
        }
