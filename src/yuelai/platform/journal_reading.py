"""Looking into a journal that somebody else may have open: what of it the database has not got yet."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from yuelai.platform.journal import Entry, decode_line

if TYPE_CHECKING:
    from yuelai.platform.db import Connection


async def unfollowed(conn: Connection, folder: Path, owner: str = "core") -> list[Entry]:
    """Return the entries of the journal in `folder` beyond the position in the database; none if there is no journal.

    The files are read first: what is followed meanwhile counts as followed.
    """
    name, entries = await asyncio.to_thread(_read, folder)
    position = await conn.fetchval("SELECT seq FROM journal_positions WHERE owner = $1", f"{owner}:{name}")
    return [entry for entry in entries if entry.seq > (position or 0)]


def _read(folder: Path) -> tuple[str, list[Entry]]:
    try:
        name = (folder / "name").read_text().strip()
    except FileNotFoundError:
        return "", []
    found: list[Entry] = []
    for segment in sorted(folder.glob("*.log")):
        # One that is not there any more has been followed.
        with contextlib.suppress(FileNotFoundError), segment.open("rb") as file:
            for line in file:
                found += decode_line(line) or []
    return name, found
