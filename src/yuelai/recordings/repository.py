"""SQL of recordings."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.identity.model import Principal
from yuelai.identity.scope import Scope
from yuelai.platform import jobs
from yuelai.platform.facts import Fact
from yuelai.platform.journal import Entry
from yuelai.recordings.events import RecordingCompleted, RecordingStarted, RecordingState

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass(frozen=True)
class Recording:
    """One row; `file` is relative to the home folder, `duration_ms` None while it is captured.

    `format` says what the file is: capture, opus or wav. `pauses` has from when to when nothing was kept, in ms, in
    turn.
    """

    id: UUID
    tenant_id: UUID
    interaction_id: UUID
    started_at: datetime
    duration_ms: int | None
    file: str
    wrapped_key: bytes = field(repr=False)
    state: RecordingState
    format: str
    leftover: str | None
    peaks: bytes | None = field(repr=False)
    pauses: list[int]


_SELECT = """
SELECT r.id, r.tenant_id, r.interaction_id, r.started_at, r.duration_ms, r.file, r.wrapped_key, r.state,
    r.format, r.leftover, r.peaks, r.pauses
FROM recordings r
"""

FINISH_JOB = "recordings.finish"
TOGETHER = 1.0
"""Seconds; recordings completed within one of them are finished by one job."""
LISTENED = "recording.listened"
"""In the audit trail."""


async def project(conn: Connection, entry: Entry) -> None:
    """Apply a recording's fact; applying it twice changes nothing."""
    fact = entry.fact
    if isinstance(fact, RecordingStarted):
        await conn.execute(
            """
            INSERT INTO recordings (id, tenant_id, interaction_id, started_at, file, wrapped_key, key_version)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """,
            fact.recording_id,
            fact.tenant_id,
            fact.interaction_id,
            fact.at,
            fact.file,
            base64.b64decode(entry.private["wrapped_key"]),
            fact.key_version,
        )
    elif isinstance(fact, RecordingCompleted):
        await conn.execute(
            """
            UPDATE recordings SET state = $2, duration_ms = $3, bytes = $4, completed_at = $5
            WHERE id = $1 AND state = 'capturing'
            """,
            fact.recording_id,
            fact.state.value,
            fact.duration_ms,
            fact.bytes,
            fact.at,
        )
        if fact.duration_ms:
            await put_down_together(conn, fact.at)


PROJECTIONS: Mapping[type[Fact], Callable[[Connection, Entry], Awaitable[None]]] = {
    RecordingStarted: project,
    RecordingCompleted: project,
}


async def find(conn: Connection, scope: Scope) -> Recording | None:
    """Return the recording the scope leaves; its columns are known as `r`."""
    row = await conn.fetchrow(f"{_SELECT} WHERE {scope.sql}", *scope.args)
    return None if row is None else _recording(row)


async def listened_of_late(conn: Connection, principal: Principal, id_: UUID) -> bool:
    """Tell whether the audit trail has it that they listened to this one within the last hour."""
    found: bool = await conn.fetchval(
        """
        SELECT EXISTS (
            SELECT FROM audit
            WHERE tenant_id = $1 AND object = $2 AND at > now() - interval '1 hour' AND action = $3
                AND person_id = $4 AND token_id IS NOT DISTINCT FROM $5
        )
        """,
        principal.tenant_id,
        f"recording/{id_}",
        LISTENED,
        principal.person_id,
        principal.token_id,
    )
    return found


async def capturing(conn: Connection) -> list[Recording]:
    """Return those that nobody has completed, of all tenants (system work)."""
    return [_recording(row) for row in await conn.fetch(f"{_SELECT} WHERE r.state = 'capturing' ORDER BY r.id")]


async def put_down(conn: Connection, id_: UUID, *, again: bool = False) -> None:
    """Have the worker finish a recording; `again` beside a job that a dead worker may hold."""
    key = f"{FINISH_JOB}:{id_}"
    await jobs.enqueue(conn, FINISH_JOB, {"recording_id": str(id_)}, key=f"{key}:again" if again else key)


async def put_down_together(conn: Connection, at: datetime) -> None:
    """Have the worker finish whatever was completed about then: one job for all, a moment later. A job costs PostgreSQL
    and the worker more than a short recording does."""
    bucket = int(at.timestamp() / TOGETHER)
    await jobs.enqueue(conn, FINISH_JOB, {}, key=f"{FINISH_JOB}:{bucket}", delay=timedelta(seconds=2 * TOGETHER))


async def locked(conn: Connection, id_: UUID) -> Recording | None:
    """Return one row, which nobody else changes until the transaction ends (system work)."""
    row = await conn.fetchrow(f"{_SELECT} WHERE r.id = $1 FOR UPDATE", id_)
    return None if row is None else _recording(row)


async def unfinished(
    conn: Connection, limit: int, *, since: timedelta = timedelta(minutes=2), after: UUID | None = None
) -> list[UUID]:
    """Return those that the worker should have finished, completed `since` ago, of all tenants (system work), in the
    order of their ids, from the one `after`."""
    rows = await conn.fetch(
        """
        SELECT id FROM recordings
        WHERE (format = 'capture' AND state <> 'capturing' AND spoilt IS NULL OR leftover IS NOT NULL)
            AND duration_ms > 0 AND wrapped_key <> '' AND completed_at <= now() - $2::interval
            AND ($3::uuid IS NULL OR id > $3)
        ORDER BY id LIMIT $1
        """,
        limit,
        since,
        after,
    )
    return [row["id"] for row in rows]


async def finished(
    conn: Connection, recording: Recording, *, file: str, format_: str, size: int, peaks: bytes, pauses: list[int]
) -> None:
    """The row tells of another file from now on; the capture is left to be removed."""
    await conn.execute(
        """
        UPDATE recordings
        SET leftover = file, file = $2, format = $3, bytes = $4, peaks = $5, pauses = $6, spoilt = NULL WHERE id = $1
        """,
        recording.id,
        file,
        format_,
        size,
        peaks,
        pauses,
    )


async def spoilt(conn: Connection, id_: UUID, why: str) -> None:
    await conn.execute("UPDATE recordings SET spoilt = $2 WHERE id = $1 AND format = 'capture'", id_, why)


async def leftover_removed(conn: Connection, id_: UUID) -> None:
    await conn.execute("UPDATE recordings SET leftover = NULL WHERE id = $1", id_)


async def keep_peaks(conn: Connection, id_: UUID, peaks: bytes, pauses: list[int]) -> None:
    """Remember how loud a recording is, unless it has been erased meanwhile."""
    await conn.execute(
        "UPDATE recordings SET peaks = $2, pauses = $3 WHERE id = $1 AND wrapped_key <> ''", id_, peaks, pauses
    )


def _recording(row: Any) -> Recording:
    return Recording(**{**row, "state": RecordingState(row["state"])})
