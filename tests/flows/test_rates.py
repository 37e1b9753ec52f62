"""How many contacts were served by themselves: the figures agree with a slow recount of random days."""

from __future__ import annotations

import asyncio
import csv
import io
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.flows.test_traffic import contact, keep, walked
from tests.support.web import Site, add_person, add_tenant
from yuelai.flows.events import FlowWalked
from yuelai.flows.refusals import PeriodTooLong
from yuelai.flows.walks import bounds, rates
from yuelai.flows.walks.bounds import TooMuchToCount, bounded
from yuelai.flows.walks.periods import PERIODS, Period, starts
from yuelai.identity.model import Principal
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.ipc import IpcServer, Peer

RATES = "/api/v1/flows/rates"
NOW = datetime.now(UTC)
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
OUTCOMES = ("served", "unserved", "queue", "transfer", "left", "failed")


@pytest.fixture
async def boss(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "boss", "admin")
    return await site.client("boss")


async def told(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(RATES, params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def figures(row: dict[str, Any]) -> tuple[int, ...]:
    return tuple(row[name] for name in ("contacts", "served", "queue", "transfer", "left", "failed", "unserved"))


# --- periods --------------------------------------------------------------------------------------------------------


def test_a_day_on_which_clocks_change_is_shorter_or_longer() -> None:
    spring = starts("day", datetime(2026, 3, 28, 12, tzinfo=BERLIN), datetime(2026, 3, 31, tzinfo=BERLIN), BERLIN)
    assert [(after - before) / timedelta(hours=1) for before, after in pairwise(spring)] == [24, 23]
    autumn = starts("day", datetime(2026, 10, 24, tzinfo=BERLIN), datetime(2026, 10, 27, tzinfo=BERLIN), BERLIN)
    assert [(after - before) / timedelta(hours=1) for before, after in pairwise(autumn)] == [24, 25]
    night = starts(
        "hour", datetime(2026, 10, 25, 0, 30, tzinfo=BERLIN), datetime(2026, 10, 25, 4, tzinfo=BERLIN), BERLIN
    )
    assert [each.astimezone(BERLIN).hour for each in night] == [0, 1, 2, 2, 3]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("zone", [BERLIN, SHANGHAI, UTC, None])
def test_periods_begin_where_the_clock_on_the_wall_says_and_leave_no_gap(period: Period, zone: tzinfo | None) -> None:
    chance = random.Random(period)
    for _ in range(30):
        since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randint(0, 400 * 86400))
        until = since + timedelta(seconds=chance.randint(0, 40 * 86400))
        found = starts(period, since, until, zone)
        assert found[0] <= since
        assert len(found) == 1 or found[-1] < until
        for begin in found:
            local = begin.astimezone(zone)
            assert (local.minute, local.second, local.microsecond) == (0, 0, 0)
            assert period == "hour" or local.hour == 0
            assert period != "week" or local.weekday() == 0
            assert period != "month" or local.day == 1
        for before, after in pairwise([*found, until]):
            longest = {"hour": 1 / 24, "day": 25 / 24, "week": 7 + 1 / 24, "month": 31 + 1 / 24}[period]
            assert timedelta(0) < after - before <= timedelta(days=longest) or before == found[-1]


# --- a slow recount -------------------------------------------------------------------------------------------------


def recount(
    facts: Iterable[FlowWalked],
    came_again: set[Any],
    since: datetime,
    until: datetime,
    by: Sequence[str],
    zone: tzinfo,
    flow: str | None,
    business: str | None,
) -> dict[tuple[Any, ...], Counter[str]]:
    """By flow, business and the local name of the period: told facts, one after the other."""
    found: dict[tuple[Any, ...], Counter[str]] = {}
    served: dict[tuple[Any, ...], set[Any]] = {}
    passages = "business" in by or business is not None
    for fact in {each.walk_id: each for each in facts}.values():
        if fact.depth or not since <= fact.at < until or (flow is not None and fact.code != flow):
            continue
        for code, outcome in fact.businesses if passages else [["", fact.outcome]]:
            if business is not None and code != business:
                continue
            key = (
                fact.code if "flow" in by else None,
                code if "business" in by else None,
                _named(fact.at.astimezone(zone), by),
            )
            row = found.setdefault(key, Counter())
            row["contacts"] += 1
            row[outcome] += 1
            row["contained"] += outcome not in ("queue", "transfer", "failed") and fact.walk == 1
            if outcome == "served" and fact.interaction_id in came_again:
                served.setdefault(key, set()).add(fact.interaction_id)
    for key, contacts in served.items():
        found[key]["repeated_within_day"] = len(contacts)
    return found


def _named(local: datetime, by: Sequence[str]) -> str | None:
    for period, form in (("hour", "%Y-%m-%d %H %z"), ("day", "%Y-%m-%d"), ("week", "%G-%V"), ("month", "%Y-%m")):
        if period in by:
            return f"{local:{form}}"
    return None


QUESTIONS: Sequence[tuple[ZoneInfo, Sequence[rates.By], str | None, str | None]] = (
    (BERLIN, ("flow", "day"), None, None),
    (BERLIN, ("business", "hour"), "main", None),
    (SHANGHAI, ("flow", "business", "week"), None, None),
    (SHANGHAI, (), None, None),
    (SHANGHAI, ("month",), None, "bill"),
    (BERLIN, ("flow", "business", "day"), None, "pay"),
    (SHANGHAI, ("business",), "east", None),
    (BERLIN, ("hour", "flow"), None, None),
)


# Both nights on which clocks change in Berlin, and midnights of all zones, are among these days.
@pytest.mark.parametrize("middle", [(2026, 3, 29), (2026, 10, 25), (2026, 6, 30)])
async def test_rates_of_random_days_agree_with_a_recount(
    database: Database, middle: tuple[int, int, int], principal: Principal
) -> None:
    chance, noon = random.Random(str(middle)), datetime(*middle, 0, tzinfo=UTC)
    facts, came_again = await days(database, chance, noon)
    for zone, by, flow, business in QUESTIONS:
        since = noon - timedelta(seconds=chance.randint(3600, 3 * 86400))
        until = noon + timedelta(seconds=chance.randint(3600, 3 * 86400))
        async with database.transaction(SAMPLE_TENANT) as conn:
            items = await rates.rates(
                conn, principal, since, until, flow=flow, business=business, by=set(by), zone=zone
            )
        expected = recount(facts, came_again, since, until, by, zone, flow, business)
        assert expected, "days with nobody show nothing"
        found = {(row["flow"], row["business"], _period_of(row, by, zone)): row for row in items}
        assert len(found) == len(items)
        assert found.keys() == expected.keys()
        for key, row in found.items():
            wanted = expected[key]
            for name in ("contacts", *OUTCOMES, "repeated_within_day"):
                assert row[name] == wanted[name], (by, key, name)
            passages = "business" in by or business is not None
            assert row["contained"] == (None if passages else wanted["contained"]), (by, key)
            assert row["share_served"] == pytest.approx(wanted["served"] / wanted["contacts"])


def _period_of(row: dict[str, Any], by: Sequence[str], zone: tzinfo) -> str | None:
    return _named(row["start"].astimezone(zone), by) if row["start"] is not None else None


async def days(database: Database, chance: random.Random, middle: datetime) -> tuple[list[FlowWalked], set[Any]]:
    """Keep some days of walks, many at the edges, some told again or late; return them, and who came again."""
    facts, again = list[FlowWalked](), set[Any]()
    for number in range(40):
        began = middle + timedelta(seconds=chance.randint(-3 * 86400, 2 * 86400), milliseconds=number)
        one = await contact(database, f"+86138{number:08}", began)
        if chance.random() < 0.4:
            later = chance.choice((timedelta(hours=23, minutes=59), timedelta(hours=24, minutes=1)))
            await contact(database, f"+86138{number:08}", began + later)
            if later < timedelta(days=1):
                again.add(one)
        facts += [walk(chance, one, began + timedelta(seconds=chance.randint(1, 400)))]
        if chance.random() < 0.2:
            facts += [walk(chance, one, began + timedelta(seconds=900), walk=2)]
    edges = [middle + timedelta(hours=hours) for hours in (-48, -24, -8, -2, -1, 0, 1, 2, 16, 22, 24)]
    facts += [
        walk(chance, new_id(), edge + chance.choice((-1, 0, 1)) * timedelta(microseconds=1)) for edge in edges * 4
    ]
    told_again = chance.sample(facts, 20)
    chance.shuffle(facts)
    await keep(database, *facts[:50])
    await keep(database, *told_again, *facts[50:], *told_again)
    return facts, again


def walk(chance: random.Random, interaction: Any, at: datetime, **more: Any) -> FlowWalked:
    outcome = chance.choice(OUTCOMES)
    kinds = chance.choices(("bill", "pay", "fault"), k=chance.randint(0, 4))
    businesses = [[kind, chance.choice(OUTCOMES)] for kind in kinds]
    if businesses:
        businesses[-1][1] = outcome
    about = {"code": chance.choice(("main", "main", "east")), "version": 1, "depth": chance.choice((0, 0, 0, 1))}
    return walked("a", "b", interaction_id=interaction, at=at, outcome=outcome, businesses=businesses, **about, **more)


# --- what is asked, and what is refused -----------------------------------------------------------------------------


async def test_rates_are_told_over_http_by_what_is_asked_and_as_a_file(site: Site, boss: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    await keep(
        site.database,
        walked("a", businesses=[["bill", "served"], ["pay", "served"]]),
        walked("a", outcome="queue", businesses=[["bill", "queue"]]),
        walked("a", outcome="left", code="direct", version=1),
        walked("a", depth=1),
        walked("a", tenant_id=east),
    )
    (row,) = await told(boss)
    assert (row["flow"], row["business"], row["start"]) == (None, None, None)
    assert figures(row) == (3, 1, 1, 0, 1, 0, 0)
    assert (row["contained"], row["repeated_within_day"]) == (2, 0)
    assert row["share_served"] == pytest.approx(1 / 3)
    assert [(each["flow"], each["contacts"]) for each in await told(boss, by="flow")] == [("direct", 1), ("main", 2)]
    about = await told(boss, by=["business", "flow", "day"], flow="main")
    assert [(each["business"], figures(each)[:3]) for each in about] == [("bill", (2, 1, 1)), ("pay", (1, 1, 0))]
    assert datetime.fromisoformat(about[0]["start"]).astimezone().hour == 0
    (only,) = await told(boss, business="pay")
    assert (only["business"], only["contacts"]) == (None, 1)
    file = await boss.get(RATES, params={"by": "business", "format": "csv"})
    assert file.headers["content-type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(file.text)))
    assert tuple(lines[0]) == rates.COLUMNS
    assert lines[1] == ["", "bill", "", "2", "1", "1", "0", "0", "0", "0", "0.5", "", "0"]


async def test_what_cannot_be_told_is_refused(site: Site, boss: httpx.AsyncClient) -> None:
    for params, code in (
        ({"by": ["day", "hour"]}, "one_period_at_a_time"),
        ({"by": "node"}, "invalid_request"),
        ({"flow": "DROP"}, "invalid_request"),
        ({"business": "a" * 33}, "invalid_request"),
        ({"from": (NOW - timedelta(days=401)).isoformat()}, "period_too_long"),
        ({"from": NOW.isoformat(), "to": (NOW - timedelta(days=1)).isoformat()}, "period_too_long"),
    ):
        refused = await boss.get(RATES, params=params)
        assert (refused.status_code, refused.json()["code"]) == (422, code), params
    await add_person(site.database, "agent", "agent")
    assert (await (await site.client("agent")).get(RATES)).status_code == 403


async def test_more_rows_than_anybody_reads_are_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch, principal: Principal
) -> None:
    await keep(database, walked("a"), walked("a", code="east", version=1))
    monkeypatch.setattr(rates, "MOST_ROWS", 1)
    async with database.transaction(SAMPLE_TENANT) as conn:
        assert len(await rates.rates(conn, principal, NOW - timedelta(days=1), NOW)) == 1
        with pytest.raises(TooMuchToCount):
            await rates.rates(conn, principal, NOW - timedelta(days=1), NOW, by={"flow"})


async def test_who_came_again_is_left_out_where_there_are_too_many_to_look_after(
    database: Database, monkeypatch: pytest.MonkeyPatch, principal: Principal
) -> None:
    await keep(database, walked("a"), walked("a"))
    monkeypatch.setattr(rates, "MOST_LOOKED_AFTER", 1)
    async with database.transaction(SAMPLE_TENANT) as conn:
        (row,) = await rates.rates(conn, principal, NOW - timedelta(days=1), NOW)
        assert (row["served"], row["repeated_within_day"]) == (2, None)
        with pytest.raises(PeriodTooLong):
            await rates.rates(conn, principal, NOW, NOW - timedelta(days=1))


async def test_a_business_before_an_agent_is_not_called_contained(database: Database, principal: Principal) -> None:
    await keep(database, walked("a", outcome="queue", businesses=[["bill", "served"], ["order", "queue"]]))
    async with database.transaction(SAMPLE_TENANT) as conn:
        (whole,) = await rates.rates(conn, principal, NOW - timedelta(days=1), NOW + timedelta(1))
        about = await rates.rates(conn, principal, NOW - timedelta(days=1), NOW + timedelta(1), by={"business"})
    assert whole["contained"] == 0
    assert [(row["business"], row["served"], row["contained"]) for row in about] == [
        ("bill", 1, None),
        ("order", 0, None),
    ]


async def test_who_came_again_is_left_out_where_it_takes_too_long_and_where_nobody_asks(
    database: Database, monkeypatch: pytest.MonkeyPatch, principal: Principal
) -> None:
    await keep(database, walked("a"))

    async def slow(conn: Any, asked: Any) -> Any:
        return await conn.fetch("SELECT pg_sleep(5)")

    async with database.transaction(SAMPLE_TENANT) as conn:
        (row,) = await rates.rates(conn, principal, NOW - timedelta(days=1), NOW, repeated=False)
        assert (row["served"], row["repeated_within_day"]) == (1, None)
        monkeypatch.setattr(rates.rate_tables, "came_again", slow)
        monkeypatch.setattr(rates, "bounded", lambda conn: bounded(conn, 0.2))
        (row,) = await rates.rates(conn, principal, NOW - timedelta(days=1), NOW)
        assert (row["served"], row["repeated_within_day"]) == (1, None)
        assert await conn.fetchval("SELECT 1") == 1, "the transaction goes on"


async def test_what_takes_too_long_to_count_is_refused_and_not_taken_for_a_database_that_is_away(
    database: Database,
) -> None:
    assert bounds.SECONDS <= 10
    with pytest.raises(TooMuchToCount):
        async with database.transaction(SAMPLE_TENANT) as conn, bounded(conn, 0.05):
            await conn.execute("SELECT pg_sleep(5)")
    async with database.transaction(SAMPLE_TENANT) as conn:
        assert await conn.fetchval("SHOW statement_timeout") == "0"


@pytest.fixture
async def principal(database: Database) -> Principal:
    return await add_person(database, "boss", "admin")


# --- flows that are gone --------------------------------------------------------------------------------------------


async def test_contacts_of_a_deleted_flow_are_not_counted_for_the_one_made_anew(
    database: Database, principal: Principal
) -> None:
    old = walked("a", code="sales", version=1, at=NOW, seconds=600.0, businesses=[["bill", "served"]])
    await keep(database, old)  # deleted before they came to its end
    async with database.transaction(None) as conn:
        await conn.execute("INSERT INTO flows (tenant_id, code, name) VALUES ($1, 'sales', '')", SAMPLE_TENANT)
        await conn.execute(
            "INSERT INTO flow_versions (tenant_id, code, version, document, at) VALUES ($1, 'sales', 1, '{}', $2)",
            SAMPLE_TENANT,
            NOW - timedelta(minutes=5),
        )
    new = walked("a", code="sales", version=1, at=NOW, seconds=60.0, businesses=[["bill", "left"]])
    await keep(database, old, new)
    async with database.transaction(SAMPLE_TENANT) as conn:
        assert await conn.fetchval("SELECT array_agg(id) FROM flow_walks") == [new.walk_id]
        (row,) = await rates.rates(conn, principal, NOW - timedelta(days=1), NOW + timedelta(1), by={"business"})
        assert (row["contacts"], row["left"]) == (1, 1)
        await conn.execute("DELETE FROM flow_walks WHERE code = 'sales'")
        assert await conn.fetchval("SELECT count(*) FROM flow_businesses") == 0


# --- where contacts stand now ---------------------------------------------------------------------------------------


async def test_core_is_asked_where_contacts_stand(site: Site, boss: httpx.AsyncClient) -> None:
    asked: list[tuple[str, str]] = []

    async def live(peer: Peer, params: dict[str, Any]) -> Any:
        asked.append((params["principal"]["tenant_id"], params["code"]))
        return {"at": NOW.isoformat(), "running": 2, "nodes": {"menu": {"contacts": 2, "longest_seconds": 4.5}}}

    away = await boss.get("/api/v1/flows/main/live")
    assert (away.status_code, away.json()["code"]) == (503, "unavailable")
    server = IpcServer(site.settings.socket("core"), {"flow.live": live})
    await server.start()
    try:
        async with asyncio.timeout(5):
            while (answer := await boss.get("/api/v1/flows/main/live")).status_code != 200:
                await asyncio.sleep(0.05)
    finally:
        await server.close()
    assert answer.json()["nodes"] == {"menu": {"contacts": 2, "longest_seconds": 4.5}}
    assert (answer.json()["running"], set(asked)) == (2, {(str(SAMPLE_TENANT), "main")})
