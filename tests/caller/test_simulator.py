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
from yuelai.entrypoints.simulator import agents, callers
from yuelai.entrypoints.simulator.door import Door, Refused


class Centre(Door):
    """Stands for the HTTP door: an agent's state, and every request that changed it."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", "agent19", "demo")
        self.state, self.asked = "offline", [("", "", None)][:0]
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
            answer_after=(0.1, 0.1),
            talk=(0.4, 0.4),
            wrap_up=(0.05, 0.05),
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
            centre, registrar.address, "8019", "demo", random.Random(1), crew=agents.Crew(uuid4())
        )
        day = asyncio.create_task(agent.run())
        await asyncio.wait_for(agent.ready.wait(), 5)
        for persons, expected in ((0, "ready"), (1, "busy"), (0, "ready")):
            centre.persons = persons
            await asyncio.sleep(0.3)
            assert centre.state == expected
        day.cancel()
        await agent.close()


def test_customers_want_all_kinds_of_things_and_some_are_the_special_ones() -> None:
    rng = random.Random(7)
    known = callers.numbers(50)
    assert len(known) == len(set(known)) == 50
    drawn = [callers.next_plan(rng, known) for _ in range(500)]
    wishes = Counter(wish.name for wish, _ in drawn)
    assert set(wishes) == {wish.name for wish in callers.WISHES}
    assert wishes["agent"] + wishes["fault"] + wishes["complaint"] > 250
    assert set(callers.SPECIAL) < {plan.from_number for _, plan in drawn}
    assert all(plan.to_number == "10000" and plan.hold_from is HoldFrom.DIGITS for _, plan in drawn)
    silent = sources.silence()(8000)
    assert all((plan.source or sources.silence)()(8000).tolist() != silent.tolist() for _, plan in drawn[:3])
