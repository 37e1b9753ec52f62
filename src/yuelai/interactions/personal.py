"""What interactions know of customers (`customers.ports.PersonalData`): who called, what was noted and pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.customers.ports import Afterwards, Subject
from yuelai.interactions.errors import ContactStands

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# Contacts put to their name, and those nobody put to anybody's that came from a number only they have.
_THEIRS = """
    SELECT i.id FROM interactions i WHERE i.tenant_id = $1 AND (i.customer_id = ANY($2)
        OR i.customer_id IS NULL AND i.ani_e164 = ANY($3))
"""


class InteractionsPersonalData:
    name = "interactions"

    async def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """Return the contacts with their trails, the oldest first."""
        rows = await conn.fetch(
            f"""
            SELECT i.id, i.trail_no, i.channel, i.direction, i.ani, i.dnis, i.started_at, i.answered_at, i.ended_at,
                i.end_reason, i.disposition, i.note,
                (SELECT coalesce(jsonb_agg(jsonb_build_object('at', t.at, 'kind', t.kind, 'actor', t.actor,
                    'data', t.data, 'text', t.text) ORDER BY t.at, t.seq), '[]')
                 FROM interaction_trail t WHERE t.interaction_id = i.id) AS trail
            FROM interactions i WHERE i.id IN ({_THEIRS}) ORDER BY i.id
            """,  # noqa: S608
            subject.tenant_id,
            subject.ids,
            subject.phones,
        )
        return [dict(row) for row in rows]

    async def erase(self, conn: Connection, subject: Subject) -> Afterwards | None:
        """Take out numbers, notes and what was typed; when, how long and by whom served stays.

        Raises `ContactStands`: what is still to come of a standing contact would be written after us.
        """
        rows = await conn.fetch(
            f"SELECT id, closed_at FROM interactions WHERE id IN ({_THEIRS}) ORDER BY id FOR UPDATE",  # noqa: S608
            subject.tenant_id,
            subject.ids,
            subject.phones,
        )
        # Whoever is served now may turn out to be them: their card is on the agent's screen.
        candidate = await conn.fetchval(
            "SELECT EXISTS (SELECT FROM interactions "
            "WHERE closed_at IS NULL AND tenant_id = $1 AND candidate_ids && $2)",
            subject.tenant_id,
            subject.ids,
        )
        if candidate or any(row["closed_at"] is None for row in rows):
            raise ContactStands()
        theirs: list[UUID] = [row["id"] for row in rows]
        await conn.execute(
            "UPDATE interactions SET note = NULL, ani_e164 = NULL, "
            "ani = CASE direction WHEN 'out' THEN ani ELSE '' END, "
            "dnis = CASE direction WHEN 'out' THEN '' ELSE dnis END WHERE id = ANY($1)",
            theirs,
        )
        # What customers pressed may be a card's or a document's number.
        await conn.execute(
            "UPDATE interaction_trail SET text = '', "
            "data = CASE actor WHEN 'customer' THEN '{}' ELSE data - 'number' END "
            "WHERE interaction_id = ANY($1)",
            theirs,
        )
        await conn.execute("UPDATE interaction_wrapups SET note = '' WHERE interaction_id = ANY($1)", theirs)
        await conn.execute("UPDATE interaction_participants SET address = '' WHERE interaction_id = ANY($1)", theirs)
        # What could not be written into these tables waits for somebody to look at it.
        await conn.execute(
            "UPDATE journal_parked SET private = '{}' WHERE fact ->> 'interaction_id' = ANY($1)",
            [str(id_) for id_ in theirs],
        )
        return None
