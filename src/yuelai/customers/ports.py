"""What customers needs from rooms above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from yuelai.identity.model import Principal

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


class ContactHistory(Protocol):
    """A customer's contacts, newest first, as far as the principal may see them; bound where the app is made."""

    async def __call__(self, conn: Connection, principal: Principal, customer_id: UUID) -> list[dict[str, Any]]: ...
