"""What is gathered ends up as if each statement had been executed when it was given."""

from __future__ import annotations

import random
from typing import Any, cast

import asyncpg
import pytest

from yuelai.platform.db import Connection, Database
from yuelai.platform.gathering import Gathering

ADD = "INSERT INTO ledger (thing, step) VALUES ($1, $2)"
SET = "UPDATE sums SET total = total * 3 + $2 WHERE thing = $1"
NEW = "INSERT INTO sums (thing, total) VALUES ($1, $2) ON CONFLICT (thing) DO UPDATE SET total = sums.total * 7"
ALL = "UPDATE sums SET total = total + 1"
STATEMENTS = (ADD, SET, NEW)


async def make_tables(database: Database) -> None:
    async with database.transaction(None) as conn:
        await conn.execute("CREATE TABLE ledger (id bigserial, thing int, step int)")
        await conn.execute("CREATE TABLE sums (thing int PRIMARY KEY, total numeric)")


async def outcome(conn: Connection) -> tuple[Any, Any]:
    ledger = await conn.fetch(
        "SELECT thing, array_agg(step ORDER BY id) AS steps FROM ledger GROUP BY thing ORDER BY 1"
    )
    sums = await conn.fetch("SELECT * FROM sums ORDER BY thing")
    return [tuple(row) for row in ledger], [tuple(row) for row in sums]


@pytest.mark.services
@pytest.mark.parametrize("seed", range(20))
async def test_each_thing_ends_as_in_the_order_given(database: Database, seed: int) -> None:
    await make_tables(database)
    rng = random.Random(seed)
    given: list[tuple[str, tuple[int, ...]]] = [
        (ALL, ()) if rng.random() < 0.03 else (rng.choice(STATEMENTS), (rng.randrange(5), step)) for step in range(80)
    ]
    results = []
    for gathered in (False, True):
        async with database.transaction(None) as conn:
            await conn.execute("TRUNCATE ledger, sums")
            gathering = Gathering(conn)
            for query, arguments in given:
                await (gathering if gathered else conn).execute(query, *arguments)
            await gathering.flush()
            results.append(await outcome(conn))
    assert results[0] == results[1]
    assert results[0][0]


@pytest.mark.services
async def test_a_question_sees_what_was_given_before_it(database: Database) -> None:
    await make_tables(database)
    async with database.transaction(None) as conn:
        gathering = Gathering(conn)
        await gathering.execute(ADD, 1, 1)
        assert await gathering.fetchval("SELECT count(*) FROM ledger") == 1
        await gathering.execute("INSERT INTO sums (thing, total) VALUES ($1, 1 / $2)", 1, 0)
        with pytest.raises(asyncpg.DivisionByZeroError):
            await gathering.flush()


class Counted:
    """A connection that counts round trips."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int]] = []

    async def execute(self, query: str, *arguments: Any) -> str:
        self.sent.append((query, 1))
        return ""

    async def executemany(self, query: str, rows: list[tuple[Any, ...]]) -> None:
        self.sent.append((query, len(rows)))


async def test_many_of_the_same_are_one_round_trip() -> None:
    conn = Counted()
    gathering = Gathering(cast("Connection", conn))
    for thing in range(50):
        for query in STATEMENTS:
            await gathering.execute(query, thing, 0)
    for _ in range(3):
        await gathering.execute("SELECT put_down($1)", [0])
    await gathering.flush()
    assert conn.sent == [(ADD, 50), (SET, 50), (NEW, 50), ("SELECT put_down($1)", 3)]
