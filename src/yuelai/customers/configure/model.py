"""Classes and custom fields; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from yuelai.customers.errors import BadCustomField

FieldType = Literal["text", "number", "date", "choice", "bool"]
LONGEST_TEXT = 500
_LARGEST = 10**15
"""Beyond it a browser's numbers are no longer exact."""


@dataclass(frozen=True)
class CustomerClass:
    """`rank` orders classes, the highest served with the most care; `color` is a name of the screens' palette."""

    code: str
    name: str
    name_en: str
    rank: int
    color: str


BUILT_IN = (
    CustomerClass("normal", "普通", "Ordinary", 0, "default"),
    CustomerClass("silver", "银卡", "Silver", 10, "silver"),
    CustomerClass("gold", "金卡", "Gold", 20, "gold"),
    CustomerClass("vip", "VIP", "VIP", 30, "vip"),
)
"""What every tenant has until it says otherwise."""


@dataclass(frozen=True)
class CustomField:
    code: str
    name: str
    name_en: str
    type: FieldType
    choices: list[str] = field(default_factory=list)
    required: bool = False
    position: int = 0


def checked(fields: Iterable[CustomField], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they are stored; those that are null or empty text become None.

    Raises `BadCustomField` with `field` for an unknown one or a value of another type.
    """
    known = {each.code: each for each in fields}
    for code in values:
        if code not in known:
            raise BadCustomField(field=code)
    return {code: _checked(known[code], value) for code, value in values.items()}


def missing(fields: Iterable[CustomField], values: Mapping[str, Any]) -> list[str]:
    """Return the codes of required fields that have no value."""
    return [each.code for each in fields if each.required and values.get(each.code) is None]


def _checked(wanted: CustomField, value: Any) -> Any:
    if value is None or value == "":
        return None
    match wanted.type:
        case "bool":
            good = isinstance(value, bool)
        case "number":
            good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            good = good and abs(value) <= _LARGEST
        case "date":
            good = isinstance(value, str) and _is_date(value)
        case "choice":
            good = isinstance(value, str) and value in wanted.choices
        case _:
            good = isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value
    if not good:
        raise BadCustomField(field=wanted.code)
    return value


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
