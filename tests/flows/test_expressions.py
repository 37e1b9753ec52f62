from __future__ import annotations

import ast
import contextlib
import time
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yuelai.flows.expressions import MAX_RESULT, BadExpression, CannotEvaluate, evaluate, parse


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


def test_lists_within_lists_cannot_be_grown_without_bound_either() -> None:
    """Doubled at each step of a flow, sixty steps make a list that nobody could compare or write down."""
    one, steps = [1], 0
    with pytest.raises(CannotEvaluate):
        for steps in range(60):  # noqa: B007 - the last one counts
            one = evaluate("[a, a]", {"a": one})
    assert steps < 15
    with pytest.raises(CannotEvaluate):
        evaluate("[a, a, a]", {"a": {"lines": ["x" * 4000]}})
    with pytest.raises(CannotEvaluate):
        evaluate("a + a", {"a": ["x" * 6000]})


# --- whatever is written --------------------------------------------------------------------------------------------


class Trap:
    """Something of Python's that lies in a variable: nothing of it may be read or called."""

    def __init__(self) -> None:
        self.touched: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.touched.append(name)
        return self

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.touched.append("()")
        return self


ALLOWED = (
    ast.Constant, ast.Name, ast.Attribute, ast.BoolOp, ast.And, ast.Or, ast.List, ast.Tuple, ast.UnaryOp, ast.Not,
    ast.USub, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE,
    ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Load,
)  # fmt: skip

TOKENS = st.sampled_from(
    [
        *["a", "b", "trap", "lines", "text", "big", "x", "customer", "null", "true", "_", "__", "__class__", "class"],
        *[".", ".c", ".class", ".__class__", ".mro", ".__globals__", ".format", ".__key", "()", "(", ")", "[", "]"],
        *["{", "}", ",", ":", ":=", "=", "==", "<", "in", "not", "and", "or", "+", "-", "*", "**", "/", "//", "%"],
        *["<<", "@", "lambda", "lambda:0", "for", "if", "else", "await", "yield", "import", "is", "None", "..."],
        *["1", "0", "1e308", "9" * 60, "1j", "0x", "'", '"', "'a'", "f'{a}'", "b'a'", '""', "\\", "\n", "#", ";", "\0"],
        *["'\\x41'", "__import__('os')", "eval", "open", "print(1)", "ａ", "名", " "],
    ]
)
VARIABLES = st.fixed_dictionaries(
    {
        "a": st.none() | st.integers() | st.text(max_size=9000) | st.booleans(),
        "b": st.just({"c": "d", "class": 1, "__class__": "nothing"}),
        "lines": st.lists(st.integers(), max_size=50),
        "text": st.just("a" * 9000),
        "big": st.just(1 << 9000),
    }
)
PARTS = st.sampled_from(
    ["a", "b", "b.c", "lines", "text", "big", "trap", "trap.c", "1", "'x'", "null", "[]", "0", "-1"]
)
OPERATORS = st.sampled_from(["+", "-", "*", "//", "==", "!=", "<", ">=", "in", "not in", "and", "or"])
WELL_FORMED = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, OPERATORS, inner),
        st.builds("not {}".format, inner),
        st.builds("-{}".format, inner),
        st.builds("[{}, {}]".format, inner, inner),
    ),
    max_leaves=30,
)
NESTED = st.builds(
    lambda opening, count, closing: opening * count + "a" + closing * count,
    st.sampled_from(["(", "[", "-", "not ", "a.", "a+", "a and ", "a<", "[a,", "[-"]),
    st.integers(0, 500),
    st.sampled_from(["", ")", "]"]),
)
ANYTHING = st.one_of(
    st.text(max_size=60), st.lists(TOKENS, max_size=40).map("".join), st.lists(TOKENS, max_size=40).map(" ".join),
    WELL_FORMED, NESTED,
)  # fmt: skip


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=ANYTHING, variables=VARIABLES)
def test_no_text_does_anything_but_evaluate_or_be_refused(text: str, variables: dict[str, Any]) -> None:
    trap = Trap()
    before, began = repr(variables), time.process_time()
    result = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Python's, about odd literals
        try:
            result = evaluate(text, {**variables, "trap": trap})
        except (BadExpression, CannotEvaluate):
            pass
        else:
            assert all(isinstance(node, ALLOWED) for node in ast.walk(parse(text)))
    assert time.process_time() - began < 1
    assert trap.touched == []
    assert repr(variables) == before
    if isinstance(result, int):
        assert result.bit_length() <= MAX_RESULT + 1
    else:
        assert len(repr(result)) <= 10 * MAX_RESULT


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(WELL_FORMED, min_size=1, max_size=60))
def test_what_a_flow_computes_again_and_again_stays_small(texts: list[str]) -> None:
    """Each value goes into the next expression, as round a flow."""
    variables: dict[str, Any] = {"a": [1, "x"], "b": {"c": "d"}, "lines": [1], "text": "xx", "big": 3}
    for at, text in enumerate(texts):
        with contextlib.suppress(CannotEvaluate, BadExpression):
            variables[("a", "lines", "text", "big")[at % 4]] = evaluate(text, variables)
    for value in variables.values():
        assert len(repr(value)) <= 10 * MAX_RESULT


@pytest.mark.parametrize("text", [r"'\ud800'", r"'a' + '\x00'", r"['\udfff']", r"'\ud83d\ude00'", "'\ud800'"])
def test_characters_that_nobody_can_write_down_are_refused(text: str) -> None:
    with pytest.raises(BadExpression):
        parse(text)
    assert evaluate(r"'\u5f20'", {}) == "张"
