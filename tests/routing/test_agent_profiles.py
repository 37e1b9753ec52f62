"""Profiles, reasons of being busy and the account of an agent's time, over HTTP and from a real PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from tests.support.organisation import add_group, add_scoped, facts, trail
from tests.support.web import Site, add_person, add_tenant
from yuelai.identity.model import Principal
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.routing.agents.direct import DirectNumbers
from yuelai.routing.events import Seat
from yuelai.routing.repository import load_directory

BEGIN = datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest.fixture
async def agent(site: Site) -> Principal:
    person = await add_person(site.database, "agent01", "agent", number="8001")
    queue = new_id()
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name) VALUES ($1, $2, 'general', '综合')", queue, SAMPLE_TENANT
        )
        await conn.execute(
            "INSERT INTO queue_members (queue_id, tenant_id, person_id) VALUES ($1, $2, $3)",
            queue,
            SAMPLE_TENANT,
            person.person_id,
        )
    return person


@pytest.fixture
async def leader(site: Site, agent: Principal) -> httpx.AsyncClient:
    await add_person(site.database, "leader01", "leader")
    return await site.client("leader01")


async def test_a_profile_is_what_the_agent_is_loaded_with(
    site: Site, agent: Principal, leader: httpx.AsyncClient
) -> None:
    path = f"/api/v1/agents/{agent.person_id}/profile"
    plain = (await leader.get(path)).json()
    assert plain == {"capacity": {"voice": 1}, "wrapup_seconds": None, "auto_answer": False, "seat": None}
    wanted = {"capacity": {"voice": 1, "chat": 3}, "wrapup_seconds": 5, "auto_answer": True, "seat": "browser"}
    assert (await leader.put(path, json=wanted)).json() == wanted
    assert (await leader.get(path)).json() == wanted
    async with site.database.transaction(None) as conn:
        (record,) = (await load_directory(conn)).agents
    assert (record.capacity, record.wrapup_seconds) == ({"voice": 1, "chat": 3}, 5)
    assert (record.auto_answer, record.preferred_seat) == (True, Seat.BROWSER)
    assert [fact["agent_id"] for fact in await facts(site.database, "agent.profile_changed.v1")] == [
        str(agent.person_id)
    ]
    assert ("agent.profile_changed", f"agent/{agent.person_id}") in await trail(site.database)


@pytest.mark.parametrize(
    "body", [{"capacity": {"voice": -1}}, {"capacity": {"Voice": 1}}, {"wrapup_seconds": 3601}, {"seat": "moon"}]
)
async def test_what_is_no_profile_is_refused(
    agent: Principal, leader: httpx.AsyncClient, body: dict[str, object]
) -> None:
    assert (await leader.put(f"/api/v1/agents/{agent.person_id}/profile", json=body)).status_code == 422


async def test_a_leader_of_a_group_decides_about_its_agents_only(site: Site, agent: Principal) -> None:
    inside = await add_person(site.database, "agent02", "agent", number="8002")
    group = await add_group(site.database, "one", inside)
    await add_scoped(site.database, "narrow", "leader", "group", group)
    client = await site.client("narrow")
    for person, status in ((inside, 200), (agent, 404)):
        path = f"/api/v1/agents/{person.person_id}"
        assert (await client.get(f"{path}/profile")).status_code == status
        assert (await client.put(f"{path}/profile", json={})).status_code == status
        assert (await client.get(f"{path}/states", params={"from": BEGIN.isoformat()})).status_code == 422
        span = {"from": BEGIN.isoformat(), "to": (BEGIN + timedelta(hours=1)).isoformat()}
        assert (await client.get(f"{path}/states", params=span)).status_code == status


async def test_agents_and_other_tenants_decide_about_nobody(site: Site, agent: Principal) -> None:
    tenant = await add_tenant(site.database, "other")
    await add_person(site.database, "leader09", "leader", tenant=tenant)
    other, plain = await site.client("leader09"), await site.client("agent01")
    path = f"/api/v1/agents/{agent.person_id}/profile"
    assert [(await client.put(path, json={})).status_code for client in (other, plain)] == [404, 403]
    assert [(await client.get(path)).status_code for client in (other, plain)] == [404, 403]


async def test_reasons_are_the_usual_ones_until_a_tenant_has_its_own(site: Site, agent: Principal) -> None:
    await add_person(site.database, "admin01", "admin")
    admin = await site.client("admin01")

    async def codes(*, system: bool = False) -> list[str]:
        items = (await admin.get("/api/v1/busy-reasons")).json()["items"]
        return [reason["code"] for reason in items if reason["system"] is system]

    assert await codes() == ["lunch", "break", "training", "meeting"]
    assert await codes(system=True) == ["rona", "declined", "private_call", "seat_lost", "forced", "outbound"]
    made = await admin.post("/api/v1/busy-reasons", json={"code": "prayer", "name": "礼拜", "position": 15})
    assert (made.status_code, made.json()["name"]) == (201, "礼拜")
    assert await codes() == ["lunch", "prayer", "break", "training", "meeting"]
    moved = await admin.patch("/api/v1/busy-reasons/prayer", json={"position": 99, "name_en": "Prayer"})
    assert moved.json() == {
        "code": "prayer", "name": "礼拜", "name_en": "Prayer", "position": 99, "system": False,
    }  # fmt: skip
    assert (await admin.delete("/api/v1/busy-reasons/lunch")).status_code == 204
    assert await codes() == ["break", "training", "meeting", "prayer"]
    for code in ("prayer", "rona"):
        taken = await admin.post("/api/v1/busy-reasons", json={"code": code, "name": "x"})
        assert (taken.status_code, taken.json()["code"]) == (409, "reason_taken")
    for code in ("lunch", "rona"):
        assert (await admin.patch(f"/api/v1/busy-reasons/{code}", json={"name": "x"})).status_code == 404
        assert (await admin.delete(f"/api/v1/busy-reasons/{code}")).status_code == 404
    async with await site.client("agent01") as client:
        assert (await client.get("/api/v1/busy-reasons")).status_code == 200
        assert (await client.post("/api/v1/busy-reasons", json={"code": "x", "name": "x"})).status_code == 403
    done = [action for action, _ in await trail(site.database) if action.startswith("busy_reason")]
    assert done == ["busy_reason.created", "busy_reason.changed", "busy_reason.deleted"]


async def log_states(site: Site, agent: UUID, *spans: tuple[str, str, float | None]) -> None:
    at = BEGIN
    async with site.database.transaction(None) as conn:
        for state, reason, seconds in spans:
            end = at + timedelta(seconds=seconds) if seconds is not None else None
            await conn.execute(
                """
                INSERT INTO agent_state_log (id, agent_id, tenant_id, state, reason, seat, started_at, ended_at)
                VALUES ($1, $2, $3, $4, $5, 'phone', $6, $7)
                """,
                new_id(),
                agent,
                SAMPLE_TENANT,
                state,
                reason,
                at,
                end,
            )
            at = end or at


async def test_time_is_accounted_for_to_the_second_whatever_part_of_it_is_asked_for(
    site: Site, agent: Principal, leader: httpx.AsyncClient
) -> None:
    await log_states(
        site, agent.person_id,
        ("ready", "", 60), ("ringing", "", 5), ("talking", "", 100), ("wrapup", "", 30), ("busy", "lunch", 600),
        ("ready", "", 40), ("offline", "", None),
    )  # fmt: skip
    path = f"/api/v1/agents/{agent.person_id}/states"
    span = {"from": (BEGIN + timedelta(seconds=10)).isoformat(), "to": (BEGIN + timedelta(seconds=850)).isoformat()}
    whole = (await leader.get(path, params=span)).json()
    assert [(one["state"], one["seconds"]) for one in whole["items"]] == [
        ("ready", 50), ("ringing", 5), ("talking", 100), ("wrapup", 30), ("busy", 600), ("ready", 40), ("offline", 15),
    ]  # fmt: skip
    assert whole["seconds"] == 840
    assert [(one["state"], one["reason"], one["seconds"], one["count"]) for one in whole["sums"]] == [
        ("busy", "lunch", 600, 1), ("talking", "", 100, 1), ("ready", "", 90, 2), ("wrapup", "", 30, 1),
        ("offline", "", 15, 1), ("ringing", "", 5, 1),
    ]  # fmt: skip
    pages, cursor = [], None
    while True:
        page = (await leader.get(path, params={**span, "limit": 3, **({"cursor": cursor} if cursor else {})})).json()
        pages += page["items"]
        assert page["sums"] == whole["sums"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == whole["items"]


async def test_what_lasts_counts_up_to_now(site: Site, agent: Principal, leader: httpx.AsyncClient) -> None:
    await log_states(site, agent.person_id, ("ready", "", None))
    since = datetime.now(UTC) - timedelta(hours=1)
    until = since + timedelta(hours=5)
    span = {"from": since.isoformat(), "to": until.isoformat()}
    answer = (await leader.get(f"/api/v1/agents/{agent.person_id}/states", params=span)).json()
    assert 3600 <= answer["seconds"] < 3700
    assert answer["items"][0]["ended_at"] is None


async def test_numbers_lead_straight_to_seats(site: Site, agent: Principal) -> None:
    await add_person(site.database, "admin01", "admin")
    admin = await site.client("admin01")
    path = "/api/v1/direct-numbers"
    made = await admin.put(f"{path}/02188880001", json={"person_id": str(agent.person_id)})
    assert (made.status_code, made.json()["seat"]) == (200, "8001")
    known = DirectNumbers()
    async with site.database.transaction(None) as conn:
        await known.load(conn)
    assert known.seat("02188880001", new_id()) == known.seat("02188880001", None) == "8001"
    assert known.seat("02188880009", None) is None
    listed = (await admin.get(path)).json()
    assert [(one["number"], one["name"]) for one in listed["items"]] == [("02188880001", "Agent01")]
    missing = await admin.put(f"{path}/02188880002", json={"person_id": str(new_id())})
    assert missing.status_code == 404
    trunk = await admin.put(f"{path}/02188880002", json={"person_id": str(agent.person_id), "trunk_id": str(new_id())})
    assert (trunk.status_code, trunk.json()["code"]) == (404, "no_such_trunk")
    tenant = await add_tenant(site.database, "other")
    other_agent = await add_person(site.database, "agent09", "agent", number="8009", tenant=tenant)
    await add_person(site.database, "admin09", "admin", tenant=tenant)
    other = await site.client("admin09")
    taken = await other.put(f"{path}/02188880001", json={"person_id": str(other_agent.person_id)})
    assert (taken.status_code, taken.json()["code"]) == (409, "number_taken")
    assert (await other.delete(f"{path}/02188880001")).status_code == 404
    assert (await admin.delete(f"{path}/02188880001")).status_code == 204
    assert (await admin.delete(f"{path}/02188880001")).status_code == 404
    assert len(await facts(site.database, "direct_number.changed.v1")) == 2
