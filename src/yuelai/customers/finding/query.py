"""What a search text may be: pure. A text becomes ranges of keys, best first, that are gone through in order."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from yuelai.customers.finding import names
from yuelai.customers.names import fold

Source = Literal["name", "phone", "phone_end", "no", "account", "identity", "address"]
Field = Literal["name", "pinyin", "phone", "email", "web", "wechat", "account", "other", "no", "address"]

LAST: Final = "\U0010ffff"
"""After the last code point that any text can hold: prefix + LAST ends the range of a prefix in collation C."""

NEXT: Final = "\x01"
"""Before the first code point that any text can hold: value + NEXT ends the range of one value."""

SHORTEST_START, SHORTEST_END, SHORTEST_CODE, SHORTEST_ADDRESS = 3, 4, 3, 3

# As SQL's address_key (migration 0009).
_IN_ADDRESSES = re.compile(r"[ \-–—]")
_SEPARATORS = re.compile(r"[\s\-.()/\u2010-\u2015\u2212]+")
_PHONE = re.compile(r"\+?\d+")
_NUMBER = re.compile(r"c\d{3,}")
_CODE = re.compile(r"[!-~]{3,}")
_SPECIAL, _ESCAPED = re.compile(r"([%_\\])"), r"\\\1"
_IN_CODES = re.compile(r"[\d@]")
_TRIGRAM = re.compile(r"[^\W_]{3}")
_PINYIN = re.compile(r"[a-z0-9]*[a-z][a-z0-9]*")
_DIGITS_OF_NUMBER = 9


@dataclass(frozen=True)
class Stage:
    """Keys from `low` up to, not including, `high` of one source; for names, `kind` is the kind of term."""

    source: Source
    low: str
    high: str
    kind: int = 0


def stages(q: str) -> list[Stage]:
    """Return where to look for a text, in order: what is exactly it comes before what begins with it.

    An empty list: there is nothing to look for in it.
    """
    text = fold(q)
    if not text:
        return []
    dense = _SEPARATORS.sub("", text)
    if _PHONE.fullmatch(dense):
        return [*_digits(dense), *_names(text)]
    pinyin = text.replace(" ", "").replace("'", "").replace("ü", "v")
    found = [_one("account", text.upper()), _one("account", q.strip())] if _CODE.fullmatch(text) else []
    if _NUMBER.fullmatch(text):
        found.append(_prefix("no", text.upper()))
    found += _names(text)
    if _PINYIN.fullmatch(pinyin):
        found += [_prefix("name", pinyin, kind) for kind in (names.INITIALS, names.PINYIN)]
    if _CODE.fullmatch(text):
        # As they were written, in lower and in upper case: mail addresses are kept in lower case, the rest as given.
        written = dict.fromkeys((text, q.strip(), text.upper()))
        found += [_prefix("identity", way) for way in written] + [_prefix("account", way) for way in written]
    # Latin letters with digits are a number of some kind: addresses would only cost time.
    code = text.isascii() and _IN_CODES.search(text) is not None
    return list(dict.fromkeys([*found, *([] if code else _address(text))]))


def _digits(typed: str) -> list[Stage]:
    digits = typed.removeprefix("+")
    found = []
    if not typed.startswith("+"):
        if len(digits) == _DIGITS_OF_NUMBER:
            found.append(_one("no", f"C{digits}"))
        found.append(_one("account", digits))
    found += [_prefix("phone", start) for start in _phone_starts(typed)]
    if len(digits) >= SHORTEST_CODE and not typed.startswith("+"):
        found += [_prefix("account", digits), _prefix("identity", digits)]
    if len(digits) >= SHORTEST_END and not typed.startswith("+"):
        found.append(_prefix("phone_end", digits[::-1]))
    return found


def _phone_starts(typed: str) -> list[str]:
    """Return how E.164 numbers begin that people begin to write so."""
    digits = typed.removeprefix("+")
    if len(digits) < SHORTEST_START:
        return []
    if typed.startswith("+") or digits.startswith("00"):
        country = digits if typed.startswith("+") else digits[2:]
        if not country:
            return []
        # The trunk prefix is often written behind +86 though it does not belong there.
        return [f"+86{country[2:].removeprefix('0')}" if country.startswith("86") else f"+{country}"]
    found = [f"+86{digits.removeprefix('0')}"]
    if digits.startswith("86"):
        found.append(f"+86{digits[2:].removeprefix('0')}")
    return found


def _names(text: str) -> list[Stage]:
    shown = text[: names.LONGEST]
    return [_prefix("name", shown, kind) for kind in (names.WHOLE, names.ENDING)]


def _address(text: str) -> list[Stage]:
    """Return the stage of addresses as a LIKE pattern, if the text has a trigram for the index to go by."""
    key = address_key(text)
    if not _TRIGRAM.search(key):
        return []
    return [Stage("address", f"%{_SPECIAL.sub(_ESCAPED, key)}%", "")]


def address_key(text: str) -> str:
    """Return an address as it is compared: without spaces and hyphens."""
    return _IN_ADDRESSES.sub("", unicodedata.normalize("NFKC", text).lower())


def _prefix(source: Source, text: str, kind: int = 0) -> Stage:
    return Stage(source, text, text + LAST, kind)


def _one(source: Source, value: str) -> Stage:
    return Stage(source, value, value + NEXT)
