"""Words back into numbers, without a look at what makes them; and the set that both ways of speaking are held to."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
]
_TENS = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: value for value, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 3)}
_NTH = [
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    "twentieth",
]
_PLACES = {word: place for place, word in enumerate(_NTH, 1)} | {"thirtieth": 30}


def mandarin_number(text: str) -> int:
    """Character by character. Raises KeyError for what belongs to no number."""
    digits = {character: n for n, character in enumerate("零一二三四五六七八九")} | {"两": 2}
    total = group = digit = 0
    for character in text:
        if character in digits:
            digit = digits[character]
        elif character in "十百千":
            group += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        else:
            total += (group + digit) * {"万": 10**4, "亿": 10**8}[character]
            group = digit = 0
    return total + group + digit


def english_number(words: str) -> int:
    total = group = 0
    for word in words.split():
        if word == "hundred":
            group *= 100
        elif word in ("thousand", "million", "billion"):
            total += group * {"thousand": 10**3, "million": 10**6, "billion": 10**9}[word]
            group = 0
        elif word != "and":
            group += _VALUES[word]
    return total + group


def mandarin_fen(text: str) -> int:
    parts = re.fullmatch(r"(负?)(?:(.+)元)?(零?)(?:(.)角)?(?:(.)分)?", text)
    assert parts is not None, text
    assert bool(parts[3]) == bool(parts[2] and parts[5] and not parts[4]), text
    fen = sum(mandarin_number(parts[n] or "零") * unit for n, unit in ((2, 100), (4, 10), (5, 1)))
    return -fen if parts[1] else fen


def english_fen(words: str) -> int:
    parts = re.fullmatch(r"(minus )?(?:(.+?) yuan)?(?:(?: and )?(?P<fen>.+) fen)?", words)
    assert parts is not None, words
    fen = 100 * english_number(parts[2] or "zero") + english_number(parts["fen"] or "zero")
    return -fen if parts[1] else fen


def mandarin_instant(text: str) -> tuple[int, ...]:
    """Year, month, day, and hour and minute where they are said."""
    parts = re.fullmatch(r"(.{4})年(.+)月(.+)日(?:(.+)点(?:整|(.+)分))?", text)
    assert parts is not None, text
    year = int("".join(str("零一二三四五六七八九".index(character)) for character in parts[1]))
    if parts[4] is None:
        return year, mandarin_number(parts[2]), mandarin_number(parts[3])
    return (year, *(mandarin_number(parts[n] or "零") for n in range(2, 6)))


def english_instant(words: str) -> tuple[int, ...]:
    day, year, *time = words.split(", ")
    month, *places = day.split()
    date = (_english_year(year), MONTHS.index(month) + 1, sum(_PLACES.get(word) or _VALUES[word] for word in places))
    if not time:
        return date
    if time == ["midnight"]:
        return (*date, 0, 0)
    hour, _, minute = time[0].replace(" o'clock", " zero").partition(" ")
    if hour == "twenty" and minute.split()[0] in _ONES[1:10] and len(minute.split()) > 1:
        more, _, minute = minute.partition(" ")
        return (*date, 20 + _VALUES[more], english_number(minute.replace("oh ", "")))
    return (*date, _VALUES[hour], english_number(minute.replace("oh ", "")))


def _english_year(words: str) -> int:
    """Of 2010 to 2099: twenty, and what comes after it."""
    assert words.startswith("twenty "), words
    return 2000 + english_number(words.removeprefix("twenty "))


@dataclass(frozen=True)
class Written:
    """A sum, date or number as it stands in a text, and what it is."""

    text: str
    value: object


SEED = 8


def sums(language: str, count: int = 100) -> list[Written]:
    """`value` in fen: of every length, with and without fractions, signs and commas."""
    chance, out = random.Random(SEED), []
    for n in range(count):
        fen = chance.randrange(10 ** (n % 10 + 1))
        if n % 3 == 0:
            fen -= fen % 100
        if n % 7 == 0:
            fen = fen // 10**4 * 10**4 + fen % 10
        fen = -fen if n % 11 == 0 else fen
        yuan, rest = divmod(abs(fen), 100)
        number = f"{yuan:,}" if n % 2 else str(yuan)
        if rest or n % 4 == 0:
            number += f".{rest:02}".removesuffix("0") if n % 5 == 0 and rest else f".{rest:02}"
        sign = "-" if fen < 0 else ""
        forms = [f"{sign}¥{number}", f"{sign}{number}元", f"{sign}￥{number}"]
        if language == "en":
            forms += [f"{sign}{number} yuan", f"{sign}RMB {number}"]
        out.append(Written(forms[n % len(forms)], fen))
    return out


def instants(language: str, count: int = 100) -> list[Written]:
    """`value` is (year, month, day), or with hour and minute; every month and hour is among them."""
    chance, out = random.Random(SEED), []
    for n in range(count):
        at = datetime(2010, 1, 1) + timedelta(days=chance.randrange(365 * 80))  # noqa: DTZ001
        at = at.replace(month=n % 12 + 1, day=min(at.day, 28) if n % 10 else 28)
        at = at.replace(hour=n % 24, minute=chance.choice([0, 5, 10, 15, 30, 59, chance.randrange(60)]))
        month_name = MONTHS[at.month - 1]
        forms = [f"{at:%Y-%m-%d}", f"{at.year}/{at.month}/{at.day}", f"{at.year}年{at.month}月{at.day}日"]
        if language == "en":
            forms += [f"{month_name} {at.day}, {at.year}", f"{at.day} {month_name[:3]} {at.year}"]
        date = (at.year, at.month, at.day)
        text = forms[n % len(forms)]
        if n % 2:
            clock = f"{at:%H:%M}" if n % 4 == 1 else f"{at.hour}:{at:%M}"
            out.append(Written(f"{text} {clock}", (*date, at.hour, at.minute)))
        else:
            out.append(Written(text, date))
    return out


def telephones(count: int = 100) -> list[Written]:
    """`value` is the digits: mobiles, numbers with their area, and such as businesses have."""
    chance, out = random.Random(SEED), []
    for n in range(count):
        tail = f"{chance.randrange(10**8):08}"
        area = chance.choice(["010", "021", "0571", "0755", "0898"])
        mobile = f"1{chance.randrange(3, 10)}{chance.randrange(10)}"
        forms = [
            f"{mobile}{tail}",
            f"{mobile} {tail[:4]} {tail[4:]}",
            f"{mobile}-{tail[:4]}-{tail[4:]}",
            f"{area}-{tail}",
            f"({area}){tail}",
            f"400-{tail[:3]}-{tail[3:7]}",
            chance.choice(["10000", "10086", "12345", "95588", "10010"]),
        ]
        text = forms[n % len(forms)]
        out.append(Written(text, re.sub(r"\D", "", text)))
    return out
