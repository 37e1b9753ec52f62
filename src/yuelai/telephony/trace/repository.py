"""SQL of calls and of the keys of traces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.telephony.trace.book import Line

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_COLUMNS = tuple(field.name for field in fields(Line) if field.name != "branch")
_LATER = tuple(name for name in _COLUMNS if name not in ("id", "call_id", "direction", "started_at"))
_PLACES = ", ".join(f"${number}" for number in range(2, len(_COLUMNS) + 2))
_WRITE = f"""
    INSERT INTO sip_calls (tenant_id, {", ".join(_COLUMNS)}) VALUES ($1, {_PLACES})
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _LATER)}
"""  # noqa: S608 - names of our own columns
_NUMBERS = "(reverse(c.from_user) LIKE {0} OR reverse(c.to_user) LIKE {0})"


async def write(conn: Connection, tenant: UUID, lines: Sequence[Line]) -> None:
    """Insert or update; system work."""
    await conn.executemany(_WRITE, [(tenant, *(getattr(line, name) for name in _COLUMNS)) for line in lines])


async def standing(conn: Connection, since: datetime) -> list[Line]:
    """Return the calls without an end that began after `since`. Asks for all tenants (system work)."""
    rows = await conn.fetch(
        f"SELECT {', '.join(_COLUMNS)} FROM sip_calls WHERE ended_at IS NULL AND started_at > $1",  # noqa: S608
        since,
    )
    return [Line(**dict(row)) for row in rows]


async def forget(conn: Connection, before: datetime, limit: int) -> int:
    """Delete up to `limit` calls that began before this; return how many there were. System work."""
    done: str = await conn.execute(
        """
        DELETE FROM sip_calls WHERE id IN (
            SELECT id FROM sip_calls
            WHERE started_at < $1 AND (ended_at IS NOT NULL OR started_at < $1 - interval '1 day') LIMIT $2
        )
        """,
        before,
        limit,
    )
    return int(done.rpartition(" ")[2])


async def find(
    conn: Connection,
    tenant: UUID,
    conditions: Sequence[tuple[str, tuple[Any, ...]]],
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """Return up to `limit` calls, the newest first. A condition may come with one value: `{0}` in it."""
    args: list[Any] = [tenant, limit]
    where = ["c.tenant_id = $1"]
    for condition, values in conditions:
        args += values
        where.append(condition.format(f"${len(args)}"))
    if after is not None:
        args += after
        where.append(f"(c.started_at, c.id) < (${len(args) - 1}, ${len(args)})")
    return await conn.fetch(
        f"""
        SELECT c.*, t.code AS trunk_code, t.name AS trunk_name, n.code AS account_code
        FROM sip_calls c LEFT JOIN trunks t ON t.id = c.trunk_id LEFT JOIN tenants n ON n.id = c.account
        WHERE {" AND ".join(where)} ORDER BY c.started_at DESC, c.id DESC LIMIT $2
        """,  # noqa: S608
        *args,
    )


def of_number(digits: str) -> tuple[str, tuple[str]]:
    """The condition for calls from or to numbers that end like this."""
    ending = digits[::-1].replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return _NUMBERS, (f"{ending}%",)


async def together(conn: Connection, tenant: UUID, id_: UUID, limit: int) -> list[asyncpg.Record]:
    """Return a call and all others of the same matter or leg, the oldest first; nothing when it is not there."""
    return await conn.fetch(
        """
        WITH asked AS (SELECT * FROM sip_calls WHERE tenant_id = $1 AND id = $2)
        SELECT c.* FROM sip_calls c, asked a
        WHERE c.tenant_id = $1 AND (c.id = a.id OR c.leg_id = a.leg_id OR c.correlation = a.correlation)
        ORDER BY (c.id = a.id) DESC, c.started_at, c.id LIMIT $3
        """,
        tenant,
        id_,
        limit,
    )


async def keys(conn: Connection) -> list[asyncpg.Record]:
    """Return the trace keys as they are sealed, the newest first."""
    return await conn.fetch("SELECT id, created_at, sealed FROM sip_trace_keys ORDER BY created_at DESC, id DESC")


async def add_key(conn: Connection, id_: UUID, at: datetime, sealed: bytes) -> None:
    await conn.execute("INSERT INTO sip_trace_keys (id, created_at, sealed) VALUES ($1, $2, $3)", id_, at, sealed)


async def forget_keys(conn: Connection, before: datetime) -> None:
    """Delete the keys that had been followed by another before this: nothing they opened is kept any more."""
    await conn.execute(
        """
        DELETE FROM sip_trace_keys k
        WHERE EXISTS (SELECT FROM sip_trace_keys n WHERE n.created_at > k.created_at AND n.created_at < $1)
        """,
        before,
    )
