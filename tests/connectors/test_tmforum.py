"""A business support system asked by TM Forum's APIs: the one of the demo, and some that are slow, broken or odd."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from tests.connectors.server import BusinessSystem, json_answer
from tests.support.bss import RunningBss, running_bss
from tests.support.centre import free_port
from yuelai.connectors.errors import CircuitOpen, ConnectorFailed, Declined, NotSent, OutcomeUnknown, TooLate
from yuelai.connectors.tmforum import reading
from yuelai.connectors.tmforum.client import TmForum

WANG = ["C000000001"]
CHEN = ["C000000004"]
ACCOUNT = "A000000005"
CARD = "600010000001"


@pytest.fixture
async def bss() -> AsyncIterator[RunningBss]:
    async with running_bss(today=date(2026, 3, 15), count=20) as running:
        yield running


@pytest.fixture
async def client(bss: RunningBss) -> AsyncIterator[TmForum]:
    made = TmForum(bss.url, seconds=0.5)
    yield made
    await made.close()


@pytest.fixture
async def odd() -> AsyncIterator[BusinessSystem]:
    running = BusinessSystem(lambda path, query: json_answer([]))
    await running.start()
    yield running
    await running.stop()


async def test_what_a_customer_has_owes_paid_and_ordered_comes_in_our_shapes(client: TmForum) -> None:
    (account,) = await client.accounts(WANG)
    assert (account["no"], account["kind"], account["balance_minor"]) == ("A000000005", "prepaid", 4860)
    bills = await client.bills(WANG)
    assert [bill["month"] for bill in bills][:2] == ["2026-02-01", "2026-01-01"]
    assert len(bills) == 6
    for bill in bills:
        assert bill["total_minor"] == sum(line["amount_minor"] for line in bill["lines"])
        assert bill["account_id"] == account["id"]
    payments = await client.payments(WANG)
    assert [payment["amount_minor"] for payment in payments] == [b["total_minor"] for b in bills if b["paid_on"]]
    assert payments[0]["method"] in ("direct_debit", "wallet", "card", "cash")
    assert [product["number"] for product in await client.products(WANG) if product["number"]] == ["13800000001"]


async def test_orders_are_told_with_their_state(client: TmForum) -> None:
    everybody = [f"C{number:09d}" for number in range(1, 25)]
    orders = await client.orders(everybody)
    assert orders
    assert {order["status"] for order in orders} <= {"open", "done", "cancelled"}
    assert [order["ordered_at"] for order in orders] == sorted((o["ordered_at"] for o in orders), reverse=True)


async def test_somebody_unknown_there_has_nothing(client: TmForum) -> None:
    for number in ("C000009999", "X1", "C", "C١"):
        assert await client.bills([number]) == []
        assert await client.accounts([number]) == []


async def test_those_merged_into_one_are_asked_for_together(client: TmForum) -> None:
    assert len(await client.accounts(["C000000001", "C000000002"])) == 2


async def test_a_hanging_system_costs_its_time_out_then_nothing_for_a_while(bss: RunningBss, client: TmForum) -> None:
    await bss.behave("hanging")
    began = time.monotonic()
    answers = await asyncio.gather(
        *(client.products([f"C{number:09d}"]) for number in range(1, 6)), return_exceptions=True
    )
    assert all(isinstance(answer, TooLate) for answer in answers)
    assert time.monotonic() - began < 1.5
    began = time.monotonic()
    with pytest.raises(CircuitOpen):
        await client.products(WANG)
    assert time.monotonic() - began < 0.1


async def test_a_failing_system_is_said_to_fail(bss: RunningBss, client: TmForum) -> None:
    await bss.behave("failing")
    with pytest.raises(ConnectorFailed, match="500"):
        await client.bills(WANG)


async def test_the_same_question_at_once_or_soon_is_asked_once(odd: BusinessSystem) -> None:
    client = TmForum(f"{odd.url}/tmf-api")
    await asyncio.gather(*(client.products(WANG) for _ in range(5)))
    await client.products(WANG)
    assert len(odd.asked) == 1
    await client.products(["C000000002"])
    assert len(odd.asked) == 2
    await client.close()


async def test_a_token_is_shown_where_one_is_wanted(odd: BusinessSystem) -> None:
    client = TmForum(f"{odd.url}/tmf-api/", "secret")
    await client.orders(WANG)
    assert "authorization: bearer secret" in odd.heads[0].lower()
    assert odd.asked[0][0] == "/tmf-api/productOrderingManagement/v4/productOrder"
    await client.close()


@pytest.mark.parametrize(
    "answer", [{"error": "x"}, ["x"], [{"name": "no id"}], [{"id": 1, "startDate": "soon"}], [{"id": 1}]]
)
async def test_answers_that_are_not_as_described_are_refused(odd: BusinessSystem, answer: Any) -> None:
    odd.answer = lambda path, query: json_answer(answer)
    client = TmForum(odd.url)
    with pytest.raises(ConnectorFailed):
        await client.products(WANG)
    await client.close()


@pytest.mark.parametrize("ask", ["accounts", "bills", "payments", "products", "orders"])
async def test_a_system_that_passes_over_what_was_asked_for_is_not_believed(odd: BusinessSystem, ask: str) -> None:
    another = {"id": "1", "relatedParty": [{"id": "C000000002"}], "payer": {"id": "C000000002"}}
    odd.answer = lambda path, query: json_answer([another])
    client = TmForum(odd.url)
    with pytest.raises(ConnectorFailed, match="somebody else"):
        await getattr(client, ask)(WANG)
    await client.close()


def test_money_is_rounded_as_people_do_and_never_by_binary_halves() -> None:
    assert reading.money({"unit": "CNY", "value": 48.6}) == (4860, "CNY")
    assert reading.money({"unit": "USD", "value": "0.285"}) == (29, "USD")
    assert reading.money({"value": -1.15}) == (-115, "CNY")
    assert reading.money(None) == (0, "CNY")


def test_the_accounts_own_balance_counts_where_there_are_no_buckets() -> None:
    account = {"id": "A1", "accountBalance": [{"amount": {"unit": "CNY", "value": 3}}]}
    assert reading.accounts([account], [])[0]["balance_minor"] == 300
    bucket = {"usageType": "monetary", "remainingValue": {"amount": 7, "units": "CNY"}, "partyAccount": {"id": "A1"}}
    assert reading.accounts([account], [bucket, bucket])[0]["balance_minor"] == 1400


async def test_what_is_in_no_bill_yet_is_summed_up(client: TmForum) -> None:
    found = await client.unbilled([ACCOUNT])
    assert found["total_minor"] == sum(line["amount_minor"] for line in found["lines"]) > 0
    assert (await client.unbilled(["A1"]))["total_minor"] == 0


async def test_what_is_broken_where_somebody_lives_is_told_with_the_time_it_should_be_over(client: TmForum) -> None:
    (outage,) = await client.outages(CHEN)
    assert (outage["area"], outage["since"][:10]) == ("杭州市滨江区", "2026-03-15")
    assert outage["until"] == "2026-03-16T10:00:00+00:00"
    assert await client.outages(WANG) == []
    assert await client.outages(["C000009999"]) == []


def test_alarms_that_are_over_or_hurt_nobody_are_no_outage() -> None:
    alarm = {"id": 1, "alarmRaisedTime": "2026-03-15T00:00:00Z", "state": "raised"}
    assert [each["until"] for each in reading.outages([alarm])] == [None]
    for change in ({"state": "cleared"}, {"alarmClearedTime": "2026-03-15T01:00:00Z"}, {"serviceAffecting": False}):
        assert reading.outages([alarm | change]) == []


async def test_a_payment_is_made_once_and_seen_at_once(client: TmForum) -> None:
    (before,) = await client.accounts(WANG)
    for _ in range(2):
        payment = await client.pay(WANG, ACCOUNT, "k1", card=CARD)
        assert (payment["amount_minor"], payment["account_id"], payment["method"]) == (5000, ACCOUNT, "voucher")
    (after,) = await client.accounts(WANG)
    assert after["balance_minor"] == before["balance_minor"] + 5000
    assert (await client.payments(WANG))[0]["amount_minor"] == 5000
    assert (await client.pay(WANG, ACCOUNT, "k2", amount_minor=1234))["amount_minor"] == 1234


async def test_of_a_customer_known_by_several_numbers_the_account_s_holder_pays(client: TmForum) -> None:
    both = ["C000000002", "C000000001"]
    assert (await client.pay(both, ACCOUNT, "k1", card=CARD))["account_id"] == ACCOUNT


async def test_a_refused_payment_says_why_and_is_no_trouble_of_the_system(client: TmForum) -> None:
    for number, (card, reason) in enumerate((("123456789012", "card_wrong"), ("600090000001", "card_used")) * 3):
        with pytest.raises(Declined) as refusal:
            await client.pay(WANG, ACCOUNT, f"k{number}", card=card)
        assert refusal.value.reason == reason
    assert await client.accounts(WANG)


async def test_a_payment_whose_answer_is_lost_is_found_by_its_key(bss: RunningBss, client: TmForum) -> None:
    for mode in ("lost", "rubbish"):
        await bss.behave(mode, only="paymentManagement")
        began = time.monotonic()
        if mode == "lost":
            assert (await client.pay(WANG, ACCOUNT, mode, card=CARD))["amount_minor"] == 5000
        else:
            with pytest.raises(OutcomeUnknown):
                await client.pay(WANG, ACCOUNT, mode, card="600010000002")
        assert time.monotonic() - began < 2.0
    await bss.behave("ok")
    assert [each["amount_minor"] for each in (await client.payments(WANG))[:2]] == [5000, 5000]
    await client.pay(WANG, ACCOUNT, "rubbish", card="600010000002")
    assert (await client.accounts(WANG))[0]["balance_minor"] == 4860 + 2 * 5000


async def test_what_became_of_a_payment_is_unknown_while_the_system_hangs_and_asked_again_by_its_key(
    bss: RunningBss, client: TmForum
) -> None:
    await bss.behave("hanging")
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        await client.pay(WANG, ACCOUNT, "k1", card=CARD)
    assert time.monotonic() - began < 2.0
    await bss.behave("ok")
    assert (await client.pay(WANG, ACCOUNT, "k1", card=CARD))["amount_minor"] == 5000
    assert (await client.accounts(WANG))[0]["balance_minor"] == 4860 + 5000


async def test_what_was_certainly_not_asked_is_told_apart(bss: RunningBss, client: TmForum) -> None:
    nobody = TmForum(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(NotSent):
        await nobody.pay(WANG, ACCOUNT, "k1", card=CARD)
    await nobody.close()
    await bss.behave("failing")
    for each in WANG + CHEN + ["C000000002"]:
        with pytest.raises(ConnectorFailed):
            await client.products([each])
    with pytest.raises(CircuitOpen):
        await client.pay(WANG, ACCOUNT, "k1", card=CARD)


async def test_a_payment_is_posted_once_and_a_failure_with_nothing_under_its_key_is_a_failure(
    odd: BusinessSystem,
) -> None:
    client = TmForum(odd.url)
    odd.answer = lambda path, query: json_answer([]) if query else json_answer({}, "500 Internal Server Error")
    with pytest.raises(ConnectorFailed) as refusal:
        await client.pay(WANG, ACCOUNT, "k1", amount_minor=100)
    assert not isinstance(refusal.value, OutcomeUnknown)
    assert len(odd.bodies) == 1
    assert odd.asked[1][1] == {"payer.id": WANG[0], "externalId": "k1"}
    await client.close()


@pytest.mark.parametrize(
    "status", ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout", "409 Conflict"]
)
async def test_what_may_be_at_work_still_or_done_already_is_no_failure(odd: BusinessSystem, status: str) -> None:
    client = TmForum(odd.url)
    odd.answer = lambda path, query: json_answer([]) if query else json_answer({"code": "used"}, status)
    with pytest.raises(OutcomeUnknown):
        await client.pay(WANG, ACCOUNT, "k1", amount_minor=100)
    paid = {
        "id": "P1", "externalId": "k1", "paymentDate": "2026-03-15T00:00:00Z", "amount": {"value": 1},
        "status": "done", "account": {"id": ACCOUNT}, "payer": {"id": WANG[0]},
    }  # fmt: skip
    odd.answer = lambda path, query: json_answer([paid]) if query else json_answer({"code": "used"}, status)
    assert (await client.pay(WANG, ACCOUNT, "k1", amount_minor=100))["status"] == "done"
    await client.close()


@pytest.mark.parametrize(
    "change",
    [{"externalId": "k2"}, {"account": {"id": "A9"}}, {"payer": {"id": "C9"}}, {"amount": {"value": 9}}, {"id": None}],
)
async def test_an_answer_about_another_payment_is_not_believed(odd: BusinessSystem, change: dict[str, Any]) -> None:
    paid = {
        "id": "P1", "externalId": "k1", "paymentDate": "2026-03-15T00:00:00Z", "amount": {"value": 1},
        "status": "done", "account": {"id": ACCOUNT}, "payer": {"id": WANG[0]},
    }  # fmt: skip
    odd.answer = lambda path, query: json_answer(
        [] if query else paid | change, "201 Created" if not query else "200 OK"
    )
    client = TmForum(odd.url)
    if change == {"id": None}:
        assert (await client.pay(WANG, ACCOUNT, "k1", amount_minor=100))["status"] == "done"
    else:
        with pytest.raises(OutcomeUnknown):
            await client.pay(WANG, ACCOUNT, "k1", amount_minor=100)
    await client.close()


@pytest.mark.parametrize(("status", "error"), [("failed", Declined), ("pending", OutcomeUnknown)])
async def test_a_payment_that_is_not_done_is_not_said_to_be(
    odd: BusinessSystem, status: str, error: type[ConnectorFailed]
) -> None:
    paid = {
        "id": "P1", "externalId": "k1", "paymentDate": "2026-03-15T00:00:00Z", "amount": {"value": 1},
        "status": status, "account": {"id": ACCOUNT}, "payer": {"id": WANG[0]},
    }  # fmt: skip
    odd.answer = lambda path, query: json_answer(paid, "201 Created")
    client = TmForum(odd.url)
    with pytest.raises(error):
        await client.pay(WANG, ACCOUNT, "k1", amount_minor=100)
    await client.close()


async def test_an_order_is_taken_once(bss: RunningBss, client: TmForum) -> None:
    await bss.behave("lost")
    first = await client.order(WANG[0], "tv", "o1")
    await bss.behave("ok")
    assert await client.order(WANG[0], "tv", "o1") == first
    assert (first["no"], first["status"], first["subject"]) == ("o1", "open", "高清电视")
    assert [order["no"] for order in await client.orders(WANG)].count("o1") == 1
    with pytest.raises(Declined) as refusal:
        await client.order(WANG[0], "moon", "o2")
    assert refusal.value.reason == "product_unknown"


async def test_what_was_read_before_a_payment_does_not_come_back_after_it(odd: BusinessSystem) -> None:
    late: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    odd.answer = lambda path, query: late if query else json_answer({}, "500 Internal Server Error")
    client = TmForum(odd.url)
    reading_now = asyncio.create_task(client.products(WANG))
    await asyncio.sleep(0.05)
    with pytest.raises(OutcomeUnknown):
        await client.pay(WANG, ACCOUNT, "k1", amount_minor=100)
    late.set_result(json_answer([]))
    assert await reading_now == []
    odd.answer = lambda path, query: json_answer([{"id": 7, "startDate": "2026-01-01"}])
    assert len(await client.products(WANG)) == 1
    await client.close()


@pytest.mark.parametrize("ask", ["accounts", "bills", "payments", "products", "orders", "outages"])
async def test_rubbish_is_refused_by_every_question(bss: RunningBss, client: TmForum, ask: str) -> None:
    await bss.behave("rubbish")
    for _ in range(2):
        with pytest.raises(ConnectorFailed):
            await getattr(client, ask)(WANG)


async def test_lines_of_a_bill_are_told_by_category(client: TmForum) -> None:
    bill = (await client.bills(WANG))[0]
    lines = await client.details(bill["id"])
    assert [(line["label"], line["amount_minor"]) for line in lines] == [
        (line["label"], line["amount_minor"]) for line in bill["lines"]
    ]
    assert lines[0]["category"] == "plan"
    assert {line["category"] for line in lines} <= {"plan", "broadband", "extra", "usage", "discount"}


def test_a_line_of_no_known_category_is_another() -> None:
    rates: list[dict[str, Any]] = [
        {"name": "a", "characteristic": [{"name": "category", "value": "moon"}]},
        {"name": "b", "characteristic": [{"name": "else", "value": "plan"}]},
        {"name": "c"},
    ]
    assert [line["category"] for line in reading.details(rates)] == ["other"] * 3


async def test_offerings_outlets_organisations_and_items_come_in_our_shapes(client: TmForum) -> None:
    assert len(await client.offerings()) == 12
    (offer,) = await client.offerings("mobile-59")
    assert (offer["price_minor"], offer["category"]) == (5900, "mobile")
    assert await client.offerings("moon") == []
    (near,) = await client.outlets(CHEN)
    assert (near["name"], near["opens"], near["closes"], near["phone"][:4]) == ("滨江营业厅", "09:00", "18:00", "0571")
    assert len(await client.outlets(area_code="0574")) == 4
    assert await client.outlets(area_code="0999") == []
    assert await client.outlets() == []
    assert [one["name"] for one in await client.organisations("874")] == ["杭州市图书馆"]
    weather = await client.information("weather")
    assert weather is not None
    assert weather["high"] is not None
    assert await client.information("moon") is None


def test_what_is_not_sold_or_not_in_use_is_not_told() -> None:
    assert reading.offerings([{"id": "a", "name": "a", "isSellable": False}]) == []
    assert reading.offerings([{"id": "a", "name": "a", "lifecycleStatus": "Retired"}]) == []
    assert reading.outlets([{"id": "a", "name": "a", "status": "closed"}]) == []
    (bare,) = reading.outlets([{"id": "a", "name": "a", "place": [{"id": "p"}]}])
    assert (bare["address"], bare["phone"], bare["opens"]) == ("p", "", "")


async def test_a_fault_is_reported_once(bss: RunningBss, client: TmForum) -> None:
    await bss.behave("lost")
    first = await client.report(WANG[0], "tv", "f1")
    await bss.behave("ok")
    assert await client.report(WANG[0], "tv", "f1") == first
    assert first["until"] is not None
    with pytest.raises(Declined) as refusal:
        await client.report(WANG[0], "moon", "f2")
    assert refusal.value.reason == "kind_unknown"


@pytest.mark.parametrize("ask", ["offerings", "organisations", "information"])
async def test_rubbish_about_the_town_is_refused(bss: RunningBss, client: TmForum, ask: str) -> None:
    await bss.behave("rubbish")
    for _ in range(2):
        with pytest.raises(ConnectorFailed):
            await getattr(client, ask)("874")
