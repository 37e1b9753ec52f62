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


@fact("customer.changed")
@dataclass(frozen=True, kw_only=True)
class CustomerChanged(Fact):
    """Something of the record is not what it was: a field, an identity, an address, a relation, a consent."""

    customer_id: UUID


@fact("customer.merged")
@dataclass(frozen=True, kw_only=True)
class CustomerMerged(Fact):
    """One record has become part of another; its id answers as the other from now on."""

    customer_id: UUID
    into_id: UUID


@fact("customer.split")
@dataclass(frozen=True, kw_only=True)
class CustomerSplit(Fact):
    """A merge was undone: `customer_id` stands for itself again, no longer for `from_id`."""

    customer_id: UUID
    from_id: UUID


@fact("customer.erased")
@dataclass(frozen=True, kw_only=True)
class CustomerErased(Fact):
    """All personal data of a customer is gone; whoever keeps copies of it lets go of them."""

    customer_id: UUID


@fact("customers.imported")
@dataclass(frozen=True, kw_only=True)
class CustomersImported(Fact):
    """Many customers are new or changed at once, by a file, a source or the undoing of a file: one fact for all."""

    import_id: UUID
