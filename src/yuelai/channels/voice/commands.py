"""What screens may ask of a call, each checked against who asks and how the call stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from yuelai.channels.voice.messages import Actor, Command, NoSuchCall, NotPossibleNow, NotYourCall
from yuelai.interactions.events import EndReason
from yuelai.interactions.model import Stage
from yuelai.platform.errors import Refusal

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()


class Commands:
    """Carries out `interaction.*` requests for the actor that owns the call."""

    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._verbs = {
            "hold": self._hold,
            "retrieve": self._retrieve,
            "hangup": self._hangup,
            "pause_recording": self._pause_recording,
            "resume_recording": self._resume_recording,
            "rejoin": self._rejoin,
            "note": self._note,
            "customer": self._customer,
            "wrapup": self._wrapup,
        }

    async def run(self, command: Command) -> None:
        """Answer the command's future, with the refusal if there is one; what is not a refusal breaks the call."""
        try:
            self._check(command.actor)
            result = await self._verbs[command.name](command)
        except Refusal as refusal:
            if not command.done.done():
                command.done.set_exception(refusal)
        except BaseException:
            self.too_late(command)
            raise
        else:
            if not command.done.done():
                command.done.set_result(result)

    def too_late(self, command: Command) -> None:
        if not command.done.done():
            command.done.set_exception(NoSuchCall())

    def _check(self, actor: Actor) -> None:
        agent = self._call.agent
        if agent is None or agent.offer.agent_id != actor.person_id:
            raise NotYourCall

    def _in_talk(self) -> None:
        if self._call.recorder.interaction.stage not in (Stage.TALK, Stage.HOLD):
            raise NotPossibleNow("the customer is not connected")

    async def _hold(self, command: Command) -> dict[str, Any]:
        self._in_talk()
        await self._call.talking.hold(True)
        return {}

    async def _retrieve(self, command: Command) -> dict[str, Any]:
        self._in_talk()
        await self._call.talking.hold(False)
        return {}

    async def _hangup(self, command: Command) -> dict[str, Any]:
        stage = self._call.recorder.interaction.stage
        if stage is Stage.RING:
            await self._call.waiting.decline()
        elif stage is not Stage.WRAPUP:  # whoever presses it twice has what they wanted
            self._in_talk()
            await self._call.end(EndReason.AGENT_HUNG_UP)
        return {}

    async def _pause_recording(self, command: Command) -> dict[str, Any]:
        self._in_talk()
        await self._call.talking.pause_recording(True, command.actor.number)
        return {}

    async def _resume_recording(self, command: Command) -> dict[str, Any]:
        self._in_talk()
        await self._call.talking.pause_recording(False, command.actor.number)
        return {}

    async def _rejoin(self, command: Command) -> dict[str, Any]:
        self._in_talk()
        await self._call.talking.rejoin()
        return {}

    async def _note(self, command: Command) -> dict[str, Any]:
        await self._call.recorder.note("note", command.actor.number, {}, str(command.arguments.get("text") or ""))
        return {}

    async def _customer(self, command: Command) -> dict[str, Any]:
        call = self._call
        await call.choose(command.arguments["card"], command.actor.number)
        return call.recorder.show.document()

    async def _wrapup(self, command: Command) -> dict[str, Any]:
        call = self._call
        if call.recorder.interaction.stage is not Stage.WRAPUP:
            raise NotPossibleNow("the call is not in wrap-up")
        disposition = command.arguments.get("disposition")
        await call.close(str(disposition) if disposition else None, str(command.arguments.get("note") or ""))
        await call.services.routing.wrapup_done(command.actor.person_id, call.id)
        return {}
