"""Rules are data: checked when they are kept, and evaluated without ever failing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.entrypoints.sample.offers import OFFERS
from yuelai.knowledge.model import Contact, Customer, Past
from yuelai.knowledge.offers.choosing import Offer, Shown, best, why_not
from yuelai.knowledge.offers.conditions import FACTS, OPS, BadRule, Kind, checked, condition, found, holds
from yuelai.knowledge.offers.moment import held_back
from yuelai.knowledge.samples import samples

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
GOLD, VIP, NEW = samples(NOW).values()
ALWAYS: dict[str, Any] = {"match": "all", "conditions": []}


def leaf(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value}


def customer(contact: Contact) -> Customer:
    assert contact.customer is not None
    return contact.customer


def test_the_shipped_rules_are_rules() -> None:
    for offer in OFFERS:
        checked(offer[6])
    assert holds(OFFERS[1][6], GOLD)
    assert not holds(OFFERS[0][6], GOLD)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (leaf("class", "in", ["gold", "vip"]), True),
        (leaf("class", "not_in", ["gold"]), False),
        (leaf("tags", "has_any", ["老客户", "校园"]), True),
        (leaf("tags", "has_all", ["老客户", "校园"]), False),
        (leaf("products", "has_none", ["tv"]), True),
        (leaf("months", "at_least", 109), True),
        (leaf("last_bill", "at_most", 218.5), False),
        (leaf("bill_rise", "at_least", 59.6), True),
        (leaf("contacts_7_days", "at_most", 2), True),
        (leaf("marketing", "is", True), True),
        (leaf("complaint", "is", True), False),
    ],
)
def test_conditions_ask_what_they_say(one: dict[str, Any], expected: bool) -> None:
    assert condition(one, GOLD).holds is expected


def test_what_is_not_known_fulfils_nothing() -> None:
    for op, value in (("in", ["gold"]), ("not_in", ["gold"])):
        assert not condition(leaf("class", op, value), NEW).holds
    assert not condition(leaf("marketing", "is", False), VIP).holds


def test_groups_stand_within_groups_once() -> None:
    inner = {"match": "any", "conditions": [leaf("class", "in", ["vip"]), leaf("months", "at_least", 100)]}
    rule = checked({"match": "all", "conditions": [leaf("kind", "in", ["person"]), inner]})
    assert holds(rule, GOLD)
    assert [one.holds for one in found(rule, GOLD)] == [True, False, True]
    with pytest.raises(BadRule):
        checked({"match": "all", "conditions": [{"match": "all", "conditions": [inner]}]})


@pytest.mark.parametrize(
    "rule",
    [
        [],
        {"match": "none", "conditions": []},
        {"match": "all", "conditions": [leaf("secret", "is", True)]},
        {"match": "all", "conditions": [leaf("class", "at_least", 3)]},
        {"match": "all", "conditions": [leaf("class", "in", "gold")]},
        {"match": "all", "conditions": [leaf("class", "in", [])]},
        {"match": "all", "conditions": [leaf("months", "at_least", True)]},
        {"match": "all", "conditions": [leaf("months", "at_least", float("nan"))]},
        {"match": "all", "conditions": [leaf("marketing", "is", 1)]},
        {"match": "all", "conditions": [{"fact": "class", "op": "in"}]},
        {"match": "all", "conditions": [leaf("kind", "in", ["person"])] * 21},
        {"match": "all", "conditions": [leaf("__class__", "in", ["x"])]},
    ],
)
def test_what_is_no_rule_is_refused(rule: Any) -> None:
    with pytest.raises(BadRule):
        checked(rule)


_words = st.lists(st.sampled_from(["gold", "vip", "老客户", "tv", "person"]), min_size=1, max_size=3)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(FACTS)))
    kind = FACTS[name].kind
    values = {Kind.TEXT: _words, Kind.LIST: _words, Kind.TRUTH: st.booleans(), Kind.NUMBER: st.integers(-100, 1000)}
    return leaf(name, draw(st.sampled_from(OPS[kind])), draw(values[kind]))


_flat = st.lists(conditions(), max_size=4)
_groups = st.builds(lambda match, each: {"match": match, "conditions": each}, st.sampled_from(["all", "any"]), _flat)
_rules = st.builds(
    lambda match, each: {"match": match, "conditions": each},
    st.sampled_from(["all", "any"]),
    st.lists(st.one_of(conditions(), _groups), max_size=4),
)


@given(_rules, st.sampled_from([GOLD, VIP, NEW]))
def test_every_rule_that_is_accepted_can_be_answered(rule: dict[str, Any], contact: Contact) -> None:
    assert isinstance(holds(checked(rule), contact), bool)
    assert all(not one.holds for one in found(rule, contact) if one.is_ is None)


_names = st.sampled_from(["match", "conditions", "fact", "op", "value"])
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner),
    max_leaves=12,
)


@given(_anything)
def test_whatever_comes_is_a_rule_or_is_refused(anything: Any) -> None:
    try:
        rule = checked(anything)
    except BadRule:
        return
    assert isinstance(holds(rule, GOLD), bool)


def test_nothing_is_offered_before_its_moment() -> None:
    assert held_back(GOLD, settled=True) is None
    assert held_back(GOLD, settled=False) == "unsettled"
    assert held_back(replace(GOLD, settled=True), settled=False) is None
    assert held_back(NEW, settled=True) == "unverified"
    assert held_back(replace(GOLD, match="several"), settled=True) == "unverified"
    assert held_back(replace(GOLD, customer=None, late=True), settled=True) == "late"
    assert held_back(replace(GOLD, state="ring"), settled=True) == "not_speaking"
    assert held_back(VIP, settled=True) == "complaint"


def test_a_customer_who_calls_again_and_again_is_left_in_peace() -> None:
    past = tuple(Past(NOW - timedelta(days=days)) for days in (1, 6, 8))
    third = replace(GOLD, customer=replace(customer(GOLD), past=past))
    assert held_back(third, settled=True) == "third_contact"
    second = replace(GOLD, customer=replace(customer(GOLD), past=past[1:]))
    assert held_back(second, settled=True) is None


def test_who_does_not_want_offers_gets_none() -> None:
    refused = replace(GOLD, customer=replace(customer(GOLD), marketing=False))
    warned = replace(GOLD, customer=replace(customer(GOLD), warnings=("曾要求不再外呼营销",)))
    assert held_back(refused, settled=True) == held_back(warned, settled=True) == "no_consent"


def offer(code: str = "a", **more: Any) -> Offer:
    return Offer(UUID(int=ord(code)), code, **{"rule": ALWAYS, **more})


def test_the_one_with_the_highest_priority_is_made() -> None:
    for_vips = {"match": "all", "conditions": [leaf("class", "in", ["vip"])]}
    three = [offer("b"), offer("a"), offer("c", priority=200, rule=for_vips)]
    assert best(three, GOLD, []) == three[1]
    assert best(three, VIP, []) == three[2]
    assert best([], GOLD, []) is None


@pytest.mark.parametrize(
    ("days", "result", "why"),
    [
        (10, None, "again"),
        (31, None, None),
        (31, "refused", "refused"),
        (91, "refused", None),
        (300, "accepted", "accepted"),
        (1, "not_offered", None),
        (29, "later", "again"),
    ],
)
def test_the_same_thing_is_not_offered_too_often(days: int, result: str | None, why: str | None) -> None:
    one = offer()
    assert why_not(one, GOLD, [Shown(one.id, NOW - timedelta(days=days), result)]) == why
    assert why_not(one, GOLD, [Shown(UUID(int=1), NOW, result)]) is None


def test_no_customer_sees_it_more_often_than_that() -> None:
    one = offer(most=2, again_days=0)
    shown = [Shown(one.id, NOW - timedelta(days=days), "later") for days in (100, 200)]
    assert why_not(one, GOLD, shown) == "most"
    assert why_not(one, GOLD, shown[1:]) is None


def test_some_are_made_in_some_channels_only() -> None:
    assert why_not(offer(channels=("chat",)), GOLD, []) == "channel"
    assert why_not(offer(channels=("chat", "voice")), GOLD, []) is None
