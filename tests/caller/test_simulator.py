"""The simulated people: an agent's day against a door that remembers, and what customers want."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from tests.caller.registrar import Registrar
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.scenario import HoldFrom, Plan, place
from yuelai.entrypoints.simulator import agents, callers, choices, handling
from yuelai.entrypoints.simulator.crew import WORKERS, Crew, Manners
from yuelai.entrypoints.simulator.door import Door, Refused


class Centre(Door):
    """Stands for the HTTP door: an agent's state, and every request that changed it."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", "agent19", "demo")
        self.state = "offline"
        self.asked: list[tuple[str, str, dict[str, Any] | None]] = []
        self.away, self.persons = 0, 0

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        if self.away:
            self.away -= 1
            raise Refused(0, "nobody there")
        if method != "GET":
            self.asked.append((method, path, body))
        if path == "/agents/me/state" and body is not None:
            self.state = body["state"]
        elif path.endswith("/wrapup"):
            self.state = "ready"
        if path.startswith("/queues/"):
            return {"ready": self.persons + (self.state == "ready")}
        return {"state": self.state, "interaction_id": "i1" if self.state == "wrapup" else None}


async def test_an_agent_becomes_ready_talks_wraps_up_and_goes_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "LOOK_EVERY", 0.05)
    centre = Centre()
    centre.away = 2
    async with Registrar("demo") as registrar:
        agent = agents.SimulatedAgent(
            centre,
            registrar.address,
            "8019",
            "demo",
            random.Random(1),
            Manners(answer_after=(0.1, 0.1), talk=(0.4, 0.4), wrap_up=(0.05, 0.05)),
        )
        day = asyncio.create_task(agent.run())
        await asyncio.wait_for(agent.ready.wait(), 5)
        assert centre.asked == [("PUT", "/agents/me/state", {"state": "ready", "seat": "phone"})]
        result = await place(registrar.bindings["8019"], Plan("10000", "8019", hold=5, hold_from=HoldFrom.ANSWER))
        assert (result.status, result.ended_by) == (200, "remote")
        assert result.duration_s == pytest.approx(0.4, abs=0.2)
        centre.state = "wrapup"
        await asyncio.sleep(0.3)
        method, path, body = centre.asked[1]
        assert (method, path) == ("POST", "/interactions/i1/wrapup")
        assert body is not None
        assert body["disposition"] in agents.DISPOSITIONS
        day.cancel()
        await agent.close()
        assert centre.state == "offline"
        assert registrar.bindings == {}


async def test_an_agent_steps_aside_while_a_person_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "LOOK_EVERY", 0.02)
    centre = Centre()
    async with Registrar("demo") as registrar:
        agent = agents.SimulatedAgent(
            centre, registrar.address, "8019", "demo", random.Random(1), Manners(), crew=Crew(uuid4())
        )
        day = asyncio.create_task(agent.run())
        await asyncio.wait_for(agent.ready.wait(), 5)
        for persons, expected in ((0, "ready"), (1, "busy"), (0, "ready")):
            centre.persons = persons
            await asyncio.sleep(0.3)
            assert centre.state == expected
        day.cancel()
        await agent.close()


@pytest.mark.parametrize(
    ("manners", "expected"),
    [
        (Manners(holds=1.0), [("hold", None), ("retrieve", None)]),
        (Manners(passes_on=1.0), [("transfer", "queue")]),
        (Manners(consults=1.0), [("consult", "agent"), ("consult/", None)]),
        (Manners(), []),
    ],
)
async def test_what_an_agent_does_besides_talking(
    monkeypatch: pytest.MonkeyPatch, manners: Manners, expected: list[tuple[str, str | None]]
) -> None:
    monkeypatch.setattr(handling, "BEFORE", (0.0, 0.0))
    monkeypatch.setattr(handling, "ASIDE", (0.0, 0.0))
    centre, crew = Centre(), Crew(uuid4())
    crew.states = {"8018": "talking", "8019": "ready", "8020": "ready"}
    await handling.Handling(centre, "8020", manners, crew, random.Random(1), "i1").run()
    assert len(centre.asked) == len(expected)
    for (method, path, body), (verb, to) in zip(centre.asked, expected, strict=True):
        assert method == "POST"
        assert path.startswith(f"/interactions/i1/{verb}") or (verb.endswith("/") and path.endswith("conference"))
        assert (body is None) == (to is None)
        if to == "agent":
            assert body is not None
            assert body["to"] == {"agent": "8019"}, "the only colleague who is free"


async def test_nobody_is_asked_when_no_colleague_is_free() -> None:
    centre, crew = Centre(), Crew(uuid4())
    crew.states = {"8018": "talking", "8020": "ready"}
    assert crew.colleague("8020", random.Random(1)) is None
    assert centre.asked == []


async def test_an_agent_has_a_break_after_a_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(agents, "BREAK_SECONDS", (0.3, 0.3))
    centre = Centre()
    async with Registrar("demo") as registrar:
        manners = Manners(breaks=1.0, wrap_up=(0.0, 0.0))
        agent = agents.SimulatedAgent(centre, registrar.address, "8019", "demo", random.Random(1), manners)
        day = asyncio.create_task(agent.run())
        await asyncio.wait_for(agent.ready.wait(), 5)
        centre.state = "wrapup"
        async with asyncio.timeout(2):
            while centre.state != "busy":
                await asyncio.sleep(0.01)
            while centre.state != "ready":
                await asyncio.sleep(0.01)
        assert ("PUT", "/agents/me/state", {"state": "busy", "reason": "break"}) in centre.asked
        day.cancel()
        await agent.close()


def test_simulated_agents_are_at_the_end_of_the_list_and_differ() -> None:
    assert set(WORKERS) == {"agent17", "agent18", "agent19", "agent20"}
    assert len(set(WORKERS.values())) == len(WORKERS)


def test_customers_want_all_kinds_of_things_and_some_are_the_special_ones() -> None:
    rng = random.Random(7)
    known = callers.numbers(50)
    assert len(known) == len(set(known)) == 50
    drawn = [callers.next_plan(rng, known) for _ in range(2000)]
    wishes = Counter(wish.name for wish, _ in drawn)
    assert set(wishes) == {wish.name for wish in callers.WISHES}
    assert wishes["agent"] + wishes["fault"] + wishes["complaint"] > 280
    assert all(plan.from_number in wish.numbers for wish, plan in drawn if wish.numbers)
    assert len({plan.from_number for _, plan in drawn}) > 60
    assert set(callers.SPECIAL) < {plan.from_number for _, plan in drawn}
    assert all(plan.to_number == "10000" and plan.hold_from is HoldFrom.DIGITS for _, plan in drawn)
    silent = sources.silence()(8000)
    assert all((plan.source or sources.silence)()(8000).tolist() != silent.tolist() for _, plan in drawn[:3])


def test_most_customers_need_nobody_of_the_centre() -> None:
    """Of those from numbers that are known: strangers are asked by nobody what they have."""
    weights: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for wish in callers.WISHES:
        weights[wish.about] += wish.weight
        alone[wish.about] += wish.weight * wish.helps_itself
    share = sum(choices.WISHES[about] * alone[about] / weights[about] for about in choices.WISHES)
    assert 55 < share < 75
