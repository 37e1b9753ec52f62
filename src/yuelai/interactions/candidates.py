"""Who of those who share a caller's number it probably is, and what to ask them; how often a caller came lately.

What customers are told apart by is the customers room's; this adds what contacts know. The caller opens the transaction
and has seen to it that the agent has part in the contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from yuelai.customers.apart import service as apart
from yuelai.customers.apart.likelihood import likelihood
from yuelai.customers.apart.model import Facts
from yuelai.customers.apart.questions import questions
from yuelai.customers.phones import normalise
from yuelai.customers.sealing import Vault

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

LATELY = timedelta(days=7)
"""In which contacts are counted."""
REMEMBERED = timedelta(days=400)
"""A last contact longer ago tells nobody apart."""


async def told_apart(
    conn: Connection,
    tenant_id: UUID,
    ids: Sequence[UUID],
    number: str,
    *,
    topics: Sequence[str],
    vault: Vault,
    now: datetime,
) -> dict[str, Any]:
    """Return `{items, questions}`: the candidates, the likeliest first, and what splits them best."""
    found = await apart.facts(conn, tenant_id, ids, number, vault)
    family_of = {one: facts.id for facts, family in found for one in family}
    last = await _last_contacts(conn, tenant_id, family_of, now)
    owed = await _owed(conn, tenant_id, family_of)
    items = [_item(facts, last.get(facts.id), owed.get(facts.id, 0), topics, now) for facts, _ in found]
    # Equally likely ones stay in the order of the number: owners first, then the longest known.
    items.sort(key=lambda item: -item["likelihood"])
    return {"items": items, "questions": [asdict(one) for one in questions([facts for facts, _ in found])]}


def _item(facts: Facts, last: asyncpg.Record | None, owed: int, topics: Sequence[str], now: datetime) -> dict[str, Any]:
    days = (now - last["started_at"]) / timedelta(days=1) if last is not None else None
    likely = likelihood(facts.role, last_days=days, open_callback=owed > 0, products=facts.products, topics=topics)
    return {
        "customer_id": facts.id,
        "role": facts.role,
        "label": facts.label,
        "products": list(facts.products[:3]),
        "last_contact": {"at": last["started_at"], "channel": last["channel"]} if last is not None else None,
        "open_callbacks": owed,
        "likelihood": likely.level,
        "reasons": likely.reasons,
    }


async def _last_contacts(
    conn: Connection, tenant_id: UUID, family_of: dict[UUID, UUID], now: datetime
) -> dict[UUID, asyncpg.Record]:
    """Return by customer the newest contact that is over."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT ON (customer_id) customer_id, started_at, channel FROM interactions
        WHERE tenant_id = $1 AND customer_id = ANY($2) AND id >= uuid7_floor($3) AND ended_at IS NOT NULL
        ORDER BY customer_id, id DESC
        """,
        tenant_id,
        list(family_of),
        now - REMEMBERED,
    )
    newest: dict[UUID, asyncpg.Record] = {}
    for row in rows:
        survivor = family_of[row["customer_id"]]
        if survivor not in newest or newest[survivor]["started_at"] < row["started_at"]:
            newest[survivor] = row
    return newest


async def _owed(conn: Connection, tenant_id: UUID, family_of: dict[UUID, UUID]) -> dict[UUID, int]:
    """Return by customer how many calls we owe."""
    rows = await conn.fetch(
        """
        SELECT customer_id, count(*) AS count FROM callbacks
        WHERE tenant_id = $1 AND customer_id = ANY($2) AND state IN ('waiting', 'offered', 'dialling')
        GROUP BY customer_id
        """,
        tenant_id,
        list(family_of),
    )
    owed: dict[UUID, int] = {}
    for row in rows:
        survivor = family_of[row["customer_id"]]
        owed[survivor] = owed.get(survivor, 0) + row["count"]
    return owed


async def standing(
    conn: Connection, tenant_id: UUID, family: Sequence[UUID], number: str, interaction_id: UUID, now: datetime
) -> dict[str, int]:
    """Return how many contacts the customer (or, of nobody known, the number) began lately, this one among them, and
    how many calls we owe them."""
    e164 = normalise(number)
    calls = await conn.fetchval(
        """
        SELECT count(*) FROM (
            SELECT id FROM interactions WHERE tenant_id = $1 AND customer_id = ANY($2) AND id >= uuid7_floor($4)
                AND direction = 'in' AND channel <> 'internal'
            UNION
            SELECT id FROM interactions WHERE tenant_id = $1 AND cardinality($2::uuid[]) = 0 AND ani_e164 = $3
                AND id >= uuid7_floor($4) AND direction = 'in'
            UNION SELECT $5
        ) came
        """,
        tenant_id,
        family,
        e164,
        now - LATELY,
        interaction_id,
    )
    owed = await conn.fetchval(
        """
        SELECT count(*) FROM callbacks WHERE tenant_id = $1 AND state IN ('waiting', 'offered', 'dialling')
            AND (customer_id = ANY($2) OR (customer_id IS NULL AND number_e164 = $3))
        """,
        tenant_id,
        family,
        e164,
    )
    return {"contacts_lately": calls, "open_callbacks": owed}
