"""The journal beside a snapshot of the database: everything the snapshot has not got yet, without a gap.

Core deletes segments as soon as PostgreSQL has them. Segments are therefore linked, not copied, once before the
snapshot and once after: what the snapshot lacks is in one of the two, however fast the database follows.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from yuelai.platform.backup.errors import BackupFailed
from yuelai.platform.journal import decode_line


class JournalCopy:
    """Links to the segments of a journal, in a folder of our own on the same disk."""

    def __init__(self, journal: Path, folder: Path) -> None:
        self._journal, self._folder = journal, folder
        folder.mkdir(mode=0o700)

    def link(self) -> None:
        """Take hold of the segments that are there now."""
        for segment in sorted(self._journal.glob("*.log")):
            with contextlib.suppress(FileExistsError, FileNotFoundError):
                os.link(segment, self._folder / segment.name)

    def files(self) -> Iterator[tuple[str, Path, int]]:
        """Yield name, path and length now. Raises BackupFailed when an entry is missing between two segments."""
        segments = sorted(self._folder.glob("*.log"))
        for segment, following in pairwise(segments):
            if _last(segment) + 1 != int(following.stem):
                raise BackupFailed("the journal moved on too fast; try again")
        for segment in segments:
            yield segment.name, segment, segment.stat().st_size
        name = self._journal / "name"
        if name.exists():
            yield "name", name, name.stat().st_size

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _last(segment: Path) -> int:
    last = int(segment.stem) - 1
    with segment.open("rb") as file:
        for line in file:
            if entries := decode_line(line):
                last = entries[-1].seq
    return last
