"""SQL of recordings."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.identity.scope import Scope
from yuelai.platform.facts import Fact
from yuelai.platform.journal import Entry
from yuelai.recordings.events import RecordingCompleted, RecordingStarted, RecordingState

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


@dataclass(frozen=True)
class Recording:
    """One row; `file` is relative to the home folder, `duration_ms` None while it is captured."""

    id: UUID
    tenant_id: UUID
    interaction_id: UUID
    started_at: datetime
    duration_ms: int | None
    file: str
    wrapped_key: bytes = field(repr=False)
    state: RecordingState


_SELECT = """
SELECT r.id, r.tenant_id, r.interaction_id, r.started_at, r.duration_ms, r.file, r.wrapped_key, r.state
FROM recordings r
"""


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


PROJECTIONS: Mapping[type[Fact], Callable[[Connection, Entry], Awaitable[None]]] = {
    RecordingStarted: project,
    RecordingCompleted: project,
}


async def find(conn: Connection, scope: Scope) -> Recording | None:
    """Return the recording the scope leaves; its columns are known as `r`."""
    row = await conn.fetchrow(f"{_SELECT} WHERE {scope.sql}", *scope.args)
    return None if row is None else _recording(row)


async def capturing(conn: Connection) -> list[Recording]:
    """Return those that nobody has completed, of all tenants (system work)."""
    return [_recording(row) for row in await conn.fetch(f"{_SELECT} WHERE r.state = 'capturing' ORDER BY r.id")]


def _recording(row: Any) -> Recording:
    return Recording(**{**row, "state": RecordingState(row["state"])})
