"""Facts written with a change are published after it, here and in the other processes."""

from __future__ import annotations

import asyncio

import pytest

from yuelai.platform import outbox
from yuelai.platform.bus import Bus
from yuelai.platform.db import Database

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
        assert await conn.fetchval("SELECT count(*) FROM outbox") == 0
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
