"""Nodes that ask a business system. Each returns the name of the node that comes next.

Whatever changes something outside is a look-up as well, with a key of its own, so that it is done once however often it
is asked for; and when nobody can say whether it was done, the customer is not told that it was not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

import structlog

from yuelai.flows import model
from yuelai.flows.plain import plain
from yuelai.flows.ports import Left, LookUpFailed
from yuelai.flows.walk import Walk

log = structlog.get_logger()

_Paid = tuple[bool | None, dict[str, Any]]
_left_behind: set[asyncio.Task[_Paid]] = set()


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
    if node.amount and not _is_sum(arguments["amount_minor"]):
        # The customer keyed in nothing, or owes nothing: that is no fault of the flow.
        walk.variables[node.save] = {"ok": False, "reason": "amount"}
        await walk.step(node, "pay", ok=False, reason="amount")
        return node.failed
    key = _key(walk, node, arguments)
    shown = {"amount_minor": arguments["amount_minor"]} if "amount_minor" in arguments else {}
    # Who hangs up meanwhile may have paid: by its key it is found, and it is not broken off.
    await walk.step(node, "pay", begun=True, payment=key, **shown)
    paid, answer = await _to_its_end(_paid(walk, arguments, key), key)
    walk.variables[node.save] = answer
    walk.shared.unsettled.pop((node.name, repr(arguments)), None)
    if paid is None:
        walk.shared.unsettled[node.name, repr(arguments)] = key
    await walk.step(node, "pay", ok=paid, payment=key, **shown)
    if paid and node.served:
        await walk.serve()
    return node.unknown if paid is None else node.next if paid else node.failed


def _payment(walk: Walk, node: model.Pay) -> dict[str, Any]:
    arguments = {"account_id": walk.value(node.account), "customer_id": walk.value("customer.id")}
    if node.amount:
        arguments["amount_minor"] = walk.value(node.amount)
    if node.card:
        arguments["card"] = walk.value(node.card)
    return arguments


def _is_sum(amount: Any) -> bool:
    return isinstance(amount, int) and not isinstance(amount, bool) and amount > 0


def _key(walk: Walk, node: model.Node, arguments: Mapping[str, Any]) -> str:
    """Return what makes it one payment. Who does not know whether it was made and tries again asks for the same one."""
    return walk.shared.unsettled.get((node.name, repr(arguments))) or walk.new_key(node.name)


async def _paid(walk: Walk, arguments: Mapping[str, Any], key: str) -> _Paid:
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
            if paid is True:
                return True, answer
            if paid is False:
                # A refusal of what may be made already may be no more than that: a voucher that is used up now.
                return (None if may_be_made else False), answer
            may_be_made = True
    return None, {}


async def _to_its_end(paying: Coroutine[Any, Any, _Paid], key: str) -> _Paid:
    """Return its result. Who is cancelled leaves it to end by itself, with a word about it in the log."""
    task = asyncio.create_task(paying)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        _left_behind.add(task)
        task.add_done_callback(lambda done: _ended(done, key))
        raise


def _ended(task: asyncio.Task[_Paid], key: str) -> None:
    _left_behind.discard(task)
    if not task.cancelled() and task.exception() is None:
        log.warning("paid_after_the_customer_left", payment=key, ok=task.result()[0])


async def message(walk: Walk, node: model.Message) -> str:
    """What is in it, and to whom it goes, is on no trail."""
    arguments: dict[str, Any] = {
        "template": node.template,
        "to": walk.value(node.to),
        "values": plain({name: walk.value(text) for name, text in node.values.items()}),
    }
    if (customer_id := walk.value("customer.id")) is not None:
        arguments["customer_id"] = customer_id
    key = _key(walk, node, arguments)
    sent, answer = await _sent(walk, arguments, key)
    walk.variables[node.save] = answer
    walk.shared.unsettled.pop((node.name, repr(arguments)), None)
    if sent is None:
        walk.shared.unsettled[node.name, repr(arguments)] = key
    await walk.step(node, "message", ok=sent is True, template=node.template, message=key)
    if sent and node.served:
        await walk.serve()
    return node.next if sent else node.failed


async def _sent(walk: Walk, arguments: Mapping[str, Any], key: str) -> tuple[bool | None, dict[str, Any]]:
    """Return whether it will be sent, None when that is not known, and the answer; asked once more when none comes."""
    may_be_sent = False
    for _ in range(2):
        try:
            answer = await walk.shared.lookup("messages.send", {**arguments, "key": key})
        except LookUpFailed as error:
            may_be_sent = may_be_sent or error.sent
            if not may_be_sent:
                break
        else:
            return answer.get("ok") is True, dict(answer)
    return (None if may_be_sent else False), {"ok": False, "reason": "unavailable"}


async def callback(walk: Walk, node: model.Callback) -> str:
    number, booked = walk.variables.get("ani"), False
    if number:
        try:
            booked = (await walk.shared.lookup("callback.book", {"number": number})).get("ok") is True
        except LookUpFailed:
            booked = False
    await walk.step(node, "callback", ok=booked)
    return node.next if booked else node.failed
