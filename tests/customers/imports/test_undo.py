"""An import taken back: what it changed is as before, whom it added are gone, whoever was touched since stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.customers.imports.conftest import PATH, Desk, counts
from yuelai.customers.imports import undo as undoing

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

FIRST = (
    "name,phone,gender,birth,class,email,id number,address,tags,since,warnings\n"
    "李雷,13900000001,男,1980,gold,l@x.cn,11010519491231002X,浙江省杭州市1号,old,2010-01-01,careful\n"
    "韩梅梅,13900000002,,,,,,,,,\n"
)
SECOND = (
    "name,phone,gender,birth,class,email,id number,address,tags,since,warnings\n"
    "李磊,13900000001/13900000009,女,1981,vip,l2@x.cn,A1234567,浙江省杭州市2号,new,2011-01-01,loud\n"
    "韩梅,13900000002,女,1990,silver,h@x.cn,A7654321,北京市1号,new,2012-01-01,x\n"
    "王五,13900000003,,,,,,,,,\n"
    "赵六,13900000004,,,,,,,,,\n"
)


@pytest.mark.parametrize("batch", [1, 2_000])
async def test_everything_is_as_it_was(desk: Desk, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "BATCH", batch)
    await desk.imported(FIRST)
    before = await desk.state()
    names = await desk.fetch("SELECT kind, term, name FROM customer_name_terms ORDER BY 1, 2, 3")
    second = await desk.imported(SECOND)
    assert counts(second) == (2, 2, 0, 0, 0)
    assert await desk.state() != before
    undone = await desk.undo(second["id"])
    assert (undone["state"], undone["undone"], undone["kept"]) == ("undone", 4, 0)
    assert await desk.state() == before
    assert await desk.fetch("SELECT kind, term, name FROM customer_name_terms ORDER BY 1, 2, 3") == names
    sealed = await desk.fetch("SELECT id, id_number_sealed AS sealed FROM customers WHERE name = '李雷'")
    answer = await desk.http.post(
        f"/api/v1/customers/{sealed[0]['id']}/reveal", json={"fields": ["id_number"], "reason": "a look"}
    )
    if answer.status_code == 200:
        assert answer.json()["values"]["id_number"] == "11010519491231002X"
    kept = await desk.fetch("SELECT before, after FROM customer_import_changes WHERE import_id = $1", second["id"])
    assert [(each["before"], each["after"]) for each in kept] == [(None, None), (None, None)]
    assert (await desk.http.post(f"{PATH}/{second['id']}/undo")).json()["code"] == "wrong_state"


async def test_who_was_changed_or_used_since_stays_and_is_listed(desk: Desk) -> None:
    await desk.imported(FIRST)
    second = await desk.imported(SECOND)
    ids = {each["name"]: each["id"] for each in await desk.fetch("SELECT id, name FROM customers")}
    # A later import changes one who was changed and one who was added; a call has been had with the other new one.
    await desk.imported("name,phone,gender\n李磊磊,13900000001,\n王五五,13900000003,\n")

    async def called(conn: Connection, tenant: UUID, customers: Sequence[UUID]) -> set[UUID]:
        return {ids["赵六"]} & set(customers)

    desk.uses = (called,)
    undone = await desk.undo(second["id"])
    assert (undone["state"], undone["undone"], undone["kept"]) == ("undone", 1, 3)
    listed = (await desk.http.get(f"{PATH}/{second['id']}/kept")).json()["items"]
    assert {(each["customer"]["name"], each["reason"]) for each in listed} == {
        ("李磊磊", "changed_since"),
        ("王五五", "changed_since"),
        ("赵六", "used_since"),
    }
    customers, identities, _, tags = await desk.state()
    found = {each["name"]: each for each in customers}
    # The name is the later one's; everything else that the undone import had brought is gone.
    assert (found["李磊磊"]["gender"], found["李磊磊"]["class"], found["李磊磊"]["birth_year"]) == (
        "male",
        "gold",
        1980,
    )
    assert [each["value"] for each in identities if each["name"] == "李磊磊"] == ["l@x.cn", "+8613900000001"]
    assert [each["tag"] for each in tags] == ["old"]
    assert found["韩梅梅"]["gender"] is None


async def test_a_worker_without_contacts_to_look_at_does_not_decide_about_them(desk: Desk) -> None:
    """The real worker asks interactions: a customer with a call stays."""
    from yuelai.interactions.customers import customers_with_contacts
    from yuelai.platform.ids import new_id

    done = await desk.imported("name,phone\n王五,13900000003\n赵六,13900000004\n")
    [one] = await desk.fetch("SELECT id FROM customers WHERE name = '王五'")
    async with desk.database.transaction(desk.tenant) as conn:
        await conn.execute(
            "INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, dnis, started_at, "
            "customer_id) VALUES ($1, $2, 'x', 'voice', 'in', 'closed', '1', '2', now(), $3)",
            new_id(),
            desk.tenant,
            one["id"],
        )
    desk.uses = (customers_with_contacts,)
    undone = await desk.undo(done["id"])
    assert (undone["undone"], undone["kept"]) == (1, 1)
    assert [each["name"] for each in (await desk.state())[0]] == ["王五"]


async def test_whoever_must_not_be_erased_is_not_removed_by_undoing_either(desk: Desk) -> None:
    done = await desk.imported("name,phone\n王五,13900000003\n赵六,13900000004\n")
    async with desk.database.transaction(desk.tenant) as conn:
        await conn.execute("UPDATE customers SET held_at = now(), hold_reason = '诉讼' WHERE name = '王五'")
    undone = await desk.undo(done["id"])
    assert (undone["undone"], undone["kept"]) == (1, 1)
    assert [each["name"] for each in (await desk.state())[0]] == ["王五"]


async def test_only_what_has_been_run_can_be_undone(desk: Desk) -> None:
    import_id = await desk.mapped("name,phone\n王五,13900000003\n")
    assert (await desk.http.post(f"{PATH}/{import_id}/undo")).json()["code"] == "wrong_state"
    await desk.run(import_id, dry=True)
    assert (await desk.http.post(f"{PATH}/{import_id}/undo")).json()["code"] == "wrong_state"
    assert (await desk.http.post(f"{PATH}/{import_id}/cancel")).json()["code"] == "wrong_state"
