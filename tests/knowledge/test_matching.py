"""Scripts suggest themselves by what a contact is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from yuelai.knowledge.samples import samples
from yuelai.knowledge.scripts.matching import fits, weight
from yuelai.knowledge.scripts.model import Entry

GOLD, VIP, NEW = samples(datetime(2026, 11, 20, tzinfo=UTC)).values()


def test_all_conditions_must_hold() -> None:
    fault = Entry(dispositions=("fault_line",), classes=("gold",))
    assert fits(fault, GOLD) == ["disposition", "class"]
    assert fits(replace(fault, classes=("vip",)), GOLD) is None
    assert fits(fault, NEW) is None


def test_only_the_last_contact_counts() -> None:
    assert GOLD.customer is not None
    (last,) = GOLD.customer.past
    since = replace(GOLD, customer=replace(GOLD.customer, past=(replace(last, disposition="inquiry"), last)))
    assert fits(Entry(dispositions=("fault_line",)), since) is None


def test_keys_count_from_the_beginning() -> None:
    assert fits(Entry(keys="2>1"), GOLD) == ["keys"]
    assert fits(Entry(keys=" 2 "), GOLD) == ["keys"]
    assert fits(Entry(keys="1"), GOLD) is None


def test_who_is_not_known_is_new() -> None:
    assert fits(Entry(matches=("new", "several")), NEW) == ["match"]
    assert fits(Entry(matches=("new",)), replace(NEW, match=None)) == ["match"]


def test_without_conditions_it_fits_everywhere_and_says_least() -> None:
    assert fits(Entry(), NEW) == []
    assert weight([]) < weight(["queue"]) < weight(["disposition"])
