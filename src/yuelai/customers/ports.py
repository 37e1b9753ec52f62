"""What customers needs from rooms above it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from yuelai.identity.model import Principal

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


class ContactHistory(Protocol):
    """A customer's contacts, newest first, as far as the principal may see them; bound where the app is made.

    `customer_ids` are all that the customer is known under: merges leave contacts where they were.
    """

    async def __call__(
        self, conn: Connection, principal: Principal, customer_ids: Sequence[UUID]
    ) -> list[dict[str, Any]]: ...


class OpenCallbacks(Protocol):
    """Callbacks owed to a customer that are not over, the soonest first, as far as the principal may see them; bound
    where the app is made (`app.state.open_callbacks`)."""

    async def __call__(
        self, conn: Connection, principal: Principal, customer_ids: Sequence[UUID]
    ) -> list[dict[str, Any]]: ...


class CustomerUse(Protocol):
    """Tells which of these customers another room has something about; bound where the worker is made."""

    async def __call__(self, conn: Connection, tenant_id: UUID, customer_ids: Sequence[UUID]) -> set[UUID]: ...


@dataclass(frozen=True)
class Subject:
    """Somebody who asks what is known of them, or that it be erased.

    `ids` are all that they are known under; `phones` the numbers, in E.164, that nobody else here has: contacts from
    them are theirs, even those that nobody has put to their name.
    """

    tenant_id: UUID
    ids: Sequence[UUID]
    phones: Sequence[str]


Afterwards = Callable[[], Awaitable[None]]
"""What is left to do once the transaction has been committed, e.g. removing files. Must not fail."""


class PersonalData(Protocol):
    """What another room knows of customers; bound where the app is made (`app.state.personal_data`)."""

    name: str
    """Of the room's part in the export."""

    async def export(self, conn: Connection, subject: Subject) -> Any:
        """Return everything about them, as plain JSON values."""
        ...

    async def erase(self, conn: Connection, subject: Subject) -> Afterwards | None:
        """Take out what is personal; ids and figures stay. Raises a `Refusal` when it cannot be now."""
        ...
