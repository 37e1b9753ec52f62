"""SQL of offers, of what was offered and with what result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

COLUMNS = ("code", "name", "name_en", "text", "text_en", "priority", "active", "channels", "rule", "again_days",
           "refused_days", "most", "business")  # fmt: skip

_FIGURES = """
    (SELECT jsonb_build_object('shown', count(*), 'accepted', count(*) FILTER (WHERE result = 'accepted'),
        'refused', count(*) FILTER (WHERE result = 'refused'), 'later', count(*) FILTER (WHERE result = 'later'),
        'not_offered', count(*) FILTER (WHERE result = 'not_offered'), 'open', count(*) FILTER (WHERE result IS NULL))
     FROM offer_showings f WHERE f.offer_id = o.id AND f.shown_at > now() - interval '30 days') AS figures
"""


async def page(conn: Connection, tenant_id: UUID, after: tuple[int, UUID] | None, limit: int) -> list[asyncpg.Record]:
    """Return offers, what counts most first, with their figures of 30 days."""
    return await conn.fetch(
        f"""
        SELECT o.*, {_FIGURES} FROM offers o
        WHERE o.tenant_id = $1 AND ($2::int IS NULL OR (-o.priority, o.id) > ($2, $3))
        ORDER BY -o.priority, o.id LIMIT $4
        """,  # noqa: S608
        tenant_id,
        *(after or (None, None)),
        limit,
    )


async def one(conn: Connection, tenant_id: UUID, offer_id: UUID) -> asyncpg.Record | None:
    return await conn.fetchrow(
        f"SELECT o.*, {_FIGURES} FROM offers o WHERE o.tenant_id = $1 AND o.id = $2",  # noqa: S608
        tenant_id,
        offer_id,
    )


async def active(conn: Connection, tenant_id: UUID) -> list[asyncpg.Record]:
    return await conn.fetch("SELECT * FROM offers WHERE tenant_id = $1 AND active ORDER BY code LIMIT 500", tenant_id)


async def count(conn: Connection, tenant_id: UUID) -> int:
    found: int = await conn.fetchval("SELECT count(*) FROM offers WHERE tenant_id = $1", tenant_id)
    return found


async def add(
    conn: Connection, tenant_id: UUID, offer_id: UUID, fields: Mapping[str, Any], by: UUID | None, at: datetime
) -> bool:
    """Return false when the tenant has one of that code already."""
    places = ", ".join(f"${place}" for place in range(5, 5 + len(COLUMNS)))
    added = await conn.execute(
        f"INSERT INTO offers (id, tenant_id, changed_at, changed_by, {', '.join(COLUMNS)}) "  # noqa: S608 - from above
        f"VALUES ($1, $2, $3, $4, {places}) ON CONFLICT (tenant_id, code) DO NOTHING",
        offer_id,
        tenant_id,
        at,
        by,
        *(fields[name] for name in COLUMNS),
    )
    return added == "INSERT 0 1"


async def change(conn: Connection, offer_id: UUID, changes: Mapping[str, Any], by: UUID, at: datetime) -> None:
    names = [name for name in COLUMNS if name in changes]
    wanted = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 4))
    await conn.execute(
        f"UPDATE offers SET changed_at = $2, changed_by = $3, {wanted} WHERE id = $1",  # noqa: S608 - from above
        offer_id,
        at,
        by,
        *(changes[name] for name in names),
    )


async def delete(conn: Connection, tenant_id: UUID, offer_id: UUID) -> None:
    await conn.execute("DELETE FROM offers WHERE tenant_id = $1 AND id = $2", tenant_id, offer_id)


async def shown_to(conn: Connection, tenant_id: UUID, customer_ids: Sequence[UUID], but: UUID) -> list[asyncpg.Record]:
    """Return what was offered to the customer in other contacts, the newest first."""
    return await conn.fetch(
        "SELECT offer_id, shown_at, result FROM offer_showings "
        "WHERE tenant_id = $1 AND customer_id = ANY($2) AND interaction_id <> $3 ORDER BY shown_at DESC LIMIT 500",
        tenant_id,
        customer_ids,
        but,
    )


async def showing(conn: Connection, tenant_id: UUID, interaction_id: UUID) -> dict[str, Any] | None:
    row = await conn.fetchrow(
        """
        SELECT s.id, s.offer_id, s.shown_at, s.result, s.reason, s.result_at, o.code, o.name, o.name_en, o.text,
            o.text_en, o.business
        FROM offer_showings s JOIN offers o ON o.id = s.offer_id WHERE s.tenant_id = $1 AND s.interaction_id = $2
        """,
        tenant_id,
        interaction_id,
    )
    return dict(row) if row is not None else None


async def show(
    conn: Connection,
    tenant_id: UUID,
    showing_id: UUID,
    offer_id: UUID,
    interaction_id: UUID,
    customer_id: UUID,
    person_id: UUID,
    at: datetime,
) -> bool:
    """Return false when something was offered in the contact already."""
    added = await conn.execute(
        """
        INSERT INTO offer_showings (id, tenant_id, offer_id, interaction_id, customer_id, person_id, shown_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (interaction_id) DO NOTHING
        """,
        showing_id,
        tenant_id,
        offer_id,
        interaction_id,
        customer_id,
        person_id,
        at,
    )
    return added == "INSERT 0 1"


async def put_result(conn: Connection, showing_id: UUID, result: str, reason: str, at: datetime) -> None:
    await conn.execute(
        "UPDATE offer_showings SET result = $2, reason = $3, result_at = $4 WHERE id = $1",
        showing_id,
        result,
        reason,
        at,
    )


async def settle(conn: Connection, tenant_id: UUID, interaction_id: UUID, person_id: UUID, at: datetime) -> None:
    await conn.execute(
        "INSERT INTO settled_contacts (tenant_id, interaction_id, person_id, at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING",
        tenant_id,
        interaction_id,
        person_id,
        at,
    )


async def settled(conn: Connection, tenant_id: UUID, interaction_id: UUID) -> bool:
    """Return whether an agent said so, or a script ended in the contact with `solved`."""
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM settled_contacts WHERE tenant_id = $1 AND interaction_id = $2) OR EXISTS "
        "(SELECT FROM script_runs WHERE tenant_id = $1 AND interaction_id = $2 AND outcome = 'solved')",
        tenant_id,
        interaction_id,
    )
    return found


async def reasons(conn: Connection, offer_id: UUID) -> list[asyncpg.Record]:
    """Return why it was refused or not made, by result, the most frequent first."""
    return await conn.fetch(
        "SELECT result, reason, count(*) AS times FROM offer_showings WHERE offer_id = $1 AND reason <> '' "
        "AND shown_at > now() - interval '30 days' GROUP BY result, reason ORDER BY count(*) DESC, reason LIMIT 20",
        offer_id,
    )
