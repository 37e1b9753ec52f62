"""The audit trail: nothing in it changes, and who may look sees the deeds of their own people."""

import asyncpg
import pytest

from tests.support.web import PASSWORD, Site, add_person, add_tenant
from yuelai.identity.audit import audit, audit_as
from yuelai.platform.context import RequestContext, begin_request, current_request
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET action = 'nothing'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE audit SET action = 'x' WHERE false",
        "SET LOCAL session_replication_role = replica; DELETE FROM audit",
    ],
)
async def test_the_trail_can_be_neither_changed_nor_emptied(database: Database, statement: str) -> None:
    person = await add_person(database, "admin", "admin")
    async with database.transaction(SAMPLE_TENANT) as conn:
        await audit(conn, person, "thing.done", "thing/1")
    for tenant in (None, SAMPLE_TENANT):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(tenant) as conn:
                await conn.execute(statement)
    async with database.transaction(None) as conn:
        assert [row["action"] for row in await conn.fetch("SELECT action FROM audit")] == ["thing.done"]


async def test_outside_of_a_request_a_line_has_no_source(database: Database) -> None:
    person = await add_person(database, "admin", "admin")
    assert current_request() is None
    async with database.transaction(SAMPLE_TENANT) as conn:
        await audit(conn, person, "thing.done", "thing/1")
        begin_request(RequestContext("request-1", "10.0.0.9"))
        await audit(conn, person, "thing.done", "thing/2")
        rows = await conn.fetch("SELECT source, request_id FROM audit ORDER BY object")
    assert [tuple(row) for row in rows] == [(None, None), ("10.0.0.9", "request-1")]


async def test_a_request_has_an_id_that_leads_from_the_answer_to_the_trail(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    body = {"username": "admin", "password": PASSWORD}
    given = await site.http.post("/api/v1/session", json=body, headers={"X-Request-Id": "caller-42"})
    assert given.headers["x-request-id"] == "caller-42"
    unsound = await site.http.post("/api/v1/session", json=body, headers={"X-Request-Id": "a b\tc<script>"})
    assert len(unsound.headers["x-request-id"]) == 36
    client = await site.client("admin")
    items = (await client.get("/api/v1/audit")).json()["items"]
    assert [each["request_id"] for each in items[1:]] == [unsound.headers["x-request-id"], "caller-42"]
    assert {each["source"] for each in items} == {"127.0.0.1"}


async def test_the_trail_is_searched_by_person_action_thing_and_time(site: Site) -> None:
    admin = await add_person(site.database, "admin", "admin")
    leader = await add_person(site.database, "leader01", "leader")
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        for number in range(5):
            await audit(conn, leader, "customer.revealed", f"customer/{number}", {"fields": ["address"]})
        await audit(conn, admin, "queue.changed", "queue/1")
        await audit_as(conn, SAMPLE_TENANT, None, "session.refused", "person", {"reason": "unknown_name"})
    client = await site.client("admin")

    async def found(**params: str) -> list[str]:
        answer = await client.get("/api/v1/audit", params=params)
        assert answer.status_code == 200, answer.text
        return [f"{each['action']} {each['object']}" for each in answer.json()["items"]]

    assert await found(person=str(leader.person_id), object="customer/3") == ["customer.revealed customer/3"]
    assert await found(action="queue.changed") == ["queue.changed queue/1"]
    assert await found(action="session.refused") == ["session.refused person"]
    assert await found(to="2020-01-01T00:00:00Z") == []
    assert len(await found(**{"from": "2020-01-01T00:00:00"})) == 8
    assert len(await found(person=str(leader.person_id))) == 5
    actions = (await client.get("/api/v1/audit/actions")).json()["items"]
    assert actions == ["customer.revealed", "queue.changed", "session.opened", "session.refused"]
    seen, cursor = [], None
    while True:
        params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/audit", params=params)).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 8
    bad = await client.get("/api/v1/audit", params={"cursor": "nonsense"})
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_cursor")


async def test_a_leader_of_a_group_sees_the_deeds_of_that_group_only(site: Site) -> None:
    other = await add_tenant(site.database, "other")
    mine, not_mine = await add_person(site.database, "mine", "agent"), await add_person(site.database, "not", "agent")
    leader = await add_person(site.database, "leader01", "leader")
    stranger = await add_person(site.database, "stranger", "agent", tenant=other)
    await add_person(site.database, "agent01", "agent")
    group = new_id()
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO groups (id, tenant_id, code, name) VALUES ($1, $2, 'g', 'G')", group, SAMPLE_TENANT
        )
        for person in (mine, leader):
            await conn.execute(
                "INSERT INTO group_members (tenant_id, group_id, person_id) VALUES ($1, $2, $3)",
                SAMPLE_TENANT,
                group,
                person.person_id,
            )
        await conn.execute(
            "UPDATE grants SET scope = $1 WHERE person_id = $2", {"kind": "group", "ids": []}, leader.person_id
        )
        for person in (mine, not_mine, stranger):
            await audit(conn, person, "thing.done", f"thing/{person.username}")
        await audit_as(conn, SAMPLE_TENANT, None, "session.refused", "person")
    client = await site.client("leader01")
    assert (await client.get("/api/v1/session")).json()["reach"] == {"kind": "group", "names": ["G"]}
    items = (await client.get("/api/v1/audit")).json()["items"]
    assert [each["object"] for each in items] == [f"person/{leader.person_id}", "thing/mine"]
    refused = await (await site.client("agent01")).get("/api/v1/audit")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
