"""What a simulated flow says, as text, and how long saying it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from yuelai.flows.ports import Digits, Instant, Money, Number, Prompt, Text, Utterance
from yuelai.routing.prompts import sentences

_SECONDS_A_CHARACTER = {"zh-CN": 0.22, "en": 0.065}

Texts = Mapping[str, Mapping[str, str]]
"""The words of prompts by name and language."""

Understands = Callable[[str, Mapping[str, Sequence[str]], str], str | None]
"""Tells the key that somebody's words mean in a language, of the words there are by key; nothing when none."""

LONGEST = 2001
"""Characters of one utterance that are looked at: more than anybody is shown."""


def spelt(utterance: Utterance, language: str, texts: Texts) -> str:
    """Return the words: of a prompt those of the other language, as a call would rather say that than nothing. One
    that nobody knows is its name in brackets."""
    match utterance:
        case Prompt(name):
            words = texts.get(name) or sentences().get(name, {})
            return words.get(language) or next(iter(words.values()), f"[{name}]")
        case Money(minor, currency):
            amount = f"{Decimal(minor) / 100:.2f}"
            return f"{amount} 元" if currency == "CNY" and language == "zh-CN" else f"{currency} {amount}"
        case Digits(digits):
            return " ".join(digits[:LONGEST])
        case Number(value):
            return str(value)
        case Instant(at, clock):
            return f"{at:%Y-%m-%d %H:%M}" if clock else f"{at:%Y-%m-%d}"
        case Text(text):
            return text
    raise TypeError(f"cannot say {utterance!r}")


def said(utterances: Sequence[Utterance], language: str, texts: Texts) -> str:
    return (" " if language == "en" else "").join(spelt(each, language, texts)[:LONGEST] for each in utterances)


def seconds(text: str, language: str) -> float:
    """Return about how long a voice takes."""
    return len(text) * _SECONDS_A_CHARACTER.get(language, 0.1)


def contained(spoken: str, words: Mapping[str, Sequence[str]], language: str) -> str:
    """Return the key that the words mean: that of the longest of its words that is in them; empty when none is."""
    heard = spoken.strip().casefold()
    found = [(len(word), key) for key, those in words.items() for word in those if word and word.casefold() in heard]
    return max(found, key=lambda each: each[0])[1] if found else ""
