"""One shift leaves notes, the next takes them over."""

from __future__ import annotations

from typing import Any

import httpx

from tests.colleagues.conftest import Contact, Crew
from tests.support.organisation import add_group, facts
from tests.support.web import Site
from yuelai.platform.ids import new_id

HANDOVERS = "/api/v1/handovers"


async def write(client: httpx.AsyncClient, group: Any, text: str, **more: Any) -> httpx.Response:
    return await client.post(HANDOVERS, json={"group_id": str(group), "text": text, **more})


async def listed(client: httpx.AsyncClient, **params: Any) -> list[tuple[str, str | None]]:
    items = (await client.get(HANDOVERS, params=params)).json()["items"]
    return [(one["text"], one["taken_by"] and one["taken_by"]["number"]) for one in items]


async def test_a_note_is_open_until_somebody_of_the_group_takes_it_over(site: Site, crew: Crew) -> None:
    group = await add_group(site.database, "night", crew.zhang, crew.li)
    zhang, li = crew.of(crew.zhang), crew.of(crew.li)
    made = await write(zhang, group, "王芳 16:00 回电")
    assert made.status_code == 201, made.text
    note = made.json()
    assert (note["group_name"], note["author"]["number"], note["taken_by"]) == (note["group_name"], "8001", None)
    (shown,) = (await li.get(f"{HANDOVERS}/groups")).json()["items"]
    assert (shown["id"], shown["open"]) == (str(group), 1)
    assert (await li.put(f"{HANDOVERS}/{note['id']}/taken")).status_code == 204
    assert (await li.put(f"{HANDOVERS}/{note['id']}/taken")).status_code == 204, "twice is once"
    assert await listed(zhang) == [("王芳 16:00 回电", "8002")]
    assert await listed(zhang, open_only=True) == []
    late = await zhang.put(f"{HANDOVERS}/{note['id']}/taken")
    assert (late.status_code, late.json()["code"]) == (409, "taken_already")
    assert (await zhang.delete(f"{HANDOVERS}/{note['id']}/taken")).status_code == 404
    assert (await li.delete(f"{HANDOVERS}/{note['id']}/taken")).status_code == 204
    assert await listed(zhang, open_only=True) == [("王芳 16:00 回电", None)]
    assert {one["group_id"] for one in await facts(site.database, "handover.changed.v1")} == {str(group)}


async def test_notes_are_of_ones_own_groups_leaders_see_all(site: Site, crew: Crew) -> None:
    ours = await add_group(site.database, "day", crew.zhang)
    theirs = await add_group(site.database, "night", crew.li)
    await write(crew.of(crew.zhang), ours, "白班")
    made = (await write(crew.of(crew.li), theirs, "夜班")).json()
    refused = await write(crew.of(crew.zhang), theirs, "不归我")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_your_group")
    assert await listed(crew.of(crew.zhang)) == [("白班", None)]
    assert (await crew.of(crew.zhang).put(f"{HANDOVERS}/{made['id']}/taken")).status_code == 404
    assert await listed(crew.of(crew.leader)) == [("夜班", None), ("白班", None)]
    assert await listed(crew.of(crew.leader), group_id=str(ours)) == [("白班", None)]


async def test_today_shows_what_was_written_today_and_what_is_still_open(site: Site, crew: Crew) -> None:
    group = await add_group(site.database, "day", crew.zhang)
    zhang = crew.of(crew.zhang)
    old, done = [(await write(zhang, group, text)).json()["id"] for text in ("昨天未接", "昨天已接")]
    await write(zhang, group, "今天")
    await zhang.put(f"{HANDOVERS}/{done}/taken")
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE handovers SET at = at - interval '1 day' WHERE id = ANY ($1)", [old, done])
        since = await conn.fetchval("SELECT now() - interval '1 hour'")
    assert await listed(zhang, since=since.isoformat()) == [("今天", None), ("昨天未接", None)]
    first = (await zhang.get(HANDOVERS, params={"limit": 2})).json()
    rest = (await zhang.get(HANDOVERS, params={"cursor": first["next_cursor"]})).json()
    assert len(first["items"] + rest["items"]) == 3


async def test_a_note_is_about_a_contact_of_ones_own(site: Site, crew: Crew, contact: Contact) -> None:
    group = await add_group(site.database, "day", crew.zhang)
    refused = await write(crew.of(crew.zhang), group, "请跟进", interaction_id=str(contact.id))
    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_interaction")
    contact.agents.add(crew.zhang.person_id)
    made = (await write(crew.of(crew.zhang), group, "请跟进", interaction_id=str(contact.id))).json()
    assert (made["interaction_id"], made["trail_no"]) == (str(contact.id), "T0304-00001")


async def test_what_makes_no_sense_is_refused(site: Site, crew: Crew) -> None:
    group = await add_group(site.database, "day", crew.zhang)
    for body in ({"group_id": str(new_id()), "text": "x"}, {"group_id": str(group), "text": " "}, {"text": "x"}):
        assert (await crew.of(crew.zhang).post(HANDOVERS, json=body)).status_code in (404, 422)
