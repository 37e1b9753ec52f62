"""Which trunks a call takes, in which order, and why."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.platform.ids import new_id
from yuelai.telephony.trunks.model import (
    Choice,
    Condition,
    Hours,
    Route,
    Share,
    Trunk,
    choose,
    route_for,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
DIAL = "13800000001"
ALL = Route(new_id(), "")


def trunk(code: str, **settings: object) -> Trunk:
    return Trunk(new_id(), code, code, host="192.0.2.1", **settings)  # type: ignore[arg-type]


def chosen(
    trunks: list[Trunk], conditions: dict[UUID, Condition] | None = None, *routes: Route, seed: int = 1
) -> Choice:
    held = {one.id: one for one in trunks}
    return choose(routes or (ALL,), held, conditions or {}, DIAL, NOON, random.Random(seed).random)


def codes(choice: Choice) -> list[str]:
    return [one.trunk.code for one in choice.tried]


def test_the_cheapest_is_first_and_what_nobody_knows_the_price_of_last() -> None:
    dear, cheap, unknown = trunk("dear", rates={"86": 90}), trunk("cheap", rates={"86": 80, "8613": 70}), trunk("new")
    choice = chosen([unknown, dear, cheap])
    assert codes(choice) == ["cheap", "dear", "new"]
    assert [one.why[0] for one in choice.tried] == ["cheapest", "dearer", "no_rate"]
    assert [one.cost for one in choice.tried] == [70, 90, None]


def test_what_costs_nothing_is_cheapest() -> None:
    assert codes(chosen([trunk("some", rates={"": 1}), trunk("free", rates={"": 0})])) == ["free", "some"]


def test_at_one_price_priority_decides() -> None:
    assert codes(chosen([trunk("b", priority=2), trunk("a", priority=3), trunk("c", priority=1)])) == ["c", "b", "a"]


def test_the_route_of_the_longest_prefix_names_its_trunks_and_their_order() -> None:
    one, two, three = trunk("one"), trunk("two"), trunk("three")
    mobiles = Route(new_id(), "861", shares=(Share(two.id, 1), Share(one.id, 2)))
    choice = chosen([one, two, three], None, ALL, mobiles)
    assert choice.route is mobiles
    assert codes(choice) == ["two", "one"]


def test_routes_count_in_their_hours_only() -> None:
    day = Hours(frozenset({1, 2, 3, 4, 5}), "08:00", "18:00")
    night = Hours(frozenset({5}), "22:00", "06:00")
    by_day, by_night, always = Route(new_id(), "86", hours=day), Route(new_id(), "86", hours=night), Route(new_id(), "")
    routes = (always, by_day, by_night)
    at = [
        datetime(2026, 3, day_, hour, tzinfo=UTC) for day_, hour in ((2, 12), (2, 20), (6, 23), (7, 5), (7, 6), (8, 12))
    ]
    assert [route_for(routes, "8613", now) for now in at] == [by_day, always, by_night, by_night, always, always]
    assert route_for((Route(new_id(), "", active=False),), "86", NOON) is None


def test_the_sick_are_tried_when_nobody_else_took_the_call_and_the_full_are_not() -> None:
    fit, sick, full = trunk("fit", rates={"": 9}), trunk("sick", rates={"": 1}), trunk("full", rates={"": 0})
    conditions = {sick.id: Condition.SICK, full.id: Condition.FULL}
    assert codes(chosen([sick, full, fit], conditions)) == ["fit", "sick"]
    assert codes(chosen([sick], conditions)) == ["sick"]


def test_why_nothing_can_be_called_is_said() -> None:
    full, quiet = trunk("full"), trunk("quiet", direction="in")
    assert chosen([full], None, Route(new_id(), "1")).error == "no_route"
    assert chosen([quiet, trunk("off", active=False)]).error == "no_trunk"
    crowded = chosen([full, quiet], {full.id: Condition.FULL})
    assert (crowded.error, codes(crowded)) == ("trunks_full", [])
    assert [one.trunk.code for one in crowded.candidates] == ["full"]


def test_weights_share_the_calls_out() -> None:
    heavy, light = trunk("heavy", weight=30), trunk("light", weight=10)
    dice = random.Random(7)
    held = {one.id: one for one in (heavy, light)}
    first = Counter(codes(choose((ALL,), held, {}, DIAL, NOON, dice.random))[0] for _ in range(4000))
    assert first["heavy"] / 4000 == pytest.approx(0.75, abs=0.03)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Trunk], dict[UUID, Condition], int]:
    trunks = [
        trunk(
            f"t{number}",
            rates=draw(st.sampled_from([{}, {"86": 5}, {"": 3}, {"8613": 0}])),
            priority=draw(st.integers(1, 3)),
            weight=draw(st.integers(1, 50)),
            direction=draw(st.sampled_from(["both", "in", "out"])),
            active=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    conditions = {one.id: draw(st.sampled_from(list(Condition))) for one in trunks}
    return trunks, conditions, draw(st.integers(0, 1000))


@given(worlds())
def test_no_sick_trunk_stands_before_a_fit_one_and_no_full_one_is_tried(
    world: tuple[list[Trunk], dict[UUID, Condition], int],
) -> None:
    trunks, conditions, seed = world
    choice = chosen(trunks, conditions, seed=seed)
    order = [conditions[one.trunk.id] for one in choice.tried]
    assert order == sorted(order, key=[Condition.FIT, Condition.SICK].index)
    able = [one for one in trunks if one.calls_out]
    assert {one.trunk.id for one in choice.candidates} == {one.id for one in able}
    fit = [one for one in choice.tried if one.condition is Condition.FIT]
    keys = [(one.cost is None, one.cost or 0, one.priority) for one in fit]
    assert keys == sorted(keys)
    if not choice.tried:
        assert choice.error in ("no_trunk", "trunks_full")
