"""Whether every recording that the database names is on disk and opens: after a restore, and now and then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.recordings.chunks import Tampered, examine
from yuelai.recordings.keys import RecordingKeys
from yuelai.recordings.sealed_file import SealedFile


@dataclass
class Integrity:
    """Ids of recordings by what is wrong with them; `opened` were decrypted whole."""

    complete: int = 0
    opened: int = 0
    missing: list[UUID] = field(default_factory=list)
    spoilt: list[UUID] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.missing and not self.spoilt


async def check(database: Database, home: Path, keys: RecordingKeys, *, open_latest: int = 200) -> Integrity:
    """Look for the file of every complete recording and compare its length; decrypt the `open_latest` newest."""
    found = Integrity()
    async with database.transaction(None) as conn:
        cursor = conn.cursor(
            "SELECT id, file, format, bytes, wrapped_key FROM recordings "
            # Without a key: erased together with a customer's personal data.
            "WHERE state = 'complete' AND wrapped_key <> '' ORDER BY id DESC"
        )
        async for row in cursor:
            found.complete += 1
            path = home / row["file"]
            if not path.is_file():
                found.missing.append(row["id"])
            elif row["bytes"] is not None and path.stat().st_size != row["bytes"]:
                found.spoilt.append(row["id"])
            elif found.opened < open_latest:
                if await asyncio.to_thread(_opens, path, row["format"], keys, row["id"], row["wrapped_key"]):
                    found.opened += 1
                else:
                    found.spoilt.append(row["id"])
    return found


def _opens(path: Path, format_: str, keys: RecordingKeys, id_: UUID, wrapped: bytes) -> bool:
    try:
        key = keys.unwrap(id_, wrapped)
        if format_ == "capture":
            return examine(path, key).whole
        with SealedFile(path, id_, key) as file:
            file.prove(0, file.length)
        return True
    except (Refusal, Tampered, OSError):
        return False
