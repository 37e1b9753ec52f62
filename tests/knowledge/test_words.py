"""Texts are filled with what is known, and say where something is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yuelai.entrypoints.web.contacts import honorific
from yuelai.knowledge import words
from yuelai.knowledge.model import Contact
from yuelai.knowledge.samples import samples
from yuelai.knowledge.words import FIELDS, Part, fill, said, unknown

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
GOLD, NEW = samples(NOW)["gold"], samples(NOW)["new"]


def test_what_was_filled_in_is_marked() -> None:
    assert fill("{customer.honorific}，上次您报的{last_contact.subject}好了吗？", GOLD) == [
        Part("王女士", "customer.honorific"),
        Part("，上次您报的"),
        Part("宽带掉线", "last_contact.subject"),
        Part("好了吗？"),
    ]


def test_in_english_names_days_and_money_are_said_in_english() -> None:
    text = "{customer.honorific}, {bill.last_total} for {bill.last_month}, since {last_contact.day}"
    assert said(fill(text, GOLD, english=True)) == "Ms Wang, ¥218.60 for October, since 18 Nov"
    assert said(fill("{bill.last_month} {bill.last_total}，{last_contact.day}", GOLD)) == "10 月 218.60 元，11 月 18 日"


def test_what_is_not_known_is_left_to_what_stands_instead() -> None:
    assert said(fill("{customer.honorific|您好}，请讲", NEW)) == "您好，请讲"
    assert fill("{customer.honorific}", NEW) == [Part("…", "customer.honorific", missing=True)]


def test_days_are_said_as_people_say_them() -> None:
    def told(back: timedelta) -> tuple[str, str]:
        return words.day(NOW - back, NOW)

    assert told(timedelta(hours=1)) == ("今天", "today")
    assert told(timedelta(hours=11)) == ("昨天", "yesterday")  # 23:30 here
    assert told(timedelta(days=400)) == ("2025 年 10 月 16 日", "16 Oct 2025")
    assert words.month(date(2026, 1, 1)) == ("1 月", "January")


def test_every_place_can_be_filled_for_every_sample() -> None:
    for contact in samples(NOW).values():
        for name in FIELDS:
            (part,) = fill(f"{{{name}}}", contact)
            assert part.field == name
    full = {name for name in FIELDS if not fill(f"{{{name}}}", GOLD)[0].missing}
    assert full == set(FIELDS)


def test_places_that_cannot_be_filled_are_named() -> None:
    assert unknown("{customer.name} {customer.pin} }{ {a|b}") == ["customer.pin", "a", "{", "}"]


def test_people_are_addressed_by_surname_and_title() -> None:
    assert honorific("王芳", "person", "female") == ("王女士", "Ms Wang")
    assert honorific("单小芳", "person", "female") == ("单女士", "Ms Shan")
    assert honorific("欧阳志远", "person", "male")[0] == "欧阳先生"
    assert honorific("尉迟恭", "person", "male")[0] == "尉迟先生"
    assert honorific("John Smith", "person", "male")[1] == "Mr Smith"
    assert honorific("王芳", "person", None) == ("王芳", "王芳")
    assert honorific("东海贸易有限公司", "company", None)[0] == "东海贸易有限公司"


_pieces = st.lists(st.sampled_from(["{", "}", "|", "您好", *(f"{{{name}}}" for name in FIELDS), "{x}"]), max_size=12)


@given(_pieces, st.booleans(), st.booleans())
def test_filling_never_fails_and_loses_no_plain_text(pieces: list[str], known: bool, english: bool) -> None:
    text = "".join(pieces)
    contact: Contact = GOLD if known else NEW
    parts = fill(text, contact, english)
    assert "".join(part.text for part in parts if part.field is None).count("您好") <= text.count("您好")
    if not unknown(text):
        assert all(part.field in FIELDS for part in parts if part.field)
    if "{" not in text:
        assert said(parts) == text


def test_long_values_are_cut() -> None:
    assert GOLD.customer is not None
    long = replace(GOLD, customer=replace(GOLD.customer, name="王" * 500))
    assert len(said(fill("{customer.name}", long))) == words.LONGEST_VALUE
