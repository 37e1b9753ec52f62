"""From facts to tables and back to lists, against a real PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
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
from yuelai.interactions.model import Interaction, Stage, Tenant
from yuelai.interactions.recorder import InteractionRecorder
from yuelai.interactions.repository import last_trail_numbers, make_partitions, open_interactions
from yuelai.interactions.restart import records_to_close
from yuelai.interactions.service import Filter
from yuelai.platform.clock import VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, TenantId, new_id
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
        for table in ("interactions", "interaction_segments", "interaction_trail", "interaction_wrapups"):
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


async def transferred(world: World) -> InteractionRecorder:
    """8001 asks 8002, hands the customer over to them and wraps up beside; 8002 has the last word."""
    book, one, two = world.book, world.agent.person_id, world.other.person_id
    recorder = await book.begin()
    for kind, agent, seconds in (("queue", None, 10), ("ring", one, 4), ("talk", one, 30)):
        await recorder.segment(kind, agent, world.queue)
        book.clock.advance(seconds)
    first = await recorder.joined("agent", agent_id=one)
    await recorder.segment("consult", one, world.queue)
    await recorder.joined("consulted", agent_id=two)
    book.clock.advance(15)
    await recorder.segment("conference", one, world.queue)
    book.clock.advance(5)
    await recorder.segment("talk", two, world.queue)
    await recorder.left(first, "transferred")
    book.clock.advance(20)
    return recorder


async def test_a_transfer_leaves_two_agents_two_wrap_ups_and_one_line_of_segments(world: World) -> None:
    book = world.book
    recorder = await transferred(world)
    assert not await recorder.wrapped_up(world.agent.person_id, "passed_on", "问账单")
    await recorder.ended("customer_hung_up")
    book.clock.advance(7)
    assert await recorder.wrapped_up(world.other.person_id, "billing", "已解释")
    page = await world.one(world.leader, recorder.interaction.id)
    assert [(one["kind"], one["seconds"]) for one in page["segments"]] == [
        ("queue", 10), ("ring", 4), ("talk", 30), ("consult", 15), ("conference", 5), ("talk", 20), ("wrapup", 7),
    ]  # fmt: skip
    assert [(one["role"], one["agent"] and one["agent"]["number"], one["seconds"], one["reason"])
            for one in page["participants"]] == [
        ("customer", None, 84, "customer_hung_up"), ("agent", "8001", 50, "transferred"),
        ("consulted", "8002", 20, "joined"), ("agent", "8002", 20, "ended"),
    ]  # fmt: skip
    assert [(one["agent"]["number"], one["disposition"], one["note"], one["seconds"]) for one in page["wrapups"]] == [
        ("8001", "passed_on", "问账单", 20), ("8002", "billing", "已解释", 7),
    ]  # fmt: skip
    assert (page["disposition"], page["note"], page["agent"]["number"]) == ("billing", "已解释", "8002")
    assert (page["wait_seconds"], page["talk_seconds"], page["hold_seconds"], page["consult_seconds"]) == (
        14,
        55,
        0,
        15,
    )
    assert page["state"] == "closed"
    assert len((await world.find(world.other))[0]) == 1


async def test_who_was_only_asked_finds_the_contact_among_their_own(world: World) -> None:
    recorder = await world.book.begin()
    for kind, agent in (("queue", None), ("ring", world.agent.person_id), ("talk", world.agent.person_id)):
        await recorder.segment(kind, agent, world.queue)
    await recorder.joined("consulted", agent_id=world.other.person_id)
    assert len((await world.find(world.other))[0]) == 1


async def test_a_restart_lets_everybody_go_and_leaves_no_wrap_up_open(world: World) -> None:
    recorder = await transferred(world)
    await world.book.project(world.database)
    world.book.clock.advance(5)
    async with world.database.transaction(None) as conn:
        standing = await open_interactions(conn)
    facts = records_to_close(standing, world.book.clock.now())
    life = Interaction(recorder.interaction.id)
    for record in (*world.book.records, *facts):
        life.apply(record.fact)
    assert life.stage == Stage.CLOSED
    await world.book.append(*facts)
    page = await world.one(world.leader, recorder.interaction.id)
    assert (page["state"], page["end_reason"]) == ("closed", "system_restart")
    assert [one["reason"] for one in page["participants"]][-1] == "lost"
    assert all(one["ended_at"] for one in (*page["wrapups"], *page["segments"]))


async def test_the_list_says_the_path_the_wait_and_why_that_agent(world: World) -> None:
    recorder = await world.book.begin()
    await recorder.note("flow", "customer", {"node": "main_menu", "key": "0", "label": "主菜单"})
    await recorder.note("queue", "system", {"queue": "general"})
    await recorder.note("queue", "system", {"step": "skills", "skills": []})
    await recorder.note(
        "offer", "system", {"agent": "8002", "why": {"decided_by": "longest_idle", "met": {"ahead": 1}}}
    )
    await recorder.note("offer", "system", {"agent": "8002", "failed": "rona"})
    await recorder.note("offer", "system", {"agent": "8001", "why": {"decided_by": "only_agent_free", "met": {}}})
    (found,) = (await world.find(world.leader))[0]
    assert found["path"] == [{"node": "main_menu", "label": "主菜单", "key": "0", "choice": None}]
    assert found["why"]["explanation"]["decided_by"] == "only_agent_free"
    assert found["why"]["refused"] == [{"agent": "8002", "reason": "rona"}]
    assert [step["step"] for step in found["why"]["steps"]] == ["skills"]


async def test_a_call_that_we_make_is_found_by_the_customers_number(world: World) -> None:
    recorder = world.book.recorder()
    tenant = Tenant(TenantId(SAMPLE_TENANT), "main", "悦来")
    await recorder.begin(new_id(), tenant, "voice", "out", "10000", "13800000001")
    await recorder.segment("dial", world.agent.person_id)
    await recorder.ended("not_reached")
    (found,) = (await world.find(world.leader, Filter(ani="138 0000 0001")))[0]
    assert (found["direction"], found["state"], found["wait_seconds"]) == ("out", "wrapup", 0)
    page = await world.one(world.agent, found["id"])
    assert [one["address"] for one in page["participants"]] == ["13800000001", ""]


async def test_whoever_comes_again_within_a_day_goes_on_from_the_last_contact(world: World) -> None:
    book = Book(VirtualClock(datetime.now(UTC) - timedelta(hours=30)))
    id_at = partial(new_id_at, book.clock)
    await (await book.begin(id_=id_at())).ended("served")
    book.clock.advance(10 * 3600)
    withheld = await book.begin("anonymous", id_=id_at())
    await withheld.identified("chosen", [card(world.customer)])
    await withheld.ended("served")
    book.clock.advance(3600)
    last = await book.begin(id_=id_at())
    await last.ended("served")
    await book.begin(id_=id_at())  # still going on
    await book.project(world.database)

    async def previous(number: str, customers: list[UUID], hours: float) -> UUID | None:
        async with world.database.transaction(SAMPLE_TENANT) as conn:
            now = book.clock.now() + timedelta(hours=hours)
            return await service.previous_of(conn, SAMPLE_TENANT, number, customers, now)

    assert await previous("+86 138 0000 0001", [], 1) == last.interaction.id
    assert await previous("anonymous", [world.customer], 1) == withheld.interaction.id
    assert await previous("anonymous", [], 1) is None
    assert await previous("13800000001", [], 25) is None
    again = await book.begin(id_=id_at())
    for _ in range(2):
        await again.linked("previous", last.interaction.id)
    world.book = book
    links = (await world.one(world.leader, again.interaction.id))["links"]
    assert [(one["kind"], one["id"], one["trail_no"]) for one in links] == [
        ("previous", last.interaction.id, last.interaction.trail_no)
    ]
    back = (await world.one(world.leader, last.interaction.id))["links"]
    assert [(one["kind"], one["id"]) for one in back] == [("next", again.interaction.id)]


def new_id_at(clock: VirtualClock) -> UUID:
    """An id as of that moment: the beginning of a UUIDv7 is its time (RFC 9562 §5.7)."""
    return UUID(int=int(clock.now().timestamp() * 1000) << 80 | new_id().int & ((1 << 80) - 1))


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
