"""Text as it is said: sums, dates, times, shares, telephone and order numbers become words before a voice sees them.

What a number is, is told by how it is written and by the word before it; docs/reference/speech.md has the rules. A text
without digits comes back as it was, so that saying it twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from yuelai.media.tts import counting

COUNTED = 6
"""Digits: what is longer without commas, and is no sum and has no measure word, is read digit by digit."""

GROUP = 4
"""Digits that are read in one breath, where nothing says how a long number is parted."""

_PLAIN = str.maketrans("０１２３４５６７８９％￥＋－＊／．", "0123456789%¥+-*/.")

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!,?\d)|\d+(?:\.\d+)?)"
_SIGN = r"(?:(?<![\dA-Za-z%元])[-−])?"

_PHONE = r"""
    (?:\+\d{1,3}[- ]?)?1[3-9]\d(?:[- ]?[\d*]{4}){2}(?![\d*])      # mobile, perhaps masked
  | (?:\+\d{1,3}[- ]?)?\(?0\d{2,3}\)?[- ]?\d{3,4}[- ]?\d{4}(?:-\d{1,5})?(?!\d)   # with its area
  | [48]00[- ]?\d{3,4}[- ]?\d{3,4}(?!\d)
  | \+\d[\d -]{5,17}\d
  | \d{4}(?:[ ]\d{4}){2,}(?:[ ]\d{1,3})?(?!\d)                   # a card
"""
_YEAR = r"(?:1[5-9]|2[01])\d\d"
_DATE = rf"(?P<year>{_YEAR})(?P<joint>[-/.])(?P<month>\d{{1,2}})(?P=joint)(?P<day>\d{{1,2}})(?![-/.]?\d)"
_TIME = r"(?P<hour>[01]?\d|2[0-4])[:：](?P<minute>[0-5]\d)(?:[:：](?P<second>[0-5]\d))?(?![:：]?\d)"
_DOTTED = r"\d+(?:\.\d+){2,}"
_JOINED = r"[A-Za-z]+(?:-[A-Za-z]+)*-?\d{3,}(?:-\d+)*|\d+(?:-\d+){2,}"
_SERVICE = re.compile(r"100\d\d|123\d\d|9[56](?!000)\d{3}")
"""Short numbers that people know as numbers to dial: 10000, 10086, 12345, 95588."""

Found = re.Match[str]
Say = Callable[[Found], str | None]


def in_words(text: str, language: str) -> str:
    """Return the text with its numbers as words; of a language other than `zh-CN` and `en`, the text itself."""
    if language not in _WAYS:
        return text
    pattern, ways = _WAYS[language]

    def said(found: Found) -> str:
        kind = found.lastgroup or ""
        words = ways[kind](found)
        # What only looked like a date or a sum is read as the figures in it.
        return _phone(found[0], language) if words is None else words

    plain = text.translate(_PLAIN)
    if not re.search(r"\d", plain):
        return text
    out = pattern.sub(said, plain)
    return re.sub(r" {2,}", " ", out).strip() if language == "en" else out


def _keys(digits: str, language: str) -> str:
    """Digit by digit, long ones parted by commas to be heard as pauses."""
    read, comma = (counting.mandarin_keys, "，") if language == "zh-CN" else (counting.english_keys, ", ")
    return comma.join(read(group) for group in _groups(digits))


def _groups(digits: str) -> list[str]:
    if re.fullmatch(r"1[3-9]\d[\d*]{8}", digits):
        return [digits[:3], digits[3:7], digits[7:]]
    if re.fullmatch(r"0(?:10|2\d)\d{8}", digits):
        return [digits[:3], digits[3:]]
    if len(digits) <= 2 * GROUP:
        return [digits]
    return [digits[at : at + GROUP] for at in range(0, len(digits), GROUP)]


def _phone(written: str, language: str) -> str:
    plus = {"zh-CN": "加", "en": "plus "}[language] if written.startswith("+") else ""
    comma = "，" if language == "zh-CN" else ", "
    return plus + comma.join(_keys(group, language) for group in re.findall(r"[\d*]+", written))


def _plain(number: str) -> str:
    return number.replace(",", "")


def _sum(number: str) -> tuple[int, int] | None:
    """Units and hundredths; None when it is finer than that or too large to count."""
    whole, _, fraction = _plain(number).partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > 2 or int(whole) > counting.LARGEST:
        return None
    return int(whole), int(fraction.ljust(2, "0"))


def _is_called(before: str, cue: re.Pattern[str], digits: str) -> bool:
    return len(digits) >= 3 and cue.search(before) is not None


def _countable(number: str) -> bool:
    whole = _plain(number).partition(".")[0]
    return int(whole) <= counting.LARGEST and not (len(whole) > 1 and whole[0] == "0")


# Mandarin

_MEASURES = (
    "个|位|条|张|次|件|笔|部|户|家|份|台|套|项|种|名|人|天|周|年(?!级)|小时|分(?![机之])|秒|倍|百|千|万|亿|元|块|角|毛|兆|"
    "点|时|辆|间|杯|本|页|句|段|封|单(?!元|号)|米|公里|公斤|斤|吨|度|股|批|轮|组|遍|通|座|岁|星期|多|余|以[上下内]|左右|积分|用户|客户"
)
"""What makes a count of the number before it, and 两 of two."""
_CALLED = re.compile(
    r"(?:电话|手机|号码?|热线|拨打?|致电|来电|呼叫|分机|邮编|编码|代码|密码|验证码|工单|订单|账[号户]|户号|卡号|单号|尾号|"
    r"按键?|输入|客服|服务台)(?:号码?)?(?:[是为:：]|\s)*$"
)
_AMOUNT = re.compile(r"(?:余额|积分|金额|数量|合计|总计|总共|一共|共计?|大?约|超过|达到?|[近满第])(?:[有是为:：]|\s)*$")

_ZH = rf"""
    (?P<phone>(?<![\d*A-Za-z])(?:{_PHONE}))
  | (?P<date>(?<![\d./-]){_DATE}(?:T(?=\d))?)
  | (?P<month_of>(?<![\d./-])(?P<of_year>(?:19|20)\d\d)-(?P<of_month>0[1-9]|1[0-2])(?![-\d]))
  | (?P<time>(?<![\d:：]){_TIME})
  | (?P<calendar>(?<![\d.])(?P<years>\d{{4}})(?=年)|(?<![\d.,])(?P<days>\d{{1,2}})(?=[月日号]))
  | (?P<early>(?<![\d.,])0(?P<early_hour>\d)(?=[点时]))
  | (?P<oclock>(?<![\d.,])(?P<at_hour>\d{{1,2}})(?P<unit>[点时])(?P<at_minute>\d{{1,2}})(?=分))
  | (?P<joined>(?<![\dA-Za-z])(?:{_JOINED}))
  | (?P<dotted>{_DOTTED})
  | (?P<share>(?P<share_sign>{_SIGN})(?P<share_number>{_NUMBER})\s*(?P<per>[%‰]))
  | (?P<money>(?P<sign_1>{_SIGN})(?:(?:RMB|CNY)\s*)?¥\s?(?P<sign_2>-?)(?P<sum_1>{_NUMBER})\s*(?P<scale_1>[万亿]?)元?
      | (?P<sign_3>{_SIGN})(?:RMB|CNY)\s?(?P<sum_2>{_NUMBER})\s*(?P<scale_2>[万亿]?)元?
      | (?P<sign_4>{_SIGN})(?P<sum_3>{_NUMBER})\s*(?P<scale_3>[万亿]?)元)
  | (?P<each>(?<=[元块\d])/(?=[\u4e00-\u9fff]))
  | (?P<until>(?<=[\d%元块点时分月日号])(?:\s*[~～–—]\s*(?=[¥\d])
      |-(?=次日|¥?\d[\d.,]*\s*(?:[%月日号]|{_MEASURES})|\d\d?[:：]\d\d|\d{{4}}[-/年]\d)))
  | (?P<hidden>(?<![\d*])\d*\*{{2,}}\d+)
  | (?P<number>(?P<number_sign>{_SIGN})(?P<digits>{_NUMBER})(?P<measure>\s?(?={_MEASURES}))?)
"""


def _zh_date(found: Found) -> str | None:
    month, day = int(found["month"]), int(found["day"])
    return counting.mandarin_date(month, day, int(found["year"])) if counting.is_day(month, day) else None


def _zh_time(found: Found) -> str:
    second = found["second"]
    return counting.mandarin_clock(int(found["hour"]), int(found["minute"]), None if second is None else int(second))


def _zh_calendar(found: Found) -> str:
    return counting.mandarin_figures(found["years"]) if found["years"] else counting.mandarin(int(found["days"]))


def _zh_oclock(found: Found) -> str:
    hour, minute = int(found["at_hour"]), int(found["at_minute"])
    minutes = ("零" if 0 < minute < 10 else "") + counting.mandarin(minute)
    return f"{counting.mandarin(hour, measured=True)}{found['unit']}{minutes}"


def _zh_share(found: Found) -> str | None:
    number = _plain(found["share_number"])
    if not _countable(number):
        return None
    of = "百分之" if found["per"] == "%" else "千分之"
    share = "百" if (number, found["per"]) == ("100", "%") else counting.mandarin_decimal(number)
    return ("负" if found["share_sign"] else "") + of + share


def _zh_money(found: Found) -> str | None:
    minus = any(found[f"sign_{n}"] for n in range(1, 5))
    number, scale = next((found[f"sum_{n}"], found[f"scale_{n}"]) for n in range(1, 4) if found[f"sum_{n}"])
    parts = _sum(number)
    if not _countable(number) and parts is None:
        return None
    if scale:
        words = counting.mandarin_decimal(_plain(number), measured=True) + scale + "元"
    elif parts is None:
        words = counting.mandarin_decimal(_plain(number).rstrip("0")) + "元"
    else:
        words = counting.mandarin_money(*parts)
    return ("负" if minus and parts != (0, 0) else "") + words


def _zh_number(found: Found) -> str:
    number, before = found["digits"], found.string[: found.start()]
    digits = _plain(number)
    minus = "负" if found["number_sign"] else ""
    measured = found["measure"] is not None
    if "." not in number and "," not in number and not measured:
        amount = _AMOUNT.search(before)
        room = len(digits) >= 3 and found.string[found.end() : found.end() + 1] in ("室", "房")
        if not minus and (room or _is_called(before, _CALLED, digits) or (_SERVICE.fullmatch(digits) and not amount)):
            return _keys(digits, "zh-CN")
        if len(digits) > COUNTED and not amount:
            return minus + _keys(digits, "zh-CN")
    if not _countable(number):
        # 05分, 007: with the zeros it was written with; too long to count: digit by digit.
        return minus + _keys(digits, "zh-CN") if "." not in digits else f"{minus}{_point(digits)}"
    return minus + counting.mandarin_decimal(digits, measured=measured and not before.endswith("第"))


def _point(number: str) -> str:
    whole, _, fraction = number.partition(".")
    return f"{counting.mandarin_keys(whole)}点{counting.mandarin_figures(fraction)}"


# English

_TIME_NEXT = re.compile(rf"\s*{_TIME}")
_EN_CALLED = re.compile(
    r"\b(?:call|dial|ring|phone|telephone|tel|mobile|fax|number|no|numbered|order|account|acct|card|code|pin|password|ticket|"
    r"case|reference|ref|id|hotline|agent|extension|ext|ending|digits|press|enter)(?:\s+(?:number|no|code|id|in|is))*"
    r"[\s.:#]*$",
    re.IGNORECASE,
)
_THINGS = re.compile(r"\s+(?!(?:is|was|as|has|this)\b)[a-z]+s\b", re.IGNORECASE)
"""More than one of something: what stands before it counts them."""
_YEAR_AFTER = re.compile(
    rf"\b(?:in|since|year|until|till|by|from|of|{'|'.join(month for month in counting.MONTHS)})\s+$", re.IGNORECASE
)
_MONTH = "|".join(rf"{month[:3]}(?:{month[3:]})?\.?" if month != "May" else "May" for month in counting.MONTHS)
_MONTH = _MONTH.replace("Sep(?:tember)?", "Sep(?:t|tember)?")
_TH = "st|nd|rd|th"
_CURRENCIES = {
    "¥": ("yuan", "yuan", "fen", "fen"),
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
}

_EN = rf"""
    (?P<phone>(?<![\d*A-Za-z])(?:{_PHONE}))
  | (?P<date>(?<![\d./-]){_DATE}(?:T(?=\d))?)
  | (?P<calendar>(?<!\d)(?P<years>\d{{4}})年(?:(?P<of_month>\d{{1,2}})月(?:(?P<of_day>\d{{1,2}})[日号])?)?
      | (?<!\d)(?P<month_zh>\d{{1,2}})月(?P<day_zh>\d{{1,2}})[日号]
      | \b(?P<month_1>{_MONTH})\s+(?P<day_1>\d{{1,2}})(?:{_TH})?(?![\d:]|\.\d)(?:,?\s+(?P<year_1>{_YEAR})(?!\d))?
      | (?<!\d)(?P<day_2>\d{{1,2}})(?:{_TH})?\s+(?P<of>of\s+)?(?P<month_2>{_MONTH})(?![A-Za-z])
        (?:,?\s+(?P<year_2>{_YEAR})(?!\d))?)
  | (?P<time>(?<![\d:：]){_TIME}(?:\s?(?P<half>[aApP])\.?[mM]\b\.?)?)
  | (?P<oclock>(?<![\d.,:])(?P<at_hour>1[0-2]|0?[1-9])\s?(?P<at_half>[ap])\.?m\b\.?)
  | (?P<joined>(?<![\dA-Za-z])(?:{_JOINED}))
  | (?P<dotted>{_DOTTED})
  | (?P<share>(?P<share_sign>{_SIGN})(?P<share_number>{_NUMBER})\s*(?P<per>[%‰]))
  | (?P<money>(?P<sign_1>{_SIGN})(?:(?:RMB|CNY|US)\s?)?(?P<symbol>[¥$€£])\s?(?P<sign_2>-?)(?P<sum_1>{_NUMBER})
        (?:\s*元|\s+yuan\b)?
      | (?P<sign_3>{_SIGN})(?:RMB|CNY)\s?(?P<sum_2>{_NUMBER})(?:\s*元|\s+yuan\b)?
      | (?P<sign_4>{_SIGN})(?P<sum_3>{_NUMBER})\s*(?:元|(?:yuan|RMB|CNY)\b))
  | (?P<each>(?:(?<=yuan)|(?<=[元\d]))/(?=(?:second|minute|hour|day|week|month|year|time|message|person|GB|MB)s?\b))
  | (?P<until>(?<=[\d%mn])(?:\s*[~～–—]\s*(?=[¥$€£\d])
      |-(?=[¥$€£]?\d[\d.,]*\s*(?:%|yuan|(?:day|hour|minute|second|time|week|month|year)s?)|\d\d?:\d\d)))
  | (?P<hidden>(?<![\d*])\d*\*{{2,}}\d+)
  | (?P<ordinal>(?<![\d.,])(?P<place>\d{{1,3}})(?:{_TH})\b)
  | (?P<number>(?P<number_sign>{_SIGN})(?P<digits>{_NUMBER}))
"""


def _en_date(found: Found) -> str | None:
    month, day = int(found["month"]), int(found["day"])
    if not counting.is_day(month, day):
        return None
    return counting.english_date(month, day, int(found["year"])) + _pause_before_time(found)


def _en_calendar(found: Found) -> str | None:
    year = found["years"] or found["year_1"] or found["year_2"]
    name = found["month_1"] or found["month_2"]
    if name:
        month = next(n for n, month in enumerate(counting.MONTHS, 1) if month[:3].lower() == name[:3].lower())
    else:
        month = int(found["of_month"] or found["month_zh"] or 0)
    day = int(found["of_day"] or found["day_zh"] or found["day_1"] or found["day_2"] or 0)
    if not month:
        return counting.english_year(int(year))
    if not day:
        return f"{counting.MONTHS[month - 1]} {counting.english_year(int(year))}" if month <= 12 else None
    if not counting.is_day(month, day):
        return None
    if found["of"]:
        words = f"{counting.english_ordinal(day)} of {counting.MONTHS[month - 1]}"
        return words + (f", {counting.english_year(int(year))}" if year else "") + _pause_before_time(found)
    return counting.english_date(month, day, int(year) if year else None) + _pause_before_time(found)


def _pause_before_time(found: Found) -> str:
    """Without one, "twenty twenty six thirty" is two years and two times."""
    if not _TIME_NEXT.match(found.string, found.end()):
        return ""
    return "," if found.string[found.end()].isspace() else ", "


def _en_time(found: Found) -> str:
    second, half = found["second"], (found["half"] or "").lower()
    return counting.english_clock(
        int(found["hour"]), int(found["minute"]), None if second is None else int(second), half
    )


def _en_share(found: Found) -> str | None:
    number = _plain(found["share_number"])
    if not _countable(number):
        return None
    per = "percent" if found["per"] == "%" else "per thousand"
    return f"{'minus ' if found['share_sign'] else ''}{counting.english_decimal(number)} {per}"


def _en_money(found: Found) -> str | None:
    minus = any(found[f"sign_{n}"] for n in range(1, 5))
    number = found["sum_1"] or found["sum_2"] or found["sum_3"]
    names = _CURRENCIES[found["symbol"] or "¥"]
    parts = _sum(number)
    if parts is None:
        if not _countable(number):
            return None
        words = f"{counting.english_decimal(_plain(number).rstrip('0'))} {names[1]}"
    else:
        words = counting.english_money(*parts, names)
    return ("minus " if minus and parts != (0, 0) else "") + words


def _en_number(found: Found) -> str:
    number, before, after = found["digits"], found.string[: found.start()], found.string[found.end() :]
    digits, minus = _plain(number), "minus " if found["number_sign"] else ""
    # Before and after it stand words: 3G is three G, the 5 of v5 is a word of its own.
    left = " " if before[-1:].isalpha() else ""
    right = " " if after[:1].isalpha() else ""
    if "." not in number and "," not in number:
        known = _is_called(before, _EN_CALLED, digits) or _SERVICE.fullmatch(digits)
        if not minus and known and not _THINGS.match(after):
            return left + _keys(digits, "en") + right
        if not minus and re.fullmatch(r"(?:19|20)\d\d", digits) and _YEAR_AFTER.search(before):
            return left + counting.english_year(int(digits)) + right
        if len(digits) > COUNTED and not _THINGS.match(after):
            return f"{left}{minus}{_keys(digits, 'en')}{right}"
    if not _countable(number):
        whole, _, fraction = digits.partition(".")
        point = f" point {counting.english_keys(fraction)}" if fraction else ""
        return f"{left}{minus}{_keys(whole, 'en')}{point}{right}"
    return left + minus + counting.english_decimal(digits) + right


def _joined(language: str) -> Say:
    def said(found: Found) -> str:
        parted = re.sub(r"(?<=\d)-(?=\d)", "，" if language == "zh-CN" else ", ", found[0]).replace("-", "")
        if language == "en":
            parted = re.sub(r"(?<=[A-Za-z])(?=\d)", " ", parted)
        return re.sub(r"\d+", lambda digits: _keys(digits[0], language), parted)

    return said


def _dotted(language: str) -> Say:
    point = "点" if language == "zh-CN" else " point "
    return lambda found: point.join(_keys(part, language) for part in found[0].split("."))


def _whole(language: str) -> Say:
    return lambda found: _phone(found[0], language)


_WAYS: dict[str, tuple[re.Pattern[str], dict[str, Say]]] = {
    "zh-CN": (
        re.compile(_ZH, re.VERBOSE),
        {
            "phone": _whole("zh-CN"),
            "date": _zh_date,
            "month_of": lambda found: (
                f"{counting.mandarin_figures(found['of_year'])}年{counting.mandarin(int(found['of_month']))}月"
            ),
            "time": _zh_time,
            "calendar": _zh_calendar,
            "early": lambda found: counting.mandarin(int(found["early_hour"]), measured=True),
            "oclock": _zh_oclock,
            "joined": _joined("zh-CN"),
            "dotted": _dotted("zh-CN"),
            "share": _zh_share,
            "money": _zh_money,
            "each": lambda _: "每",
            "until": lambda _: "到",
            "hidden": lambda found: counting.mandarin_keys(found[0]),
            "number": _zh_number,
        },
    ),
    "en": (
        re.compile(_EN, re.VERBOSE | re.IGNORECASE),
        {
            "phone": _whole("en"),
            "date": _en_date,
            "calendar": _en_calendar,
            "time": _en_time,
            "oclock": lambda found: counting.english_clock(int(found["at_hour"]), 0, None, found["at_half"].lower()),
            "joined": _joined("en"),
            "dotted": _dotted("en"),
            "share": _en_share,
            "money": _en_money,
            "each": lambda _: " per ",
            "until": lambda _: " to ",
            "hidden": lambda found: counting.english_keys(found[0]),
            "ordinal": lambda found: counting.english_ordinal(int(found["place"])),
            "number": _en_number,
        },
    ),
}
