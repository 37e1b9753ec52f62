"""Calendars are set up over HTTP, each tenant its own, and core reads them as they were set."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.web import Site, add_person, add_tenant
from yuelai.calendars.events import CalendarChanged
from yuelai.calendars.live import Calendars
from yuelai.calendars.repository import load_calendars
from yuelai.platform.ids import SAMPLE_TENANT, new_id

CALENDARS = "/api/v1/calendars"
OFFICE = [["08:30", "12:00"], ["13:00", "18:00"]]
DESK = {"code": "desk", "name": "营业时间", "name_en": "Desk", "timezone": "Asia/Shanghai",
        "weekly": [OFFICE] * 5 + [[], []], "country": "CN", "holiday_spans": []}  # fmt: skip


@pytest.fixture
async def boss(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "boss", "admin")
    return await site.client("boss")


async def told(site: Site) -> list[str]:
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT fact FROM outbox WHERE type = $1 ORDER BY id", CalendarChanged.type)
    return [row["fact"]["calendar_id"] for row in rows]


async def audited(site: Site) -> list[tuple[str, Any]]:
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        rows = await conn.fetch("SELECT action, data FROM audit WHERE action LIKE 'calendar.%' ORDER BY at, id")
    return [(row["action"], row["data"]) for row in rows]


async def live(site: Site) -> Calendars:
    async with site.database.transaction(None) as conn:
        return Calendars(await load_calendars(conn))


async def test_a_calendar_is_made_changed_and_deleted(site: Site, boss: httpx.AsyncClient) -> None:
    made = await boss.post(CALENDARS, json=DESK)
    assert made.status_code == 201, made.text
    desk = made.json()
    now = desk.pop("now")
    assert now["state"] in ("open", "closed", "holiday")
    assert desk == {**DESK, "id": desk["id"], "queues": []}
    again = await boss.post(CALENDARS, json=DESK)
    assert (again.status_code, again.json()["code"]) == (409, "code_taken")
    changed = await boss.patch(f"{CALENDARS}/{desk['id']}", json={"name": "服务时间", "weekly": DESK["weekly"]})
    assert changed.json()["name"] == "服务时间"
    assert (await boss.patch(f"{CALENDARS}/{desk['id']}", json={"name": "服务时间"})).status_code == 200
    assert [one["code"] for one in (await boss.get(CALENDARS)).json()["items"]] == ["desk"]
    assert (await boss.delete(f"{CALENDARS}/{desk['id']}")).status_code == 204
    gone = await boss.get(f"{CALENDARS}/{desk['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "no_such_calendar")
    assert await told(site) == [desk["id"]] * 3, "what changes nothing is not told"
    assert await audited(site) == [
        ("calendar.created", {"code": "desk"}),
        ("calendar.changed", {"fields": ["name"]}),
        ("calendar.deleted", {"code": "desk"}),
    ]


async def test_hours_that_cannot_be_are_refused(boss: httpx.AsyncClient) -> None:
    for wrong in (
        {"weekly": [OFFICE] * 6},
        {"weekly": [[["18:00", "08:00"]], [], [], [], [], [], []]},
        {"holiday_spans": [["10:00", "12:00"], ["11:00", "13:00"]]},
        {"timezone": "Asia/Atlantis"},
        {"country": "XX"},
        {"code": "No!"},
        {"tenant_id": str(SAMPLE_TENANT)},
    ):
        assert (await boss.post(CALENDARS, json={**DESK, **wrong})).status_code == 422, wrong


async def test_a_year_shows_holidays_days_that_make_up_and_days_of_ones_own(
    site: Site, boss: httpx.AsyncClient
) -> None:
    desk = f"{CALENDARS}/{(await boss.post(CALENDARS, json=DESK)).json()['id']}"
    party = {"kind": "hours", "name": "年会", "name_en": "Party", "spans": [["09:00", "11:30"]], "weekday": None}
    assert (await boss.put(f"{desk}/days/2026-03-06", json=party)).status_code == 204
    like_monday = {"kind": "weekday", "weekday": 0}
    assert (await boss.put(f"{desk}/days/2026-03-07", json=like_monday)).status_code == 204
    year = (await boss.get(f"{desk}/days", params={"year": 2026})).json()
    assert (year["year"], year["announced"], len(year["items"])) == (2026, True, 365)
    days = {day["date"]: day for day in year["items"]}
    assert (days["2026-10-01"]["kind"], days["2026-10-01"]["name"]) == ("holiday", "国庆节")
    assert (days["2026-10-10"]["kind"], days["2026-10-10"]["spans"]) == ("makeup", OFFICE)
    assert (days["2026-03-06"]["kind"], days["2026-03-06"]["special"]) == ("special", party)
    assert (days["2026-03-07"]["spans"], days["2026-03-07"]["follows"]) == (OFFICE, 0)
    assert (days["2026-03-09"]["kind"], days["2026-03-09"]["special"]) == ("week", None)
    calendars = await live(site)
    at_four = datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
    identity = UUID(desk.rpartition("/")[2])
    assert not calendars.is_open(identity, at_four)
    assert (await boss.delete(f"{desk}/days/2026-03-06")).status_code == 204
    nothing = await boss.delete(f"{desk}/days/2026-03-06")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "no_such_day")
    calendars = await live(site)
    assert calendars.is_open(identity, at_four)
    assert len(await told(site)) == 4


async def test_a_day_of_ones_own_says_exactly_what_it_is(boss: httpx.AsyncClient) -> None:
    desk = f"{CALENDARS}/{(await boss.post(CALENDARS, json=DESK)).json()['id']}"
    for wrong in (
        {"kind": "hours"},
        {"kind": "closed", "spans": OFFICE},
        {"kind": "weekday"},
        {"kind": "closed", "weekday": 1},
        {"kind": "weekday", "weekday": 7},
        {"kind": "perhaps"},
    ):
        assert (await boss.put(f"{desk}/days/2026-03-06", json=wrong)).status_code == 422, wrong
    assert (await boss.put(f"{desk}/days/2026-02-30", json={"kind": "closed"})).status_code == 422
    assert (await boss.get(f"{desk}/days", params={"year": 1800})).status_code == 422


async def test_a_year_to_come_says_that_its_holidays_are_not_published_yet(boss: httpx.AsyncClient) -> None:
    desk = f"{CALENDARS}/{(await boss.post(CALENDARS, json=DESK)).json()['id']}"
    assert (await boss.get(f"{desk}/days", params={"year": 2060})).json()["announced"] is False
    await boss.patch(desk, json={"country": ""})
    year = (await boss.get(f"{desk}/days", params={"year": 2060})).json()
    assert year["announced"] is True, "nobody waits for them"
    assert {day["kind"] for day in year["items"]} == {"week"}


async def test_what_is_unknown_or_never_closes_is_open(site: Site, boss: httpx.AsyncClient) -> None:
    calendars = await live(site)
    now = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
    assert calendars.is_open(None, now)
    assert calendars.is_open(new_id(), now)
    assert calendars.next_opening(None, now) == now


async def test_what_is_believed_of_a_calendar_ends_when_its_state_does(site: Site, boss: httpx.AsyncClient) -> None:
    desk = UUID((await boss.post(CALENDARS, json=DESK)).json()["id"])
    calendars = await live(site)
    hours = [datetime(2026, 3, 6, hour, minute, tzinfo=UTC) for hour in range(24) for minute in (0, 29, 30, 59)]
    fresh = [(await live(site)).is_open(desk, hour) for hour in hours]
    assert [calendars.is_open(desk, hour) for hour in hours] == fresh
    assert [calendars.is_open(desk, hour) for hour in reversed(hours)] == fresh[::-1], "and the clock may be set back"
    evening = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
    assert calendars.next_opening(desk, evening) == datetime(2026, 3, 9, 0, 30, tzinfo=UTC)


async def test_hours_that_a_queue_keeps_are_not_deleted(site: Site, boss: httpx.AsyncClient) -> None:
    desk = (await boss.post(CALENDARS, json=DESK)).json()["id"]
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name, calendar_id) VALUES ($1, $2, 'general', 'G', $3)",
            new_id(),
            SAMPLE_TENANT,
            UUID(desk),
        )
    refused = await boss.delete(f"{CALENDARS}/{desk}")
    assert (refused.status_code, refused.json()["code"], refused.json()["queues"]) == (409, "in_use", ["general"])
    assert (await boss.get(f"{CALENDARS}/{desk}")).json()["queues"] == ["general"]


async def test_one_tenants_calendars_are_out_of_anothers_reach(site: Site, boss: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "eastboss", "admin", tenant=east)
    theirs = await site.client("eastboss")
    desk = f"{CALENDARS}/{(await boss.post(CALENDARS, json=DESK)).json()['id']}"
    assert (await theirs.get(CALENDARS)).json()["items"] == []
    for answer in (
        await theirs.get(desk),
        await theirs.patch(desk, json={"name": "Mine"}),
        await theirs.delete(desk),
        await theirs.get(f"{desk}/days", params={"year": 2026}),
        await theirs.put(f"{desk}/days/2026-03-06", json={"kind": "closed"}),
        await theirs.delete(f"{desk}/days/2026-03-06"),
    ):
        assert answer.status_code == 404
    assert (await theirs.post(CALENDARS, json=DESK)).status_code == 201, "codes are each tenant's own"


async def test_agents_may_look_and_not_touch(site: Site, boss: httpx.AsyncClient) -> None:
    desk = f"{CALENDARS}/{(await boss.post(CALENDARS, json=DESK)).json()['id']}"
    await add_person(site.database, "agent01", "agent", number="8001")
    agent = await site.client("agent01")
    assert (await agent.get(CALENDARS)).status_code == 200
    assert (await agent.get(f"{desk}/days", params={"year": 2026})).status_code == 200
    assert (await agent.post(CALENDARS, json=DESK)).status_code == 403
    assert (await agent.patch(desk, json={})).status_code == 403
    assert (await agent.delete(desk)).status_code == 403
    assert (await agent.put(f"{desk}/days/2026-03-06", json={"kind": "closed"})).status_code == 403
    assert (await agent.delete(f"{desk}/days/2026-03-06")).status_code == 403
