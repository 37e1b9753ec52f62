"""What recordings keep of customers (`customers.ports.PersonalData`): their voice."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yuelai.customers.ports import Afterwards, Subject
from yuelai.platform.config import Settings

if TYPE_CHECKING:
    from yuelai.platform.db import Connection

_THEIRS = """
    FROM recordings r JOIN interactions i ON i.id = r.interaction_id
    WHERE r.tenant_id = $1 AND (i.customer_id = ANY($2) OR i.customer_id IS NULL AND i.ani_e164 = ANY($3))
"""


class RecordingsPersonalData:
    """Must be asked before interactions are: by their numbers recordings are found."""

    name = "recordings"

    def __init__(self, settings: Settings) -> None:
        self._home = settings.folder

    async def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """Return which recordings there are, the oldest first; each is heard at `/api/v1/recordings/{id}/audio`."""
        rows = await conn.fetch(
            f"SELECT r.id, r.interaction_id, r.started_at, r.duration_ms, r.wrapped_key = '' AS erased "
            f"{_THEIRS} ORDER BY r.id",
            subject.tenant_id,
            subject.ids,
            subject.phones,
        )
        return [dict(row) for row in rows]

    async def erase(self, conn: Connection, subject: Subject) -> Afterwards | None:
        """Throw the keys away: from then on nobody can read the files, which are removed afterwards."""
        rows = await conn.fetch(
            "UPDATE recordings SET wrapped_key = '', peaks = NULL, pauses = '{}' "  # noqa: S608
            f"WHERE id IN (SELECT r.id {_THEIRS}) "
            "AND wrapped_key <> '' RETURNING file, leftover",
            subject.tenant_id,
            subject.ids,
            subject.phones,
        )
        files = [self._home / file for row in rows for file in (row["file"], row["leftover"]) if file is not None]

        async def remove() -> None:
            await asyncio.to_thread(_remove, files)

        return remove if files else None


def _remove(files: list[Path]) -> None:
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
