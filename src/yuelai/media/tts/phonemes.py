"""Text to the phonemes Kokoro was taught: Mandarin by misaki, English by misaki's dictionaries and a few rules.

Needs the extra `voice`. The alphabet is misaki's; it is close to IPA, with capitals for diphthongs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any, Protocol

from yuelai.media.tts.spoken import in_words

WEAK = {"the": "ðə", "a": "ɐ", "an": "ən", "to": "tə", "of": "əv", "for": "fɚ", "i": "ˌI"}
"""Words that English leaves unstressed inside a sentence; the dictionary has only their strong forms."""
VOWELS = "aeiou"

_ENDINGS: dict[str, Callable[[str], str]] = {
    "s": lambda last: "ᵻz" if last in "szʃʒʧʤ" else "s" if last in "ptkfθ" else "z",
    "d": lambda last: "ᵻd" if last in "td" else "t" if last in "pkfθsʃʧ" else "d",
}
"""How a plural and a past tense end, after the last phoneme of the stem."""


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
        parts = re.findall(r"[A-Za-z']+|[.,!?]", _without_signs(in_words(text, "en")))
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


def _without_signs(text: str) -> str:
    return text.replace("%", " percent ").replace("&", " and ")


class Mandarin:
    """Latin words inside are read as English ones."""

    def __init__(self) -> None:
        from misaki.zh import ZHG2P

        self._g2p: Any = ZHG2P()
        self._english: English | None = None

    def __call__(self, text: str) -> str:
        out = []
        for latin, other in re.findall(r"([A-Za-z][A-Za-z' -]*)|([^A-Za-z]+)", in_words(text, "zh-CN")):
            if latin:
                self._english = self._english or English()
            out.append(self._english(latin.strip()) if latin and self._english else str(self._g2p(other)[0]))
        return " ".join(out)


def reader(language: str, *, strict: bool = False) -> Phonemes:
    """Raises Unpronounceable for a language that is neither `zh-CN` nor `en`."""
    if language == "zh-CN":
        return Mandarin()
    if language == "en":
        return English(strict=strict)
    raise Unpronounceable(f"language {language!r} cannot be spoken")
