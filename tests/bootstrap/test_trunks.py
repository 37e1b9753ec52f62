"""Core follows the trunks as people change them, and shows how they stand to those who may see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.support.web import add_person, home
from tests.telephony.world import Net, Party
from yuelai.bootstrap.trunks import LiveTrunks
from yuelai.entrypoints.sealed import SEALED
from yuelai.identity.model import Principal
from yuelai.platform.bus import Bus
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT
from yuelai.platform.live import LiveStore, permitted
from yuelai.telephony.trunks import secret, service
from yuelai.telephony.trunks.events import TrunkChanged
from yuelai.telephony.trunks.schemas import NewTrunk

__all__ = ["home"]

READERS = frozenset({permitted(SAMPLE_TENANT, "telephony.read")})


class Running:
    def __init__(self, database: Database, settings: Settings, boss: Principal) -> None:
        self.database, self.settings, self.boss = database, settings, boss
        self.net, self.live, self.bus = Net(), LiveStore(), Bus()
        self.held = LiveTrunks(database, settings, self.net.clock, self.live)
        self.trunks = self.held.trunks

    async def add(self, **fields: Any) -> UUID:
        async with self.database.transaction(SAMPLE_TENANT) as conn:
            made = await service.add_trunk(conn, self.settings, self.boss, NewTrunk.model_validate(fields))
        return UUID(str(made["id"]))

    def tell(self) -> None:
        self.bus.publish(TrunkChanged(at=self.net.clock.now(), tenant_id=SAMPLE_TENANT))

    async def until(self, check: Any) -> None:
        async with asyncio.timeout(10):
            while not check():
                await asyncio.sleep(0.01)

    def document(self, id_: UUID) -> dict[str, Any] | None:
        return self.live.snapshot(READERS).get(f"trunk/{id_}")


@pytest.fixture
async def running(database: Database, home: Any) -> AsyncIterator[Running]:
    boss = await add_person(database, "boss", "admin")
    one = Running(database, Settings(home=home, database_url=database.dsn), boss)
    one.trunks.attach(Party(one.net, 5060).stack)
    await one.held.start(one.bus)
    yield one
    await one.held.close()


EAST: dict[str, Any] = {"code": "east", "name": "东方", "host": "127.0.0.1", "username": "0571", "secret": "open"}


async def test_a_trunk_that_is_made_changed_and_taken_away_is_followed(running: Running) -> None:
    id_ = await running.add(**EAST, sources=["192.0.2.0/24"])
    running.tell()
    await running.until(lambda: running.document(id_))
    trunk = running.trunks.configured[id_]
    assert (trunk.secret, trunk.username, [str(one) for one in trunk.sources]) == ("open", "0571", ["192.0.2.0/24"])
    document = running.document(id_)
    assert document is not None
    assert (document["code"], document["state"]) == ("east", "unknown")
    assert document["channels"] == {"in": 0, "out": 0, "max": None}
    assert "open" not in str(document)
    assert running.live.snapshot(frozenset({f"tenant:{SAMPLE_TENANT}"})) == {}, "not for everybody at the tenant"

    async with running.database.transaction(SAMPLE_TENANT) as conn:
        await service.change_trunk(
            conn, running.settings, running.boss, id_, {"version": 1, "max_channels_total": 30, "active": False}
        )
    running.tell()
    await running.until(lambda: (running.document(id_) or {}).get("state") == "inactive")
    async with running.database.transaction(SAMPLE_TENANT) as conn:
        await service.delete_trunk(conn, running.boss, id_)
    running.tell()
    await running.until(lambda: running.document(id_) is None)
    assert running.trunks.configured == {}


async def test_routes_with_hours_and_shares_are_read(running: Running) -> None:
    id_ = await running.add(**EAST)
    hours = {"days": [1, 2, 3, 4, 5, 6, 7], "opens": "00:00", "closes": "23:59"}
    shares = [{"trunk_id": id_, "priority": 3, "weight": 7}]
    wanted = {"prefix": "86", "name": "", "active": True, "hours": hours, "trunks": shares}
    async with running.database.transaction(SAMPLE_TENANT) as conn:
        await service.add_route(conn, running.boss, wanted)
        await service.add_route(conn, running.boss, {**wanted, "prefix": "8610", "hours": None, "trunks": []})
    async with running.database.transaction(None) as conn:
        await running.held.load(conn)
    explained = running.trunks.explain("057188886666")
    assert (explained["route"]["prefix"], explained["candidates"][0]["priority"]) == ("86", 3)
    assert running.trunks.explain("01065551234")["route"]["prefix"] == "8610"
    assert running.trunks.explain("0012015550123")["error"] == "no_route"


async def test_a_password_without_its_key_is_trouble_of_that_trunk_alone(running: Running) -> None:
    locked = await running.add(**EAST)
    free = await running.add(code="free", name="Free", host="127.0.0.1", options_seconds=0)
    async with running.database.transaction(None) as conn:
        await conn.execute("UPDATE trunks SET secret = $2 WHERE id = $1", locked, b"\0\0\0\1" + bytes(40))
        await running.held.load(conn)
    document = running.document(locked)
    assert document is not None
    assert (document["state"], document["error"]["code"]) == ("refused", "keys_missing")
    other = running.document(free)
    assert other is not None
    assert other["state"] == "unknown"


async def test_both_passwords_are_among_what_is_sealed_anew() -> None:
    assert {one.name for one in secret.SEALED} <= {one.name for one in SEALED}
