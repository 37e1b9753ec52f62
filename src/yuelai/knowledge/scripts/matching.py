"""Which scripts suggest themselves for a contact, the best first. Pure."""

from __future__ import annotations

from yuelai.knowledge.model import Contact
from yuelai.knowledge.scripts.model import Entry

_WEIGHTS = {"disposition": 16, "keys": 12, "class": 8, "match": 6, "queue": 4}
"""What says most about what the customer wants weighs most."""


def fits(entry: Entry, contact: Contact) -> list[str] | None:
    """Return why the script suggests itself: which of its conditions there are, all of which hold; None when it does
    not. A script without conditions fits everywhere, with no reason of its own."""
    customer = contact.customer
    last = customer.past[0].disposition if customer is not None and customer.past else None
    holds = {
        "disposition": (entry.dispositions, last in entry.dispositions),
        "keys": (entry.keys, _begins(contact.keys, entry.keys)),
        "class": (entry.classes, customer is not None and customer.class_ in entry.classes),
        "match": (entry.matches, (contact.match or "new") in entry.matches),
        "queue": (entry.queues, contact.queue in entry.queues),
    }
    asked = {name: held for name, (wanted, held) in holds.items() if wanted}
    return list(asked) if all(asked.values()) else None


def weight(reasons: list[str]) -> int:
    return sum(_WEIGHTS[reason] for reason in reasons)


def _begins(keys: tuple[str, ...], wanted: str) -> bool:
    path = tuple(part.strip() for part in wanted.split(">") if part.strip())
    return bool(path) and keys[: len(path)] == path
