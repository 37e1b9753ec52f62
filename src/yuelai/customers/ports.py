"""What customers needs from rooms above it."""

from __future__ import annotations

from collections.abc import Sequence
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


class CustomerUse(Protocol):
    """Tells which of these customers another room has something about; bound where the worker is made."""

    async def __call__(self, conn: Connection, tenant_id: UUID, customer_ids: Sequence[UUID]) -> set[UUID]: ...
