"""Nodes that ask a business system. Each returns the name of the node that comes next.

Whatever changes something outside is a look-up as well, with a key of its own, so that it is done once however often it
is asked for; and when nobody can say whether it was done, the customer is not told that it was not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from yuelai.flows import model
from yuelai.flows.expressions import CannotEvaluate
from yuelai.flows.ports import Left, LookUpFailed
from yuelai.flows.walk import Walk

log = structlog.get_logger()


async def look_up(walk: Walk, node: model.LookUpNode) -> str:
    arguments = {name: walk.value(text) for name, text in node.arguments.items()}
    try:
        walk.variables[node.save] = dict(await walk.shared.lookup(node.lookup, arguments))
    except LookUpFailed:
        await walk.step(node, "lookup", lookup=node.lookup, ok=False)
        return node.failed
    await walk.step(node, "lookup", lookup=node.lookup, ok=True)
    return node.next


async def hours(walk: Walk, node: model.Hours) -> str:
    try:
        found = await walk.shared.lookup("hours", {"queue": node.queue})
    except LookUpFailed:
        found = {"open": True}
    state = "open" if found.get("open") else "holiday" if found.get("holiday") else "closed"
    await walk.step(node, "hours", queue=node.queue, hours=state)
    if state == "open":
        return node.open
    return (node.holiday if state == "holiday" else "") or node.closed


async def pay(walk: Walk, node: model.Pay) -> str:
    arguments = _payment(walk, node)
    key = _key(walk, node, arguments)
    paid, answer = await _paid(walk, arguments, key)
    walk.variables[node.save] = answer
    if paid is None:
        walk.shared.unsettled[node.name] = arguments, key
    shown = {"amount_minor": arguments["amount_minor"]} if "amount_minor" in arguments else {}
    await walk.step(node, "pay", ok=paid, payment=key, **shown)
    return node.unknown if paid is None else node.next if paid else node.failed


def _payment(walk: Walk, node: model.Pay) -> dict[str, Any]:
    arguments = {"account_id": walk.value(node.account), "customer_id": walk.value("customer.id")}
    if node.amount:
        amount = walk.value(node.amount)
        if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
            raise CannotEvaluate(f"{node.amount} is no amount to pay")
        arguments["amount_minor"] = amount
    if node.card:
        arguments["card"] = walk.value(node.card)
    return arguments


def _key(walk: Walk, node: model.Pay, arguments: Mapping[str, Any]) -> str:
    """Return what makes it one payment. Who does not know whether it was made and tries again asks for the same one."""
    asked, key = walk.shared.unsettled.pop(node.name, (None, ""))
    if asked == arguments:
        return key
    walk.shared.visits[node.name] += 1
    visit = str(walk.shared.visits[node.name])
    # Who is sent to a flow again within one contact makes another payment there.
    times = walk.variables.get("walk", 1)
    return f"{walk.variables.get('interaction_id')}/{node.name}/{visit if times == 1 else f'{times}.{visit}'}"


async def _paid(walk: Walk, arguments: Mapping[str, Any], key: str) -> tuple[bool | None, dict[str, Any]]:
    """Return whether it was paid, None when that is not known, and the answer; asked once more when none comes."""
    may_be_made = False
    for _ in range(2):
        try:
            answer = dict(await walk.shared.lookup("bss.pay", {**arguments, "key": key}))
        except Left:
            raise
        except LookUpFailed as error:
            may_be_made = may_be_made or error.sent
            if not may_be_made:
                return False, {}
        except Exception as error:
            log.error("payment_without_answer", error=type(error).__name__)
            may_be_made = True
        else:
            paid = answer.get("ok")
            if isinstance(paid, bool):
                return paid, answer
            may_be_made = True
    return None, {}


async def callback(walk: Walk, node: model.Callback) -> str:
    number, booked = walk.variables.get("ani"), False
    if number:
        try:
            booked = (await walk.shared.lookup("callback.book", {"number": number})).get("ok") is True
        except LookUpFailed:
            booked = False
    await walk.step(node, "callback", ok=booked)
    return node.next if booked else node.failed
