"""Whoever was erased does not come back by a file, and a file that holds them does not lie about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.customers.imports.conftest import Desk, counts
from tests.support.web import add_person, add_tenant
from yuelai.customers.imports import files, sweeping
from yuelai.customers.sealing import Vault

ID = "11010519491231002X"
FILE = f"""name,phone,email,id_number,account
王一,13900000001,,,
王 一,,,,A-1
李新,13900000001,,,
别名,13900000009,,{ID},
赵六,13900000006,wang@example.com,,
"""


async def erase(desk: Desk, name: str) -> None:
    [row] = await desk.fetch("SELECT id FROM customers WHERE name = $1", name)
    answer = await desk.http.post(f"/api/v1/customers/{row['id']}/erase", json={"reason": "本人要求"})
    assert answer.status_code == 204, answer.text


@pytest.fixture
async def gone(desk: Desk) -> Desk:
    """Where 王一 was known, with all that one may be known by."""
    await desk.imported(f"name,phone,email,id_number,account\n王一,13900000001,wang@example.com,{ID},A-1\n")
    await erase(desk, "王一")
    return desk


async def names(desk: Desk) -> list[str]:
    return [row["name"] for row in await desk.fetch("SELECT name FROM customers WHERE name <> '' ORDER BY name")]


@pytest.mark.parametrize("how", [{"key": "none"}, {"key": "none", "on_match": "add"}])
async def test_rows_of_an_erased_person_are_skipped_and_told_those_of_the_next_are_not(
    gone: Desk, how: dict[str, Any]
) -> None:
    import_id = await gone.mapped(FILE, **how)
    tried = await gone.run(import_id, dry=True)
    done = await gone.run(import_id)
    assert counts(done) == counts(tried) == (2, 0, 0, 3, 0)
    assert sorted(await names(gone)) == ["李新", "赵六"]
    told = await gone.errors(import_id)
    assert [(each["line"], each["code"]) for each in told] == [(line, "erased_person") for line in (2, 3, 5)]
    assert told[0]["value_masked"] not in ("", "13900000001")
    assert "*" in told[0]["value_masked"]
    kept = await gone.fetch("SELECT key, source_id FROM customer_erased_keys")
    assert {len(each["key"]) for each in kept} == {32}


async def test_whoever_is_put_down_by_hand_again_is_a_customer_again(gone: Desk) -> None:
    wife = await gone.http.post("/api/v1/customers", json={"name": "李明", "phones": ["13900000001"]})
    assert wife.status_code == 201
    # The number is hers, but the row is about him: she must not get his name.
    done = await gone.imported("name,phone,gender\n王一,13900000001,男\n")
    assert (counts(done), await names(gone)) == ((0, 0, 0, 1, 0), ["李明"])
    himself = await gone.http.post("/api/v1/customers", json={"name": "王一", "phones": ["13900000002"]})
    assert himself.status_code == 201
    await gone.http.post(
        f"/api/v1/customers/{himself.json()['id']}/identities", json={"kind": "email", "value": "wang@example.com"}
    )
    done = await gone.imported("name,phone,email,gender\n王一,13900000002,wang@example.com,男\n")
    assert counts(done) == (0, 1, 0, 0, 0)


async def test_another_tenant_knows_nothing_of_it(gone: Desk) -> None:
    other = await add_tenant(gone.database, "other")
    await add_person(gone.database, "stranger", "admin", number="9900", tenant=other)
    async with await gone.site.client("stranger") as http:
        done = await Desk(gone.site, http, other).imported("name,phone\n王一,13900000001\n")
    assert counts(done) == (1, 0, 0, 0, 0)


async def test_a_file_that_waits_and_holds_an_erased_person_goes(desk: Desk) -> None:
    await desk.imported("name,phone\n王一,13900000001\n")
    holding = await desk.mapped("name,phone,gender\n李新,13900000008,\n王一,139 0000 0001,what\n")
    other = await desk.mapped("name,phone\n李新,13900000001\n")
    settings = desk.site.settings
    assert files.path_of(settings, UUID(holding)).exists()
    await erase(desk, "王一")
    assert len(await desk.fetch("SELECT 1 FROM pgqueuer WHERE entrypoint = $1", sweeping.JOB)) == 1
    await sweeping.sweep(desk.database, settings, Vault(settings), desk.tenant)
    assert not files.path_of(settings, UUID(holding)).exists()
    assert files.path_of(settings, UUID(other)).exists()
    assert "王一" not in str(await desk.fetch("SELECT * FROM customer_imports"))
    answer = await desk.http.post(f"/api/v1/customers/imports/{holding}/run", json={"dry": False})
    assert answer.json()["code"] == "wrong_state"
    assert counts(await desk.run(other)) == (1, 0, 0, 0, 0)
