"""Agents' states from facts to tables and back into the driver, against a real PostgreSQL."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.support.web import add_person, add_tenant
from yuelai.platform import facts
from yuelai.platform.clock import VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.facts import Record
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.journal import Entry
from yuelai.platform.live import LiveStore
from yuelai.routing.driver import RoutingDriver
from yuelai.routing.events import AgentState, Seat
from yuelai.routing.repository import PROJECTIONS, load_directory
from yuelai.routing.settings import Overflow, OverflowTo, OverflowWhen, SkillWish, Treatment

# Noon by the machine's clock: figures are of the local day, which must not change in the middle of a test.
NOON = datetime(2026, 3, 4, 12).astimezone()


@dataclass
class World:
    database: Database
    queue: UUID
    agent: UUID
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON.astimezone(UTC)))
    seq: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def append(self, *records: Record) -> int:
        async with self.database.transaction(None) as conn:
            for record in records:
                seq = next(self.seq)
                data = facts.encode(record.fact)
                entry = Entry(seq, new_id(), record.fact.at, record.fact.type, data, {}, "core")
                await PROJECTIONS[type(entry.fact)](conn, entry)
        return seq

    async def driver(self) -> RoutingDriver:
        """A core that starts now."""
        driver = RoutingDriver(self.append, self.clock, LiveStore(), lambda signal: None)
        async with self.database.transaction(None) as conn:
            agents, queues, _ = await load_directory(conn, self.clock.now())
        await driver.load(agents, queues)
        return driver


@pytest.fixture
async def world(database: Database) -> World:
    queue = new_id()
    person = await add_person(database, "agent01", "agent", number="8001")
    async with database.transaction(None) as conn:
        await conn.execute(
            """
            INSERT INTO queues (id, tenant_id, code, name, name_en, priority, ring_seconds, wrapup_seconds)
            VALUES ($1, $2, 'general', '综合', 'General', 2, 15, 25)
            """,
            queue,
            SAMPLE_TENANT,
        )
        await conn.execute(
            "INSERT INTO queue_members (queue_id, tenant_id, person_id, level) VALUES ($1, $2, $3, 4)",
            queue,
            SAMPLE_TENANT,
            person.person_id,
        )
    return World(database, queue, person.person_id)


async def serve(world: World, driver: RoutingDriver, talk: float) -> UUID:
    contact = new_id()
    await driver.enqueue(contact, "general", tenant_id=SAMPLE_TENANT)
    world.clock.advance(3)
    await driver.accepted(contact, world.agent)
    world.clock.advance(talk)
    await driver.released(contact)
    world.clock.advance(10)
    await driver.wrapup_done(world.agent)
    return contact


async def test_queues_and_members_are_loaded_as_they_were_set_up(world: World) -> None:
    driver = await world.driver()
    queue = driver.queue("general", SAMPLE_TENANT)
    assert (queue.name, queue.priority, queue.ring_seconds, queue.wrapup_seconds) == ("综合", 2, 15, 25)
    agent = driver.agent(world.agent)
    assert (agent.number, agent.state, dict(agent.levels)) == ("8001", AgentState.OFFLINE, {world.queue: 4})


async def test_what_a_queue_is_set_to_is_read_whole(world: World) -> None:
    skill = new_id()
    async with world.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO skills (id, tenant_id, code, name) VALUES ($1, $2, 'fault', 'F')", skill, SAMPLE_TENANT
        )
        await conn.execute("INSERT INTO person_skills VALUES ($1, $2, $3, 3)", SAMPLE_TENANT, world.agent, skill)
        await conn.execute("UPDATE queue_members SET position = 7")
        await conn.execute(
            """
            UPDATE queues SET channel = 'chat', prefer_seconds = 5, extend_seconds = 60, target_seconds = 15,
                target_share = 0.9, treatment = $1, overflows = $2
            """,
            {"music": "hold_music", "comfort": ["call_matters"], "scent": "roses"},
            [
                {"when": "wait", "to": "voicemail", "limit": 90},
                {"when": "full_moon", "to": "queue", "target": "x"},
                {"when": "closed", "to": "message", "target": "closed"},
            ],
        )
        await conn.executemany(
            "INSERT INTO queue_skills (tenant_id, queue_id, skill_id, required, level, relax_after, relax_to, position)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                (SAMPLE_TENANT, world.queue, skill, False, 5, 30, 2, 2),
                (SAMPLE_TENANT, world.queue, skill, True, 2, None, 0, 1),
            ],
        )
        directory = await load_directory(conn, world.clock.now())
    (queue,), (agent,) = directory.queues, directory.agents
    assert (queue.channel, queue.prefer_seconds, queue.extend_seconds) == ("chat", 5, 60)
    assert (queue.target_seconds, queue.target_share, queue.calendar_id) == (15, 0.9, None)
    assert queue.treatment == Treatment(music="hold_music", comfort=("call_matters",)), "what is not known is left out"
    assert queue.overflows == (
        Overflow(OverflowWhen.WAIT, OverflowTo.VOICEMAIL, 90.0),
        Overflow(OverflowWhen.CLOSED, OverflowTo.MESSAGE, target="closed"),
    )
    assert queue.skills == (SkillWish(skill, 2), SkillWish(skill, 5, required=False, relax_after=30, relax_to=2))
    assert (agent.skills, agent.positions) == ({skill: 3}, {world.queue: 7})


async def test_every_second_of_a_session_is_in_exactly_one_row(world: World) -> None:
    driver = await world.driver()
    await driver.seat_reachable(world.agent, "phone", True)
    await driver.set_state(world.agent, "ready")
    world.clock.advance(7)
    await serve(world, driver, 60)
    world.clock.advance(5)
    await driver.set_state(world.agent, "busy", "lunch")
    world.clock.advance(30)
    await driver.set_state(world.agent, "offline")
    async with world.database.transaction(SAMPLE_TENANT) as conn:
        rows = await conn.fetch("SELECT * FROM agent_state_log ORDER BY started_at, id")
    assert [row["state"] for row in rows] == ["ready", "ringing", "talking", "wrapup", "ready", "busy", "offline"]
    seconds = [(row["ended_at"] - row["started_at"]).total_seconds() for row in rows[:-1]]
    assert seconds == [7, 3, 60, 10, 5, 30]
    assert rows[-1]["ended_at"] is None
    for first, second in itertools.pairwise(rows):
        assert first["ended_at"] == second["started_at"]
    assert rows[5]["reason"] == "lunch"
    await driver.close()


async def test_a_restarted_core_knows_states_seats_and_the_figures_of_today(world: World) -> None:
    driver = await world.driver()
    await driver.seat_reachable(world.agent, "browser", True)
    await driver.set_state(world.agent, "ready", seat="browser")
    for talk in (60, 120):
        await serve(world, driver, talk)
    await driver.set_state(world.agent, "busy", "training")
    before = driver.agent_document(world.agent)
    again = await world.driver()
    after = again.agent_document(world.agent)
    assert after == {**before, "registered": {"phone": False, "browser": False}}
    assert after["today"] == {"answered": 2, "handle_seconds": 200.0, "average_handle_seconds": 100.0}
    assert (after["state"], after["reason"], after["seat"]) == ("busy", "training", Seat.BROWSER)


async def test_an_agent_whose_call_died_with_core_is_ready_again_and_the_log_says_why(world: World) -> None:
    driver = await world.driver()
    await driver.seat_reachable(world.agent, "phone", True)
    await driver.set_state(world.agent, "ready")
    contact = new_id()
    await driver.enqueue(contact, "general", tenant_id=SAMPLE_TENANT)
    await driver.accepted(contact, world.agent)
    world.clock.advance(20)
    again = await world.driver()
    document = again.agent_document(world.agent)
    assert (document["state"], document["reason"], document["interaction_id"]) == ("ready", "system_restart", None)
    async with world.database.transaction(SAMPLE_TENANT) as conn:
        last = await conn.fetchrow("SELECT * FROM agent_state_log ORDER BY started_at DESC, id DESC LIMIT 1")
    assert last is not None
    assert (last["state"], last["reason"]) == ("ready", "system_restart")
    await driver.close()


async def test_yesterday_does_not_count_for_today(world: World) -> None:
    driver = await world.driver()
    await driver.seat_reachable(world.agent, "phone", True)
    await driver.set_state(world.agent, "ready")
    await serve(world, driver, 60)
    world.clock.advance(timedelta(days=1).total_seconds())
    assert driver.agent_document(world.agent)["today"]["answered"] == 0
    assert (await world.driver()).agent_document(world.agent)["today"]["answered"] == 0


async def test_who_has_left_the_house_is_no_agent(world: World) -> None:
    async with world.database.transaction(None) as conn:
        await conn.execute("UPDATE people SET active = false")
        agents, queues, _ = await load_directory(conn)
    assert (agents, len(queues)) == ([], 1)


async def test_each_client_counts_the_seconds_of_its_own_contacts_and_sees_no_others(world: World) -> None:
    east, theirs = await add_tenant(world.database, "east"), new_id()
    async with world.database.transaction(None) as conn:
        await conn.execute("INSERT INTO queues (id, tenant_id, code, name) VALUES ($1, $2, 'power', 'P')", theirs, east)
        await conn.execute("INSERT INTO queue_members VALUES ($1, $2, $3, 1)", theirs, east, world.agent)
        await conn.execute(
            "INSERT INTO grants (person_id, tenant_id, role) VALUES ($1, $2, 'agent')", world.agent, east
        )
    driver = await world.driver()
    await driver.seat_reachable(world.agent, "phone", True)
    await driver.set_state(world.agent, "ready")
    world.clock.advance(7)
    await serve(world, driver, 60)
    contact = new_id()
    await driver.enqueue(contact, "power", tenant_id=east)
    world.clock.advance(5)
    await driver.accepted(contact, world.agent)
    world.clock.advance(40)
    await driver.released(contact)
    world.clock.advance(20)
    await driver.wrapup_done(world.agent)
    seconds: dict[UUID, dict[str, float]] = {}
    for tenant in (SAMPLE_TENANT, east):
        async with world.database.transaction(tenant) as conn:
            rows = await conn.fetch(
                "SELECT state, sum(extract(epoch FROM ended_at - started_at))::float8 AS seconds FROM agent_state_log "
                "WHERE ended_at IS NOT NULL GROUP BY state"
            )
            assert await conn.fetchval("SELECT count(*) FROM agent_sessions") == 0, "a session is no tenant's"
        seconds[tenant] = {row["state"]: row["seconds"] for row in rows}
    assert seconds[east] == {"ringing": 5.0, "talking": 40.0, "wrapup": 20.0}
    assert seconds[SAMPLE_TENANT] == {"ready": 7.0, "ringing": 3.0, "talking": 60.0, "wrapup": 10.0}
    async with world.database.transaction(None) as conn:
        (agent,) = (await load_directory(conn, world.clock.now())).agents
    assert agent.home == SAMPLE_TENANT, "who serves several is the operator's outside contacts"
    assert {tenant: (one.answered, one.handle_seconds) for tenant, one in agent.figures.items()} == {
        SAMPLE_TENANT: (1, 70.0), east: (1, 60.0)
    }  # fmt: skip
