"""A contact and its customer as scripts and offers look at them. Plain values; money in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

Words = tuple[str, str]
"""In Chinese and in English."""


@dataclass(frozen=True)
class Past:
    """An earlier contact. `subject` is what it was about, as one would say it; empty when nobody wrote that down."""

    at: datetime
    queue: str | None = None
    disposition: str | None = None
    subject: Words = ("", "")


@dataclass(frozen=True)
class Customer:
    """What is known of a customer. `ids` are all they are known under, the one that counts first; `months` since their
    first product began; `bills` whole amounts by month, the newest first; `past` newest first, without this contact.

    `marketing` is whether they may be offered something in this channel: None when they never said.
    """

    ids: tuple[UUID, ...]
    name: str = ""
    honorific: Words = ("", "")
    kind: str = "person"
    class_: str = ""
    tags: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    product_names: tuple[str, ...] = ()
    months: int | None = None
    balance_minor: int | None = None
    currency: str = "CNY"
    bills: tuple[tuple[date, int], ...] = ()
    marketing: bool | None = None
    complaint: bool = False
    """A complaint of theirs is open."""
    past: tuple[Past, ...] = ()


@dataclass(frozen=True)
class Contact:
    """A contact that an agent has or had part in.

    `state` is the live one, `closed` afterwards, "" when it is not known yet; `keys` what was pressed in self-service,
    in order, `choices` what that stood for. `customer` is None when nobody is identified; `late` when what is known of
    them did not come in time. `settled`: business was done in it.
    """

    id: UUID
    state: str = ""
    channel: str = "voice"
    queue: str | None = None
    queue_name: Words = ("", "")
    match: str | None = None
    keys: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    customer_id: UUID | None = None
    customer: Customer | None = None
    late: bool = False
    settled: bool = False
    agent: Words = ("", "")
    """Number and name of the agent who asks."""
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)
