"""Forms are checked on the server as their kinds say; a page's own checking is a courtesy."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from yuelai.businesses import forms
from yuelai.businesses.errors import WrongForm
from yuelai.businesses.shipped import KINDS

TODAY = date(2026, 3, 4)
FORMS = {kind.code: kind.form for kind in KINDS}
DISPUTE = {"month": "last", "items": ["data"], "amount": 48.6, "wish": "explain", "phone": "13800000001"}


def errors(code: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        forms.check(FORMS[code], values, TODAY)
    except WrongForm as wrong:
        return [(one["field"], one["rule"]) for one in wrong.extra["errors"]]
    return []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_each_kind_is_a_schema_with_labels_in_both_languages(kind: Any) -> None:
    Draft202012Validator.check_schema(kind.form)
    fields = kind.form["properties"]
    assert kind.form["x-order"] == list(fields)
    assert set(kind.form["required"]) <= set(fields)
    assert all((kind.name, kind.name_en))
    for name, field in fields.items():
        assert all(field[part] for part in ("title", "x-title-en", "x-field")), name
        offered = field.get("enum") or field.get("items", {}).get("enum", [])
        assert list(field.get("x-labels", {})) == offered, name
    for condition in kind.form.get("allOf", ()):
        assert set(condition["then"]["properties"]) | set(condition["if"]["properties"]) <= set(fields)


def test_letters_and_codes_are_each_there_once() -> None:
    assert len({kind.letter for kind in KINDS}) == len({kind.code for kind in KINDS}) == len(KINDS) >= 10


def test_a_form_that_is_right_is_taken() -> None:
    assert errors("bill_dispute", DISPUTE) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"amount": -1}, [("amount", "minimum")]),
        ({"amount": 1.005}, [("amount", "decimals")]),
        ({"amount": float("nan")}, [("amount", "decimals")]),
        ({"amount": "48"}, [("amount", "type")]),
        ({"month": "never"}, [("month", "enum")]),
        ({"items": []}, [("items", "minItems")]),
        ({"items": ["data", "data"]}, [("items", "uniqueItems")]),
        ({"items": [{"a": n} for n in range(100_000)]}, [("items", "maxItems")]),
        ({"phone": "call me"}, [("phone", "pattern")]),
        ({"colour": "red"}, [("colour", "unknown")]),
        ({"wish": "refund"}, [("refund_to", "required")]),
        ({"wish": "refund", "refund_to": "balance"}, []),
    ],
)
def test_what_is_wrong_is_told_by_field(change: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors("bill_dispute", {**DISPUTE, **change}) == expected


def test_what_is_missing_is_told_by_field() -> None:
    assert errors("bill_dispute", {}) == [
        (field, "required") for field in ("month", "items", "amount", "wish", "phone")
    ]


def test_days_that_are_over_cannot_be_booked() -> None:
    move = {"from_address": "杭州", "to_address": "宁波", "slot": "am", "coverage": True, "contact": "王芳",
            "phone": "13800000001"}  # fmt: skip
    assert errors("broadband_move", {**move, "date": "2026-03-05"}) == []
    assert errors("broadband_move", {**move, "date": "2026-03-03"}) == [("date", "earliest")]
    assert errors("broadband_move", {**move, "date": "2026-02-30"}) == [("date", "format")]
    assert errors("broadband_move", {**move, "date": "2026-03-05", "coverage": False}) == [("coverage", "const")]
