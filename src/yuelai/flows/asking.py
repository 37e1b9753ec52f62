"""Nodes at which the customer is asked something. Each returns the name of the node that comes next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from yuelai.flows import model
from yuelai.flows.ports import Digits, LookUpFailed, Money, Prompt
from yuelai.flows.walk import Walk

_YES, _NO = "1", "2"
_ANOTHER = "*"
MORE_CODES = 2
"""How many more a customer may have sent who asks for another one."""
_AMOUNT = re.compile(r"(?P<whole>[0-9]{0,9})(?:\*(?P<parts>[0-9]{0,2}))?", re.ASCII)
"""Up to a milliard, with a point or without."""


async def menu(walk: Walk, node: model.Menu) -> str:
    preface: Sequence[model.SayItem] = ()
    mistakes = 0
    words = {key: choice.words for key, choice in node.choices.items() if choice.words}
    while mistakes < walk.handlers.attempts:
        pressed = await walk.ask([*preface, *node.say], maximum=1, first_timeout=node.first_timeout, words=words)
        key = pressed.digits
        choice = node.choices.get(key)
        if choice is not None:
            if node.save:
                walk.variables[node.save] = key
            # Never what was said: somebody may say their name, and what the trail's facts hold stays.
            spoken = {"spoken": True} if pressed.spoken else {}
            await walk.step(node, "menu", key=key, choice=choice.label, **spoken)
            return choice.next
        if key and key == node.repeat:
            preface = ()
            walk.count()
            await walk.step(node, "menu", key=key, repeat=True)
            continue
        mistakes += 1
        preface = await walk.mistake(node, "menu", key, mistakes)
        if not key and node.silence:
            return node.silence
    return walk.handlers.failed


async def collect(walk: Walk, node: model.Collect) -> str:
    preface: Sequence[model.SayItem] = ()
    mistakes = 0
    while mistakes < walk.handlers.attempts:
        pressed = await walk.ask(
            [*preface, *node.say],
            maximum=node.maximum,
            first_timeout=node.first_timeout,
            next_timeout=node.next_timeout,
            terminators=node.terminators,
        )
        digits = pressed.digits
        amount = _amount(digits) if node.as_amount else None
        if not node.minimum <= len(digits) <= node.maximum or (node.as_amount and amount is None):
            mistakes += 1
            preface = await walk.mistake(node, "collect", "" if node.secret else digits, mistakes)
            continue
        said = Digits(digits) if amount is None else Money(amount)
        agreed = await _agreed(walk, node, said) if node.confirm else _YES
        if agreed == _YES:
            walk.variables[node.save] = digits if amount is None else amount
            shown = {"length": len(digits)} if node.secret else {"digits": digits}
            if amount is not None and not node.secret:
                shown = {"amount_minor": amount}
            await walk.step(node, "collect", save=node.save, **shown)
            return node.next
        if not agreed:
            break
        preface = ()
        walk.count()
        await walk.step(node, "collect", key=agreed, again=True)
    return walk.handlers.failed


def _amount(keys: str) -> int | None:
    """Return what the keys come to in minor units, the star being the point: `48*6` is 4860. None is no amount."""
    form = _AMOUNT.fullmatch(keys)
    if form is None or not any(key.isdigit() for key in keys):
        return None
    whole, parts = form["whole"], form["parts"] or ""
    return int(whole or "0") * 100 + int(parts.ljust(2, "0"))


async def _agreed(walk: Walk, node: model.Collect, given: Digits | Money) -> str:
    """Say back what was given; return the answer, nothing after too many that are neither yes nor no."""
    before, after = (Prompt(name) for name in model.CONFIRMING)
    said = (before, given, after)
    preface: Sequence[model.SayItem] = ()
    for attempt in range(1, walk.handlers.attempts + 1):
        key = (await walk.ask([*preface, *said], maximum=1, first_timeout=node.first_timeout)).digits
        if key in (_YES, _NO):
            return key
        preface = await walk.mistake(node, "collect", key, attempt)
    return ""


async def consent(walk: Walk, node: model.Consent) -> str:
    preface: Sequence[model.SayItem] = ()
    key = ""
    for _ in range(walk.handlers.attempts):
        key = (await walk.ask([*preface, *node.say], maximum=1, first_timeout=node.first_timeout)).digits
        if key in (_YES, _NO):
            break
        walk.mistakes[node.name] += 1
        preface = walk.handlers.no_match if key else walk.handlers.no_input
    given = key == _YES
    walk.variables["consent"] = given
    await walk.dialogue.consented(given)
    await walk.step(node, "consent", key=key or None, consent=given)
    return node.next


async def verify(walk: Walk, node: model.Verify) -> str:
    """Ask for the PIN of the customer, or for a code sent to them. It is compared elsewhere, and neither a variable nor
    the trail ever has it."""
    walk.variables["verified"] = False
    customer_id = walk.value("customer.id")
    if customer_id is None:
        await walk.step(node, "verify", ok=False, problem="no_customer")
        return node.failed
    by_code, more = node.by == "code", MORE_CODES
    if by_code and (exit_ := await _send_code(walk, node, customer_id)):
        return exit_
    preface: Sequence[model.SayItem] = ()
    attempt = 1
    while attempt <= walk.handlers.attempts:
        asked = await walk.ask([*preface, *node.say], maximum=node.maximum, terminators="#*" if by_code else "#")
        another = asked.terminator == _ANOTHER
        if another and more:
            more, preface = more - 1, ()
            walk.count()
            if exit_ := await _send_code(walk, node, customer_id):
                return exit_
            continue
        secret = "" if another else asked.digits
        if len(secret) >= node.minimum:
            exit_ = await _compared(walk, node, customer_id, secret, attempt)
            if exit_:
                return exit_
        else:
            problem = "too_short" if secret or another else "no_input"
            await walk.step(node, "verify", ok=False, problem=problem, attempt=attempt)
        walk.mistakes[node.name] += 1
        preface = (node.wrong or walk.handlers.no_match) if secret or another else walk.handlers.no_input
        attempt += 1
    return node.failed


async def _compared(walk: Walk, node: model.Verify, customer_id: Any, secret: str, attempt: int) -> str:
    """Have it compared; return where that leads, nothing for another try."""
    name = "identity.code" if node.by == "code" else "identity.pin"
    try:
        answer = await walk.shared.lookup(name, {"customer_id": customer_id, node.by: secret})
    except LookUpFailed:
        await walk.step(node, "verify", ok=False, problem="lookup_failed", attempt=attempt)
        return node.failed
    if answer.get("ok") is True:
        walk.variables["verified"] = True
        await walk.step(node, "verify", ok=True, attempt=attempt)
        return node.next
    # Who has no PIN is no nearer to one by trying again.
    problem = "none" if answer.get("reason") == "none" else "locked" if answer.get("locked") else "wrong"
    await walk.step(node, "verify", ok=False, problem=problem, attempt=attempt)
    if problem == "wrong":
        return ""
    if problem == "locked":
        walk.mistakes[node.name] += 1
        return node.locked
    return node.none or node.failed


async def _send_code(walk: Walk, node: model.Verify, customer_id: Any) -> str:
    """Have a code sent; return where it leads that none was, nothing when one was. The variable `code` is what is said
    of that, and never has the code."""
    arguments = {"customer_id": customer_id, "key": walk.new_key(node.name)}
    try:
        answer = await walk.shared.lookup("identity.send_code", arguments)
    except LookUpFailed:
        answer = {"ok": False, "reason": "unavailable"}
    sent = answer.get("ok") is True
    walk.variables["code"] = {"ok": sent, "to_last4": answer.get("to_last4"), "reason": answer.get("reason")}
    await walk.step(node, "verify", sent=sent, reason=answer.get("reason"))
    if sent:
        return ""
    return node.locked if answer.get("reason") == "locked" else node.failed


async def record(walk: Walk, node: model.Record) -> str:
    await walk.say(node.say)
    taken = await walk.dialogue.record(node.queue, node.maximum_seconds)
    seconds = round(taken.seconds, 1)
    walk.variables[node.save] = {"seconds": seconds}
    await walk.step(node, "record", ok=seconds > 0, queue=node.queue, seconds=seconds)
    if seconds <= 0:
        return node.failed
    if node.served:
        await walk.serve()
    return node.next


async def rating(walk: Walk, node: model.Rating) -> str:
    """Nobody is held back for an answer: who gives none goes on at once."""
    preface: Sequence[model.SayItem] = ()
    given = None
    for _ in range(walk.handlers.attempts):
        key = (await walk.ask([*preface, *node.say], maximum=1)).digits
        if key.isdecimal() and 1 <= int(key) <= node.maximum:
            given = int(key)
        if given is not None or not key:
            break
        walk.mistakes[node.name] += 1
        preface = walk.handlers.no_match
    walk.variables["rating"] = given
    await walk.step(node, "rating", rating=given)
    return node.next
