"""The caller in the flow: what the flow says and hears, what it leaves on the trail, and where it leads."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from yuelai.channels.ports import Entry, FlowOutcome
from yuelai.channels.voice.dialogue import VoiceDialogue
from yuelai.channels.voice.leaving import Leaving
from yuelai.channels.voice.messages import FlowEnded
from yuelai.channels.voice.phase import Phase
from yuelai.interactions.events import EndReason, SegmentKind
from yuelai.media.ports import MediaError, SpeechBegan, SpeechEnded
from yuelai.platform.errors import Refusal
from yuelai.routing.errors import NoSuchQueue

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

IDENTIFY_SECONDS = 1.0
"""How long the greeting waits for the answer to who calls; the database answers in a millisecond."""


SETTLING_SECONDS = 0.5
"""How long a flow whose caller has gone is waited for at most."""


class SelfService:
    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._dialogue: VoiceDialogue | None = None
        self._walking: asyncio.Task[None] | None = None
        self._leaving: Leaving | None = None
        """A message that is being left."""
        self._left_one = False
        """A message was left in this flow."""
        self._walks = 0
        """Flows that this contact has come to: a transfer may lead to another one."""

    def start(self) -> None:
        """The call stands: walk the flow in a task of its own, which reports to the mailbox."""
        call = self._call
        if call.phase is not Phase.ARRIVING:
            return
        call.phase = Phase.FLOW
        self._walks += 1
        self._left_one = False
        services = call.services
        self._dialogue = VoiceDialogue(
            services.media,
            call.customer_media,
            partial(services.flows.files, call.tenant.id),
            self._step,
            services.flows.left,
            call.language,
            before_keys=call.arrival.answer,
            on_consent=self._consent,
            on_record=self._record,
            recogniser=services.recogniser,
        )
        self._walking = call.spawn(self._run(self._dialogue))

    async def enter(self, entry: Entry) -> None:
        """An agent sends the customer to another number of ours: its flow begins."""
        call = self._call
        call.entry, call.phase = entry, Phase.ARRIVING
        # Whoever comes from an agent has been with one, also where no flow was before: of a call of ours, say.
        self._walks = max(self._walks, 1)
        await call.hearing.quiet()
        await call.recorder.segment(SegmentKind.IVR)
        self.start()

    @property
    def served(self) -> bool:
        """The caller is in a flow and has got there what they came for."""
        return self._call.phase is Phase.FLOW and self._dialogue is not None and self._dialogue.is_served

    def key(self, digit: str) -> None:
        if self._leaving is not None:
            self._leaving.key(digit)
        elif self._dialogue is not None:
            self._dialogue.key(digit)

    def play_ended(self, play: UUID, finished: bool = True) -> None:
        if self._leaving is not None:
            self._leaving.play_ended(play)
        if self._dialogue is not None:
            self._dialogue.play_ended(play, finished)

    def heard(self, event: SpeechBegan | SpeechEnded) -> None:
        if self._leaving is not None:
            self._leaving.heard(event)

    def leave(self) -> None:
        """The caller has gone."""
        for listener in (self._leaving, self._dialogue):
            if listener is not None:
                listener.leave()

    async def close(self) -> bool:
        """The caller has gone: keep the message they were leaving; false when they have left none in this flow. Whether
        it has served them is the flow's to say."""
        self.leave()
        leaving, self._leaving = self._leaving, None
        if leaving is None or not await leaving.close():
            return self._left_one
        if self._walking is not None:
            await asyncio.wait([self._walking], timeout=SETTLING_SECONDS)
        return True

    async def ended(self, outcome: FlowOutcome | None, failed: bool) -> None:
        """The flow has ended: the caller was served, or goes to a queue or to a number outside."""
        call = self._call
        if call.phase is not Phase.FLOW:
            return
        if self._dialogue is not None:
            call.language = self._dialogue.language
        self._dialogue = None
        if failed or outcome is None:
            # A broken flow must not cost the customer the call: somebody answers.
            await call.recorder.note("system", "system", {"flow": "failed"})
            await call.waiting.enqueue(None, {})
        elif outcome.number is not None:
            await self._to_number(outcome.number)
        elif outcome.queue is None:
            await call.end(EndReason.SERVED if outcome.served else EndReason.FAILED)
        else:
            await self._to_queue(outcome.queue, outcome.attributes)

    async def _to_number(self, number: str) -> None:
        """Have somebody outside answer; who may not be called, or does not come, is made up for by an agent."""
        call = self._call
        await call.recorder.note("transfer", "system", {"number": number, "kind": "flow"})
        try:
            await call.transferring.outside(number)
        except Refusal as refusal:
            log.warning("flow_leads_to_no_number", number=number, code=refusal.code)
            await call.recorder.note("transfer", "system", {"number": number, "failed": refusal.code})
            await call.waiting.enqueue(None, {})

    async def _to_queue(self, code: str, attributes: Mapping[str, Any]) -> None:
        call, known = self._call, True
        try:
            call.services.routing.queue(code, call.tenant.id)
        except NoSuchQueue:
            log.error("flow_names_no_queue", queue=code)
            await call.recorder.note("system", "system", {"flow": "failed"})
            known = False
        if attributes:
            call.recorder.show.why(collected=dict(attributes))
        await call.waiting.enqueue(code if known else None, attributes)

    async def _run(self, dialogue: VoiceDialogue) -> None:
        call, flows = self._call, self._call.services.flows
        assert call.entry is not None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(call.contact.asked_who.wait(), IDENTIFY_SECONDS)
        context = {
            "ani": call.number,
            "dnis": call.called,
            "tenant_id": str(call.tenant.id),
            "interaction_id": str(call.id),
            "customer": call.customer_card,
            "match": call.recorder.interaction.match,
            "walk": self._walks,
        }
        try:
            outcome = await flows.run(call.entry, dialogue, context)
            await self._notice(outcome, dialogue)
            if outcome.number is not None:
                await call.arrival.answer()
        except flows.left:
            return
        except MediaError as error:
            log.warning("flow_without_sound", error=str(error))
            call.post(FlowEnded(None, failed=True))
        except Exception:
            log.exception("flow_failed")
            call.post(FlowEnded(None, failed=True))
        else:
            call.post(FlowEnded(outcome))

    async def _notice(self, outcome: FlowOutcome, dialogue: VoiceDialogue) -> None:
        """What the queue wants said in full before anybody is offered the contact, that it is recorded, say."""
        call = self._call
        try:
            queue = call.services.routing.queue(outcome.queue or "", call.tenant.id)
        except NoSuchQueue:
            return
        if notice := queue.treatment.notice:
            try:
                file = call.services.prompt_of(call.tenant.id, notice, dialogue.language)
            except ValueError:
                log.error("no_such_prompt", name=notice)
                return
            await dialogue.say_files([file])
            await call.recorder.note("recording", "system", {"notice": notice})

    async def _record(self, queue: str, maximum_seconds: int) -> float:
        assert self._dialogue is not None
        self._leaving = leaving = Leaving(self._call, queue, maximum_seconds, self._dialogue.language)
        try:
            seconds = await leaving.take()
            self._left_one = self._left_one or seconds > 0
            return seconds
        finally:
            if self._leaving is leaving:
                self._leaving = None

    async def _consent(self, given: bool) -> None:
        call = self._call
        call.declines_recording = not given
        await call.recorder.note("recording", "customer", {"consent": given})

    async def _step(self, node: str, kind: str, data: Mapping[str, Any]) -> None:
        key = data.get("key")
        pressed = str(key) if key is not None else None
        self._call.recorder.show.step(node, kind, data.get("label"), pressed)
        await self._call.recorder.note("flow", "customer" if pressed else "system", {"node": node, **data})
