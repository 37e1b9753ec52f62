"""Numbers before they are read; the rest is misaki's."""

from __future__ import annotations

import pytest

from yuelai.media.tts.phonemes import count, numbers_for_mandarin, numbers_in_words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "zero"),
        (19, "nineteen"),
        (40, "forty"),
        (71, "seventy one"),
        (100, "one hundred"),
        (215, "two hundred and fifteen"),
        (1000, "one thousand"),
        (2026, "two thousand and twenty six"),
        (12_345, "twelve thousand three hundred and forty five"),
        (999_999, "nine hundred and ninety nine thousand nine hundred and ninety nine"),
    ],
)
def test_english_counts(value: int, words: str) -> None:
    assert count(value) == words


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("25 pieces", "twenty five pieces"),
        ("1,234.50", "one thousand two hundred and thirty four point five zero"),
        ("call 0571", "call zero five seven one"),
        ("13800138000", "one three eight zero zero one three eight zero zero zero"),
        ("5%", "five percent"),
        ("0 errors", "zero errors"),
    ],
)
def test_english_numbers_become_words(text: str, read: str) -> None:
    assert numbers_in_words(text).split() == read.split()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("电话13800138000。", "电话幺三八零零幺三八零零零。"),
        ("区号0571", "区号零五七幺"),
        ("余额1,234.50元", "余额1234.50元"),
        ("1,234,567.8元", "1234567.8元"),
        ("共25件", "共25件"),
        ("2026年", "2026年"),
        ("0件", "0件"),
    ],
)
def test_mandarin_spells_what_is_not_counted(text: str, read: str) -> None:
    assert numbers_for_mandarin(text) == read
