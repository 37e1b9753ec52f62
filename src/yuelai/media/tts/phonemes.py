"""Text to the phonemes Kokoro was taught: Mandarin by misaki, English by misaki's dictionaries and a few rules.

Needs the extra `voice`. The alphabet is misaki's; it is close to IPA, with capitals for diphthongs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any, Protocol

WEAK = {"the": "ðə", "a": "ɐ", "an": "ən", "to": "tə", "of": "əv", "for": "fɚ", "i": "ˌI"}
"""Words that English leaves unstressed inside a sentence; the dictionary has only their strong forms."""
VOWELS = "aeiou"

_ENDINGS: dict[str, Callable[[str], str]] = {
    "s": lambda last: "ᵻz" if last in "szʃʒʧʤ" else "s" if last in "ptkfθ" else "z",
    "d": lambda last: "ᵻd" if last in "td" else "t" if last in "pkfθsʃʧ" else "d",
}
"""How a plural and a past tense end, after the last phoneme of the stem."""

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
COUNTED = 999_999
"""Longer numbers, and those that begin with 0, are read digit by digit."""


class Unpronounceable(ValueError):
    """A word that stands in no dictionary, where guessing was not allowed."""


class Phonemes(Protocol):
    def __call__(self, text: str) -> str: ...


class English:
    """American. `strict` raises Unpronounceable for unknown words, which are spelled out otherwise."""

    def __init__(self, *, strict: bool = False) -> None:
        data = resources.files("misaki") / "data"
        self._strict = strict
        self._words: dict[str, str | dict[str, str]] = {}
        for name in ("us_silver.json", "us_gold.json"):
            self._words |= json.loads((data / name).read_text(encoding="utf-8"))

    def __call__(self, text: str) -> str:
        parts = re.findall(r"[A-Za-z']+|[.,!?]", numbers_in_words(text))
        out: list[str] = []
        for part, following in zip(parts, [*parts[1:], "."], strict=True):
            if part in ".,!?":
                out.append(part)
                continue
            word = part.lower()
            if word == "the" and following[0].lower() in VOWELS:
                sound = "ði"
            elif word in WEAK and len(parts) > 1 and part != "A":
                sound = WEAK[word]
            else:
                sound = self._word(part)
            out.append(" " + sound if out and sound else sound)
        return "".join(out)

    def _word(self, word: str) -> str:
        found = self._words.get(word) or self._words.get(word.lower()) or self._words.get(word.capitalize())
        if found is not None:
            return found if isinstance(found, str) else found["DEFAULT"]
        for stem, ending in _stems(word.lower()):
            if stem in self._words:
                sound = self._word(stem)
                return sound + _ENDINGS[ending](sound[-1])
        if self._strict:
            raise Unpronounceable(f"no pronunciation for {word!r}: respell it with `say`")
        letters = [self._words.get(letter, "") for letter in word.upper() if letter.isalpha()]
        return " ".join(letter if isinstance(letter, str) else letter["DEFAULT"] for letter in letters)


def _stems(word: str) -> Iterator[tuple[str, str]]:
    """Yield what a regular form may be a form of: entries of entry, expired of expire, locked of lock."""
    for ending in ("s", "d"):
        if word.endswith(f"ie{ending}"):
            yield word[:-3] + "y", ending
        if word.endswith(f"e{ending}"):
            yield word[:-2], ending
        if word.endswith(ending):
            yield word[:-1], ending


def numbers_in_words(text: str) -> str:
    def words(match: re.Match[str]) -> str:
        whole, _, fraction = match[0].replace(",", "").partition(".")
        if whole != "0" and (whole.startswith("0") or int(whole) > COUNTED):
            said = " ".join(_SMALL[int(digit)] for digit in whole)
        else:
            said = count(int(whole))
        return f" {said}{' point ' + ' '.join(_SMALL[int(digit)] for digit in fraction) if fraction else ''} "

    return re.sub(r"\d+(?:,\d{3})*(?:\.\d+)?", words, text).replace("%", " percent ").replace("&", " and ")


def count(value: int) -> str:
    """Return 0 to `COUNTED` in English words."""
    if value < 20:
        return _SMALL[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_SMALL[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{_SMALL[value // 100]} hundred" + (f" and {count(value % 100)}" if value % 100 else "")
    rest = value % 1000
    joint = " and " if 0 < rest < 100 else " "
    return f"{count(value // 1000)} thousand" + (joint + count(rest) if rest else "")


class Mandarin:
    """Latin words inside are read as English ones."""

    def __init__(self) -> None:
        from misaki.zh import ZHG2P

        self._g2p: Any = ZHG2P()
        self._english: English | None = None

    def __call__(self, text: str) -> str:
        out = []
        for latin, other in re.findall(r"([A-Za-z][A-Za-z' -]*)|([^A-Za-z]+)", numbers_for_mandarin(text)):
            if latin:
                self._english = self._english or English()
            out.append(self._english(latin.strip()) if latin and self._english else str(self._g2p(other)[0]))
        return " ".join(out)


def numbers_for_mandarin(text: str) -> str:
    """Spell numbers that are not counted (telephones, codes) key by key, and take out what parts thousands; the rest
    is read by misaki."""
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return re.sub(
        r"(?<![\d.])\d+(?![\d.年])",
        lambda match: (
            "".join("零幺二三四五六七八九"[int(digit)] for digit in match[0])
            if len(match[0]) > len(str(COUNTED)) or (match[0][0] == "0" and len(match[0]) > 1)
            else match[0]
        ),
        text,
    )


def reader(language: str, *, strict: bool = False) -> Phonemes:
    """Raises Unpronounceable for a language that is neither `zh-CN` nor `en`."""
    if language == "zh-CN":
        return Mandarin()
    if language == "en":
        return English(strict=strict)
    raise Unpronounceable(f"language {language!r} cannot be spoken")
