"""SQL of who took part, written: what the projector does with facts about participants, wrap-ups and links.

Applied twice each does what it did once: rows are keyed by participant or by the journal entry that began them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.interactions.events import InteractionEnded, Linked, ParticipantJoined, ParticipantLeft, Role, WrappedUp
from yuelai.interactions.texts import text
from yuelai.platform.journal import Entry

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

# Agents who leave begin to wrap up at that instant.
_LEAVE = """
    WITH gone AS (
        UPDATE interaction_participants SET left_at = greatest(joined_at, $2), reason = $3
        WHERE interaction_id = $1 AND left_at IS NULL AND ($4::uuid IS NULL OR id = $4)
        RETURNING tenant_id, role, agent_id
    )
    INSERT INTO interaction_wrapups (interaction_id, seq, agent_id, tenant_id, started_at, in_charge)
    SELECT $1, $5, agent_id, tenant_id, $2, agent_id IS NOT DISTINCT FROM $6
    FROM gone WHERE role = 'agent' AND agent_id IS NOT NULL ON CONFLICT DO NOTHING
"""


async def joined(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, ParticipantJoined)
    await conn.execute(
        """
        INSERT INTO interaction_participants (interaction_id, id, tenant_id, role, agent_id, address, joined_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        """,
        fact.interaction_id,
        fact.participant_id,
        fact.tenant_id,
        fact.role.value,
        fact.agent_id,
        text(entry.private.get("address")),
        fact.at,
    )
    if fact.role is Role.AGENT:
        await conn.execute(
            "UPDATE interaction_wrapups SET ended_at = greatest(started_at, $3) "
            "WHERE interaction_id = $1 AND agent_id = $2 AND ended_at IS NULL AND seq < $4",
            fact.interaction_id,
            fact.agent_id,
            fact.at,
            entry.seq,
        )


async def left(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, ParticipantLeft)
    await conn.execute(_LEAVE, fact.interaction_id, fact.at, fact.reason, fact.participant_id, entry.seq, None)


async def all_left(conn: Connection, entry: Entry) -> None:
    """The customer's part is over."""
    fact = entry.fact
    assert isinstance(fact, InteractionEnded)
    await conn.execute(_LEAVE, fact.interaction_id, fact.at, "ended", None, entry.seq, fact.wrapup_agent_id)


async def wrapped_up(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, WrappedUp)
    await conn.execute(
        "UPDATE interaction_wrapups SET ended_at = greatest(started_at, $3), disposition = $4, note = $5 "
        "WHERE interaction_id = $1 AND agent_id = $2 AND ended_at IS NULL AND seq < $6",
        fact.interaction_id,
        fact.agent_id,
        fact.at,
        text(fact.disposition) or None,
        text(entry.private.get("note")),
        entry.seq,
    )
    await _sum_up(conn, fact.interaction_id)


async def _sum_up(conn: Connection, interaction_id: UUID) -> None:
    """The interaction's own disposition and note are those of the agent who left the customer last."""
    await conn.execute(
        """
        UPDATE interactions i SET
            disposition = (SELECT w.disposition FROM interaction_wrapups w WHERE w.interaction_id = i.id
                AND w.disposition IS NOT NULL ORDER BY w.started_at DESC, w.in_charge DESC, w.seq DESC LIMIT 1),
            note = (SELECT w.note FROM interaction_wrapups w WHERE w.interaction_id = i.id
                AND w.note <> '' ORDER BY w.started_at DESC, w.in_charge DESC, w.seq DESC LIMIT 1)
        WHERE i.id = $1
        """,
        interaction_id,
    )


async def linked(conn: Connection, entry: Entry) -> None:
    fact = entry.fact
    assert isinstance(fact, Linked)
    await conn.execute(
        "INSERT INTO interaction_links (interaction_id, kind, other_id, tenant_id, at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        fact.interaction_id,
        fact.kind,
        fact.other_id,
        fact.tenant_id,
        fact.at,
    )
