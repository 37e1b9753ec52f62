"""Which choice of a menu was meant, from what a recogniser wrote.

Recognisers write Mandarin in homophones (余额 as 鱼鹅) and over a telephone mix up zh and z, in and ing, l and n. So
words are compared by toneless pinyin, sound by sound; English by the letters of its words. A word is looked for
anywhere in what was said: fillers around it cost nothing. What fits none well, or two about as well, is nobody's: the
caller is asked again, by keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

from yuelai.media.tts.spoken import in_words

GOOD = 0.72
"""From this likeness on (0 to 1) a word counts as said."""

MARGIN = 0.12
"""By how much the best choice must be ahead of the second."""

MAX_TEXT = 200
"""Characters looked at; what is longer is a story, not a choice."""

MAX_COMPARED = 20_000
"""Pairs of units of which the likeness is remembered: callers say whatever they like."""

Unit = str
"""A Mandarin syllable without tone, or a word or number in Latin letters."""


@dataclass(frozen=True)
class Found:
    """How well a choice's best word fits, and where in what was said: units `begin` to `end`."""

    key: str
    word: str
    likeness: float
    begin: int
    end: int


def choose(said: str, choices: Mapping[str, Sequence[str]], language: str) -> str | None:
    """Return the key that was meant, or None: ask again. `choices` are words by key; `language` is `zh-CN` or `en`.

    The key itself may be said, too: "one", 按二, 井号键.
    """
    if (key := _key_said(said[:MAX_TEXT], language)) in choices:
        return key
    found = ranking(said, choices, language)
    if not found or found[0].likeness < GOOD:
        return None
    best, *others = found
    rivals = [other for other in others if not _within(other, best)]
    return None if any(best.likeness - other.likeness < MARGIN for other in rivals) else best.key


def ranking(said: str, choices: Mapping[str, Sequence[str]], language: str) -> list[Found]:
    """Each choice with its best word, the likeliest first, and among equals the longer word."""
    units = _units(said[:MAX_TEXT], language)
    found = []
    for key, words in choices.items():
        places = [_best_place(key, word, units, language) for word in words]
        if language == "en":
            # Top up is written topup as well.
            places += [_best_place(key, word.replace(" ", ""), units, language) for word in words if " " in word]
        if best := max((place for place in places if place is not None), key=_order, default=None):
            found.append(best)
    return sorted(found, key=_order, reverse=True)


def _order(found: Found) -> tuple[float, int]:
    return found.likeness, found.end - found.begin


def _within(found: Found, other: Found) -> bool:
    """充值 within 充值记录 is no rival of it."""
    shorter = found.end - found.begin < other.end - other.begin
    return shorter and other.begin <= found.begin and found.end <= other.end


def _best_place(key: str, word: str, said: list[Unit], language: str) -> Found | None:
    wanted = _units(word, language)
    if not wanted or not said:
        return None
    cost, begin, end = _place(wanted, said, _sounds_like if language == "zh-CN" else _reads_like)
    if _refused(said[:begin], language):
        return None
    return Found(key, word, max(0.0, 1 - cost / len(wanted)), begin, end)


LEFT_OUT, PUT_IN = 1.0, 0.5
"""What a unit costs that was not said, or was said in the middle of a word."""


def _place(wanted: list[Unit], said: list[Unit], unlike: Callable[[Unit, Unit], float]) -> tuple[float, int, int]:
    """Where `wanted` fits into `said` at the least cost (Sellers' algorithm): the cost, the begin and the end."""
    row = [(0.0, at) for at in range(len(said) + 1)]
    for unit in wanted:
        above, row = row, [(row[0][0] + LEFT_OUT, 0)]
        for at, heard in enumerate(said):
            swapped, left_out, put_in = above[at], above[at + 1], row[at]
            row.append(
                min(
                    (swapped[0] + unlike(unit, heard), swapped[1]),
                    (left_out[0] + LEFT_OUT, left_out[1]),
                    (put_in[0] + PUT_IN, put_in[1]),
                )
            )
    (cost, begin), end = min((place, at) for at, place in enumerate(row))
    return cost, begin, max(begin, end)


# Mandarin

_INITIALS = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(.*)")
_MIXED_UP = {
    *(frozenset(pair) for pair in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"), ("f", "h"), ("l", "r"))),
    *(frozenset(pair) for pair in (("b", "p"), ("d", "t"), ("g", "k"), ("j", "q"), ("z", "c"), ("zh", "ch"))),
    *(frozenset(pair) for pair in (("j", "zh"), ("q", "ch"), ("x", "sh"), ("x", "s"), ("y", ""), ("w", ""))),
    *(frozenset(pair) for pair in (("in", "ing"), ("en", "eng"), ("an", "ang"), ("ian", "iang"), ("uan", "uang"))),
    *(frozenset(pair) for pair in (("eng", "ong"), ("un", "ong"), ("e", "uo"), ("o", "uo"), ("i", "in"), ("ai", "ei"))),
    *(
        frozenset(pair)
        for pair in (
            ("ie", "ian"),
            ("iu", "ou"),
            ("e", "er"),
            ("u", "v"),
            ("ue", "ve"),
            ("u", "iu"),
            ("ua", "a"),
            ("uan", "an"),
            ("ui", "ei"),
        )
    ),
}
_NEAR = 0.12
"""What a mix-up costs that recognisers and dialects make often; any other half of a syllable costs 0.5."""


@lru_cache(maxsize=MAX_COMPARED)
def _sounds_like(one: Unit, other: Unit) -> float:
    if one == other:
        return 0.0
    if not (one.isalpha() and other.isalpha() and one.islower() and other.islower()):
        return 1.0
    halves = zip(_halves(one), _halves(other), strict=True)
    return sum(0.0 if a == b else _NEAR if frozenset((a, b)) in _MIXED_UP else 0.5 for a, b in halves)


def _halves(syllable: Unit) -> tuple[str, str]:
    match = _INITIALS.fullmatch(syllable)
    return (match[1] or "", match[2]) if match else ("", syllable)


_NOT_THIS = (("bu", "yao"), ("bu", "shi"), ("bu", "xiang"), ("bu", "cha"), ("bu", "yong"), ("bu", "ban"), ("bie",))


def _refused(before: list[Unit], language: str) -> bool:
    """Whether what comes next is what the caller does not want: 不要余额, not the bill."""
    if language != "zh-CN":
        return bool(before) and (before[-1] == "not" or before[-2:] in (["not", "the"], ["not", "my"], ["no", "no"]))
    # 不想查 and 不要办: a verb may stand between.
    ends = (before, before[:-1]) if before[-1:] in (["cha"], ["ban"]) else (before,)
    return any(tuple(end[-len(no) :]) == no for end in ends for no in _NOT_THIS)


# Either language


def _units(text: str, language: str) -> list[Unit]:
    if language != "zh-CN":
        return re.findall(r"[a-z]+", in_words(text, "en").lower().replace("'", ""))
    out: list[Unit] = []
    for latin, han in re.findall(r"([A-Za-z]+)|([\u3400-\u9fff]+)", _figures(text)):
        out += [latin.upper()] if latin else lazy_pinyin(han)
    return out


def _figures(text: str) -> str:
    """Digits as Mandarin says them, one by one."""
    return re.sub(r"\d", lambda digit: "零一二三四五六七八九"[int(digit[0])], text)


@lru_cache(maxsize=MAX_COMPARED)
def _reads_like(one: Unit, other: Unit) -> float:
    """By letters; words of which half differs are other words."""
    if one == other:
        return 0.0
    longer = max(len(one), len(other))
    unlike = _letters(one, other) / longer
    return unlike if unlike <= 0.5 else 1.0


def _letters(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        above, row = row, [n]
        for at, heard in enumerate(other):
            row.append(min(above[at] + (letter != heard), above[at + 1] + 1, row[at] + 1))
    return row[-1]


_DIGITS = {"零": "0", "〇": "0", "洞": "0", "幺": "1", "一": "1", "二": "2", "两": "2", "三": "3", "四": "4"}
_DIGITS |= {"五": "5", "六": "6", "七": "7", "八": "8", "九": "9", "井": "#", "星": "*"}
_DIGITS |= {"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_DIGITS |= {"seven": "7", "eight": "8", "nine": "9", "pound": "#", "hash": "#", "star": "*"}
_KEY_ZH = re.compile(
    r"(?:我?[要想]?(?:请?按|选择?)?第?)([零〇洞幺一二两三四五六七八九]|井(?=号)|星(?=号))(?:号?键?|个|项)?吧?"
)
_KEY_EN = re.compile(r"(?:press|number|option|key|choice)? ?([a-z]+)(?: key| please)?")


def _key_said(said: str, language: str) -> str | None:
    if language == "zh-CN":
        found = _KEY_ZH.fullmatch(
            re.sub(r"[^\u3400-\u9fff]", "", _figures(said).replace("#", "井号").replace("*", "星号"))
        )
    else:
        found = _KEY_EN.fullmatch(" ".join(_units(said, "en")))
    return _DIGITS.get(found[1]) if found else None
