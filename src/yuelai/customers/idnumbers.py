"""Numbers of identity documents: of Chinese citizens (GB 11643-1999), and any others as they are written."""

from __future__ import annotations

import re
import unicodedata

from yuelai.customers.errors import NotAnIdNumber

_SEPARATORS = re.compile(r"[\s\-.·]+")
_SHAPE = re.compile(r"[0-9A-Z()/]{4,40}")
_CITIZEN = re.compile(r"\d{17}[0-9X]")
# GB 11643-1999, 4.4: weights of the places from the left, check characters by the sum modulo 11 (ISO 7064, MOD 11-2).
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def normalised(text: str, *, person: bool = True) -> str:
    """Return the number as it is compared. Of a person, 18 digits must have the right check digit.

    Raises `NotAnIdNumber`.
    """
    number = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not _SHAPE.fullmatch(number):
        raise NotAnIdNumber()
    if person and _CITIZEN.fullmatch(number) and check_character(number[:17]) != number[17]:
        raise NotAnIdNumber()
    return number


def check_character(digits: str) -> str:
    """Return the last character of a citizen's number from the 17 digits before it."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def masked(number: str) -> str:
    """Return the number with its middle hidden: of 18 characters the first three and the last four stay."""
    if len(number) < 10:
        return f"{number[:1]}{'*' * (len(number) - 1)}"
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
