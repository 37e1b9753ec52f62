"""Contacts that were had before this centre kept them: samples, or what another system had on record.

They go into the tables as what the projector would have made of their facts, for there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from yuelai.customers.phones import normalise
from yuelai.interactions.events import EndReason, Role, SegmentKind
from yuelai.platform.ids import TenantId, new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

MENU_SECONDS = 12
RING_SECONDS = 4


@dataclass(frozen=True)
class PastContact:
    """A call by a customer known by their number; `id` is a UUIDv7 of the instant at which it began.

    Without an agent it ended where it got to: in the queue if it has one, else in the menu, which served it. Seconds
    are whole. `choice` is what was pressed, and what that stood for.
    """

    id: UUID
    trail_no: str
    customer_id: UUID
    ani: str
    dnis: str
    started_at: datetime
    choice: tuple[str, str]
    queue_id: UUID | None = None
    agent_id: UUID | None = None
    agent_number: str = ""
    wait: int = 0
    talk: int = 0
    wrapup: int = 0
    disposition: str | None = None
    note: str = ""
    channel: str = "voice"

    @property
    def reason(self) -> EndReason:
        if self.agent_id is not None:
            return EndReason.CUSTOMER_HUNG_UP
        return EndReason.ABANDONED if self.queue_id is not None else EndReason.SERVED

    def stages(self) -> list[tuple[SegmentKind, datetime, datetime]]:
        """What became of it, one after the other: kind, begin and end."""
        lengths = [(SegmentKind.IVR, MENU_SECONDS)]
        if self.queue_id is not None:
            lengths.append((SegmentKind.QUEUE, self.wait))
        if self.agent_id is not None:
            lengths += [(SegmentKind.RING, RING_SECONDS), (SegmentKind.TALK, self.talk)]
            lengths.append((SegmentKind.WRAPUP, self.wrapup))
        found, at = [], self.started_at
        for kind, seconds in lengths:
            found.append((kind, at, at + timedelta(seconds=seconds)))
            at = found[-1][2]
        return found


async def put(conn: Connection, tenant_id: TenantId, contacts: Sequence[PastContact]) -> None:
    """Add them; those that are there already stay as they are."""
    for contact in contacts:
        await _put(conn, tenant_id, contact)


async def _put(conn: Connection, tenant_id: TenantId, one: PastContact) -> None:
    stages = one.stages()
    ends = {kind: end for kind, _, end in stages}
    talked = [begin for kind, begin, _ in stages if kind is SegmentKind.TALK]
    ended = ends.get(SegmentKind.TALK, stages[-1][2])
    waited = one.wait + (RING_SECONDS if talked else 0) if one.queue_id else 0
    added = await conn.fetchval(
        """
        INSERT INTO interactions (id, tenant_id, trail_no, channel, direction, state, ani, ani_e164, dnis, started_at,
            answered_at, ended_at, closed_at, end_reason, match, customer_id, queue_id, agent_id, wait_ms, talk_ms,
            disposition, note)
        VALUES ($1, $2, $3, $4, 'in', 'closed', $5, $6, $7, $8, $9, $10, $11, $12, 'one', $13, $14, $15, $16, $17, $18,
            $19)
        ON CONFLICT (id) DO NOTHING RETURNING true
        """,
        *(one.id, tenant_id, one.trail_no, one.channel, one.ani, normalise(one.ani), one.dnis, one.started_at),
        *(talked[0] if talked else None, ended, stages[-1][2], one.reason.value, one.customer_id, one.queue_id),
        *(one.agent_id, waited * 1000, one.talk * 1000, one.disposition, one.note or None),
    )
    if not added:
        return
    theirs = (SegmentKind.RING, SegmentKind.TALK, SegmentKind.WRAPUP)
    await conn.executemany(
        """
        INSERT INTO interaction_segments (interaction_id, id, seq, tenant_id, kind, started_at, ended_at, agent_id,
            queue_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        [
            (one.id, new_id(), place, tenant_id, kind.value, begin, end, one.agent_id if kind in theirs else None,
             None if kind is SegmentKind.IVR else one.queue_id)
            for place, (kind, begin, end) in enumerate(stages, 1)
        ],
    )  # fmt: skip
    if talked and one.agent_id is not None:
        await conn.execute(
            """
            INSERT INTO interaction_participants (interaction_id, id, tenant_id, role, agent_id, address, joined_at,
                left_at, reason)
            VALUES ($1, $2, $3, $4, $5, '', $6, $7, 'ended')
            """,
            *(one.id, new_id(), tenant_id, Role.AGENT.value, one.agent_id, talked[0], ended),
        )
        await conn.execute(
            """
            INSERT INTO interaction_wrapups (interaction_id, seq, agent_id, tenant_id, started_at, ended_at,
                disposition, note, in_charge)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true)
            """,
            *(one.id, len(stages), one.agent_id, tenant_id, ended, stages[-1][2], one.disposition, one.note),
        )
    await _tell(conn, tenant_id, one)


async def _tell(conn: Connection, tenant_id: TenantId, one: PastContact) -> None:
    key, choice = one.choice
    pressed = one.started_at + timedelta(seconds=MENU_SECONDS - 2)
    lines = [(pressed, "flow", "system", {"node": "main_menu", "label": "主菜单", "key": key, "choice": choice}, "")]
    if one.note:
        written = one.stages()[-1][1]
        lines.append((written, "note", one.agent_number, {}, one.note))
    await conn.executemany(
        """
        INSERT INTO interaction_trail (interaction_id, id, seq, tenant_id, at, kind, actor, data, text)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        [(one.id, new_id(), seq, tenant_id, *line) for seq, line in enumerate(lines, 1)],
    )
