"""Recharge cards are not found out by trying: five wrong ones in half an hour, however they come."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.support.web import Site
from yuelai.customers.errors import UnknownCustomer
from yuelai.customers.pins import guesses
from yuelai.customers.pins.guesses import GUESSES, WITHIN, Guess
from yuelai.platform.clock import VirtualClock
from yuelai.platform.ids import SAMPLE_TENANT, new_id

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
async def customer(site: Site) -> UUID:
    id_ = new_id()
    async with site.database.transaction(None) as conn:
        await conn.execute("INSERT INTO customers (id, tenant_id, name) VALUES ($1, $2, '王芳')", id_, SAMPLE_TENANT)
    return id_


async def guess(site: Site, customer: UUID, clock: VirtualClock) -> Guess | None:
    return await guesses.begin(site.database, SAMPLE_TENANT, customer, "card", clock=clock)


async def test_after_five_wrong_ones_none_is_taken_until_the_first_is_half_an_hour_ago(
    site: Site, customer: UUID
) -> None:
    clock = VirtualClock(NOW)
    for _ in range(GUESSES):
        assert await guess(site, customer, clock) is not None
        clock.advance(60)
    assert await guess(site, customer, clock) is None
    clock.advance(WITHIN.total_seconds() - GUESSES * 60 - 1)
    assert await guess(site, customer, clock) is None, "asking again makes it neither longer nor shorter"
    clock.advance(1)
    assert await guess(site, customer, clock) is not None
    assert await guess(site, customer, clock) is None
    async with site.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'customer.card_locked'") == 3


async def test_many_at_a_time_are_no_more_than_one_after_another(site: Site, customer: UUID) -> None:
    clock = VirtualClock(NOW)
    taken = await asyncio.gather(*(guess(site, customer, clock) for _ in range(20)))
    assert len([one for one in taken if one]) == GUESSES


async def test_what_was_right_is_taken_back_and_nothing_else(site: Site, customer: UUID) -> None:
    clock = VirtualClock(NOW)
    for _ in range(50):
        right = await guess(site, customer, clock)
        assert right is not None
        await guesses.take_back(site.database, right)
    same_instant = [await guess(site, customer, clock) for _ in range(GUESSES)]
    assert same_instant[0] is not None
    await guesses.take_back(site.database, same_instant[0])
    assert await guess(site, customer, clock) is not None
    assert await guess(site, customer, clock) is None


async def test_everybody_has_guesses_of_their_own_and_strangers_none(site: Site, customer: UUID) -> None:
    clock, other = VirtualClock(NOW), new_id()
    async with site.database.transaction(None) as conn:
        await conn.execute("INSERT INTO customers (id, tenant_id, name) VALUES ($1, $2, '李娜')", other, SAMPLE_TENANT)
    for _ in range(GUESSES + 1):
        last = await guess(site, customer, clock)
    assert last is None
    assert await guess(site, other, clock) is not None
    with pytest.raises(UnknownCustomer):
        await guess(site, new_id(), clock)
