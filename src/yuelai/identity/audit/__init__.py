"""The audit trail: who did what to which thing. Written in the same transaction as the deed, and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yuelai.identity.audit import repository
from yuelai.identity.model import Principal
from yuelai.platform.context import current_request
from yuelai.platform.ids import PersonId, TenantId, new_id

if TYPE_CHECKING:
    from uuid import UUID

    from yuelai.platform.db import Connection


async def audit(
    conn: Connection, principal: Principal, action: str, object_: str, data: Mapping[str, Any] | None = None
) -> None:
    """Write one line, e.g. `audit(conn, principal, "customer.created", f"customer/{id}")`.

    `data` holds ids, codes and field names, never the personal data itself. Where the request came from and which one
    it was is added.
    """
    await audit_as(conn, principal.tenant_id, principal.person_id, action, object_, data, token_id=principal.token_id)


async def audit_as(
    conn: Connection,
    tenant: TenantId,
    person: PersonId | None,
    action: str,
    object_: str,
    data: Mapping[str, Any] | None = None,
    *,
    token_id: UUID | None = None,
) -> None:
    """Write one line where there is no principal (yet); `person` None: nobody known."""
    request = current_request()
    await repository.add(
        conn,
        new_id(),
        tenant,
        person,
        token_id,
        action,
        object_,
        dict(data or {}),
        request.source if request else None,
        request.id if request else None,
    )
