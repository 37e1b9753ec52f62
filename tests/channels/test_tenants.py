"""A call belongs to the tenant of the number that was called, from its first moment to its last."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.channels.world import TENANT, World
from yuelai.channels.ports import Entry, Identified
from yuelai.interactions.events import InteractionStarted
from yuelai.interactions.model import Tenant
from yuelai.platform.ids import TenantId, new_id
from yuelai.routing.model import Queue

EAST = Tenant(TenantId(new_id()), "east", "东海电力")


class Asked(World):
    """Remembers in whose name customers, recordings and dialogs were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.script.entries["10020"] = Entry(EAST, None)
        self.theirs = Queue(new_id(), EAST.id, "general", "东海综合服务")
        self.asked: list[tuple[str, UUID]] = []
        for thing, verb in ((self.people, "identify"), (self.people, "card")):
            setattr(thing, verb, self._noting(verb, getattr(thing, verb), 0))
        self.tape.start = self._noting("record", self.tape.start, 1)  # type: ignore[method-assign]

    def _noting(self, what: str, inner: Any, place: int) -> Any:
        async def noted(*arguments: Any) -> Any:
            self.asked.append((what, arguments[place]))
            return await inner(*arguments)

        return noted

    async def begin(self, *, ready: bool = True) -> None:
        member = self.agents[0]
        both = type(member)(member.id, member.home, member.number, member.name, {self.queue.id: 1, self.theirs.id: 1})
        await self.routing.load([both], [self.queue, self.theirs])
        await self.routing.seat_reachable(both.id, self.seat, True)
        await self.routing.set_state(both.id, "ready", "", self.seat)


async def test_everything_about_a_call_is_in_the_name_of_the_numbers_tenant() -> None:
    world = Asked()
    await world.begin()
    world.people.answer = Identified("one", [{"id": str(new_id()), "name": "陈国华", "class": "normal"}])
    customer = await world.queued(called="10020")
    (phone,) = world.lines.dialled
    phone.picks_up()
    await world.settle()
    await world.ask("customer", customer_id=str(new_id()))
    customer.leaves()
    await world.settle()
    await world.ask("wrapup")
    assert customer.account == EAST.id  # type: ignore[attr-defined]
    assert world.lines.accounts == [EAST.id]
    assert set(world.asked) == {("identify", EAST.id), ("card", EAST.id), ("record", EAST.id)}
    about_it = [fact for fact in world.facts if getattr(fact, "interaction_id", None) is not None]
    assert {fact.tenant_id for fact in about_it} == {EAST.id}


async def test_each_tenant_counts_its_own_contacts_and_has_its_own_queues() -> None:
    world = Asked()
    await world.begin()
    for called in ("10000", "10020", "10020"):
        line = await world.arrives(called=called)
        line.leaves()
        await world.settle()
    started = [fact for fact in world.facts if isinstance(fact, InteractionStarted)]
    assert [(fact.tenant_id, fact.trail_no) for fact in started] == [
        (TENANT.id, "T1120-00001"), (EAST.id, "T1120-00001"), (EAST.id, "T1120-00002")
    ]  # fmt: skip


async def test_a_number_that_nobody_has_is_not_found() -> None:
    world = Asked()
    await world.begin()
    line = await world.arrives(called="10021")
    assert line.hung_up == 404
    assert not [fact for fact in world.facts if isinstance(fact, InteractionStarted)]


async def test_a_standing_call_keeps_its_tenant_when_the_number_is_taken_away() -> None:
    world = Asked()
    await world.begin()
    await world.arrives(called="10020")
    del world.script.entries["10020"]
    (call,) = world.channel._calls.values()
    world.people.answer = Identified("one", [{"id": str(new_id()), "name": "陈国华", "class": "normal"}])
    world.channel.customer_created(TENANT.id)
    await world.settle()
    assert call.customer_card is None, "somebody became known to the other tenant only"
    world.channel.customer_created(EAST.id)
    await world.settle()
    assert call.customer_card is not None
    assert call.recorder.show.document()["tenant"] == {"id": str(EAST.id), "code": "east", "name": "东海电力"}
