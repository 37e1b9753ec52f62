"""Phone numbers: whatever was dialled or typed becomes E.164, or nothing when it is no public number.

National rules are given for China (ITU-T E.129 presentation of +86: mobile numbers of 11 digits beginning with 1,
trunk prefix 0, area codes of two or three digits, subscriber numbers of seven or eight, services 400 and 800); other
countries are reached by `+` or `00`.
"""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s\-.()/\u2010-\u2015\u2212]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
# Two-digit areas (10, 20–29) have subscriber numbers of eight digits, the others of seven or eight.
_LANDLINE = re.compile(r"(?:10|2\d)[2-9]\d{7}|[3-9]\d{2}[2-9]\d{6,7}")
_SERVICE = re.compile(r"[48]00\d{7}")
_INTERNATIONAL = re.compile(r"[1-9]\d{6,14}")


def normalise(raw: str, default_country: str = "86") -> str | None:
    """Return the number in E.164 with `+`, or None for short numbers (8001, 10000), names and hidden callers.

    Accepts digits in any script, separators, `tel:` and `sip:` prefixes, `+` and `00` before a country code.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    for scheme in ("tel:", "sips:", "sip:"):
        if text.lower().startswith(scheme):
            text = text[len(scheme) :]
            break
    text = _SEPARATORS.sub("", re.split(r"[@;,]", text, maxsplit=1)[0])
    plus = text.startswith("+")
    digits = text[1:] if plus else text
    if not (digits.isascii() and digits.isdigit()):
        return None
    if plus:
        return _with_country(digits)
    if digits.startswith("00"):
        return _with_country(digits[2:])
    if default_country != "86":
        national = digits.removeprefix("0")
        return _with_country(default_country + national) if len(national) >= 6 else None
    return _chinese(digits)


def _with_country(digits: str) -> str | None:
    if not _INTERNATIONAL.fullmatch(digits):
        return None
    if digits.startswith("86"):
        # "+86 0571 …" is written often: the trunk prefix does not belong there.
        return _chinese(digits[2:], has_country=True)
    return f"+{digits}"


def _chinese(digits: str, *, has_country: bool = False) -> str | None:
    national = digits.removeprefix("0")
    if _MOBILE.fullmatch(national):
        return f"+86{national}"
    if _SERVICE.fullmatch(digits):
        return f"+86{digits}"
    if (digits.startswith("0") or has_country) and _LANDLINE.fullmatch(national):
        return f"+86{national}"
    if not has_country and digits.startswith("86") and len(digits) >= 12:
        return _chinese(digits[2:], has_country=True)
    return None


def national(e164: str) -> str:
    """Return the number as people here write it: Chinese numbers without country code, landlines with their 0."""
    if not e164.startswith("+86"):
        return e164
    rest = e164[3:]
    return rest if _MOBILE.fullmatch(rest) or _SERVICE.fullmatch(rest) else f"0{rest}"
