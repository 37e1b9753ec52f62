"""All calls of the voice channel: takes legs from telephony, offers from routing, commands from screens."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from yuelai.channels.voice.call import VoiceCall
from yuelai.channels.voice.messages import Actor, Command, NoSuchCall, Shutdown, StrangersMayBeKnown, WrapUpOver
from yuelai.channels.voice.services import VoiceServices
from yuelai.platform.errors import Unavailable
from yuelai.routing.events import RoutingSignal
from yuelai.telephony.ports import Leg

log = structlog.get_logger()

MAX_CALLS = 2000
"""Beyond this many calls at once new ones get 503: those that stand stay good."""


class VoiceChannel:
    def __init__(self, services: VoiceServices) -> None:
        self._services = services
        self._calls: dict[UUID, VoiceCall] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._closing = False

    def __len__(self) -> int:
        return len(self._calls)

    def ids(self) -> list[UUID]:
        """Return the interactions that live now."""
        return list(self._calls)

    async def on_call(self, leg: Leg) -> None:
        """A new leg from a trunk or a phone."""
        if self._closing or len(self._calls) >= MAX_CALLS:
            await leg.hangup(503, "Service Unavailable")
            return
        entry = self._services.flows.entry(leg.called)
        if entry is None:
            log.info("call_to_unknown_number")
            await leg.hangup(404, "Not Found")
        else:
            leg.account = entry.tenant.id
            call = VoiceCall(self._services, leg, entry)
            leg.correlation = call.id
            self._calls[call.id] = call
            self._tasks[call.id] = asyncio.ensure_future(self._live(call))

    async def _live(self, call: VoiceCall) -> None:
        try:
            await call.run()
        finally:
            self._calls.pop(call.id, None)
            self._tasks.pop(call.id, None)

    def on_signal(self, signal: RoutingSignal) -> None:
        """Routing speaks about a contact of ours."""
        call = self._calls.get(signal.interaction_id)
        if call is not None:
            call.post(signal)

    def on_wrapup_over(self, interaction_id: UUID, agent_id: UUID) -> None:
        call = self._calls.get(interaction_id)
        if call is not None:
            call.post(WrapUpOver(agent_id))

    def customer_created(self, tenant_id: UUID) -> None:
        """Somebody became known to the tenant: who calls there as a stranger is looked up again."""
        for call in list(self._calls.values()):
            if call.tenant.id == tenant_id:
                call.post(StrangersMayBeKnown())

    async def command(self, name: str, actor: Actor, interaction_id: UUID, arguments: Mapping[str, Any]) -> Any:
        """Carry out a screen's request. Raises its refusal."""
        call = self._calls.get(interaction_id)
        if call is None:
            raise NoSuchCall
        if name == "customer":
            # Looked up here: the call must hear a hang-up while the database is slow, and outlive its errors.
            customer_id = UUID(str(arguments["customer_id"]))
            card = await self._services.customers.card(call.tenant.id, customer_id)
            arguments = {**arguments, "card": card}
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        call.post(Command(name, actor, arguments, done))
        try:
            return await asyncio.wait_for(done, 5)
        except TimeoutError:
            raise Unavailable("the call did not react in time") from None

    async def close(self) -> None:
        """End every call truthfully; takes no new ones."""
        self._closing = True
        for call in list(self._calls.values()):
            call.post(Shutdown())
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=2)
