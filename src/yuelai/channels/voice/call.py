"""One inbound call, one actor: it owns both legs, their sound and the interaction, and takes one message at a time.

Everything that happens to the call reaches it through `post`: SIP and media events, routing's offers, screens'
commands. Hence no two things ever change a call at once, and whatever comes first wins (an answer against a hang-up, say).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import structlog

from yuelai.channels.ports import FlowOutcome, Identified
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.commands import Commands
from yuelai.channels.voice.dialogue import VoiceDialogue
from yuelai.channels.voice.hearing import Hearing
from yuelai.channels.voice.messages import Command, CustomerKnown, FlowEnded, Shutdown, WrapUpOver
from yuelai.channels.voice.services import VoiceServices
from yuelai.interactions.events import EndReason, SegmentKind
from yuelai.media.ports import Digit, LegGone, LegKind, LegSilent, MediaError, PlayEnded
from yuelai.platform.errors import Refusal, Unavailable
from yuelai.platform.ids import InteractionId, LegId, RecordingId, new_id
from yuelai.routing.errors import OfferGone
from yuelai.routing.events import Offer, Withdraw
from yuelai.telephony.ports import Answered, Confirmed, Ended, InfoDigit, Leg, Reoffered, Ringing
from yuelai.wire.sdp import parse_sdp

log = structlog.get_logger()

IDENTIFY_TRIES = 5
IDENTIFY_PAUSE = 1.0


class Phase(StrEnum):
    ARRIVING = "arriving"
    FLOW = "flow"
    QUEUED = "queued"
    RINGING = "ringing"
    TALKING = "talking"
    WRAPUP = "wrapup"
    CLOSED = "closed"


class VoiceCall:
    def __init__(self, services: VoiceServices, leg: Leg) -> None:
        self.id = InteractionId(new_id())
        self.services = services
        self.customer = leg
        self.customer_media = LegId(new_id())
        self.agent: AgentParty | None = None
        self.rejoining: AgentParty | None = None
        self.phase = Phase.ARRIVING
        self.held = False
        self.recorder = services.new_recorder()
        self.hearing = Hearing(services, self.customer_media)
        self.language = "zh-CN"
        self._identified: Identified | None = None
        self._dialogue: VoiceDialogue | None = None
        self._queue: Mapping[str, Any] = {}
        self._recording: RecordingId | None = None
        self._mailbox: asyncio.Queue[Any] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._commands = Commands(self)

    def post(self, message: Any) -> None:
        """Put anything that concerns this call into its mailbox."""
        self._mailbox.put_nowait(message)

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
                await self._ring(message)
            case Withdraw():
                await self._withdraw(message)
            case CustomerKnown(result):
                await self._know(result)
            case FlowEnded(outcome, failed):
                await self._flow_ended(outcome, failed)
            case WrapUpOver():
                if self.phase is Phase.WRAPUP:
                    await self.close()
            case Shutdown():
                await self.end(EndReason.SYSTEM_RESTART)
            case LegGone():
                await self.end(EndReason.FAILED)
            case PlayEnded(_, play, finished):
                if self._dialogue is not None:
                    self._dialogue.play_ended(play)
                await self.hearing.play_ended(play, finished)
            case Digit(leg, digit) | InfoDigit(leg, digit):
                if self._dialogue is not None and leg in (self.customer_media, self.customer.id):
                    self._dialogue.key(digit)
            case LegSilent(leg, seconds):
                await self._silent(leg, seconds)
            case Confirmed(leg) if leg == self.customer.id:
                await self._start_flow()
            case Answered(leg, sdp):
                await self._agent_answered(leg, sdp)
            case Reoffered():
                await self._reoffered(message)
            case Ended():
                await self._leg_ended(message)
            case Ringing() | Confirmed():
                pass
            case _:
                raise TypeError(f"a call cannot handle {message!r}")

    # --- arriving ---------------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        try:
            await self.recorder.begin(
                self.id, self.services.tenant_id, "voice", "in", self.customer.caller, self.customer.called
            )
        except Unavailable as error:
            # What cannot be recorded is not begun.
            log.warning("call_refused", error=str(error))
            self.phase = Phase.CLOSED
            await self.customer.hangup(503)
            return
        self.customer.listen(self.post)
        if self.customer.offer is None:
            await self._refuse(488)
            return
        kind = LegKind.BROWSER if self.customer.browser else LegKind.PLAIN
        try:
            answer = await self.services.media.create_leg(
                self.customer_media, kind, self.post, offer=self.customer.offer
            )
        except MediaError as error:
            log.warning("call_refused", error=str(error))
            await self._refuse(503)
            return
        self._spawn(self._identify())
        await self.recorder.segment(SegmentKind.IVR)
        await self.customer.answer(answer)

    async def _refuse(self, status: int) -> None:
        await self.customer.hangup(status)
        await self.end(EndReason.REFUSED)

    async def _identify(self) -> None:
        for _ in range(IDENTIFY_TRIES):
            try:
                result = await self.services.customers.identify(self.services.tenant_id, self.customer.caller)
            except Refusal as refusal:
                log.warning("identify_failed", error=str(refusal))
                await asyncio.sleep(IDENTIFY_PAUSE)
            else:
                self.post(CustomerKnown(result))
                return

    async def _know(self, result: Identified) -> None:
        if self.phase is Phase.CLOSED or self.recorder.interaction.match == "chosen":
            return
        self._identified = result
        await self.recorder.identified(result.match, result.cards)

    @property
    def customer_card(self) -> Mapping[str, Any] | None:
        known = self._identified
        return known.cards[0] if known is not None and len(known.cards) == 1 else None

    # --- self-service -----------------------------------------------------------------------------------------------

    async def _start_flow(self) -> None:
        if self.phase is not Phase.ARRIVING:
            return
        self.phase = Phase.FLOW
        flows = self.services.flows
        self._dialogue = VoiceDialogue(
            self.services.media, self.customer_media, flows.files, self._step, flows.left, self.language
        )
        self._spawn(self._run_flow(self._dialogue))

    async def _run_flow(self, dialogue: VoiceDialogue) -> None:
        flows = self.services.flows
        try:
            context = {
                "ani": self.customer.caller,
                "dnis": self.customer.called,
                "tenant_id": str(self.services.tenant_id),
                "interaction_id": str(self.id),
                "customer": self._flow_customer,
            }
            outcome = await flows.run(self.customer.called, dialogue, context)
        except flows.left:
            return
        except MediaError:
            self.post(FlowEnded(None, failed=True))
        except Exception:
            log.exception("flow_failed")
            self.post(FlowEnded(None, failed=True))
        else:
            self.post(FlowEnded(outcome))

    def _flow_customer(self) -> Mapping[str, Any] | None:
        return self.customer_card

    async def _step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        key = data.get("key")
        self.recorder.show.step(node, kind, data.get("label"), str(key) if key is not None else None)
        await self.recorder.note("flow", "customer" if key is not None else "system", {"node": node, **data})

    async def _flow_ended(self, outcome: FlowOutcome | None, failed: bool) -> None:
        if self.phase is not Phase.FLOW:
            return
        if self._dialogue is not None:
            self.language = self._dialogue.language
        self._dialogue = None
        if failed or outcome is None:
            # A broken flow must not cost the customer the call: somebody answers.
            await self.recorder.note("system", "system", {"flow": "failed"})
            outcome = FlowOutcome(queue=self.services.flows.fallback_queue)
        if outcome.queue is None:
            await self.end(EndReason.SERVED if outcome.served else EndReason.FAILED)
        else:
            await self._enqueue(outcome.queue, outcome.attributes)

    # --- waiting ----------------------------------------------------------------------------------------------------

    async def _enqueue(self, code: str, attributes: Mapping[str, Any]) -> None:
        self.phase = Phase.QUEUED
        queue = self.services.routing.queue(code, self.services.tenant_id)
        self._queue = {"id": str(queue.id), "code": queue.code, "name": queue.name}
        self.recorder.show.queue(self._queue)
        await self.recorder.segment(SegmentKind.QUEUE, queue_id=queue.id)
        await self.recorder.note("queue", "system", {"queue": queue.code})
        await self.hearing.wait(self.language)
        card = self.customer_card
        await self.services.routing.enqueue(
            self.id,
            code,
            str(card["class"]) if card else "normal",
            {"language": self.language, **attributes},
            tenant_id=self.services.tenant_id,
        )

    async def _ring(self, offer: Offer) -> None:
        if self.phase is not Phase.QUEUED:
            with contextlib.suppress(OfferGone):
                await self.services.routing.refused(self.id, offer.agent_id, "contact_gone")
            return
        self.phase = Phase.RINGING
        self.agent = party = AgentParty(offer)
        show = self.recorder.show
        show.why(explanation=offer.explanation, queue_wait=self._waited())
        await self.recorder.segment(SegmentKind.RING, agent_id=offer.agent_id, queue_id=self._queue_id())
        await self.recorder.note("offer", "system", {"agent": offer.number, **_decided(offer.explanation)})
        show.until(self.services.clock.now() + timedelta(seconds=offer.ring_seconds))
        # The screen knows before the phone does.
        show.agent(offer.agent_id, offer.number)
        try:
            card = self.customer_card
            name = str(card["name"]) if card else ""
            await party.ring(self.services, self.id, self.customer.caller, name, self.post)
        except (MediaError, Refusal) as error:
            log.warning("agent_unreachable", agent=offer.number, error=str(error))
            await self._back_to_queue("unreachable")

    async def _withdraw(self, withdraw: Withdraw) -> None:
        if self.phase is Phase.RINGING and self.agent and self.agent.offer.agent_id == withdraw.agent_id:
            await self._requeue(withdraw.reason)

    async def _back_to_queue(self, reason: str) -> None:
        """The agent did not take it: tell routing, which keeps the contact's place."""
        party = self.agent
        await self._requeue(reason)
        if party is not None:
            with contextlib.suppress(OfferGone):
                await self.services.routing.refused(self.id, party.offer.agent_id, reason)

    async def _requeue(self, reason: str) -> None:
        party, self.agent = self.agent, None
        self.phase = Phase.QUEUED
        number = party.offer.number if party else ""
        self.recorder.show.agent(None)
        self.recorder.show.until(None)
        await self.recorder.segment(SegmentKind.QUEUE, queue_id=self._queue_id())
        await self.recorder.note("offer", "system", {"agent": number, "failed": reason})
        if party is not None:
            await party.release(self.services)

    async def decline(self) -> None:
        """The agent refuses the ringing call: it goes back to its place."""
        if self.phase is Phase.RINGING:
            await self._back_to_queue("declined")

    def _queue_id(self) -> Any:
        return self.services.routing.queue(self._queue["code"], self.services.tenant_id).id

    def _waited(self) -> float:
        interaction = self.recorder.interaction
        return round(interaction.wait_seconds(self.services.clock.now()), 1)

    # --- talking ----------------------------------------------------------------------------------------------------

    async def _agent_answered(self, leg: LegId, sdp: str) -> None:
        if self.rejoining is not None and self.rejoining.owns(leg):
            await self._rejoined(sdp)
            return
        party = self.agent
        if self.phase is not Phase.RINGING or party is None or not party.owns(leg):
            return  # withdrawn meanwhile; its hang-up is under way
        try:
            await self.services.routing.accepted(self.id, party.offer.agent_id)
        except OfferGone:
            await self._requeue("too_late")
            return
        await self.services.media.answer(party.media_leg, sdp)
        await self.hearing.quiet()
        await self.services.media.bridge(self.customer_media, party.media_leg)
        self._recording = await self.services.capture.start(self.id, self.services.tenant_id, self.customer_media)
        self.phase = Phase.TALKING
        self.recorder.show.until(None)
        self.recorder.show.recording(True)
        await self.recorder.segment(SegmentKind.TALK, agent_id=party.offer.agent_id, queue_id=self._queue_id())

    async def hold(self, held: bool) -> None:
        """Put the customer on hold, or take them back. Asking twice changes nothing."""
        if self.phase is not Phase.TALKING or self.agent is None or held == self.held:
            return
        self.held = held
        agent_id = self.agent.offer.agent_id
        await self.services.media.hold(self.customer_media, held)
        if held:
            await self.hearing.music()
        else:
            await self.hearing.quiet()
        await self.recorder.segment(SegmentKind.HOLD if held else SegmentKind.TALK, agent_id, self._queue_id())
        await self.services.routing.held(self.id, held)

    async def rejoin(self) -> None:
        """Call the agent's seat again: the page was reloaded and its old leg is dead. The customer stays."""
        if self.phase is not Phase.TALKING or self.agent is None:
            return
        if self.rejoining is not None:
            await self.rejoining.release(self.services)
        self.rejoining = party = AgentParty(self.agent.offer)
        try:
            await party.ring(self.services, self.id, self.customer.caller, "", self.post, rejoin=True)
        except (MediaError, Refusal) as error:
            log.warning("rejoin_failed", error=str(error))
            self.rejoining = None
            await party.release(self.services)

    async def _rejoined(self, sdp: str) -> None:
        party, self.rejoining = self.rejoining, None
        old, self.agent = self.agent, party
        assert party is not None
        await self.services.media.answer(party.media_leg, sdp)
        await self.services.media.bridge(self.customer_media, party.media_leg)
        await self.recorder.note("system", "system", {"rejoined": party.offer.number})
        if old is not None:
            await old.release(self.services)

    async def _reoffered(self, event: Reoffered) -> None:
        """A re-INVITE: the phone's own hold key, or changed addresses."""
        ours = event.leg == self.customer.id
        party = self.agent
        if not ours and (party is None or not party.owns(event.leg)):
            return
        leg, media_leg = (self.customer, self.customer_media) if ours else (party.leg, party.media_leg)  # type: ignore[union-attr]
        assert leg is not None
        try:
            answer = await self.services.media.reoffer(media_leg, event.sdp)
        except MediaError:
            await leg.refuse_offer()
            return
        await leg.accept(answer)
        if not ours:
            session = parse_sdp(event.sdp)
            await self.hold(session.direction(session.audio) in ("sendonly", "inactive"))

    async def _silent(self, leg: LegId, seconds: float) -> None:
        party = self.agent
        if party is not None and party.media_leg == leg and party.browser and self.phase is Phase.TALKING:
            # A browser sends even when muted: its page, or its machine, is gone. A rejoin may still come.
            await self.recorder.note(
                "system", "system", {"agent_silent": party.offer.number, "seconds": round(seconds)}
            )

    # --- the end ----------------------------------------------------------------------------------------------------

    async def _leg_ended(self, event: Ended) -> None:
        if event.leg == self.customer.id:
            await self.end(self._customer_gone())
        elif self.rejoining is not None and self.rejoining.owns(event.leg):
            party, self.rejoining = self.rejoining, None
            await party.release(self.services)
        elif self.agent is not None and self.agent.owns(event.leg):
            if self.phase is Phase.RINGING:
                await self._back_to_queue("busy" if event.status in (486, 600, 603) else "unreachable")
            elif self.phase is Phase.TALKING:
                await self.end(EndReason.AGENT_HUNG_UP if event.by == "remote" else EndReason.FAILED)

    def _customer_gone(self) -> EndReason:
        if self.phase in (Phase.QUEUED, Phase.RINGING):
            return EndReason.ABANDONED
        return EndReason.CUSTOMER_HUNG_UP

    async def end(self, reason: EndReason) -> None:
        """The customer's part is over: record it, then release every leg. Once only."""
        if self.phase in (Phase.WRAPUP, Phase.CLOSED):
            return
        before, self.phase = self.phase, Phase.WRAPUP
        talked = before is Phase.TALKING and self.agent is not None
        agent_id = self.agent.offer.agent_id if talked and self.agent else None
        if self._dialogue is not None:
            self._dialogue.leave()
        await self.recorder.ended(reason, agent_id)
        await self._stop_recording()
        until = None
        if before in (Phase.QUEUED, Phase.RINGING):
            await self.services.routing.left(self.id)
        elif talked:
            until = await self.services.routing.released(self.id)
        await self._release_legs()
        if until is None:
            await self.close()
        else:
            self.recorder.show.until(until)

    async def close(self, disposition: str | None = None, note: str = "") -> None:
        """Nothing more will happen."""
        if self.phase is Phase.CLOSED:
            return
        self.phase = Phase.CLOSED
        await self.recorder.closed(disposition, note)

    async def _stop_recording(self) -> None:
        recording, self._recording = self._recording, None
        if recording is None:
            return
        self.recorder.show.recording(False)
        try:
            duration_ms = await self.services.capture.stop(recording)
        except MediaError as error:
            # The engine died: the recordings room completes the file from what was written.
            log.warning("recording_cut", error=str(error))
            return
        await self.recorder.recorded(recording, duration_ms)

    async def _release_legs(self) -> None:
        for party in (self.agent, self.rejoining):
            if party is not None:
                with contextlib.suppress(MediaError, Refusal):
                    await party.release(self.services)
        self.rejoining = None
        with contextlib.suppress(MediaError, Refusal):
            await self.customer.hangup()
        with contextlib.suppress(MediaError):
            await self.services.media.close(self.customer_media)

    async def _abandon_ship(self) -> None:
        """Something of ours broke: nobody may be left hanging, and the record must not stay open."""
        steps = (self.end(EndReason.FAILED), self.close(), self._release_legs())
        for step in steps:
            try:
                await step
            except Exception:
                log.exception("call_cleanup_failed")

    def _refuse_commands(self) -> None:
        while not self._mailbox.empty():
            message = self._mailbox.get_nowait()
            if isinstance(message, Command):
                self._commands.too_late(message)

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _decided(explanation: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: explanation[key] for key in ("strategy", "decided", "candidates") if key in explanation}
