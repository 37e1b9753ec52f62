import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.customers.people import ID_NUMBER, add, clerk, vault
from tests.interactions.book import Book, card
from tests.support.web import Site, add_person
from yuelai.customers import service as customers
from yuelai.customers.events import CustomerMerged, CustomerSplit
from yuelai.customers.merging import service
from yuelai.customers.parts import consents, identities
from yuelai.platform.bus import Bus
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.outbox import Relay

API = "/api/v1/customers"


@pytest.fixture
async def client(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "leader01", "leader", number="8100")
    return await site.client("leader01")


async def make(client: httpx.AsyncClient, name: str, *phones: str, **more: Any) -> str:
    answer = await client.post(API, json={"name": name, "phones": phones, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def merge(client: httpx.AsyncClient, keep: str, drop: str, **fields: str) -> str:
    answer = await client.post(f"{API}/merge", json={"keep": keep, "drop": drop, "fields": fields})
    assert answer.status_code == 200, answer.text
    assert answer.json()["customer_id"] == keep
    return str(answer.json()["merge_id"])


async def split(client: httpx.AsyncClient, merge_id: str) -> httpx.Response:
    return await client.post(f"{API}/merges/{merge_id}/split")


async def record(client: httpx.AsyncClient, id_: str) -> dict[str, Any]:
    answer = await client.get(f"{API}/{id_}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_old_id_answers_as_the_kept_one_with_what_both_had(client: httpx.AsyncClient) -> None:
    keep = await make(client, "王芳", "13800000001", tags=["老客户"], address="浙江省杭州市西湖区文三路 1 号")
    drop = await make(client, "王小芳", "13800000002", gender="female", tags=["投诉过"], warnings=["慎重"])
    merge_id = await merge(client, keep, drop)
    one = await record(client, keep)
    assert await record(client, drop) == one
    assert (one["id"], one["name"], one["gender"], one["version"]) == (keep, "王芳", "female", 2)
    assert one["tags"] == ["投诉过", "老客户"]
    assert one["warnings"] == ["慎重"]
    assert [each["value"] for each in one["identities"]] == ["+8613800000001", "+8613800000002"]
    assert [each["merge_id"] for each in one["merged"]] == [merge_id]
    for phone in ("13800000001", "13800000002"):
        (found,) = (await client.get(API, params={"phone": phone})).json()["items"]
        assert found["id"] == keep
        assert found["phones"] == ["13800000001", "13800000002"]
    assert (await client.get(f"{API}/{drop}/overview")).json()["card"]["id"] == keep
    (by_old_name,) = (await client.get(API, params={"q": "王小芳"})).json()["items"]
    assert by_old_name["id"] == keep
    everybody = (await client.get(API)).json()["items"]
    assert [each["id"] for each in everybody] == [keep]


async def test_a_split_gives_each_what_was_theirs_and_leaves_what_came_since(client: httpx.AsyncClient) -> None:
    keep = await make(client, "王芳", "13800000001", "13800000003")
    drop = await make(client, "王小芳", "13800000002", "13800000003", gender="female")
    before = await record(client, keep), await record(client, drop)
    merge_id = await merge(client, keep, drop, name="drop")
    assert (await record(client, keep))["name"] == "王小芳"
    # Given while they were one: to the kept one.
    await client.post(f"{API}/{drop}/identities", json={"kind": "email", "value": "w@example.com"})
    answer = await split(client, merge_id)
    assert answer.json() == {"keep_id": keep, "drop_id": drop}
    ours, theirs = await record(client, keep), await record(client, drop)
    same = ("name", "gender", "class", "tags", "warnings", "custom", "no")
    for after, was in ((ours, before[0]), (theirs, before[1])):
        assert {name: after[name] for name in same} == {name: was[name] for name in same}
    assert theirs["identities"] == before[1]["identities"]
    assert [each["value"] for each in ours["identities"]] == [
        "+8613800000001", "+8613800000003", "w@example.com",
    ]  # fmt: skip
    again = await split(client, merge_id)
    assert (again.status_code, again.json()["code"]) == (409, "already_split")
    assert [line["action"] for line in (await client.get(f"{API}/{drop}/history")).json()["items"]] == [
        "split", "merged_into", "created",
    ]  # fmt: skip


async def test_what_was_taken_over_and_changed_since_is_not_taken_back(client: httpx.AsyncClient) -> None:
    keep, drop = await make(client, "王芳", "13800000001"), await make(client, "王小芳", "13800000002", gender="female")
    merge_id = await merge(client, keep, drop, name="drop")
    await client.patch(f"{API}/{keep}", json={"version": 2, "name": "王芳芳"})
    await split(client, merge_id)
    assert {name: (await record(client, keep))[name] for name in ("name", "gender")} == {
        "name": "王芳芳", "gender": None,
    }  # fmt: skip


async def test_a_chain_of_merges_resolves_and_comes_apart_in_any_order(client: httpx.AsyncClient) -> None:
    a, b, c = [await make(client, name, f"1380000000{n}") for n, name in enumerate("甲乙丙", start=1)]
    first, second = await merge(client, b, a), await merge(client, c, b)
    for id_ in (a, b, c):
        assert (await record(client, id_))["id"] == c
    assert len((await record(client, a))["identities"]) == 3
    await split(client, first)  # out of the middle of the chain
    assert [(await record(client, id_))["id"] for id_ in (a, b, c)] == [a, c, c]
    await split(client, second)
    assert [(await record(client, id_))["id"] for id_ in (a, b, c)] == [a, b, c]


async def test_the_identity_number_goes_over_sealed_anew_and_back_again(site: Site, client: httpx.AsyncClient) -> None:
    keep = await make(client, "王芳", "13800000001")
    drop = await make(client, "王芳", "13800000002", id_number=ID_NUMBER)
    merge_id = await merge(client, keep, drop)
    revealed = await client.post(f"{API}/{keep}/reveal", json={"fields": ["id_number"], "reason": "核身"})
    assert revealed.json() == {"values": {"id_number": ID_NUMBER}}
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        stored = await conn.fetchval("SELECT taken::text FROM customer_merges")
    assert ID_NUMBER not in stored
    await split(client, merge_id)
    assert (await record(client, keep))["id_number_masked"] is None
    assert (await record(client, drop))["id_number_masked"] == "110***********002X"


async def test_what_cannot_be_merged_is_refused(client: httpx.AsyncClient) -> None:
    a, b, c = [await make(client, name, f"1380000000{n}") for n, name in enumerate("甲乙丙", start=1)]
    merge_id = await merge(client, a, b)

    async def refusal(keep: str, drop: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        answer = await client.post(f"{API}/merge", json={"keep": keep, "drop": drop, "fields": fields or {}})
        return answer.status_code, answer.json()["code"]

    assert await refusal(a, a) == (422, "merge_into_itself")
    assert await refusal(c, b) == await refusal(b, c) == (409, "already_merged")
    assert await refusal(a, b) == (409, "already_merged")
    assert await refusal(a, str(new_id())) == (404, "unknown_customer")
    assert await refusal(a, c, {"version": "drop"}) == (422, "not_a_field")
    assert await refusal(a, c, {"name": "both"}) == (422, "invalid_request")
    assert (await split(client, str(new_id()))).json()["code"] == "unknown_merge"
    assert (await split(client, merge_id)).status_code == 200


async def test_the_list_of_merges_shows_who_did_what(client: httpx.AsyncClient) -> None:
    a, b, c = [await make(client, name, f"1380000000{n}") for n, name in enumerate("甲乙丙", start=1)]
    first, second = await merge(client, a, b), await merge(client, a, c)
    await split(client, first)
    page = (await client.get(f"{API}/merges", params={"limit": 1})).json()
    (newest,) = page["items"]
    assert (newest["id"], newest["kept"]["name"], newest["dropped"]["name"]) == (second, "甲", "丙")
    assert (newest["person"]["number"], newest["split_at"]) == ("8100", None)
    rest = (await client.get(f"{API}/merges", params={"cursor": page["next_cursor"]})).json()
    assert [(each["id"], each["split_at"] is not None) for each in rest["items"]] == [(first, True)]


async def test_relations_consents_and_accounts_are_those_of_all_who_were_merged(
    database: Database, tmp_path: Path
) -> None:
    principal, keys = await clerk(database), vault(tmp_path)
    async with database.transaction(SAMPLE_TENANT) as conn:
        keep, drop = [await add(conn, name, f"1380000000{n}") for n, name in enumerate("甲乙")]
        for n, id_ in enumerate((keep, drop)):
            await conn.execute(
                "INSERT INTO accounts (id, tenant_id, customer_id, no, kind, balance_minor) "
                "VALUES ($1, $2, $3, $4, 'prepaid', $5)",
                new_id(), SAMPLE_TENANT, id_, f"A{n}", 100 * (n + 1),
            )  # fmt: skip
        said = {"channel": "phone", "purpose": "marketing", "source": "call"}
        await consents.put(conn, principal, keep, allowed=True, **said)
        await consents.put(conn, principal, drop, allowed=False, **said)
        merge_id = await service.merge(conn, principal, keep, drop, {}, keys)
        assert await consents.may_contact(conn, SAMPLE_TENANT, keep, "phone", "marketing") is False
        balance = await customers.balance(conn, drop)
        assert balance is not None
        assert balance.minor == 300
        overview = await customers.overview(conn, SAMPLE_TENANT, drop)
        assert [account["no"] for account in overview["accounts"]] == ["A0", "A1"]
        assert overview["ids"] == [keep, drop]
        await service.split(conn, principal, merge_id)
        assert await consents.may_contact(conn, SAMPLE_TENANT, keep, "phone", "marketing") is True
        assert await consents.may_contact(conn, SAMPLE_TENANT, drop, "phone", "marketing") is False


async def test_contacts_before_and_after_are_the_survivors(site: Site, client: httpx.AsyncClient) -> None:
    keep, drop = await make(client, "王芳", "13800000001"), await make(client, "王小芳", "13800000002")
    book = Book()
    before = await book.begin()
    await before.identified("one", [card(UUID(drop))])
    several = await book.begin()
    await several.identified("several", [card(UUID(drop)), card(UUID(keep))])
    merge_id = await merge(client, keep, drop)
    after = await book.begin()
    await after.identified("one", [card(UUID(keep))])
    await book.project(site.database)
    contacts = (await client.get(f"{API}/{drop}/overview")).json()["contacts"]
    assert [each["customer"]["id"] for each in contacts] == [keep, keep]
    page = (await client.get(f"/api/v1/interactions/{before.interaction.id}")).json()
    assert (page["customer"]["name"], page["card"]["id"]) == ("王芳", keep)
    choice = (await client.get(f"/api/v1/interactions/{several.interaction.id}")).json()
    assert [each["id"] for each in choice["candidates"]] == [keep]
    await split(client, merge_id)
    ours = (await client.get(f"{API}/{keep}/overview")).json()["contacts"]
    theirs = (await client.get(f"{API}/{drop}/overview")).json()["contacts"]
    assert [each["id"] for each in ours] == [str(after.interaction.id)]
    assert [each["id"] for each in theirs] == [str(before.interaction.id)]


async def test_merges_and_splits_are_facts(database: Database, tmp_path: Path) -> None:
    principal, keys = await clerk(database), vault(tmp_path)
    heard: list[tuple[str, UUID, UUID]] = []
    bus = Bus()
    bus.subscribe(CustomerMerged, lambda fact: heard.append(("merged", fact.customer_id, fact.into_id)))
    bus.subscribe(CustomerSplit, lambda fact: heard.append(("split", fact.customer_id, fact.from_id)))
    async with database.transaction(SAMPLE_TENANT) as conn:
        a, b = await add(conn, "甲", "13800000001"), await add(conn, "乙", "13800000002")
        merge_id = await service.merge(conn, principal, a, b, {}, keys)
        await service.split(conn, principal, merge_id)
    await Relay(database, bus).relay()
    assert heard == [("merged", b, a), ("split", b, a)]


async def test_merges_at_the_same_instant_leave_one_whole_tree(database: Database, tmp_path: Path) -> None:
    principal, keys = await clerk(database), vault(tmp_path)
    async with database.transaction(SAMPLE_TENANT) as conn:
        ids = [await add(conn, f"客户{n}", f"1380000{n:04d}") for n in range(6)]

    async def attempt(keep: UUID, drop: UUID) -> UUID | None:
        try:
            async with database.transaction(SAMPLE_TENANT) as conn:
                return await service.merge(conn, principal, keep, drop, {}, keys)
        except Refusal:
            return None

    # Everybody into everybody, both ways round, all at once: no deadlock, and no circle.
    done = await asyncio.gather(*(attempt(a, b) for a in ids for b in ids if a != b))
    assert sum(each is not None for each in done) == len(ids) - 1
    async with database.transaction(SAMPLE_TENANT) as conn:
        roots = await conn.fetch("SELECT id FROM customers WHERE merged_into IS NULL")
        (root,) = [row["id"] for row in roots]
        assert {
            row["merged_into"] for row in await conn.fetch("SELECT merged_into FROM customers WHERE id <> $1", root)
        } == {root}

    async def undo(merge_id: UUID) -> int:
        try:
            async with database.transaction(SAMPLE_TENANT) as conn:
                await service.split(conn, principal, merge_id)
        except Refusal:
            return 0
        return 1

    merges = [each for each in done if each is not None]
    assert sum(await asyncio.gather(*(undo(each) for each in (*merges, *merges)))) == len(merges)
    async with database.transaction(SAMPLE_TENANT) as conn:
        assert await conn.fetchval("SELECT count(*) FROM customers WHERE merged_into IS NOT NULL") == 0


async def test_what_is_given_while_they_are_merged_is_never_lost(database: Database, tmp_path: Path) -> None:
    principal, keys = await clerk(database), vault(tmp_path)
    async with database.transaction(SAMPLE_TENANT) as conn:
        ids = [await add(conn, f"客户{n}", f"1380000{n:04d}") for n in range(4)]

    async def give(id_: UUID, n: int) -> None:
        async with database.transaction(SAMPLE_TENANT) as conn:
            await identities.add(conn, principal, id_, kind="phone", value=f"1390000{n:04d}")

    async def join(keep: UUID, drop: UUID) -> None:
        async with database.transaction(SAMPLE_TENANT) as conn:
            await service.merge(conn, principal, keep, drop, {}, keys)

    # Into the first one, one after the other, while everybody is given numbers by whatever id they were known under.
    gifts = [give(ids[n % 4], n) for n in range(24)]
    await asyncio.gather(*gifts[:12], *(join(ids[0], each) for each in ids[1:]), *gifts[12:])
    async with database.transaction(SAMPLE_TENANT) as conn:
        card = await customers.card(conn, SAMPLE_TENANT, ids[3])
    assert len(card["phones"]) == 4 + 24
    # From now on whatever is given to any of them is the kept one's.
    await asyncio.gather(*(give(id_, 100 + n) for n, id_ in enumerate(ids)))
    async with database.transaction(SAMPLE_TENANT) as conn:
        late = await conn.fetch("SELECT customer_id FROM customer_identities WHERE value >= '+8613900000100'")
    assert [row["customer_id"] for row in late] == [ids[0]] * 4


async def test_duplicates_come_with_their_reasons_the_surest_first(client: httpx.AsyncClient) -> None:
    me = await make(client, "王芳", "13800000001", emails=["w@example.com"], birth_year=1986)
    await make(client, "赵六", "13800000009", birth_year=1986)
    shares = await make(client, "李强", "13800000001")
    namesake = await make(client, "王芳", "13800000005", birth_year=1986)
    twin = await make(client, "王芳", "13800000001", emails=["W@Example.com"], birth_year=1986)
    found = (await client.get(f"{API}/{me}/duplicates")).json()["items"]
    assert [(each["card"]["id"], each["score"], each["reasons"]) for each in found] == [
        (twin, 100, ["same_email", "same_phone", "same_name_birth"]),
        (shares, 50, ["same_phone"]),
        (namesake, 40, ["same_name_birth"]),
    ]
    await merge(client, shares, twin)
    merged = (await client.get(f"{API}/{me}/duplicates")).json()["items"]
    assert merged[0]["card"]["id"] == shares
    await merge(client, me, shares)
    assert [each["card"]["id"] for each in (await client.get(f"{API}/{me}/duplicates")).json()["items"]] == [namesake]


async def test_only_who_may_merge_does(site: Site, client: httpx.AsyncClient) -> None:
    a, b = await make(client, "甲", "13800000001"), await make(client, "乙", "13800000002")
    await add_person(site.database, "agent01", "agent")
    agent = await site.client("agent01")
    assert (await agent.post(f"{API}/merge", json={"keep": a, "drop": b})).status_code == 403
    assert (await agent.get(f"{API}/merges")).status_code == 403
    assert (await split(agent, str(new_id()))).status_code == 403
