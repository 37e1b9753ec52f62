"""What a flow says, from expressions to utterances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from yuelai.flows.expressions import CannotEvaluate, evaluate
from yuelai.flows.model import SayItem
from yuelai.flows.ports import Digits, Instant, Money, Number, Prompt, Text, Utterance


def utterance(item: SayItem, variables: Mapping[str, Any]) -> Utterance:
    """Raises `CannotEvaluate` for a value that cannot be said in this way."""
    if item.kind == "prompt":
        return Prompt(item.text)
    value = evaluate(item.text, variables)
    if item.kind == "digits" and isinstance(value, str):
        return Digits(value)
    if item.kind == "text" and isinstance(value, str):
        return Text(value)
    if item.kind == "date" and isinstance(value, str | date):
        return _instant(value)
    if item.kind == "money" and isinstance(value, int) and not isinstance(value, bool):
        return Money(value, item.currency)
    if item.kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        return Number(value)
    raise CannotEvaluate(f"{item.text} is no {item.kind}: {type(value).__name__}")


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
