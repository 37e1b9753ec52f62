"""People over HTTP: the list, one person, making, changing and inviting them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.organisation import add_group, add_site, facts, grant, join, trail, work_at
from tests.support.web import PASSWORD, Site, add_person, add_tenant
from yuelai.identity.credentials import PostgresCredentialStore, ha1
from yuelai.platform.ids import SAMPLE_TENANT, new_id

PEOPLE = "/api/v1/people"


@pytest.fixture
async def admin(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    await add_person(site.database, "admin", "admin")
    async with await site.client("admin") as client:
        yield client


async def add_skill(site: Site, code: str) -> UUID:
    id_ = new_id()
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO skills (id, tenant_id, code, name) VALUES ($1, $2, $3, $3)", id_, SAMPLE_TENANT, code
        )
    return id_


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(PEOPLE, params=query)
    assert answer.status_code == 200, answer.text
    return [item["username"] for item in answer.json()["items"]]


async def test_a_person_is_made_with_everything_and_passwords_are_told_once(
    site: Site, admin: httpx.AsyncClient
) -> None:
    place, group = await add_site(site.database, "hz", "city"), await add_group(site.database, "a")
    skill = await add_skill(site, "fault")
    answer = await admin.post(
        PEOPLE,
        json={
            "username": " Ann.Lee ",
            "name": "李安",
            "number": "8123",
            "email": "ann@example.com",
            "site_id": str(place),
            "groups": [str(group)],
            "grants": [{"role": "agent"}, {"role": "leader", "scope": {"kind": "group", "ids": [str(group)]}}],
            "skills": [{"skill_id": str(skill), "level": 4}],
        },
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["username"], made["name"], made["number"], made["email"]) == (
        "ann.lee", "李安", "8123", "ann@example.com",
    )  # fmt: skip
    assert (made["active"], made["locked"], made["grants_elsewhere"], made["totp"]) == (True, False, 0, False)
    assert made["site"] == {"id": str(place), "name": "hz"}
    assert made["groups"] == [{"id": str(group), "name": "a"}]
    assert made["skills"] == [{"id": str(skill), "code": "fault", "name": "fault", "level": 4}]
    assert {item["role"]: (item["role_name"], item["scope"]) for item in made["grants"]} == {
        "agent": ("座席", {"kind": "tenant", "ids": []}),
        "leader": ("班组长", {"kind": "group", "ids": [str(group)]}),
    }
    page = (await admin.get(f"{PEOPLE}/{made['id']}")).json()
    assert "initial_password" not in page
    assert page["version"] == made["version"]

    opened = await site.http.post("/api/v1/session", json={"username": "ann.lee", "password": made["initial_password"]})
    assert opened.status_code == 200
    found = await PostgresCredentialStore(site.database).credential("8123")
    assert found is not None
    assert found.ha1_md5 == ha1("8123", made["phone_password"])[0]
    assert ("person.created", f"person/{made['id']}") in await trail(site.database)
    assert [fact["person_id"] for fact in await facts(site.database, "person.changed.v1")] == [made["id"]]


async def test_the_first_password_must_be_changed(site: Site, admin: httpx.AsyncClient) -> None:
    made = (await admin.post(PEOPLE, json={"username": "ann", "name": "Ann", "grants": [{"role": "agent"}]})).json()
    async with site.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT must_change_password FROM people WHERE id = $1", UUID(made["id"]))
    assert made["phone_password"] is None


async def test_personal_data_stay_out_of_trail_and_facts(site: Site, admin: httpx.AsyncClient) -> None:
    body = {"username": "ann", "name": "李安安", "email": "ann@example.com", "grants": [{"role": "agent"}]}
    made = (await admin.post(PEOPLE, json=body)).json()
    await admin.patch(f"{PEOPLE}/{made['id']}", json={"version": made["version"], "name": "李平平"})
    async with site.database.transaction(None) as conn:
        for table in ("audit", "outbox"):
            text = await conn.fetchval(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            for secret in ("李安安", "李平平", "ann@", made["initial_password"]):
                assert secret not in text


@pytest.mark.parametrize(
    ("field", "value", "code"), [("username", "agent01", "username_taken"), ("number", "8001", "number_taken")]
)
async def test_a_name_or_number_that_somebody_has_is_refused_by_name(
    site: Site, admin: httpx.AsyncClient, field: str, value: str, code: str
) -> None:
    await add_person(site.database, "agent01", "agent", number="8001")
    made = (await admin.post(PEOPLE, json={"username": "ann", "name": "Ann", "grants": [{"role": "agent"}]})).json()
    body = {"username": "bob", "name": "Bob", "grants": [{"role": "agent"}], field: value}
    for answer in (
        await admin.post(PEOPLE, json=body),
        await admin.patch(f"{PEOPLE}/{made['id']}", json={"version": made["version"], field: value}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, code)


IMPOSSIBLE: list[dict[str, Any]] = [
    {"username": "a b"},
    {"username": "x"},
    {"name": " "},
    {"name": "a\u0000b"},
    {"number": "12a"},
    {"email": "nowhere"},
    {"grants": []},
    {"grants": [{"role": "agent"}, {"role": "agent"}]},
    {"grants": [{"role": "agent", "scope": {"kind": "planet"}}]},
    {"grants": [{"role": "agent", "scope": {"kind": "own", "ids": [str(new_id())]}}]},
    {"skills": [{"skill_id": str(new_id()), "level": 6}]},
    {"password": "mine"},
]
NOT_THERE: list[dict[str, Any]] = [
    {"site_id": str(new_id())},
    {"groups": [str(new_id())]},
    {"skills": [{"skill_id": str(new_id()), "level": 3}]},
    {"grants": [{"role": "conjurer"}]},
    {"grants": [{"role": "leader", "scope": {"kind": "group", "ids": [str(new_id())]}}]},
    {"grants": [{"role": "leader", "scope": {"kind": "site", "ids": [str(new_id())]}}]},
]


async def test_what_cannot_be_or_is_not_there_is_refused(site: Site, admin: httpx.AsyncClient) -> None:
    for code, changes in (("invalid_request", IMPOSSIBLE), ("unknown_reference", NOT_THERE)):
        for change in changes:
            body = {"username": "ann", "name": "Ann", "grants": [{"role": "agent"}], **change}
            answer = await admin.post(PEOPLE, json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, code), change
    assert await listed(admin) == ["admin"]


async def test_a_change_changes_what_was_sent_and_nothing_else(site: Site, admin: httpx.AsyncClient) -> None:
    group = await add_group(site.database, "a")
    body = {"username": "ann", "name": "Ann", "email": "a@b", "groups": [str(group)], "grants": [{"role": "agent"}]}
    made = (await admin.post(PEOPLE, json=body)).json()
    path = f"{PEOPLE}/{made['id']}"
    changed = (await admin.patch(path, json={"version": made["version"], "name": "Anna", "email": None})).json()
    same = {"username", "groups", "grants", "skills", "active", "number"}
    assert {name: changed[name] for name in same} == {name: made[name] for name in same}
    assert (changed["name"], changed["email"], changed["version"]) == ("Anna", None, made["version"] + 1)
    late = await admin.patch(path, json={"version": made["version"], "name": "Annette"})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert late.json()["version"] == changed["version"]
    assert (await admin.get(path)).json()["name"] == "Anna"


async def test_a_new_number_brings_a_new_phone_and_the_old_one_is_gone(site: Site, admin: httpx.AsyncClient) -> None:
    body = {"username": "ann", "name": "Ann", "number": "8101", "grants": [{"role": "agent"}]}
    made = (await admin.post(PEOPLE, json=body)).json()
    path = f"{PEOPLE}/{made['id']}"
    changed = (await admin.patch(path, json={"version": made["version"], "number": "8102"})).json()
    store = PostgresCredentialStore(site.database)
    found = await store.credential("8102")
    assert found is not None
    assert found.ha1_md5 == ha1("8102", changed["phone_password"])[0]
    assert await store.credential("8101") is None
    bare = (await admin.patch(path, json={"version": changed["version"], "number": None})).json()
    assert (bare["number"], bare["phone_password"]) == (None, None)
    assert await PostgresCredentialStore(site.database).credential("8102") is None


async def test_whoever_is_switched_off_is_out_at_once(site: Site, admin: httpx.AsyncClient) -> None:
    ann = await add_person(site.database, "ann", "agent", number="8101")
    client = await site.client("ann")
    await client.get("/api/v1/agents/me/sip")
    path = f"{PEOPLE}/{ann.person_id}"
    await admin.post(f"{path}/phone")
    off = await admin.patch(path, json={"version": 1, "active": False})
    assert off.json()["active"] is False
    assert (await client.get("/api/v1/session")).status_code == 401
    on = await admin.patch(path, json={"version": off.json()["version"], "active": True})
    assert on.json()["active"] is True
    # What was ended stays so, even for somebody who comes back.
    assert (await client.get("/api/v1/session")).status_code == 401
    async with site.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM sip_credentials WHERE person_id = $1", ann.person_id) == 0
    assert await site.sign_in("ann", PASSWORD)


async def test_without_any_grant_somebody_has_left_the_tenant(site: Site, admin: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    ann = await add_person(site.database, "ann", "agent")
    await add_group(site.database, "a", ann)
    await grant(site.database, ann, "agent", "tenant", tenant=east)
    client = await site.client("ann")
    answer = await admin.patch(f"{PEOPLE}/{ann.person_id}", json={"version": 1, "grants": []})
    assert answer.status_code == 200
    assert await listed(admin) == ["admin"]
    assert (await client.get("/api/v1/session")).status_code == 401
    async with site.database.transaction(None) as conn:
        assert await conn.fetchval("SELECT count(*) FROM group_members") == 0
        assert await conn.fetchval("SELECT count(*) FROM grants WHERE person_id = $1", ann.person_id) == 1


async def test_people_are_found_as_one_types(site: Site, admin: httpx.AsyncClient) -> None:
    for username, number in (("wang.fang", "8011"), ("wang.lei", "8012"), ("li_na", "9011")):
        await add_person(site.database, username, "agent", number=number)
    assert await listed(admin, q="wang") == ["wang.fang", "wang.lei"]
    assert await listed(admin, q="WANG lei") == ["wang.lei"]
    assert await listed(admin, q="011") == ["li_na", "wang.fang"]
    assert await listed(admin, q="i_n") == ["li_na"]
    assert await listed(admin, q="w_ng") == []
    assert await listed(admin, q="%") == []
    assert await listed(admin, q="\\") == []
    assert await listed(admin, q="  ") == ["admin", "li_na", "wang.fang", "wang.lei"]


async def test_the_list_is_narrowed_by_role_site_group_skill_and_state(site: Site, admin: httpx.AsyncClient) -> None:
    ann, bob = [await add_person(site.database, name, "agent") for name in ("ann", "bob")]
    hangzhou = await add_site(site.database, "hz", "city")
    yuhang = await add_site(site.database, "yh", "county", hangzhou)
    await work_at(site.database, ann, yuhang)
    group, skill = await add_group(site.database, "a", bob), await add_skill(site, "fault")
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute("INSERT INTO person_skills VALUES ($1, $2, $3, 2)", SAMPLE_TENANT, ann.person_id, skill)
        await conn.execute("UPDATE people SET active = false WHERE username = 'bob'")
    assert await listed(admin, role="agent") == ["ann", "bob"]
    assert await listed(admin, site=str(hangzhou)) == ["ann"]
    assert await listed(admin, group=str(group)) == ["bob"]
    assert await listed(admin, skill=str(skill)) == ["ann"]
    assert await listed(admin, active=False) == ["bob"]
    assert await listed(admin, active=True, role="agent") == ["ann"]


async def test_the_list_comes_in_pages_that_leave_nobody_out(site: Site, admin: httpx.AsyncClient) -> None:
    wanted = ["admin", *(f"p{n}" for n in range(7))]
    for name in wanted[1:]:
        await add_person(site.database, name, "agent")
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(5):
        page = (await admin.get(PEOPLE, params={"limit": 3, **({"cursor": cursor} if cursor else {})})).json()
        seen += [item["username"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == wanted
    assert (await admin.get(PEOPLE, params={"cursor": "x"})).json()["code"] == "bad_cursor"


async def test_somebody_known_elsewhere_is_invited_by_user_name(site: Site, admin: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    ann = await add_person(site.database, "ann", "agent", tenant=east)
    assert await listed(admin) == ["admin"]
    body = {"username": "ANN", "grants": [{"role": "agent"}]}
    answer = await admin.post(f"{PEOPLE}/invite", json=body)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["id"], answer.json()["grants_elsewhere"]) == (str(ann.person_id), 1)
    assert [item["role"] for item in answer.json()["grants"]] == ["agent"]
    assert await listed(admin) == ["admin", "ann"]
    again = await admin.post(f"{PEOPLE}/invite", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "already_here")
    nobody = await admin.post(f"{PEOPLE}/invite", json={**body, "username": "nobody"})
    assert nobody.status_code == 404


async def test_one_tenant_sees_nothing_of_what_somebody_is_at_another(site: Site, admin: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    ann = await add_person(site.database, "ann", "agent")
    await grant(site.database, ann, "leader", "tenant", tenant=east)
    secret = await add_group(site.database, "secret", tenant=east)
    await join(site.database, ann, secret, east)
    page = (await admin.get(f"{PEOPLE}/{ann.person_id}")).json()
    assert [item["role"] for item in page["grants"]] == ["agent"]
    assert (page["groups"], page["grants_elsewhere"]) == ([], 1)
    await add_person(site.database, "theirs", "agent", tenant=east)
    assert await listed(admin) == ["admin", "ann"]
    assert await listed(admin, group=str(secret)) == []


async def test_one_who_is_nobodys_shows_at_the_operators_tenant_only(site: Site, admin: httpx.AsyncClient) -> None:
    east = await add_tenant(site.database, "east")
    await add_person(site.database, "left")
    await add_person(site.database, "chief", "admin", tenant=east)
    assert await listed(admin) == ["admin", "left"]
    assert await listed(await site.client("chief")) == ["chief"]


async def test_the_operator_reaches_by_id_whom_only_a_client_employs_and_the_client_nobody_elses(
    site: Site, admin: httpx.AsyncClient
) -> None:
    east = await add_tenant(site.database, "east")
    theirs = await add_person(site.database, "theirs", "agent", tenant=east)
    ours = await add_person(site.database, "ours", "agent")
    await add_person(site.database, "chief", "admin", tenant=east)
    chief = await site.client("chief")
    for method, body in (("GET", None), ("PATCH", {"version": 1, "name": "Mine"})):
        answer = await chief.request(method, f"{PEOPLE}/{ours.person_id}", json=body)
        assert answer.status_code == 404
    page = (await admin.get(f"{PEOPLE}/{theirs.person_id}")).json()
    assert (page["grants"], page["grants_elsewhere"]) == ([], 1)
    renamed = await admin.patch(f"{PEOPLE}/{theirs.person_id}", json={"version": 1, "name": "Renamed"})
    assert renamed.json()["name"] == "Renamed"
