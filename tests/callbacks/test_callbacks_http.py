"""Callbacks over HTTP: who sees which, and what may be done with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.recordings.archive import archive
from tests.support.web import Site, add_person
from yuelai.channels.callback.events import CallbackBooked, CallbackChanged, CallbackMoved, Kind, Result, State
from yuelai.channels.callback.personal import CallbacksPersonalData
from yuelai.channels.callback.repository import PROJECTIONS, callbacks_of, open_callbacks
from yuelai.customers.ports import Subject
from yuelai.platform.facts import Fact, encode
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.journal import Entry

PATH = "/api/v1/callbacks"
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


async def add_queue(site: Site, code: str, *members: UUID) -> UUID:
    queue = new_id()
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO queues (id, tenant_id, code, name) VALUES ($1, $2, $3, $3)", queue, SAMPLE_TENANT, code
        )
        for person in members:
            await conn.execute(
                "INSERT INTO queue_members (queue_id, tenant_id, person_id) VALUES ($1, $2, $3)",
                queue,
                SAMPLE_TENANT,
                person,
            )
    return queue


async def project(site: Site, fact: Fact, **private: Any) -> None:
    async with site.database.transaction(None) as conn:
        entry = Entry(1, new_id(), fact.at, fact.type, encode(fact), private, "core")
        await PROJECTIONS[type(fact)](conn, entry)


async def booked(site: Site, queue: UUID, number: str = "13800000001", **more: Any) -> UUID:
    fact = CallbackBooked(
        at=NOW,
        tenant_id=SAMPLE_TENANT,
        callback_id=new_id(),
        kind=more.pop("kind", Kind.CALLBACK),
        queue_id=queue,
        language="zh-CN",
        since=NOW,
        due_at=more.pop("due_at", NOW),
        max_attempts=3,
        **more,
    )
    await project(site, fact, number=number)
    return fact.callback_id


def moved(callback_id: UUID, state: State, version: int, result: Result | None = None, **more: Any) -> CallbackMoved:
    return CallbackMoved(
        at=NOW,
        tenant_id=SAMPLE_TENANT,
        callback_id=callback_id,
        state=state,
        due_at=NOW,
        attempts=more.pop("attempts", 0),
        result=result,
        version=version,
        **more,
    )


async def told(site: Site, kind: type[Fact]) -> list[str]:
    async with site.database.transaction(None) as conn:
        rows = await conn.fetch("SELECT fact FROM outbox WHERE type = $1 ORDER BY id", kind.type)
    return [row["fact"]["callback_id"] for row in rows]


async def test_what_core_books_is_in_the_list_with_its_queue(site: Site) -> None:
    queue = await add_queue(site, "general")
    await add_person(site.database, "lee", "leader")
    later = await booked(site, queue, due_at=NOW + timedelta(hours=1))
    first = await booked(site, queue)
    async with await site.client("lee") as lee:
        items = (await lee.get(PATH, params={"state": "open"})).json()["items"]
        assert [item["id"] for item in items] == [str(first), str(later)], "by the time they are due"
        assert items[0]["queue"]["code"] == "general"
        assert items[0]["number"] == "13800000001"
        assert (items[0]["state"], items[0]["attempts"], items[0]["version"]) == ("waiting", 0, 1)
        page = (await lee.get(PATH, params={"state": "open", "limit": 1})).json()
        rest = (await lee.get(PATH, params={"state": "open", "limit": 1, "cursor": page["next_cursor"]})).json()
        assert [item["id"] for item in rest["items"]] == [str(later)]
        assert (await lee.get(PATH, params={"kind": "voicemail"})).json()["items"] == []
        assert len((await lee.get(PATH, params={"queue": "general"})).json()["items"]) == 2
        newest = (await lee.get(PATH, params={"limit": 1})).json()
        older = (await lee.get(PATH, params={"limit": 1, "cursor": newest["next_cursor"]})).json()
        assert [newest["items"][0]["id"], older["items"][0]["id"]] == [str(first), str(later)]


async def test_an_agent_sees_and_books_for_the_queues_they_serve_only(site: Site) -> None:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    mine, theirs = await add_queue(site, "general", agent.person_id), await add_queue(site, "vip")
    seen, unseen = await booked(site, mine), await booked(site, theirs)
    async with await site.client("agent01") as client:
        assert [item["id"] for item in (await client.get(PATH)).json()["items"]] == [str(seen)]
        foreign = await client.patch(f"{PATH}/{unseen}", json={"version": 1, "state": "cancelled"})
        assert (foreign.status_code, foreign.json()["code"]) == (404, "no_such_callback")
        refused = await client.post(PATH, json={"number": "13800000009", "queue": "vip"})
        assert (refused.status_code, refused.json()["code"]) == (404, "no_such_queue")
        due = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        made = await client.post(
            PATH, json={"number": "138 0000 0009", "queue": "general", "due_at": due, "mine": True, "note": "问账单"}
        )
        assert made.status_code == 201, made.text
        assert (made.json()["number"], made.json()["agent"]["number"]) == ("13800000009", "8001")
        assert await told(site, CallbackBooked) == [made.json()["id"]]


async def test_somebody_without_a_number_cannot_be_booked(site: Site) -> None:
    await add_queue(site, "general")
    await add_person(site.database, "lee", "leader")
    async with await site.client("lee") as lee:
        for number in ("anonymous", "12", "sip:x@y"):
            answer = await lee.post(PATH, json={"number": number, "queue": "general"})
            assert (answer.status_code, answer.json()["code"]) == (422, "no_number")


async def test_who_may_only_look_changes_nothing(site: Site) -> None:
    queue = await add_queue(site, "general")
    callback = await booked(site, queue)
    await add_person(site.database, "qa", "qa")
    async with await site.client("qa") as qa:
        assert (await qa.get(PATH)).status_code == 403
        answer = await qa.patch(f"{PATH}/{callback}", json={"version": 1, "state": "cancelled"})
        assert answer.status_code == 403


async def test_a_callback_is_put_off_and_cancelled_and_core_is_told(site: Site) -> None:
    queue = await add_queue(site, "general")
    await add_person(site.database, "lee", "leader")
    callback = await booked(site, queue)
    async with await site.client("lee") as lee:
        due = "2026-11-21T09:00:00Z"
        off = (await lee.patch(f"{PATH}/{callback}", json={"version": 1, "due_at": due})).json()
        assert (off["due_at"], off["version"]) == (due, 2)
        stale = await lee.patch(f"{PATH}/{callback}", json={"version": 1, "state": "cancelled"})
        assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
        assert (await lee.patch(f"{PATH}/{callback}", json={"version": 2, "state": "cancelled"})).status_code == 200
        again = await lee.patch(f"{PATH}/{callback}", json={"version": 3, "due_at": due})
        assert (again.status_code, again.json()["code"]) == (409, "callback_not_waiting")
    assert await told(site, CallbackChanged) == [str(callback)] * 2
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        actions = [row["action"] for row in await conn.fetch("SELECT action FROM audit WHERE action LIKE 'callback.%'")]
        assert await open_callbacks(conn) == []
    assert actions == ["callback.changed"] * 2


async def test_what_was_cancelled_under_way_stays_so_unless_the_customer_was_reached(site: Site) -> None:
    queue = await add_queue(site, "general")
    await add_person(site.database, "lee", "leader")
    callback = await booked(site, queue)
    await project(site, moved(callback, State.DIALLING, 2))
    async with await site.client("lee") as lee:
        answer = await lee.patch(f"{PATH}/{callback}", json={"version": 2, "state": "cancelled"})
        assert answer.status_code == 200
        await project(site, moved(callback, State.WAITING, 3, Result.BUSY, attempts=1))
        (item,) = (await lee.get(PATH)).json()["items"]
        assert (item["state"], item["last_result"]) == ("cancelled", "busy")
        await project(site, moved(callback, State.DONE, 4, Result.ANSWERED, attempts=1))
        (item,) = (await lee.get(PATH)).json()["items"]
        assert item["state"] == "done"


async def test_one_that_failed_is_tried_anew(site: Site) -> None:
    queue = await add_queue(site, "general")
    await add_person(site.database, "lee", "leader")
    callback = await booked(site, queue)
    await project(site, moved(callback, State.FAILED, 2, Result.NO_ANSWER, attempts=3))
    async with await site.client("lee") as lee:
        answer = await lee.patch(f"{PATH}/{callback}", json={"version": 2, "state": "waiting"})
        assert (answer.status_code, answer.json()["attempts"]) == (200, 0)
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        (row,) = await callbacks_of(conn, [callback])
    assert (row.state, row.version) == (State.WAITING, 3)


async def test_an_agent_of_the_queue_hears_the_message_and_says_so(site: Site) -> None:
    agent = await add_person(site.database, "agent01", "agent", number="8001")
    await add_person(site.database, "agent02", "agent", number="8002")
    queue = await add_queue(site, "general", agent.person_id)
    async with archive(site.database, site.settings.folder) as core:
        recording = await core.start()
        await core.recordings.stop(recording)
        await core.settled()
        callback = await booked(site, queue, "", kind=Kind.VOICEMAIL, recording_id=recording, message_ms=2050)
        async with await site.client("agent01") as client:
            (item,) = (await client.get(PATH, params={"kind": "voicemail"})).json()["items"]
            assert item["recording"]["id"] == str(recording)
            heard = await client.get(f"/api/v1/recordings/{recording}/audio")
            assert heard.status_code == 200
            done = await client.patch(f"{PATH}/{callback}", json={"version": 1, "state": "done"})
            assert (done.json()["state"], done.json()["last_result"]) == ("done", "heard")
        async with await site.client("agent02") as other:
            assert (await other.get(f"/api/v1/recordings/{recording}/audio")).status_code == 404


async def test_whoever_is_erased_is_called_no_more(site: Site) -> None:
    queue, customer = await add_queue(site, "general"), new_id()
    callback = await booked(site, queue, customer_id=customer)
    strangers = await booked(site, queue, "13800000002")
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        subject = Subject(SAMPLE_TENANT, [customer], ["+8613800000001"])
        room = CallbacksPersonalData()
        (held,) = await room.export(conn, subject)
        assert held["number"] == "13800000001"
        await room.erase(conn, subject)
        assert await room.export(conn, subject) != []
        rows = {row.id: row for row in await callbacks_of(conn, [callback, strangers])}
    assert (rows[callback].number, rows[callback].state) == ("", State.CANCELLED)
    assert rows[strangers].state is State.WAITING
    assert await told(site, CallbackChanged) == [str(callback)]


async def test_agents_ask_for_what_they_are_to_call_themselves(site: Site) -> None:
    me = await add_person(site.database, "agent01", "agent", number="8001")
    queue = await add_queue(site, "general", me.person_id)
    mine = await booked(site, queue, agent_id=me.person_id)
    await booked(site, queue, "13800000002")
    client = await site.client("agent01")
    found = (await client.get(PATH, params={"state": "open", "mine": "true"})).json()["items"]
    assert [one["id"] for one in found] == [str(mine)]
