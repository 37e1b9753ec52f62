"""Making, using and revoking API tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.identity import repository as people
from yuelai.identity.audit import audit
from yuelai.identity.grants import principal_of
from yuelai.identity.model import Principal
from yuelai.identity.roles.errors import CannotGrant
from yuelai.identity.sign_in.errors import NoGrantThere
from yuelai.identity.tokens import repository
from yuelai.identity.tokens.errors import ExpiresInThePast
from yuelai.platform.errors import NotFound
from yuelai.platform.ids import PersonId, TenantId, new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

PREFIX = "yl_"
"""By which tokens are told from sessions, and found where they do not belong, e.g. in a repository."""
USED_EVERY = timedelta(minutes=1)
_NEVER = datetime.max.replace(tzinfo=UTC)


async def make(
    conn: Connection,
    principal: Principal,
    name: str,
    permissions: Sequence[str],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[UUID, str]:
    """Return the id and the token, told this once. Raises `CannotGrant`, `ExpiresInThePast`."""
    lacking = sorted(set(permissions) - principal.permissions)
    if lacking:
        raise CannotGrant(permissions=lacking)
    if expires_at is not None and expires_at <= now:
        raise ExpiresInThePast()
    id_, token = new_id(), PREFIX + secrets.token_urlsafe(32)
    await repository.add(
        conn,
        id_,
        principal.tenant_id,
        principal.person_id,
        name,
        hashlib.sha256(token.encode()).digest(),
        sorted(set(permissions)),
        now,
        expires_at,
    )
    await audit(conn, principal, "token.made", f"token/{id_}", {"permissions": sorted(set(permissions))})
    return id_, token


async def holder(
    conn: Connection, token_hash: bytes, tenant: TenantId | None, now: datetime
) -> tuple[datetime, Principal] | None:
    """Return until when a token holds and as whom it acts: its maker, with what both of them may do.

    None when it does not hold (any more), be it because its maker is gone. Raises `NoGrantThere` for a tenant that is
    not its own.
    """
    row = await repository.find(conn, token_hash, now)
    if row is None:
        return None
    if tenant is not None and tenant != row["tenant_id"]:
        raise NoGrantThere()
    maker = await people.person_at(conn, PersonId(row["person_id"]), TenantId(row["tenant_id"]))
    if maker is None or not maker["grants"]:
        return None
    if row["last_used_at"] is None or now - row["last_used_at"] >= USED_EVERY:
        await repository.used(conn, row["id"], now)
    whole = principal_of(maker)
    allowed = whole.permissions & frozenset(row["permissions"])
    acting = replace(
        whole,
        permissions=allowed,
        limits={permission: reach for permission, reach in whole.limits.items() if permission in allowed},
        token_id=row["id"],
    )
    return row["expires_at"] or _NEVER, acting


async def revoke(conn: Connection, principal: Principal, id_: UUID, now: datetime) -> None:
    """Raises `NotFound`."""
    if not await repository.revoke(conn, principal.tenant_id, id_, now):
        raise NotFound()
    await audit(conn, principal, "token.revoked", f"token/{id_}")
