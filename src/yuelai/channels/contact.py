"""What every channel does with a contact alike: who the customer is, notes, and each agent's wrap-up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from yuelai.channels.messages import Command, CustomerKnown, NotPossibleNow
from yuelai.channels.ports import Customers, Identified
from yuelai.channels.wrapups import Wrapups
from yuelai.interactions import trail
from yuelai.interactions.model import Tenant
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.platform.errors import Refusal
from yuelai.routing.driver import RoutingDriver

log = structlog.get_logger()

AGAIN_SECONDS = 1.0
"""Between two tries to find out who the customer is, while the database is away."""


class Contact:
    """Belongs to the contact's actor, which calls it from its own turn. `over` is told when a wrap-up has ended."""

    verbs = frozenset({"note", "trail", "customer", "wrapup", "wrapup_extend"})

    def __init__(
        self,
        recorder: InteractionRecorder,
        tenant: Tenant,
        routing: RoutingDriver,
        customers: Customers,
        over: Callable[[], Awaitable[None]],
    ) -> None:
        self._recorder, self._tenant, self._customers = recorder, tenant, customers
        self.wrapups = Wrapups(recorder, routing, over)
        self.asked_who = asyncio.Event()
        """Set once identification has answered, or has failed for the first time."""
        self._identified: Identified | None = None

    @property
    def card(self) -> Mapping[str, Any] | None:
        """The customer, when there is no doubt who it is."""
        known = self._identified
        return known.cards[0] if known is not None and len(known.cards) == 1 else None

    async def identify(self, address: str, post: Callable[[Any], None]) -> None:
        """Ask who has that number or address until there is an answer, and post `CustomerKnown`."""
        while True:
            try:
                result = await self._customers.identify(self._tenant.id, address)
            except Refusal as refusal:
                log.warning("identify_failed", error=str(refusal))
                self.asked_who.set()
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                post(CustomerKnown(result))
                return

    async def know(self, result: Identified) -> bool:
        """Identification answered; an agent's choice made before it stands. Returns whether it counts."""
        counts = self._recorder.interaction.match != "chosen"
        if counts:
            self._identified = result
            await self._recorder.identified(result.match, result.cards)
            await self._link(result)
        self.asked_who.set()
        return counts

    async def choose(self, card: Mapping[str, Any], number: str, *, on_behalf: bool = False) -> None:
        """The agent with that number says whom it is about; `on_behalf`: somebody else speaks for them."""
        self._identified = Identified("one", [card])
        await self._recorder.identified("chosen", [card])
        relation = {"relation": "on_behalf"} if on_behalf else {}
        await self._recorder.note("customer", number, {"customer_id": str(card["id"]), **relation})

    async def _link(self, result: Identified) -> None:
        if result.previous is not None and result.previous != self._recorder.interaction.id:
            await self._recorder.linked("previous", result.previous)

    # --- what screens ask on every channel --------------------------------------------------------------------------

    async def run(self, command: Command) -> dict[str, Any]:
        """Carry out one of `verbs`. The actor has checked whose contact it is. Raises `NotPossibleNow`."""
        match command.name:
            case "note":
                text = str(command.arguments.get("text") or "")
                await self._recorder.note("note", command.actor.number, {}, text)
                return {}
            case "trail":
                arguments = command.arguments
                kind, data, text = trail.checked(
                    arguments.get("kind"), arguments.get("data") or {}, arguments.get("text") or ""
                )
                await self._recorder.note(kind, command.actor.number, data, text)
                return {}
            case "customer":
                on_behalf = command.arguments.get("on_behalf") is True
                await self.choose(command.arguments["card"], command.actor.number, on_behalf=on_behalf)
                return self._recorder.show.document()
            case "wrapup":
                return await self._wrapup(command)
            case "wrapup_extend":
                if command.actor.person_id not in self.wrapups:
                    raise NotPossibleNow("the call is not in wrap-up")
                await self.wrapups.extend(command.actor.person_id, float(command.arguments["seconds"]))
                return {}
        raise KeyError(command.name)

    async def _wrapup(self, command: Command) -> dict[str, Any]:
        agent_id = command.actor.person_id
        if agent_id not in self.wrapups:
            raise NotPossibleNow("the call is not in wrap-up")
        disposition = command.arguments.get("disposition")
        note = str(command.arguments.get("note") or "")
        await self.wrapups.done(agent_id, str(disposition) if disposition else None, note)
        return {}
