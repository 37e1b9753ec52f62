"""What customers said about being contacted, per channel and purpose. What was said last holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers import repository as cards
from yuelai.customers.parts import repository
from yuelai.customers.record.claim import claim
from yuelai.customers.record.history import Change, tell
from yuelai.customers.record.repository import touch
from yuelai.identity.model import Principal
from yuelai.platform.clock import SystemClock

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def put(
    conn: Connection, principal: Principal, customer_id: UUID, *, channel: str, purpose: str, allowed: bool, source: str
) -> dict[str, Any]:
    """Write down what the customer says now. `source` is where they said it, e.g. `call`."""
    held = await claim(conn, principal.tenant_id, customer_id)
    before = await repository.consent(conn, held.family, channel, purpose)
    at = SystemClock().now()
    await repository.put_consent(conn, principal.tenant_id, held.id, channel, purpose, allowed, at, source)
    await touch(conn, held.id)
    line = Change(f"consent.{channel}.{purpose}", before, allowed)
    await tell(conn, principal, held.id, "consent_changed", [line])
    return {"channel": channel, "purpose": purpose, "allowed": allowed, "at": at, "source": source}


async def may_contact(conn: Connection, tenant_id: UUID, customer_id: UUID, channel: str, purpose: str) -> bool | None:
    """Return whether the customer may be contacted; none when they never said, which is for the caller to judge."""
    family = await cards.family(conn, tenant_id, customer_id)
    return await repository.consent(conn, family, channel, purpose)
