"""One call of the test caller, placed or taken: a leg of the stack and its sound."""

from __future__ import annotations

import asyncio
import contextlib
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from yuelai.entrypoints.caller.offers import Description, settle
from yuelai.entrypoints.caller.sound import Sound
from yuelai.telephony.errors import OfferRefused, WrongState
from yuelai.telephony.ports import Answered, Confirmed, Ended, Leg, LegEvent, Reoffered, Ringing
from yuelai.wire.errors import PeerError

if TYPE_CHECKING:
    from yuelai.entrypoints.caller.useragent import UserAgent

log = structlog.get_logger()


class State(StrEnum):
    TRYING = "trying"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class NotAccepted(Exception):
    """The other side refused a change of the call; the message has its status."""


class Call:
    """`final` is set with the final response of the INVITE, `ended` when the call is over, whoever ended it.

    `ended_by` is `remote` or `local`; `status` and `reason` are those of the final response. Times are loop times.
    """

    def __init__(self, agent: UserAgent, sound: Sound, *, placed: bool) -> None:
        self.sound, self.placed = sound, placed
        self.state = State.TRYING
        self.status, self.reason = 0, ""
        self.ended_by: str | None = None
        self.final, self.ended, self.ringing = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.held_by_remote = False
        self.began_at = asyncio.get_running_loop().time()
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self._agent = agent
        self._leg: Leg | None = None
        self._description = Description(agent.host, sound.port)

    @property
    def leg(self) -> Leg:
        assert self._leg is not None, "the call has not begun"
        return self._leg

    @property
    def call_id(self) -> str:
        return self.leg.call_id

    @property
    def remote_number(self) -> str:
        return self.leg.called if self.placed else self.leg.caller

    # Placing

    @classmethod
    async def outgoing(cls, agent: UserAgent, number: str, *, keep_sound: bool) -> Call:
        """Send the INVITE."""
        call = cls(agent, await Sound.open(agent.host, keep=keep_sound), placed=True)
        call._leg = await agent.telephony.dial_to(
            [[agent.destination(number)]],
            sdp=call._description.offer(),
            caller=agent.user,
            called=number,
            listener=call._hear,
        )
        return call

    # Taking

    @classmethod
    def incoming(cls, agent: UserAgent, leg: Leg) -> Call:
        call = cls(agent, Sound(), placed=False)
        call._leg = leg
        leg.listen(call._hear)
        return call

    async def ring(self) -> None:
        """Send 180."""
        if self.state is State.TRYING:
            self.state = State.RINGING
            await self.leg.ringing()

    async def answer(self, *, keep_sound: bool = False) -> None:
        """Send 200 and begin to send sound. Does nothing when the caller has gone meanwhile."""
        sound = await Sound.open(self._agent.host, keep=keep_sound)
        self._description = Description(self._agent.host, sound.port)
        try:
            if self.leg.offer:
                sdp, peer = self._description.answer(self.leg.offer)
            else:
                sdp, peer = self._description.offer(), None
        except PeerError:
            sound.close()
            await self.decline(488, "Not Acceptable Here")
            return
        with contextlib.suppress(WrongState):
            await self.leg.answer(sdp)
        if self.over:
            sound.close()
            return
        self.sound = sound
        if peer is not None:
            sound.start(peer)
        self._answered()

    async def decline(self, status: int = 486, reason: str = "Busy Here") -> None:
        if self.state in (State.TRYING, State.RINGING):
            self.status, self.reason = status, reason
            await self.leg.hangup(status, reason)

    # Both

    @property
    def over(self) -> bool:
        return self.state is State.ENDED

    async def hangup(self) -> None:
        """End it as its state demands: CANCEL, BYE or a refusal."""
        if not self.over and not self.status:
            status = (487, "Request Terminated") if self.placed else (480, "Temporarily Unavailable")
            self.status, self.reason = status
        await self.leg.hangup()

    async def hold(self, held: bool) -> None:
        """Re-INVITE with sendonly or sendrecv (RFC 6337 §5.3). Raises NotAccepted."""
        try:
            answer = await self.leg.reoffer(self._description.offer("sendonly" if held else "sendrecv"))
        except OfferRefused as refused:
            raise NotAccepted(str(refused)) from None
        self.sound.start(settle(answer))

    def _hear(self, event: LegEvent) -> None:
        if isinstance(event, Ringing):
            self.state = State.RINGING if self.state is State.TRYING else self.state
            if event.sdp:
                self._start_sound(event.sdp)
            self.ringing.set()
        elif isinstance(event, Answered):
            self._start_sound(event.sdp)
            self._answered()
        elif isinstance(event, Confirmed):
            if event.sdp:
                self._start_sound(event.sdp)
        elif isinstance(event, Reoffered):
            self._agent.spawn(self._reoffered(event.sdp))
        elif isinstance(event, Ended):
            self._end(event)

    async def _reoffered(self, offer: str) -> None:
        try:
            sdp, peer = self._description.answer(offer)
        except PeerError:
            await self.leg.refuse_offer()
            return
        self.sound.start(peer)
        self.held_by_remote = not peer.send
        await self.leg.accept(sdp)

    def _start_sound(self, sdp: str) -> None:
        try:
            self.sound.start(settle(sdp))
        except PeerError:
            log.info("call_without_sound", call_id=self.call_id)
            self._agent.spawn(self.leg.hangup(488))

    def _answered(self) -> None:
        if not self.over:
            self.state, self.status, self.reason = State.ANSWERED, 200, "OK"
            self.answered_at = asyncio.get_running_loop().time()
        self.final.set()

    def _end(self, event: Ended) -> None:
        self.state = State.ENDED
        self.ended_by = "local" if event.by == "local" else "remote"
        if not self.status:
            self.status, self.reason = event.status, event.reason
        self.ended_at = asyncio.get_running_loop().time()
        self.sound.close()
        self.final.set()
        self.ended.set()
