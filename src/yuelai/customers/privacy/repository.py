"""SQL of taking out of this room's tables what is personal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_GONE = ("customer_identities", "customer_addresses", "customer_consents", "customer_tagged", "customer_source_records",
         "customer_field_sources", "customer_conflicts", "customer_pins",
         "customer_guesses", "customer_codes")  # fmt: skip
"""Tables whose rows go altogether."""


async def only_theirs(conn: Connection, tenant: UUID, ids: Sequence[UUID]) -> list[str]:
    """Return the phone numbers, in E.164, that they have and nobody else."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT i.value FROM customer_identities i
        WHERE i.customer_id = ANY($2) AND i.kind = 'phone' AND i.role = 'owner' AND NOT EXISTS (
            SELECT FROM customer_identities o WHERE o.tenant_id = $1 AND o.kind = 'phone' AND o.value = i.value
            AND o.customer_id <> ALL($2) AND o.role <> 'former')
        ORDER BY i.value
        """,
        tenant,
        ids,
    )
    return [row["value"] for row in rows]


async def held(conn: Connection, ids: Sequence[UUID]) -> str | None:
    reason: str | None = await conn.fetchval(
        "SELECT hold_reason FROM customers WHERE id = ANY($1) AND hold_reason IS NOT NULL LIMIT 1", ids
    )
    return reason


async def set_hold(conn: Connection, ids: Sequence[UUID], person: UUID, reason: str | None) -> None:
    """Hold the first of the ids, or release all of them."""
    if reason is None:
        await conn.execute(
            "UPDATE customers SET held_at = NULL, held_by = NULL, hold_reason = NULL WHERE id = ANY($1)", ids
        )
    else:
        await conn.execute(
            "UPDATE customers SET held_at = now(), held_by = $2, hold_reason = $3 WHERE id = $1", ids[0], person, reason
        )


async def erase(conn: Connection, ids: Sequence[UUID]) -> None:
    """Leave tombstones: ids, customer number, kind, class and how long they were known."""
    for table in _GONE:
        await conn.execute(f"DELETE FROM {table} WHERE customer_id = ANY($1)", ids)  # noqa: S608
    await conn.execute("DELETE FROM customer_relations WHERE customer_id = ANY($1) OR other_id = ANY($1)", ids)
    await conn.execute(
        "UPDATE customer_import_changes SET before = NULL, after = NULL WHERE customer_id = ANY($1)", ids
    )
    await conn.execute("UPDATE products SET number = NULL WHERE customer_id = ANY($1)", ids)
    await conn.execute("UPDATE customer_merges SET taken = '{}' WHERE keep_id = ANY($1) OR drop_id = ANY($1)", ids)
    # Even masked values say something; which fields were changed, when and by whom, stays.
    await conn.execute(
        """
        UPDATE customer_changes SET changes = (
            SELECT coalesce(jsonb_agg(jsonb_build_object('field', line -> 'field', 'old', NULL, 'new', NULL)), '[]')
            FROM jsonb_array_elements(changes) line)
        WHERE customer_id = ANY($1)
        """,
        ids,
    )
    await conn.execute(
        """
        UPDATE customers SET name = '', gender = NULL, birth_year = NULL, manager_person_id = NULL, warnings = '{}',
            custom = '{}', id_number_sealed = NULL, id_number_index = NULL, held_at = NULL, held_by = NULL,
            hold_reason = NULL, erased_at = now(), updated_at = now(), version = version + 1
        WHERE id = ANY($1)
        """,
        ids,
    )


async def addresses(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = await conn.fetch("SELECT id, text FROM customer_addresses WHERE customer_id = ANY($1)", ids)
    return {row["id"]: row["text"] for row in rows}


async def sealed_number(conn: Connection, id_: UUID) -> bytes | None:
    sealed: bytes | None = await conn.fetchval("SELECT id_number_sealed FROM customers WHERE id = $1", id_)
    return sealed


async def export(conn: Connection, ids: Sequence[UUID]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of this room about somebody, by table; keys, indexes and what is ours alone left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, query in _EXPORTED.items():
        rows: list[asyncpg.Record] = await conn.fetch(query, ids)
        found[name] = [dict(row) for row in rows]
    return found


_EXPORTED = {
    "records": """
        SELECT c.id, c.no, c.kind, c.name, c.gender, c.birth_year, c.class, c.since, c.warnings, c.custom,
            c.merged_into, c.created_at, c.updated_at, p.name AS manager
        FROM customers c LEFT JOIN people p ON p.id = c.manager_person_id WHERE c.id = ANY($1) ORDER BY c.id""",
    "identities": """
        SELECT kind, value, raw, role, label, verified_at, created_at
        FROM customer_identities WHERE customer_id = ANY($1) ORDER BY id""",
    "addresses": """
        SELECT kind, region, text, created_at FROM customer_addresses WHERE customer_id = ANY($1) ORDER BY id""",
    "relations": """
        SELECT kind, customer_id, other_id, created_at
        FROM customer_relations WHERE customer_id = ANY($1) OR other_id = ANY($1) ORDER BY id""",
    "consents": """
        SELECT channel, purpose, allowed, at, source FROM customer_consents WHERE customer_id = ANY($1) ORDER BY id""",
    "tags": "SELECT DISTINCT tag FROM customer_tagged WHERE customer_id = ANY($1) ORDER BY tag",
    "history": """
        SELECT at, action, changes FROM customer_changes WHERE customer_id = ANY($1) ORDER BY id""",
    "accounts": """
        SELECT no, kind, balance_minor, currency, status, updated_at
        FROM accounts WHERE customer_id = ANY($1) ORDER BY no""",
    "products": """
        SELECT code, name, number, status, price_minor, currency, since
        FROM products WHERE customer_id = ANY($1) ORDER BY id""",
    "bills": """
        SELECT month, total_minor, currency, due_on, paid_on, lines
        FROM bills WHERE customer_id = ANY($1) ORDER BY month, id""",
    "orders": "SELECT no, subject, status, ordered_at FROM orders WHERE customer_id = ANY($1) ORDER BY ordered_at, id",
    "conflicts": """
        SELECT field, theirs, state, at FROM customer_conflicts WHERE customer_id = ANY($1) ORDER BY id""",
}
