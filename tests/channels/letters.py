"""A second channel: letters, which an agent takes from a tray, answers and wraps up. As small as a channel can be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from yuelai.channels.actors import Actors
from yuelai.channels.contact import Contact
from yuelai.channels.messages import Command, CustomerKnown, NotPossibleNow, NotYourContact, Shutdown, WrapUpOver
from yuelai.channels.ports import Customers
from yuelai.interactions.document import Holder
from yuelai.interactions.events import EndReason, SegmentKind
from yuelai.interactions.model import Stage, Tenant
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import InteractionId, new_id
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import Offer, Withdraw
from yuelai.routing.model import Wishes


@dataclass(frozen=True)
class Services:
    routing: RoutingDriver
    customers: Customers
    new_recorder: Callable[[], InteractionRecorder]


class Letter:
    def __init__(self, services: Services, tenant: Tenant, sender: str) -> None:
        self.id, self.tenant, self.sender = InteractionId(new_id()), tenant, sender
        self.routing, self.recorder = services.routing, services.new_recorder()
        self.contact = Contact(self.recorder, tenant, services.routing, services.customers, self._finish)
        self.answers: list[str] = []
        self._offer: Offer | None = None
        self._mailbox: asyncio.Queue[Any] = asyncio.Queue()

    def post(self, message: Any) -> None:
        self._mailbox.put_nowait(message)

    async def run(self) -> None:
        await self.recorder.begin(self.id, self.tenant, "letter", "in", self.sender, "tray")
        await self.contact.identify(self.sender, self.post)
        await self.recorder.segment(SegmentKind.QUEUE)
        wishes = Wishes(channel="letter")
        await self.routing.enqueue(self.id, "general", tenant_id=self.tenant.id, wishes=wishes)
        while self.recorder.interaction.stage is not Stage.CLOSED:
            await self._take(await self._mailbox.get())

    async def _take(self, message: Any) -> None:
        match message:
            case CustomerKnown(result):
                await self.contact.know(result)
            case Offer():
                self._offer = message
                await self.recorder.segment(SegmentKind.RING, message.agent_id)
                self._show()
            case Withdraw():
                self._offer = None
                await self.recorder.segment(SegmentKind.QUEUE)
                self._show()
            case WrapUpOver(agent_id):
                await self.contact.wrapups.over(agent_id)
            case Shutdown():
                await self._end(EndReason.SYSTEM_RESTART)
                await self.recorder.closed()
            case Command():
                try:
                    message.done.set_result(await self._ask(message))
                except Refusal as refusal:
                    message.refuse(refusal)

    async def _ask(self, command: Command) -> dict[str, Any]:
        agent_id = command.actor.person_id
        if agent_id not in self.contact.wrapups and (self._offer is None or self._offer.agent_id != agent_id):
            raise NotYourContact
        if command.name in Contact.verbs:
            return await self.contact.run(command)
        if command.name == "open":
            await self.routing.accepted(self.id, agent_id)
            await self.recorder.segment(SegmentKind.TALK, agent_id)
        elif self.recorder.interaction.stage is not Stage.TALK:
            raise NotPossibleNow("the letter has not been opened")
        else:
            self.answers.append(str(command.arguments["text"]))
            await self._end(EndReason.SERVED)
        return {}

    async def _end(self, reason: EndReason) -> None:
        if self.recorder.interaction.ended_at is not None:
            return
        await self.recorder.ended(reason)
        if self._offer is not None:
            await self.contact.wrapups.begin(self._holder(), self.id, await self.routing.released(self.id))
        else:
            await self.routing.left(self.id)
        self._show()

    def _holder(self) -> Holder:
        assert self._offer is not None
        return self._offer.agent_id, self._offer.number, self._offer.place

    def _show(self) -> None:
        self.recorder.show.holders([self._holder()] if self._offer else [])

    async def _finish(self) -> None:
        self._offer = None


class Letters(Actors[Letter]):
    name = "letter"
    verbs = frozenset({"open", "answer"})

    def __init__(self, services: Services) -> None:
        super().__init__(services.customers)
        self._services = services

    def agents_of(self, interaction_id: UUID) -> Collection[UUID]:
        letter = self._calls.get(interaction_id)
        if letter is None:
            return ()
        return letter.contact.wrapups.holders.keys() | ({letter._holder()[0]} if letter._offer else set())

    def come(self, tenant: Tenant, sender: str) -> UUID:
        letter = Letter(self._services, tenant, sender)
        self.adopt(letter)
        return letter.id
