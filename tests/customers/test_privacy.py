import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.customers.people import ID_NUMBER
from tests.interactions.book import Book, card
from tests.support.organisation import add_group, add_scoped
from tests.support.web import Site, add_person
from yuelai.customers.events import CustomerErased
from yuelai.platform.bus import Bus
from yuelai.platform.ids import SAMPLE_TENANT, new_id
from yuelai.platform.outbox import Relay

API = "/api/v1/customers"
STREET = "文三路 138 号翠苑小区"
CARD_NO = "6222020001112223"
SECRETS = ("欧阳修远", "13877776666", "ouyang@example.com", STREET, ID_NUMBER, "wx_ouyang", "秘密备注", "他说的话",
           CARD_NO)  # fmt: skip
"""Everything personal that this customer brings with them."""


@pytest.fixture
async def admin(site: Site) -> httpx.AsyncClient:
    await add_person(site.database, "admin1", "admin")
    return await site.client("admin1")


async def make(client: httpx.AsyncClient, name: str, *phones: str, **more: Any) -> str:
    answer = await client.post(API, json={"name": name, "phones": phones, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def ouyang(client: httpx.AsyncClient) -> str:
    """A customer with something personal wherever there may be something."""
    await client.post(
        "/api/v1/customer-fields", json={"code": "nick", "name": "昵称", "name_en": "Nick", "type": "text"}
    )
    id_ = await make(
        client, "欧阳修远", "13877776666", emails=["ouyang@example.com"], address=f"浙江省杭州市西湖区{STREET}",
        id_number=ID_NUMBER, warnings=["秘密备注"], custom={"nick": "秘密备注"}, birth_year=1980, tags=["老客户"],
    )  # fmt: skip
    await client.post(f"{API}/{id_}/identities", json={"kind": "wechat", "value": "wx_ouyang", "label": "秘密备注"})
    consent = {"channel": "sms", "purpose": "marketing", "allowed": False, "source": "call"}
    await client.put(f"{API}/{id_}/consents", json=consent)
    return id_


async def contact(
    site: Site, ani: str, customer: str | None, *, closed: bool = True, said: str = "他说的话", card_no: str = CARD_NO
) -> str:
    """A contact with a note and what the customer pressed, and its recording; returns the interaction's id."""
    book = Book()
    recorder = await book.begin(ani)
    if customer is not None:
        await recorder.identified("one", [card(UUID(customer))])
    await recorder.note("note", "8001", {}, said)
    await recorder.note("flow", "customer", {"node": "card", "digits": card_no})
    await recorder.note("transfer", "8001", {"kind": "blind", "number": "057188880000"})
    if closed:
        await recorder.ended("customer_hung_up")
        await recorder.closed("solved", said)
    await book.project(site.database)
    file = f"recordings/{recorder.interaction.id}.yrec"
    path = site.settings.folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sound")
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        await conn.execute(
            "INSERT INTO recordings (id, tenant_id, interaction_id, started_at, completed_at, state, duration_ms, "
            "file, wrapped_key, key_version) VALUES ($1, $2, $3, $4, $4, 'complete', 1000, $5, 'key', 1)",
            new_id(), SAMPLE_TENANT, recorder.interaction.id, datetime.now(UTC), file,
        )  # fmt: skip
    return str(recorder.interaction.id)


async def everything(site: Site) -> dict[str, str]:
    """Return every row of every table as text, by table; partitions by themselves."""
    async with site.database.transaction(None) as conn:
        tables = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {
            name: await conn.fetchval(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {name} t")
            for (name,) in tables
        }


async def test_what_is_masked_is_revealed_for_a_reason_that_is_written_down(
    site: Site, admin: httpx.AsyncClient
) -> None:
    id_ = await ouyang(admin)
    record = (await admin.get(f"{API}/{id_}")).json()
    address = f"address:{record['addresses'][0]['id']}"
    answer = await admin.post(f"{API}/{id_}/reveal", json={"fields": ["id_number", address], "reason": "核对身份"})
    assert answer.json() == {"values": {"id_number": ID_NUMBER, address: f"浙江省杭州市西湖区{STREET}"}}
    assert answer.headers["cache-control"] == "no-store"
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        row = await conn.fetchrow("SELECT object, data FROM audit WHERE action = 'customer.revealed'")
    assert row is not None
    assert (row["object"], row["data"]) == (f"customer/{id_}", {"fields": [address, "id_number"], "reason": "核对身份"})
    for fields, reason, code in (
        (["name"], "x", "cannot_reveal"),
        (["address:" + str(new_id())], "x", "unknown_part"),
        (["address:x"], "x", "unknown_part"),
        (["id_number"], "  ", "invalid_request"),
        ([], "x", "invalid_request"),
    ):
        refused = await admin.post(f"{API}/{id_}/reveal", json={"fields": fields, "reason": reason})
        assert refused.json()["code"] == code
    await add_person(site.database, "agent01", "agent")
    agent = await site.client("agent01")
    assert (await agent.post(f"{API}/{id_}/reveal", json={"fields": ["id_number"], "reason": "x"})).status_code == 403


async def test_an_export_holds_everything_of_all_rooms(site: Site, admin: httpx.AsyncClient) -> None:
    id_ = await ouyang(admin)
    interaction = await contact(site, "13877776666", id_)
    await admin.post(f"{API}/{id_}/reveal", json={"fields": ["id_number"], "reason": "核对身份"})
    answer = await admin.get(f"{API}/{id_}/export")
    assert answer.headers["content-disposition"] == f'attachment; filename="customer-{id_}.json"'
    document = answer.json()
    for secret in SECRETS:
        assert secret in json.dumps(document, ensure_ascii=False), secret
    (met,) = document["interactions"]
    assert (met["id"], [line["kind"] for line in met["trail"]]) == (interaction, ["note", "flow", "transfer"])
    (recording,) = document["recordings"]
    assert (recording["interaction_id"], recording["duration_ms"], recording["erased"]) == (interaction, 1000, False)
    audited = {line["action"] for line in document["audit"]}
    assert {"customer.created", "customer.revealed", "customer.exported"} <= audited
    await add_person(site.database, "clerk01", "clerk")
    assert (await (await site.client("clerk01")).get(f"{API}/{id_}/export")).status_code == 403


async def test_after_erasure_nothing_personal_is_in_any_table_and_the_figures_are(
    site: Site, admin: httpx.AsyncClient
) -> None:
    id_ = await ouyang(admin)
    other = await make(admin, "留下的人", "13800000009")
    await admin.post(f"{API}/{id_}/relations", json={"customer_id": other, "kind": "parent"})
    # Merged first, so that there are values taken over, and a second record of the same person.
    alias = await make(admin, "欧阳修远", "13800000008")
    await admin.post(f"{API}/merge", json={"keep": alias, "drop": id_, "fields": {"name": "drop"}})
    await admin.patch(f"{API}/{id_}", json={"version": 2, "warnings": ["秘密备注", "又一条"]})
    interactions = [
        await contact(site, "13877776666", id_),
        await contact(site, "13800000008", alias),
        await contact(site, "13877776666", None),  # nobody has put it to their name, but the number is theirs alone
    ]
    kept = await contact(site, "13800000009", other, said="旁人", card_no="1")
    async with site.database.transaction(None) as conn:
        await conn.execute(
            "INSERT INTO journal_parked (owner, seq, entry_id, type, fact, private, error) "
            "VALUES ('core', 1, $3, 'interaction.noted.v1', $1, $2, 'failed once')",
            {"tenant_id": str(SAMPLE_TENANT), "interaction_id": interactions[0]}, {"text": "他说的话"}, new_id(),
        )  # fmt: skip
    before = await everything(site)
    assert all(any(secret in text for text in before.values()) for secret in SECRETS if secret != ID_NUMBER)

    answer = await admin.post(f"{API}/{id_}/erase", json={"reason": "本人要求"})
    assert answer.status_code == 204, answer.text

    after = await everything(site)
    masked = ("秘密", "杭州市", "138****", "欧", "****")
    left = [(word, table) for table, text in after.items() for word in (*SECRETS, *masked) if word in text]
    assert left == []
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        # Of all the contacts' texts only those of the other customer are left.
        texts = await conn.fetch(
            "SELECT interaction_id FROM interaction_trail WHERE text <> '' OR data ?| '{digits,number}'"
        )
        assert {str(row["interaction_id"]) for row in texts} == {kept}
        rows = await conn.fetch("SELECT id, ani, ani_e164, note, talk_ms, started_at FROM interactions ORDER BY id")
        assert {str(row["id"]) for row in rows} == {*interactions, kept}
        shown = [(row["ani"], row["ani_e164"], row["note"]) for row in rows if str(row["id"]) != kept]
        assert shown == [("", None, None)] * 3
        tombs = await conn.fetch("SELECT id, no, name, erased_at, class FROM customers WHERE id <> $1", UUID(other))
        assert {str(row["id"]) for row in tombs} == {id_, alias}
        assert all(row["erased_at"] and row["name"] == "" and row["no"] for row in tombs)
        keys = await conn.fetch("SELECT interaction_id, wrapped_key FROM recordings")
        assert {str(row["interaction_id"]): row["wrapped_key"] for row in keys} == {
            **dict.fromkeys(interactions, b""), kept: b"key",
        }  # fmt: skip
        line = await conn.fetchrow("SELECT person_id, data FROM audit WHERE action = 'customer.erased'")
        assert line is not None
        assert (line["data"]["reason"], line["person_id"] is not None) == ("本人要求", True)
        history = await conn.fetchval(
            "SELECT jsonb_path_query_array(jsonb_agg(changes), '$[*][*].field') FROM customer_changes "
            "WHERE customer_id = $1",
            UUID(alias),
        )
        assert {"merged", "birth_year", "id_number", "warnings"} <= set(history)
    files = site.settings.folder / "recordings"
    assert {path.stem for path in files.glob("*.yrec")} == {kept}
    for path in (id_, alias, f"{id_}/overview", f"{id_}/export", f"{id_}/duplicates"):
        gone = await admin.get(f"{API}/{path}")
        assert (gone.status_code, gone.json()["code"]) == (410, "erased"), path
    assert (await admin.get(API)).json()["items"][0]["id"] == other
    assert len((await admin.get(API)).json()["items"]) == 1
    assert (await admin.get(API, params={"phone": "13877776666"})).json()["items"] == []
    assert (await admin.get(f"{API}/{other}")).json()["relations"] == []
    summary = (await admin.get(f"/api/v1/interactions/{interactions[0]}")).json()
    assert (summary["customer"]["name"], summary["card"]) == ("", None)
    heard = await admin.get(f"/api/v1/recordings/{summary['recordings'][0]['id']}/audio")
    assert (heard.status_code, heard.json()["code"]) == (410, "recording_erased")


async def test_what_was_erased_stays_so(site: Site, admin: httpx.AsyncClient) -> None:
    id_, other = await make(admin, "王芳", "13800000001"), await make(admin, "李明", "13800000002")
    alias = await make(admin, "王小芳", "13800000003")
    merge_id = (await admin.post(f"{API}/merge", json={"keep": id_, "drop": alias})).json()["merge_id"]
    await admin.post(f"{API}/{id_}/erase", json={"reason": "本人要求"})
    for method, path, body in (
        ("POST", f"/{id_}/erase", {"reason": "x"}),
        ("PATCH", f"/{id_}", {"version": 3, "name": "又来"}),
        ("POST", f"/{alias}/identities", {"kind": "phone", "value": "13800000001"}),
        ("PUT", f"/{id_}/consents", {"channel": "sms", "purpose": "service", "allowed": True, "source": "call"}),
        ("POST", f"/{other}/relations", {"customer_id": id_, "kind": "other"}),
        ("POST", "/merge", {"keep": other, "drop": id_}),
        ("POST", "/merge", {"keep": id_, "drop": other}),
        ("POST", f"/merges/{merge_id}/split", None),
    ):
        answer = await admin.request(method, f"{API}{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (410, "erased"), path


async def test_a_number_shared_with_others_does_not_take_their_contacts(site: Site, admin: httpx.AsyncClient) -> None:
    id_ = await make(admin, "王芳", "13800000001")
    await make(admin, "李明", "13800000001")
    shared = await contact(site, "13800000001", None)
    await admin.post(f"{API}/{id_}/erase", json={"reason": "本人要求"})
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        assert await conn.fetchval("SELECT ani FROM interactions WHERE id = $1", UUID(shared)) == "13800000001"


async def test_a_legal_hold_keeps_a_customer_until_it_is_released(admin: httpx.AsyncClient) -> None:
    id_ = await make(admin, "王芳", "13800000001")
    assert (await admin.put(f"{API}/{id_}/hold", json={"reason": "诉讼 2026-17"})).status_code == 204
    assert (await admin.get(f"{API}/{id_}")).json()["hold"]["reason"] == "诉讼 2026-17"
    keep = await make(admin, "王小芳", "13800000002")
    await admin.post(f"{API}/merge", json={"keep": keep, "drop": id_})  # merging does not lose it
    refused = await admin.post(f"{API}/{keep}/erase", json={"reason": "本人要求"})
    assert (refused.status_code, refused.json()["code"], refused.json()["reason"]) == (
        409,
        "legal_hold",
        "诉讼 2026-17",
    )
    assert (await admin.delete(f"{API}/{keep}/hold")).status_code == 204
    assert (await admin.post(f"{API}/{keep}/erase", json={"reason": "本人要求"})).status_code == 204


async def test_a_standing_contact_is_waited_for_and_nothing_is_half_done(site: Site, admin: httpx.AsyncClient) -> None:
    id_ = await make(admin, "王芳", "13800000001")
    standing = await contact(site, "13800000001", id_, closed=False)
    refused = await admin.post(f"{API}/{id_}/erase", json={"reason": "本人要求"})
    assert (refused.status_code, refused.json()["code"]) == (409, "contact_stands")
    assert (await admin.get(f"{API}/{id_}")).json()["name"] == "王芳"
    async with site.database.transaction(SAMPLE_TENANT) as conn:
        key = await conn.fetchval("SELECT wrapped_key FROM recordings WHERE interaction_id = $1", UUID(standing))
    assert key == b"key"
    assert Path(site.settings.folder / f"recordings/{standing}.yrec").exists()


async def test_who_may_be_the_one_on_the_line_is_not_erased_meanwhile(site: Site, admin: httpx.AsyncClient) -> None:
    id_, other = await make(admin, "王芳", "13800000001"), await make(admin, "李明", "13800000001")
    book = Book()
    recorder = await book.begin("13800000001")
    await recorder.identified("several", [card(UUID(id_)), card(UUID(other))])
    await book.project(site.database)
    refused = await admin.post(f"{API}/{other}/erase", json={"reason": "本人要求"})
    assert refused.json()["code"] == "contact_stands"
    await recorder.ended("customer_hung_up")
    await recorder.closed("solved")
    await book.project(site.database)
    assert (await admin.post(f"{API}/{other}/erase", json={"reason": "本人要求"})).status_code == 204


async def test_erasure_is_a_fact_for_each_id(site: Site, admin: httpx.AsyncClient) -> None:
    id_, alias = await make(admin, "王芳", "13800000001"), await make(admin, "王小芳", "13800000002")
    await admin.post(f"{API}/merge", json={"keep": id_, "drop": alias})
    heard: list[str] = []
    bus = Bus()
    bus.subscribe(CustomerErased, lambda fact: heard.append(str(fact.customer_id)))
    await admin.post(f"{API}/{alias}/erase", json={"reason": "本人要求"})
    await Relay(site.database, bus).relay()
    assert heard == [id_, alias]


async def test_whoever_leads_a_group_does_not_take_out_what_others_talked_about(
    site: Site, admin: httpx.AsyncClient
) -> None:
    id_ = await ouyang(admin)
    await contact(site, "13877776666", id_)
    group = await add_group(site.database, "first")
    await add_scoped(site.database, "leader02", "leader", "group", group)
    await add_person(site.database, "leader01", "leader")
    narrow, wide = await site.client("leader02"), await site.client("leader01")
    assert (await narrow.get("/api/v1/interactions")).json()["items"] == []
    refused = await narrow.get(f"{API}/{id_}/export")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "他说的话" in (await wide.get(f"{API}/{id_}/export")).text


async def test_only_who_may_erase_does(site: Site, admin: httpx.AsyncClient) -> None:
    id_ = await make(admin, "王芳", "13800000001")
    await add_person(site.database, "leader01", "leader")
    leader = await site.client("leader01")
    for method, path in (("POST", "erase"), ("PUT", "hold"), ("DELETE", "hold")):
        assert (await leader.request(method, f"{API}/{id_}/{path}", json={"reason": "x"})).status_code == 403
