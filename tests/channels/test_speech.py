"""Spoken amounts: what is said, read back by an independent parser, is the value that was meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yuelai.channels.voice import speech

numbers = st.integers(-speech.LARGEST, speech.LARGEST) | st.integers(-11_000, 110_000)
languages = st.sampled_from(["zh-CN", "en"])
DOCUMENT = yaml.safe_load((speech.PROMPTS / "prompts.yaml").read_text(encoding="utf-8"))


def words(ids: list[str], language: str) -> list[str]:
    """What is said, from the texts that the recordings were made of."""
    texts = {id_: v if isinstance(v, str) else v["text"] for id_, v in DOCUMENT["pieces"][language].items()}
    for name, series in DOCUMENT["series"][language].items():
        texts |= {f"{name}_{n}": text for n, text in enumerate(series["texts"], start=series["from"])}
    return [texts[i] for i in ids]


def mandarin(ids: list[str]) -> str:
    return "".join(words(ids, "zh-CN"))


def hear_mandarin(text: str) -> int:
    """Read a Mandarin number character by character."""
    total = group = digit = 0
    for character in text:
        if character in "零一二三四五六七八九":
            digit = "零一二三四五六七八九".index(character)
        elif character == "两":
            digit = 2
        elif character in "十百千":
            group += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        else:
            total += (group + digit) * {"万": 10**4, "亿": 10**8}[character]
            group = digit = 0
    return total + group + digit


def hear_english(said: list[str]) -> int:
    ones = DOCUMENT["series"]["en"]["number"]["texts"]
    tens = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    total = group = 0
    for word in said:
        if word == "hundred":
            group *= 100
        elif word in ("thousand", "million", "billion"):
            total += group * {"thousand": 10**3, "million": 10**6, "billion": 10**9}[word]
            group = 0
        elif word != "and":
            group += ones.index(word) if word in ones else 30 + 10 * tens.index(word)
    return total + group


def hear(ids: list[str], language: str) -> int:
    return hear_mandarin(mandarin(ids)) if language == "zh-CN" else hear_english(words(ids, "en"))


@given(numbers, languages)
def test_a_spoken_number_is_heard_as_itself(value: int, language: str) -> None:
    ids = speech.number(value, language)
    sign = -1 if ids[0] == "minus" else 1
    assert sign * hear(ids[1:] if sign < 0 else ids, language) == value


@given(numbers, languages)
def test_a_spoken_amount_is_heard_as_itself(minor: int, language: str) -> None:
    said = words(speech.money(minor, "CNY", language), language)
    sign = -1 if said[0] in ("负", "minus") else 1
    said = said[1:] if sign < 0 else said
    if language == "zh-CN":
        parts = re.fullmatch(r"(?:(.+)元)?零?(?:(.)角)?(?:(.)分)?", "".join(said))
        assert parts is not None
        heard = sum(hear_mandarin(part or "零") * unit for part, unit in zip(parts.groups(), (100, 10, 1), strict=True))
    else:
        text = " ".join(said)
        yuan, separated, rest = text.partition(" yuan")
        if not separated:
            yuan, rest = "", text
        heard = 100 * hear_english(yuan.split()) + hear_english(rest.removesuffix(" fen").split())
    assert sign * heard == minor


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)), languages, st.booleans())  # noqa: DTZ001
def test_every_instant_has_a_recording_of_each_of_its_words(at: datetime, language: str, clock: bool) -> None:
    for id_ in speech.instant(at, language, clock=clock):
        assert speech.prompt_path(id_, language).suffix == ".opus"


@given(numbers, languages)
def test_every_amount_has_a_recording_of_each_of_its_words(minor: int, language: str) -> None:
    for id_ in speech.money(minor, "CNY", language) + speech.number(minor, language):
        speech.prompt_path(id_, language)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "零"),
        (2, "二"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (200, "二百"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (2000, "两千"),
        (2222, "两千二百二十二"),
        (10_000, "一万"),
        (20_000, "两万"),
        (10_010, "一万零一十"),
        (120_000, "十二万"),
        (100_500, "十万零五百"),
        (101_000, "十万一千"),
        (200_000_002, "两亿零二"),
        (100_010_000, "一亿零一万"),
        (300_002_000, "三亿零二千"),
        (-7, "负七"),
    ],
)
def test_mandarin_numbers_are_read_as_people_read_them(value: int, said: str) -> None:
    assert mandarin(speech.number(value, "zh-CN")) == said


@pytest.mark.parametrize(
    ("minor", "said"),
    [
        (0, "零元"),
        (5, "五分"),
        (50, "五角"),
        (20, "两角"),
        (200, "两元"),
        (12_345, "一百二十三元四角五分"),
        (10_005, "一百元零五分"),
        (10_050, "一百元五角"),
        (-8_800, "负八十八元"),
        (1_000_000, "一万元"),
    ],
)
def test_mandarin_money_is_read_in_yuan_jiao_and_fen(minor: int, said: str) -> None:
    assert mandarin(speech.money(minor, "CNY", "zh-CN")) == said


def test_english_money_is_read_in_yuan_and_fen() -> None:
    said = ["number_1", "hundred", "and", "number_20", "number_3", "yuan", "and", "number_40", "number_5", "fen"]
    assert speech.money(12_345, "CNY", "en") == said
    assert speech.money(50, "CNY", "en") == ["number_50", "fen"]


def test_dates_and_times_are_read_in_both_languages() -> None:
    at = datetime(2026, 2, 22, 14, 5, tzinfo=UTC)
    assert mandarin(speech.instant(at.replace(year=1999), "zh-CN")) == "一九九九年二月二十二日"
    assert mandarin(speech.instant(at, "zh-CN", clock=True)) == "二零二六年二月二十二日十四点零五分"
    assert mandarin(speech.instant(at.replace(hour=2, minute=0), "zh-CN", clock=True)).endswith("两点整")
    assert speech.instant(at, "en", clock=True) == [
        "month_2", "number_20", "ordinal_2", "number_20", "number_20", "number_6", "number_14", "oh", "number_5",
    ]  # fmt: skip


def test_keys_are_read_one_by_one_with_yao_for_one_in_mandarin() -> None:
    assert mandarin(speech.digits("+86 110-*#", "zh-CN")) == "加八六幺幺零星号键井号键"
    assert speech.digits("10", "en") == ["number_1", "number_0"]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: speech.number(10**12, "en"),
        lambda: speech.money(1, "XAU", "en"),
        lambda: speech.digits("1x", "en"),
        lambda: speech.digits("1", "tlh"),
        lambda: speech.number(1, "tlh"),
        lambda: speech.prompt_path("no_such_prompt", "en"),
    ],
)
def test_what_has_no_recording_is_refused_and_not_guessed(attempt: Callable[[], object]) -> None:
    with pytest.raises(speech.Unspeakable):
        attempt()
