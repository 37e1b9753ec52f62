"""Whether now is the moment to offer anything at all. Pure."""

from __future__ import annotations

from yuelai.knowledge.model import Contact
from yuelai.knowledge.offers.conditions import contacts_within

MANY = 3
"""From the so many-th contact in seven days on a customer wants peace."""
_IDENTIFIED = ("one", "chosen")
_SPEAKING = ("talk", "hold", "consult", "conference", "wrapup")
NO_MARKETING = ("营销", "marketing")


def held_back(contact: Contact, settled: bool) -> str | None:
    """Return why nothing is offered now, what weighs most first; None when something may be.

    `unverified`: it is not known whose contact it is; `late`: what is known of them has not come; `complaint`: theirs
    is open; `third_contact` in seven days; `no_consent`: they do not want to be offered things; `not_speaking`;
    `unsettled`: what they called about comes first.
    """
    customer = contact.customer
    if contact.match not in _IDENTIFIED or contact.customer_id is None:
        return "unverified"
    if customer is None:
        return "late"
    if customer.complaint:
        return "complaint"
    if contacts_within(contact, 7) >= MANY:
        return "third_contact"
    if customer.marketing is False or any(word in line for line in customer.warnings for word in NO_MARKETING):
        return "no_consent"
    if contact.state not in _SPEAKING:
        return "not_speaking"
    if not (settled or contact.settled):
        return "unsettled"
    return None
