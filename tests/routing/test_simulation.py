"""A day in virtual time: many agents, many callers, each promise still kept and each decision cheap."""

from __future__ import annotations

import random
import time
from heapq import heappop, heappush

import pytest

from tests.routing.centre import START, Centre, agent, queue, uid
from tests.routing.day import Day
from yuelai.routing.events import AgentState, AgentStateChanged, Offer, Seat
from yuelai.routing.inputs import Accepted, Enqueue, Left, Released, SeatReachable, SetState
from yuelai.routing.model import Command

QUEUES = [queue(number, priority=number % 3, wrapup=20) for number in range(12)]


def simulate(agents: int, calls: int, seed: int, every: float) -> tuple[Centre, list[Command], float]:
    """Play `calls`, one `every` so many seconds; return the centre, what happened, and CPU seconds of decisions."""
    chance = random.Random(seed)
    members = [agent(number, *chance.sample(QUEUES, 3)) for number in range(1, agents + 1)]
    centre = Centre(QUEUES, members)
    happened: list[Command] = []
    todo: list[tuple[float, int, str, int]] = []
    for order in range(calls):
        heappush(todo, (order * every, order, "call", 1_000_000 + order))
    order, spent = calls, 0.0
    for one in members:
        centre.tell(SeatReachable(one.id, Seat.PHONE, True))
        centre.tell(SetState(one.id, AgentState.READY))
    while todo:
        at, _, what, number = heappop(todo)
        begun = time.process_time()
        commands = centre.pass_time(max(0.0, at - (centre.now - START).total_seconds()))
        contact = uid(number)
        if what == "call":
            customer_class = chance.choice(["vip", "gold", "normal", "normal"])
            commands += centre.tell(Enqueue(contact, chance.choice(QUEUES).id, customer_class))
            heappush(todo, (at + chance.uniform(100, 2000), order := order + 1, "give up", number))
        elif what == "answer" and contact in centre.offers:
            commands += centre.tell(Accepted(contact, min(centre.offers[contact])))
            heappush(todo, (at + chance.expovariate(1 / 120), order := order + 1, "end", number))
        elif what == "end":
            commands += centre.tell(Released(contact))
        elif what == "give up" and contact in centre.state.contacts:
            commands += centre.tell(Left(contact))
        spent += time.process_time() - begun
        happened += commands
        for command in commands:
            if isinstance(command, Offer) and chance.random() < 0.97:
                seconds = chance.uniform(1, 15)
                heappush(todo, (at + seconds, order := order + 1, "answer", command.interaction_id.int))
            if isinstance(command, AgentStateChanged) and command.reason == "rona":
                commands_back = centre.tell(SetState(command.agent_id, AgentState.READY))
                happened += commands_back
    centre.pass_time(3600)
    return centre, happened, spent


def test_a_busy_day_loses_nobody_and_ends_empty() -> None:
    centre, happened, _ = simulate(60, 3000, seed=7, every=1.0)
    centre.check()
    assert not centre.state.contacts
    talked = [one for one in happened if isinstance(one, AgentStateChanged) and one.state == AgentState.TALKING]
    assert len(talked) > 1000


def test_the_same_day_played_again_gives_the_same_decisions() -> None:
    first, second = simulate(30, 400, seed=3, every=0.5)[1], simulate(30, 400, seed=3, every=0.5)[1]
    assert first == second


@pytest.mark.timeout(180)
def test_ten_minutes_of_a_big_centre_and_a_flood_keep_every_promise() -> None:
    """The first ten minutes of `make bench-routing`, and half a minute of its flood."""
    day = Day(5000, 300, seed=1, handling=146.5, patience=300.0)
    for _ in range(5):
        day.run(120, 25.0)
        day.check()
    assert sum(bool(one.work) for one in day.state.agents.values()) > 4000, "it is as busy as it is meant to be"
    day.run(30, 200.0)
    day.check()
    assert len(day.state.contacts) > 5000
    # Generous, as the machine may be slow and busy; a scan of agents × contacts would be far beyond.
    assert sum(day.tally.spent) / len(day.tally.spent) < 0.001
