"""One inbound call, one actor: it owns both legs, their sound and the interaction, and takes one message at a time.

Everything that happens to the call reaches it through `post`: SIP and media events, routing's offers, screens'
commands. Hence no two things ever change a call at once, and whatever comes first wins (an answer against a hang-up,
say). What is done in self-service, in the queue and in talk stands in the modules of those names.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import structlog

from yuelai.channels.ports import Entry, Identified
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.commands import Commands
from yuelai.channels.voice.hearing import Hearing
from yuelai.channels.voice.messages import (
    Command,
    CustomerKnown,
    FlowEnded,
    OfferAgain,
    RejoinOver,
    Shutdown,
    StrangersMayBeKnown,
    WrapUpOver,
)
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.quality import sounded
from yuelai.channels.voice.selfservice import SelfService
from yuelai.channels.voice.services import VoiceServices
from yuelai.channels.voice.talking import Talking
from yuelai.channels.voice.waiting import Waiting
from yuelai.interactions.events import EndReason, SegmentKind
from yuelai.interactions.model import Stage
from yuelai.media.ports import (
    Digit,
    LegGone,
    LegHeard,
    LegKind,
    LegOptions,
    LegSilent,
    MediaError,
    MediaUnfit,
    PlayEnded,
    QualityChanged,
    SpeechBegan,
    SpeechEnded,
    ToneHeard,
)
from yuelai.platform.errors import Refusal, Unavailable
from yuelai.platform.ids import InteractionId, LegId, new_id
from yuelai.routing.events import Moved, Offer, Stranded, Withdraw
from yuelai.telephony.b2bua.descriptions import hears_events
from yuelai.telephony.ports import Answered, Confirmed, Ended, InfoDigit, Leg, Reanswered, Referred, Reoffered, Ringing

log = structlog.get_logger()

T = TypeVar("T")

IDENTIFY_PAUSE = 1.0
BUSY_STATUSES = (486, 600, 603)


class VoiceCall:
    def __init__(self, services: VoiceServices, leg: Leg, entry: Entry) -> None:
        self.id = InteractionId(new_id())
        self.services = services
        self.entry, self.tenant = entry, entry.tenant
        self.customer = leg
        self.customer_media = LegId(new_id())
        self.agent: AgentParty | None = None
        self.phase = Phase.ARRIVING
        self.recorder = services.new_recorder()
        self.hearing = Hearing(services, self.customer_media, self.spawn)
        self.language = "zh-CN"
        self.self_service, self.waiting, self.talking = SelfService(self), Waiting(self), Talking(self)
        self.asked_who = asyncio.Event()
        """Set once identification has answered, or has failed for the first time."""
        self._identified: Identified | None = None
        self._mailbox: asyncio.Queue[Any] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._commands = Commands(self)

    @property
    def customer_card(self) -> Mapping[str, Any] | None:
        """The customer, when there is no doubt who it is."""
        known = self._identified
        return known.cards[0] if known is not None and len(known.cards) == 1 else None

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
        """Live until the last wrap-up second; whatever breaks, both parties are released and the record is closed."""
        with structlog.contextvars.bound_contextvars(interaction_id=str(self.id)):
            try:
                await self._begin()
                while self.phase is not Phase.CLOSED:
                    await self._take(await self._mailbox.get())
            except Exception:
                log.exception("call_failed", phase=self.phase)
                await self._abandon_ship()
            finally:
                for task in self._tasks:
                    task.cancel()
                self._refuse_commands()

    async def _take(self, message: Any) -> None:
        try:
            await self._handle(message)
        except (MediaError, Refusal) as error:
            log.warning("call_broken", error=str(error), phase=self.phase, on=type(message).__name__)
            await self.end(EndReason.FAILED)

    async def _handle(self, message: Any) -> None:
        match message:
            case Command():
                await self._commands.run(message)
            case Offer():
                await self.waiting.ring(message)
            case Withdraw():
                await self.waiting.withdrawn(message)
            case Moved():
                await self.waiting.moved(message)
            case Stranded():
                await self.waiting.stranded()
            case CustomerKnown(result):
                await self.know(result)
            case StrangersMayBeKnown():
                if self.recorder.interaction.match == "new" and self.phase is not Phase.WRAPUP:
                    self.spawn(self._identify())
            case FlowEnded(outcome, failed):
                await self.self_service.ended(outcome, failed)
            case WrapUpOver(agent_id):
                # An agent who lost this customer to another one has a wrap-up of their own.
                if self.phase is Phase.WRAPUP and self.agent is not None and self.agent.offer.agent_id == agent_id:
                    await self.close()
            case Shutdown():
                await self.end(EndReason.SYSTEM_RESTART)
                await self.close()
            case LegGone(leg):
                await self._sound_gone(leg)
            case OfferAgain():
                await self.waiting.again()
            case PlayEnded(_, play, _):
                self.self_service.play_ended(play)
                self.hearing.play_ended(play)
            case Digit(leg, digit) | InfoDigit(leg, digit):
                if leg in (self.customer_media, self.customer.id):
                    self.self_service.key(digit)
            case LegSilent(leg, _):
                # A browser sends even when muted; a telephone may fall silent by itself.
                if self.agent is not None and self.agent.browser and self.agent.media_leg == leg:
                    await self.talking.lose(self.agent)
            case LegHeard(leg):
                if self.agent is not None and self.agent.media_leg == leg:
                    await self.talking.regain(self.agent)
            case RejoinOver():
                await self.talking.give_up(message)
            case Confirmed(leg, sdp):
                if leg == self.customer.id and await self._described(sdp):
                    self.self_service.start()
            case Answered():
                await self.talking.answered(message)
            case Reoffered():
                await self.talking.reoffered(message)
            case Ended():
                await self._leg_ended(message)
            case Referred():
                message.referral.refuse(603)  # contacts are moved by routing, not by telephones
            case Reanswered():
                await self.talking.reanswered(message)
            case Ringing() | QualityChanged() | ToneHeard() | SpeechBegan() | SpeechEnded():
                pass
            case _:
                raise TypeError(f"a call cannot handle {message!r}")

    # --- arriving ---------------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        try:
            await self.recorder.begin(self.id, self.tenant, "voice", "in", self.customer.caller, self.customer.called)
        except Unavailable as error:
            # What cannot be recorded is not begun.
            log.warning("call_refused", error=str(error))
            self.phase = Phase.CLOSED
            await self.customer.hangup(503)
            return
        self.customer.listen(self.post)
        kind = LegKind.BROWSER if self.customer.browser else LegKind.PLAIN
        try:
            answer = await self.services.media.create_leg(
                self.customer_media,
                kind,
                self.post,
                offer=self.customer.offer,
                options=self._wishes(),
            )
        except MediaUnfit as error:
            log.info("call_without_common_sound", error=str(error))
            await self._refuse(488)
            return
        except MediaError as error:
            log.warning("call_refused", error=str(error))
            await self._refuse(503)
            return
        self.spawn(self._identify())
        await self.recorder.segment(SegmentKind.IVR)
        await self._take_up(answer)

    def _wishes(self) -> LegOptions:
        """What the customer's sound is to be like. Who knows no telephone events presses keys as tones."""
        offer, wanted = self.customer.offer, self.services.sound(self.customer.trunk_id)
        return wanted if offer is None or hears_events(offer) else replace(wanted, tones=True)

    async def _take_up(self, answer: str) -> None:
        try:
            await self.customer.answer(answer)
        except Refusal as error:
            # The caller cancelled while the sound was being prepared; `Ended` is in the mailbox.
            log.info("caller_gone_before_answer", reason=str(error))

    async def _described(self, sdp: str | None) -> bool:
        """Whoever called without an offer was given ours and answers with the ACK (RFC 3261 §13.2.1)."""
        if self.customer.offer is not None:
            return True
        try:
            if sdp is None:
                raise MediaError("no answer to our offer")
            await self.services.media.answer(self.customer_media, sdp)
        except MediaError as error:
            log.warning("call_without_sound", error=str(error))
            await self.customer.hangup(488, "no common media")
            await self.end(EndReason.FAILED)
            return False
        return True

    async def _refuse(self, status: int) -> None:
        await self.customer.hangup(status)
        await self.end(EndReason.REFUSED)

    async def _identify(self) -> None:
        """Ask until there is an answer: the database may be away for a while."""
        while True:
            try:
                result = await self.services.customers.identify(self.tenant.id, self.customer.caller)
            except Refusal as refusal:
                log.warning("identify_failed", error=str(refusal))
                self.asked_who.set()
                await asyncio.sleep(IDENTIFY_PAUSE)
            else:
                self.post(CustomerKnown(result))
                return

    async def know(self, result: Identified) -> None:
        """Identification answered; an agent's choice made before it stands."""
        if self.recorder.interaction.match != "chosen":
            self._identified = result
            await self.recorder.identified(result.match, result.cards)
        self.asked_who.set()

    async def choose(self, card: Mapping[str, Any], number: str) -> None:
        """The agent with that number says who it is."""
        self._identified = Identified("one", [card])
        await self.recorder.identified("chosen", [card])
        await self.recorder.note("customer", number, {"customer_id": str(card["id"])})

    # --- the end ----------------------------------------------------------------------------------------------------

    async def _leg_ended(self, event: Ended) -> None:
        rejoining = self.talking.rejoining
        if event.leg == self.customer.id:
            waiting = self.phase in (Phase.QUEUED, Phase.RINGING)
            never_answered = self.recorder.interaction.answered_at is None
            await self.end(EndReason.ABANDONED if waiting and never_answered else EndReason.CUSTOMER_HUNG_UP)
        elif rejoining is not None and rejoining.owns(event.leg):
            await self.talking.drop_rejoin()
        elif self.agent is not None and self.agent.owns(event.leg):
            if self.phase is Phase.RINGING:
                await self.waiting.not_taken("busy" if event.status in BUSY_STATUSES else "unreachable")
            elif self.phase is Phase.TALKING and self.agent.browser and event.by == "system":
                self.agent.leg = None
                await self.talking.lose(self.agent)
            elif self.phase is Phase.TALKING:
                await self.end(EndReason.AGENT_HUNG_UP if event.by == "remote" else EndReason.FAILED)

    async def _sound_gone(self, leg: LegId) -> None:
        """A media worker died. Who only lost an agent that rang, or the page that came back, goes on without."""
        rejoining, agent = self.talking.rejoining, self.agent
        if rejoining is not None and leg == rejoining.media_leg:
            await self.talking.drop_rejoin()
        elif self.phase is Phase.RINGING and agent is not None and leg == agent.media_leg:
            await self.waiting.without_sound(agent.offer)
        elif leg == self.customer_media or (agent is not None and leg == agent.media_leg):
            await self.end(EndReason.FAILED)

    async def end(self, reason: EndReason) -> None:
        """The customer's part is over: record it, then release everything, even if a step fails. Once only."""
        if self.phase in (Phase.WRAPUP, Phase.CLOSED):
            return
        before, self.phase = self.phase, Phase.WRAPUP
        # A talk that broke before it was recorded as one has no wrap-up.
        talked = self.recorder.interaction.stage in (Stage.TALK, Stage.HOLD)
        agent_id = self.agent.offer.agent_id if talked and self.agent is not None else None
        self.self_service.leave()
        await self._try(self._note_sound())
        await self._try(self.recorder.ended(reason, agent_id))
        await self._try(self.talking.stop_recording())
        until = await self._try(self._leave_routing(before))
        await self._release_legs()
        if agent_id is not None and until is not None:
            self.recorder.show.until(until)
            return
        if until is not None and self.agent is not None:
            await self._try(self.services.routing.wrapup_done(self.agent.offer.agent_id, self.id))
        await self.close()

    async def _note_sound(self) -> None:
        agent = {"agent": self.agent.media_leg} if self.agent is not None else {}
        if found := await sounded(self.services.media, {"customer": self.customer_media, **agent}):
            await self.recorder.note("sound", "system", found)

    async def _leave_routing(self, before: Phase) -> datetime | None:
        """Return the end of the wrap-up, if one begins."""
        if before is Phase.TALKING:
            return await self.services.routing.released(self.id)
        if before in (Phase.QUEUED, Phase.RINGING):
            await self.services.routing.left(self.id)
        return None

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
        with contextlib.suppress(MediaError, Refusal):
            await self.talking.drop_rejoin()
        if self.agent is not None:
            with contextlib.suppress(MediaError, Refusal):
                await self.agent.release(self.services)
        with contextlib.suppress(MediaError, Refusal):
            await self.customer.hangup()
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
