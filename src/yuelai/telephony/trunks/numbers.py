"""Numbers on their way in and out of a trunk: what is public becomes E.164 (ITU-T E.164, by phonenumbers), what is
short or private keeps its digits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberFormat

HOME = "CN"
"""The country in which numbers are dialled that say none."""
# Chinese carriers' access codes, dialled before the number itself: 179xx (IP telephony), 125xx (operators' own).
_CARRIER = re.compile(r"(?:179\d\d|125\d\d)(?=\d{7,}$)")
_DIGITS = re.compile(r"\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """A number that begins with `prefix` loses `strip` characters and gets `add` in front."""

    prefix: str = ""
    strip: int = 0
    add: str = ""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """`format` is e164 (+86571…), national (0571…), international00 (0086571…) or as_is."""

    rules: tuple[Rule, ...] = ()
    format: str = "as_is"


@lru_cache(maxsize=4096)
def e164(number: str, country: str = HOME) -> str | None:
    """Return the number with its `+`, None for short numbers (10000, 95588, 8001), names and what cannot be one."""
    if not _DIGITS.fullmatch(number) or len(number) > 32:
        return None
    found = _parsed(number, country)
    if found is None and country == "CN" and (code := _CARRIER.match(number)):
        found = _parsed(number[code.end() :], country)
    return phonenumbers.format_number(found, PhoneNumberFormat.E164) if found is not None else None


def _parsed(number: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        found = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_valid_number(found):
        return found
    # Abroad there are numbers newer than the plans that we know; what names its country goes there.
    abroad = found.country_code != phonenumbers.country_code_for_region(country)
    return found if abroad and phonenumbers.is_possible_number(found) else None


def national(number: str, country: str = HOME) -> str:
    """Return how an E.164 number is dialled within the country: abroad with `00`, at home without country code."""
    found = phonenumbers.parse(number)
    if phonenumbers.region_code_for_country_code(found.country_code or 0) != country:
        return f"00{number.removeprefix('+')}"
    return re.sub(r"\D", "", phonenumbers.format_number(found, PhoneNumberFormat.NATIONAL))


@lru_cache(maxsize=4096)
def formed(number: str, form: str, country: str = HOME) -> str:
    """Write a number in a form; what is no public number stays as it is."""
    public = e164(number, country) if form != "as_is" else None
    if public is None:
        return number
    if form == "e164":
        return public
    return national(public, country) if form == "national" else f"00{public.removeprefix('+')}"


def ruled(number: str, rules: tuple[Rule, ...]) -> str:
    """Apply the rule of the longest prefix that the number begins with; of two alike, the first."""
    fitting = [rule for rule in rules if number.startswith(rule.prefix)]
    if not fitting:
        return number
    rule = max(fitting, key=lambda one: len(one.prefix))
    return rule.add + number[rule.strip :]


def incoming(number: str, rewriting: Rewriting, country: str = HOME) -> str:
    """A number that the trunk gave us, as the centre knows it: the rule first, then the form. Nothing stays nothing."""
    return formed(ruled(number, rewriting.rules), rewriting.format, country) if number else number


def outgoing(number: str, rewriting: Rewriting, country: str = HOME) -> str:
    """A number as it is dialled at home, as the trunk wants it: the form first, then the rule."""
    if not number:
        return number
    public = e164(number) if rewriting.format != "as_is" else None
    return ruled(formed(public or number, rewriting.format, country), rewriting.rules)


def routed(number: str, country: str = HOME) -> str:
    """Return the digits that routes and prices look at: E.164 without its plus, or what was dialled.

    A number abroad keeps its country's code even where no plan has its digits: plans grow faster than we learn of it.
    """
    return (e164(number, country) or _abroad(number)).removeprefix("+")


def _abroad(number: str) -> str:
    return "+" + number[2:] if number.startswith("00") and number[2:].isdigit() else number
