"""SQL of the record itself: read in full, locked, and its own columns changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers.repository import FAMILY

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# Of what several of a family have, the strongest claim is shown, and the survivor's own before that of others.
_ROLE = "array_position(ARRAY['owner', 'agent', 'former'], i.role)"


async def find(conn: Connection, tenant: UUID, id_: UUID) -> asyncpg.Record | None:
    """Return the whole record of the survivor in one round trip; lists are plain documents."""
    return await conn.fetchrow(
        f"""
        SELECT c.id, c.no, c.version, c.kind, c.name, c.gender, c.birth_year, c.class, c.warnings, c.custom, c.site_id,
            c.since, c.id_number_sealed, c.hold_reason, c.held_at, c.erased_at, c.created_at, c.updated_at,
            (SELECT jsonb_build_object('id', p.id, 'number', p.number, 'name', p.name)
             FROM people p WHERE p.id = c.manager_person_id) AS manager,
            ARRAY(SELECT DISTINCT t.tag FROM customer_tagged t WHERE t.customer_id = ANY(family.ids) ORDER BY t.tag)
                AS tags,
            (SELECT coalesce(jsonb_agg(to_jsonb(x) - 'place' ORDER BY x.kind <> 'phone', x.kind, x.place, x.id), '[]')
             FROM (
                SELECT DISTINCT ON (i.kind, i.value) i.id, i.kind, i.value, i.raw, i.role, i.label, i.verified_at,
                    {_ROLE} AS place
                FROM customer_identities i WHERE i.customer_id = ANY(family.ids)
                ORDER BY i.kind, i.value, {_ROLE}, i.customer_id <> c.id, i.id) x) AS identities,
            (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.kind <> 'home', x.id), '[]') FROM (
                SELECT a.id, a.kind, a.region, a.text
                FROM customer_addresses a WHERE a.customer_id = ANY(family.ids)) x) AS addresses,
            (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.id), '[]') FROM (
                SELECT r.id, r.kind, r.customer_id <> ALL(family.ids) AS reversed,
                    jsonb_build_object('id', o.id, 'no', o.no, 'name', o.name) AS customer
                FROM customer_relations r
                JOIN customers e ON e.id = CASE WHEN r.customer_id = ANY(family.ids) THEN r.other_id
                                                ELSE r.customer_id END
                JOIN customers o ON o.id = CASE WHEN e.merged_into IS NULL THEN e.id ELSE e.merged_into END
                WHERE (r.customer_id = ANY(family.ids) OR r.other_id = ANY(family.ids)) AND o.id <> c.id) x)
                AS relations,
            (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.channel, x.purpose), '[]') FROM (
                SELECT DISTINCT ON (s.channel, s.purpose) s.channel, s.purpose, s.allowed, s.at, s.source
                FROM customer_consents s WHERE s.customer_id = ANY(family.ids)
                ORDER BY s.channel, s.purpose, s.at DESC, s.allowed) x) AS consents,
            (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.merge_id DESC), '[]') FROM (
                SELECT m.id AS merge_id, d.no, d.name, m.at FROM customer_merges m JOIN customers d ON d.id = m.drop_id
                WHERE m.split_at IS NULL AND m.keep_id = ANY(family.ids)) x) AS merged
        FROM customers asked
        JOIN customers c ON c.id = CASE WHEN asked.merged_into IS NULL THEN asked.id ELSE asked.merged_into END {FAMILY}
        WHERE asked.tenant_id = $1 AND asked.id = $2
        """,  # noqa: S608
        tenant,
        id_,
    )


async def survivor(conn: Connection, tenant: UUID, id_: UUID) -> UUID | None:
    found: UUID | None = await conn.fetchval(
        "SELECT coalesce(merged_into, id) FROM customers WHERE tenant_id = $1 AND id = $2", tenant, id_
    )
    return found


async def lock(conn: Connection, tenant: UUID, id_: UUID) -> asyncpg.Record | None:
    """Return the row's own columns, and let nobody else change it until the transaction ends."""
    return await conn.fetchrow(
        """
        SELECT id, no, version, kind, name, gender, birth_year, class, manager_person_id AS manager_id, warnings,
            custom, site_id, since, id_number_sealed, id_number_index, merged_into, hold_reason, erased_at
        FROM customers WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE
        """,
        tenant,
        id_,
    )


async def add(conn: Connection, tenant: UUID, id_: UUID, columns: Mapping[str, Any]) -> None:
    """Insert a customer. Column names are the program's own."""
    places = "".join(f", ${place}" for place in range(3, len(columns) + 3))
    names = "".join(f", {name}" for name in columns)
    await conn.execute(
        f"INSERT INTO customers (id, tenant_id{names}) VALUES ($1, $2{places})",  # noqa: S608
        id_,
        tenant,
        *columns.values(),
    )


async def update(conn: Connection, id_: UUID, columns: Mapping[str, Any]) -> None:
    """Change columns, whose names are the program's own, and count the version up."""
    pairs = "".join(f", {name} = ${place}" for place, name in enumerate(columns, start=2))
    await conn.execute(
        f"UPDATE customers SET version = version + 1, updated_at = now(){pairs} WHERE id = $1",  # noqa: S608
        id_,
        *columns.values(),
    )


async def touch(conn: Connection, id_: UUID) -> None:
    await conn.execute("UPDATE customers SET updated_at = now() WHERE id = $1", id_)


async def tags_of(conn: Connection, family: Sequence[UUID]) -> set[str]:
    rows = await conn.fetch("SELECT DISTINCT tag FROM customer_tagged WHERE customer_id = ANY($1)", family)
    return {row["tag"] for row in rows}


async def add_tags(conn: Connection, tenant: UUID, id_: UUID, tags: Sequence[str]) -> None:
    """Give tags; those the tenant has not used before come into its list."""
    # In order, so that two who add the same new ones wait for each other and never in a circle.
    wanted = sorted(set(tags))
    await conn.execute(
        "INSERT INTO customer_tags (tenant_id, tag) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING",
        tenant,
        wanted,
    )
    await conn.execute(
        "INSERT INTO customer_tagged (tenant_id, tag, customer_id) SELECT $1, unnest($3::text[]), $2 "
        "ON CONFLICT DO NOTHING",
        tenant,
        id_,
        wanted,
    )


async def remove_tags(conn: Connection, family: Sequence[UUID], tags: Sequence[str]) -> None:
    await conn.execute("DELETE FROM customer_tagged WHERE customer_id = ANY($1) AND tag = ANY($2)", family, tags)


async def works_here(conn: Connection, tenant: UUID, person: UUID) -> bool:
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM grants g JOIN people p ON p.id = g.person_id AND p.active "
        "WHERE g.tenant_id = $1 AND g.person_id = $2)",
        tenant,
        person,
    )
    return found


async def site_exists(conn: Connection, tenant: UUID, site: UUID) -> bool:
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM sites WHERE tenant_id = $1 AND id = $2)", tenant, site
    )
    return found


async def erased(conn: Connection, id_: UUID) -> bool:
    found: bool = await conn.fetchval("SELECT erased_at IS NOT NULL FROM customers WHERE id = $1", id_)
    return found
