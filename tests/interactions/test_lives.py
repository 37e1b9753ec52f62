"""Whatever happens to interactions, segments tile them, counters equal a recount, rows equal the model."""

from __future__ import annotations

import asyncio
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interactions.book import Book
from tests.interactions.lives import check, counted, live, replayed
from tests.support.web import add_person
from yuelai.interactions import service
from yuelai.interactions.events import Role
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id

AGENTS = [UUID(int=number) for number in (51, 52, 53)]
QUEUE = UUID(int=61)


@settings(max_examples=120, deadline=None)
@given(st.randoms(use_true_random=False))
def test_segments_tile_every_life_and_its_counters_are_those_of_its_facts(dice: Random) -> None:
    async def once() -> None:
        book = Book()
        recorder = await live(book, dice, AGENTS, QUEUE)
        life, facts = recorder.interaction, [record.fact for record in book.records]
        check(life)
        assert replayed(life.id, facts) == life
        now = book.clock.now()
        assert counted(facts) == {
            "wait": round(life.wait_seconds(now), 3), "talk": round(life.talk_seconds(now), 3),
            "hold": round(life.hold_seconds(now), 3), "consult": round(life.consult_seconds(now), 3),
        }  # fmt: skip
        assert book.live.get(f"interaction/{life.id}") is None

    asyncio.run(once())


def test_the_lives_are_full_of_what_they_are_to_prove() -> None:
    """A generator that only made short calls would prove nothing."""
    seen: dict[str, int] = {}

    async def many() -> None:
        for seed in range(120):
            recorder = await live(Book(), Random(seed), AGENTS, QUEUE)
            life = recorder.interaction
            for kind in {one.kind.value for one in life.segments}:
                seen[kind] = seen.get(kind, 0) + 1
            served = {one.agent_id for one in life.parties.participants if one.role is Role.AGENT}
            seen["several agents"] = seen.get("several agents", 0) + (len(served) > 1)
            promoted = any(one.reason == "joined" for one in life.parties.participants)
            seen["consulted, then in charge"] = seen.get("consulted, then in charge", 0) + promoted

    asyncio.run(many())
    wanted = {"ivr", "queue", "ring", "dial", "talk", "hold", "consult", "conference", "message", "wrapup",
              "several agents", "consulted, then in charge"}  # fmt: skip
    assert {name: seen.get(name, 0) for name in wanted if seen.get(name, 0) < 5} == {}


async def test_what_postgresql_holds_of_a_life_is_what_the_model_says(database: Database) -> None:
    queue = new_id()
    async with database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name) VALUES ($1, $2, 'general', '综合')", queue, SAMPLE_TENANT
        )
    people = [await add_person(database, f"agent0{n}", "agent", number=f"800{n}") for n in (1, 2, 3)]
    leader = await add_person(database, "leader01", "leader", number="8101")
    agents = [UUID(str(person.person_id)) for person in people]
    book = Book()
    for seed in range(40):
        recorder = await live(book, Random(seed), agents, queue)
        await book.project(database)
        life, now = recorder.interaction, book.clock.now()
        async with database.transaction(SAMPLE_TENANT) as conn:
            page = await service.one(conn, leader, life.id)
        assert [(one["kind"], one["started_at"], one["ended_at"], one["agent"] and one["agent"]["id"])
                for one in page["segments"]] == [
            (one.kind.value, one.started_at, one.ended_at, one.agent_id) for one in life.segments
        ]  # fmt: skip
        assert {(one["id"], one["role"], one["joined_at"], one["left_at"], one["reason"])
                for one in page["participants"][1:]} == {
            (one.id, one.role.value, one.joined_at, one.left_at, one.reason) for one in life.parties.participants
        }  # fmt: skip
        assert sorted((one["agent"]["id"], one["started_at"], one["ended_at"], one["disposition"] or "")
                      for one in page["wrapups"]) == sorted(
            (one.agent_id, one.started_at, one.ended_at, one.disposition or "") for one in life.parties.wrapups
        )  # fmt: skip
        assert (page["state"], page["end_reason"], page["disposition"]) == (
            "closed", life.end_reason and life.end_reason.value, life.disposition,
        )  # fmt: skip
        assert [(one["kind"], one["id"]) for one in page["links"]] == life.links
        assert (page["wait_seconds"], page["talk_seconds"], page["hold_seconds"], page["consult_seconds"]) == (
            round(life.wait_seconds(now), 3), round(life.talk_seconds(now), 3), round(life.hold_seconds(now), 3),
            round(life.consult_seconds(now), 3),
        )  # fmt: skip
