"""What is published reaches new contacts within a second; who is in a flow stays in the version they began with."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.flows.dialogue import ScriptedDialogue
from tests.support import virtual_time
from tests.support.web import add_person, add_tenant
from yuelai.bootstrap.adapters import FlowDirectory
from yuelai.bootstrap.directory import LiveDirectory
from yuelai.bootstrap.flow_versions import RunningFlows
from yuelai.bootstrap.flow_walks import WalkKeeper
from yuelai.bootstrap.prompts import OwnPrompts
from yuelai.bootstrap.seats import Seats
from yuelai.channels.ports import Entry
from yuelai.flows import loader, service
from yuelai.flows.events import FlowWalked
from yuelai.flows.model import Flow
from yuelai.flows.ports import Collected, Left
from yuelai.flows.runtime import run
from yuelai.flows.walk import Shared, Walk
from yuelai.identity.model import Principal
from yuelai.media.tts.speaker import Speaker
from yuelai.platform.bus import Bus
from yuelai.platform.clock import SystemClock
from yuelai.platform.db import Database
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT, TenantId, new_id
from yuelai.platform.journal import JournalFull
from yuelai.platform.live import LiveStore
from yuelai.platform.outbox import Relay
from yuelai.routing.driver import RoutingDriver


class Registrar:
    def registrations(self, user: str) -> list[Any]:
        return []


def document(said: str) -> dict[str, Any]:
    """A flow that asks, then says something."""
    return {
        "start": "menu",
        "handlers": {"failed": "end", "error": "end"},
        "nodes": {
            "menu": {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "tell"}}},
            "tell": {"kind": "say", "say": [said], "next": "end"},
            "end": {"kind": "hangup", "served": True},
        },
    }


class Waiting(ScriptedDialogue):
    """A customer who thinks until `press` is called."""

    def __init__(self) -> None:
        super().__init__([])
        self.asked, self.pressed = asyncio.Event(), asyncio.Event()

    async def collect(self, utterances: Any, **more: Any) -> Collected:
        self.said.extend(utterances)
        self.asked.set()
        await self.pressed.wait()
        return Collected("1")


@pytest.fixture
async def flows(database: Database, tmp_path: Path) -> AsyncIterator[FlowDirectory]:
    bus, directory = Bus(), FlowDirectory(database, Speaker(None, tmp_path), OwnPrompts(tmp_path))

    async def append(*records: Record) -> int:
        return 0

    routing = RoutingDriver(append, SystemClock(), LiveStore(), lambda signal: None)
    seats = Seats(routing, Registrar(), {})  # type: ignore[arg-type]
    following, relay = LiveDirectory(database, SystemClock(), bus, routing, directory, seats), Relay(database, bus)
    async with database.transaction(None) as conn:
        await directory.load(conn)
    await following.start()
    await relay.start()
    yield directory
    await relay.close()
    await following.close()
    await routing.close()


@pytest.fixture
async def boss(database: Database) -> Principal:
    return await add_person(database, "boss", "admin")


async def publish(database: Database, who: Principal, said: str, code: str = "sales") -> int:
    async with database.transaction(who.tenant_id) as conn:
        if code not in {one["code"] for one in await service.flows(conn, who, None)}:
            await service.add(conn, who, code, "售前")
        rev = (await service.flow(conn, who, code, None))["rev"]
        saved = await service.put_draft(conn, who, code, document(said), rev)
        return await service.publish(conn, who, code, saved["rev"], "")


async def number(database: Database, called: str, code: str, tenant: TenantId = SAMPLE_TENANT) -> None:
    async with database.transaction(None) as conn:
        await conn.execute("INSERT INTO access_numbers VALUES ($1, $2, $3)", called, tenant, code)


async def soon(check: Callable[[], Any]) -> None:
    """The promise is a second."""
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < 1.0 + 2.0, "a second, and some patience with a busy machine"
        await asyncio.sleep(0.01)


def version(flows: FlowDirectory, called: str) -> int | None:
    entry = flows.entry(called)
    return None if entry is None else int(entry.flow.version)


def entry_of(flows: FlowDirectory, called: str) -> Entry:
    entry = flows.entry(called)
    assert entry is not None
    return entry


async def test_who_is_in_a_flow_stays_in_its_version_and_the_next_one_gets_the_new(
    database: Database, flows: FlowDirectory, boss: Principal
) -> None:
    await number(database, "10000", "sales")
    await publish(database, boss, "goodbye")
    await soon(lambda: version(flows, "10000") == 1)
    first, second = Waiting(), Waiting()
    calls = [asyncio.create_task(flows.run(entry_of(flows, "10000"), first, {}))]
    await first.asked.wait()

    await publish(database, boss, "closed")
    await soon(lambda: version(flows, "10000") == 2)
    calls.append(asyncio.create_task(flows.run(entry_of(flows, "10000"), second, {})))
    await second.asked.wait()
    assert flows.running.of(SAMPLE_TENANT) == {"sales": {"1": 1, "2": 1}}
    assert flows.running.of(TenantId(new_id())) == {}

    first.pressed.set()
    second.pressed.set()
    assert all(outcome.served for outcome in await asyncio.gather(*calls))
    assert first.prompts == ["main_menu", "goodbye"]
    assert second.prompts == ["main_menu", "closed"]
    assert flows.running.of(SAMPLE_TENANT) == {}


async def test_each_walk_is_told_to_the_journal_and_a_full_one_holds_up_nobody(
    database: Database, flows: FlowDirectory, boss: Principal
) -> None:
    await number(database, "10000", "sales")
    await publish(database, boss, "goodbye")
    await soon(lambda: version(flows, "10000") == 1)
    written: list[Record] = []

    async def append(record: Record) -> int:
        if written:
            raise JournalFull
        written.append(record)
        return 1

    flows.walks, contact = WalkKeeper(append, SystemClock()), new_id()
    for _ in range(2):
        outcome = await flows.run(
            entry_of(flows, "10000"), ScriptedDialogue(["9", "1"]), {"interaction_id": str(contact), "walk": 2}
        )
        assert outcome.served
    await flows.walks.close()
    (record,) = written
    fact = record.fact
    assert isinstance(fact, FlowWalked)
    assert (fact.interaction_id, fact.code, fact.version, fact.outcome) == (contact, "sales", 1, "served")
    assert (fact.walk, fact.businesses) == (2, [])
    assert (fact.nodes, fact.mistakes, fact.last) == (["menu", "tell", "end"], {"menu": 1}, "end")
    assert record.private == {}


async def test_ones_own_goes_before_the_one_that_ships_and_only_for_its_tenant(
    database: Database, flows: FlowDirectory, boss: Principal
) -> None:
    east = await add_tenant(database, "east")
    await number(database, "10000", "direct")
    await number(database, "10020", "direct", east)
    shipped = loader.shipped()["direct"].version
    own = await publish(database, boss, "goodbye", "direct")
    await soon(lambda: version(flows, "10000") == own)
    assert version(flows, "10020") == shipped
    async with database.transaction(SAMPLE_TENANT) as conn:
        restored = await service.restore(conn, boss, "direct", shipped, "")
    await soon(lambda: version(flows, "10000") == restored)
    assert entry_of(flows, "10000").flow.nodes == entry_of(flows, "10020").flow.nodes
    async with database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute("DELETE FROM access_numbers WHERE number = '10000'")
        await service.delete(conn, boss, "direct")
    await number(database, "10001", "direct")
    await soon(lambda: version(flows, "10001") == shipped)


async def test_a_flow_made_anew_under_its_old_code_is_not_taken_for_the_old_one(
    database: Database, flows: FlowDirectory, boss: Principal
) -> None:
    await number(database, "10000", "sales")
    await publish(database, boss, "goodbye")
    await soon(lambda: version(flows, "10000") == 1)
    async with database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute("DELETE FROM access_numbers")
        await service.delete(conn, boss, "sales")
        await service.add(conn, boss, "sales", "售前", document("closed"))
        assert await service.publish(conn, boss, "sales", 1, "") == 1
    await number(database, "10000", "sales")
    async with database.transaction(None) as conn:
        await flows.load(conn)
    dialogue = ScriptedDialogue(["1"])
    assert (await flows.run(entry_of(flows, "10000"), dialogue, {})).served
    assert dialogue.prompts == ["main_menu", "closed"]


async def test_a_version_that_the_program_no_longer_takes_leaves_the_one_before_in_force(
    database: Database, flows: FlowDirectory, boss: Principal
) -> None:
    await number(database, "10000", "sales")
    await publish(database, boss, "goodbye")
    await soon(lambda: version(flows, "10000") == 1)
    async with database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO flow_versions (tenant_id, code, version, document, at) VALUES ($1, 'sales', 2, '{}', now())",
            SAMPLE_TENANT,
        )
        await conn.execute("UPDATE flows SET published = 2")
        await flows.load(conn)
    assert version(flows, "10000") == 1


async def test_contacts_that_end_in_any_way_are_counted_out() -> None:
    running, flow, tenant = RunningFlows(), loader.shipped()["main"], UUID(int=1)
    with pytest.raises(RuntimeError), running.within(tenant, flow):
        with running.within(tenant, flow):
            assert running.of(tenant) == {"main": {str(flow.version): 2}}
        assert running.of(tenant) == {"main": {str(flow.version): 1}}
        raise RuntimeError
    assert running.of(tenant) == {}


# --- where they stand -----------------------------------------------------------------------------------------------


def with_inner() -> tuple[Flow, dict[str, Flow]]:
    """A flow that asks and leads into another one, which asks as well."""
    inner = loader.load({**document("goodbye"), "id": "inner", "version": 1})
    outer = {
        "id": "outer",
        "version": 4,
        "start": "menu",
        "handlers": {"failed": "end", "error": "end"},
        "nodes": {
            "menu": {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "inside"}}},
            "inside": {"kind": "flow", "flow": "inner", "next": "again", "failed": "end"},
            "again": {"kind": "menu", "say": ["main_menu"], "choices": {"1": {"next": "end"}}},
            "end": {"kind": "hangup", "served": True},
        },
    }
    return loader.load(outer), {"inner": inner}


class Slow(ScriptedDialogue):
    """A customer who takes so many seconds for each answer, and then goes."""

    def __init__(self, *thinks: float) -> None:
        super().__init__(["1"] * len(thinks))
        self._thinks = iter(thinks)

    async def collect(self, utterances: Any, **more: Any) -> Collected:
        await asyncio.sleep(next(self._thinks, 0))
        return await super().collect(utterances, **more)


def test_where_each_contact_stands_is_known_and_since_when() -> None:
    virtual_time.run(_stand())


async def _stand() -> None:
    running, tenant, other = RunningFlows(), UUID(int=1), UUID(int=2)
    outer, flows = with_inner()

    def live(code: str) -> dict[str, Any]:
        found = running.live(tenant, code, datetime(2026, 1, 1, tzinfo=UTC))
        assert found["at"] == "2026-01-01T00:00:00+00:00"
        return {"running": found["running"]} | {
            node: (here["contacts"], here["longest_seconds"]) for node, here in found["nodes"].items()
        }

    async def call(of: UUID, *thinks: float) -> None:
        with running.within(of, outer) as standing, contextlib.suppress(Left):
            await run(outer, Slow(*thinks), nothing, {}, flows=flows, watch=standing.began, on_walked=standing.ended)

    calls = [asyncio.create_task(call(tenant, 10, 20, 30)), asyncio.create_task(call(other, 100))]
    await asyncio.sleep(4)
    calls.append(asyncio.create_task(call(tenant, 50)))
    await asyncio.sleep(1)
    assert live("outer") == {"running": 2, "menu": (2, 5.0)}
    assert live("inner") == {"running": 0}
    await asyncio.sleep(10)  # 15 s: the first one is in the inner flow
    assert live("outer") == {"running": 2, "menu": (1, 11.0), "inside": (1, 5.0)}
    assert live("inner") == {"running": 1, "menu": (1, 5.0)}
    await asyncio.sleep(20)  # 35 s: and out of it again
    assert live("outer") == {"running": 2, "menu": (1, 31.0), "again": (1, 5.0)}
    assert live("inner") == {"running": 0}
    await asyncio.gather(*calls)
    assert live("outer") == {"running": 0}
    assert running.live(other, "outer", datetime.now(UTC))["nodes"] == {}


async def nothing(name: str, arguments: Any) -> dict[str, Any]:
    return {}


def test_ten_thousand_contacts_are_looked_through_in_a_moment() -> None:
    virtual_time.run(_crowd())


async def _crowd() -> None:
    running, flow, now = RunningFlows(), loader.shipped()["main"], asyncio.get_running_loop().time()
    shared = Shared(ScriptedDialogue([]), nothing, {}, {}, 200, lambda walk: None)
    with contextlib.ExitStack() as stack:
        for number in range(10_000):
            walk = Walk(flow, shared, at=f"n{number % 50}", since=now)
            stack.enter_context(running.within(UUID(int=1), flow)).began(walk)
        began = time.monotonic()
        found = running.live(UUID(int=1), "main", datetime.now(UTC))
        assert time.monotonic() - began < 0.5
        assert (found["running"], len(found["nodes"])) == (10_000, 50)
