"""Makes the calls that go out: those that are owed, as routing offers them, and those that agents make."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from yuelai.channels.callback.errors import NoNumber
from yuelai.channels.callback.events import Result
from yuelai.channels.callback.model import Callback, diallable
from yuelai.channels.callback.ports import Errand
from yuelai.channels.voice.channel import VoiceChannel
from yuelai.channels.voice.outgoing import OutgoingCall, Recalled, Wanted
from yuelai.channels.voice.services import VoiceServices
from yuelai.interactions.model import Tenant
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import InteractionId, new_id
from yuelai.routing.events import Offer
from yuelai.routing.model import Queue


class OwnCall:
    """`Errand` of a call that an agent makes: nothing follows from how it ends."""

    callback_id: UUID | None = None

    async def dialling(self) -> None: ...

    async def over(self, result: Result, agent_id: UUID) -> None: ...

    async def dropped(self) -> None: ...


class OutgoingCalls:
    """`channels.callback.ports.Calls`. `caller` says which number of ours a tenant's customers see."""

    def __init__(self, services: VoiceServices, channel: VoiceChannel, caller: Callable[[UUID], str]) -> None:
        self._services, self._channel, self._caller = services, channel, caller
        self._standing: dict[UUID, OutgoingCall] = {}

    def call_back(self, callback: Callback, tenant: Tenant, queue: Queue, offer: Offer, errand: Errand) -> bool:
        """An agent is offered this callback. False when no more calls can be made."""
        if self._channel.full:
            return False
        wanted = Wanted(
            callback.number,
            self._caller(tenant.id),
            callback.language,
            queue,
            callback.customer_id,
            callback.interaction_id,
            callback.recording_id,
            (("callback_id", str(callback.id)), ("kind", callback.kind.value), ("attempt", callback.attempts + 1)),
        )
        call = OutgoingCall(self._services, tenant, InteractionId(offer.interaction_id), wanted, errand)
        self._begin(call)
        call.post(offer)
        return True

    def recall(self, interaction_id: UUID) -> None:
        """The callback is wanted no more: the call ends, unless the customer is being called already."""
        call = self._standing.get(interaction_id)
        if call is not None:
            call.post(Recalled())

    async def make(
        self,
        agent_id: UUID,
        tenant: Tenant,
        number: str,
        *,
        caller: str | None = None,
        queue_code: str | None = None,
        customer_id: UUID | None = None,
        previous: UUID | None = None,
    ) -> InteractionId:
        """The agent calls that number: their own telephone rings first. `caller` is shown if it is one of ours, which
        trunks see to. Raises `NoNumber`, `AgentNotFree`, `NoSuchAgent`, `NoSuchQueue`, `Unavailable`."""
        plain = diallable(number)
        if plain is None:
            raise NoNumber()
        if self._channel.full:
            raise Unavailable("no more calls can be made at the moment")
        routing = self._services.routing
        queue = routing.queue(queue_code, tenant.id) if queue_code is not None else None
        agent = routing.agent(agent_id)
        interaction_id = InteractionId(new_id())
        await routing.begin(interaction_id, interaction_id, agent_id, tenant_id=tenant.id, queue_code=queue_code)
        own = Offer(interaction_id, agent_id, agent.number, agent.seat, 0.0, {}, agent.place(tenant.id), interaction_id)
        shown = diallable(caller) if caller else None
        wanted = Wanted(plain, shown or self._caller(tenant.id), "zh-CN", queue, customer_id, previous)
        self._begin(OutgoingCall(self._services, tenant, interaction_id, wanted, OwnCall(), own=own))
        return interaction_id

    def _begin(self, call: OutgoingCall) -> None:
        self._standing[call.id] = call
        call.on_end = lambda: self._standing.pop(call.id, None)
        self._channel.adopt(call)
