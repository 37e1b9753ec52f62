"""Texts with places to fill: `{customer.honorific}`, or `{last_contact.subject|上次的事}` with what to say instead.

Pure. A text is given back in parts, so that screens can mark what was filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from yuelai.knowledge.model import Contact, Customer, Past, Words

ZONE = ZoneInfo("Asia/Shanghai")
"""Days are told as they are here."""
LONGEST_VALUE = 80

_PLACE = re.compile(r"\{([^{}|]*)(?:\|([^{}]*))?\}")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December")  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A stretch of a text. `field` is set where it was filled in; then `missing` says that nothing was known."""

    text: str
    field: str | None = None
    missing: bool = False


def unknown(text: str) -> list[str]:
    """Return what stands in braces and is no place that can be filled, braces without a partner as they are."""
    wrong = [name.strip() for name, _ in _PLACE.findall(text) if name.strip() not in FIELDS]
    rest = _PLACE.sub("", text)
    return wrong + [brace for brace in "{}" if brace in rest]


def fill(text: str, contact: Contact, english: bool = False) -> list[Part]:
    """Return the text in parts. Unknown places stay as they stand; what is not known is left to what stands after `|`,
    or shown as missing."""
    return list(_parts(text, contact, english))


def said(parts: list[Part]) -> str:
    return "".join(part.text for part in parts)


def _parts(text: str, contact: Contact, english: bool) -> Iterator[Part]:
    end = 0
    for found in _PLACE.finditer(text):
        if found.start() > end:
            yield Part(text[end : found.start()])
        yield _filled(found, contact, english)
        end = found.end()
    if end < len(text):
        yield Part(text[end:])


def _filled(found: re.Match[str], contact: Contact, english: bool) -> Part:
    name, instead = found[1].strip(), found[2]
    if name not in FIELDS:
        return Part(found[0])
    words = FIELDS[name](contact)
    value = (words[1] or words[0]) if english else words[0]
    if value:
        return Part(value[:LONGEST_VALUE], name)
    return Part(instead, name) if instead else Part("…", name, missing=True)


def yuan(minor: int) -> Words:
    """Return money as one says it. Only yuan so far: what else there is has its amount alone."""
    amount = f"{minor / 100:.2f}"
    return f"{amount} 元", f"¥{amount}"


def day(at: datetime, now: datetime) -> Words:
    """Return the day as one says it."""
    then, today = at.astimezone(ZONE).date(), now.astimezone(ZONE).date()
    if (today - then).days in (0, 1):
        return (("今天", "today"), ("昨天", "yesterday"))[(today - then).days]
    year = "" if then.year == today.year else f"{then.year} 年 "
    en_year = "" if then.year == today.year else f" {then.year}"
    return f"{year}{then.month} 月 {then.day} 日", f"{then.day} {_MONTHS[then.month - 1]}{en_year}"


def month(first: date) -> Words:
    return f"{first.month} 月", _LONG_MONTHS[first.month - 1]


_NOTHING: Words = ("", "")
Field = Callable[[Contact], Words]


def _customer(get: Callable[[Customer], Words]) -> Field:
    return lambda contact: get(contact.customer) if contact.customer is not None else _NOTHING


def _last(get: Callable[[Past, datetime], Words]) -> Field:
    def value(contact: Contact) -> Words:
        past = contact.customer.past if contact.customer is not None else ()
        return get(past[0], contact.now) if past else _NOTHING

    return value


def _bill(get: Callable[[Customer], Words]) -> Field:
    return _customer(lambda customer: get(customer) if customer.bills else _NOTHING)


def _rise(customer: Customer) -> Words:
    if len(customer.bills) < 2:
        return _NOTHING
    return yuan(abs(customer.bills[0][1] - customer.bills[1][1]))


FIELDS: Mapping[str, Field] = {
    "customer.name": _customer(lambda customer: (customer.name, "")),
    "customer.honorific": _customer(lambda customer: customer.honorific),
    "customer.product": _customer(lambda one: (one.product_names[0], "") if one.product_names else _NOTHING),
    "customer.years": _customer(lambda one: (str(one.months // 12), "") if one.months else _NOTHING),
    "last_contact.subject": _last(lambda past, now: past.subject),
    "last_contact.day": _last(lambda past, now: day(past.at, now)),
    "bill.last_total": _bill(lambda customer: yuan(customer.bills[0][1])),
    "bill.last_month": _bill(lambda customer: month(customer.bills[0][0])),
    "bill.difference": _customer(_rise),
    "flow.choice": lambda contact: (contact.choices[-1], "") if contact.choices else _NOTHING,
    "queue.name": lambda contact: contact.queue_name,
    "agent.number": lambda contact: (contact.agent[0], ""),
    "agent.name": lambda contact: (contact.agent[1], ""),
}
"""What can be filled in."""
