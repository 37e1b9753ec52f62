"""What leaves a flow is the same whether it is small enough to be taken as it stands or is gone through."""

from __future__ import annotations

from random import Random
from typing import Any

from yuelai.flows.plain import DEEPEST, _Plain, plain

VALUES = (
    None,
    True,
    0,
    -5,
    2**63,
    2**62,
    1.5,
    float("inf"),
    "",
    "余额",
    "a\nb",
    "\x00",
    "\ud800",
    "x" * 30,
    [1, "a"],
    {"a": {}},
)


def test_short_values_come_out_as_they_would_from_the_long_way() -> None:
    chance = Random(8)
    for _ in range(2000):
        names: list[Any] = ["ok", "label", "no\nname", 7, "reason", "länge"]
        value = {name: chance.choice(VALUES) for name in chance.sample(names, chance.randint(0, 4))}
        for most in (5, 40, 10_000):
            assert plain(value, most) == _Plain(most).of(value, DEEPEST)


def test_what_comes_out_is_nobody_elses() -> None:
    value = {"a": "b"}
    shown = plain(value)
    value["a"] = "c"
    assert shown == {"a": "b"}
