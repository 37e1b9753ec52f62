"""The agent sends the customer to somebody else and leaves at once; if nobody comes there, the customer comes back.

They come back to who sent them, as long as that agent is free or still writes about them, and else to the queue at the
place they had. `outside` is also for who waits and is sent on by their queue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from yuelai.channels.ports import OutsideLine
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.messages import NotPossibleNow
from yuelai.channels.voice.outside_party import OutsideParty
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.scene import Place
from yuelai.channels.voice.targets import NotToYourself, Target, ToAgent, ToFlow, ToNumber, ToQueue, line
from yuelai.interactions.events import Role
from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal
from yuelai.routing.errors import AgentNotFree, NoSuchAgent
from yuelai.routing.events import AgentState
from yuelai.routing.model import Wishes
from yuelai.telephony.ports import Answered, Ended

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

ONLY_SECONDS = 30.0
"""How long a customer waits for the colleague they were sent to, or for who sent them, before anybody may take them."""


@dataclass(frozen=True)
class _Errand:
    by: AgentParty | None
    target: Target


class Transferring:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._errand: _Errand | None = None
        """A transfer that nobody has answered yet."""
        self._third: OutsideParty | None = None
        self._sender: UUID | None = None
        """To whom the customer came back: their wrap-up is put off."""

    def calls(self, party: object) -> bool:
        """Is it the number outside that is being called for the customer?"""
        return self._third is not None and party is self._third

    async def blind(self, by: AgentParty, wanted: Target, begun: Callable[[], None] = lambda: None) -> None:
        """Send the customer there. Raises what makes it impossible from the outset; then nothing has changed. `begun`
        is called once nothing is refused any more."""
        call = self._call
        if call.phase is not Phase.TALKING or by is not call.agent:
            raise NotPossibleNow("a colleague is in charge of the customer")
        if call.consulting.by is not None:
            raise NotPossibleNow("somebody is being asked: complete it, or cancel it first")
        if len(call.parties) > 1:
            raise NotPossibleNow("others are in this call: they are to leave it first, or you leave it to them")
        out = line(call, wanted.number, by.number) if isinstance(wanted, ToNumber) else None
        if isinstance(wanted, ToAgent):
            self._check(by, wanted)
        begun()
        self._errand = _Errand(by, wanted)
        await call.recorder.note("transfer", by.number, {**wanted.told(), "kind": "blind"})
        call.talking.held = False
        if out is not None:
            await self._dial(out, by)
            return
        await call.succession.part_in_charge(by, "transferred")
        await call.staging.leave()
        await self._send(by, wanted)

    def _check(self, by: AgentParty, wanted: ToAgent) -> None:
        if wanted.agent_id == by.agent_id:
            raise NotToYourself
        if not self._call.services.routing.agent(wanted.agent_id).available:
            raise AgentNotFree

    async def _send(self, by: AgentParty, wanted: Target) -> None:
        call, waiting = self._call, self._call.waiting
        if isinstance(wanted, ToFlow):
            self._errand = None  # a flow always answers
            await call.self_service.enter(wanted.entry)
        elif isinstance(wanted, ToQueue):
            self._errand = None
            wishes = Wishes(without=frozenset({by.agent_id}))
            await waiting.enqueue(wanted.queue.code, {}, wishes=wishes, again=True)
        elif isinstance(wanted, ToAgent):
            wishes = Wishes(only=wanted.agent_id, only_seconds=ONLY_SECONDS, without=frozenset({by.agent_id}))
            await waiting.enqueue(self._queue_code, {"transfer": True}, wishes=wishes, again=True)

    @property
    def _queue_code(self) -> str | None:
        queue = self._call.waiting.queue
        return queue.code if queue is not None else None

    async def instead_of_asking(self, by: AgentParty) -> None:
        """The agent goes before who is asked has answered: the customer is sent there."""
        call, wanted = self._call, self._call.consulting.target
        assert wanted is not None
        await call.consulting.over()
        by.place = Place.ROOM
        try:
            await self.blind(by, wanted)
        except Refusal as refusal:
            log.info("not_transferred", code=refusal.code)
            await call.recorder.note("transfer", by.number, {**wanted.told(), "failed": refusal.code})
            await call.succession.to_queue(by)

    # --- a number outside -------------------------------------------------------------------------------------------

    async def outside(self, number: str) -> None:
        """Call a number for a customer who has no agent. Raises `NotAllowedOutside` and telephony's refusals."""
        out = line(self._call, number)
        self._errand = _Errand(None, ToNumber(number))
        await self._dial(out, None)

    async def _dial(self, out: OutsideLine, by: AgentParty | None) -> None:
        call = self._call
        self._third = third = OutsideParty(line=out)
        call.phase = Phase.TALKING
        call.parties.append(third)
        try:
            third.participant_id = await call.recorder.joined(Role.THIRD, address=third.number)
            if by is not None:
                await call.succession.part_in_charge(by, "transferred")
            await call.staging.update()
            await third.ring(call.services, call.id, call.post, account=call.tenant.id, beside=call.customer_media)
        except (MediaError, Refusal) as error:
            log.warning("outside_not_called", error=str(error))
            await self.outside_ended("unreachable")

    async def outside_answered(self, third: OutsideParty, event: Answered) -> None:
        """They speak with the customer from now on."""
        call = self._call
        try:
            await call.services.media.answer(third.media_leg, event.sdp)
        except MediaError as error:
            log.warning("outside_without_sound", error=str(error))
            await self.outside_ended("unreachable")
            return
        self._third = self._errand = None
        third.place = Place.ROOM
        call.meter(third)
        await call.staging.update()

    async def outside_refused(self, event: Ended) -> None:
        """They do not come."""
        await self.outside_ended("busy" if event.status in (486, 600, 603) else "unreachable")

    async def outside_ended(self, reason: str) -> None:
        call, third = self._call, self._third
        self._third = None
        if third is not None:
            await call.succession.discard(third, "failed")
        await call.staging.leave()
        await self._come_back(reason)

    # --- coming back ------------------------------------------------------------------------------------------------

    async def arrived(self, party: AgentParty) -> None:
        """An agent has the customer. If it is not who had sent them, to whom they came back, that one is done."""
        self._errand = None
        sender, self._sender = self._sender, None
        if sender is not None and sender in self._call.recorder.interaction.parties.wrapping():
            await self._call.recorder.wrapped_up(sender)

    async def not_taken(self, party: AgentParty, reason: str) -> None:
        """An agent who was rung did not take the customer."""
        errand = self._errand
        if self._call.phase is not Phase.QUEUED:
            return
        if errand is not None and isinstance(errand.target, ToAgent) and errand.target.agent_id == party.agent_id:
            await self._call.services.routing.left(self._call.id)
            await self._come_back(reason)

    async def _come_back(self, reason: str) -> None:
        call, errand = self._call, self._errand
        self._errand = None
        if errand is None:
            return
        told = {**errand.target.told(), "failed": reason}
        await call.recorder.note("transfer", "system", told)
        by = errand.by
        wishes = None
        if by is not None and self._is_there(by):
            wishes = Wishes(only=by.agent_id, only_seconds=ONLY_SECONDS)
        await call.waiting.enqueue(self._queue_code, {"again": True}, "vip", wishes=wishes, again=True)
        call.treatment.tell("transfer_failed")
        if wishes is not None and by is not None:
            await call.wrapups.resume(by.agent_id)
            self._sender = by.agent_id
            call.staging.show()

    def _is_there(self, by: AgentParty) -> bool:
        """Is who sent them free, or busy with nothing but this?"""
        try:
            agent = self._call.services.routing.agent(by.agent_id)
        except NoSuchAgent:
            return False
        return agent.available or (agent.state is AgentState.WRAPUP and by.agent_id in self._call.wrapups)
