"""A channel that is not voice, through the same port: routed, shown, wrapped up and counted like a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.channels.letters import Letters, Services
from tests.channels.world import TENANT, World
from yuelai.channels.messages import Actor, NoSuchContact, NotYourContact
from yuelai.channels.ports import Identified
from yuelai.channels.switch import Channels
from yuelai.interactions.events import (
    InteractionClosed,
    InteractionEnded,
    InteractionStarted,
    Linked,
    SegmentStarted,
    WrappedUp,
)
from yuelai.interactions.model import Interaction
from yuelai.interactions.numbering import TrailNumbers
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.routing.events import AgentStateChanged, Seat


class House(World):
    """Calls and letters; agents take one call and two letters at a time."""

    def __init__(self, agents: int = 1) -> None:
        super().__init__(agents=agents, seat=Seat.BROWSER)
        self.agents = [replace(agent, capacity={"voice": 1, "letter": 2}) for agent in self.agents]
        self.agent = self.agents[0]
        self.letters = Letters(
            Services(
                self.routing,
                self.people,
                lambda: InteractionRecorder(self.append, self.clock, self.live, TrailNumbers()),
            )
        )
        self.switch = Channels()
        self.switch.add(self.channel)
        self.switch.add(self.letters)
        self.routing._on_signal = self.switch.on_signal
        self.routing._on_wrapup_over = self.switch.on_wrapup_over

    async def letter(self, sender: str = "wang@example.com") -> UUID:
        id_ = self.letters.come(TENANT, sender)
        await self.settle()
        return id_

    async def demand(self, verb: str, id_: UUID, by: int = 0, **arguments: Any) -> Any:
        agent = self.agents[by]
        answer = await self.switch.command(
            verb, Actor(agent.id, agent.number, frozenset({"agent.work"})), id_, arguments
        )
        await self.settle()
        return answer

    def life(self, id_: UUID) -> Interaction:
        life = Interaction(id_)
        for fact in self.facts:
            if getattr(fact, "interaction_id", None) == id_ and not isinstance(fact, AgentStateChanged):
                life.apply(fact)
        return life


async def test_a_letter_is_routed_shown_wrapped_up_and_counted_like_a_call() -> None:
    house = House()
    earlier = uuid4()
    house.people.answer = Identified("one", [{"id": str(uuid4()), "name": "王芳", "class": "gold"}], earlier)
    await house.begin()
    id_ = await house.letter()
    shown = house.live.snapshot(frozenset({f"person:{house.agent.id}"}))[f"interaction/{id_}"]
    assert (shown["channel"], shown["state"], shown["agent_number"]) == ("letter", "ring", "8001")
    await house.demand("open", id_)
    await house.demand("note", id_, text="问账单")
    house.clock.advance(60)
    await house.demand("answer", id_, text="您好")
    assert house.state() == "wrapup"
    house.clock.advance(5)
    await house.demand("wrapup", id_, disposition="billing", note="已答复")
    life = house.life(id_)
    assert [str(one.kind) for one in life.segments] == ["queue", "ring", "talk", "wrapup"]
    now = house.clock.now()
    assert (life.disposition, life.talk_seconds(now), life.segments[-1].seconds(now)) == ("billing", 60, 5)
    assert life.links == [("previous", earlier)]
    assert life.customer_id is not None
    today = house.routing.agent_document(house.agent.id)["today"]
    assert (today["answered"], today["handle_seconds"]) == (1, 65.0)
    assert len(house.switch) == 0


async def test_its_wrap_up_ends_by_its_time_like_a_calls() -> None:
    house = House()
    await house.begin()
    id_ = await house.letter()
    await house.demand("open", id_)
    await house.demand("answer", id_, text="您好")
    await house.pass_time(31)
    assert house.life(id_).closed_at == house.clock.now()
    assert house.state() == "ready"


async def test_a_letter_nobody_opens_goes_back_to_its_place() -> None:
    house = House()
    await house.begin()
    id_ = await house.letter()
    await house.pass_time(21)
    assert [str(one.kind) for one in house.life(id_).segments] == ["queue", "ring", "queue"]


async def test_each_contact_is_asked_what_its_channel_knows() -> None:
    house = House(agents=2)
    await house.begin()
    id_ = await house.letter()
    with pytest.raises(NoSuchContact):
        await house.demand("hold", id_)
    with pytest.raises(NoSuchContact):
        await house.demand("open", uuid4())
    with pytest.raises(NotYourContact):
        await house.demand("open", id_, by=1)
    assert {"hold", "open", "note", "wrapup", "customer"} <= set(house.switch.verbs)


async def test_calls_and_letters_are_counted_side_by_side_and_both_end_with_the_process() -> None:
    house = House()
    await house.begin(ready=False)
    await house.arrives()
    await house.letter()
    assert (dict(house.switch.counts), len(house.switch)) == ({"voice": 1, "letter": 1}, 2)
    await house.switch.close()
    assert len(house.switch) == 0
    for kind in (InteractionStarted, InteractionEnded, InteractionClosed):
        assert sum(isinstance(fact, kind) for fact in house.facts) == 2


async def test_an_agent_in_the_middle_of_a_letter_wraps_it_up_when_the_process_ends() -> None:
    house = House()
    await house.begin()
    id_ = await house.letter()
    await house.demand("open", id_)
    await house.switch.close()
    assert house.life(id_).end_reason == "system_restart"
    assert any(isinstance(fact, WrappedUp) for fact in house.facts)


async def test_a_first_contact_is_linked_to_nothing() -> None:
    house = House()
    await house.begin()
    await house.letter()
    assert not any(isinstance(fact, Linked) for fact in house.facts)
    assert any(isinstance(fact, SegmentStarted) for fact in house.facts)


def test_two_channels_of_one_name_would_be_taken_for_each_other() -> None:
    switch = Channels()

    class Same:
        name = "voice"
        verbs: frozenset[str] = frozenset()

    switch.add(Same())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="voice"):
        switch.add(Same())  # type: ignore[arg-type]
