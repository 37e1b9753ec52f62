"""SQL of classes, custom fields and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from yuelai.customers.configure.model import CustomerClass, CustomField

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def classes(conn: Connection, tenant: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT code, name, name_en, rank, color FROM customer_classes WHERE tenant_id = $1", tenant
    )


async def put_class(conn: Connection, tenant: UUID, wanted: CustomerClass) -> None:
    await conn.execute(
        """
        INSERT INTO customer_classes (tenant_id, code, name, name_en, rank, color) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tenant_id, code) DO UPDATE
        SET name = excluded.name, name_en = excluded.name_en, rank = excluded.rank, color = excluded.color
        """,
        tenant,
        wanted.code,
        wanted.name,
        wanted.name_en,
        wanted.rank,
        wanted.color,
    )


async def fields(conn: Connection, tenant: UUID, *, removed: bool = False) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT code, name, name_en, type, choices, required, position FROM customer_fields "
        "WHERE tenant_id = $1 AND (removed_at IS NOT NULL) = $2 ORDER BY position, code",
        tenant,
        removed,
    )


async def put_field(conn: Connection, tenant: UUID, wanted: CustomField) -> None:
    """Add a field or change it; one that was removed is there again."""
    await conn.execute(
        """
        INSERT INTO customer_fields (tenant_id, code, name, name_en, type, choices, required, position)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (tenant_id, code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en,
            choices = excluded.choices, required = excluded.required, position = excluded.position, removed_at = NULL
        """,
        tenant,
        wanted.code,
        wanted.name,
        wanted.name_en,
        wanted.type,
        wanted.choices,
        wanted.required,
        wanted.position,
    )


async def remove_field(conn: Connection, tenant: UUID, code: str) -> bool:
    done = await conn.execute(
        "UPDATE customer_fields SET removed_at = now() WHERE tenant_id = $1 AND code = $2 AND removed_at IS NULL",
        tenant,
        code,
    )
    return done == "UPDATE 1"


async def tags(conn: Connection, tenant: UUID) -> list[asyncpg.Record]:
    return await conn.fetch("SELECT tag, color FROM customer_tags WHERE tenant_id = $1 ORDER BY tag", tenant)


async def put_tag(conn: Connection, tenant: UUID, tag: str, color: str) -> None:
    await conn.execute(
        "INSERT INTO customer_tags (tenant_id, tag, color) VALUES ($1, $2, $3) "
        "ON CONFLICT (tenant_id, tag) DO UPDATE SET color = excluded.color",
        tenant,
        tag,
        color,
    )


async def remove_tag(conn: Connection, tenant: UUID, tag: str) -> bool:
    """Take a tag off the list. Fails with a foreign key violation while customers have it."""
    done = await conn.execute("DELETE FROM customer_tags WHERE tenant_id = $1 AND tag = $2", tenant, tag)
    return done == "DELETE 1"
