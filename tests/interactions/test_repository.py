"""From facts to tables and back to lists, against a real PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from tests.interactions.book import NINE, Book, card
from tests.support.web import add_person, add_tenant
from yuelai.customers import service as customers
from yuelai.identity.errors import Forbidden
from yuelai.identity.model import Principal
from yuelai.interactions import service
from yuelai.interactions.errors import NoSuchInteraction
from yuelai.interactions.events import EndReason
from yuelai.interactions.repository import last_trail_numbers, make_partitions, open_interactions
from yuelai.interactions.restart import records_to_close
from yuelai.interactions.service import Filter
from yuelai.platform.clock import VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.paging import BadCursor

ALL = Filter()


@dataclass
class World:
    database: Database
    book: Book
    agent: Principal
    other: Principal
    leader: Principal
    queue: UUID
    customer: UUID

    async def find(self, who: Principal, wanted: Filter = ALL, **page: Any) -> tuple[list[dict[str, Any]], str | None]:
        await self.book.project(self.database)
        async with self.database.transaction(who.tenant_id) as conn:
            return await service.find(conn, who, wanted, **{"cursor": None, "limit": 20, **page})

    async def one(self, who: Principal, id_: UUID) -> dict[str, Any]:
        await self.book.project(self.database)
        async with self.database.transaction(who.tenant_id) as conn:
            return await service.one(conn, who, id_)


@pytest.fixture
async def world(database: Database) -> World:
    queue = new_id()
    async with database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name) VALUES ($1, $2, 'general', '综合')", queue, SAMPLE_TENANT
        )
        wang = await customers.create(conn, SAMPLE_TENANT, name="王芳", phones=["13800000001"])
    return World(
        database,
        Book(),
        await add_person(database, "agent01", "agent", number="8001"),
        await add_person(database, "agent02", "agent", number="8002"),
        await add_person(database, "leader01", "leader", number="8101"),
        queue,
        UUID(wang["id"]),
    )


async def test_a_served_call_is_found_with_its_true_figures(world: World) -> None:
    recorder = await world.book.begin("13800000001")
    await recorder.identified("one", [card(world.customer)])
    await recorder.ended("served")
    await recorder.closed()
    await world.book.served(world.agent.person_id, world.queue)
    served, self_served = (await world.find(world.leader))[0]
    assert served["started_at"] == NINE
    assert {name: served[name] for name in ("wait_seconds", "talk_seconds", "hold_seconds")} == {
        "wait_seconds": 14.0, "talk_seconds": 90.0, "hold_seconds": 20.0,
    }  # fmt: skip
    assert (served["state"], served["end_reason"], served["disposition"]) == ("closed", "customer_hung_up", "solved")
    assert served["agent"] == {"id": world.agent.person_id, "number": "8001", "name": "Agent01"}
    assert served["queue"] == {"id": world.queue, "code": "general", "name": "综合"}
    assert served["customer"] is None
    assert (self_served["agent"], self_served["end_reason"]) == (None, "served")
    assert self_served["customer"] == {"id": world.customer, "name": "王芳", "class": "normal"}


@pytest.mark.parametrize(
    "written",
    [
        "13800000001",
        "+8613800000001",
        "138 0000 0001",
        "008613800000001",
        "86-138-0000-0001",
        "１３８０００００００１ ",
    ],
)
async def test_a_caller_is_found_by_the_number_in_any_written_form(world: World, written: str) -> None:
    await world.book.begin("+8613800000001")
    await world.book.begin("13800000001")
    await world.book.begin("13800000002")
    assert len((await world.find(world.leader, Filter(ani=written)))[0]) == 2


async def test_a_short_or_hidden_caller_is_found_as_dialled(world: World) -> None:
    for ani in ("8001", "anonymous", "18001"):
        await world.book.begin(ani)
    assert [one["ani"] for one in (await world.find(world.leader, Filter(ani="8001")))[0]] == ["8001"]
    assert [one["ani"] for one in (await world.find(world.leader, Filter(ani="anonymous")))[0]] == ["anonymous"]


async def test_lists_are_newest_first_and_page_without_gaps_while_calls_come_in(world: World) -> None:
    made = []
    for _ in range(5):
        made.append((await world.book.begin()).interaction.id)
    first, cursor = await world.find(world.leader, limit=2)
    assert cursor is not None
    await world.book.begin()
    second, cursor = await world.find(world.leader, limit=2, cursor=cursor)
    assert cursor is not None
    third, end = await world.find(world.leader, limit=2, cursor=cursor)
    assert [one["id"] for one in (*first, *second, *third)] == made[::-1]
    assert end is None
    with pytest.raises(BadCursor):
        await world.find(world.leader, cursor="made-up")


async def test_lists_are_narrowed_by_time_and_channel(world: World) -> None:
    for hour in range(3):
        await world.book.begin(f"1380000000{hour}")
        world.book.clock.advance(3600)
    between = Filter(since=NINE + timedelta(hours=1), until=NINE + timedelta(hours=2))
    assert [one["ani"] for one in (await world.find(world.leader, between))[0]] == ["13800000001"]
    assert (await world.find(world.leader, Filter(channel="chat")))[0] == []


async def test_agents_see_their_own_interactions_only(world: World) -> None:
    await world.book.served(world.agent.person_id, world.queue)
    foreign = await world.book.served(world.other.person_id, world.queue)
    mine = (await world.find(world.agent))[0]
    assert [one["agent"]["number"] for one in mine] == ["8001"]
    assert len((await world.find(world.leader))[0]) == 2
    with pytest.raises(NoSuchInteraction):
        await world.one(world.agent, foreign.interaction.id)


async def test_other_tenants_and_those_without_permission_see_nothing(world: World) -> None:
    recorder = await world.book.served(world.agent.person_id, world.queue)
    elsewhere = await add_tenant(world.database, "elsewhere")
    stranger = await add_person(world.database, "stranger", "leader", tenant=elsewhere)
    assert (await world.find(stranger))[0] == []
    with pytest.raises(NoSuchInteraction):
        await world.one(stranger, recorder.interaction.id)
    planner = await add_person(world.database, "planner01", "planner")
    with pytest.raises(Forbidden):
        await world.find(planner)
    async with world.database.transaction(elsewhere) as conn:
        for table in ("interactions", "interaction_segments", "interaction_trail"):
            assert await conn.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_the_page_of_an_interaction_tells_its_whole_story(world: World) -> None:
    book = world.book
    recorder = await book.begin("13800000001")
    await recorder.identified("several", [card(world.customer), card(new_id())])
    await recorder.segment("ivr")
    await recorder.note("flow", "customer", {"node": "main_menu", "key": "0"})
    book.clock.advance(5)
    await recorder.segment("queue", queue_id=world.queue)
    book.clock.advance(2)
    await recorder.segment("ring", world.agent.person_id, world.queue)
    await recorder.identified("chosen", [card(world.customer)])
    await recorder.note("note", "8001", text="三楼，\0无电梯")
    page = await world.one(world.agent, recorder.interaction.id)
    assert [(one["kind"], one["seconds"]) for one in page["segments"][:2]] == [("ivr", 5.0), ("queue", 2.0)]
    assert page["segments"][2]["agent"]["number"] == "8001"
    assert page["segments"][2]["ended_at"] is None
    assert [(one["kind"], one["actor"], one["text"]) for one in page["trail"]] == [
        ("flow", "customer", ""), ("note", "8001", "三楼，\ufffd无电梯"),
    ]  # fmt: skip
    assert page["trail"][0]["data"] == {"node": "main_menu", "key": "0"}
    assert (page["match"], page["card"]["name"], [one["name"] for one in page["candidates"]]) == (
        "chosen", "王芳", ["王芳"],
    )  # fmt: skip


async def test_segments_in_the_database_have_no_gaps_and_add_up(world: World) -> None:
    recorder = await world.book.served(world.agent.person_id, world.queue)
    segments = (await world.one(world.leader, recorder.interaction.id))["segments"]
    assert [one["kind"] for one in segments] == ["ivr", "queue", "ring", "talk", "hold", "talk", "wrapup"]
    assert [one["seconds"] for one in segments] == [5, 10, 4, 60, 20, 30, 8]
    for first, second in pairwise(segments):
        assert first["ended_at"] == second["started_at"]


async def test_a_complete_recording_is_listed_and_one_under_way_is_not(world: World) -> None:
    recorder = await world.book.served(world.agent.person_id, world.queue)
    done = new_id()
    async with world.database.transaction(None) as conn:
        for id_, state, duration in ((done, "complete", 89_900), (new_id(), "capturing", None)):
            await conn.execute(
                """
                INSERT INTO recordings (id, tenant_id, interaction_id, started_at, completed_at, state, duration_ms,
                    file, wrapped_key, key_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'k', 1)
                """,
                id_, SAMPLE_TENANT, recorder.interaction.id, NINE, NINE if duration else None, state, duration,
                str(id_),
            )  # fmt: skip
    (found,) = (await world.find(world.agent))[0]
    assert found["recordings"] == [{"id": str(done), "duration_ms": 89_900}]


async def test_a_standing_call_shows_its_figures_so_far(world: World) -> None:
    book = Book(VirtualClock(datetime.now(UTC) - timedelta(seconds=30)))
    recorder = await book.begin()
    await recorder.segment("queue", queue_id=world.queue)
    await book.project(world.database)
    (found,) = (await world.find(world.leader))[0]
    assert 30 <= found["wait_seconds"] < 60
    assert found["state"] == "queue"


async def test_after_a_restart_what_was_standing_is_closed_truthfully(world: World) -> None:
    book = world.book
    waiting = await book.begin()
    await waiting.segment("queue", queue_id=world.queue)
    wrapping = await book.begin()
    for kind in ("queue", "ring", "talk"):
        await wrapping.segment(kind, world.agent.person_id, world.queue)
    book.clock.advance(10)
    await wrapping.ended(EndReason.CUSTOMER_HUNG_UP, world.agent.person_id)
    closed = await book.begin()
    await closed.ended("served")
    await closed.closed()
    await book.project(world.database)
    book.clock.advance(5)
    async with world.database.transaction(None) as conn:
        standing = await open_interactions(conn)
    assert [one.id for one in standing] == [waiting.interaction.id, wrapping.interaction.id]
    await book.append(*records_to_close(standing, book.clock.now()))
    found = {one["id"]: one for one in (await world.find(world.leader))[0]}
    assert found[waiting.interaction.id]["end_reason"] == "system_restart"
    assert found[waiting.interaction.id]["wait_seconds"] == 15
    assert found[wrapping.interaction.id]["end_reason"] == "customer_hung_up"
    assert {one["state"] for one in found.values()} == {"closed"}
    async with world.database.transaction(None) as conn:
        assert await open_interactions(conn) == []
        assert await conn.fetchval("SELECT count(*) FROM interaction_segments WHERE ended_at IS NULL") == 0


async def test_trail_numbers_are_resumed_from_what_was_given_out(world: World) -> None:
    for _ in range(3):
        await world.book.begin()
    await world.book.project(world.database)
    async with world.database.transaction(None) as conn:
        assert await last_trail_numbers(conn, NINE.date(), UTC) == {SAMPLE_TENANT: 3}
        assert await last_trail_numbers(conn, NINE.date() + timedelta(days=1), UTC) == {}


async def test_a_customers_contacts_are_shown_to_whoever_serves_them(world: World) -> None:
    recorder = await world.book.begin()
    await recorder.identified("one", [card(world.customer)])
    await world.book.project(world.database)
    async with world.database.transaction(SAMPLE_TENANT) as conn:
        history = await service.contact_history(conn, world.other, [world.customer])
    assert [one["trail_no"] for one in history] == ["T0304-00001"]


async def test_each_month_has_its_partition_and_more_can_be_made_again_and_again(database: Database) -> None:
    soon = datetime.now(UTC)
    async with database.transaction(None) as conn:
        for _ in range(2):
            await make_partitions(conn, soon, months=5)
        names = {
            row[0] for row in await conn.fetch("SELECT relname FROM pg_class WHERE relname LIKE 'interactions\\_2%'")
        }
        months = {name for name in names if name.removeprefix("interactions_").isdigit()}
        assert len(months) == 5
        id_ = new_id()
        await conn.execute(
            "INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, dnis, started_at) "
            "VALUES ($1, $2, '', '', '', '', '', '', now())",
            id_,
            SAMPLE_TENANT,
        )
        place = await conn.fetchval("SELECT tableoid::regclass::text FROM interactions WHERE id = $1", id_)
        assert place == f"interactions_{soon:%Y%m}"


async def test_a_month_that_is_already_in_the_default_partition_does_not_stop_the_others(database: Database) -> None:
    far = datetime(2040, 1, 15, tzinfo=UTC)
    async with database.transaction(None) as conn:
        id_ = await conn.fetchval("SELECT uuid7_floor($1)", far)
        await conn.execute(
            "INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, dnis, started_at) "
            "VALUES ($1, $2, '', '', '', '', '', '', $3)",
            id_,
            SAMPLE_TENANT,
            far,
        )
        await make_partitions(conn, far, months=2)
        assert await conn.fetchval("SELECT to_regclass('interactions_204001')") is None
        assert await conn.fetchval("SELECT to_regclass('interactions_204002')") is not None
