"""Who may change whom: nobody gives what they lack, no tenant decides about another's people alone."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx

from tests.support.organisation import add_group, add_scoped, facts, grant, join, trail
from tests.support.web import PASSWORD, Site, add_person, add_tenant
from yuelai.identity.credentials import PostgresCredentialStore, ha1
from yuelai.identity.model import Principal
from yuelai.platform.ids import SAMPLE_TENANT, TenantId

PEOPLE = "/api/v1/people"
PERSONNEL = ["people.read", "people.write", "agent.work", "interactions.read", "customers.read", "customers.write",
             "queues.read", "recordings.listen", "callbacks.read", "colleagues.talk"]  # fmt: skip


async def add_role(site: Site, code: str, permissions: list[str], tenant: TenantId = SAMPLE_TENANT) -> None:
    async with site.database.transaction(tenant) as conn:
        await conn.execute(
            "INSERT INTO roles (tenant_id, code, name, permissions) VALUES ($1, $2, $2, $3)", tenant, code, permissions
        )


async def version(site: Site, person: Principal) -> int:
    async with site.database.transaction(None) as conn:
        found: int = await conn.fetchval("SELECT version FROM people WHERE id = $1", person.person_id)
    return found


async def change(site: Site, client: httpx.AsyncClient, person: Principal, **fields: Any) -> httpx.Response:
    body = {"version": await version(site, person), **fields}
    return await client.patch(f"{PEOPLE}/{person.person_id}", json=body)


def refusal(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, None if answer.status_code < 300 else answer.json()["code"]


async def test_nobody_gives_rights_they_lack(site: Site) -> None:
    await add_role(site, "personnel", PERSONNEL)
    await add_person(site.database, "per", "personnel")
    ann = await add_person(site.database, "ann", "agent")
    client = await site.client("per")
    for role in ("leader", "admin"):
        assert refusal(await change(site, client, ann, grants=[{"role": role}])) == (403, "cannot_grant")
        body = {"username": "new", "name": "N", "grants": [{"role": role}]}
        assert refusal(await client.post(PEOPLE, json=body)) == (403, "cannot_grant")
    assert refusal(await change(site, client, ann, grants=[{"role": "personnel"}])) == (200, None)
    assert refusal(await client.post(PEOPLE, json={**body, "grants": [{"role": "agent"}]})) == (201, None)


async def test_nobody_gives_a_wider_reach_than_their_own(site: Site) -> None:
    await add_role(site, "personnel", PERSONNEL)
    a, b = await add_group(site.database, "a"), await add_group(site.database, "b")
    await add_scoped(site.database, "per", "personnel", "group", a)
    ann = await add_scoped(site.database, "ann", "agent", "own")
    await join(site.database, ann, a)
    client = await site.client("per")

    async def give(kind: str, *ids: UUID) -> tuple[int, str | None]:
        scope = {"kind": kind, "ids": [str(id_) for id_ in ids]}
        return refusal(await change(site, client, ann, grants=[{"role": "personnel", "scope": scope}]))

    assert await give("tenant") == (403, "cannot_grant")
    assert await give("group", b) == (403, "cannot_grant")
    assert await give("group", a, b) == (403, "cannot_grant")
    assert await give("group", a) == (200, None)
    assert await give("own") == (200, None)
    assert await give("group") == (200, None)
    # "Their own groups" grows with the groups: it may not grow out of reach that way either.
    assert refusal(await change(site, client, ann, groups=[str(a), str(b)])) == (403, "cannot_grant")


async def test_whoever_looks_after_one_group_reaches_nobody_of_another(site: Site) -> None:
    await add_role(site, "personnel", PERSONNEL)
    a, b = await add_group(site.database, "a"), await add_group(site.database, "b")
    await add_scoped(site.database, "per", "personnel", "group", a)
    ann, bob = await add_scoped(site.database, "ann", "agent", "own"), await add_person(site.database, "bob", "agent")
    await join(site.database, ann, a)
    await join(site.database, bob, b)
    client = await site.client("per")
    assert refusal(await change(site, client, bob, name="Bobby")) == (404, "not_found")
    assert refusal(await client.post(f"{PEOPLE}/{bob.person_id}/password")) == (404, "not_found")
    assert refusal(await change(site, client, ann, groups=[str(b)])) == (403, "forbidden")
    body = {"username": "new", "name": "N", "grants": [{"role": "agent", "scope": {"kind": "own"}}]}
    assert refusal(await client.post(PEOPLE, json={**body, "groups": [str(b)]})) == (403, "forbidden")
    assert refusal(await client.post(PEOPLE, json={**body, "groups": [str(a)]})) == (201, None)


async def test_somebody_with_more_rights_is_not_to_be_taken_over(site: Site) -> None:
    await add_role(site, "personnel", PERSONNEL)
    await add_person(site.database, "per", "personnel")
    admin = await add_person(site.database, "admin", "admin", number="8000")
    client = await site.client("per")
    attempts: list[tuple[str, str, dict[str, Any] | None]] = [
        ("PATCH", "", {"version": 1, "name": "Mine"}),
        ("PATCH", "", {"version": 1, "grants": []}),
        ("POST", "/password", None),
        ("POST", "/phone", None),
        ("POST", "/unlock", None),
        ("DELETE", "/totp", None),
        ("DELETE", "/sessions", None),
    ]
    for method, path, body in attempts:
        answer = await client.request(method, f"{PEOPLE}/{admin.person_id}{path}", json=body)
        assert refusal(answer) == (403, "outranked"), (method, path)
    assert await site.sign_in("admin", PASSWORD)


async def test_an_administrator_may_give_what_they_do_not_do_themselves(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    ann = await add_person(site.database, "ann", "editor")
    client = await site.client("admin")
    assert "agent.work" not in (await client.get("/api/v1/session")).json()["permissions"]
    assert refusal(await change(site, client, ann, grants=[{"role": "agent"}])) == (200, None)


async def test_the_last_administrator_stays(site: Site) -> None:
    admin = await add_person(site.database, "admin", "admin")
    second = await add_person(site.database, "second", "agent")
    client = await site.client("admin")
    assert refusal(await change(site, client, admin, active=False)) == (409, "last_administrator")
    for grants in ([], [{"role": "agent"}], [{"role": "admin", "scope": {"kind": "own"}}]):
        assert refusal(await change(site, client, admin, grants=grants)) == (409, "last_administrator")
    assert refusal(await change(site, client, second, grants=[{"role": "admin"}])) == (200, None)
    assert refusal(await change(site, client, admin, active=False)) == (200, None)
    assert refusal(await change(site, await site.client("second"), second, grants=[])) == (409, "last_administrator")


async def test_two_administrators_who_take_each_others_rights_at_once_do_not_both_succeed(site: Site) -> None:
    ann, bob = [await add_person(site.database, name, "admin") for name in ("ann", "bob")]
    first, second = await site.client("ann"), await site.client("bob")
    answers = await asyncio.gather(
        change(site, first, bob, grants=[{"role": "agent"}]), change(site, second, ann, grants=[{"role": "agent"}])
    )
    # The second one either finds themselves the last, or has lost the right meanwhile.
    assert sorted(answer.status_code for answer in answers) in ([200, 403], [200, 409])
    async with site.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM grants WHERE role = 'admin'") == 1


async def test_an_administrator_by_a_role_of_the_tenants_own_counts_as_one(site: Site) -> None:
    await add_role(site, "chief", ["admin", "people.read", "people.write"])
    await add_person(site.database, "chief", "chief")
    admin = await add_person(site.database, "admin", "admin")
    client = await site.client("admin")
    assert refusal(await change(site, client, admin, active=False)) == (200, None)


async def test_nobody_takes_another_tenants_last_administrator_away(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "admin", "admin")
    ann = await add_person(site.database, "ann", "agent")
    await grant(site.database, ann, "admin", "tenant", tenant=east)
    client = await site.client("admin")
    assert refusal(await change(site, client, ann, active=False)) == (409, "last_administrator")
    # Leaving the operator's tenant leaves the other one as it was.
    assert refusal(await change(site, client, ann, grants=[])) == (200, None)


async def test_who_works_for_several_is_the_operators_to_change(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "chief", "admin", tenant=east)
    await add_person(site.database, "admin", "admin")
    ann = await add_person(site.database, "ann", "agent", number="8101")
    await grant(site.database, ann, "agent", "tenant", tenant=east)
    chief, admin = await site.client("chief"), await site.client("admin")
    deeds: list[tuple[str, str, dict[str, Any] | None]] = [
        ("PATCH", "", {"name": "Else"}),
        ("PATCH", "", {"username": "else"}),
        ("PATCH", "", {"number": "8999"}),
        ("PATCH", "", {"email": "else@example.com"}),
        ("POST", "/password", None),
        ("POST", "/phone", None),
        ("POST", "/unlock", None),
        ("DELETE", "/totp", None),
        ("PATCH", "", {"active": False}),
    ]
    for method, path, body in deeds:
        sent = None if body is None else {"version": await version(site, ann), **body}
        answer = await chief.request(method, f"{PEOPLE}/{ann.person_id}{path}", json=sent)
        assert refusal(answer) == (403, "known_elsewhere"), (method, path, body)
        answer = await admin.request(method, f"{PEOPLE}/{ann.person_id}{path}", json=sent)
        assert answer.status_code in (200, 204), (method, path, body, answer.text)


async def test_a_tenant_decides_what_somebody_is_there_and_sends_all_fields_along(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "chief", "admin", tenant=east)
    ann = await add_person(site.database, "ann", "agent", number="8101")
    await grant(site.database, ann, "agent", "tenant", tenant=east)
    chief = await site.client("chief")
    page = (await chief.get(f"{PEOPLE}/{ann.person_id}")).json()
    same = {name: page[name] for name in ("username", "name", "number", "email", "active")}
    assert refusal(await change(site, chief, ann, **same, grants=[{"role": "leader"}])) == (200, None)
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        roles = await conn.fetch("SELECT role FROM grants WHERE person_id = $1", ann.person_id)
    assert [row["role"] for row in roles] == ["agent"]


async def test_a_tenant_ends_only_the_sessions_at_itself_of_who_works_for_several(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "chief", "admin", tenant=east)
    await add_person(site.database, "admin", "admin")
    ann = await add_person(site.database, "ann", "agent")
    await grant(site.database, ann, "agent", "tenant", tenant=east)
    working = await site.client("ann")
    path = f"{PEOPLE}/{ann.person_id}/sessions"
    assert (await (await site.client("chief")).delete(path)).status_code == 204
    assert (await working.get("/api/v1/session")).status_code == 200
    assert (await (await site.client("admin")).delete(path)).status_code == 204
    assert (await working.get("/api/v1/session")).status_code == 401


async def test_a_forgotten_password_is_replaced_once_told_and_to_be_changed(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    ann = await add_person(site.database, "ann", "agent")
    working, client = await site.client("ann"), await site.client("admin")
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE people SET locked_until = now() + interval '1 hour' WHERE username = 'ann'")
    assert (await client.get(f"{PEOPLE}/{ann.person_id}")).json()["locked"] is True
    answer = await client.post(f"{PEOPLE}/{ann.person_id}/password")
    password = answer.json()["initial_password"]
    assert (await working.get("/api/v1/session")).status_code == 401
    assert await site.sign_in("ann", password)
    old = await site.http.post("/api/v1/session", json={"username": "ann", "password": PASSWORD})
    assert old.status_code == 401
    assert (await client.get(f"{PEOPLE}/{ann.person_id}")).json()["locked"] is False
    assert ("person.password_reset", f"person/{ann.person_id}") in await trail(site.database)


async def test_a_lock_is_ended_by_hand(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    ann = await add_person(site.database, "ann", "agent")
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "UPDATE people SET locked_until = now() + interval '1 hour', failed_sign_ins = 9 WHERE username = 'ann'"
        )
    client = await site.client("admin")
    assert (await client.get(PEOPLE, params={"q": "ann"})).json()["items"][0]["locked"] is True
    assert (await client.post(f"{PEOPLE}/{ann.person_id}/unlock")).status_code == 204
    assert (await client.get(f"{PEOPLE}/{ann.person_id}")).json()["locked"] is False
    assert await site.sign_in("ann")


async def test_a_desk_phone_gets_a_new_password(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    ann = await add_person(site.database, "ann", "agent", number="8101")
    bob = await add_person(site.database, "bob", "agent")
    client = await site.client("admin")
    account = (await client.post(f"{PEOPLE}/{ann.person_id}/phone")).json()
    found = await PostgresCredentialStore(site.database).credential("8101")
    assert found is not None
    assert (account["user"], found.ha1_md5) == ("8101", ha1("8101", account["password"])[0])
    assert refusal(await client.post(f"{PEOPLE}/{bob.person_id}/phone")) == (409, "no_number")


async def test_each_deed_is_told_to_the_other_processes(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    ann = await add_person(site.database, "ann", "agent", number="8101")
    client, path = await site.client("admin"), f"{PEOPLE}/{ann.person_id}"
    await change(site, client, ann, name="Anna")
    await client.post(f"{path}/password")
    await client.post(f"{path}/phone")
    await client.post(f"{path}/unlock")
    await client.delete(f"{path}/sessions")
    told = await facts(site.database, "person.changed.v1")
    assert [fact["person_id"] for fact in told] == [str(ann.person_id)] * 5
