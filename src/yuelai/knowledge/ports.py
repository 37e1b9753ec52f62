"""What knowledge needs from rooms above and beside it; bound where the app is made (`app.state.knowledge_contacts`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast
from uuid import UUID

from starlette.requests import HTTPConnection

from yuelai.identity.model import Principal
from yuelai.knowledge.model import Contact, Customer


class Contacts(Protocol):
    """Contacts of agents and what is known of their customers, each in transactions of its own and in bounded time."""

    async def contact(self, principal: Principal, interaction_id: UUID) -> Contact:
        """Return a contact that the principal has or had part in. Raises a `NotFound` for any other."""
        ...

    async def customer(self, principal: Principal, number: str) -> Customer:
        """Return the customer of this customer number, to try things on. Raises a `NotFound`, and `Forbidden` for who
        may not read customers."""
        ...

    async def note(self, principal: Principal, interaction_id: UUID, kind: str, data: Mapping[str, str | int]) -> None:
        """Put a line on the contact's trail; one that cannot be put is logged and lost."""
        ...


def contacts(request: HTTPConnection) -> Contacts:
    """The dependency of endpoints."""
    return cast("Contacts", request.app.state.knowledge_contacts)
