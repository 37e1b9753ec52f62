"""What a flow says, from expressions to utterances."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from yuelai.flows.expressions import CannotEvaluate, evaluate
from yuelai.flows.model import SayItem
from yuelai.flows.ports import CannotSay, Digits, Instant, Money, Number, Prompt, Text, Utterance

_NO_KEY = re.compile(r"[^0-9*#+]", re.ASCII)


def utterance(item: SayItem, variables: Mapping[str, Any]) -> Utterance:
    """Of `digits` what is no key is passed over, as in TT-2026A. Raises `CannotEvaluate` for a value that cannot
    be said in this way, `CannotSay` where nothing is left to be said."""
    if item.kind == "prompt":
        return Prompt(item.text)
    value = evaluate(item.text, variables)
    if item.kind == "digits" and isinstance(value, str | int) and not isinstance(value, bool):
        return _digits(str(value))
    if item.kind == "text" and isinstance(value, str):
        return Text(value)
    if item.kind == "date" and isinstance(value, str | date):
        return _instant(value)
    if item.kind == "money" and isinstance(value, int) and not isinstance(value, bool):
        return Money(value, item.currency)
    if item.kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        return Number(value)
    raise CannotEvaluate(f"{item.text} is no {item.kind}: {type(value).__name__}")


def _digits(text: str) -> Digits:
    keys = _NO_KEY.sub("", text)
    if text.strip() and not keys:
        raise CannotSay(Digits(text))
    return Digits(keys)


def _instant(value: str | date) -> Instant:
    """From an ISO 8601 date or instant; a clock time is spoken only where one was given."""
    clock = isinstance(value, datetime) or (isinstance(value, str) and "T" in value)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            raise CannotEvaluate(str(error)) from error
    at = value if isinstance(value, datetime) else datetime.combine(value, time(), tzinfo=None)
    return Instant(at, clock=clock)
