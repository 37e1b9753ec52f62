"""PINs of customers: set over HTTP, never told, and soon locked against who guesses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from tests.support.web import Site, add_person
from yuelai.customers.pins import service
from yuelai.customers.pins.service import LOCKED, TRIES, Checked
from yuelai.platform.clock import VirtualClock
from yuelai.platform.ids import SAMPLE_TENANT, new_id

PIN, WRONG = "246810", "135790"
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
async def client(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "leader01", "leader")
    return await site.client("leader01")


async def with_pin(client: httpx.AsyncClient, pin: str = PIN, name: str = "王芳") -> UUID:
    answer = await client.post("/api/v1/customers", json={"name": name, "phones": ["13800000099"]})
    id_ = UUID(answer.json()["id"])
    answer = await client.put(f"/api/v1/customers/{id_}/pin", json={"pin": pin})
    assert (answer.status_code, answer.content) == (204, b"")
    return id_


async def check(site: Site, id_: UUID, pin: str, clock: VirtualClock | None = None) -> Checked:
    return await service.check(site.database, SAMPLE_TENANT, id_, pin, clock=clock or VirtualClock(NOW))


async def test_the_right_pin_opens_and_a_wrong_one_does_not(site: Site, client: httpx.AsyncClient) -> None:
    id_ = await with_pin(client)
    assert await check(site, id_, WRONG) == Checked(ok=False, locked=False, left=TRIES - 1)
    assert await check(site, id_, PIN) == Checked(ok=True, locked=False, left=TRIES)
    for pin in ("", "24681", "2468100", "２４６８１０", "x" * 1000):
        assert not (await check(site, id_, pin)).ok
        await check(site, id_, PIN)


async def test_after_three_wrong_ones_no_more_is_taken_and_longer_each_time(
    site: Site, client: httpx.AsyncClient
) -> None:
    id_, clock = await with_pin(client), VirtualClock(NOW)
    for length in (LOCKED, LOCKED * 2, LOCKED * 4):
        left = [(await check(site, id_, WRONG, clock)).left for _ in range(TRIES)]
        assert left == [2, 1, 0]
        for pin in (PIN, WRONG):
            assert await check(site, id_, pin, clock) == Checked(ok=False, locked=True, left=0)
        # As a restart would: nothing of it is in anybody's memory.
        clock.advance(length.total_seconds() - 1)
        assert (await check(site, id_, PIN, clock)).locked
        clock.advance(1)
    assert (await check(site, id_, PIN, clock)).ok
    assert (await check(site, id_, WRONG, clock)).left == TRIES - 1


async def test_many_guesses_at_a_time_are_no_more_than_one_after_another(
    site: Site, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_, looked = await with_pin(client), 0
    verify = service.passwords.verify

    async def counted(encoded: str | None, pin: str) -> bool:
        nonlocal looked
        looked += 1
        return await verify(encoded, pin)

    monkeypatch.setattr(service.passwords, "verify", counted)
    answers = await asyncio.gather(*(check(site, id_, f"97531{number}") for number in range(9)))
    assert looked == TRIES
    assert sum(answer.locked for answer in answers) == 9 - TRIES + 1


async def test_a_new_pin_ends_the_lock_and_the_old_one(site: Site, client: httpx.AsyncClient) -> None:
    id_ = await with_pin(client)
    for _ in range(TRIES):
        await check(site, id_, WRONG)
    assert (await client.put(f"/api/v1/customers/{id_}/pin", json={"pin": "864209"})).status_code == 204
    assert (await check(site, id_, "864209")).ok
    assert not (await check(site, id_, PIN)).ok


async def test_who_has_none_is_let_in_by_none(site: Site, client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/customers", json={"name": "李敏", "phones": ["13800000099"]})
    for pin in ("", PIN):
        assert await check(site, UUID(answer.json()["id"]), pin) == Checked(False, False, 0, "none")


async def test_of_customers_that_are_one_the_survivors_pin_holds(site: Site, client: httpx.AsyncClient) -> None:
    keep, drop = await with_pin(client), await with_pin(client, "864209")
    body = {"keep": str(keep), "drop": str(drop), "fields": {}}
    assert (await client.post("/api/v1/customers/merge", json=body)).status_code == 200
    assert (await check(site, drop, PIN)).ok
    assert not (await check(site, keep, "864209")).ok


async def test_a_pin_is_six_digits_that_are_not_the_first_anybody_would_try(client: httpx.AsyncClient) -> None:
    id_ = await with_pin(client)
    for pin in ("12345", "1234567", "111111", "123456", "456789", "987654", "abcdef", "２４６８１０", "24681\n"):
        answer = await client.put(f"/api/v1/customers/{id_}/pin", json={"pin": pin})
        assert (answer.status_code, answer.json()["code"]) == (422, "weak_pin"), pin
        assert pin not in answer.text
    for body in ({}, {"pin": 246810}, {"pin": "2" * 65}, {"pin": PIN, "more": 1}):
        answer = await client.put(f"/api/v1/customers/{id_}/pin", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    nobody = await client.put(f"/api/v1/customers/{new_id()}/pin", json={"pin": PIN})
    assert nobody.json()["code"] == "unknown_customer"


async def test_it_is_told_to_nobody_and_leaves_its_traces(site: Site, client: httpx.AsyncClient) -> None:
    id_ = await with_pin(client)
    for _ in range(TRIES):
        await check(site, id_, WRONG)
    for path in (f"/api/v1/customers/{id_}", f"/api/v1/customers/{id_}/history"):
        assert PIN not in (await client.get(path)).text
    assert (await client.get(f"/api/v1/customers/{id_}/pin")).status_code in (404, 405)
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        rows = await conn.fetch("SELECT action, data::text FROM audit WHERE object = $1", f"customer/{id_}")
        (hash_,) = await conn.fetchrow("SELECT hash FROM customer_pins")
    actions = [row["action"] for row in rows]
    assert actions.count("customer.pin_set") == 1
    assert (actions.count("customer.pin_wrong"), actions.count("customer.pin_locked")) == (2, 1)
    assert not any(PIN in row["data"] or WRONG in row["data"] for row in rows)
    assert hash_.startswith("$argon2id$")


async def test_another_tenant_sees_no_pin(site: Site, client: httpx.AsyncClient) -> None:
    id_ = await with_pin(client)
    with pytest.raises(Exception, match="no such customer"):
        await service.check(site.database, new_id(), id_, PIN)
    async with site.database.transaction(new_id()) as conn:
        assert await conn.fetch("SELECT 1 FROM customer_pins") == []


async def test_only_who_may_write_sets_one(site: Site, client: httpx.AsyncClient) -> None:
    id_ = await with_pin(client)
    await add_person(site.database, "qa01", "qa")
    inspector = await site.client("qa01")
    assert (await inspector.put(f"/api/v1/customers/{id_}/pin", json={"pin": PIN})).status_code == 403
