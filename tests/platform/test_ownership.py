"""One owner decides in a domain; who has been succeeded can neither command nor write."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuelai.platform.db import Connection, Database
from yuelai.platform.errors import Refusal
from yuelai.platform.ipc import IpcClient, IpcServer, Peer
from yuelai.platform.journal import Entry, Journal
from yuelai.platform.ownership import Ownership, StaleEpoch
from yuelai.platform.projector import Projector

from .happenings import Happened, happened

SHORT = {"lease": 0.4, "renewed": 0.1}


async def test_the_same_owner_comes_back_at_once_with_a_new_epoch(database: Database) -> None:
    first = Ownership(database, "centre", "core:a")
    assert await first.take() == 1
    await first.close(give_up=False)  # killed
    again = Ownership(database, "centre", "core:a")
    assert await asyncio.wait_for(again.take(), 1) == 2
    await again.close()


async def test_another_owner_waits_until_the_lease_has_run_out_and_the_old_one_learns_of_it(
    database: Database,
) -> None:
    old, new = Ownership(database, "centre", "core:a", **SHORT), Ownership(database, "centre", "core:b", **SHORT)
    await old.take()
    waiting = asyncio.create_task(new.take())
    await asyncio.sleep(1.0)
    assert not waiting.done(), "the old one renews its lease"
    await old.close(give_up=False)
    assert await asyncio.wait_for(waiting, 5) == 2
    await new.close()


async def test_an_owner_who_was_cut_off_for_longer_than_its_lease_learns_that_it_has_been_succeeded(
    database: Database,
) -> None:
    old, new = Ownership(database, "centre", "core:a", lease=0.3, renewed=1.5), Ownership(database, "centre", "core:b")
    await old.take()
    assert await asyncio.wait_for(new.take(), 5) == 2
    old.check(None)
    await asyncio.wait_for(old.lost.wait(), 5)
    with pytest.raises(StaleEpoch):
        old.check(None)
    await old.close()
    await new.close()


async def test_two_domains_have_owners_of_their_own(database: Database) -> None:
    one, other = Ownership(database, "east", "core:a"), Ownership(database, "west", "core:b")
    assert (await one.take(), await other.take()) == (1, 1)
    await one.close()
    await other.close()


async def test_what_was_decided_after_somebody_else_took_over_is_parked_and_not_applied(
    tmp_path: Path, database: Database
) -> None:
    async with database.transaction(None) as conn:
        await conn.execute("CREATE TABLE happenings (number int)")

    async def write_down(conn: Connection, entry: Entry) -> None:
        assert isinstance(entry.fact, Happened)
        await conn.execute("INSERT INTO happenings (number) VALUES ($1)", entry.fact.number)

    journal = await Journal.open(tmp_path / "j", owner="core")
    mine = Ownership(database, "centre", journal.key)
    journal.epoch = await mine.take()
    await journal.append(happened(1))
    projector = Projector(journal, database, mine.oldest_valid)
    projector.register(Happened, write_down)
    await projector.start()
    await asyncio.wait_for(projector.caught_up(), 10)
    await mine.close()
    other = Ownership(database, "centre", "core:other")
    await other.take()
    await journal.append(happened(2))
    await asyncio.wait_for(projector.caught_up(), 10)
    assert not (await projector.health()).ok, "parked, for people to look at"
    await other.close()
    journal.epoch = await mine.take()
    await journal.append(happened(3))
    await asyncio.wait_for(projector.caught_up(), 10)
    await projector.close()
    await mine.close()
    await journal.close()
    async with database.transaction(None) as conn:
        assert [row["number"] for row in await conn.fetch("SELECT number FROM happenings ORDER BY number")] == [1, 3]
        assert "StaleFact" in await conn.fetchval("SELECT error FROM journal_parked")


async def test_what_a_killed_owner_had_decided_counts_when_it_comes_back(tmp_path: Path, database: Database) -> None:
    owner = Ownership(database, "centre", "core:a")
    await owner.take()
    await owner.close(give_up=False)
    again = Ownership(database, "centre", "core:a")
    await again.take()
    async with database.transaction(None) as conn:
        assert await again.oldest_valid(conn) <= 1
    await again.close()


async def test_commands_carry_the_epoch_they_were_told_and_those_of_another_are_refused(
    tmp_path: Path, database: Database
) -> None:
    ownership = Ownership(database, "centre", "core:a")
    await ownership.take()

    def own(peer: Peer) -> None:
        peer.fence = ownership.check
        peer.tell_epoch(ownership.epoch)

    async def act(peer: Peer, params: dict[str, object]) -> str:
        return "done"

    server = IpcServer(tmp_path / "core.sock", {"act": act}, on_connect=own)
    await server.start()
    client = IpcClient(tmp_path / "core.sock")
    await client.start()
    assert await client.request("act") == "done"
    ownership.epoch = 2  # somebody was in between: what was meant for the first epoch comes too late
    with pytest.raises(Refusal) as refused:
        await client.request("act")
    assert refused.value.code == "stale_epoch"
    for peer in server.peers:
        peer.tell_epoch(2)
    await asyncio.sleep(0.05)
    assert await client.request("act") == "done"
    await client.close()
    await server.close()
    await ownership.close()
