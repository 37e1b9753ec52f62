"""Rules as data: groups of conditions on facts about a customer. Nothing is ever executed. Pure.

A rule is `{"match": "all" | "any", "conditions": [...]}`; each of these is `{"fact", "op", "value"}` or, once, another
group. What is not known fulfils no condition, so that nobody is offered a thing by ignorance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from yuelai.knowledge.model import Contact

MOST_CONDITIONS = 20
"""In a rule, all groups together."""
DEPTH = 2
"""Groups within groups."""
LARGEST = 1e12


class Kind(StrEnum):
    TEXT = "text"
    LIST = "list"
    NUMBER = "number"
    TRUTH = "truth"


OPS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("in", "not_in"),
    Kind.LIST: ("has_any", "has_all", "has_none"),
    Kind.NUMBER: ("at_least", "at_most"),
    Kind.TRUTH: ("is",),
}
Value = str | float | bool | tuple[str, ...] | None


@dataclass(frozen=True)
class Fact:
    """Something a rule may ask about; None is not known. Money in whole currency units."""

    kind: Kind
    of: Callable[[Contact], Value]


@dataclass(frozen=True)
class Found:
    """What became of one condition: the fact as it is, and whether it holds."""

    fact: str
    op: str
    value: Any
    is_: Value
    holds: bool


def _customer(get: Callable[[Any], Value]) -> Callable[[Contact], Value]:
    return lambda contact: get(contact.customer) if contact.customer is not None else None


def contacts_within(contact: Contact, days: int) -> int:
    """Return how many contacts there were in the days before now, this one among them."""
    past = contact.customer.past if contact.customer is not None else ()
    return 1 + sum(one.at > contact.now - timedelta(days=days) for one in past)


def _rise(customer: Any) -> Value:
    bills = customer.bills
    return (bills[0][1] - bills[1][1]) / 100 if len(bills) > 1 else None


def _mean(customer: Any) -> Value:
    amounts = [minor for _, minor in customer.bills[:3]]
    return sum(amounts) / len(amounts) / 100 if amounts else None


FACTS: Mapping[str, Fact] = {
    "class": Fact(Kind.TEXT, _customer(lambda one: one.class_ or None)),
    "kind": Fact(Kind.TEXT, _customer(lambda one: one.kind)),
    "queue": Fact(Kind.TEXT, lambda contact: contact.queue),
    "tags": Fact(Kind.LIST, _customer(lambda one: one.tags)),
    "products": Fact(Kind.LIST, _customer(lambda one: one.products)),
    "months": Fact(Kind.NUMBER, _customer(lambda one: one.months)),
    "last_bill": Fact(Kind.NUMBER, _customer(lambda one: one.bills[0][1] / 100 if one.bills else None)),
    "mean_bill": Fact(Kind.NUMBER, _customer(_mean)),
    "bill_rise": Fact(Kind.NUMBER, _customer(_rise)),
    "balance": Fact(Kind.NUMBER, _customer(lambda one: None if one.balance_minor is None else one.balance_minor / 100)),
    "contacts_7_days": Fact(
        Kind.NUMBER, lambda contact: contacts_within(contact, 7) if contact.customer is not None else None
    ),
    "complaint": Fact(Kind.TRUTH, _customer(lambda one: one.complaint)),
    "marketing": Fact(Kind.TRUTH, _customer(lambda one: one.marketing)),
}


class BadRule(ValueError):
    """The rule is none of this form; says why."""


def checked(rule: Any) -> Mapping[str, Any]:
    """Return the rule. Raises `BadRule`."""
    if _checked_group(rule, DEPTH) > MOST_CONDITIONS:
        raise BadRule(f"a rule has no more than {MOST_CONDITIONS} conditions")
    assert isinstance(rule, Mapping)
    return rule


def _checked_group(rule: Any, depth: int) -> int:
    if not isinstance(rule, Mapping) or rule.keys() != {"match", "conditions"} or rule["match"] not in ("all", "any"):
        raise BadRule("a group is {match: all or any, conditions: [...]}")
    if not isinstance(rule["conditions"], Sequence) or isinstance(rule["conditions"], str):
        raise BadRule("conditions are a list")
    number = 0
    for each in rule["conditions"]:
        if isinstance(each, Mapping) and "conditions" in each:
            if depth <= 1:
                raise BadRule("a group within a group holds conditions only")
            number += _checked_group(each, depth - 1)
        else:
            _checked_condition(each)
            number += 1
        if number > MOST_CONDITIONS:
            break
    return number


def _checked_condition(one: Any) -> None:
    if not isinstance(one, Mapping) or one.keys() != {"fact", "op", "value"}:
        raise BadRule("a condition is {fact, op, value}")
    fact = FACTS.get(one["fact"]) if isinstance(one["fact"], str) else None
    if fact is None:
        raise BadRule(f"there is no such fact: {str(one['fact'])[:40]}")
    if one["op"] not in OPS[fact.kind]:
        raise BadRule(f"{one['fact']} can be asked {', '.join(OPS[fact.kind])}")
    value = one["value"]
    if fact.kind == Kind.TRUTH:
        fits = isinstance(value, bool)
    elif fact.kind == Kind.NUMBER:
        fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
    else:
        fits = (
            isinstance(value, Sequence)
            and not isinstance(value, str)
            and 1 <= len(value) <= 50
            and all(isinstance(each, str) and 1 <= len(each) <= 60 and "\0" not in each for each in value)
        )
    if not fits:
        raise BadRule(f"{one['fact']} {one['op']} takes another kind of value")


def holds(rule: Mapping[str, Any], contact: Contact) -> bool:
    """Return whether a checked rule holds. A group without conditions always does."""
    each = (holds(one, contact) if "conditions" in one else condition(one, contact).holds for one in rule["conditions"])
    return all(each) if rule["match"] == "all" or not rule["conditions"] else any(each)


def found(rule: Mapping[str, Any], contact: Contact) -> list[Found]:
    """Return what became of each condition, groups within laid out in their place."""
    each: list[Found] = []
    for one in rule["conditions"]:
        each += found(one, contact) if "conditions" in one else [condition(one, contact)]
    return each


def condition(one: Mapping[str, Any], contact: Contact) -> Found:
    fact = FACTS[one["fact"]]
    is_ = fact.of(contact)
    return Found(one["fact"], one["op"], one["value"], is_, is_ is not None and _TESTS[one["op"]](is_, one["value"]))


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "in": lambda is_, wanted: is_ in wanted,
    "not_in": lambda is_, wanted: is_ not in wanted,
    "has_any": lambda is_, wanted: not set(is_).isdisjoint(wanted),
    "has_all": lambda is_, wanted: set(is_) >= set(wanted),
    "has_none": lambda is_, wanted: set(is_).isdisjoint(wanted),
    "at_least": lambda is_, wanted: is_ >= wanted,
    "at_most": lambda is_, wanted: is_ <= wanted,
    "is": lambda is_, wanted: is_ is wanted,
}
