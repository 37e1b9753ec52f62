import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.customers.finding.names import ENDING, INITIALS, PINYIN, WHOLE
from yuelai.customers.finding.query import LAST, NEXT, Stage, stages


def looked_for(q: str, source: str) -> list[str]:
    return [stage.low for stage in stages(q) if stage.source == source]


def test_chinese_text_is_a_name_first_and_an_address_from_three_characters_on() -> None:
    assert stages("王") == [Stage("name", "王", "王" + LAST, WHOLE), Stage("name", "王", "王" + LAST, ENDING)]
    assert looked_for("文三路", "address") == ["%文三路%"]
    assert looked_for("soho", "address") == ["%soho%"]
    assert (
        looked_for("杭州", "address") == looked_for("A00000012345", "address") == looked_for("wang@ex", "address") == []
    )
    assert [stage.source for stage in stages("文三路")][-1] == "address"


@pytest.mark.parametrize("q", ["wf", "WF", "w f", "w'f"])
def test_letters_may_be_initials_or_pinyin(q: str) -> None:
    assert Stage("name", "wf", "wf" + LAST, INITIALS) in stages(q)
    assert Stage("name", "wf", "wf" + LAST, PINYIN) in stages(q)


@pytest.mark.parametrize(
    ("q", "start"),
    [
        ("138", "+86138"),
        ("138 0000", "+861380000"),
        ("1 3 8", "+86138"),
        ("１３８", "+86138"),
        ("0571", "+86571"),
        ("0571-8812", "+865718812"),
        ("010", "+8610"),
        ("400", "+86400"),
        ("+86138", "+86138"),
        ("+86 0571", "+86571"),
        ("0086138", "+86138"),
        ("+1650", "+1650"),
        ("001650", "+1650"),
    ],
)
def test_digits_begin_a_phone_number_as_people_write_it(q: str, start: str) -> None:
    assert looked_for(q, "phone") == [start]


def test_a_country_code_without_plus_may_also_be_an_area() -> None:
    assert looked_for("86138", "phone") == ["+8686138", "+86138"]


def test_too_few_digits_begin_and_end_nothing() -> None:
    assert looked_for("13", "phone") == []
    assert looked_for("138", "phone_end") == []
    assert looked_for("1380", "phone_end") == ["0831"]


def test_numbers_that_are_exactly_it_come_first() -> None:
    assert stages("000000002")[:2] == [
        Stage("no", "C000000002", "C000000002" + NEXT),
        Stage("account", "000000002", "000000002" + NEXT),
    ]
    assert looked_for("c000000002", "no") == ["C000000002"]
    assert looked_for("a00012", "account")[0] == "A00012"
    assert looked_for("User01@Example", "identity") == ["user01@example", "User01@Example", "USER01@EXAMPLE"]


@pytest.mark.parametrize("q", ["", "  ", "\0", "\u3000"])
def test_there_may_be_nothing_to_look_for(q: str) -> None:
    assert stages(q) == []


def test_signs_of_patterns_stand_for_themselves_in_addresses() -> None:
    assert looked_for("100%_号楼\\", "address") == [r"%100\%\_号楼\\%"]
    for q in ("%%%", "___", "###", "%_\\"):
        assert looked_for(q, "address") == []


@given(st.text(max_size=100))
def test_whatever_is_typed_gives_few_ranges_and_a_pattern_with_every_sign_escaped(q: str) -> None:
    found = stages(q)
    assert len(found) <= 16
    assert len(set(found)) == len(found)
    for stage in found:
        if stage.source == "address":
            inner = stage.low[1:-1]
            assert re.fullmatch(r"(?:[^%_\\]|\\[%_\\])*", inner, re.DOTALL)
        else:
            assert stage.low < stage.high
            assert "\0" not in stage.low
