"""The running centre follows changes in PostgreSQL within a second, by way of the outbox, without dropping calls."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.support.web import add_person, add_tenant
from yuelai.bootstrap import directory as following
from yuelai.bootstrap.adapters import FlowDirectory
from yuelai.bootstrap.directory import LiveDirectory
from yuelai.bootstrap.prompts import OwnPrompts
from yuelai.bootstrap.seats import Seats
from yuelai.calendars.events import CalendarChanged
from yuelai.calendars.live import Calendars
from yuelai.flows.events import AccessNumberChanged
from yuelai.identity.events import PersonChanged, TenantChanged
from yuelai.identity.model import Principal
from yuelai.media.tts.speaker import Speaker
from yuelai.platform import outbox
from yuelai.platform.bus import Bus
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Connection, Database
from yuelai.platform.errors import Refusal
from yuelai.platform.facts import Fact, Record
from yuelai.platform.ids import SAMPLE_TENANT, TenantId, new_id
from yuelai.platform.live import LiveStore
from yuelai.platform.outbox import Relay
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import Offer, QueueChanged, RoutingSignal
from yuelai.routing.repository import load_directory


@dataclass
class Registrar:
    """Which work numbers have a phone."""

    phones: set[str] = field(default_factory=set)

    def registrations(self, user: str) -> list[Any]:
        @dataclass
        class Binding:
            browser: bool = False
            silent: bool = False
            instance: str = ""

        return [Binding()] if user in self.phones else []


@dataclass
class World:
    database: Database
    routing: RoutingDriver
    flows: FlowDirectory
    registrar: Registrar
    signals: list[RoutingSignal]
    calendars: Calendars

    @asynccontextmanager
    async def change(self, *facts: Fact) -> AsyncIterator[Connection]:
        async with self.database.transaction(None) as conn:
            yield conn
            for fact in facts:
                await outbox.put(conn, fact)


async def soon(check: Callable[[], Any]) -> None:
    """The promise is a second."""
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < 1.0 + 2.0, "a second, and some patience with a busy machine"
        await asyncio.sleep(0.01)


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    clock, bus, signals, registrar = SystemClock(), Bus(), list[RoutingSignal](), Registrar()

    async def append(*records: Record) -> int:
        return 0

    routing = RoutingDriver(append, clock, LiveStore(), signals.append)
    flows = FlowDirectory(database, Speaker(None, tmp_path), OwnPrompts(tmp_path))
    async with database.transaction(None) as conn:
        directory = await load_directory(conn)
        await flows.load(conn)
    await routing.load(directory.agents, directory.queues)
    seats = Seats(routing, registrar, {})  # type: ignore[arg-type]
    calendars = Calendars()
    following = LiveDirectory(database, clock, bus, routing, flows, seats, calendars=calendars)
    relay = Relay(database, bus)
    await following.start()
    await relay.start()
    yield World(database, routing, flows, registrar, signals, calendars)
    await relay.close()
    await following.close()
    await routing.close()


def now() -> Any:
    return SystemClock().now()


async def a_queue(world: World, code: str, *members: Principal, tenant: TenantId = SAMPLE_TENANT) -> UUID:
    queue = new_id()
    async with world.change(QueueChanged(at=now(), tenant_id=tenant, queue_id=queue)) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name) VALUES ($1, $2, $3, $3)", queue, tenant, code
        )
        for member in members:
            await conn.execute("INSERT INTO queue_members VALUES ($1, $2, $3, 1)", queue, tenant, member.person_id)
    return queue


def knows(world: World, code: str, tenant: TenantId = SAMPLE_TENANT) -> bool:
    try:
        return bool(world.routing.queue(code, tenant))
    except Refusal:
        return False


async def test_a_new_queue_with_a_new_agent_whose_phone_is_registered_serves_at_once(world: World) -> None:
    world.registrar.phones.add("8001")
    agent = await add_person(world.database, "agent01", "agent", number="8001")
    await a_queue(world, "general", agent)
    await soon(lambda: knows(world, "general"))
    await soon(lambda: world.routing.agent_document(agent.person_id)["registered"]["phone"])
    await world.routing.set_state(agent.person_id, "ready")
    await world.routing.enqueue(contact := new_id(), "general", tenant_id=SAMPLE_TENANT)
    (offer,) = world.signals
    assert isinstance(offer, Offer)
    assert (offer.interaction_id, offer.agent_id) == (contact, agent.person_id)


async def test_an_agent_who_leaves_the_house_finishes_the_talk_first(world: World) -> None:
    world.registrar.phones.add("8001")
    agent = await add_person(world.database, "agent01", "agent", number="8001")
    await a_queue(world, "general", agent)
    await soon(lambda: knows(world, "general"))
    await soon(lambda: world.routing.agent_document(agent.person_id)["registered"]["phone"])
    await world.routing.set_state(agent.person_id, "ready")
    await world.routing.enqueue(contact := new_id(), "general", tenant_id=SAMPLE_TENANT)
    await world.routing.accepted(contact, agent.person_id)
    async with world.change(PersonChanged(at=now(), tenant_id=SAMPLE_TENANT, person_id=agent.person_id)) as conn:
        await conn.execute("UPDATE people SET active = false WHERE id = $1", agent.person_id)
    await soon(lambda: world.routing.agent(agent.person_id).leaving)
    assert world.routing.agent_document(agent.person_id)["state"] == "talking"
    await world.routing.released(contact)
    await world.routing.wrapup_done(agent.person_id)
    with pytest.raises(Refusal):
        world.routing.agent(agent.person_id)


async def test_another_name_and_number_are_known_without_a_new_sign_in(world: World) -> None:
    agent = await add_person(world.database, "agent01", "agent", number="8001")
    await a_queue(world, "general", agent)
    await soon(lambda: knows(world, "general"))
    world.registrar.phones.add("8777")
    async with world.change(PersonChanged(at=now(), tenant_id=SAMPLE_TENANT, person_id=agent.person_id)) as conn:
        await conn.execute("UPDATE people SET name = 'Renamed', number = '8777'")
    await soon(lambda: world.routing.agent_document(agent.person_id)["registered"]["phone"])
    document = world.routing.agent_document(agent.person_id)
    assert (document["name"], document["number"]) == ("Renamed", "8777")


async def test_a_day_that_is_closed_all_of_a_sudden_is_closed_at_once(world: World) -> None:
    calendar, today = new_id(), now().astimezone().date()
    changed = CalendarChanged(at=now(), tenant_id=SAMPLE_TENANT, calendar_id=calendar)
    week = [[["00:00", "24:00"]]] * 7
    async with world.change(changed) as conn:
        await conn.execute(
            "INSERT INTO calendars (id, tenant_id, code, name, timezone, weekly) VALUES ($1, $2, 'h', 'H', 'UTC', $3)",
            calendar,
            SAMPLE_TENANT,
            week,
        )
    assert world.calendars.is_open(calendar, now())
    async with world.change(changed) as conn:
        await conn.executemany(
            "INSERT INTO calendar_days (tenant_id, calendar_id, date, kind, name) VALUES ($1, $2, $3, 'closed', 'x')",
            [(SAMPLE_TENANT, calendar, today + timedelta(days=away)) for away in (-1, 0, 1)],
        )
    await soon(lambda: not world.calendars.is_open(calendar, now()))
    assert world.calendars.state(calendar, now()).name == "x"


async def test_access_numbers_come_change_and_go_with_their_tenant(world: World) -> None:
    east = await add_tenant(world.database, "east")
    changed = AccessNumberChanged(at=now(), tenant_id=east, number="10020")
    async with world.change(changed) as conn:
        await conn.execute("INSERT INTO access_numbers VALUES ('10020', $1, 'main')", east)
    await soon(lambda: world.flows.entry("10020"))
    entry = world.flows.entry("10020")
    assert entry is not None
    assert (entry.tenant.id, entry.tenant.code, entry.flow.id) == (east, "east", "main")
    async with world.change(changed) as conn:
        await conn.execute("UPDATE access_numbers SET flow = 'east'")
    await soon(lambda: world.flows.entry("10020") and world.flows.entry("10020").flow.id == "east")  # type: ignore[union-attr]
    assert entry.flow.id == "main", "a standing call keeps its own"
    async with world.change(TenantChanged(at=now(), tenant_id=east)) as conn:
        await conn.execute("UPDATE tenants SET active = false WHERE id = $1", east)
    await soon(lambda: world.flows.entry("10020") is None)


async def test_many_changes_at_once_are_read_together_and_none_is_missed(world: World) -> None:
    for number in range(20):
        await a_queue(world, f"q{number}")
    await soon(lambda: all(knows(world, f"q{number}") for number in range(20)))


async def test_a_change_that_could_not_be_read_is_read_again_without_another_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    async def spoilt_once(*arguments: Any) -> Any:
        nonlocal tried
        tried += 1
        if tried == 1:
            raise ValueError("a row nobody can read")
        return await load_directory(*arguments)

    monkeypatch.setattr(following.routing_tables, "load_directory", spoilt_once)
    monkeypatch.setattr(following, "AFTER_FAILURE_SECONDS", 0.05)
    agent = await add_person(world.database, "agent01", "agent", number="8001")
    await a_queue(world, "general", agent)
    await soon(lambda: knows(world, "general"))
    assert tried >= 2
