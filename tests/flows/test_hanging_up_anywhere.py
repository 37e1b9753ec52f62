"""Wherever in what ships with the program somebody hangs up, their walks end there, once each, and nothing goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from tests.flows import population
from tests.flows.population import Customer, Place, Ways
from tests.support import virtual_time
from yuelai.entrypoints.simulator.choices import choose
from yuelai.flows import loader, model
from yuelai.flows.ports import Collected, Left, Recorded, Utterance

SHIPPED = loader.shipped()
SPEAK_OR_ASK = (model.Menu, model.Collect, model.Verify, model.Record, model.Notice, model.Say)
CALLERS = 4000


@dataclass
class Hanger(Customer):
    """Comes to places as the others do, and hangs up in one of them."""

    until: Place | None = None
    been: set[Place] = field(default_factory=set)
    left_at: tuple[Place, ...] = ()
    """Where they were in each flow, the outermost first."""

    def _here(self) -> None:
        self.been.add(self.place)
        if self.until == self.place:
            self._leave()

    def _leave(self) -> None:
        self.left_at = tuple((walk.flow.id, walk.at) for walk in self.walks)
        raise Left

    async def say(self, utterances: Sequence[Utterance], **options: Any) -> bool:
        self._here()
        return await super().say(utterances, **options)

    async def collect(self, utterances: Sequence[Utterance], **options: Any) -> Collected:
        self._here()
        return await super().collect(utterances, **options)

    async def record(self, queue: str, maximum_seconds: int) -> Recorded:
        self._here()
        return await super().record(queue, maximum_seconds)


async def call(number: int, until: Place | None) -> tuple[Hanger, list[model.Walked]]:
    chance, told = Random(f"hanging up {number}"), list[model.Walked]()
    customer = Hanger(chance, choose(chance), Ways(SHIPPED), until=until)
    await population.call(
        SHIPPED["main"], SHIPPED, customer, UUID(int=number + 1), lambda _, walked: told.append(walked)
    )
    return customer, told


async def everywhere() -> set[Place]:
    """Hang up at each place that any of many callers come to."""
    been: dict[Place, int] = {}
    for number in range(CALLERS):
        customer, _ = await call(number, None)
        for place in customer.been:
            been.setdefault(place, number)
    for place, number in been.items():
        # The same caller does the same again, up to there.
        customer, told = await call(number, place)
        assert customer.left_at[-1] == place
        ended = {walked.depth: walked for walked in told[-len(customer.left_at) :]}
        assert len(ended) == len(customer.left_at), (place, told)
        for depth, where in enumerate(customer.left_at):
            assert (ended[depth].flow, ended[depth].last) == where
            assert ended[depth].outcome in ("left", "served"), (place, ended[depth])
        assert sum(walked.depth == 0 for walked in told) == 1
        assert asyncio.all_tasks() == {asyncio.current_task()}, place
    return set(been)


def test_whoever_hangs_up_ends_all_they_were_in_wherever_they_are() -> None:
    been = virtual_time.run(everywhere())
    flows = {name: SHIPPED[name] for name in {flow for flow, _ in been}}
    drawn = {
        (flow.id, node.name)
        for flow in flows.values()
        for node in flow.nodes.values()
        if isinstance(node, SPEAK_OR_ASK) and (node.say or isinstance(node, model.Menu))
    }
    assert len(been & drawn) > 0.9 * len(drawn), sorted(drawn - been)
