"""Whether a form is filled in as its kind asks. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from yuelai.businesses.errors import WrongForm
from yuelai.businesses.fields import Schema

MOST_ERRORS = 50
_ZONES = timedelta(days=1)
"""It may be yesterday where the agent sits."""


def check(form: Schema, values: Mapping[str, Any], today: date) -> None:
    """Raises `WrongForm` with `errors`, each `{field, rule}`: the rule is the schema's word for it, `earliest`
    or `decimals`."""
    errors = list(dict.fromkeys(_errors(form, values, today)))[:MOST_ERRORS]
    if errors:
        raise WrongForm(errors=[{"field": field, "rule": rule} for field, rule in errors])


def _errors(form: Schema, values: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    if too_many := [*_too_many(form, values)]:
        yield from too_many  # whether all of them differ is not even asked
        return
    validator = Draft202012Validator(form, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for error in validator.iter_errors(dict(values)):
        yield from _named(error, values)
    for name, field in form["properties"].items():
        value = values.get(name)
        if "x-earliest" in field and isinstance(value, str) and _too_early(value, field["x-earliest"], today):
            yield name, "earliest"
        if "x-decimals" in field and isinstance(value, float) and not _rounded(value, field["x-decimals"]):
            yield name, "decimals"


def _too_many(form: Schema, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field in form["properties"].items():
        value = values.get(name)
        if isinstance(value, list) and len(value) > len(field.get("items", {}).get("enum", ())):
            yield name, "maxItems"


def _too_early(value: str, days: int, today: date) -> bool:
    try:
        return date.fromisoformat(value) < today + timedelta(days=days) - _ZONES
    except ValueError:
        return False  # told by the schema


def _rounded(value: float, decimals: int) -> bool:
    return math.isfinite(value) and abs(value - round(value, decimals)) < 1e-9


def _named(error: ValidationError, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    rule = str(error.validator)
    if error.path:
        yield str(error.path[0]), rule
    elif rule == "required":
        asked: Any = error.validator_value
        yield from ((str(name), rule) for name in asked if name not in values)
    elif rule == "additionalProperties":
        known = error.schema["properties"] if isinstance(error.schema, Mapping) else {}
        yield from ((name[:64], "unknown") for name in values if name not in known)
    else:
        yield "", rule
