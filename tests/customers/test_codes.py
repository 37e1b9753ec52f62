"""One-time codes: one opens at a time, once, for five minutes, and few guesses are taken."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.customers import people
from yuelai.customers.codes import service
from yuelai.customers.codes.service import GOOD_FOR, Given
from yuelai.customers.pins.service import LOCKED, TRIES, Checked
from yuelai.customers.privacy import repository as privacy
from yuelai.platform.clock import VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT

CODE, WRONG, OTHER = "246810", "135790", "975310"
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
EMPTIED = {"customer_relations", "customer_changes", "customer_import_changes", "products"}
"""Tables of customers whose rows stay without what is personal."""
KEPT = {"accounts", "bills", "orders", "offer_showings"}
"""Those that say nothing of who it was."""
OTHERS = {"interactions", "callbacks", "business_records", "messages"}
"""Those of rooms that erase for themselves (`customers.ports.PersonalData`)."""
OPENS, SHUT = Checked(ok=True, locked=False, left=TRIES), Checked(ok=False, locked=False, left=0)


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is not the cost of guessing."""

    async def hashed(code: str) -> str:
        return f"hash of {code}"

    async def verify(hash_: str | None, code: str) -> bool:
        await asyncio.sleep(0)
        return hash_ == f"hash of {code}"

    monkeypatch.setattr(service.passwords, "hash_password", hashed)
    monkeypatch.setattr(service.passwords, "verify", verify)


@pytest.fixture
async def customer(database: Database) -> UUID:
    async with database.transaction(SAMPLE_TENANT) as conn:
        return await people.add(conn, "王芳", "13800000099", "057188888888")


async def give(database: Database, customer: UUID, code: str = CODE, key: str = "k", **more: Any) -> Given:
    async with database.transaction(SAMPLE_TENANT) as conn:
        hash_ = await service.hashed(code)
        return await service.give(conn, SAMPLE_TENANT, customer, key, hash_, more.get("now", NOW))


async def check(database: Database, customer: UUID, code: str, clock: VirtualClock | None = None) -> Checked:
    return await service.check(database, SAMPLE_TENANT, customer, code, clock=clock or VirtualClock(NOW))


async def test_a_code_opens_once(database: Database, customer: UUID) -> None:
    assert await check(database, customer, CODE) == SHUT
    assert await give(database, customer) == Given(customer)
    assert (await check(database, customer, WRONG)).left == TRIES - 1
    answers = await asyncio.gather(*(check(database, customer, CODE) for _ in range(2)))
    assert answers.count(OPENS) == 1
    assert await check(database, customer, CODE) == SHUT


async def test_a_code_is_good_for_five_minutes(database: Database, customer: UUID) -> None:
    await give(database, customer)
    clock = VirtualClock(NOW)
    clock.advance(GOOD_FOR.total_seconds())
    assert await check(database, customer, CODE, clock) == SHUT
    await give(database, customer, key="k2", now=clock.now())
    clock.advance(GOOD_FOR.total_seconds() - 1)
    assert await check(database, customer, CODE, clock) == OPENS


async def test_a_newer_code_takes_the_place_of_the_one_before(database: Database, customer: UUID) -> None:
    await give(database, customer, CODE, "one")
    await give(database, customer, OTHER, "two")
    assert not (await check(database, customer, CODE)).ok
    assert await check(database, customer, OTHER) == OPENS


async def test_the_same_wish_makes_no_second_code(database: Database, customer: UUID) -> None:
    await give(database, customer, CODE, "one")
    assert await give(database, customer, OTHER, "one") == Given(customer, again=True)
    assert await check(database, customer, CODE) == OPENS


async def test_after_three_wrong_ones_none_is_taken_or_made_and_longer_each_time(
    database: Database, customer: UUID
) -> None:
    clock = VirtualClock(NOW)
    for length in (LOCKED, LOCKED * 2):
        await give(database, customer, key=str(clock.now()), now=clock.now())
        assert [(await check(database, customer, WRONG, clock)).left for _ in range(TRIES)] == [2, 1, 0]
        assert await check(database, customer, CODE, clock) == Checked(ok=False, locked=True, left=0)
        assert (await give(database, customer, key="another", now=clock.now())).locked
        clock.advance(length.total_seconds())
        assert await check(database, customer, CODE, clock) == SHUT
    await give(database, customer, key="last", now=clock.now())
    assert await check(database, customer, CODE, clock) == OPENS


async def test_a_new_code_buys_no_new_guesses(database: Database, customer: UUID) -> None:
    left = []
    for key in ("one", "two"):
        await give(database, customer, key=key)
        left += [(await check(database, customer, WRONG)).left for _ in range(2)]
    assert left == [2, 1, 0, 0]
    assert (await give(database, customer, key="three")).locked


async def test_many_guesses_at_a_time_are_no_more_than_one_after_another(database: Database, customer: UUID) -> None:
    await give(database, customer)
    answers = await asyncio.gather(*(check(database, customer, f"{place:06d}") for place in range(8)))
    assert sum(not answer.locked for answer in answers) == TRIES - 1


async def test_whoever_is_erased_leaves_no_code(database: Database, customer: UUID) -> None:
    await give(database, customer)
    async with database.transaction(SAMPLE_TENANT) as conn:
        await privacy.erase(conn, [customer])
        assert await conn.fetchval("SELECT count(*) FROM customer_codes") == 0


async def test_every_table_about_customers_is_known_to_erasing(database: Database) -> None:
    async with database.transaction(None) as conn:
        found = await conn.fetch(
            """
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE a.attname = 'customer_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            """
        )
    assert {row["relname"] for row in found} == {*privacy._GONE, *EMPTIED, *KEPT, *OTHERS}


async def test_only_the_customers_own_telephones_are_sent_to(database: Database, customer: UUID) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        assert await service.numbers(conn, SAMPLE_TENANT, customer) == ["+8613800000099", "+8657188888888"]
        await conn.execute("UPDATE customer_identities SET verified_at = now() WHERE value = '+8657188888888'")
        assert (await service.numbers(conn, SAMPLE_TENANT, customer))[0] == "+8657188888888"
        await conn.execute("UPDATE customer_identities SET role = 'former' WHERE value = '+8657188888888'")
        await conn.execute("UPDATE customer_identities SET role = 'agent' WHERE value = '+8613800000099'")
        assert await service.numbers(conn, SAMPLE_TENANT, customer) == []


async def test_nothing_but_a_hash_is_kept(database: Database, customer: UUID) -> None:
    codes = {service.fresh() for _ in range(50)}
    assert len(codes) > 45
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    await give(database, customer)
    await check(database, customer, WRONG)
    async with database.transaction(None) as conn:
        audit = await conn.fetch("SELECT action, data FROM audit WHERE action LIKE 'customer.code%' ORDER BY at, id")
    assert [row["action"] for row in audit] == ["customer.code_given", "customer.code_wrong"]
    assert CODE not in str(audit)
    assert WRONG not in str(audit)
