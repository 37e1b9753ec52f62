"""Which customers rows speak of, and how those are now: set-based, a batch at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.customers.bulk.model import Current
from yuelai.customers.sealing import TenantKeys

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# Under row-level security the planner expects next to nothing of a tenant's rows, and without statistics any order and
# any index look alike to it. LATERAL with OFFSET 0 makes each look-up one look-up, in this order; saying the value
# backwards, too, makes either index of identities as good as the other.
_BY_IDENTITY = """
    SELECT i.value AS key, array_agg(DISTINCT coalesce(c.merged_into, c.id)) AS ids
    FROM unnest($3::text[]) AS wanted (value) CROSS JOIN LATERAL (
        SELECT i.value, i.customer_id FROM customer_identities i
        WHERE i.tenant_id = $1 AND i.kind = $2 AND i.value = wanted.value AND i.role = 'owner'
          AND i.reversed = reverse(wanted.value) OFFSET 0
    ) i CROSS JOIN LATERAL (
        SELECT c.id, c.merged_into, c.erased_at FROM customers c WHERE c.id = i.customer_id OFFSET 0
    ) c
    WHERE c.erased_at IS NULL GROUP BY i.value
"""
_BY_NUMBER = """
    SELECT c.no AS key, ARRAY[coalesce(c.merged_into, c.id)] AS ids FROM customers c
    WHERE c.tenant_id = $1 AND c.no = ANY($2::text[]) AND c.erased_at IS NULL
"""
_BY_ID_NUMBER = """
    SELECT c.id_number_index AS key, array_agg(DISTINCT coalesce(c.merged_into, c.id)) AS ids FROM customers c
    WHERE c.tenant_id = $1 AND c.id_number_index = ANY($2::bytea[]) AND c.erased_at IS NULL GROUP BY c.id_number_index
"""


async def look_around(conn: Connection) -> None:
    """Let the database count what a bulk has changed: it plans for tables as small as they were, otherwise."""
    await conn.execute(
        "ANALYZE customers, customer_identities, customer_addresses, customer_tagged, customer_name_terms, "
        "customer_changes, customer_import_changes, customer_import_claims"
    )


async def match(
    conn: Connection, tenant: UUID, key: str, wanted: Sequence[str], keys: TenantKeys | None
) -> Mapping[str, list[UUID]]:
    """Return who each key belongs to, merged ones as the survivor. `keys` are needed for id numbers only."""
    if not wanted or key == "none":
        return {}
    if key == "no":
        return {row["key"]: row["ids"] for row in await conn.fetch(_BY_NUMBER, tenant, wanted)}
    if key == "id_number":
        assert keys is not None
        by_index = {keys.index(number): number for number in wanted}
        rows = await conn.fetch(_BY_ID_NUMBER, tenant, list(by_index))
        return {by_index[row["key"]]: row["ids"] for row in rows}
    return {row["key"]: row["ids"] for row in await conn.fetch(_BY_IDENTITY, tenant, key, wanted)}


async def numbers_taken(conn: Connection, tenant: UUID, numbers: Sequence[str]) -> set[str]:
    """Return which customer numbers there are, of whoever."""
    rows = await conn.fetch("SELECT no FROM customers WHERE tenant_id = $1 AND no = ANY($2::text[])", tenant, numbers)
    return {row["no"] for row in rows}


async def current(conn: Connection, tenant: UUID, ids: Sequence[UUID], *, lock: bool) -> dict[UUID, Current]:
    """Return customers as they are; with `lock` nobody else changes them until the end of the transaction."""
    if not ids:
        return {}
    found: dict[UUID, Current] = {}
    rows = await conn.fetch(
        f"""
        SELECT id, no, name, kind, gender, birth_year, class, manager_person_id, since, id_number_sealed,
            id_number_index, warnings, custom
        FROM customers WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND erased_at IS NULL ORDER BY id
        {"FOR NO KEY UPDATE" if lock else ""}
        """,  # noqa: S608
        tenant,
        ids,
    )
    for row in rows:
        found[row["id"]] = Current(
            row["id"], row["no"], row["name"], row["kind"], row["gender"], row["birth_year"], row["class"],
            row["manager_person_id"], row["since"], row["id_number_sealed"], row["id_number_index"],
            list(row["warnings"]), row["custom"],
        )  # fmt: skip
    await _lists(conn, ids, found)
    return found


async def _lists(conn: Connection, ids: Sequence[UUID], found: Mapping[UUID, Current]) -> None:
    """What was merged into them counts as theirs, save addresses: those are replaced, each at its own record."""
    rows = await conn.fetch(
        """
        SELECT coalesce(c.merged_into, c.id) AS id, i.kind, i.value FROM customers c
        JOIN customer_identities i ON i.customer_id = c.id
        WHERE c.id = ANY($1::uuid[]) OR c.merged_into = ANY($1::uuid[])
        """,
        ids,
    )
    for row in rows:
        if row["id"] in found:
            found[row["id"]].identities.add((row["kind"], row["value"]))
    rows = await conn.fetch(
        """
        SELECT coalesce(c.merged_into, c.id) AS id, t.tag FROM customers c
        JOIN customer_tagged t ON t.customer_id = c.id WHERE c.id = ANY($1::uuid[]) OR c.merged_into = ANY($1::uuid[])
        """,
        ids,
    )
    for row in rows:
        if row["id"] in found:
            found[row["id"]].tags.add(row["tag"])
    rows = await conn.fetch(
        "SELECT id, customer_id, kind, text FROM customer_addresses WHERE customer_id = ANY($1::uuid[]) ORDER BY id",
        ids,
    )
    for row in rows:
        if row["customer_id"] in found:
            found[row["customer_id"]].addresses.setdefault(row["kind"], (row["id"], row["text"]))
