"""Roundabout ways to more rights than one was given; each ends at a refusal."""

from __future__ import annotations

from uuid import UUID

import httpx

from tests.support.organisation import add_group, add_scoped, add_site, grant
from tests.support.web import PASSWORD, Site, add_person, add_tenant
from yuelai.identity.credentials import PostgresCredentialStore
from yuelai.platform.ids import SAMPLE_TENANT

PEOPLE = "/api/v1/people"


async def add_role(site: Site, code: str, *permissions: str) -> None:
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO roles (tenant_id, code, name, permissions) VALUES ($1, $2, $2, $3)",
            SAMPLE_TENANT,
            code,
            list(permissions),
        )


def refusal(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, None if answer.status_code < 300 else answer.json()["code"]


async def test_a_token_gets_no_password_of_its_maker(site: Site) -> None:
    maker = await add_person(site.database, "admin", "admin", number="8000")
    admin = await site.client("admin")
    body = {"name": "personnel", "permissions": ["people.read", "people.write"]}
    token = (await admin.post("/api/v1/tokens", json=body)).json()["token"]
    bearing = httpx.AsyncClient(base_url=str(site.http.base_url), headers={"Authorization": f"Bearer {token}"})
    for method, path in (("POST", "password"), ("POST", "phone"), ("DELETE", "totp"), ("DELETE", "sessions")):
        answer = await bearing.request(method, f"{PEOPLE}/{maker.person_id}/{path}")
        assert refusal(answer) == (403, "outranked"), path
    assert await site.sign_in("admin", PASSWORD)
    assert (await admin.post(f"{PEOPLE}/{maker.person_id}/phone")).status_code == 200


async def test_the_operators_personnel_office_takes_no_clients_administrator_over(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    await add_role(site, "personnel", "people.read", "people.write", "queues.read")
    await add_role(site, "little", "queues.read")
    await add_person(site.database, "per", "personnel")
    # Little at the operator's own tenant, everything at the client's.
    chief = await add_person(site.database, "chief", "little")
    await grant(site.database, chief, "admin", "tenant", tenant=east)
    client = await site.client("per")
    assert refusal(await client.post(f"{PEOPLE}/{chief.person_id}/password")) == (403, "known_elsewhere")
    changed = await client.patch(f"{PEOPLE}/{chief.person_id}", json={"version": 1, "email": "per@example.com"})
    assert refusal(changed) == (403, "known_elsewhere")
    await add_person(site.database, "admin", "admin")
    assert (await (await site.client("admin")).post(f"{PEOPLE}/{chief.person_id}/password")).status_code == 200


async def test_a_client_draws_nobody_of_the_operators_or_of_others_to_itself(site: Site) -> None:
    east = await add_tenant(site.database, "east")
    ann = await add_person(site.database, "ann", "agent", number="8101")
    await add_person(site.database, "chief", "admin", tenant=east)
    chief = await site.client("chief")
    for name in ("ann", "nobody"):
        body = {"username": name, "grants": [{"role": "agent"}]}
        # Nor does the answer tell which names there are.
        assert refusal(await chief.post(f"{PEOPLE}/invite", json=body)) == (403, "forbidden"), name
    admin = await add_person(site.database, "admin", "admin")
    await grant(site.database, admin, "admin", "tenant", tenant=east)
    client = await site.client("admin")
    body = {"username": "ann", "grants": [{"role": "agent"}]}
    invited = await client.post(f"{PEOPLE}/invite", json=body, headers={"Yuelai-Tenant": str(east)})
    assert (invited.status_code, invited.json()["id"]) == (201, str(ann.person_id))


async def test_nobody_locks_somebody_out_by_giving_themselves_their_address(site: Site) -> None:
    # Of two people with one address a provider's word lets in neither.
    await add_person(site.database, "boss", "admin")
    await add_person(site.database, "ann", "agent")
    boss, ann = await site.client("boss"), await site.client("ann")
    path = "/api/v1/session/profile"
    assert (await boss.patch(path, json={"email": "Boss@example.com"})).status_code == 200
    assert refusal(await ann.patch(path, json={"email": "boss@EXAMPLE.com"})) == (409, "email_taken")
    assert refusal(await boss.patch(path, json={"email": "boss@example.com"})) == (200, None)
    assert refusal(await ann.patch(path, json={"email": "ann@example.com"})) == (200, None)


async def test_a_role_does_not_carry_a_narrow_right_to_the_whole_tenant(site: Site) -> None:
    group = await add_group(site.database, "a")
    await add_role(site, "clerks", "roles.write", "people.read")
    await add_role(site, "ears", "recordings.listen", "recordings.listen.all")
    person = await add_person(site.database, "rolf", "clerks")
    await grant(site.database, person, "ears", "group", group)
    client = await site.client("rolf")
    wider = ["roles.write", "people.read", "recordings.listen.all"]
    body = {"name": "clerks", "permissions": wider}
    assert refusal(await client.put("/api/v1/roles/clerks", json=body)) == (403, "cannot_grant")
    body["permissions"] = ["roles.write"]
    assert refusal(await client.put("/api/v1/roles/clerks", json=body)) == (200, None)


async def test_no_site_is_moved_below_ones_own_to_reach_it(site: Site) -> None:
    north, south = [await add_site(site.database, code, "province") for code in ("north", "south")]
    town = await add_site(site.database, "town", "city", south)
    await add_role(site, "surveyor", "organisation.write", "people.read", "recordings.listen.all")
    await add_scoped(site.database, "sue", "surveyor", "site", north)
    client = await site.client("sue")

    async def move(below: UUID) -> tuple[int, str | None]:
        return refusal(await client.patch(f"/api/v1/sites/{town}", json={"parent_id": str(below)}))

    assert await move(north) == (403, "cannot_grant")
    assert await move(south) == (200, None)
    await add_person(site.database, "admin", "admin")
    moved = await (await site.client("admin")).patch(f"/api/v1/sites/{town}", json={"parent_id": str(north)})
    assert moved.status_code == 200


async def test_the_desk_phone_of_somebody_who_has_left_registers_no_more(site: Site) -> None:
    await add_person(site.database, "admin", "admin")
    ann = await add_person(site.database, "ann", "agent", number="8101")
    client, credentials = await site.client("admin"), PostgresCredentialStore(site.database)
    assert (await client.post(f"{PEOPLE}/{ann.person_id}/phone")).status_code == 200
    east = await add_tenant(site.database, "east")
    await grant(site.database, ann, "agent", "tenant", tenant=east)
    left = await client.patch(f"{PEOPLE}/{ann.person_id}", json={"version": 1, "grants": []})
    assert left.status_code == 200
    # They work elsewhere still.
    assert await credentials.credential("8101") is not None
    async with site.database.transaction(None) as conn:
        await conn.execute("UPDATE grants SET tenant_id = $2 WHERE person_id = $1", ann.person_id, SAMPLE_TENANT)
    left = await client.patch(f"{PEOPLE}/{ann.person_id}", json={"version": 2, "grants": []})
    assert left.status_code == 200
    assert await PostgresCredentialStore(site.database).credential("8101") is None
