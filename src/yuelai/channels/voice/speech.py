"""Amounts, numbers, keys and dates as sequences of recorded pieces, in Mandarin and English.

Every function returns prompt ids in speaking order; `prompt_path` finds the sound of one. Reading rules for Mandarin
follow 现代汉语 usage for telephone announcements: 两 for a leading two before a measure word, 千, 万 or 亿; one 零 for
any run of empty places inside a number; 一十 shortened to 十 at the front only; 幺 for one when keys are read singly.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
LARGEST = 10**12 - 1
"""The largest number that can be spoken."""

WHOLE_YEARS = range(2020, 2040)
"""Years that Mandarin has a recording of their own for."""


class Unspeakable(ValueError):
    """There is no recording for it: unknown language, currency or character, or a number out of range."""


def prompt_path(id: str, language: str) -> Path:
    """Return the sound file of a prompt; music and tones are the same in every language.

    Raises `Unspeakable` when there is no such recording.
    """
    for folder in (language, "common"):
        path = PROMPTS / folder / f"{id}.opus"
        if path.is_file():
            return path
    raise Unspeakable(f"no prompt {id!r} in {language!r}")


def digits(text: str, language: str) -> list[str]:
    """Read keys one by one: digits, `*`, `#` and `+`; blanks and hyphens are passed over."""
    _reader(language)
    names = {"*": "star", "#": "pound", "+": "plus"}
    out = []
    for character in text:
        if character in " -":
            continue
        if character.isascii() and character.isdigit():
            out.append("digit_1" if character == "1" and language == "zh-CN" else f"number_{character}")
        elif character in names:
            out.append(names[character])
        else:
            raise Unspeakable(f"{character!r} cannot be spoken")
    return out


def number(value: int, language: str) -> list[str]:
    """Read a whole number as one counts: `LARGEST` at most, either sign."""
    reader = _reader(language)
    return (["minus"] if value < 0 else []) + reader(_in_range(value))


def money(minor: int, currency: str, language: str) -> list[str]:
    """Read an amount given in minor units (分). Only CNY has recordings."""
    reader = _reader(language)
    if currency != "CNY":
        raise Unspeakable(f"currency {currency!r} cannot be spoken")
    sign = ["minus"] if minor < 0 else []
    yuan, rest = divmod(abs(minor), 100)
    if language == "en":
        parts = []
        if yuan or not rest:
            parts.append([*reader(_in_range(yuan)), "yuan"])
        if rest:
            parts.append([*reader(rest), "fen"])
        return sign + parts[0] + (["and", *parts[1]] if len(parts) == 2 else [])
    jiao, fen = divmod(rest, 10)
    out = _yuan(_in_range(yuan)) if yuan or not rest else []
    if jiao:
        out.append(f"jiao_{jiao}")
    elif fen and yuan:
        out.append("number_0")
    if fen:
        out.append(f"fen_{fen}")
    return sign + out


def instant(at: datetime, language: str, *, clock: bool = False) -> list[str]:
    """Read a date, and with `clock` the time of day, as they stand in `at`: convert to the hearer's zone before."""
    if language == "en":
        out = [f"month_{at.month}", *_ordinal(at.day), *_english_year(at.year)]
        return out + _english_clock(at.hour, at.minute) if clock else out
    _reader(language)
    whole = at.year in WHOLE_YEARS
    out = [f"year_{at.year}"] if whole else [f"number_{digit}" for digit in str(at.year)] + ["year"]
    out += [f"month_{at.month}", f"day_{at.day}"]
    if clock:
        out.append(f"hour_{at.hour}")
        if at.minute == 0:
            out.append("exactly")
        else:
            out += (["number_0"] if at.minute < 10 else []) + [*_mandarin(at.minute), "minute"]
    return out


def _in_range(value: int) -> int:
    if abs(value) > LARGEST:
        raise Unspeakable(f"{value} is too large to be spoken")
    return abs(value)


def _reader(language: str) -> Callable[[int], list[str]]:
    try:
        return {"zh-CN": _mandarin, "en": _english}[language]
    except KeyError:
        raise Unspeakable(f"language {language!r} cannot be spoken") from None


# Mandarin: numbers up to 99, hundreds and thousands are whole recordings.


def _mandarin(value: int) -> list[str]:
    if value == 0:
        return ["number_0"]
    out: list[str] = []
    gap = False
    for power, name in ((10**8, "hundred_million"), (10**4, "ten_thousand"), (1, "")):
        section, value = divmod(value, power)
        if section == 0:
            gap = bool(out)
            continue
        if out and (gap or section < 1000):
            out.append("number_0")
        gap = False
        if section == 2 and name and not out:
            out += ["two", name]
        else:
            out += _section(section, head=not out) + ([name] if name else [])
    return out


def _section(value: int, *, head: bool) -> list[str]:
    """Four places, 1 to 9999; a run of empty places inside is one 零; `head` when nothing was said before."""
    out: list[str] = []
    thousands, rest = divmod(value, 1000)
    hundreds, tail = divmod(rest, 100)
    if thousands:
        out.append("thousands_two" if thousands == 2 and head else f"thousands_{thousands}")
    if hundreds:
        out.append(f"hundreds_{hundreds}")
    if tail and (thousands or hundreds) and (not hundreds or tail < 10):
        out.append("number_0")
    if tail:
        inside = bool(out) or not head
        out.append(f"inner_{tail}" if inside and 10 <= tail < 20 else f"number_{tail}")
    return out


def _yuan(value: int) -> list[str]:
    """So many 元, in one recording with the last word of the number where there is one. Two alone is 两."""
    said = _mandarin(value)
    series, _, number = said[-1].rpartition("_")
    fused = {"number": "yuan", "inner": "inner_yuan", "hundreds": "hundreds_yuan"}.get(series)
    return [*said[:-1], f"{fused}_{number}"] if fused else [*said, "yuan"]


# English


def _english(value: int) -> list[str]:
    if value == 0:
        return ["number_0"]
    out: list[str] = []
    for power, name in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (1, "")):
        group, value = divmod(value, power)
        if group == 0:
            continue
        if name == "" and group < 100 and out:
            out.append("and")
        hundreds, rest = divmod(group, 100)
        if hundreds:
            out += [f"number_{hundreds}", "hundred"] + (["and"] if rest else [])
        out += _below_hundred(rest) + ([name] if name else [])
    return out


def _below_hundred(value: int) -> list[str]:
    if value == 0:
        return []
    if value < 20:
        return [f"number_{value}"]
    tens, ones = divmod(value, 10)
    return [f"number_{tens * 10}"] + ([f"number_{ones}"] if ones else [])


def _ordinal(day: int) -> list[str]:
    if day <= 20 or day == 30:
        return [f"ordinal_{day}"]
    return [f"number_{day // 10 * 10}", f"ordinal_{day % 10}"]


def _english_year(year: int) -> list[str]:
    """In pairs: nineteen oh five, twenty twenty-six; round hundreds and the first decade of a millennium in full."""
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:
        return _english(year)
    if rest == 0:
        return [*_below_hundred(century), "hundred"]
    return [*_below_hundred(century), *(["oh"] if rest < 10 else []), *_below_hundred(rest)]


def _english_clock(hour: int, minute: int) -> list[str]:
    """The 24-hour clock, as timetables are read: fifteen thirty, nine oh five, nine o'clock."""
    hours = _below_hundred(hour) or ["number_0"]
    if minute == 0:
        return [*hours, "o_clock"]
    return [*hours, *(["oh"] if minute < 10 else []), *_below_hundred(minute)]
