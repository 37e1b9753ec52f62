"""While the journal is full new calls are refused, and those that stand go on and end as ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC
from functools import partial
from pathlib import Path

import pytest

from tests.channels.world import World
from yuelai.channels.ports import FlowOutcome
from yuelai.interactions.numbering import TrailNumbers
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.platform.facts import Record
from yuelai.platform.journal import Journal
from yuelai.platform.overflow import Overflow


class FillingWorld(World):
    """A world on a real journal, which is wired as core wires it."""

    def __init__(self, journal: Journal) -> None:
        self.journal, self.overflow = journal, Overflow(journal.append, pause_seconds=0.001)
        super().__init__()
        numbers, admit = TrailNumbers(UTC), partial(journal.append, urgent=False)
        self.channel._services = replace(
            self.channel._services,
            new_recorder=lambda: InteractionRecorder(self.append, self.clock, self.live, numbers, admit=admit),
        )

    async def append(self, *records: Record) -> int:
        await super().append(*records)
        return await self.overflow.append(*records)

    async def settle(self) -> None:
        await super().settle()
        await super().settle()  # a real disk takes its time

    def fill(self, part: float) -> None:
        """Let the journal believe that so much of it has not reached the database."""
        self.journal.unfollowed_bytes = int(self.journal._max_bytes * part)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[FillingWorld]:
    journal = await Journal.open(tmp_path / "j", owner="core", max_bytes=2**20)
    world = FillingWorld(journal)
    await world.begin()
    yield world
    await world.overflow.close()
    await journal.close()


@pytest.mark.parametrize("part", [0.95, 1.0])
async def test_a_new_call_is_refused_with_503_and_leaves_nothing(world: FillingWorld, part: float) -> None:
    world.fill(part)
    customer = await world.arrives()
    assert customer.over
    assert customer.hung_up == 503
    assert len(world.channel) == 0
    world.fill(0.0)
    assert not (await world.arrives()).over


@pytest.mark.parametrize("part", [0.95, 1.0])
@pytest.mark.parametrize("moment", ["self-service", "queue", "ringing", "talking", "wrapup"])
async def test_a_call_goes_on_from_any_step_and_ends_and_everything_is_written_in_the_end(
    world: FillingWorld, moment: str, part: float
) -> None:
    if moment == "queue":
        await world.routing.set_state(world.agent.id, "busy", "pause")
    customer = await world.arrives()
    if moment == "self-service":
        world.fill(part)
    world.script.outcome.set_result(FlowOutcome(queue="general"))
    await world.settle()
    if moment == "queue":
        world.fill(part)
        await world.routing.set_state(world.agent.id, "ready", "", world.seat)
        await world.settle()
    if moment == "ringing":
        world.fill(part)
    (phone,) = world.lines.dialled
    phone.picks_up()
    await world.settle()
    assert world.state() == "talking"
    if moment == "talking":
        world.fill(part)
    customer.leaves()
    await world.settle()
    assert phone.over
    assert world.state() == "wrapup"
    if moment == "wrapup":
        world.fill(part)
    await world.ask("wrapup", disposition="solved", note="")
    await world.settle()
    assert world.state() == "ready"
    assert world.nothing_left()
    assert (world.overflow.waiting > 0) == (part == 1.0)
    world.fill(0.0)
    await world.settle()
    assert world.overflow.waiting == 0
    decided = [fact.type for fact in world.facts]
    written = [entry.type for entry in world.journal.read(0, 10_000)]
    begun = written.index("interaction.started.v1")
    assert written[begun : begun + 2] == ["interaction.started.v1", "interaction.segment_started.v1"]
    assert [*written[:begun], *written[begun + 2 :]] == decided
