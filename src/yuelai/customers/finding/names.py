"""What a name is found by, with a plain b-tree: text that the name, or one of these terms, begins with."""

from __future__ import annotations

import functools
import re
from typing import Final

from pypinyin import lazy_pinyin

from yuelai.customers.finding.surnames import READINGS
from yuelai.customers.names import HAN, fold

WHOLE: Final = 0
"""The name itself."""
ENDING: Final = 1
"""The rest of the name from a later character or word on: any part of the name begins one of them."""
INITIALS: Final = 2
PINYIN: Final = 3

LONGEST: Final = 40
"""Characters of a term that are kept; nobody types more to find somebody."""

_IS_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
_IS_LATIN = re.compile(r"[^a-z0-9]+")


def terms(name: str) -> list[tuple[int, str]]:
    """Return what a name is found by, each once.

    >>> [term for _, term in terms("单小芳")]
    ['单小芳', '小芳', '芳', 'sxf', 'dxf', 'shanxiaofang', 'danxiaofang']
    >>> terms("Li Lei")
    [(0, 'li lei'), (1, 'lei')]
    """
    folded = fold(name)
    found = [(WHOLE, folded)]
    starts = [match.start() for match in _WORD.finditer(folded)]
    found += [(ENDING, folded[start:]) for start in starts if start > 0]
    readings = _readings(folded) if _IS_HAN.search(folded) else []
    found += [(INITIALS, "".join(syllable[0] for syllable in reading)) for reading in readings]
    found += [(PINYIN, "".join(reading)) for reading in readings]
    return list(dict.fromkeys((kind, term[:LONGEST]) for kind, term in found))


def _readings(name: str) -> list[tuple[str, ...]]:
    """Return the syllables of a name in every way that somebody may say them, the right one first."""
    plain = _syllables(name)
    ways = [plain]
    for length in (2, 1):
        if len(name) >= length and name[:length] in READINGS:
            rest = _syllables(name[length:])
            surname = [(*reading.split(), *rest) for reading in READINGS[name[:length]]]
            ways = [*surname, plain]
            break
    # ü has no key: some type v, as Chinese keyboards do, others u.
    ways += [tuple(syllable.replace("v", "u") for syllable in way) for way in ways if any("v" in s for s in way)]
    return [way for way in ways if way]


@functools.lru_cache(maxsize=65_536)
def _syllables(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    latin = (_LATIN.sub("", syllable.lower()) for syllable in lazy_pinyin(text))
    return tuple(syllable for syllable in latin if syllable)
