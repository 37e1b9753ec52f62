"""Which one is offered: of those that fit and were not offered too often, the one with the highest priority. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yuelai.knowledge.model import Contact
from yuelai.knowledge.offers import conditions


@dataclass(frozen=True)
class Offer:
    """What may be offered; `rule` is checked."""

    id: UUID
    code: str
    rule: Mapping[str, Any]
    priority: int = 100
    channels: tuple[str, ...] = ()
    again_days: int = 30
    refused_days: int = 90
    most: int | None = None


@dataclass(frozen=True)
class Shown:
    """An earlier showing to the same customer."""

    offer_id: UUID
    at: datetime
    result: str | None


def offer_of(row: Mapping[str, Any]) -> Offer:
    names = ("id", "code", "rule", "priority", "again_days", "refused_days", "most")
    return Offer(**{name: row[name] for name in names}, channels=tuple(row["channels"]))


def why_not(offer: Offer, contact: Contact, shown: Sequence[Shown]) -> str | None:
    """Return why the offer is not for this contact: `channel`, `rule`, or a cap: `accepted`, `refused`, `again`,
    `most`; None when it is."""
    if offer.channels and contact.channel not in offer.channels:
        return "channel"
    if not conditions.holds(offer.rule, contact):
        return "rule"
    mine = [one for one in shown if one.offer_id == offer.id and one.result != "not_offered"]
    if any(one.result == "accepted" for one in mine):
        return "accepted"
    if any(one.result == "refused" and one.at > contact.now - timedelta(days=offer.refused_days) for one in mine):
        return "refused"
    if any(one.at > contact.now - timedelta(days=offer.again_days) for one in mine):
        return "again"
    if offer.most is not None and len(mine) >= offer.most:
        return "most"
    return None


def best(offers: Sequence[Offer], contact: Contact, shown: Sequence[Shown]) -> Offer | None:
    """Return the one to make; where two weigh the same, the one whose code comes first."""
    fitting = [offer for offer in offers if why_not(offer, contact, shown) is None]
    return min(fitting, key=lambda offer: (-offer.priority, offer.code), default=None)
