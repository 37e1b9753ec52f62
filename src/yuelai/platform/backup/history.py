"""Which backups were made; shown to whoever runs the centre."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from yuelai.platform.backup.archive import Manifest
from yuelai.platform.ids import new_id

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def note(conn: Connection, file: Path, manifest: Manifest, size: int, seconds: float) -> None:
    await conn.execute(
        "INSERT INTO backups (id, made_at, file, bytes, seconds, row_count) VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(),
        datetime.fromisoformat(manifest.made_at),
        str(file),
        size,
        seconds,
        sum(manifest.rows.values()),
    )


async def latest(conn: Connection, limit: int) -> list[asyncpg.Record]:
    return await conn.fetch(
        "SELECT made_at, file, bytes, seconds, row_count FROM backups ORDER BY made_at DESC LIMIT $1", limit
    )
