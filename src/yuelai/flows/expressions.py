"""The small safe language of conditions and values in flows: a whitelist over Python's own expression grammar.

Names are variables of the flow; `a.b` reads a key of a mapping; an absent name or key is null. There are `and or not`,
comparisons, `in`, `+ - * //`, literals and lists. No calls, no attributes of objects, no unbounded work.
"""

from __future__ import annotations

import ast
import keyword
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

MAX_LENGTH = 500
MAX_RESULT = 10_000
"""Longest text a sum may give, bits of a number, and of a list all that lies in it: what grows at each step of a
flow must not eat the memory or the time of the centre."""


class BadExpression(ValueError):
    """The text is no expression of this language."""


class CannotEvaluate(Exception):
    """The expression is well formed but makes no sense for these values, e.g. a number compared with null."""


_BINARY: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}
_COMPARE: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
# A designer writes `customer.class`, and `class` is a word of Python's: such keys are parsed under another name.
_STRING_OR_KEY = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\.\s*([a-z]+)\b""")
_RENAMED = "__key"
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
"""Nobody can write them down: no screen, no database."""

_CONSTANTS = {"null": None, "true": True, "false": False}


@lru_cache(maxsize=1024)
def parse(text: str) -> ast.expr:
    """Return the checked tree. Raises `BadExpression`, saying what is not allowed."""
    if len(text) > MAX_LENGTH:
        raise BadExpression(f"longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(_STRING_OR_KEY.sub(_rename, text.strip()), mode="eval").body
        _check(tree)
    except BadExpression:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadExpression(f"not an expression: {text}") from error
    return tree


def evaluate(text: str, variables: Mapping[str, Any]) -> Any:
    """Return the value. Raises `BadExpression` or `CannotEvaluate`."""
    tree = parse(text)
    try:
        return _value(tree, variables)
    except (TypeError, ArithmeticError, ValueError, RecursionError) as error:
        raise CannotEvaluate(f"{text}: {error}") from error


def _rename(match: re.Match[str]) -> str:
    name = match[1]
    return f".{name}{_RENAMED}" if name and keyword.iskeyword(name) else match[0]


def _check(node: ast.expr) -> None:
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str | int | float | bool | None):
            raise BadExpression(f"{node.value!r} is no value here")
        if isinstance(node.value, str) and _NO_TEXT.search(node.value):
            raise BadExpression("a text holds characters that are no text")
    elif isinstance(node, ast.Name):
        if node.id.startswith("_"):
            raise BadExpression("names do not begin with an underscore")
    elif isinstance(node, ast.Attribute):
        if node.attr.startswith("_"):
            raise BadExpression("keys do not begin with an underscore")
        _check(node.value)
    elif isinstance(node, ast.BoolOp | ast.List | ast.Tuple):
        for part in node.values if isinstance(node, ast.BoolOp) else node.elts:
            _check(part)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        _check(node.operand)
    elif isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        _check(node.left)
        _check(node.right)
    elif isinstance(node, ast.Compare) and all(type(op) in _COMPARE for op in node.ops):
        for part in (node.left, *node.comparators):
            _check(part)
    else:
        raise BadExpression(f"{type(node).__name__} is not allowed in a flow")


def _value(node: ast.expr, variables: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return _CONSTANTS[node.id] if node.id in _CONSTANTS else variables.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, variables)
        return owner.get(node.attr.removesuffix(_RENAMED)) if isinstance(owner, Mapping) else None
    if isinstance(node, ast.BoolOp):
        return _boolean(node, variables)
    if isinstance(node, ast.List | ast.Tuple):
        return _bounded([_value(part, variables) for part in node.elts])
    if isinstance(node, ast.UnaryOp):
        operand = _value(node.operand, variables)
        return not operand if isinstance(node.op, ast.Not) else -operand
    if isinstance(node, ast.BinOp):
        return _binary(node, variables)
    assert isinstance(node, ast.Compare)
    left = _value(node.left, variables)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = _value(comparator, variables)
        if not _COMPARE[type(op)](left, right):
            return False
        left = right
    return True


def _boolean(node: ast.BoolOp, variables: Mapping[str, Any]) -> Any:
    result: Any = None
    for part in node.values:
        result = _value(part, variables)
        if bool(result) is isinstance(node.op, ast.Or):
            break
    return result


def _binary(node: ast.BinOp, variables: Mapping[str, Any]) -> Any:
    left, right = _value(node.left, variables), _value(node.right, variables)
    if isinstance(node.op, ast.Mult) and not (isinstance(left, int | float) and isinstance(right, int | float)):
        raise TypeError("only numbers are multiplied")
    return _bounded(_BINARY[type(node.op)](left, right))


def _bounded(result: Any) -> Any:
    size = result.bit_length() if isinstance(result, int) else _size(result)
    if size > MAX_RESULT:
        raise ValueError("the result is too large")
    return result


def _size(value: Any) -> int:
    """Return the characters and members of all that lies in a value, counted to a little beyond the bound: one list may
    lie in another one many times, and be gone through as often by who compares it or writes it down."""
    size, open_ = 0, [value]
    while open_ and size <= MAX_RESULT:
        one = open_.pop()
        size += len(one) if isinstance(one, str) else 1
        if isinstance(one, Mapping):
            open_.extend((*one.keys(), *one.values()))
        elif isinstance(one, list | tuple):
            open_.extend(one)
    return size
