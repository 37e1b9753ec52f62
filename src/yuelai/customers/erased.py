"""People who were erased, so that no file and no source brings them back; only keyed hashes are kept of them.

Whom does a row speak of? A phone number, a mail address or an account may be somebody else's by now, hence one alone
proves nothing: it counts together with the name. The number of an identity document and our own customer number are
nobody else's, and count alone; so does a record of a source that is the very record the person came from. Where a
source knows its records by phone number, the number goes on to others in the source, too: there the name counts again.

Whoever has been put down anew by a person since (on a call, say) is a customer again: rows that speak of them by that
name are taken.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.customers.bulk.model import Current, Incoming
from yuelai.customers.names import fold
from yuelai.customers.sealing import TenantKeys

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

CODE = "erased_person"
MESSAGE = "This person was erased and is not taken in again."

_NAMES = """
    SELECT name FROM customers WHERE id = ANY($1)
    UNION SELECT before ->> 'name' FROM customer_import_changes WHERE customer_id = ANY($1)
    UNION SELECT after ->> 'name' FROM customer_import_changes WHERE customer_id = ANY($1)
    UNION SELECT theirs ->> 'value' FROM customer_conflicts WHERE customer_id = ANY($1) AND field = 'name'
    UNION SELECT taken -> 'name' ->> 'before' FROM customer_merges WHERE keep_id = ANY($1)
"""
_IDENTIFIERS = """
    SELECT kind, value FROM customer_identities WHERE customer_id = ANY($1)
    UNION SELECT 'account', no FROM accounts WHERE customer_id = ANY($1)
"""


async def settle(conn: Connection, tenant: UUID) -> None:
    """Wait until no page of a file or source is being written, and let none begin: it would not know of the erasure.

    Before any other lock of the transaction."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"erased {tenant}")


async def heed(conn: Connection, tenant: UUID) -> None:
    """What a page of a file or source does before any other lock of its transaction; see `settle`."""
    await conn.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", f"erased {tenant}")


async def remember(conn: Connection, tenant: UUID, ids: Sequence[UUID], keys: TenantKeys) -> None:
    """Keep what tells customers that are about to be erased. All names they had count, also those of merged records."""
    names = [row["name"] for row in await conn.fetch(_NAMES, ids) if row["name"]]
    found: dict[bytes, UUID | None] = {}
    for row in await conn.fetch(_IDENTIFIERS, ids):
        found |= {_named(keys, name, row["kind"], row["value"]): None for name in names}
    for row in await conn.fetch("SELECT no, id_number_index FROM customers WHERE id = ANY($1)", ids):
        found[_alone(keys, "no", row["no"])] = None
        if row["id_number_index"] is not None:
            found[_alone(keys, "id_number", row["id_number_index"].hex())] = None
    for row in await conn.fetch(
        "SELECT source_id, marks FROM customer_source_records WHERE customer_id = ANY($1)", ids
    ):
        mark, *others = row["marks"]
        found |= dict.fromkeys(others) | {mark: row["source_id"]}
    await put(conn, tenant, found)


async def put(conn: Connection, tenant: UUID, marks: Mapping[bytes, UUID | None]) -> None:
    """`{mark: source whose record it is, if it is one's}`"""
    await conn.execute(
        "INSERT INTO customer_erased_keys (tenant_id, key, source_id) "
        "SELECT $1, * FROM unnest($2::bytea[], $3::uuid[]) ON CONFLICT DO NOTHING",
        tenant,
        list(marks),
        list(marks.values()),
    )


async def hits(
    conn: Connection,
    tenant: UUID,
    rows: Iterable[Incoming],
    keys: Callable[[], Awaitable[TenantKeys]],
    records: Mapping[int, bytes] | None = None,
) -> dict[int, str]:
    """Return the lines that speak of somebody who was erased, with the value that tells (not masked).

    `keys` is asked only where somebody was erased; `records` are the marks of the lines of a source.
    """
    if not await conn.fetchval("SELECT EXISTS (SELECT FROM customer_erased_keys WHERE tenant_id = $1)", tenant):
        return {}
    opened = await keys()
    marks: dict[bytes, list[tuple[int, str]]] = {}
    for row in rows:
        for mark, value in _of(opened, row):
            marks.setdefault(mark, []).append((row.line, value))
        if records is not None:
            marks.setdefault(records[row.line], []).append((row.line, row.name or ""))
    known = await conn.fetch(
        "SELECT key FROM customer_erased_keys WHERE tenant_id = $1 AND key = ANY($2::bytea[])", tenant, list(marks)
    )
    return {line: value for row in known for line, value in marks[row["key"]]}


def anew(row: Incoming, customer: Current | None, index: Callable[[str], bytes]) -> bool:
    """Return whether a row that speaks of an erased person means this customer: the same one, put down anew."""
    if customer is None:
        return False
    if row.name is None:
        return row.id_number is not None and customer.id_index == index(row.id_number)
    return fold(customer.name) == fold(row.name)


def record(keys: TenantKeys, source: UUID, key: str, name: str, row: Incoming) -> bytes:
    """Return the mark of a source's record itself, which is `name`d by `key` there."""
    return keys.index(f"erased\nrecord\n{source}\n{name}\n{fold(row.name or '') if key == 'phone' else ''}")


def marks(keys: TenantKeys, row: Incoming) -> list[bytes]:
    """Return what a row tells somebody by: kept with a source's record, for it may name them otherwise than we do."""
    return [mark for mark, _ in _of(keys, row)]


def _of(keys: TenantKeys, row: Incoming) -> list[tuple[bytes, str]]:
    found = []
    if row.name is not None:
        found = [(_named(keys, row.name, kind, value), raw) for kind, value, raw in row.identities]
    if row.no is not None:
        found.append((_alone(keys, "no", row.no), row.no))
    if row.id_number is not None:
        found.append((_alone(keys, "id_number", keys.index(row.id_number).hex()), row.id_number))
    return found


def _named(keys: TenantKeys, name: str, kind: str, value: str) -> bytes:
    return keys.index(f"erased\nnamed\n{fold(name)}\n{kind}\n{value}")


def _alone(keys: TenantKeys, kind: str, value: str) -> bytes:
    return keys.index(f"erased\n{kind}\n{value}")
