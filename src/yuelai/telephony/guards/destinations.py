"""What kind of number is it, and where? The classes that toll rules speak of (ITU-T E.164, numbering plans by
phonenumbers)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

HOME = "CN"


class Class(StrEnum):
    EMERGENCY = "emergency"
    SERVICE = "service"
    """Short national numbers: 10086, 95588, 12345."""
    TOLL_FREE = "toll_free"
    FIXED = "fixed"
    MOBILE = "mobile"
    SHARED_COST = "shared_cost"
    """Also numbers for one person, wherever they are, and company numbers."""
    PREMIUM = "premium"
    SATELLITE = "satellite"
    INTERNATIONAL = "international"
    UNKNOWN = "unknown"
    """No number that could be called: too short, too long, or of no plan."""


EMERGENCY = frozenset({"110", "112", "119", "120", "122", "911", "999"})
_CODE_112 = re.compile(r"(?:\d{3,4})?(?:110|119|120|122)$")
"""In China also behind the code of the city, as centres that answer for other cities dial them."""
# No countries (ITU-T list of assigned codes): Inmarsat, global mobile satellite systems, international networks.
_SATELLITE = re.compile(r"(?:870|88[123]|878)")
# Tiantong of China Telecom (1740), and the former 1349 of the ground stations.
_SATELLITE_HOME = re.compile(r"(?:1740|1349)")
_PREMIUM_WORLD = re.compile(r"979")
# China: information services 168xx, 160xx and the like behind the area code or not.
_PREMIUM_HOME = re.compile(r"0?(?:\d{2,3})?16[08]\d{3,6}$")
_CARRIER = re.compile(r"(?:179\d\d|125\d\d)(?=\d{7,}$)")
"""Carriers' access codes, dialled before the number itself."""
_SERVICE = re.compile(r"(?:1[0-2]\d{3}|9[56]\d{3,6}|11[468]|12\d{3,4}|10\d{3,6})$")
_KINDS = {
    PhoneNumberType.FIXED_LINE: Class.FIXED,
    PhoneNumberType.MOBILE: Class.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: Class.FIXED,
    PhoneNumberType.VOIP: Class.FIXED,
    PhoneNumberType.TOLL_FREE: Class.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE: Class.PREMIUM,
    PhoneNumberType.SHARED_COST: Class.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER: Class.SHARED_COST,
    PhoneNumberType.UAN: Class.SHARED_COST,
    PhoneNumberType.PAGER: Class.PREMIUM,
}


@dataclass(frozen=True, slots=True)
class Where:
    """`country` is ISO 3166, empty when it is none; `digits` E.164 without its plus, or what was dialled."""

    kind: Class
    country: str
    digits: str


@lru_cache(4096)
def classify(number: str, home: str = HOME) -> Where:
    """Say what a number is, as it is dialled in `home`: with `+`, with `00`, or nationally.

    What is abroad is international, unless it costs more than that (premium, satellite). Doubtful numbers are taken for
    the dearest thing they may be.
    """
    digits = number.removeprefix("+")
    if not digits.isascii() or not digits.isdecimal():
        return Where(Class.UNKNOWN, "", digits)
    if home == "CN" and (code := _CARRIER.match(number)) is not None:
        return classify(number[code.end() :], home)  # what costs is the number behind it
    if number in EMERGENCY or (home == "CN" and number.startswith("0") and _CODE_112.fullmatch(number)):
        return Where(Class.EMERGENCY, home, digits)
    if home == "CN" and not number.startswith(("+", "00")):
        if _SERVICE.fullmatch(number):
            return Where(Class.SERVICE, home, digits)
        if _PREMIUM_HOME.fullmatch(number):
            return Where(Class.PREMIUM, home, digits)
    if number.startswith(("+", "00")):
        world = digits.removeprefix("00")
        if _SATELLITE.match(world):
            return Where(Class.SATELLITE, "", world)
        if _PREMIUM_WORLD.match(world):
            return Where(Class.PREMIUM, "", world)
    return _by_plan(number, home)


def _by_plan(number: str, home: str) -> Where:
    digits = number.removeprefix("+")
    try:
        found = phonenumbers.parse(number, home)
    except phonenumbers.NumberParseException:
        return Where(Class.UNKNOWN, "", digits)
    public = phonenumbers.format_number(found, PhoneNumberFormat.E164).removeprefix("+")
    country = phonenumbers.region_code_for_number(found) or phonenumbers.region_code_for_country_code(
        found.country_code or 0
    )
    kind = _KINDS.get(phonenumbers.number_type(found))
    at_home = found.country_code == phonenumbers.country_code_for_region(home)
    if at_home and home == "CN" and _SATELLITE_HOME.match(public.removeprefix("86")):
        return Where(Class.SATELLITE, home, public)
    if kind is Class.PREMIUM:
        return Where(kind, country, public)
    if not at_home:
        # Premium numbers abroad are often not in the plan; the country decides, whatever else it may be.
        return Where(Class.INTERNATIONAL, country, public)
    if kind is None:
        return Where(Class.UNKNOWN, country, public)
    return Where(kind, country, public)
