"""Call detail records as a CSV file, a row at a time from a server-side cursor: memory does not grow with the rows.

Columns are documented in docs/reference/cdr.md; they are only ever added to, at the end.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from yuelai.identity.model import Principal
from yuelai.identity.scope import Scope, scoped
from yuelai.interactions import queries
from yuelai.interactions.errors import TooManyExports
from yuelai.interactions.service import Filter, narrowed
from yuelai.platform import spreadsheets
from yuelai.platform.db import Database
from yuelai.platform.spreadsheets import safe

PERMISSION = "interactions.export"
AT_ONCE = 2
"""Exports that one process makes at the same time: each holds a connection for as long as its reader reads."""
_ROWS = 500
"""Rows that are fetched, and sent, together."""

_SECONDS = """coalesce((SELECT round(extract(epoch FROM sum(s.ended_at - s.started_at))::numeric, 3)
    FROM interaction_segments s WHERE s.interaction_id = i.id AND s.kind = '{kind}'), 0)"""

_CALLS = f"""
    SELECT i.trail_no, i.id, i.channel, i.direction, i.started_at, i.answered_at, i.ended_at, i.closed_at, i.end_reason,
        CASE i.direction WHEN 'out' THEN i.dnis ELSE i.ani END AS customer_number,
        CASE i.direction WHEN 'out' THEN i.ani ELSE i.dnis END AS our_number,
        i.match, c.no AS customer_no, c.name AS customer_name, c.class AS customer_class,
        q.code AS queue, p.number AS agent, p.name AS agent_name,
        (SELECT string_agg(t.number, ' ' ORDER BY t.joined_at) FROM (
            SELECT a.number, min(k.joined_at) AS joined_at FROM interaction_participants k
            JOIN people a ON a.id = k.agent_id WHERE k.interaction_id = i.id AND k.role = 'agent' GROUP BY a.number
        ) t) AS agents,
        {_SECONDS.format(kind="ivr")} AS ivr_seconds,
        round(i.wait_ms / 1000.0, 3) AS wait_seconds, round(i.talk_ms / 1000.0, 3) AS talk_seconds,
        round(i.hold_ms / 1000.0, 3) AS hold_seconds, round(i.consult_ms / 1000.0, 3) AS consult_seconds,
        {_SECONDS.format(kind="wrapup")} AS wrapup_seconds,
        i.disposition,
        (SELECT count(*) FROM recordings r WHERE r.interaction_id = i.id AND r.state <> 'capturing') AS recordings,
        (SELECT o.trail_no FROM interaction_links l JOIN interactions o ON o.id = l.other_id
         WHERE l.interaction_id = i.id AND l.kind = 'previous' LIMIT 1) AS previous
    FROM interactions i
    LEFT JOIN customers met ON met.id = i.customer_id
    LEFT JOIN customers c ON c.id = coalesce(met.merged_into, met.id)
    LEFT JOIN queues q ON q.id = i.queue_id
    LEFT JOIN people p ON p.id = i.agent_id
    WHERE {{where}} ORDER BY i.id
"""  # noqa: S608 - our own words
_LEGS = """
    SELECT i.trail_no, i.id, leg.leg, leg.kind, leg.started_at, leg.ended_at,
        round(extract(epoch FROM leg.ended_at - leg.started_at)::numeric, 3) AS seconds,
        p.number AS agent, p.name AS agent_name, q.code AS queue, leg.address, leg.reason, leg.disposition
    FROM interactions i CROSS JOIN LATERAL (
        SELECT 'segment' AS leg, s.kind, s.started_at, s.ended_at, s.agent_id, s.queue_id, NULL AS address,
            NULL AS reason, NULL AS disposition, 0 AS part, s.seq
        FROM interaction_segments s WHERE s.interaction_id = i.id
        UNION ALL SELECT 'participant', 'customer', i.started_at, i.ended_at, NULL, NULL,
            CASE i.direction WHEN 'out' THEN i.dnis ELSE i.ani END, i.end_reason, NULL, 1, 0
        UNION ALL SELECT 'participant', t.role, t.joined_at, t.left_at, t.agent_id, NULL, t.address, t.reason,
            NULL, 1, 1
        FROM interaction_participants t WHERE t.interaction_id = i.id
        UNION ALL SELECT 'wrapup', 'wrapup', w.started_at, w.ended_at, w.agent_id, NULL, NULL, NULL, w.disposition, 2,
            w.seq
        FROM interaction_wrapups w WHERE w.interaction_id = i.id
    ) leg
    LEFT JOIN people p ON p.id = leg.agent_id
    LEFT JOIN queues q ON q.id = leg.queue_id
    WHERE {where} ORDER BY i.id, leg.part, leg.started_at, leg.seq
"""

CALLS = (
    "trail_no", "id", "channel", "direction", "started_at", "answered_at", "ended_at", "closed_at", "end_reason",
    "customer_number", "our_number", "match", "customer_no", "customer_name", "customer_class", "queue", "agent",
    "agent_name", "agents", "ivr_seconds", "wait_seconds", "talk_seconds", "hold_seconds", "consult_seconds",
    "wrapup_seconds", "disposition", "recordings", "previous",
)  # fmt: skip
"""Columns of a file with a row for each interaction."""
LEGS = (
    "trail_no", "id", "leg", "kind", "started_at", "ended_at", "seconds", "agent", "agent_name", "queue", "address",
    "reason", "disposition",
)  # fmt: skip
"""Columns of a file with a row for each segment, participant and wrap-up."""


class _Slots:
    def __init__(self, number: int) -> None:
        self._free = number

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        if self._free == 0:
            raise TooManyExports()
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


_slots = _Slots(AT_ONCE)


def scope_of(principal: Principal, wanted: Filter) -> Scope:
    """Return what the principal may export of it. Raises `Forbidden`."""
    return narrowed(scoped(principal, PERMISSION, tenant="i.tenant_id", own=queries.OWN), wanted)


async def lines(
    database: Database, principal: Principal, wanted: Filter, *, legs: bool = False, mark: bool = True
) -> AsyncIterator[bytes]:
    """Yield the file piece by piece, oldest first, as it was when the first piece was read.

    `legs` has a row for each segment, participant and wrap-up instead of each interaction; `mark` puts a byte order
    mark before it. Raises `TooManyExports` and `Unavailable` with the first piece.
    """
    columns, sql = (LEGS, _LEGS) if legs else (CALLS, _CALLS)
    scope = scope_of(principal, wanted)
    with _slots.one():
        async with database.transaction(principal.tenant_id) as conn:
            cursor = await conn.cursor(sql.format(where=scope.sql), *scope.args)
            found = await cursor.fetch(_ROWS)
            head = spreadsheets.BYTE_ORDER_MARK if mark else ""
            yield head.encode() + spreadsheets.rows([columns])
            while found:
                yield spreadsheets.rows([_cell(row[name]) for name in columns] for row in found)
                found = await cursor.fetch(_ROWS)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        case Decimal():
            return f"{value:f}"
        case int():
            return str(value)
    return safe(str(value))
