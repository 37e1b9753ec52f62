"""SQL of chats, their members and messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MOST_UNREAD = 100
"""More are not counted."""

_CHAT = f"""
    SELECT c.id, c.kind, c.interaction_id, c.trail_no, c.asked_as, c.last_message_id,
        CASE c.kind WHEN 'expert' THEN c.created_by END AS asked_by,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'number', p.number, 'name', p.name) ORDER BY p.name),
                         '[]')
         FROM chat_members o JOIN people p ON p.id = o.person_id
         WHERE o.chat_id = c.id AND o.person_id <> me.person_id) AS members,
        (SELECT jsonb_build_object('id', x.id, 'at', x.at, 'text', x.text,
                    'author', jsonb_build_object('id', p.id, 'number', p.number, 'name', p.name))
         FROM chat_messages x JOIN people p ON p.id = x.author_id WHERE x.chat_id = c.id
         ORDER BY x.id DESC LIMIT 1) AS last,
        (SELECT count(*) FROM (
            SELECT FROM chat_messages x WHERE x.chat_id = c.id AND x.author_id <> me.person_id
                AND (me.read_upto IS NULL OR x.id > me.read_upto) LIMIT {MOST_UNREAD}) fresh) AS unread
    FROM chat_members me JOIN chats c ON c.id = me.chat_id
    WHERE c.tenant_id = $1 AND me.person_id = $2
"""  # noqa: S608 - a number of ours


async def chats(
    conn: Connection, tenant_id: UUID, person_id: UUID, about: UUID | None, before: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Return a person's chats in which something was written, `about` a contact or all, the newest message first."""
    return await conn.fetch(
        f"""
        {_CHAT} AND c.last_message_id <> c.id AND ($3::uuid IS NULL OR c.last_message_id < $3)
            AND ($4::uuid IS NULL OR c.interaction_id = $4)
        ORDER BY c.last_message_id DESC LIMIT $5
        """,
        tenant_id,
        person_id,
        before,
        about,
        limit,
    )


async def chat(conn: Connection, tenant_id: UUID, person_id: UUID, chat_id: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(f"{_CHAT} AND c.id = $3", tenant_id, person_id, chat_id)


async def unread(conn: Connection, tenant_id: UUID, person_id: UUID) -> list[int]:
    """Return of each chat with unread messages how many, of 99 chats at most."""
    rows = await conn.fetch(
        """
        SELECT (SELECT count(*) FROM (
            SELECT FROM chat_messages x WHERE x.chat_id = c.id AND x.author_id <> me.person_id
                AND (me.read_upto IS NULL OR x.id > me.read_upto) LIMIT $3) fresh) AS count
        FROM chat_members me JOIN chats c ON c.id = me.chat_id
        WHERE c.tenant_id = $1 AND me.person_id = $2 AND c.last_message_id <> c.id
            AND (me.read_upto IS NULL OR c.last_message_id > me.read_upto)
        ORDER BY c.last_message_id DESC LIMIT 99
        """,
        tenant_id,
        person_id,
        MOST_UNREAD,
    )
    return [row["count"] for row in rows if row["count"]]


async def direct(conn: Connection, tenant_id: UUID, chat_id: UUID, one: UUID, other: UUID, now: datetime) -> UUID:
    """Return the chat of the two, made now if they have none."""
    pair = ":".join(sorted((str(one), str(other))))
    made = await conn.fetchval(
        """
        INSERT INTO chats (id, tenant_id, kind, pair, created_by, created_at, last_message_id)
        VALUES ($1, $2, 'direct', $3, $4, $5, $1) ON CONFLICT (tenant_id, pair) DO NOTHING RETURNING id
        """,
        chat_id,
        tenant_id,
        pair,
        one,
        now,
    )
    if made is not None:
        await join(conn, tenant_id, chat_id, [one, other])
        return chat_id
    found: UUID = await conn.fetchval("SELECT id FROM chats WHERE tenant_id = $1 AND pair = $2", tenant_id, pair)
    return found


async def expert(
    conn: Connection,
    tenant_id: UUID,
    chat_id: UUID,
    asker: UUID,
    interaction_id: UUID,
    trail_no: str,
    asked_as: str,
    now: datetime,
) -> None:
    await conn.execute(
        """
        INSERT INTO chats (id, tenant_id, kind, interaction_id, trail_no, asked_as, created_by, created_at,
            last_message_id)
        VALUES ($1, $2, 'expert', $3, $4, $5, $6, $7, $1)
        """,
        chat_id,
        tenant_id,
        interaction_id,
        trail_no,
        asked_as,
        asker,
        now,
    )


async def join(conn: Connection, tenant_id: UUID, chat_id: UUID, people: Sequence[UUID]) -> None:
    await conn.executemany(
        "INSERT INTO chat_members (tenant_id, chat_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(tenant_id, chat_id, person) for person in people],
    )


async def members(conn: Connection, chat_id: UUID) -> list[UUID]:
    return [
        row["person_id"] for row in await conn.fetch("SELECT person_id FROM chat_members WHERE chat_id = $1", chat_id)
    ]


async def lock(conn: Connection, chat_id: UUID) -> None:
    """Messages of a chat are written one after the other, so that their ids stand in the order of their commits."""
    await conn.execute("SELECT FROM chats WHERE id = $1 FOR NO KEY UPDATE", chat_id)


async def write(
    conn: Connection, tenant_id: UUID, chat_id: UUID, message_id: UUID, author: UUID, text: str, now: datetime
) -> None:
    await conn.execute(
        "INSERT INTO chat_messages (id, tenant_id, chat_id, author_id, at, text) VALUES ($1, $2, $3, $4, $5, $6)",
        message_id,
        tenant_id,
        chat_id,
        author,
        now,
        text,
    )
    await conn.execute("UPDATE chats SET last_message_id = $2 WHERE id = $1", chat_id, message_id)
    # Who writes has seen what stands above.
    await read(conn, chat_id, author, message_id)


async def read(conn: Connection, chat_id: UUID, person_id: UUID, message_id: UUID) -> bool:
    """Return whether they had not seen it before."""
    done = await conn.execute(
        """
        UPDATE chat_members SET read_upto = $3
        WHERE chat_id = $1 AND person_id = $2 AND (read_upto IS NULL OR read_upto < $3)
        """,
        chat_id,
        person_id,
        message_id,
    )
    return done == "UPDATE 1"


async def has_message(conn: Connection, chat_id: UUID, message_id: UUID) -> bool:
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM chat_messages WHERE chat_id = $1 AND id = $2)", chat_id, message_id
    )
    return found


async def messages(conn: Connection, chat_id: UUID, before: UUID | None, limit: int) -> list[asyncpg.Record]:
    """Return the newest first."""
    return await conn.fetch(
        """
        SELECT x.id, x.at, x.text,
            jsonb_build_object('id', p.id, 'number', p.number, 'name', p.name) AS author
        FROM chat_messages x JOIN people p ON p.id = x.author_id
        WHERE x.chat_id = $1 AND ($2::uuid IS NULL OR x.id < $2) ORDER BY x.id DESC LIMIT $3
        """,
        chat_id,
        before,
        limit,
    )


async def forget(conn: Connection, before: datetime, limit: int) -> int:
    """Delete messages written before, `limit` at most; return how many."""
    done = await conn.execute(
        "DELETE FROM chat_messages WHERE id IN (SELECT id FROM chat_messages WHERE at < $1 ORDER BY id LIMIT $2)",
        before,
        limit,
    )
    return int(done.split()[-1])


async def forget_empty(conn: Connection, before: datetime) -> None:
    """Delete chats without messages that were begun before."""
    await conn.execute(
        """
        DELETE FROM chats c
        WHERE c.created_at < $1 AND NOT EXISTS (SELECT FROM chat_messages x WHERE x.chat_id = c.id)
        """,
        before,
    )
