"""Self-service by keys in a whole centre: what callers are told of their business, and what becomes of its troubles."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.support.bss import bss_of
from tests.support.centre import Centre, eventually

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(240)]

WANG, CHEN = "13800000001", "13800000003"
CARD, SECOND_CARD, USED_CARD = "600010000001", "600010000002", "600090000001"


def together(centre: Centre, *calls: tuple[str, str], hold: int = 26) -> None:
    """Make calls at a time, each from a number and with keys, and wait until all are over."""
    begun = [
        centre.call("--from", number, "--to", "10000", "--dtmf", keys, "--hold", str(hold), "--hold-from", "digits")
        for number, keys in calls
    ]
    for process in begun:
        out, errors = process.communicate(timeout=90)
        assert out, errors
        assert json.loads(out)["calls"][0]["status"] == 200


def contacts(centre: Centre, number: str, count: int) -> list[tuple[list[str], dict[str, Any]]]:
    """Return the newest contacts of a number, once they are closed, each with the nodes it passed."""
    leader = centre.person("leader01")

    def closed() -> list[dict[str, Any]]:
        items = leader.interactions(ani=number)[:count]
        return items if len(items) == count and all(item["state"] == "closed" for item in items) else []

    found = [leader.get(f"/interactions/{item['id']}") for item in eventually(closed, 20)]
    return [
        ([line["data"]["node"] for line in one["trail"] if line["kind"] == "flow" and "node" in line["data"]], one)
        for one in found
    ]


def through(found: list[tuple[list[str], dict[str, Any]]], node: str) -> dict[str, Any]:
    """Return the one contact that passed this node."""
    passed = [contact for nodes, contact in found if node in nodes]
    assert len(passed) == 1, (node, [nodes[-6:] for nodes, _ in found])
    return passed[0]


def balance(centre: Centre) -> int:
    """Return what the business system has in 王芳's account now, in fen."""
    (process,) = centre.processes("yuelai bss")
    command = process.cmdline()
    base = f"http://127.0.0.1:{command[command.index('--port') + 1]}/tmf-api"
    found = httpx.get(f"{base}/prepayBalanceManagement/v4/bucket", params={"relatedParty.id": "C000000001"}).json()
    return round(found[0]["remainingValue"]["amount"] * 100)


def test_bills_payments_orders_and_arrears_are_told_and_the_caller_is_served(centre: Centre) -> None:
    together(centre, *((WANG, f"4{key}") for key in "12356"), (WANG, "541"), (CHEN, "2"))
    found = contacts(centre, WANG, 6)
    for node in ("say_current", "say_payment", "in_english"):
        assert through(found, node)["end_reason"] == "served"
    for nodes in (("order_open", "order_done", "order_cancelled", "no_orders"), ("say_arrears", "no_arrears")):
        (contact,) = [one for passed, one in found if set(nodes) & set(passed)]
        assert contact["end_reason"] == "served"
    bills = [nodes for nodes, _ in found if {"bill_paid", "bill_open"} & set(nodes)]
    assert len(bills) == 2
    assert not any(line["kind"] == "queue" for _, one in found for line in one["trail"])
    outage = through(contacts(centre, CHEN, 1), "say_outage_until")
    assert outage["end_reason"] == "served"


def test_a_recharge_card_pays_after_the_right_pin_alone_and_three_wrong_ones_lock(centre: Centre) -> None:
    before = balance(centre)
    together(
        centre,
        (WANG, f"44246810#,{CARD}#"),
        (WANG, f"44135790#,,246810#,,{USED_CARD}#"),
        (CHEN, "44135791#,135792#,135793#"),
        hold=10,
    )
    found = contacts(centre, WANG, 2)
    assert through(found, "say_paid_and_balance")
    assert through(found, "card_used")
    assert balance(centre) == before + 5000
    locked = through(contacts(centre, CHEN, 1), "pin_locked")
    # The right one does not open any more.
    together(centre, (CHEN, "44975310#,0"), hold=2)
    again = through(contacts(centre, CHEN, 1), "to_agent_locked")
    for contact in (locked, again, *(one for _, one in found)):
        text = json.dumps([line["data"] for line in contact["trail"]])
        assert not any(secret in text for secret in ("246810", "135790", "135793", "975310", CARD, USED_CARD))


def test_a_business_system_in_trouble_leads_to_an_agent_who_sees_it(centre: Centre) -> None:
    before = balance(centre)
    try:
        bss_of(centre, "hanging", only="paymentManagement")
        together(centre, (WANG, f"44246810#,{SECOND_CARD}#"), hold=12)
        assert through(contacts(centre, WANG, 1), "pay_unknown")
        for mode in ("failing", "hanging"):
            bss_of(centre, mode)
            together(centre, (WANG, "41,,,,,,0"), (CHEN, "2"), hold=3)
            ((nodes, _),) = contacts(centre, WANG, 1)
            assert nodes[-3:] == ["system_down", "more_down", "to_agent_down"], mode
            assert contacts(centre, CHEN, 1)[0][0][-2:] == ["outage", "to_fault_down"]
    finally:
        bss_of(centre, "ok")
    # Asked for twice under one name while nothing was heard: it is paid once.
    assert balance(centre) == before + 5000
