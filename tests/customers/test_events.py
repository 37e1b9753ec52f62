"""A new customer is told to whoever asks, and only if the customer is really there."""

from __future__ import annotations

import pytest

from yuelai.customers import service
from yuelai.customers.events import CustomerCreated
from yuelai.platform.bus import Bus
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.outbox import Relay


async def test_a_customer_is_told_of_once_committed(database: Database) -> None:
    heard: list[CustomerCreated] = []
    bus = Bus()
    bus.subscribe(CustomerCreated, heard.append)
    relay = Relay(database, bus)
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(SAMPLE_TENANT) as conn:
            await service.create(conn, SAMPLE_TENANT, name="李四", phones=["13800000009"])
            raise ZeroDivisionError
    assert await relay.relay() == 0
    async with database.transaction(SAMPLE_TENANT) as conn:
        card = await service.create(conn, SAMPLE_TENANT, name="王芳", phones=["13800000001"])
    assert await relay.relay() == 1
    assert [str(fact.customer_id) for fact in heard] == [card["id"]]
