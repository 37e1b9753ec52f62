"""A call with a customer, one actor: it owns all legs, their sound and the record, and takes one message at a time.

Everything that happens to the call reaches it through `post`: SIP and media events, routing's offers, screens'
commands. Hence no two things ever change a call at once, and whatever comes first wins (an answer against a hang-up,
say). Beside the customer there may be any number of parties; who hears whom follows from where they are (`scene`). What
is done in self-service, in the queue, in talk and so on stands in the modules of those names.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import structlog

from yuelai.channels.contact import Contact
from yuelai.channels.ports import Entry, Identified
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.arrival import Arrival
from yuelai.channels.voice.commands import Commands
from yuelai.channels.voice.consulting import Consulting
from yuelai.channels.voice.hearing import Hearing
from yuelai.channels.voice.inbox import Inbox
from yuelai.channels.voice.messages import Command, CustomerKnown
from yuelai.channels.voice.outside_party import OutsideParty
from yuelai.channels.voice.parting import Parting
from yuelai.channels.voice.party import Party
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.quality import sounded
from yuelai.channels.voice.reloading import Reloading
from yuelai.channels.voice.selfservice import SelfService
from yuelai.channels.voice.services import VoiceServices
from yuelai.channels.voice.staging import Staging
from yuelai.channels.voice.succession import Succession
from yuelai.channels.voice.talking import Talking
from yuelai.channels.voice.taping import Taping
from yuelai.channels.voice.transferring import Transferring
from yuelai.channels.voice.treatment import Treatment
from yuelai.channels.voice.waiting import Waiting
from yuelai.channels.wrapups import Wrapups
from yuelai.interactions.events import EndReason, SegmentKind
from yuelai.interactions.model import Tenant
from yuelai.media.ports import LegKind, LegOptions, MediaError, MediaUnfit
from yuelai.platform.errors import Refusal, Unavailable
from yuelai.platform.ids import InteractionId, LegId, new_id
from yuelai.telephony.b2bua.descriptions import hears_events
from yuelai.telephony.ports import Answered, Ended, Leg, Ringing

log = structlog.get_logger()

T = TypeVar("T")


class VoiceCall:
    direction = "in"
    called_by_us = False
    """True while the customer is being called and has not answered."""

    def __init__(
        self, services: VoiceServices, tenant: Tenant, *, leg: Leg | None = None, entry: Entry | None = None
    ) -> None:
        """`leg` is the customer's; a call of ours gets it when it is dialled."""
        self.id = InteractionId(new_id())
        self.services, self.tenant, self.entry = services, tenant, entry
        self.customer = leg
        self.customer_media = LegId(new_id())
        self.number = leg.caller if leg is not None else ""
        """The customer's, as dialled."""
        self.called = leg.called if leg is not None else ""
        """Our number that they called, or are shown."""
        self.parties: list[Party] = []
        """Everybody beside the customer who takes part or is being called to; not agents who ring for who waits."""
        self.phase = Phase.ARRIVING
        self.recorder = services.new_recorder()
        self.hearing = Hearing(services, self.customer_media, self.spawn, partial(services.prompt_of, tenant.id))
        self.language = "zh-CN"
        self.arrival, self.self_service, self.waiting = Arrival(self), SelfService(self), Waiting(self)
        self.treatment, self.parting = Treatment(self), Parting(self)
        self.talking, self.staging, self.taping = Talking(self), Staging(self), Taping(self)
        self.consulting, self.transferring, self.succession = Consulting(self), Transferring(self), Succession(self)
        self.reloading = Reloading(self)
        self.contact = Contact(self.recorder, tenant, services.routing, services.customers, self._wrapup_over)
        self.taken_up: Callable[[], Any] = lambda: None
        """Called when the call has our first answer, whatever it is."""
        self.declines_recording = False
        """The customer has said so."""
        self._mailbox: asyncio.Queue[Any] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._commands = Commands(self)
        self._inbox = Inbox(self, self._commands)

    @property
    def agent(self) -> AgentParty | None:
        """The agent in charge of the customer, or else the one who is rung for them."""
        for party in self.parties:
            if isinstance(party, AgentParty) and party.contact_id == self.id:
                return party
        return self.waiting.first

    @property
    def customer_card(self) -> Mapping[str, Any] | None:
        """The customer, when there is no doubt who it is."""
        return self.contact.card

    @property
    def wrapups(self) -> Wrapups:
        return self.contact.wrapups

    async def _wrapup_over(self) -> None:
        self.staging.show()
        await self.finish()

    def party(self, leg: LegId) -> Party | None:
        """Who has this leg, SIP or media, of those beside the customer and those who ring."""
        return next((one for one in (*self.parties, *self.waiting.ringing.values()) if one.owns(leg)), None)

    def replace(self, old: Party, new: Party) -> None:
        """The same person has another line."""
        self.parties[self.parties.index(old)] = new
        self.consulting.replace(old, new)

    def post(self, message: Any) -> None:
        """Put anything that concerns this call into its mailbox."""
        self._mailbox.put_nowait(message)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the mailbox; it ends with the call at the latest and speaks through `post`."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def run(self) -> None:
        """Live until the last wrap-up second; whatever breaks, all parties are released and the record is closed."""
        with structlog.contextvars.bound_contextvars(interaction_id=str(self.id)):
            try:
                try:
                    await self._begin()
                finally:
                    self.taken_up()
                while self.phase is not Phase.CLOSED:
                    await self._take(await self._mailbox.get())
            except Exception:
                log.exception("call_failed", phase=self.phase)
                await self._abandon_ship()
            finally:
                self.arrival.close()
                for task in self._tasks:
                    task.cancel()
                self._refuse_commands()

    async def _take(self, message: Any) -> None:
        try:
            await self._inbox.take(message)
        except (MediaError, Refusal) as error:
            log.warning("call_broken", error=str(error), phase=self.phase, on=type(message).__name__)
            await self.end(EndReason.FAILED)

    # --- arriving ---------------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        customer = self.customer
        assert customer is not None
        try:
            await self.recorder.begin(
                self.id, self.tenant, "voice", self.direction, self.number, self.called, first=SegmentKind.IVR
            )
        except Unavailable as error:
            # What cannot be recorded is not begun.
            log.warning("call_refused", error=str(error))
            self.phase = Phase.CLOSED
            await customer.hangup(503)
            return
        customer.listen(self.post)
        kind = LegKind.BROWSER if customer.browser else LegKind.PLAIN
        try:
            answer = await self.services.media.create_leg(
                self.customer_media,
                kind,
                self.post,
                offer=customer.offer,
                options=self.sound_options,
            )
        except MediaUnfit as error:
            log.info("call_without_common_sound", error=str(error))
            await self._refuse(customer, 488)
            return
        except MediaError as error:
            log.warning("call_refused", error=str(error))
            await self._refuse(customer, 503)
            return
        self.spawn(self.identify())
        await self.arrival.take_up(answer)

    @property
    def sound_options(self) -> LegOptions:
        """What the customer's sound is to be like. Who knows no telephone events presses keys as tones."""
        customer = self.customer
        if customer is None:
            return LegOptions()
        offer, wanted = customer.offer, self.services.sound(customer.trunk_id)
        return wanted if offer is None or hears_events(offer) else replace(wanted, tones=True)

    async def described(self, sdp: str | None) -> bool:
        """Whoever called without an offer was given ours and answers with the ACK (RFC 3261 §13.2.1)."""
        customer = self.customer
        if customer is None or customer.offer is not None:
            return True
        try:
            if sdp is None:
                raise MediaError("no answer to our offer")
            await self.services.media.answer(self.customer_media, sdp)
        except MediaError as error:
            log.warning("call_without_sound", error=str(error))
            await customer.hangup(488, "no common media")
            await self.end(EndReason.FAILED)
            return False
        return True

    async def _refuse(self, customer: Leg, status: int) -> None:
        await customer.hangup(status)
        await self.end(EndReason.REFUSED)

    async def identify(self) -> None:
        """Ask until there is an answer: the database may be away for a while."""
        if self.arrival.withheld:
            self.post(CustomerKnown(Identified("withheld", [])))
            return
        await self.contact.identify(self.number, self.post)

    async def know(self, result: Identified) -> None:
        """Identification answered."""
        if await self.contact.know(result):
            self.arrival.known(self.customer_card)

    # --- what an outgoing call does otherwise -----------------------------------------------------------------------

    async def agent_joined(self, party: AgentParty) -> None:
        """The agent who was rung for the customer has answered, and routing agrees."""
        first = self.recorder.interaction.answered_at is None
        await self.talking.join(party)
        if first:  # what the next agents are to see to may have been booked by the one before
            self._owed_nothing()

    def _owed_nothing(self, *, called: bool = False) -> None:
        if self.services.callbacks is not None:
            self.spawn(self.services.callbacks.served(self.tenant.id, self.number, called=called))

    async def customer_rings(self, event: Ringing) -> None:
        """Only a customer who is called by us."""

    async def customer_answered(self, event: Answered) -> None:
        """Only a customer who is called by us."""

    async def customer_ended(self, event: Ended) -> None:
        """The customer's leg is over."""
        if self.phase is Phase.PARTING:
            await self.parting.close()
            await self.end(self.parting.reason)
            return
        # A message that cannot be kept just now is no reason for the contact to end otherwise than it did.
        left = self.phase is Phase.FLOW and bool(await self._try(self.self_service.close()))
        gave_up = self.phase in (Phase.QUEUED, Phase.RINGING) and self.recorder.interaction.answered_at is None
        await self.end(EndReason.ABANDONED if gave_up else self._hung_up(left))

    def _hung_up(self, left_message: bool) -> EndReason:
        if self.self_service.served:
            return EndReason.SERVED
        if left_message:
            return EndReason.MESSAGE_LEFT
        standing = [party for party in self.parties if party.stands]
        alone = bool(standing) and not any(isinstance(party, AgentParty) for party in standing)
        return EndReason.TRANSFERRED_OUT if alone else EndReason.CUSTOMER_HUNG_UP

    # --- the end ----------------------------------------------------------------------------------------------------

    def meter(self, third: OutsideParty) -> None:
        """Count how long an outside line lasts, and end it when it has to."""
        leg = third.leg
        if leg is not None:
            self.spawn(third.meter(self.services, lambda: self.post(Ended(leg.id, "system", 0, "spent"))))

    async def end(self, reason: EndReason) -> None:
        """The customer's part is over: record it, then release everything, even if a step fails. Once only."""
        if self.phase in (Phase.WRAPUP, Phase.CLOSED):
            return
        before, self.phase = self.phase, Phase.WRAPUP
        await self._try(self.self_service.close())
        await self._try(self.parting.close())
        if before is Phase.PARTING:
            reason = self.parting.came_to(reason)
        # Agents are free before anything that only this contact needs: the next customer waits for them. Both are
        # decided in this order and written together.
        _, released = await asyncio.gather(self._try(self.recorder.ended(reason)), self._leave_routing(before))
        await self._try(self._note_sound())
        await self._try(self.taping.stop())
        for party, until in released:
            await self._try(self.wrapups.begin(party.holder, party.contact_id, until))
        await self._release_legs()
        self.staging.show()
        await self.finish()

    async def finish(self) -> None:
        """Once the customer's part is over, and everybody's wrap-up is, nothing more will happen."""
        if self.phase is Phase.WRAPUP and not self.wrapups:
            await self.close()

    async def _note_sound(self) -> None:
        parties = {"customer": self.customer_media}
        if self.agent is not None and self.agent.stands:
            parties["agent"] = self.agent.media_leg
        if found := await sounded(self.services.media, parties):
            await self.recorder.note("sound", "system", found)

    async def _leave_routing(self, before: Phase) -> list[tuple[AgentParty, datetime | None]]:
        """Every agent is let go. Return who may have something to wrap up, and until when."""
        routing, released = self.services.routing, list[tuple[AgentParty, datetime | None]]()
        if before in (Phase.QUEUED, Phase.RINGING, Phase.PARTING):  # it may break on the way out of the queue
            await self._try(routing.left(self.id))
        parties = [party for party in self.parties if isinstance(party, AgentParty)]
        for party in parties:
            if party.leg is not None:  # before the next customer's INVITE: a telephone may have one line only
                await self._try(party.leg.hangup())
        consulted = self.consulting.contact
        for party in sorted(parties, key=lambda party: party.contact_id != self.id):
            if party.stands or party.contact_id == self.id:
                until = await self._try(routing.released(party.contact_id))
                released.append((party, until))
        if consulted is not None and self.consulting.rings:
            await self._try(routing.left(consulted))
        return released

    async def _try(self, step: Coroutine[Any, Any, T]) -> T | None:
        """Take a step of the end; the next ones must follow whatever becomes of it."""
        try:
            return await step
        except Exception:
            log.exception("call_end_step_failed")
            return None

    async def close(self, disposition: str | None = None, note: str = "") -> None:
        """Nothing more will happen."""
        if self.phase is not Phase.CLOSED:
            self.phase = Phase.CLOSED
            await self.recorder.closed(disposition, note)

    async def _release_legs(self) -> None:
        parties = [*self.parties, *self.waiting.ringing.values(), *self.reloading.coming]
        self.parties = []
        self.waiting.ringing = {}
        for party in parties:
            with contextlib.suppress(MediaError, Refusal):
                await party.release(self.services)
            self.staging.forget(party)
        if self.customer is not None:
            with contextlib.suppress(MediaError, Refusal):
                await self.customer.hangup()
        self.hearing.close()
        with contextlib.suppress(MediaError):
            await self.services.media.close(self.customer_media)

    async def _abandon_ship(self) -> None:
        """Something of ours broke: nobody may be left hanging, and the record must not stay open."""
        for step in (self.end(EndReason.FAILED), self.close(), self._release_legs()):
            await self._try(step)

    def _refuse_commands(self) -> None:
        while not self._mailbox.empty():
            message = self._mailbox.get_nowait()
            if isinstance(message, Command):
                self._commands.too_late(message)
