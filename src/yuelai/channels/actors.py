"""The contacts of one channel, an actor each: who lives, what reaches them, and their end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from yuelai.channels.messages import Actor, Command, NoSuchContact, Shutdown, StrangersMayBeKnown, WrapUpOver
from yuelai.channels.ports import Customers
from yuelai.interactions.model import Tenant
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import InteractionId
from yuelai.routing.events import RoutingSignal

ANSWER_SECONDS = 5.0
"""How long a screen waits for an actor."""
CLOSE_SECONDS = 2.0
"""How long the actors have to end truthfully when the process stops."""


class ContactActor(Protocol):
    """One contact: takes one message at a time, in the order they were posted."""

    id: InteractionId
    tenant: Tenant

    def post(self, message: Any) -> None: ...

    async def run(self) -> None:
        """Live until the last wrap-up is over."""
        ...


A = TypeVar("A", bound=ContactActor)


class Actors(Generic[A]):
    """What all channels whose contacts are actors have in common; satisfies `channels.ports.Channel` but for the name
    and the verbs."""

    def __init__(self, customers: Customers) -> None:
        self._customers = customers
        self._calls: dict[UUID, A] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._closing = False

    def __len__(self) -> int:
        return len(self._calls)

    def ids(self) -> list[UUID]:
        """Return the interactions that live now."""
        return list(self._calls)

    def owns(self, interaction_id: UUID) -> bool:
        return interaction_id in self._calls

    def adopt(self, actor: A) -> None:
        """Let an actor live from now on."""
        self._calls[actor.id] = actor
        self._tasks[actor.id] = asyncio.ensure_future(self._live(actor))

    async def _live(self, actor: A) -> None:
        try:
            await actor.run()
        finally:
            self._calls.pop(actor.id, None)
            self._tasks.pop(actor.id, None)

    def on_signal(self, signal: RoutingSignal) -> None:
        """Routing speaks about a contact of ours."""
        actor = self._calls.get(signal.interaction_id)
        if actor is not None:
            actor.post(signal)

    def on_wrapup_over(self, interaction_id: UUID, agent_id: UUID) -> None:
        actor = self._calls.get(interaction_id)
        if actor is not None:
            actor.post(WrapUpOver(agent_id))

    async def let_go(self, interaction_id: UUID, agent_id: UUID) -> None:
        """The agent has the contact no more; what a channel has beside wrap-ups it ends itself."""
        self.on_wrapup_over(interaction_id, agent_id)

    def customer_created(self, tenant_id: UUID) -> None:
        """Somebody became known to the tenant: who came there as a stranger is looked up again."""
        for actor in list(self._calls.values()):
            if actor.tenant.id == tenant_id:
                actor.post(StrangersMayBeKnown())

    async def command(self, name: str, actor: Actor, interaction_id: UUID, arguments: Mapping[str, Any]) -> Any:
        """Carry out a screen's request. Raises its refusal."""
        contact = self._calls.get(interaction_id)
        if contact is None:
            raise NoSuchContact
        if name == "customer":
            # Looked up here: the actor must hear a hang-up while the database is slow, and outlive its errors.
            customer_id = UUID(str(arguments["customer_id"]))
            card = await self._customers.card(contact.tenant.id, customer_id)
            arguments = {**arguments, "card": card}
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        contact.post(Command(name, actor, arguments, done))
        try:
            return await asyncio.wait_for(done, ANSWER_SECONDS)
        except TimeoutError:
            raise Unavailable("the contact did not react in time") from None

    async def close(self) -> None:
        """End every contact truthfully; take no new ones."""
        self._closing = True
        for actor in list(self._calls.values()):
            actor.post(Shutdown())
        tasks = list(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_SECONDS)
