"""Random merges, splits and changes against a model that keeps everything in plain dictionaries."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest

from tests.customers.people import add, clerk, vault
from yuelai.customers import service as customers
from yuelai.customers.merging import service
from yuelai.customers.parts import identities
from yuelai.customers.record import service as record
from yuelai.customers.sealing import Vault
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import SAMPLE_TENANT


@dataclass
class Taking:
    """What one standing merge did to the name of the kept one."""

    merge: UUID
    before: str
    taken: str | None


@dataclass
class Model:
    """Who owns which number, who stands for whom, and what they are called."""

    owned: dict[UUID, set[str]] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    parent: dict[UUID, UUID] = field(default_factory=dict)
    merges: dict[UUID, tuple[UUID, UUID]] = field(default_factory=dict)
    takings: dict[UUID, list[Taking]] = field(default_factory=dict)

    def root(self, id_: UUID) -> UUID:
        while id_ in self.parent:
            id_ = self.parent[id_]
        return id_

    def numbers(self, root: UUID) -> set[str]:
        return set().union(*(self.owned[id_] for id_ in self.owned if self.root(id_) == root))

    def merge(self, merge: UUID, keep: UUID, drop: UUID, take_name: bool) -> None:
        before = self.names[keep]
        taken = self.names[drop] if take_name and self.names[drop] != before else None
        self.parent[drop] = keep
        self.merges[merge] = (keep, drop)
        self.takings.setdefault(keep, []).append(Taking(merge, before, taken))
        if taken is not None:
            self.names[keep] = taken

    def split(self, merge: UUID) -> None:
        keep, drop = self.merges.pop(merge)
        del self.parent[drop]
        standing = self.takings[keep]
        place = next(n for n, taking in enumerate(standing) if taking.merge == merge)
        gone, later = standing[place], standing[place + 1 :]
        del standing[place]
        if gone.taken is None:
            return
        if self.names[keep] == gone.taken:
            self.names[keep] = gone.before
            return
        for taking in later:
            if taking.taken is not None and taking.before == gone.taken:
                taking.before = gone.before
                return

    def number_gone(self, root: UUID, number: str) -> None:
        for id_ in self.owned:
            if self.root(id_) == root:
                self.owned[id_].discard(number)


class Play:
    """The same steps on both, compared after each."""

    def __init__(self, database: Database, principal: Principal, keys: Vault, rng: random.Random) -> None:
        self.database, self.principal, self.keys, self.rng = database, principal, keys, rng
        self.model = Model()
        self.refused = 0

    async def begin(self, count: int) -> None:
        async with self.database.transaction(SAMPLE_TENANT) as conn:
            for n in range(count):
                numbers = self.rng.sample(range(6), self.rng.randint(1, 3))
                phones = [f"1380000000{number}" for number in numbers]
                id_ = await add(conn, f"客户{n}", *phones)
                self.model.owned[id_] = set(phones)
                self.model.names[id_] = f"客户{n}"

    async def step(self) -> None:
        model, rng = self.model, self.rng
        someone = rng.choice(list(model.owned))
        async with self.database.transaction(SAMPLE_TENANT) as conn:
            match rng.choice(("merge", "merge", "split", "add", "remove", "rename")):
                case "merge":
                    drop, take = rng.choice(list(model.owned)), rng.random() < 0.5
                    allowed = someone != drop and not {someone, drop} & model.parent.keys()
                    try:
                        merge = await service.merge(
                            conn, self.principal, someone, drop, {"name": "drop" if take else "keep"}, self.keys
                        )
                    except Refusal:
                        assert not allowed
                        self.refused += 1
                    else:
                        assert allowed
                        model.merge(merge, someone, drop, take)
                case "split":
                    if model.merges:
                        merge = rng.choice(list(model.merges))
                        assert await service.split(conn, self.principal, merge) == model.merges[merge]
                        model.split(merge)
                case "add":
                    number = f"1380000000{rng.randrange(10)}"
                    root = model.root(someone)
                    if number not in model.numbers(root):
                        await identities.add(conn, self.principal, someone, kind="phone", value=number)
                        model.owned[root].add(number)
                case "remove":
                    root = model.root(someone)
                    found = (await record.get(conn, SAMPLE_TENANT, someone, self.keys))["identities"]
                    if found:
                        chosen = rng.choice(found)
                        await identities.remove(conn, self.principal, someone, UUID(chosen["id"]))
                        model.number_gone(root, chosen["raw"])
                case "rename":
                    root = model.root(someone)
                    name = f"新名{rng.randrange(10**9)}"
                    version = (await record.get(conn, SAMPLE_TENANT, someone, self.keys))["version"]
                    await record.change(conn, self.principal, someone, version, {"name": name}, self.keys)
                    model.names[root] = name

    async def compare(self) -> None:
        model = self.model
        async with self.database.transaction(SAMPLE_TENANT) as conn:
            for id_ in model.owned:
                root = model.root(id_)
                card = await customers.card(conn, SAMPLE_TENANT, id_)
                assert card["id"] == str(root)
                assert card["name"] == model.names[root]
                assert set(card["phones"]) == model.numbers(root)
                assert len(card["phones"]) == len(model.numbers(root))
                family = await customers.family(conn, SAMPLE_TENANT, id_)
                assert family[0] == root
                assert set(family) == {other for other in model.owned if model.root(other) == root}
            for digit in range(10):
                number = f"1380000000{digit}"
                match = await customers.identify(conn, SAMPLE_TENANT, number)
                roots = {model.root(id_) for id_ in model.owned}
                assert {UUID(card["id"]) for card in match.customers} == {
                    root for root in roots if number in model.numbers(root)
                }
                assert len(match.customers) == len({card["id"] for card in match.customers})


@pytest.mark.parametrize("seed", range(6))
async def test_random_merges_and_splits_do_what_the_model_does(database: Database, tmp_path: Path, seed: int) -> None:
    play = Play(database, await clerk(database), vault(tmp_path), random.Random(seed))
    await play.begin(6)
    for _ in range(40):
        await play.step()
        await play.compare()
    assert play.refused > 0
    # And at the end everything can be taken apart again, the last first or the first first.
    merges = sorted(play.model.merges, reverse=seed % 2 == 0)
    for merge in merges:
        async with database.transaction(SAMPLE_TENANT) as conn:
            await service.split(conn, play.principal, merge)
        play.model.split(merge)
        await play.compare()
    assert not play.model.parent
