"""The demo's business system: what it serves, and how it is made slow or silent."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from tests.support.bss import RunningBss, running_bss
from yuelai.entrypoints.bss.app import application
from yuelai.entrypoints.bss.books import OUT_OF_ORDER, RESOURCES, Books, area
from yuelai.entrypoints.bss.ledger import USED_CARD

TODAY = date(2026, 3, 15)
PAYMENTS = "/tmf-api/paymentManagement/v4/payment"
ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
RATES = "/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate"
WANG, ACCOUNT = "C000000001", "A000000005"


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


def payment(key: str = "k1", **more: Any) -> dict[str, Any]:
    card = {"@type": "voucher", "code": "600010000001"}
    return {"externalId": key, "payer": {"id": WANG}, "account": {"id": ACCOUNT}, "paymentMethod": card} | more


def amount(yuan: float) -> dict[str, Any]:
    return {"amount": {"unit": "CNY", "value": yuan}, "paymentMethod": {"@type": "wallet"}}


async def balance(http: httpx.AsyncClient) -> float:
    buckets = "/tmf-api/prepayBalanceManagement/v4/bucket"
    (bucket,) = (await http.get(buckets, params={"relatedParty.id": WANG})).json()
    return float(bucket["remainingValue"]["amount"])


async def test_a_payment_of_one_name_is_applied_once(http: httpx.AsyncClient) -> None:
    before = await balance(http)
    first = await http.post(PAYMENTS, json=payment())
    assert (first.status_code, first.json()["status"], first.json()["amount"]["value"]) == (201, "done", 50)
    assert (await http.post(PAYMENTS, json=payment())).json() == first.json()
    assert await balance(http) == before + 50
    other = await http.post(PAYMENTS, json=payment(paymentMethod={"@type": "voucher", "code": "600020000001"}))
    assert (other.status_code, other.json()["code"]) == (409, "another_of_this_name")
    found = (await http.get(PAYMENTS, params={"payer.id": WANG, "externalId": "k1"})).json()
    assert [one["id"] for one in found] == [first.json()["id"]]
    assert (await http.get(PAYMENTS, params={"payer.id": "C000000002", "externalId": "k1"})).json() == []
    assert (await http.get(PAYMENTS, params={"payer.id": WANG})).json()[0] == first.json()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (payment(paymentMethod={"code": "123456789012"}), 422, "card_wrong"),
        (payment(paymentMethod={"code": USED_CARD}), 422, "card_used"),
        (payment(account={"id": "A000000006"}), 422, "account_unknown"),
        (payment(payer={"id": "C000000002"}), 422, "account_unknown"),
        (payment(**amount(0)), 422, "amount_refused"),
        (payment(**amount(-5)), 422, "amount_refused"),
        (payment(**amount(10_000.01)), 422, "amount_refused"),
        (payment(**amount(float("1e300"))), 422, "amount_refused"),
        (payment(paymentMethod={}), 400, "bad_request"),
        (payment(externalId=7), 400, "bad_request"),
        ([], 400, "bad_request"),
    ],
)
async def test_a_payment_that_cannot_be_is_refused_and_changes_nothing(
    http: httpx.AsyncClient, body: Any, status: int, code: str
) -> None:
    before = await balance(http)
    answer = await http.post(PAYMENTS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await balance(http) == before
    assert (await http.post(PAYMENTS, content=b"{")).status_code == 400
    assert (await http.post("/tmf-api/else", json={})).status_code == 404


async def test_a_card_pays_once_whoever_brings_it(http: httpx.AsyncClient) -> None:
    assert (await http.post(PAYMENTS, json=payment())).status_code == 201
    again = await http.post(PAYMENTS, json=payment("k2"))
    assert (again.status_code, again.json()["code"]) == (422, "card_used")


async def test_an_amount_is_paid_without_a_card(http: httpx.AsyncClient) -> None:
    before = await balance(http)
    assert (await http.post(PAYMENTS, json=payment(**amount(12.34)))).status_code == 201
    assert await balance(http) == pytest.approx(before + 12.34)


async def test_an_order_of_one_name_is_taken_once(http: httpx.AsyncClient) -> None:
    item = {"action": "add", "productOffering": {"id": "tv"}}
    body = {"externalId": "o1", "relatedParty": [{"id": WANG}], "productOrderItem": [item]}
    first = await http.post(ORDERS, json=body)
    assert (first.status_code, first.json()["state"]) == (201, "acknowledged")
    assert (await http.post(ORDERS, json=body)).json() == first.json()
    listed = (await http.get(ORDERS, params={"relatedParty.id": WANG})).json()
    assert [one["externalId"] for one in listed].count("o1") == 1
    for change, code in (
        ({"productOrderItem": [{"productOffering": {"id": "moon"}}]}, "product_unknown"),
        ({"relatedParty": [{"id": "C999999999"}]}, "customer_unknown"),
        ({"productOrderItem": []}, "bad_request"),
    ):
        assert (await http.post(ORDERS, json=body | {"externalId": "o2"} | change)).json()["code"] == code


async def test_what_is_in_no_bill_yet_is_of_the_account_asked_for(http: httpx.AsyncClient) -> None:
    lines = (await http.get(RATES, params={"isBilled": "false", "billingAccount.id": ACCOUNT})).json()
    assert {line["billingAccount"]["id"] for line in lines} == {ACCOUNT}
    assert not any(line["isBilled"] for line in lines)
    assert sum(line["taxIncludedAmount"]["value"] for line in lines) > 0
    assert (await http.get(RATES, params={"isBilled": "false", "billingAccount.id": "A1"})).json() == []


async def test_what_is_broken_is_known_by_area(http: httpx.AsyncClient) -> None:
    services = (await http.get("/tmf-api/serviceInventory/v4/service", params={"relatedParty.id": "C000000004"})).json()
    (place,) = {each["id"] for service in services for each in service["place"]}
    assert place == OUT_OF_ORDER
    (alarm,) = (await http.get("/tmf-api/alarmManagement/v4/alarm", params={"place.id": place})).json()
    assert (alarm["state"], alarm["place"][0]["id"]) == ("raised", OUT_OF_ORDER)
    assert alarm["alarmRaisedTime"] < alarm["expectedClearedTime"]
    assert (await http.get("/tmf-api/alarmManagement/v4/alarm", params={"place.id": "杭州市西湖区"})).json() == []


def test_an_address_is_in_a_district_of_a_city() -> None:
    assert area("浙江省杭州市滨江区滨河路 9 号江南春晓 1 幢 1801 室") == "杭州市滨江区"
    assert area("somewhere") == ""


async def test_what_is_posted_to_a_system_whose_answers_are_lost_is_done_all_the_same(
    bss: RunningBss, http: httpx.AsyncClient
) -> None:
    for number, mode in enumerate(("lost", "hanging")):
        await bss.behave(mode)
        card = {"code": f"60001000000{number + 1}"}
        with pytest.raises(httpx.ReadTimeout):
            await http.post(PAYMENTS, json=payment(f"k{number}", paymentMethod=card), timeout=0.3)
        if mode == "hanging":
            await bss.behave("ok")
        found = (await http.get(PAYMENTS, params={"payer.id": WANG, "externalId": f"k{number}"})).json()
        assert [one["status"] for one in found] == ["done"]
    await bss.behave("failing")
    assert (await http.post(PAYMENTS, json=payment("k9", paymentMethod={"code": "600010000009"}))).status_code == 500
    await bss.behave("ok")
    assert (await http.get(PAYMENTS, params={"payer.id": WANG, "externalId": "k9"})).json() == []


async def test_rubbish_comes_with_200_and_one_api_alone_may_be_ill(bss: RunningBss, http: httpx.AsyncClient) -> None:
    await bss.behave("rubbish", only="paymentManagement")
    answers = [await http.get(PAYMENTS, params={"payer.id": WANG}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 3
    assert (await http.get(ORDERS, params={"relatedParty.id": WANG})).json() is not None
    assert (await http.get("/control")).json() == {"mode": "rubbish", "seconds": 1.0, "only": "paymentManagement"}
