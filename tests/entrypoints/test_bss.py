"""The demo's business system: what it serves, and how it is made slow or silent."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.support.bss import RunningBss, running_bss
from yuelai.entrypoints.bss import town
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


def request97(service: str, number: str, customer: str = WANG, product: str = "cloud") -> bytes:
    head = f"<SERV_CODE>{service}</SERV_CODE><SEQ_NO>{number}</SEQ_NO><SYS_ID>CTI</SYS_ID>"
    body = f"<CUST_NO>{customer}</CUST_NO><PROD_CODE>{product}</PROD_CODE><REMARK>客户来电</REMARK>"
    document = f"<REQUEST><HEAD>{head}</HEAD><BODY>{body}</BODY></REQUEST>"
    return f'<?xml version="1.0" encoding="GB18030"?>{document}'.encode("gb18030")


def read97(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200
    text = answer.content.decode("gb18030")
    return dict(re.findall(r"<(\w+)>([^<]*)</\1>", text))


async def free_product(http: httpx.AsyncClient) -> str:
    held = (await http.get("/tmf-api/productInventory/v4/product", params={"relatedParty.id": WANG})).json()
    return next(code for code in ("cloud", "tv", "ringback") if code not in {p["productOffering"]["id"] for p in held})


async def test_the_old_interface_takes_an_order_once_and_lists_it_with_the_others(http: httpx.AsyncClient) -> None:
    product = await free_product(http)
    asked = request97("ORDER_ADD", "s1", product=product)
    first = await http.post("/order97", content=asked)
    assert first.headers["content-type"] == "text/xml; charset=GB18030"
    found = read97(first)
    assert (found["RET_CODE"], found["RET_MSG"], found["SEQ_NO"]) == ("0000", "受理成功", "s1")
    assert re.fullmatch(r"97\d{8}", found["ORDER_NO"])
    assert read97(await http.post("/order97", content=asked)) == found
    assert read97(await http.post("/order97", content=request97("ORDER_QRY", "s1")))["ORDER_NO"] == found["ORDER_NO"]
    listed = (await http.get(ORDERS, params={"relatedParty.id": WANG})).json()
    assert [one["externalId"] for one in listed].count(found["ORDER_NO"]) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "1001"),
        (b"<REQUEST>", "1001"),
        (b"<a/>", "1001"),
        (b"\xff\xff\xff", "1001"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><REQUEST><HEAD><SEQ_NO>&b;</SEQ_NO></HEAD></REQUEST>", "1001"),
        (b"<REQUEST>" + b" " * 20_000 + b"</REQUEST>", "1001"),
        (request97("ORDER_ADD", ""), "1001"),
        (request97("ORDER_DEL", "s1"), "1002"),
        (request97("ORDER_ADD", "s1", "C999999999"), "2001"),
        (request97("ORDER_ADD", "s1", ""), "2001"),
        (request97("ORDER_ADD", "s1", product="moon"), "2002"),
        (request97("ORDER_ADD", "s1", product=""), "2002"),
        (request97("ORDER_ADD", "s1", product="mobile-99"), "2003"),
        (request97("ORDER_QRY", "s1"), "4004"),
    ],
)
async def test_the_old_interface_says_what_it_does_not_take(http: httpx.AsyncClient, body: bytes, code: str) -> None:
    assert read97(await http.post("/order97", content=body))["RET_CODE"] == code


async def test_another_order_of_the_same_number_is_refused_and_troubles_are_those_of_all(
    bss: RunningBss, http: httpx.AsyncClient
) -> None:
    product = await free_product(http)
    await http.post("/order97", content=request97("ORDER_ADD", "s1", product=product))
    other = request97("ORDER_ADD", "s1", "C000000002", "cloud")
    assert read97(await http.post("/order97", content=other))["RET_CODE"] == "3001"
    await bss.behave("failing")
    assert read97(await http.post("/order97", content=other))["RET_CODE"] == "9999"
    await bss.behave("hanging", only="order97")
    with pytest.raises(httpx.ReadTimeout):
        await http.post("/order97", content=other, timeout=0.3)
    assert (await http.get(ORDERS, params={"relatedParty.id": WANG}, timeout=2)).status_code == 200
    await bss.behave("rubbish", only="order97")
    assert b"RESPONSE" not in (await http.post("/order97", content=other)).content


async def test_a_fault_of_one_name_is_reported_once(http: httpx.AsyncClient) -> None:
    tickets = "/tmf-api/troubleTicket/v4/troubleTicket"
    body = {"externalId": "f1", "ticketType": "broadband", "relatedParty": [{"id": WANG}]}
    first = await http.post(tickets, json=body)
    assert (first.status_code, first.json()["status"]) == (201, "acknowledged")
    assert (await http.post(tickets, json=body)).json() == first.json()
    assert (await http.get(tickets, params={"relatedParty.id": WANG, "externalId": "f1"})).json() == [first.json()]
    assert (await http.get(tickets, params={"relatedParty.id": "C000000002"})).json() == []
    for change, code in (
        ({"ticketType": "moon"}, "kind_unknown"),
        ({"relatedParty": [{"id": "C999999999"}]}, "customer_unknown"),
        ({"relatedParty": []}, "bad_request"),
    ):
        assert (await http.post(tickets, json=body | {"externalId": "f2"} | change)).json()["code"] == code


async def test_offerings_outlets_and_the_directory_are_everybodys(http: httpx.AsyncClient) -> None:
    offerings = "/tmf-api/productCatalogManagement/v4/productOffering"
    assert len((await http.get(offerings)).json()) == 12
    (one,) = (await http.get(offerings, params={"id": "broadband-500"})).json()
    assert one["productOfferingPrice"][0]["price"] == {"unit": "CNY", "value": 59}
    sites = "/tmf-api/geographicSiteManagement/v4/geographicSite"
    (near,) = (await http.get(sites, params={"place.id": "杭州市滨江区"})).json()
    assert near["name"] == "滨江营业厅"
    assert len((await http.get(sites, params={"areaCode": "0571"})).json()) == 6
    directory = "/tmf-api/partyManagement/v4/organization"
    # 图书馆: its first letters t s g, the beginning of its spelling, and its like.
    for keypad, count in (("874", 1), ("88748", 1), ("culture", 3), ("8", 0), ("", 0), ("999999", 0)):
        assert len((await http.get(directory, params={"keypad": keypad})).json()) == count, keypad


def test_the_information_line_says_the_same_all_day_and_something_else_tomorrow() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    codes = ("weather", "time", "draw", "moon")
    weather, at, drawn = town.information(codes, noon)
    assert [weather, drawn] == [
        one | {"at": noon.isoformat()} for one in town.information(("weather", "draw"), noon.replace(hour=20))
    ]
    assert weather["kind"] in town.WEATHER
    assert weather["low"] < weather["high"]
    assert at["text"] == "现在是12:00。"
    assert re.fullmatch(r"\d{5}", drawn["digits"])
    later = [town.information(("draw",), noon + timedelta(days=day))[0]["digits"] for day in range(1, 6)]
    assert drawn["digits"] not in later


def test_an_outage_does_not_grow_old() -> None:
    day = TODAY
    books = Books(TODAY, 0, day=lambda: day)
    day = TODAY + timedelta(days=9)
    (alarm,) = books.alarms([OUT_OF_ORDER])
    assert alarm["expectedClearedTime"] > day.isoformat()


def test_no_two_organisations_are_spelt_alike_by_their_first_letters() -> None:
    spelt = [town.keys_of(one.abbreviation) for one in town.ORGANISATIONS]
    assert len(spelt) == len(set(spelt))
