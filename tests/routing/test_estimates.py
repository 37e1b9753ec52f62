"""Estimated waiting times against queues whose true waits are known: M/M/n, simulated in virtual time."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import mean, median
from uuid import uuid4

import pytest

from yuelai.routing.estimates import HALF_LIFE, Histories, History

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass
class Asked:
    """What somebody was told on entering, and what came true."""

    at: float
    place: int
    told: float | None
    waited: float


class Queue:
    """One queue, exponential arrivals and handling, `agents` of whom `change` says how many there are at a time."""

    def __init__(self, agents: int, handling: float, load: float, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.agents, self.handling = agents, handling
        self.every = handling / agents / load
        self.history = History(START)
        self.history.agents(agents, START)
        self.asked: list[Asked] = []

    def at(self, seconds: float) -> datetime:
        return START + timedelta(seconds=seconds)

    def run(self, seconds: float) -> list[Asked]:
        waiting: deque[tuple[float, Asked]] = deque()
        leaving: list[tuple[float, float]] = []
        arrival = self.dice.expovariate(1 / self.every)
        while True:
            if leaving and leaving[0][0] <= arrival:
                now, took = heapq.heappop(leaving)
                self.history.handled(took, self.at(now))
                if waiting:
                    came, asked = waiting.popleft()
                    asked.waited = now - came
                    self.history.taken(self.at(now))
                    self.history.waiting(len(waiting), self.at(now))
                    self._begin(leaving, now)
                continue
            now = arrival
            if now > seconds:
                return [asked for asked in self.asked if asked.waited >= 0]
            arrival += self.dice.expovariate(1 / self.every)
            if len(leaving) < self.agents:
                self._begin(leaving, now)
                continue
            place = len(waiting) + 1
            asked = Asked(now, place, self.history.estimate(place, self.at(now)), -1.0)
            self.asked.append(asked)
            waiting.append((now, asked))
            self.history.waiting(len(waiting), self.at(now))

    def _begin(self, leaving: list[tuple[float, float]], now: float) -> None:
        took = self.dice.expovariate(1 / self.handling)
        heapq.heappush(leaving, (now + took, took))


def told(asked: list[Asked], since: float) -> Iterator[tuple[Asked, float]]:
    for one in asked:
        if one.at > since and one.told is not None:
            yield one, one.told


@pytest.mark.parametrize(("agents", "handling", "load"), [(2, 60, 0.9), (10, 180, 0.95), (50, 180, 1.02)])
def test_it_is_about_as_good_as_knowing_the_rates(
    agents: int, handling: float, load: float, record_property: Callable[[str, object], None]
) -> None:
    queue = Queue(agents, handling, load)
    known = list(told(queue.run(8 * 3600), 1800))
    assert len(known) > 100
    errors = [abs(seconds - one.waited) for one, seconds in known]
    # Nobody can do better than the mean of the place, were handling and staff known for certain.
    perfect = [abs(one.place * handling / agents - one.waited) for one, _ in known]
    record_property("median_error", f"{median(errors):.1f} s, {median(perfect):.1f} s with perfect knowledge")
    assert median(errors) < 1.25 * median(perfect)
    assert mean(seconds for _, seconds in known) == pytest.approx(mean(one.waited for one, _ in known), rel=0.2)


def test_nothing_is_said_before_enough_was_seen() -> None:
    history = History(START)
    history.agents(3, START)
    assert history.estimate(1, START) is None
    for second in range(4):
        history.handled(60, START + timedelta(seconds=second))
    assert history.estimate(1, START + timedelta(seconds=5)) is None
    for second in range(5, 9):
        history.handled(60, START + timedelta(seconds=second))
    assert history.estimate(1, START + timedelta(seconds=9)) == pytest.approx(20, rel=0.05)
    assert history.estimate(3, START + timedelta(seconds=9)) == pytest.approx(60, rel=0.05)


def test_what_was_long_ago_counts_for_nothing() -> None:
    history = History(START)
    history.agents(3, START)
    for second in range(20):
        history.handled(60, START + timedelta(seconds=second))
    assert history.estimate(1, START + timedelta(seconds=HALF_LIFE)) is not None
    assert history.estimate(1, START + timedelta(seconds=4 * HALF_LIFE)) is None


def test_half_the_agents_mean_twice_the_wait_at_once_and_none_mean_that_nobody_knows() -> None:
    queue = Queue(10, 180, 1.0)
    queue.run(3600)
    now = queue.at(3600)
    before = queue.history.estimate(4, now)
    assert before is not None
    queue.history.agents(5, now)
    assert queue.history.estimate(4, now) == pytest.approx(2 * before)
    queue.history.agents(0, now)
    assert queue.history.estimate(4, now) is None


def test_agents_who_serve_another_queue_as_well_take_longer() -> None:
    """Ten minutes of waiting in which each of two agents took one in 100 s, though a contact takes them only 50."""
    history = History(START)
    history.agents(2, START)
    history.waiting(5, START)
    for second in range(50, 5000, 50):
        now = START + timedelta(seconds=second)
        history.handled(50, now)
        history.taken(now)
    found = history.estimate(1, START + timedelta(seconds=5000))
    assert found is not None
    assert 40 < found < 55


def test_taking_contacts_that_did_not_wait_says_nothing_of_the_queue() -> None:
    history = History(START)
    history.agents(2, START)
    for second in range(100):
        history.taken(START + timedelta(seconds=second))
    assert history.estimate(1, START + timedelta(seconds=100)) is None


def test_every_queue_has_its_own() -> None:
    histories, one, other = Histories(), uuid4(), uuid4()
    assert histories.of(one, START) is histories.of(one, START) is not histories.of(other, START)
