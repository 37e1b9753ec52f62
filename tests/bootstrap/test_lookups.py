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
from yuelai.bootstrap import lookups, services
from yuelai.bootstrap.lookups import SECONDS, BusinessLookUp, Outside
from yuelai.bootstrap.services import CATEGORIES
from yuelai.connectors.errors import NotSent
from yuelai.connectors.order97.client import Order97
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
READS: tuple[tuple[str, dict[str, str]], ...] = (
    ("bss.account", {}),
    ("bss.bill", {"which": "last"}),
    ("bss.bill", {"which": "current"}),
    ("bss.payments", {}),
    ("bss.order", {}),
    ("bss.outage", {}),
    ("bss.details", {}),
    ("bss.tariffs", {}),
    ("bss.tariff", {"code": "tv"}),
    ("bss.tariff", {"code": "moon"}),
    ("bss.outlets", {}),
    ("bss.outlets", {"area_code": "0999"}),
    ("directory", {"digits": "874"}),
    ("directory", {"digits": "999"}),
    ("information", {"code": "weather"}),
    ("information", {"code": "moon"}),
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
async def orders(bss: RunningBss) -> AsyncIterator[Order97]:
    made = Order97(bss.url.replace("/tmf-api", "/order97"))
    yield made
    await made.close()


@pytest.fixture
def look(filled: Database, system: TmForum, orders: Order97) -> BusinessLookUp:
    outside = Outside(Sources(system, "main"), orders=orders)
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


@pytest.mark.parametrize(("trouble", "counted"), [(None, True), (NotSent("nobody there"), False)])
async def test_a_card_that_may_have_been_looked_at_counts_as_wrong(
    filled: Database, monkeypatch: pytest.MonkeyPatch, trouble: Exception | None, counted: bool
) -> None:
    """Else whoever makes the system slow could guess without end."""

    async def pay(*arguments: Any, **more: Any) -> Any:
        if trouble is not None:
            raise trouble
        await asyncio.sleep(5)

    async def asked(arguments: Any, *, sent: bool = True) -> Any:
        return SimpleNamespace(system=SimpleNamespace(pay=pay), numbers=["1", "2"])

    look = BusinessLookUp(filled, SAMPLE_TENANT, clock=VirtualClock(NOW))
    monkeypatch.setattr(look, "_asked", asked)
    monkeypatch.setattr(lookups, "SECONDS", 0.3)
    card = {"customer_id": await who(filled, "王芳"), "account_id": "A1", "card": "1234", "key": "k"}
    with pytest.raises(LookUpFailed):
        await look("bss.pay", card)
    async with filled.transaction(None) as conn:
        wrong = await conn.fetchval("SELECT sum(cardinality(times)) FROM customer_guesses")
    assert bool(wrong) is counted


async def test_a_pin_is_checked(look: BusinessLookUp, filled: Database) -> None:
    wang = {"customer_id": await who(filled, "王芳")}
    assert await look("identity.pin", wang | {"pin": "111222"}) == {
        "ok": False,
        "locked": False,
        "left": 2,
        "reason": None,
    }
    assert await look("identity.pin", wang | {"pin": "246810"}) == {
        "ok": True,
        "locked": False,
        "left": 3,
        "reason": None,
    }
    for _ in range(2):
        await look("identity.pin", wang | {"pin": "111222"})
    locked = {"ok": False, "locked": True, "left": 0, "reason": None}
    assert await look("identity.pin", wang | {"pin": "111222"}) == locked
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


async def test_the_balance_is_the_business_systems_and_ours_while_it_is_away(
    bss: RunningBss, look: BusinessLookUp, filled: Database, system: TmForum
) -> None:
    wang = {"customer_id": await who(filled, "王芳")}
    ours = dict(await look("balance", wang))
    assert ours["minor"] == 4860
    await system.pay(["C000000001"], "A000000005", "k1", card="600010000001")
    paid = await look("balance", wang)
    assert paid == ours | {"minor": 9860}
    await bss.behave("hanging")
    system._forget()
    began = time.monotonic()
    assert (await look("balance", wang))["minor"] == 4860
    assert time.monotonic() - began < SECONDS


async def test_details_add_up_by_category_and_fit_into_a_text_message(look: BusinessLookUp, filled: Database) -> None:
    wang = {"customer_id": await who(filled, "王芳")}
    found = await look("bss.details", wang)
    assert found["count"] == len(found["lines"]) > 0
    sums = [found[f"{name}_minor"] or 0 for name in CATEGORIES]
    assert sum(sums) == found["total_minor"] == sum(line["amount_minor"] for line in found["lines"])
    assert found["plan_minor"] == 9900
    assert found["text"].startswith("2026年2月账单：5G 畅享 99 元套餐99.00元；")
    earlier = await look("bss.details", wang | {"month": "2025-12"})
    assert earlier["text"].startswith("2025年12月账单：")
    nothing = await look("bss.details", wang | {"month": "1999-01"})
    assert (nothing["count"], nothing["total_minor"], nothing["text"]) == (0, None, "")


def test_a_long_text_is_cut_between_its_parts_and_says_so() -> None:
    text = services._fitting("head ", ["x" * 100] * 9, "; ", " tail")
    assert len(text) <= services.LONGEST_TEXT
    assert text.endswith("x; … tail")


async def test_texts_are_in_the_customer_s_language(filled: Database, system: TmForum) -> None:
    outside = Outside(Sources(system, "main"))
    look = BusinessLookUp(filled, SAMPLE_TENANT, None, outside, language=lambda: "en", clock=VirtualClock(NOW))
    found = await look("bss.details", {"customer_id": await who(filled, "王芳")})
    assert found["text"].startswith("Bill 2026-02: ")
    assert (await look("bss.tariff", {"code": "tv"}))["text"] == "高清电视, 20.00 yuan a month"


async def test_an_outlet_near_the_customer_is_told_with_whether_it_is_open(
    look: BusinessLookUp, filled: Database
) -> None:
    chen = {"customer_id": await who(filled, "陈国华")}
    near = await look("bss.outlets", chen)
    assert (near["count"], near["name"]) == (1, "滨江营业厅")
    assert near["open"] == (9 <= NOW.astimezone().hour < 18)
    assert near["text"].startswith("滨江营业厅，杭州市滨江区")
    assert (await look("bss.outlets", {"customer_id": None, "area_code": "0574"}))["count"] == 4


async def test_an_order_and_a_fault_are_taken_once(
    bss: RunningBss, look: BusinessLookUp, filled: Database, system: TmForum
) -> None:
    li = {"customer_id": await who(filled, "李强")}
    has = {product["code"] for product in await system.products(["C000000002"])}
    wanted = next(code for code in ("cloud", "tv") if code not in has)
    order = li | {"service": wanted, "key": f"c1/order/{wanted}"}
    taken = await look("bss.order97", order)
    assert (taken["ok"], taken["reason"]) == (True, None)
    assert await look("bss.order97", order) == taken
    assert (await look("bss.order", li))["no"] == taken["no"]
    held = await look("bss.order97", li | {"service": "mobile-99", "key": "c1/order/mobile-99"})
    assert held == {"ok": False, "no": None, "reason": "held"}
    fault = li | {"kind": "broadband", "key": "c1/fault/broadband"}
    reported = await look("bss.fault", fault)
    assert reported["ok"]
    assert await look("bss.fault", fault) == reported
    assert (await look("bss.fault", li | {"kind": "moon", "key": "c1/fault/moon"}))["ok"] is False
    await bss.behave("hanging")
    for name, arguments in (("bss.order97", order), ("bss.fault", fault)):
        with pytest.raises(LookUpFailed) as failure:
            await look(name, arguments)
        assert failure.value.sent, name


async def test_a_tenant_without_a_system_is_told_nothing_of_another_s(filled: Database, system: TmForum) -> None:
    elsewhere = BusinessLookUp(filled, new_id(), None, Outside(Sources(system, "main")), clock=VirtualClock(NOW))
    for name, arguments in (("bss.tariffs", {}), ("directory", {"digits": "874"}), ("information", {"code": "time"})):
        with pytest.raises(LookUpFailed) as failure:
            await elsewhere(name, arguments)
        assert not failure.value.sent


async def test_five_wrong_recharge_cards_lock_the_next_one_for_half_an_hour(filled: Database, system: TmForum) -> None:
    clock = VirtualClock(NOW)
    look = BusinessLookUp(filled, SAMPLE_TENANT, None, Outside(Sources(system, "main")), clock=clock)
    wang = {"customer_id": await who(filled, "王芳"), "account_id": "A000000005"}
    right = await look("bss.pay", wang | {"card": "600010000001", "key": "k0"})
    assert right["ok"]
    for number in range(5):
        wrong = await look("bss.pay", wang | {"card": f"99999999999{number}", "key": f"k{number + 1}"})
        assert wrong["reason"] == "card_wrong"
    locked = await look("bss.pay", wang | {"card": "600010000002", "key": "k9"})
    assert (locked["ok"], locked["reason"]) == (False, "locked")
    assert (await look("bss.pay", wang | {"amount_minor": 100, "key": "k10"}))["ok"]
    clock.advance(31 * 60)
    assert (await look("bss.pay", wang | {"card": "600010000002", "key": "k11"}))["ok"]
