"""Words for writing forms: each gives the JSON Schema of one field, with what screens need as `x-…`.

`x-field` says how it is shown, `title` and `x-title-en` its label, `x-prefill` what it begins with as far as the system
knows (`customer.name`, `customer.phone`, `customer.address`, `account.no`), `x-labels` the names of choices,
`x-earliest` the first day that can be chosen, in days from today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]
Choices = Mapping[str, tuple[str, str]]
"""By code: the name, and the name in English."""

PHONE = r"^\+?[0-9]{3,20}$"
LONGEST_LINE, LONGEST_TEXT = 200, 2000


def _field(kind: str, title: str, english: str, **more: Any) -> Schema:
    return {"title": title, "x-title-en": english, "x-field": kind, **more}


def text(title: str, english: str, *, prefill: str = "", longest: int = LONGEST_LINE, pattern: str = "") -> Schema:
    more = {**_from(prefill), **({"pattern": pattern} if pattern else {})}
    return _field("text", title, english, type="string", minLength=1, maxLength=longest, **more)


def lines(title: str, english: str, *, longest: int = LONGEST_TEXT) -> Schema:
    return _field("textarea", title, english, type="string", minLength=1, maxLength=longest)


def money(title: str, english: str, *, most: float = 100_000) -> Schema:
    """In the tenant's currency. `multipleOf` cannot tell cents among binary fractions, hence `x-decimals`."""
    return _field("money", title, english, type="number", minimum=0, maximum=most, **{"x-decimals": 2})


def number(title: str, english: str, *, least: float = 0, most: float = 1_000_000) -> Schema:
    return _field("number", title, english, type="integer", minimum=least, maximum=most)


def date(title: str, english: str, *, earliest: int | None = None) -> Schema:
    bound = {} if earliest is None else {"x-earliest": earliest}
    return _field("date", title, english, type="string", format="date", **bound)


def phone(title: str, english: str, *, prefill: str = "") -> Schema:
    return _field("phone", title, english, type="string", pattern=PHONE, **_from(prefill))


def address(title: str, english: str, *, prefill: str = "") -> Schema:
    return _field("address", title, english, type="string", minLength=2, maxLength=LONGEST_LINE, **_from(prefill))


def choice(title: str, english: str, choices: Choices) -> Schema:
    return _field("choice", title, english, type="string", enum=list(choices), **_labels(choices))


def several(title: str, english: str, choices: Choices) -> Schema:
    items = {"type": "string", "enum": list(choices)}
    return _field(
        "choices", title, english, type="array", items=items, minItems=1, uniqueItems=True, **_labels(choices)
    )


def tick(title: str, english: str, *, must: bool = False) -> Schema:
    """`must`: it can only be submitted ticked."""
    return _field("checkbox", title, english, type="boolean", **({"const": True} if must else {}))


def when(field: str, values: Sequence[str | bool], *, ask: Sequence[str] = (), offer: Sequence[str] = ()) -> Schema:
    """With one of these values the fields of `ask` are to be filled in and those of `offer` may be; else neither is
    shown."""
    return {
        "if": {"properties": {field: {"enum": list(values)}}, "required": [field]},
        "then": {"required": list(ask), "properties": dict.fromkeys((*ask, *offer), True)},
    }


def form(fields: Mapping[str, Schema], *, required: Sequence[str] = (), conditions: Sequence[Schema] = ()) -> Schema:
    """Return the schema of a form. jsonb keeps no order, so that of the fields is said apart."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": dict(fields),
        "x-order": list(fields),
        "required": list(required),
        "additionalProperties": False,
        **({"allOf": list(conditions)} if conditions else {}),
    }


def _from(prefill: str) -> Schema:
    return {"x-prefill": prefill} if prefill else {}


def _labels(choices: Choices) -> Schema:
    return {"x-labels": {code: list(names) for code, names in choices.items()}}
