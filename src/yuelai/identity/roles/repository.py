"""SQL of roles and of who holds them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.platform.ids import PersonId, TenantId

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def roles(conn: Connection, tenant: TenantId) -> list[asyncpg.Record]:
    """Return the tenant's own roles, by code."""
    return await conn.fetch(
        "SELECT code, name, name_en, permissions FROM roles WHERE tenant_id = $1 ORDER BY code", tenant
    )


async def people_by_role(conn: Connection, tenant: TenantId) -> dict[str, int]:
    """Return how many active people hold each role."""
    rows = await conn.fetch(
        """
        SELECT g.role, count(*) AS people FROM grants g JOIN people p ON p.id = g.person_id AND p.active
        WHERE g.tenant_id = $1 GROUP BY g.role
        """,
        tenant,
    )
    return {row["role"]: row["people"] for row in rows}


async def add(
    conn: Connection, tenant: TenantId, code: str, name: str, name_en: str, permissions: Collection[str]
) -> None:
    """Raises asyncpg's UniqueViolationError."""
    await conn.execute(
        "INSERT INTO roles (tenant_id, code, name, name_en, permissions) VALUES ($1, $2, $3, $4, $5)",
        tenant,
        code,
        name,
        name_en,
        sorted(permissions),
    )


async def permissions_for_update(conn: Connection, tenant: TenantId, code: str) -> frozenset[str] | None:
    """Return what a role of the tenant's own allows; None when there is no such role."""
    found = await conn.fetchval(
        "SELECT permissions FROM roles WHERE tenant_id = $1 AND code = $2 FOR UPDATE", tenant, code
    )
    return None if found is None else frozenset(found)


async def change(
    conn: Connection, tenant: TenantId, code: str, name: str, name_en: str, permissions: Collection[str]
) -> None:
    await conn.execute(
        "UPDATE roles SET name = $3, name_en = $4, permissions = $5 WHERE tenant_id = $1 AND code = $2",
        tenant,
        code,
        name,
        name_en,
        sorted(permissions),
    )


async def held(conn: Connection, tenant: TenantId, code: str) -> bool:
    return bool(
        await conn.fetchval("SELECT EXISTS (SELECT FROM grants WHERE tenant_id = $1 AND role = $2)", tenant, code)
    )


async def delete(conn: Connection, tenant: TenantId, code: str) -> bool:
    return await conn.execute("DELETE FROM roles WHERE tenant_id = $1 AND code = $2", tenant, code) == "DELETE 1"


async def known(conn: Connection, tenant: TenantId, codes: Collection[str]) -> frozenset[str]:
    """Return those of the codes that are roles of the tenant's own."""
    rows = await conn.fetch("SELECT code FROM roles WHERE tenant_id = $1 AND code = ANY ($2)", tenant, list(codes))
    return frozenset(row["code"] for row in rows)


async def grants_held(conn: Connection, person: PersonId, tenant: TenantId) -> list[dict[str, Any]]:
    """Return the elements of `held_grants`."""
    found: list[dict[str, Any]] = await conn.fetchval("SELECT held_grants($1, $2)", person, tenant)
    return found


async def grants_held_at_operator(conn: Connection, person: PersonId) -> list[dict[str, Any]]:
    """Return the elements of `held_grants` at the operator's own tenant (system work)."""
    found: list[dict[str, Any]] = await conn.fetchval(
        "SELECT held_grants($1, id) FROM tenants WHERE is_operator", person
    )
    return found


# Who may do everything at a whole tenant, by the built-in role or by one of the tenant's own.
_ADMINISTERS = """
    (g.role = 'admin' OR EXISTS (
        SELECT FROM roles r WHERE r.tenant_id = g.tenant_id AND r.code = g.role AND 'admin' = ANY (r.permissions)))
    AND g.scope ->> 'kind' = 'tenant'
"""


async def administered(conn: Connection, person: PersonId) -> list[UUID]:
    """Return the tenants that somebody active administers, as far as the transaction may see."""
    rows = await conn.fetch(
        f"""
        SELECT DISTINCT g.tenant_id FROM grants g JOIN people p ON p.id = g.person_id AND p.active
        WHERE g.person_id = $1 AND {_ADMINISTERS}
        """,  # noqa: S608
        person,
    )
    return [row["tenant_id"] for row in rows]


async def has_administrator(conn: Connection, tenant: UUID) -> bool:
    return bool(
        await conn.fetchval(
            f"""
            SELECT EXISTS (SELECT FROM grants g JOIN people p ON p.id = g.person_id AND p.active
                           WHERE g.tenant_id = $1 AND {_ADMINISTERS})
            """,  # noqa: S608
            tenant,
        )
    )


@contextlib.asynccontextmanager
async def everywhere(conn: Connection) -> AsyncIterator[None]:
    """Look at all tenants for a moment within one tenant's transaction, for what concerns a person as a whole."""
    before = await conn.fetchval("SELECT current_setting('yuelai.tenant_id')")
    await conn.execute("SELECT set_config('yuelai.tenant_id', '*', true)")
    yield
    # Not in a finally: after an error the transaction takes no more commands, and ends.
    await conn.execute("SELECT set_config('yuelai.tenant_id', $1, true)", before)
