"""What flows look up: real answers of the demo's business system, and its troubles while a customer listens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tests.support.bss import RunningBss, running_bss
from tests.support.centre import free_port
from yuelai.bootstrap.lookups import SECONDS, BusinessLookUp, Outside
from yuelai.connectors.tmforum.client import TmForum
from yuelai.customers.view.service import Sources
from yuelai.entrypoints.sample import customers, people, pins
from yuelai.flows.lookups import KINDS
from yuelai.flows.ports import LookUpFailed
from yuelai.platform.clock import VirtualClock
from yuelai.platform.db import Database
from yuelai.platform.ids import SAMPLE_TENANT, new_id

TODAY = date(2026, 3, 15)
NOW = datetime(2026, 3, 15, 4, tzinfo=UTC)
READS = (
    ("bss.account", {}),
    ("bss.bill", {"which": "last"}),
    ("bss.bill", {"which": "current"}),
    ("bss.payments", {}),
    ("bss.order", {}),
    ("bss.outage", {}),
)


@pytest.fixture
async def bss() -> AsyncIterator[RunningBss]:
    async with running_bss(today=TODAY, count=20) as running:
        yield running


@pytest.fixture
async def filled(database: Database) -> Database:
    async with database.transaction(None) as conn:
        await people.load(conn)
        await customers.load(conn, TODAY, 20)
        await pins.load(conn, TODAY)
    return database


@pytest.fixture
async def system(bss: RunningBss) -> AsyncIterator[TmForum]:
    made = TmForum(bss.url)
    yield made
    await made.close()


@pytest.fixture
def look(filled: Database, system: TmForum) -> BusinessLookUp:
    outside = Outside(Sources(system, "main"))
    return BusinessLookUp(filled, SAMPLE_TENANT, None, outside, clock=VirtualClock(NOW))


async def who(database: Database, name: str) -> str:
    async with database.transaction(None) as conn:
        return str(await conn.fetchval("SELECT id FROM customers WHERE name = $1", name))


async def test_every_look_up_that_is_offered_is_there_with_the_fields_it_says(
    look: BusinessLookUp, filled: Database
) -> None:
    kinds = {kind.name: set(kind.answer) for kind in KINDS}
    wang = await who(filled, "王芳")
    for name, more in READS:
        assert set(await look(name, {"customer_id": wang} | more)) == kinds[name]
    assert set(look._kinds) == set(kinds)


async def test_account_bills_payments_and_orders_are_told_as_the_system_has_them(
    look: BusinessLookUp, filled: Database, system: TmForum
) -> None:
    wang = {"customer_id": await who(filled, "王芳")}
    account = await look("bss.account", wang)
    assert (account["account_id"], account["balance_minor"], account["status"]) == ("A000000005", 4860, "active")
    last = await look("bss.bill", wang | {"which": "last"})
    assert last["month"] == "2026-02-01"
    assert last["total_minor"] == sum(line["amount_minor"] for line in last["lines"])
    current = await look("bss.bill", wang | {"which": "current"})
    assert (current["month"], current["due_on"]) == ("2026-03-01", None)
    assert current["total_minor"] == sum(line["amount_minor"] for line in current["lines"]) > 0
    paid = await look("bss.payments", wang)
    assert (paid["count"], paid["last_minor"]) == (
        len(await system.payments(["C000000001"])),
        (await system.payments(["C000000001"]))[0]["amount_minor"],
    )
    everybody = [f"C{number:09d}" for number in range(1, 25)]
    some, *_ = [number for number in everybody if await system.orders([number])]
    async with filled.transaction(None) as conn:
        owner = {"customer_id": str(await conn.fetchval("SELECT id FROM customers WHERE no = $1", some))}
    order = await look("bss.order", owner)
    assert order["count"] == len(await system.orders([some]))
    assert order["ordered_on"] < TODAY.isoformat()
    by_number = await look("bss.order", owner | {"order_no": order["no"].lstrip("O0")})
    assert (by_number["count"], by_number["no"]) == (1, order["no"])
    for nobody in ("999999", "", "#"):
        assert (await look("bss.order", owner | {"order_no": nobody}))["count"] == 0


async def test_what_is_owed_is_what_is_past_its_day_less_what_is_there(
    look: BusinessLookUp, filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = {"paid_on": None, "total_minor": 9000, "account_id": "A1"}
    bills = [
        bill | {"due_on": "2026-03-14"},
        bill | {"due_on": "2026-03-15"},
        bill | {"due_on": "2026-02-20", "paid_on": "2026-02-19"},
        bill | {"due_on": "2026-02-20", "account_id": "A2"},
    ]

    async def owes(balance: int) -> int:
        account = {"id": "A1", "no": "A1", "balance_minor": balance, "status": "active"}

        async def items(db: Any, tenant: Any, asked: Any, name: str) -> list[Any]:
            return [account] if name == "accounts" else bills

        monkeypatch.setattr("yuelai.customers.view.service.items", items)
        return int((await look("bss.account", {"customer_id": wang}))["arrears_minor"])

    wang = await who(filled, "王芳")
    assert [await owes(balance) for balance in (-500, 0, 4000, 9000, 12000)] == [9500, 9000, 5000, 0, 0]


async def test_who_lives_where_something_is_broken_is_told_until_when(look: BusinessLookUp, filled: Database) -> None:
    chen = await look("bss.outage", {"customer_id": await who(filled, "陈国华")})
    assert (chen["outage"], chen["area"]) == (True, "杭州市滨江区")
    assert datetime.fromisoformat(chen["until"]) == datetime(2026, 3, 16, 10, tzinfo=UTC)
    wang = await look("bss.outage", {"customer_id": await who(filled, "王芳")})
    assert wang == {"outage": False, "area": None, "until": None}


async def test_a_payment_is_made_once_and_says_what_is_there_now(look: BusinessLookUp, filled: Database) -> None:
    paying = {
        "customer_id": await who(filled, "王芳"),
        "account_id": "A000000005",
        "card": "600010000001",
        "key": "i/pay/1",
    }
    for _ in range(2):
        paid = await look("bss.pay", paying)
        assert paid == {"ok": True, "paid_minor": 5000, "balance_minor": 9860, "reason": None}
    for key, card, reason in (("2", "600010000001", "card_used"), ("3", "1", "card_wrong")):
        refused = await look("bss.pay", paying | {"key": key, "card": card})
        assert (refused["ok"], refused["reason"]) == (False, reason)
    amount = {name: value for name, value in paying.items() if name != "card"}
    assert (await look("bss.pay", amount | {"key": "4", "amount_minor": 40}))["balance_minor"] == 9900
    other = await look("bss.pay", amount | {"key": "5", "amount_minor": 40, "account_id": "A000000006"})
    assert (other["ok"], other["reason"]) == (False, "account_unknown")
    ordered = {"customer_id": paying["customer_id"], "product": "tv", "key": "6"}
    assert await look("bss.new_order", ordered) == await look("bss.new_order", ordered) == {"no": "6"}


@pytest.mark.parametrize("mode", ["slow", "failing", "hanging", "rubbish"])
async def test_a_system_in_trouble_is_a_failure_in_time_and_never_an_answer(
    bss: RunningBss, look: BusinessLookUp, filled: Database, mode: str
) -> None:
    wang = {"customer_id": await who(filled, "王芳")}
    await bss.behave(mode, 5)
    for name, more in READS:
        began = time.monotonic()
        with pytest.raises(LookUpFailed):
            await look(name, wang | more)
        assert time.monotonic() - began < SECONDS + 0.2


@pytest.mark.parametrize("mode", ["slow", "failing", "hanging", "rubbish"])
async def test_a_payment_that_may_have_been_made_is_not_said_to_have_failed(
    bss: RunningBss, look: BusinessLookUp, filled: Database, mode: str
) -> None:
    paying = {"customer_id": await who(filled, "王芳"), "account_id": "A000000005", "card": "600010000001", "key": "k"}
    await bss.behave(mode, 5)
    began = time.monotonic()
    with pytest.raises(LookUpFailed) as failure:
        await look("bss.pay", paying)
    assert time.monotonic() - began < SECONDS + 0.2
    assert failure.value.sent
    await bss.behave("ok")
    assert (await look("bss.pay", paying))["balance_minor"] == 9860


async def test_a_payment_whose_answer_is_lost_is_made(bss: RunningBss, look: BusinessLookUp, filled: Database) -> None:
    await bss.behave("lost")
    paying = {"customer_id": await who(filled, "王芳"), "account_id": "A000000005", "card": "600010000001", "key": "k"}
    assert (await look("bss.pay", paying))["ok"] is True


async def test_a_payment_that_was_certainly_not_sent_is_told_apart(filled: Database) -> None:
    nobody = TmForum(f"http://127.0.0.1:{free_port()}")
    wang = await who(filled, "王芳")
    for outside in (Outside(Sources(nobody, "main")), Outside()):
        look = BusinessLookUp(filled, SAMPLE_TENANT, None, outside)
        for customer in (wang, str(new_id())):
            with pytest.raises(LookUpFailed) as failure:
                await look("bss.pay", {"customer_id": customer, "account_id": "A1", "amount_minor": 1, "key": "k"})
            assert not failure.value.sent
    await nobody.close()


async def test_without_a_business_system_our_own_tables_answer_what_they_know(filled: Database) -> None:
    look = BusinessLookUp(filled, SAMPLE_TENANT, clock=VirtualClock(NOW))
    wang = {"customer_id": await who(filled, "王芳")}
    assert (await look("bss.account", wang))["balance_minor"] == 4860
    assert (await look("bss.bill", wang | {"which": "last"}))["month"] == "2026-02-01"
    assert (await look("bss.payments", wang))["count"] > 0
    assert (await look("bss.order", wang))["count"] >= 0
    for name, more in (("bss.bill", {"which": "current"}), ("bss.outage", {}), ("bss.new_order", {"product": "tv"})):
        with pytest.raises(LookUpFailed):
            await look(name, wang | more | {"key": "k"})


async def test_a_pin_is_checked(look: BusinessLookUp, filled: Database) -> None:
    wang = {"customer_id": await who(filled, "王芳")}
    assert await look("identity.pin", wang | {"pin": "111222"}) == {"ok": False, "locked": False, "left": 2}
    assert await look("identity.pin", wang | {"pin": "246810"}) == {"ok": True, "locked": False, "left": 3}
    for _ in range(2):
        await look("identity.pin", wang | {"pin": "111222"})
    assert await look("identity.pin", wang | {"pin": "111222"}) == {"ok": False, "locked": True, "left": 0}
    assert (await look("identity.pin", wang | {"pin": "246810"}))["locked"]


async def test_a_call_back_is_booked_for_whoever_is_on_the_line() -> None:
    booked: list[Any] = []

    async def book(owed: Any) -> UUID:
        booked.append(owed)
        return new_id()

    nobody: Any = None
    callbacks: Any = SimpleNamespace(book=book)
    interaction, customer = new_id(), new_id()
    contact = {"interaction_id": str(interaction), "customer": {"id": str(customer)}}
    look = BusinessLookUp(nobody, SAMPLE_TENANT, None, Outside(callbacks=callbacks), contact, language=lambda: "en")
    assert await look("callback.book", {"number": "13800000001"}) == {"ok": True}
    (owed,) = booked
    assert (owed.number, owed.language, owed.interaction_id, owed.customer_id) == (
        "13800000001", "en", interaction, customer,
    )  # fmt: skip
    with pytest.raises(LookUpFailed):
        await BusinessLookUp(nobody, SAMPLE_TENANT)("callback.book", {"number": "1"})


async def test_what_is_odd_is_a_failure_like_others(look: BusinessLookUp, filled: Database) -> None:
    nobody: Any = None
    for name, arguments in (
        ("nonsense", {}),
        ("bss.account", {}),
        ("bss.account", {"customer_id": None}),
        ("bss.account", {"customer_id": "x"}),
        ("bss.account", {"customer_id": str(new_id())}),
        ("identity.pin", {"customer_id": str(new_id()), "pin": "1"}),
        ("bss.pay", {"customer_id": await who(filled, "王芳")}),
        ("bss.pay", {"customer_id": await who(filled, "王芳"), "account_id": "A", "amount_minor": "many", "key": "k"}),
    ):
        with pytest.raises(LookUpFailed):
            await look(name, arguments)
    with pytest.raises(LookUpFailed):
        await BusinessLookUp(nobody, SAMPLE_TENANT)("balance", {"customer_id": str(new_id())})


async def test_no_look_up_outlasts_its_time(look: BusinessLookUp, monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleeps(*_: Any) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr("yuelai.customers.view.service.business", sleeps)
    monkeypatch.setattr("yuelai.bootstrap.lookups.SECONDS", 0.1)
    with pytest.raises(LookUpFailed):
        await look("bss.account", {"customer_id": str(new_id())})
