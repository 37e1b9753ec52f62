"""What screens may ask of a call, each checked against who asks and how the call stands."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import structlog

from yuelai.channels.contact import Contact
from yuelai.channels.voice.agent_party import AgentParty
from yuelai.channels.voice.messages import Actor, BadKeys, Command, NoSuchCall, NoSuchParty, NotPossibleNow, NotYourCall
from yuelai.channels.voice.party import Party
from yuelai.channels.voice.phase import Phase
from yuelai.channels.voice.scene import Place
from yuelai.channels.voice.targets import target
from yuelai.interactions.events import EndReason
from yuelai.media.ports import MediaError
from yuelai.platform.errors import Refusal

if TYPE_CHECKING:
    from yuelai.channels.voice.call import VoiceCall

log = structlog.get_logger()

_KEYS = re.compile(r"[0-9*#A-D]{1,64}")


VERBS = frozenset(
    {
        "hold", "retrieve", "hangup", "rejoin", "pause_recording", "resume_recording", "transfer", "consult",
        "consult_cancel", "consult_complete", "conference", "alternate", "drop", "keys", "leave",
    }
)  # fmt: skip
"""What is asked of calls only."""


class Commands:
    """Carries out `interaction.*` requests for the actor that owns the call."""

    def __init__(self, call: VoiceCall) -> None:
        self._call = call
        self._verbs: dict[str, Callable[[Command], Awaitable[dict[str, Any]]]] = {
            "hold": self._hold,
            "retrieve": self._retrieve,
            "hangup": self._hangup,
            "pause_recording": self._pause_recording,
            "resume_recording": self._resume_recording,
            "rejoin": self._rejoin,
            **dict.fromkeys(Contact.verbs, call.contact.run),
            "transfer": self._transfer,
            "consult": self._consult,
            "consult_cancel": self._cancel,
            "consult_complete": self._complete,
            "conference": self._conference,
            "alternate": self._alternate,
            "drop": self._drop,
            "keys": self._keys,
            "leave": self._leave,
        }

    async def run(self, command: Command) -> None:
        """Answer the command's future, with the refusal if there is one; what is not a refusal breaks the call."""
        if command.done.done():
            return  # who asked has been told that it failed, and may have asked for something else since
        try:
            self._check(command.actor)
            result = await self._verbs[command.name](command)
        except Refusal as refusal:
            command.refuse(refusal)
        except BaseException:
            self.too_late(command)
            raise
        else:
            if not command.done.done():
                command.done.set_result(result)

    def too_late(self, command: Command) -> None:
        command.refuse(NoSuchCall())

    # --- who asks ---------------------------------------------------------------------------------------------------

    def _party(self, actor: Actor) -> AgentParty | None:
        call = self._call
        everybody: list[Party] = [*call.parties, *call.waiting.ringing.values()]
        agents = (one for one in everybody if isinstance(one, AgentParty))
        return next((one for one in agents if one.agent_id == actor.person_id), None)

    def _check(self, actor: Actor) -> None:
        if self._party(actor) is None and actor.person_id not in self._call.wrapups:
            raise NotYourCall

    def _in_talk(self, command: Command) -> AgentParty:
        """The agent who asks, if they have answered."""
        party = self._party(command.actor)
        if party is None or not party.stands or self._call.phase is not Phase.TALKING:
            raise NotPossibleNow("the customer is not connected")
        return party

    def _in_charge(self, command: Command) -> AgentParty:
        party = self._in_talk(command)
        if party is not self._call.agent:
            raise NotPossibleNow("a colleague is in charge of the customer")
        if self._call.called_by_us:
            raise NotPossibleNow("the customer has not answered yet")
        return party

    # --- with the customer ------------------------------------------------------------------------------------------

    async def _hold(self, command: Command) -> dict[str, Any]:
        self._in_charge(command)
        if self._call.consulting.by is not None:
            raise NotPossibleNow("somebody is being asked: change between the two instead")
        await self._call.talking.hold(True)
        return {}

    async def _retrieve(self, command: Command) -> dict[str, Any]:
        self._in_charge(command)
        await self._call.talking.hold(False)
        return {}

    async def _hangup(self, command: Command) -> dict[str, Any]:
        call, party = self._call, self._party(command.actor)
        if party is None:
            return {}  # in wrap-up: whoever presses it twice has what they wanted
        if party.stands and call.phase is Phase.TALKING:
            await call.succession.hung_up(party)
        elif call.consulting.asks(party):
            await call.consulting.not_taken(party, "declined")
        elif call.phase is Phase.RINGING:
            await call.waiting.decline(party)
        else:
            self._in_talk(command)
        return {}

    async def _pause_recording(self, command: Command) -> dict[str, Any]:
        self._with_customer(command)
        await self._call.taping.pause(True, command.actor.number)
        return {}

    async def _resume_recording(self, command: Command) -> dict[str, Any]:
        self._with_customer(command)
        await self._call.taping.pause(False, command.actor.number)
        return {}

    async def _keys(self, command: Command) -> dict[str, Any]:
        self._with_customer(command)
        keys = str(command.arguments.get("digits") or "")
        if not _KEYS.fullmatch(keys):
            raise BadKeys
        try:
            await self._call.services.media.send_keys(self._call.customer_media, keys)
        except MediaError as error:
            log.warning("keys_not_sent", error=str(error))
            raise NotPossibleNow("the customer's sound cannot be reached") from None
        return {}

    def _with_customer(self, command: Command) -> None:
        party = self._in_talk(command)
        if party is not self._call.agent and party.place is not Place.ROOM:
            raise NotPossibleNow("the customer is a colleague's")

    async def _rejoin(self, command: Command) -> dict[str, Any]:
        await self._call.reloading.rejoin(self._in_talk(command))
        return {}

    # --- with others ------------------------------------------------------------------------------------------------

    async def _transfer(self, command: Command) -> dict[str, Any]:
        by = self._in_charge(command)
        wanted = target(self._call, command.arguments.get("to") or {})
        note = str(command.arguments.get("note") or "")
        if note:
            await self._call.recorder.note("note", command.actor.number, {}, note)
        await self._call.transferring.blind(by, wanted)
        return {}

    async def _consult(self, command: Command) -> dict[str, Any]:
        by = self._in_charge(command)
        await self._call.consulting.begin(by, target(self._call, command.arguments.get("to") or {}))
        note = str(command.arguments.get("note") or "")
        if note:
            await self._call.recorder.note("note", command.actor.number, {}, note)
        return {}

    async def _cancel(self, command: Command) -> dict[str, Any]:
        self._in_charge(command)
        await self._call.consulting.cancel()
        return {}

    async def _complete(self, command: Command) -> dict[str, Any]:
        self._in_charge(command)
        await self._call.consulting.complete()
        return {}

    async def _conference(self, command: Command) -> dict[str, Any]:
        self._in_charge(command)
        await self._call.consulting.confer()
        return {}

    async def _alternate(self, command: Command) -> dict[str, Any]:
        self._in_charge(command)
        await self._call.consulting.alternate()
        return {}

    async def _leave(self, command: Command) -> dict[str, Any]:
        party = self._in_talk(command)
        if len([one for one in self._call.parties if one.stands]) < 2:
            raise NotPossibleNow("nobody else is with the customer")
        await self._call.succession.leave(party)
        return {}

    async def _drop(self, command: Command) -> dict[str, Any]:
        by, call = self._in_charge(command), self._call
        wanted = str(command.arguments.get("participant_id") or "")
        if wanted == str(call.id):
            await call.end(EndReason.AGENT_HUNG_UP)
            return {}
        party = next((one for one in call.parties if str(one.participant_id) == wanted), None)
        if party is None or party is by:
            raise NoSuchParty
        await call.succession.leave(party)
        return {}
