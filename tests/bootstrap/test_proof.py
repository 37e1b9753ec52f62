"""An agent in a contact that lives no more is found and freed; so is one who serves and whom routing calls free."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.test_switch import House
from yuelai.bootstrap import proof
from yuelai.bootstrap.proof import Proof
from yuelai.platform.ids import SAMPLE_TENANT, new_id


class Watched(House):
    def __init__(self) -> None:
        super().__init__()
        self.proof = Proof(self.routing, self.switch, self._wait)
        self.meanwhile: Any = None
        """What happens between the two looks."""

    async def _wait(self, seconds: float) -> None:
        if self.meanwhile is not None:
            await self.meanwhile()
        await self.settle()

    def counted(self) -> tuple[float, float]:
        return proof.WITHOUT_CONTACT._value.get(), proof.UNKNOWN_TO_ROUTING._value.get()


@pytest.fixture
async def house() -> Watched:
    made = Watched()
    await made.begin()
    return made


async def test_nothing_is_wrong_in_any_stage_of_a_call(house: Watched) -> None:
    before = house.counted()
    customer = await house.queued()
    assert await house.proof.look() == 0
    house.lines.dialled[0].picks_up()
    await house.settle()
    assert (house.state(), await house.proof.look()) == ("talking", 0)
    customer.leaves()
    await house.settle()
    assert (house.state(), await house.proof.look()) == ("wrapup", 0)
    await house.ask("wrapup", disposition="solved", note="")
    await house.settle()
    assert (house.state(), await house.proof.look()) == ("ready", 0)
    await house.letter()
    assert (house.state(), await house.proof.look()) == ("ringing", 0)
    assert house.counted() == before


@pytest.mark.parametrize("stage", ["ringing", "talking", "wrapup"])
async def test_an_agent_whose_contact_is_gone_is_free_again(house: Watched, stage: str) -> None:
    stuck, _ = house.counted()
    contact = new_id()
    await house.routing.enqueue(contact, "general", tenant_id=SAMPLE_TENANT)  # of no channel
    if stage != "ringing":
        await house.routing.accepted(contact, house.agent.id)
    if stage == "wrapup":
        await house.routing.released(contact)
    assert house.state() == stage
    assert await house.proof.look() == 1
    assert house.state() == "ready"
    assert house.counted()[0] == stuck + 1
    assert await house.proof.look() == 0


async def test_what_is_over_a_moment_later_was_no_mistake(house: Watched) -> None:
    before = house.counted()
    contact = new_id()
    await house.routing.enqueue(contact, "general", tenant_id=SAMPLE_TENANT)
    house.meanwhile = lambda: house.routing.left(contact)
    assert await house.proof.look() == 0
    assert house.counted() == before


@pytest.mark.parametrize("answered", [True, False])
async def test_an_agent_whom_routing_calls_free_serves_nobody_any_more(house: Watched, answered: bool) -> None:
    _, unknown = house.counted()
    await house.queued()
    phone = house.lines.dialled[0]
    if answered:
        phone.picks_up()
        await house.settle()
    agent = house.routing.agent(house.agent.id)
    for work in list(agent.work.values()):  # as if routing had lost it
        house.routing._state.deadlines.cancel(work.deadline)
    agent.work.clear()
    house.routing._state.contacts.clear()
    assert await house.proof.look() == 1
    await house.settle()
    assert phone.over
    assert house.counted()[1] == unknown + 1
