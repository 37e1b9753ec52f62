"""SQL of messages and their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

CHANNEL = "yuelai_messages"
"""Told with every message that is to be sent."""
_RECENT = "3 days"
"""How long after it was made a message's receipt may come without the provider's own number of it."""


async def lock(conn: Connection, tenant_id: UUID, what: str) -> None:
    """Wait for whoever else has this key or sends to this number."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"messages/{tenant_id}/{what}")


async def by_key(conn: Connection, tenant_id: UUID, key: str) -> asyncpg.Record | None:
    return await conn.fetchrow("SELECT state, reason FROM messages WHERE tenant_id = $1 AND key = $2", tenant_id, key)


async def recent(conn: Connection, tenant_id: UUID, to: str, since: datetime) -> Mapping[str, int]:
    """Return how many messages a number was sent since then, by template."""
    rows = await conn.fetch(
        """
        SELECT template, count(*) AS n FROM messages
        WHERE tenant_id = $1 AND to_e164 = $2 AND created_at > $3 AND state <> 'refused' GROUP BY template
        """,
        tenant_id,
        to,
        since,
    )
    return {row["template"]: row["n"] for row in rows}


async def tenant_name(conn: Connection, tenant_id: UUID) -> str:
    return str(await conn.fetchval("SELECT name FROM tenants WHERE id = $1", tenant_id) or "")


async def add(conn: Connection, fields: Mapping[str, Any], references: Sequence[int]) -> None:
    """Add a message with a part for each reference. The fields' names are the columns'."""
    names = list(fields)
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    await conn.execute(
        f"INSERT INTO messages ({', '.join(names)}) VALUES ({places})",  # noqa: S608 - names of our own
        *fields.values(),
    )
    await conn.executemany(
        """
        INSERT INTO message_parts (message_id, number, tenant_id, state, reference, at)
        VALUES ($1, $2, $3, 'queued', $4, $5)
        """,
        [
            (fields["id"], number, fields["tenant_id"], reference, fields["created_at"])
            for number, reference in enumerate(references, 1)
        ],
    )


async def wake(conn: Connection) -> None:
    """Tell the sender, once the transaction commits."""
    await conn.execute("SELECT pg_notify($1, '')", CHANNEL)


async def due(conn: Connection, now: datetime, limit: int) -> list[asyncpg.Record]:
    """Return and lock those whose time has come: codes, which somebody waits for on the line, then the longest
    waiting."""
    return await conn.fetch(
        """
        SELECT * FROM messages WHERE next_at <= $1
        ORDER BY (template <> 'code'), next_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )


async def expired(conn: Connection, now: datetime, limit: int) -> list[asyncpg.Record]:
    """Return and lock those that were to be sent and are too old now."""
    return await conn.fetch(
        """
        SELECT * FROM messages WHERE next_at IS NOT NULL AND expires_at <= $1
        ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )


async def next_due(conn: Connection) -> datetime | None:
    at: datetime | None = await conn.fetchval("SELECT min(next_at) FROM messages WHERE next_at IS NOT NULL")
    return at


async def locked(conn: Connection, ids: Sequence[UUID]) -> list[asyncpg.Record]:
    return await conn.fetch("SELECT * FROM messages WHERE id = ANY($1) ORDER BY id FOR UPDATE", ids)


async def parts_of(conn: Connection, ids: Sequence[UUID]) -> Mapping[UUID, list[asyncpg.Record]]:
    """Return the parts of each, in their order."""
    rows = await conn.fetch(
        "SELECT message_id, number, state, reference, provider_id FROM message_parts WHERE message_id = ANY($1) "
        "ORDER BY message_id, number",
        ids,
    )
    found: dict[UUID, list[asyncpg.Record]] = {id_: [] for id_ in ids}
    for row in rows:
        found[row["message_id"]].append(row)
    return found


async def put_parts(conn: Connection, changes: Sequence[tuple[UUID, int, str, str | None, datetime]]) -> None:
    """`(message, number, state, provider's number or None to keep it, at)`."""
    await conn.executemany(
        """
        UPDATE message_parts SET state = $3, provider_id = coalesce($4, provider_id), at = $5
        WHERE message_id = $1 AND number = $2
        """,
        changes,
    )


async def put(conn: Connection, id_: UUID, fields: Mapping[str, Any]) -> None:
    """The fields' names are the columns'."""
    changes = ", ".join(f"{name} = ${place}" for place, name in enumerate(fields, 2))
    await conn.execute(f"UPDATE messages SET {changes} WHERE id = $1", id_, *fields.values())  # noqa: S608


async def abandoned(conn: Connection) -> list[asyncpg.Record]:
    """Return the parts that somebody was at when they died."""
    return await conn.fetch(
        "SELECT message_id, number FROM message_parts WHERE state = 'submitting' ORDER BY message_id, number"
    )


async def part_by_provider(conn: Connection, provider_id: str, to: str) -> asyncpg.Record | None:
    """Numbers of providers come again after a time: the newest to that telephone is meant. Not all of them write it as
    they were told it, so its end is compared."""
    return await conn.fetchrow(
        """
        SELECT p.message_id, p.number FROM message_parts p JOIN messages m ON m.id = p.message_id
        WHERE p.provider_id = $1 AND right(m.to_e164, 8) = right($2, 8) ORDER BY m.created_at DESC LIMIT 1
        """,
        provider_id,
        to,
    )


async def part_by_reference(conn: Connection, to: str, reference: int | None) -> asyncpg.Record | None:
    """Return the part that a receipt with a number we were never told is about: by the reference it carries or, where
    it carries none, the only one to that telephone whose outcome nobody knows, or knows yet."""
    rows = await conn.fetch(
        f"""
        SELECT p.message_id, p.number FROM message_parts p JOIN messages m ON m.id = p.message_id
        WHERE m.to_e164 = $1 AND m.created_at > now() - interval '{_RECENT}' AND p.state <> 'delivered'
            AND CASE WHEN $2::integer IS NULL THEN p.state IN ('unknown', 'submitting') ELSE p.reference = $2 END
        ORDER BY m.created_at DESC LIMIT 2
        """,  # noqa: S608
        to,
        reference,
    )
    return rows[0] if len(rows) == 1 else None


async def of_interaction(conn: Connection, tenant_id: UUID, interaction_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch(
        """
        SELECT id, channel, to_e164, template, language, state, reason, possible_duplicates, created_at, sent_at,
            delivered_at
        FROM messages WHERE tenant_id = $1 AND interaction_id = $2 ORDER BY created_at, id LIMIT 100
        """,
        tenant_id,
        interaction_id,
    )


async def forget(conn: Connection, before: datetime) -> int:
    """Delete those made before then; return how many."""
    return int((await conn.execute("DELETE FROM messages WHERE created_at < $1", before)).split()[-1])
