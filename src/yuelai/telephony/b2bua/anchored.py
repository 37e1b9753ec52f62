"""Sound that passes through the media engine: each party agrees with the engine by itself, and the engine joins them.

So a phone and a browser can speak, a transfer asks nobody anew, and who is on hold hears music.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from yuelai.media.ports import (
    Digit,
    KeyMode,
    LegGone,
    LegKind,
    LegOptions,
    LegSilent,
    MediaEngine,
    MediaError,
    MediaEvent,
)
from yuelai.platform.ids import LegId, new_id
from yuelai.telephony.b2bua.descriptions import hears_events, held
from yuelai.telephony.b2bua.half import Half
from yuelai.telephony.b2bua.wishes import Sounds, alone, together
from yuelai.telephony.errors import OfferRefused

log = structlog.get_logger()

ENGINE_LOST = 503


class Anchored:
    """Implements `media.MediaBridge`. `music` is what somebody on hold hears, over and over; `sounds` are the wishes of
    trunks."""

    def __init__(
        self, engine: MediaEngine, music: Sequence[Path] = (), sounds: Sounds = lambda _trunk: LegOptions()
    ) -> None:
        self._engine, self._music, self._sounds = engine, tuple(music), sounds
        self._partner: dict[LegId, LegId] = {}
        """Who hears whom, by what the engine calls them."""
        self._waiting: set[LegId] = set()
        """Who is on hold, by us or by the other one."""

    # --- agreeing with each of them ---------------------------------------------------------------------------------

    async def _open(self, half: Half, offer: str | None, beside: Half | None) -> str:
        near = next((one.sound for one in (beside, *half.call.halves) if one not in (None, half) and one.media), None)
        half.media = True  # from here on it must be released, even when this fails

        def heard(event: MediaEvent) -> None:
            call = half.call
            if isinstance(event, LegGone):
                log.warning("call_lost_its_sound", call=str(call.id))
                call.house.spawn(call.hangup(ENGINE_LOST))
            elif isinstance(event, LegSilent):
                if half.leg is not None:
                    half.leg.suspect()
            elif isinstance(event, Digit):
                beside = call.beside(half)
                # Telephone events go through the engine to whoever understands them, others hear of them by signalling.
                if beside is None or not hears_events(beside.said):
                    call.house.spawn(call.talk.digit(half, event.digit))

        kind = LegKind.BROWSER if half.browser else LegKind.PLAIN
        half.told = await self._engine.create_leg(
            half.sound, kind, heard, offer=offer, options=self._options(half), beside=near
        )
        if half.over:
            await self.release(half)
            raise MediaError("the party has gone")
        return half.told

    def _options(self, half: Half) -> LegOptions:
        wanted = together(half.plan, self._sounds) if half.leg is None and half.plan else alone(half, self._sounds)
        return replace(wanted, keys=KeyMode.RELAY)

    async def _description(self, half: Half, beside: Half | None) -> str:
        """Return what a caller is answered, or offered who has not offered."""
        if half.media and half.told is not None:
            return half.told
        return await self._open(half, half.said, beside)

    async def _told(self, half: Half, sdp: str) -> None:
        """`half` answered our offer, which was fitted to the place it is."""
        own = alone(half, self._sounds)
        if half.plan is not None and own != together(half.plan, self._sounds):
            await self._engine.adjust(half.sound, replace(own, keys=KeyMode.RELAY))
        await self._engine.answer(half.sound, sdp)

    async def offer(self, half: Half, beside: Half) -> str | None:
        if beside.said is not None:
            await self._description(beside, half)  # nobody is to be rung for a caller who cannot be agreed with
        return await self._open(half, None, beside)

    async def early(self, half: Half, sdp: str, beside: Half) -> str | None:
        if beside.said is None:
            return None
        await self._told(half, sdp)
        description = await self._description(beside, half)
        await self._engine.route(half.sound, beside.sound, 1.0)
        return description

    async def answered(self, half: Half, sdp: str, beside: Half) -> str:
        await self._told(half, sdp)
        return await self._description(beside, half)

    async def completed(self, half: Half, sdp: str, beside: Half) -> str | None:
        half.said = sdp
        await self._engine.answer(half.sound, sdp)
        return None

    async def reoffered(self, half: Half, sdp: str, beside: Half) -> str:
        try:
            half.told = await self._engine.reoffer(half.sound, sdp)
        except MediaError as error:
            raise OfferRefused(str(error), sip_status=488) from None
        half.said = sdp
        await (self._wait(beside) if held(sdp) else self._return(beside))
        return half.told

    async def digit(self, half: Half, digit: str, beside: Half) -> bool:
        if not hears_events(beside.said):
            return False
        await self._engine.send_keys(beside.sound, digit)
        return True

    # --- who hears whom ---------------------------------------------------------------------------------------------

    async def bridge(self, one: Half, other: Half) -> None:
        await self._engine.bridge(one.sound, other.sound)
        self._partner[one.sound], self._partner[other.sound] = other.sound, one.sound

    async def rejoin(self, one: Half, other: Half) -> None:
        for half in (one, other):
            await self._part(half)
            await self._return(half)
        await self.bridge(one, other)

    async def take(self, half: Half, beside: Half) -> str:
        description = await self._open(half, half.said, beside)
        await self.rejoin(beside, half)
        return description

    async def pick(self, half: Half, beside: Half) -> tuple[str, str]:
        descriptions = await self._description(half, beside), await self._description(beside, half)
        await self.bridge(half, beside)
        return descriptions

    async def attend(self, half: Half, near: Half, far: Half) -> str:
        description = await self._description(half, near)
        for other in (near, far):
            await self._engine.bridge(half.sound, other.sound)
        return description

    async def hold(self, half: Half, beside: Half | None) -> None:
        await self._wait(half)

    async def retrieve(self, half: Half, beside: Half) -> None:
        await self._return(half)

    async def _part(self, half: Half) -> None:
        other = self._partner.pop(half.sound, None)
        if other is not None:
            self._partner.pop(other, None)
            with contextlib.suppress(MediaError):  # that one may be gone already
                await self._engine.unbridge(half.sound, other)

    async def _wait(self, half: Half) -> None:
        if half.sound not in self._waiting and half.media:
            self._waiting.add(half.sound)
            await self._engine.hold(half.sound, True)
            if self._music:
                try:
                    await self._engine.play(half.sound, new_id(), self._music, loop=True)
                except MediaError as error:
                    # Who is held hears nothing then; refused, the holding phone would think that it still talks.
                    log.warning("no_music_on_hold", call=str(half.call.id), error=str(error))

    async def _return(self, half: Half) -> None:
        if half.sound in self._waiting:
            self._waiting.discard(half.sound)
            await self._engine.hold(half.sound, False)
            await self._engine.stop(half.sound)

    async def release(self, half: Half) -> None:
        other = self._partner.pop(half.sound, None)
        if other is not None:
            self._partner.pop(other, None)
        self._waiting.discard(half.sound)
        if half.media:
            half.media = False
            with contextlib.suppress(MediaError):  # an engine that is away has nothing open any more
                await self._engine.close(half.sound)
