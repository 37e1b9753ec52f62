from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.flows.expressions import BadExpression, CannotEvaluate, evaluate, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("customer.class == 'gold'", True),
        ("customer.class in ['gold', 'vip'] and account.minor < 0", True),
        ("customer.class == '.class'", False),
        ("not customer", False),
        ("missing", None),
        ("missing.key.deeper", None),
        ("customer.absent == null", True),
        ("account.minor + 50 * 2", -20),
        ("1 < 2 < 3", True),
        ("3 < 2 or 'x'", "x"),
        ("true and false", False),
        ("-account.minor // 7", 17),
    ],
)
def test_an_expression_reads_variables_and_compares_them(text: str, value: Any) -> None:
    variables = {"customer": {"class": "gold"}, "account": {"minor": -120}}
    result = evaluate(text, variables)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "customer.__class__",
        "open('x')",
        "[x for x in y]",
        "lambda: 1",
        "a[0]",
        "2 ** 99",
        "f'{x}'",
        "x := 1",
        "b'x'",
        "1 if a else 2",
        "",
        "a b",
        "a." * 300 + "a",
    ],
)
def test_whatever_is_not_on_the_list_is_refused_before_it_runs(text: str) -> None:
    with pytest.raises(BadExpression):
        parse(text)


@pytest.mark.parametrize("text", ["missing < 1", "'a' + 1", "1 // 0", "'ab' * 1000000", "1 in 2"])
def test_a_senseless_operation_is_told_apart_from_a_malformed_one(text: str) -> None:
    with pytest.raises(CannotEvaluate):
        evaluate(text, {})


def test_a_value_cannot_be_grown_without_bound() -> None:
    with pytest.raises(CannotEvaluate):
        evaluate("x * x", {"x": 1 << 6000})
    with pytest.raises(CannotEvaluate):
        evaluate("x + x", {"x": "a" * 6000})


@given(st.text(max_size=60))
def test_no_text_does_anything_but_evaluate_or_be_refused(text: str) -> None:
    with contextlib.suppress(BadExpression, CannotEvaluate):
        evaluate(text, {"a": 1, "b": {"c": "d"}})
