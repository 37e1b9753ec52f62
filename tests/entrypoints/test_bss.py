"""The demo's business system: what it serves, and how it is made slow or silent."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest

from tests.support.bss import RunningBss, running_bss
from yuelai.entrypoints.bss.app import application
from yuelai.entrypoints.bss.books import RESOURCES, Books

TODAY = date(2026, 3, 15)


@pytest.fixture
async def bss() -> AsyncIterator[RunningBss]:
    async with running_bss(today=TODAY, count=3) as running:
        yield running


@pytest.fixture
async def http(bss: RunningBss) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{bss.port}") as client:
        yield client


async def test_every_resource_is_of_whoever_is_asked_for(http: httpx.AsyncClient) -> None:
    for resource in RESOURCES:
        answer = await http.get(f"/tmf-api/{resource}", params={"relatedParty.id": "C000000001"})
        assert answer.status_code == 200
        for one in answer.json():
            parties = one.get("relatedParty") or [one["payer"]]
            assert [party["id"] for party in parties] == ["C000000001"]
    assert (await http.get("/tmf-api/paymentManagement/v4/payment")).json() == []
    assert (await http.get("/tmf-api/else/v4/where")).status_code == 404


async def test_no_more_is_given_than_was_asked_for(http: httpx.AsyncClient) -> None:
    bills = "/tmf-api/customerBillManagement/v4/customerBill"
    for limit, count in (("2", 2), ("0", 0), ("-1", 0), ("x", 6), ("1000", 6)):
        answer = await http.get(bills, params={"relatedParty.id": "C000000001", "limit": limit})
        assert (len(answer.json()), answer.headers["x-total-count"]) == (count, "6")


async def test_it_is_slow_failing_and_well_again_on_demand(bss: RunningBss, http: httpx.AsyncClient) -> None:
    orders = "/tmf-api/productOrderingManagement/v4/productOrder"
    await bss.behave("slow", 0.3)
    began = time.monotonic()
    assert (await http.get(orders)).status_code == 200
    assert time.monotonic() - began >= 0.3
    await bss.behave("failing")
    assert (await http.get(orders)).status_code == 500
    await bss.behave("hanging")
    with pytest.raises(httpx.ReadTimeout):
        await http.get(orders, timeout=0.3)
    await bss.behave("ok")
    assert (await http.get(orders)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"ok"', b'{"mode": "gone"}', b'{"mode": "slow", "seconds": -1}', b'{"mode": "ok", "seconds": {}}'],
)
async def test_what_it_cannot_be_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    assert (await http.put("/control", content=body)).status_code == 400
    assert (await http.get("/control")).json()["mode"] == "ok"


async def test_others_than_this_machine_control_nothing_and_without_leave_nobody_does() -> None:
    for control, client, status in ((True, "192.0.2.7", 403), (True, "127.0.0.1", 200), (False, "127.0.0.1", 404)):
        app = application(lambda: Books(TODAY, 0), control=control)
        transport = httpx.ASGITransport(app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://bss") as http:
            assert (await http.put("/control", json={"mode": "ok"})).status_code == status


def test_a_bench_may_ask_for_anybody() -> None:
    books = Books(TODAY, 2, anybody=True)
    assert books.resources("productInventory/v4/product", ["C009999999"])
    assert Books(TODAY, 2).resources("productInventory/v4/product", ["C009999999"]) == []
