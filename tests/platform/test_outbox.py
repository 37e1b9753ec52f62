"""Facts written with a change are published after it, here and in the other processes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from yuelai.platform import outbox
from yuelai.platform.bus import Bus
from yuelai.platform.db import Connection, Database
from yuelai.platform.facts import Fact
from yuelai.platform.outbox_followers import Follower, _prune, waiting

from .happenings import Happened, happened


async def until(count: int, heard: list[int]) -> None:
    async with asyncio.timeout(5):
        while len(heard) < count:
            await asyncio.sleep(0.01)


async def test_a_committed_fact_is_published_everywhere_and_a_rolled_back_one_nowhere(database: Database) -> None:
    here, there = Bus(), Bus()
    heard_here: list[int] = []
    heard_there: list[int] = []
    here.subscribe(Happened, lambda fact: heard_here.append(fact.number))
    there.subscribe(Happened, lambda fact: heard_there.append(fact.number))
    relay, listener = outbox.Relay(database, here), outbox.Listener(database, there)
    await listener.start()
    await asyncio.wait_for(listener.connected.wait(), 5)
    await relay.start()
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(None) as conn:
            await outbox.put(conn, happened(99).fact)
            raise ZeroDivisionError
    async with database.transaction(None) as conn:
        for n in range(150):  # more than one NOTIFY payload holds
            await outbox.put(conn, happened(n).fact)
    await until(150, heard_here)
    await until(150, heard_there)
    assert heard_here == heard_there == list(range(150))
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM outbox WHERE NOT relayed") == 0
    await relay.close()
    await listener.close()


def test_a_failing_subscriber_does_not_keep_the_fact_from_the_others() -> None:
    bus, heard = Bus(), []

    def fail(fact: Happened) -> None:
        raise ValueError

    bus.subscribe(Happened, fail)
    stop = bus.subscribe(Happened, lambda fact: heard.append(fact.number))
    fact = happened(1).fact
    bus.publish(fact)
    stop()
    bus.publish(fact)
    assert heard == [1]


async def write_down(conn: Connection, fact: Fact) -> None:
    assert isinstance(fact, Happened)
    await conn.execute("INSERT INTO handled (number) VALUES ($1)", fact.number)


async def handled(database: Database) -> list[int]:
    async with database.transaction(None) as conn:
        return [row["number"] for row in await conn.fetch("SELECT number FROM handled ORDER BY id")]


@pytest.fixture
async def follower(database: Database) -> Follower:
    async with database.transaction(None) as conn:
        await conn.execute("CREATE TABLE handled (id bigserial, number int)")
    made = Follower(database, "test", {Happened: write_down})
    assert not await made.follow()
    return made


async def put(database: Database, *numbers: int) -> None:
    async with database.transaction(None) as conn:
        for number in numbers:
            await outbox.put(conn, happened(number).fact)


async def test_a_follower_misses_nothing_that_was_numbered_early_and_committed_late(
    database: Database, follower: Follower
) -> None:
    async with database.transaction(None) as slow:
        await outbox.put(slow, happened(1).fact)
        await put(database, 2)
        while await follower.follow():
            pass
        assert await handled(database) == []
    await follower.follow()
    assert await handled(database) == [1, 2]
    assert not await follower.follow()
    assert await handled(database) == [1, 2]


async def test_a_handler_that_fails_stops_its_follower_and_nothing_is_left_out(
    database: Database, follower: Follower
) -> None:
    await put(database, 1, 2, 3)
    broken = True

    async def choosy(conn: Connection, fact: Fact) -> None:
        await write_down(conn, fact)
        if broken and fact.number == 2:  # type: ignore[attr-defined]
            raise ValueError("not today")

    again = Follower(database, "test", {Happened: choosy})
    await again.start()
    async with asyncio.timeout(5):
        while True:
            async with database.transaction(None) as conn:
                (state,) = await waiting(conn)
            if state["error"]:
                break
            await asyncio.sleep(0.01)
    assert (state["behind"], await handled(database)) == (3, [])
    assert "not today" in state["error"]
    await again.close()
    broken = False
    await again.follow()
    assert await handled(database) == [1, 2, 3]
    async with database.transaction(None) as conn:
        assert [(each["behind"], each["error"]) for each in await waiting(conn)] == [(0, None)]


async def test_two_of_one_name_share_the_work_without_doing_any_twice(database: Database, follower: Follower) -> None:
    await put(database, *range(500))
    twins = [Follower(database, "test", {Happened: write_down}) for _ in range(3)]

    async def work(one: Follower) -> None:
        while await one.follow():
            pass

    await asyncio.gather(*(work(one) for one in twins))
    assert await handled(database) == list(range(500))


async def test_old_facts_are_deleted_once_everybody_has_them(database: Database, follower: Follower) -> None:
    await put(database, 1, 2)
    relay = outbox.Relay(database, Bus())
    assert await relay.relay() == 2
    async with database.transaction(None) as conn:
        await conn.execute("UPDATE outbox SET written_at = written_at - $1::interval", timedelta(days=2))
    await _prune(database, {})
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM outbox") == 2
    await follower.follow()
    await _prune(database, {})
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM outbox") == 0


async def test_facts_come_in_the_order_of_the_transactions_numbers_not_of_their_digits(
    database: Database, follower: Follower
) -> None:
    async with database.transaction(None) as conn:
        await conn.execute("UPDATE outbox_followers SET written_by = '1', id = 0")
        for place, number in enumerate(range(98, 103)):
            await outbox.put(conn, happened(place).fact)
            await conn.execute(
                "UPDATE outbox SET written_by = $1::text::xid8 WHERE id = (SELECT max(id) FROM outbox)", str(number)
            )
    assert not await follower.follow()
    assert not await follower.follow()
    assert await handled(database) == list(range(5))
    async with database.transaction(None) as conn:
        assert await conn.fetchval("SELECT written_by::text FROM outbox_followers") == "102"
