"""What a tenant knows that rows of a file refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.customers.configure import service as configure
from yuelai.customers.imports.normalise import Context
from yuelai.customers.names import fold
from yuelai.platform.clock import SystemClock

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_MANAGERS = """
    SELECT p.number, p.id FROM people p WHERE p.number IS NOT NULL AND p.active
      AND EXISTS (SELECT FROM grants g WHERE g.person_id = p.id AND g.tenant_id = $1)
"""


async def context(conn: Connection, tenant: UUID) -> Context:
    classes: dict[str, str] = {}
    for each in await configure.classes(conn, tenant):
        classes |= {fold(name): each.code for name in (each.name_en, each.name, each.code)}
    managers = {row["number"]: row["id"] for row in await conn.fetch(_MANAGERS, tenant)}
    custom = {
        each.code: (each.type, {fold(str(choice)): str(choice) for choice in each.choices})
        for each in await configure.fields(conn, tenant)
    }
    return Context(classes, managers, custom, SystemClock().now().year)


async def custom_names(conn: Connection, tenant: UUID) -> dict[str, list[str]]:
    """Return how people may call each of the tenant's own fields."""
    return {each.code: [each.name, each.name_en] for each in await configure.fields(conn, tenant)}
