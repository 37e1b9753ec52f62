"""Call detail records: what is in them, for whom, and that they do not grow in memory."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from tests.interactions.book import NINE, Book, card
from tests.support.web import Site, add_person, add_tenant
from yuelai.customers import service as customers
from yuelai.identity.model import Principal
from yuelai.interactions import export
from yuelai.interactions.errors import TooManyExports
from yuelai.interactions.service import Filter
from yuelai.platform.ids import SAMPLE_TENANT, new_id

DAY = {"from": "2026-03-04T00:00:00Z", "to": "2026-03-05T00:00:00Z"}
ALL = Filter(since=NINE - timedelta(days=1), until=NINE + timedelta(days=1))


@pytest.fixture
async def leader(site: Site) -> Principal:
    return await add_person(site.database, "leader01", "leader", number="8101")


async def fetched(site: Site, user: str = "leader01", **query: Any) -> tuple[list[dict[str, str]], str]:
    async with await site.client(user) as client:
        answer = await client.get("/api/v1/interactions/export.csv", params={**DAY, **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))), text


async def test_an_interaction_is_a_row_with_its_figures(site: Site, leader: Principal) -> None:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    book, queue = Book(), new_id()
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name) VALUES ($1, $2, 'general', '综合')", queue, SAMPLE_TENANT
        )
        wang = await customers.create(conn, SAMPLE_TENANT, name="王芳", phones=["13800000001"])
    recorder = await book.served(agent.person_id, queue)
    ivr = await book.begin("+8613800000002")
    await ivr.identified("one", [card(UUID(wang["id"]))])
    await book.project(site.database)
    (row, other), text = await fetched(site)
    assert text.startswith("\ufeff")
    assert tuple(row) == export.CALLS
    expected = {
        "trail_no": "T0304-00001", "id": str(recorder.interaction.id), "direction": "in", "queue": "general",
        "started_at": "2026-03-04T09:00:00.000Z", "answered_at": "2026-03-04T09:00:19.000Z", "agent": "8001",
        "agents": "8001", "ivr_seconds": "5.000", "wait_seconds": "14.000", "talk_seconds": "90.000",
        "hold_seconds": "20.000", "consult_seconds": "0.000", "wrapup_seconds": "8.000", "disposition": "solved",
        "end_reason": "customer_hung_up", "customer_number": "13800000001", "our_number": "10000", "recordings": "0",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    assert (other["customer_name"], other["ended_at"]) == ("王芳", "")
    assert other["customer_number"] == "'+8613800000002", "a number is no formula"


async def test_the_legs_are_segments_that_tile_and_participants_beside_them(site: Site, leader: Principal) -> None:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    book = Book()
    await book.served(agent.person_id, new_id())
    await book.project(site.database)
    rows, _ = await fetched(site, legs="true", bom="false")
    segments = [row for row in rows if row["leg"] == "segment"]
    assert [row["kind"] for row in segments] == ["ivr", "queue", "ring", "talk", "hold", "talk", "wrapup"]
    assert all(one["ended_at"] == two["started_at"] for one, two in pairwise(segments))
    assert [(row["kind"], row["agent"], row["seconds"]) for row in rows if row["leg"] == "participant"] == [
        ("customer", "", "129.000"), ("agent", "8001", "110.000"),
    ]  # fmt: skip
    assert [(row["agent"], row["disposition"]) for row in rows if row["leg"] == "wrapup"] == [("8001", "solved")]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", " =1", "＝1"])
async def test_nothing_in_it_runs_in_a_spreadsheet(site: Site, leader: Principal, name: str) -> None:
    book = Book()
    await book.begin(name)
    await book.project(site.database)
    (row,), _ = await fetched(site)
    assert row["customer_number"] == f"'{name}"


async def test_only_who_may_export_gets_it_and_only_of_their_own_tenant(site: Site, leader: Principal) -> None:
    await add_person(site.database, "agent01", "agent", number="8001")
    elsewhere = await add_tenant(site.database, "elsewhere")
    await add_person(site.database, "stranger", "leader", tenant=elsewhere)
    book = Book()
    await book.begin()
    await book.project(site.database)
    async with await site.client("agent01") as client:
        assert (await client.get("/api/v1/interactions/export.csv", params=DAY)).status_code == 403
    assert (await fetched(site, "stranger"))[0] == []
    assert len((await fetched(site))[0]) == 1


async def test_the_time_is_needed_and_has_to_be_one(site: Site, leader: Principal) -> None:
    async with await site.client("leader01") as client:
        for query in ({}, {"from": DAY["from"]}, {"from": DAY["to"], "to": DAY["from"]}):
            answer = await client.get("/api/v1/interactions/export.csv", params=query)
            assert answer.status_code == 422
            assert answer.json()["code"]


async def test_every_export_stands_in_the_audit_trail_without_the_number(site: Site, leader: Principal) -> None:
    await fetched(site, ani="13800000001")
    async with site.database.transaction(None) as conn:
        line = await conn.fetchrow("SELECT person_id, data FROM audit WHERE action = 'interactions.exported'")
    assert line is not None
    assert line["person_id"] == leader.person_id
    assert line["data"]["by_number"] is True
    assert "138" not in str(line["data"])


async def test_twenty_thousand_rows_take_no_more_memory_than_a_few(site: Site, leader: Principal) -> None:
    async with site.database.transaction(None) as conn:
        await conn.execute(
            """
            INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, dnis, started_at)
            SELECT (lpad(to_hex((extract(epoch FROM $2::timestamptz) * 1000)::bigint + n), 12, '0')
                    || lpad(to_hex(n), 20, '0'))::uuid,
                $1, 'T' || n, 'voice', 'in', 'closed', '1380000' || n, '10000', $2 FROM generate_series(1, 20000) n
            """,
            SAMPLE_TENANT,
            NINE,
        )
    size, peak = 0, 0
    tracemalloc.start()
    async for piece in export.lines(site.database, leader, ALL):
        if size == 0:
            tracemalloc.reset_peak()
        size += len(piece)
        peak = max(peak, tracemalloc.get_traced_memory()[1])
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert size > 1_500_000
    assert peak - before < 3_000_000, "one piece of the file, whatever its length"


async def test_a_reader_who_goes_away_gives_the_place_back(site: Site, leader: Principal) -> None:
    readers = [export.lines(site.database, leader, ALL) for _ in range(export.AT_ONCE + 1)]
    for reader in readers[:-1]:
        await anext(reader)
    with pytest.raises(TooManyExports):
        await anext(readers[-1])
    await readers[0].aclose()  # type: ignore[attr-defined]
    assert (await anext(export.lines(site.database, leader, ALL))).startswith("\ufefftrail_no".encode())
    await readers[1].aclose()  # type: ignore[attr-defined]


def test_instants_are_written_in_utc() -> None:
    assert export._cell(datetime(2026, 1, 1, 9, 0, 0, 5_999, tzinfo=UTC)) == "2026-01-01T09:00:00.005Z"
