"""Whose things a grant is about: one's own, those of groups, of sites and all below, of the tenant."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.interactions.book import Book
from tests.recordings.archive import archive
from tests.support.organisation import add_group, add_scoped, add_site, grant, join, work_at
from tests.support.web import Site, add_person, add_tenant
from yuelai.identity import repository
from yuelai.identity.grants import principal_of
from yuelai.identity.model import EVERYTHING, OWN, Principal, Reach
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, InteractionId, PersonId, TenantId, new_id

A, B, C = new_id(), new_id(), new_id()
_CALL = "'s call"


async def loaded(database: Database, person: Principal, tenant: TenantId = SAMPLE_TENANT) -> Principal:
    async with database.transaction(None) as conn:
        row = await repository.person_at(conn, person.person_id, tenant)
    assert row is not None
    return principal_of(row)


def test_reaches_add_up_and_can_be_compared() -> None:
    assert Reach(groups=frozenset({A})) | Reach(sites=frozenset({B})) == Reach(False, frozenset({A}), frozenset({B}))
    assert Reach(groups=frozenset({A})) | EVERYTHING == EVERYTHING
    assert EVERYTHING >= Reach(groups=frozenset({A})) >= OWN
    assert not Reach(groups=frozenset({A})) >= Reach(groups=frozenset({B}))
    assert not Reach(groups=frozenset({A})) >= EVERYTHING


def test_a_reach_includes_people_of_its_groups_and_sites() -> None:
    reach = Reach(groups=frozenset({A}), sites=frozenset({B}))
    assert reach.includes([A, C])
    assert reach.includes(site=B)
    assert not reach.includes([C], C)
    assert not reach.includes()
    assert EVERYTHING.includes()
    assert not OWN.includes([A], B)


async def test_a_narrowed_principal_travels_between_processes_unchanged(database: Database) -> None:
    group = await add_group(database, "a")
    leader = await loaded(database, await add_scoped(database, "lee", "leader", "group", group))
    assert leader.reach("interactions.read.all") == Reach(groups=frozenset({group}))
    assert Principal.from_message(leader.to_message()) == leader


async def test_a_group_scope_without_names_is_the_persons_own_groups(database: Database) -> None:
    lee = await add_scoped(database, "lee", "leader", "group")
    assert (await loaded(database, lee)).reach("people.read") == OWN
    group = await add_group(database, "a", lee)
    assert (await loaded(database, lee)).reach("people.read") == Reach(groups=frozenset({group}))


async def test_a_site_scope_holds_all_sites_below_and_none_above_or_beside(database: Database) -> None:
    province = await add_site(database, "zj", "province")
    city, other = await add_site(database, "hz", "city", province), await add_site(database, "nb", "city", province)
    county = await add_site(database, "yh", "county", city)
    named = await loaded(database, await add_scoped(database, "lee", "leader", "site", city))
    assert named.reach("interactions.read.all").sites == {city, county}
    own = await add_scoped(database, "own", "leader", "site")
    await work_at(database, own, province)
    assert (await loaded(database, own)).reach("interactions.read.all").sites == {province, city, other, county}


async def test_several_grants_add_up_permission_by_permission(database: Database) -> None:
    group = await add_group(database, "a")
    lee = await add_scoped(database, "lee", "leader", "group", group)
    await grant(database, lee, "qa", "tenant")
    held = await loaded(database, lee)
    assert held.reach("interactions.read.all") == EVERYTHING
    assert held.reach("people.read") == Reach(groups=frozenset({group}))
    assert held.reach("tenants.write") == OWN


async def test_a_role_of_the_tenants_own_counts_with_what_is_still_known(database: Database) -> None:
    async with database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO roles (tenant_id, code, name, permissions) VALUES ($1, 'desk', 'Desk', $2)",
            SAMPLE_TENANT,
            ["customers.read", "no.longer.known"],
        )
    held = await loaded(database, await add_scoped(database, "lee", "desk", "tenant"))
    assert held.permissions == {"customers.read"}


async def test_what_concerns_the_installation_counts_only_at_the_operators_tenant(database: Database) -> None:
    other = await add_tenant(database, "east")
    ann = await add_person(database, "ann", "admin")
    await grant(database, ann, "admin", "tenant", tenant=other)
    at_home, there = await loaded(database, ann), await loaded(database, ann, other)
    assert at_home.operator
    assert at_home.may("tenants.write")
    assert at_home.may("system.read")
    assert not there.operator
    assert there.permissions == {
        permission
        for permission in at_home.permissions
        if not permission.startswith(("tenants.", "system.", "telephony."))
    }


async def test_a_closed_tenant_gives_no_rights(database: Database) -> None:
    other = await add_tenant(database, "east")
    ann = await add_person(database, "ann", "agent", tenant=other)
    async with database.transaction(None) as conn:
        await conn.execute("UPDATE tenants SET active = false WHERE id = $1", other)
    assert (await loaded(database, ann, other)).permissions == frozenset()


@pytest.fixture
async def two_groups(site: Site) -> dict[str, UUID]:
    """Ann in group a at 余杭 below 杭州, bob in group b at 宁波, each with a call served; cat in none."""
    database, ids = site.database, {}
    hangzhou, ningbo = await add_site(database, "hz", "city"), await add_site(database, "nb", "city")
    yuhang = await add_site(database, "yh", "county", hangzhou)
    for name, group, place in (("ann", "a", yuhang), ("bob", "b", ningbo), ("cat", None, None)):
        person = await add_person(database, name, "agent")
        ids[name] = person.person_id
        if group is not None:
            ids[group] = await add_group(database, group, person)
            assert place is not None
            await work_at(database, person, place)
        book = Book()
        ids[f"{name}'s call"] = (await book.served(person.person_id, new_id())).interaction.id
        await book.project(database)
    return {**ids, "hangzhou": hangzhou, "ningbo": ningbo}


async def seen(site: Site, username: str, ids: dict[str, UUID]) -> dict[str, set[str]]:
    """Return what somebody lists and can open: calls and people, by name."""
    names = {str(id_): name for name, id_ in ids.items()}
    client = await site.client(username)
    calls = {item["id"] for item in (await client.get("/api/v1/interactions")).json()["items"]}
    opened = {
        str(ids[f"{name}'s call"])
        for name in ("ann", "bob", "cat")
        if (await client.get(f"/api/v1/interactions/{ids[name + _CALL]}")).status_code == 200
    }
    assert calls == opened
    people = {item["id"] for item in (await client.get("/api/v1/people")).json()["items"]}
    for name in ("ann", "bob", "cat"):
        status = (await client.get(f"/api/v1/people/{ids[name]}")).status_code
        assert status == (200 if str(ids[name]) in people else 404)
    return {
        "calls": {names[id_].removesuffix("'s call") for id_ in calls},
        "people": {names[id_] for id_ in people if id_ in names},
    }


async def test_a_leader_of_one_group_neither_lists_nor_reads_what_is_another_groups(
    site: Site, two_groups: dict[str, UUID]
) -> None:
    await add_scoped(site.database, "lee", "leader", "group", two_groups["a"])
    assert await seen(site, "lee", two_groups) == {"calls": {"ann"}, "people": {"ann"}}


async def test_a_leader_of_ones_own_groups_sees_themselves_and_those(site: Site, two_groups: dict[str, UUID]) -> None:
    lee = await add_scoped(site.database, "lee", "leader", "group")
    await join(site.database, lee, two_groups["b"])
    assert await seen(site, "lee", {**two_groups, "lee": lee.person_id}) == {"calls": {"bob"}, "people": {"bob", "lee"}}


async def test_a_leader_of_a_city_sees_its_counties_and_no_other_city(site: Site, two_groups: dict[str, UUID]) -> None:
    await add_scoped(site.database, "lee", "leader", "site", two_groups["hangzhou"])
    assert await seen(site, "lee", two_groups) == {"calls": {"ann"}, "people": {"ann"}}


async def test_a_leader_of_nobody_sees_nobody(site: Site, two_groups: dict[str, UUID]) -> None:
    await add_scoped(site.database, "lee", "leader", "own")
    assert await seen(site, "lee", two_groups) == {"calls": set(), "people": set()}


async def test_a_leader_of_the_tenant_sees_everybody(site: Site, two_groups: dict[str, UUID]) -> None:
    await add_scoped(site.database, "lee", "leader", "tenant")
    everybody = {"ann", "bob", "cat"}
    assert await seen(site, "lee", two_groups) == {"calls": everybody, "people": everybody}


async def test_recordings_are_heard_within_the_same_reach(site: Site, two_groups: dict[str, UUID]) -> None:
    await add_scoped(site.database, "lee", "leader", "group", two_groups["a"])
    async with archive(site.database, site.settings.folder) as core, await site.client("lee") as lee:
        for name, status in (("ann", 200), ("bob", 404), ("cat", 404)):
            recording = await core.start(InteractionId(two_groups[f"{name}'s call"]))
            await core.recordings.stop(recording)
            await core.settled()
            answer = await lee.get(f"/api/v1/recordings/{recording}/audio")
            assert answer.status_code == status, name


async def test_a_customers_history_names_the_contact_but_not_the_recording_of_another_group(
    site: Site, two_groups: dict[str, UUID]
) -> None:
    from yuelai.interactions.service import contact_history

    lee = await loaded(site.database, await add_scoped(site.database, "lee", "leader", "group", two_groups["a"]))
    customer = new_id()
    async with archive(site.database, site.settings.folder) as core:
        for name in ("ann", "bob"):
            recording = await core.start(InteractionId(two_groups[f"{name}'s call"]))
            await core.recordings.stop(recording)
        await core.settled()
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute("UPDATE interactions SET customer_id = $1", customer)
        contacts = await contact_history(conn, lee, [customer])
    names = {PersonId(two_groups[name]): name for name in ("ann", "bob", "cat")}
    assert {names[item["agent"]["id"]]: len(item["recordings"]) for item in contacts} == {"ann": 1, "bob": 0, "cat": 0}
