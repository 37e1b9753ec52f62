"""Whom in a call a message is for: each kind of event, and each leg, has one who takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.commands import Commands
from yuelai.channels.voice.messages import (
    CallbackWanted,
    Command,
    CustomerKnown,
    FlowEnded,
    MessageWanted,
    OfferAgain,
    Parted,
    RejoinOver,
    Shutdown,
    StrangersMayBeKnown,
    WrapUpOver,
)
from yuelai.channels.voice.outside_party import OutsideParty
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.referring import refer
from yuelai.interactions.events import EndReason
from yuelai.media.ports import (
    Digit,
    LegGone,
    LegHeard,
    LegSilent,
    PlayEnded,
    QualityChanged,
    SpeechBegan,
    SpeechEnded,
    ToneHeard,
)
from yuelai.platform.ids import LegId
from yuelai.routing.events import Diverted, Moved, Offer, StepTaken, Stranded, Withdraw
from yuelai.telephony.ports import Answered, Confirmed, Ended, InfoDigit, Reanswered, Referred, Reoffered, Ringing

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

BUSY_STATUSES = (486, 600, 603)


class Inbox:
    def __init__(self, call: VoiceCall, commands: Commands) -> None:
        self._call, self._commands = call, commands

    async def take(self, message: Any) -> None:
        """Raises what breaks the call."""
        call = self._call
        match message:
            case Command():
                await self._commands.run(message)
            case Offer() | Withdraw() | Moved() | Stranded() | Diverted() | StepTaken():
                await self._routing(message)
            case Answered() | Confirmed() | Reoffered() | Reanswered() | Ended() | Referred() | Ringing():
                await self._signalling(message)
            case PlayEnded() | SpeechBegan() | SpeechEnded() | Digit() | InfoDigit():
                await self._sounds(message)
            case LegGone(leg) | LegSilent(leg) | LegHeard(leg):
                await self._leg(message, leg)
            case CustomerKnown(result):
                await call.know(result)
            case StrangersMayBeKnown():
                if call.recorder.interaction.match == "new" and call.phase is not Phase.WRAPUP:
                    call.spawn(call.identify())
            case FlowEnded(outcome, failed):
                await call.self_service.ended(outcome, failed)
            case WrapUpOver(agent_id):
                await call.wrapups.over(agent_id)
            case OfferAgain():
                await call.waiting.again()
            case RejoinOver():
                await call.reloading.give_up(message)
            case CallbackWanted():
                await call.parting.book(message)
            case MessageWanted():
                await call.parting.leave_message()
            case Parted():
                await call.parting.ended(message)
            case Shutdown():
                await call.end(EndReason.SYSTEM_RESTART)
                await call.close()
            case QualityChanged() | ToneHeard():
                pass
            case _:
                raise TypeError(f"a call cannot handle {message!r}")

    async def _routing(self, signal: Any) -> None:
        call = self._call
        if signal.contact_id not in (None, call.id):
            await self._about_consultation(signal)
            return
        match signal:
            case Offer():
                await call.waiting.ring(signal)
            case Withdraw():
                await call.waiting.withdrawn(signal)
            case Moved():
                await call.waiting.moved(signal)
            case Stranded():
                await call.waiting.stranded()
            case Diverted():
                await call.parting.diverted(signal)
            case StepTaken(_, why, data):
                await call.recorder.note("queue", "system", {"step": why, **data})

    async def _about_consultation(self, signal: Any) -> None:
        consulting = self._call.consulting
        match signal:
            case Offer():
                await consulting.offered(signal)
            case Withdraw():
                await consulting.withdrawn(signal)
            case Stranded() | Diverted() if signal.contact_id == consulting.contact:
                await consulting.closed()

    # --- telephony --------------------------------------------------------------------------------------------------

    async def _signalling(self, event: Any) -> None:
        call = self._call
        if isinstance(event, Reoffered):
            await call.talking.reoffered(event)
        elif isinstance(event, Reanswered):
            await call.talking.reanswered(event)
        elif isinstance(event, Referred):
            await refer(call, event)
        elif call.customer is not None and event.leg == call.customer.id:
            await self._customers(event)
        elif isinstance(event, Answered):
            await self._answered(event)
        elif isinstance(event, Ended):
            await self._ended(event)

    async def _customers(self, event: Any) -> None:
        call = self._call
        match event:
            case Confirmed(_, sdp):
                if await call.described(sdp):
                    call.self_service.start()
            case Ringing():
                await call.customer_rings(event)
            case Answered():
                await call.customer_answered(event)
            case Ended():
                await call.customer_ended(event)

    async def _answered(self, event: Answered) -> None:
        call = self._call
        party = call.party(event.leg)
        if call.reloading.owns(event.leg):
            await call.reloading.answered(event.leg, event.sdp)
        elif party is None or party.stands:
            return  # withdrawn meanwhile; its hang-up is under way
        elif isinstance(party, OutsideParty) and call.transferring.calls(party):
            await call.transferring.outside_answered(party, event)
        elif call.consulting.asks(party):
            await call.consulting.answered(party, event)
        elif isinstance(party, AgentParty) and call.phase is Phase.RINGING:
            await call.talking.answered(party, event)

    async def _ended(self, event: Ended) -> None:
        call = self._call
        party = call.party(event.leg)
        if call.reloading.owns(event.leg):
            await call.reloading.dropped(event.leg)
        elif party is None:
            return
        elif not party.stands:
            await self._refused(party, event)
        elif isinstance(party, AgentParty) and party.browser and event.by == "system":
            party.leg = None
            await call.reloading.lose(party)
        elif event.by == "remote":
            await call.succession.hung_up(party)
        else:
            await call.succession.lost(party)

    async def _refused(self, party: Any, event: Ended) -> None:
        call = self._call
        if call.transferring.calls(party):
            await call.transferring.outside_refused(event)
        elif call.consulting.asks(party):
            await call.consulting.ended(party, event)
        elif isinstance(party, AgentParty):
            await call.waiting.not_taken(party, "busy" if event.status in BUSY_STATUSES else "unreachable")

    # --- sound ------------------------------------------------------------------------------------------------------

    async def _sounds(self, event: Any) -> None:
        call = self._call
        match event:
            case PlayEnded(_, play, finished):
                call.self_service.play_ended(play, finished)
                for listener in (call.hearing, call.treatment, call.parting):
                    listener.play_ended(play)
            case SpeechBegan() | SpeechEnded():
                call.self_service.heard(event)
                call.parting.heard(event)
            case Digit(leg, digit) | InfoDigit(leg, digit):
                if leg == call.customer_media or (call.customer is not None and leg == call.customer.id):
                    call.self_service.key(digit)
                    call.parting.key(digit)
                    call.treatment.key(digit)

    async def _leg(self, event: LegGone | LegSilent | LegHeard, leg: LegId) -> None:
        call = self._call
        if leg == call.customer_media:
            if isinstance(event, LegGone):
                await call.end(EndReason.FAILED)
            elif isinstance(event, LegSilent) and call.customer is not None:
                call.customer.suspect()
            return
        if call.reloading.owns(leg):
            if isinstance(event, LegGone):
                await call.reloading.dropped(leg)
            return
        party = call.party(leg)
        if party is None:
            return
        if isinstance(event, LegGone):
            await self._sound_gone(party, event)
        elif isinstance(event, LegHeard):
            if isinstance(party, AgentParty):
                await call.reloading.regain(party)
        elif isinstance(party, AgentParty) and party.browser:
            # A browser sends even when muted; a telephone may fall silent by itself.
            await call.reloading.lose(party)
        elif party.leg is not None:
            party.leg.suspect()

    async def _sound_gone(self, party: Any, event: LegGone) -> None:
        """A media worker died. Who only lost somebody that rang, or that was asked, goes on without."""
        call = self._call
        if party.stands:
            await call.succession.lost(party)
        elif call.transferring.calls(party):
            await call.transferring.outside_ended("no_sound")
        elif call.consulting.asks(party):
            await call.consulting.ended(party, Ended(event.leg, "system", 0, ""))
        elif isinstance(party, AgentParty):
            await call.waiting.without_sound(party)
