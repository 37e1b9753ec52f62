"""Facts about customers: ids and times only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yuelai.platform.facts import Fact, fact


@fact("customer.created")
@dataclass(frozen=True, kw_only=True)
class CustomerCreated(Fact):
    """Somebody is known who was not; contacts that were with a stranger may now be theirs."""

    customer_id: UUID
