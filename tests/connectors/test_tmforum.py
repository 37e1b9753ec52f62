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
from yuelai.connectors.errors import CircuitOpen, ConnectorFailed, TooLate
from yuelai.connectors.tmforum import reading
from yuelai.connectors.tmforum.client import TmForum

WANG = ["C000000001"]


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
