"""The audit trail: who did what to which thing. Written in the same transaction as the deed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yuelai.identity import repository
from yuelai.identity.model import Principal
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def audit(
    conn: Connection, principal: Principal, action: str, object_: str, data: Mapping[str, Any] | None = None
) -> None:
    """Write one line, e.g. `audit(conn, principal, "customer.created", f"customer/{id}")`.

    `data` holds ids, codes and field names, never the personal data itself.
    """
    await repository.add_audit(
        conn, new_id(), principal.tenant_id, principal.person_id, action, object_, dict(data or {})
    )
