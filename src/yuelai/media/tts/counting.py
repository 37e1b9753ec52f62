"""Numbers as words, in Mandarin and English. The reading rules are those of the recorded pieces
(`channels.voice.speech`), so that a sum sounds alike whoever says it."""

from __future__ import annotations

from datetime import date

LARGEST = 10**12 - 1
"""The largest number that is counted."""

_NUMERALS = "零一二三四五六七八九"
_KEYS = "零幺二三四五六七八九"

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth"}
_ORDINALS |= {"twelve": "twelfth"}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


# Mandarin


def mandarin(value: int, *, measured: bool = False) -> str:
    """0 to `LARGEST`; `measured`: a measure word follows, before which two alone is 两."""
    if value == 0:
        return "零"
    if value == 2 and measured:
        return "两"
    out, gap = "", False
    for power, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section, value = divmod(value, power)
        if not section:
            gap = bool(out)
            continue
        if out and (gap or section < 1000):
            out += "零"
        gap = False
        two = section == 2 and name and not out
        out += ("两" if two else _section(section, head=not out)) + name
    return out


def _section(value: int, *, head: bool) -> str:
    """Four places, 1 to 9999; a run of empty places inside is one 零."""
    out, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, power)
        if not digit:
            gap = bool(out)
            continue
        if gap:
            out += "零"
        gap = False
        if digit == 1 and power == 10 and head and not out:
            out += "十"
        else:
            out += ("两" if digit == 2 and power == 1000 and head else _NUMERALS[digit]) + name
    return out


def mandarin_decimal(number: str, *, measured: bool = False) -> str:
    """Digits with a point or none, such as `1234.50`."""
    whole, point, fraction = number.partition(".")
    return mandarin(int(whole), measured=measured and not point) + ("点" + mandarin_figures(fraction) if point else "")


def mandarin_figures(digits: str) -> str:
    """One by one, as in a year or after a point."""
    return "".join(_NUMERALS[int(digit)] for digit in digits)


def mandarin_keys(digits: str) -> str:
    """One by one, as in a telephone number; `*` stands for what is hidden."""
    return "".join("星" if digit == "*" else _KEYS[int(digit)] for digit in digits)


def mandarin_money(yuan: int, fen: int) -> str:
    """`fen` 0 to 99."""
    tenths, hundredths = divmod(fen, 10)
    out = mandarin(yuan, measured=True) + "元" if yuan or not fen else ""
    if tenths:
        out += mandarin(tenths, measured=True) + "角"
    elif hundredths and yuan:
        out += "零"
    return out + (mandarin(hundredths, measured=True) + "分" if hundredths else "")


def mandarin_clock(hour: int, minute: int, second: int | None = None) -> str:
    out = mandarin(hour, measured=True) + "点"
    if second is None and minute == 0:
        return out + "整"
    out += ("零" if 0 < minute < 10 else "") + mandarin(minute) + "分"
    return out if second is None else out + ("零" if 0 < second < 10 else "") + mandarin(second) + "秒"


# English


def english(value: int) -> str:
    """0 to `LARGEST`."""
    if value < 20:
        return _SMALL[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_SMALL[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{_SMALL[value // 100]} hundred" + (f" and {english(value % 100)}" if value % 100 else "")
    power, name = next(
        (power, name) for power, name in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand")) if value >= power
    )
    rest = value % power
    joint = " and " if 0 < rest < 100 else " "
    return f"{english(value // power)} {name}" + (joint + english(rest) if rest else "")


def english_decimal(number: str) -> str:
    whole, point, fraction = number.partition(".")
    return english(int(whole)) + (f" point {english_keys(fraction)}" if point else "")


def english_keys(digits: str) -> str:
    return " ".join("star" if digit == "*" else _SMALL[int(digit)] for digit in digits)


def english_ordinal(value: int) -> str:
    *before, last = english(value).split(" ")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return " ".join([*before, _ORDINALS.get(last, regular)])


def english_year(year: int) -> str:
    """In pairs: nineteen oh five, twenty twenty six; round hundreds and the first decade of a millennium in full."""
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:
        return english(year)
    if not rest:
        return f"{english(century)} hundred"
    return f"{english(century)} {'oh ' if rest < 10 else ''}{english(rest)}"


def english_money(major: int, minor: int, names: tuple[str, str, str, str] = ("yuan", "yuan", "fen", "fen")) -> str:
    """`minor` 0 to 99; `names` of one and of more, of the greater and the smaller unit."""
    out = []
    if major or not minor:
        out.append(f"{english(major)} {names[major != 1]}")
    if minor:
        out.append(f"{english(minor)} {names[2 + (minor != 1)]}")
    return " and ".join(out)


def english_clock(hour: int, minute: int, second: int | None = None, half: str = "") -> str:
    """By 24 hours, as timetables are read; `half` is a or p, for who counts to twelve."""
    if not half and hour in (0, 24) and not minute and not second:
        return "midnight"
    hour = hour or 12 if half else hour
    if minute == 0:
        out = english(hour) + ("" if half else " o'clock")
    else:
        out = f"{english(hour)} {'oh ' if minute < 10 else ''}{english(minute)}"
    if second:
        out += f" and {english(second)} second{'' if second == 1 else 's'}"
    return f"{out} {half} m" if half else out


def english_date(month: int, day: int, year: int | None = None) -> str:
    return f"{MONTHS[month - 1]} {english_ordinal(day)}" + (f", {english_year(year)}" if year is not None else "")


def mandarin_date(month: int, day: int, year: int | None = None) -> str:
    before = f"{mandarin_figures(str(year))}年" if year is not None else ""
    return f"{before}{mandarin(month)}月{mandarin(day)}日"


def is_day(month: int, day: int) -> bool:
    """Whether there is such a day in some year."""
    try:
        date(2024, month, day)
    except ValueError:
        return False
    return True
