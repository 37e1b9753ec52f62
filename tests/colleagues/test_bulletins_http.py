"""Bulletins are published, read by those they are for, and counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.colleagues.conftest import Crew
from tests.support.organisation import add_group, add_scoped, facts
from tests.support.web import Site, add_person, add_tenant
from yuelai.platform.ids import new_id

BULLETINS = "/api/v1/bulletins"
OUTAGE = {"title": "滨江区宽带大面积故障", "text": "预计 12:30 恢复，勿派单。", "importance": "important"}


async def publish(client: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await client.post(BULLETINS, json={**OUTAGE, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def waiting(client: httpx.AsyncClient) -> tuple[int, str | None]:
    unread = (await client.get(f"{BULLETINS}/unread")).json()
    return unread["count"], unread["newest"] and unread["newest"]["title"]


async def test_it_waits_for_everybody_until_they_have_read_it_and_the_writer_sees_who_has(
    site: Site, crew: Crew
) -> None:
    zhang, leader = crew.of(crew.zhang), crew.of(crew.leader)
    made = await publish(leader)
    assert made["author"]["number"] == "8100"
    assert await waiting(zhang) == (1, OUTAGE["title"])
    assert await waiting(leader) == (0, None), "its writer knows what it says"
    assert (await zhang.put(f"{BULLETINS}/{made['id']}/read", json={})).status_code == 204
    assert await waiting(zhang) == (0, None)
    (shown,) = (await leader.get(BULLETINS)).json()["items"]
    assert shown["receipts"] == {"meant": 3, "read": 2, "confirmed": 1}
    missing = (await leader.get(f"{BULLETINS}/{made['id']}/readers", params={"missing": True})).json()
    assert [one["number"] for one in missing["items"]] == ["8002"]
    (seen,) = (await zhang.get(BULLETINS)).json()["items"]
    assert (seen["read_at"] is not None, seen["receipts"]) == (True, None)
    assert [one["bulletin_id"] for one in await facts(site.database, "bulletin.changed.v1")] == [made["id"]]


async def test_what_must_be_confirmed_waits_until_it_is(crew: Crew) -> None:
    zhang = crew.of(crew.zhang)
    made = await publish(crew.of(crew.leader), must_confirm=True)
    await zhang.put(f"{BULLETINS}/{made['id']}/read", json={})
    assert (await waiting(zhang))[0] == 1
    await zhang.put(f"{BULLETINS}/{made['id']}/read", json={"confirm": True})
    await zhang.put(f"{BULLETINS}/{made['id']}/read", json={})
    assert (await waiting(zhang))[0] == 0
    shown = (await crew.of(crew.leader).get(f"{BULLETINS}/{made['id']}")).json()
    assert shown["receipts"] == {"meant": 3, "read": 2, "confirmed": 2}


async def test_it_is_for_the_members_of_groups_or_queues_alone(site: Site, crew: Crew) -> None:
    group = await add_group(site.database, "team1", crew.li)
    queue = new_id()
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name) VALUES ($1, $2, 'vip', 'VIP')", queue, crew.zhang.tenant_id
        )
        await conn.execute(
            "INSERT INTO queue_members (queue_id, tenant_id, person_id) VALUES ($1, $2, $3)",
            queue,
            crew.zhang.tenant_id,
            crew.zhang.person_id,
        )
    leader = crew.of(crew.leader)
    for_group = await publish(leader, title="二组", audience="groups", target_ids=[str(group)])
    for_queue = await publish(leader, title="贵宾队列", audience="queues", target_ids=[str(queue)])
    assert await waiting(crew.of(crew.li)) == (1, "二组")
    assert await waiting(crew.of(crew.zhang)) == (1, "贵宾队列")
    assert [one["title"] for one in (await crew.of(crew.li).get(BULLETINS)).json()["items"]] == ["二组"]
    assert (await crew.of(crew.zhang).get(f"{BULLETINS}/{for_group['id']}")).status_code == 404
    refused = await crew.of(crew.zhang).put(f"{BULLETINS}/{for_group['id']}/read", json={})
    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_bulletin")
    shown = {one["title"]: one["receipts"]["meant"] for one in (await leader.get(BULLETINS)).json()["items"]}
    assert shown == {"二组": 1, "贵宾队列": 1}
    assert for_queue["target_ids"] == [str(queue)]


async def test_it_begins_and_ends_by_its_time_and_can_be_withdrawn(crew: Crew) -> None:
    now, leader, zhang = datetime.now(UTC), crew.of(crew.leader), crew.of(crew.zhang)
    later = (now + timedelta(hours=1)).isoformat()
    soon = await publish(leader, title="稍后", valid_from=later)
    assert (await zhang.get(f"{BULLETINS}/{soon['id']}")).status_code == 404
    assert (await zhang.put(f"{BULLETINS}/{soon['id']}/read", json={})).status_code == 404
    until = await publish(leader, title="现在", valid_until=(now + timedelta(minutes=30)).isoformat())
    unread = (await zhang.get(f"{BULLETINS}/unread")).json()
    assert (unread["count"], unread["newest"]["title"]) == (1, "现在")
    assert datetime.fromisoformat(unread["again_at"]) == datetime.fromisoformat(until["valid_until"])
    assert [one["title"] for one in (await zhang.get(BULLETINS)).json()["items"]] == ["现在"]
    assert (await leader.post(f"{BULLETINS}/{until['id']}/withdraw")).status_code == 204
    again = await leader.post(f"{BULLETINS}/{until['id']}/withdraw")
    assert (again.status_code, again.json()["code"]) == (409, "already_withdrawn")
    assert await waiting(zhang) == (0, None)
    past = (await zhang.get(BULLETINS, params={"state": "past"})).json()["items"]
    assert [one["title"] for one in past] == ["现在"]


async def test_important_ones_come_first(crew: Crew) -> None:
    await publish(crew.of(crew.leader), title="重要")
    await publish(crew.of(crew.leader), title="普通", importance="normal")
    assert await waiting(crew.of(crew.zhang)) == (2, "重要")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"audience": "groups"}, "no_such_target"),
        ({"audience": "groups", "target_ids": [str(new_id())]}, "no_such_target"),
        ({"target_ids": [str(new_id())]}, "no_such_target"),
        ({"valid_until": "2020-01-01T00:00:00Z"}, "bulletin_span"),
        ({"title": "  "}, "invalid_request"),
        ({"text": "x" * 4001}, "invalid_request"),
        ({"valid_from": "2026-01-01T00:00:00"}, "invalid_request"),
        ({"colour": "red"}, "invalid_request"),
    ],
)
async def test_what_makes_no_sense_is_refused(crew: Crew, fields: dict[str, Any], code: str) -> None:
    answer = await crew.of(crew.leader).post(BULLETINS, json={**OUTAGE, **fields})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_agents_do_not_publish_and_other_tenants_see_nothing(site: Site, crew: Crew) -> None:
    assert (await crew.of(crew.zhang).post(BULLETINS, json=OUTAGE)).status_code == 403
    made = await publish(crew.of(crew.leader))
    other = await add_tenant(site.database, "power")
    await add_person(site.database, "stranger", "leader", tenant=other)
    stranger = await site.client("stranger")
    assert (await stranger.get(BULLETINS)).json()["items"] == []
    assert (await stranger.get(f"{BULLETINS}/{made['id']}")).status_code == 404
    assert (await stranger.post(f"{BULLETINS}/{made['id']}/withdraw")).status_code == 404
    await stranger.aclose()


async def test_long_lists_come_in_pages(crew: Crew) -> None:
    for number in range(5):
        await publish(crew.of(crew.leader), title=f"公告 {number}")
    titles, cursor = [], None
    while True:
        page = (
            await crew.of(crew.zhang).get(BULLETINS, params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        ).json()
        titles += [one["title"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert titles == [f"公告 {number}" for number in (4, 3, 2, 1, 0)]
    shown = (await crew.of(crew.leader).get(BULLETINS)).json()["items"][0]
    readers = (await crew.of(crew.leader).get(f"{BULLETINS}/{shown['id']}/readers", params={"limit": 2})).json()
    more = (
        await crew.of(crew.leader).get(f"{BULLETINS}/{shown['id']}/readers", params={"cursor": readers["next_cursor"]})
    ).json()
    assert len(readers["items"] + more["items"]) == 3


async def test_who_leads_a_group_publishes_for_it_alone(site: Site, crew: Crew) -> None:
    own, other = await add_group(site.database, "team1", crew.zhang), await add_group(site.database, "team2", crew.li)
    await add_scoped(site.database, "narrow", "leader", "group", own)
    async with await site.client("narrow") as narrow:
        await publish(narrow, title="一组", audience="groups", target_ids=[str(own)])
        for fields in ({}, {"audience": "groups", "target_ids": [str(own), str(other)]}):
            refused = await narrow.post(BULLETINS, json={**OUTAGE, **fields})
            assert (refused.status_code, refused.json()["code"]) == (403, "beyond_reach")
        everybodys = await publish(crew.of(crew.leader))
        assert (await narrow.post(f"{BULLETINS}/{everybodys['id']}/withdraw")).status_code == 403
    assert await waiting(crew.of(crew.li)) == (1, OUTAGE["title"])
