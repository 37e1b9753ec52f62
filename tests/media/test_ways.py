"""Lines between workers that only keep books: whatever is asked at once, whatever fails, nothing is left open."""

from __future__ import annotations

import asyncio
import random
from typing import Any, cast

import pytest

from yuelai.media.link import WorkerAway, WorkerLink
from yuelai.media.ports import KeyMode, MediaError
from yuelai.media.ways import Ways
from yuelai.platform.config import Settings
from yuelai.platform.ids import LegId, new_id


class Books:
    """One worker's legs and matrix; every verb takes its time, and some fail."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.failing = 0.0
        self.legs: set[LegId] = set()
        self.cells: dict[tuple[LegId, LegId], float] = {}
        self.peer: dict[LegId, str] = {}
        """What each leg was told of the other side's description."""

    async def _takes_time(self) -> None:
        for _ in range(self.dice.randrange(4)):
            await asyncio.sleep(0)
        if self.dice.random() < self.failing:
            raise WorkerAway("just now")

    async def create_leg(self, leg: LegId, *_: Any, offer: str | None = None, **__: Any) -> str:
        await self._takes_time()
        self.legs.add(leg)
        if offer is not None:
            self.peer[leg] = offer
        return f"c=IN IP4 192.0.2.1\r\na=end:{leg}\r\n"

    async def answer(self, leg: LegId, sdp: str) -> None:
        await self._takes_time()
        self._need(leg)
        self.peer[leg] = sdp

    async def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        await self._takes_time()
        self._need(speaker, listener)
        self.cells[speaker, listener] = gain
        if not gain:
            del self.cells[speaker, listener]

    async def close(self, leg: LegId) -> None:
        for _ in range(self.dice.randrange(4)):
            await asyncio.sleep(0)
        self.legs.discard(leg)
        self.cells = {cell: gain for cell, gain in self.cells.items() if leg not in cell}

    def _need(self, *legs: LegId) -> None:
        if not self.legs.issuperset(legs):
            raise MediaError("unknown leg")

    def die(self) -> None:
        self.legs, self.cells, self.peer = set(), {}, {}


class World:
    def __init__(self, seed: int, workers: int = 3, parties: int = 6) -> None:
        self.dice = random.Random(seed)
        self.books = [Books(self.dice) for _ in range(workers)]
        self.ways = Ways(Settings())
        self.at: dict[LegId, Books] = {}
        for number in range(parties):
            leg = LegId(new_id())
            self.at[leg] = self.books[number % workers]
            self.at[leg].legs.add(leg)
        self.asked: dict[tuple[LegId, LegId], float] = {}

    async def route(self, speaker: LegId, listener: LegId, gain: float) -> None:
        home, target = self.at[speaker], self.at[listener]
        await self.ways.route(speaker, cast(WorkerLink, home), listener, cast(WorkerLink, target), gain, KeyMode.BLOCK)

    def pair(self) -> tuple[LegId, LegId]:
        while True:
            one, other = self.dice.sample(list(self.at), 2)
            if self.at[one] is not self.at[other]:
                return one, other

    def heard(self) -> dict[tuple[LegId, LegId], float]:
        """Follow the sound of every party through the lines."""
        ends = {leg: books for books in self.books for leg in books.legs if leg not in self.at}
        found = {}
        for speaker, home in self.at.items():
            for (said, near), _ in home.cells.items():
                if said != speaker or near not in ends:
                    continue
                far = next(leg for leg in ends if leg != near and str(leg) in home.peer[near])
                for (said_there, listener), gain in ends[far].cells.items():
                    if said_there == far and listener in self.at:
                        found[speaker, listener] = gain
        return found

    def open_ends(self) -> int:
        return sum(len(books.legs - set(self.at)) for books in self.books)


async def test_two_who_speak_with_each_other_share_a_line_over_loopback() -> None:
    world = World(1, workers=2, parties=4)
    ann, bob, cyd, dan = world.at
    await world.route(ann, bob, 1.0)
    await world.route(bob, ann, 1.0)
    assert world.open_ends() == 2
    await world.route(ann, dan, 0.5)
    assert world.open_ends() == 2  # the same line, another listener
    await world.route(cyd, bob, 1.0)
    assert world.open_ends() == 4
    assert world.heard() == {(ann, bob): 1.0, (bob, ann): 1.0, (ann, dan): 0.5, (cyd, bob): 1.0}
    assert all("c=IN IP4 127.0.0.1" in sdp for books in world.books for sdp in books.peer.values())
    for pair in list(world.heard()):
        await world.route(*pair, 0.0)
    assert (world.open_ends(), len(world.ways)) == (0, 0)


@pytest.mark.parametrize("seed", range(40))
async def test_what_was_asked_last_is_heard_however_much_is_asked_at_once(seed: int) -> None:
    world = World(seed)
    for _ in range(6):
        cells = {world.pair(): world.dice.choice([0.0, 0.5, 1.0]) for _ in range(8)}
        await asyncio.gather(*(world.route(*cell, gain) for cell, gain in cells.items()))
        world.asked |= cells
        assert world.heard() == {cell: gain for cell, gain in world.asked.items() if gain}
    await asyncio.gather(*(world.ways.gone(leg) for leg in world.at))
    assert (world.open_ends(), len(world.ways)) == (0, 0)


@pytest.mark.parametrize("seed", range(40))
async def test_nothing_is_left_open_though_verbs_fail_and_workers_die(seed: int) -> None:
    world = World(seed)
    for books in world.books:
        books.failing = 0.1

    async def something() -> None:
        chance, (one, other) = world.dice.random(), world.pair()
        for _ in range(world.dice.randrange(5)):
            await asyncio.sleep(0)
        if chance < 0.9:
            await world.route(one, other, world.dice.choice([0.0, 1.0, 1.0]))
        elif chance < 0.95:
            await world.at[one].close(one)
            await world.ways.gone(one)
            world.at[one].legs.add(one)
        else:
            dying = world.at[one]
            dying.die()
            world.ways.lost(cast(WorkerLink, dying))
            dying.legs |= {leg for leg, books in world.at.items() if books is dying}

    for _ in range(8):
        await asyncio.gather(*(something() for _ in range(10)), return_exceptions=True)
    for books in world.books:
        books.failing = 0.0
    await asyncio.gather(*(world.ways.gone(leg) for leg in world.at))
    for _ in range(20):
        await asyncio.sleep(0)
    assert (world.open_ends(), len(world.ways)) == (0, 0)
