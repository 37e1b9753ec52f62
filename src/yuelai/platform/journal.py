"""The journal of one owner of realtime state: what was decided is on disk before it is acted on.

`append` returns after fsync; appends that wait for the same fsync share it (group commit). The projector follows the
journal into PostgreSQL and lets it forget what has arrived there. While PostgreSQL is away the journal grows up to a
bound and then refuses, so that new calls are refused instead of facts lost. The last tenth is kept for contacts that
have begun already (`urgent`); see also `overflow`.

Each append is one line, `CRC-32 in hex`, a space, a JSON array of entries: the records of one call stand or fall
together. A line torn by a crash was never acknowledged and is cut off when the journal is opened.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import itertools
import os
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import structlog

from yuelai.platform import facts
from yuelai.platform.config import private_folder
from yuelai.platform.errors import Unavailable
from yuelai.platform.ids import new_id
from yuelai.platform.journal_writer import Job, SegmentWriter

log = structlog.get_logger()


RESERVE = 0.1
"""Part of the bound that only urgent records may use."""


class JournalFull(Unavailable):
    """The database has been away for so long that nothing more can be taken on."""

    code = "journal_full"


class JournalBroken(Unavailable):
    """The disk refused to keep what was decided; the process must start anew."""

    code = "journal_broken"


class JournalBusy(Exception):
    """Another process holds this journal."""


@dataclass(frozen=True)
class Entry:
    """One fact in the journal. `data` is the fact's plain JSON, `at` the instant it happened, `private` unpublished."""

    seq: int
    id: UUID
    at: datetime
    type: str
    data: dict[str, Any] = field(repr=False)
    private: dict[str, Any] = field(repr=False)
    owner: str
    epoch: int = 0
    """In which its owner decided it (`platform.ownership`)."""

    @cached_property
    def fact(self) -> facts.Fact:
        """Raises KeyError for a type this program does not know, msgspec.ValidationError for a malformed body."""
        return facts.decode(self.type, self.data)


_entries = msgspec.json.Decoder(list[Entry])


def _encode(entries: list[Entry]) -> bytes:
    body = msgspec.json.encode(entries)
    return b"%08x %b\n" % (zlib.crc32(body), body)


def decode_line(line: bytes) -> list[Entry] | None:
    """Return the entries of one line, None for a line that is torn or spoilt."""
    if not line.endswith(b"\n") or line[8:9] != b" ":
        return None
    body = line[9:-1]
    try:
        return _entries.decode(body) if int(line[:8], 16) == zlib.crc32(body) else None
    except (ValueError, msgspec.DecodeError):
        return None


class Journal:
    """Open with `Journal.open`. All methods belong to the event loop; a thread of its own writes and syncs."""

    def __init__(self, folder: Path, owner: str, key: str, max_bytes: int) -> None:
        self.folder, self.owner, self._max_bytes = folder, owner, max_bytes
        self.key = key
        """Names this journal in the database: a new folder is a new journal, whose numbers start again."""
        self.epoch = 0
        """In which entries are decided from now on."""
        self.last_seq = 0
        """Number of the newest entry handed in."""
        self.durable_seq = 0
        """Number of the newest entry on disk."""
        self.unfollowed_bytes = 0
        self._sizes: deque[tuple[int, int]] = deque()
        self._grown = asyncio.Event()
        self._cursor: tuple[int, Path, int] | None = None
        self._lock_file: int = -1
        self._writer: SegmentWriter | None = None
        self.broken = asyncio.Event()
        """Set for good once the disk has failed: nothing more can be decided, the process must start anew."""

    @classmethod
    async def open(
        cls, folder: Path, *, owner: str, max_bytes: int = 256 * 2**20, segment_bytes: int = 8 * 2**20
    ) -> Journal:
        """Open or make a journal; cut a torn tail. `max_bytes` bounds what the database has not got yet.

        Raises JournalBusy when another process has it open.
        """
        private_folder(folder)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise JournalBusy(f"another process holds the journal {folder}") from None
        journal = cls(folder, owner, f"{owner}:{_name(folder)}", max_bytes)
        journal._lock_file = lock
        segment, size = await asyncio.to_thread(journal._recover)
        journal._writer = SegmentWriter(segment, size, segment_bytes, journal._written)
        return journal

    async def append(self, *records: facts.Record, urgent: bool = True) -> int:
        """Put records on disk, all or none, and return the number of the last.

        What begins something new is not `urgent`, and is refused a little before the rest.

        Raises JournalFull when the bound is reached or the disk is full, JournalBroken when the disk fails.
        """
        if self.broken.is_set() or self._writer is None:
            raise JournalBroken
        if not records:
            return self.last_seq
        if self.unfollowed_bytes >= self._max_bytes or not (urgent or self.accepts_new_work):
            raise JournalFull
        entries = [
            Entry(
                seq=self.last_seq + number,
                id=new_id(),
                at=record.fact.at,
                type=record.fact.type,
                data=facts.encode(record.fact),
                private=dict(record.private),
                owner=self.owner,
                epoch=self.epoch,
            )
            for number, record in enumerate(records, 1)
        ]
        line = _encode(entries)
        self.last_seq = entries[-1].seq
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._writer.put(Job(entries[0].seq, entries[-1].seq, line, done))
        # A caller that goes away does not take its decision back: the line is written all the same.
        await asyncio.shield(done)
        return entries[-1].seq

    @property
    def accepts_new_work(self) -> bool:
        """False when nearly full: what is left is for the contacts already here, new ones are to be refused."""
        return not self.broken.is_set() and self.unfollowed_bytes < self._max_bytes * (1 - RESERVE)

    def read(self, after: int, limit: int = 256) -> list[Entry]:
        """Return about `limit` durable entries with numbers beyond `after`, in order."""
        found: list[Entry] = []
        for path, offset in self._places(after):
            with path.open("rb") as file:
                file.seek(offset)
                for line in file:
                    entries = decode_line(line)
                    if entries is None:
                        if line.endswith(b"\n"):
                            log.error("journal_line_spoilt", segment=path.name, offset=offset)
                            offset += len(line)
                            continue
                        break
                    if entries[-1].seq > self.durable_seq:
                        return found
                    offset += len(line)
                    found += [entry for entry in entries if entry.seq > after]
                    self._cursor = (entries[-1].seq, path, offset)
                    if len(found) >= limit:
                        return found
        return found

    async def wait_beyond(self, seq: int) -> None:
        """Return as soon as an entry with a higher number is on disk."""
        while self.durable_seq <= seq:
            self._grown.clear()
            await self._grown.wait()

    def forget(self, seq: int) -> None:
        """Entries up to `seq` are in the database: segments that hold nothing else are deleted."""
        while self._sizes and self._sizes[0][0] <= seq:
            self.unfollowed_bytes -= self._sizes.popleft()[1]
        segments = self._segments()
        for segment, following in itertools.pairwise(segments):
            if int(following.stem) - 1 > seq:
                break
            segment.unlink()

    async def close(self) -> None:
        """Write what waits, then let the journal go."""
        if self._writer is not None:
            self._writer.hand_over()
            await asyncio.to_thread(self._writer.close)
            await asyncio.sleep(0)  # lets the thread's last acknowledgements arrive
            self._writer = None
            os.close(self._lock_file)

    def _written(self, jobs: list[Job], error: BaseException | None) -> None:
        """Hear from the writer, in the event loop, that jobs are on disk, or could not be put there."""
        refusal: Unavailable | None = None
        if error is None:
            self.durable_seq = jobs[-1].last
            for job in jobs:
                self._sizes.append((job.last, len(job.line)))
                self.unfollowed_bytes += len(job.line)
            self._grown.set()
        elif isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            refusal = JournalFull("the disk is full")
        else:
            if not self.broken.is_set():
                self.broken.set()
                log.error("journal_broken", error=repr(error))
            refusal = JournalBroken()
        for job in jobs:
            if job.done.done():
                continue
            if refusal is None:
                job.done.set_result(None)
            else:
                job.done.set_exception(refusal)

    def _segments(self) -> list[Path]:
        return sorted(self.folder.glob("*.log"))

    def _places(self, after: int) -> Iterator[tuple[Path, int]]:
        """Yield where to read from to find entries beyond `after`: the cursor if it stands there, else from a start."""
        segments = self._segments()
        if self._cursor is not None and self._cursor[0] == after and self._cursor[1] in segments:
            _, path, offset = self._cursor
            yield path, offset
            segments = segments[segments.index(path) + 1 :]
        else:
            while len(segments) > 1 and int(segments[1].stem) <= after + 1:
                segments.pop(0)
        for path in segments:
            yield path, 0

    def _recover(self) -> tuple[Path, int]:
        """Count what is there, cut the torn end, and return the segment to go on with and its size."""
        size = 0
        for path in self._segments():
            self.last_seq = max(self.last_seq, int(path.stem) - 1)
            size = offset = 0
            with path.open("rb") as file:
                for line in file:
                    offset += len(line)
                    entries = decode_line(line)
                    if entries is None:
                        continue
                    size = offset
                    self.last_seq = entries[-1].seq
                    self._sizes.append((entries[-1].seq, len(line)))
                    self.unfollowed_bytes += len(line)
            if offset > size:
                log.warning("journal_tail_cut", segment=path.name, kept=size, cut=offset - size)
                os.truncate(path, size)
        self.durable_seq = self.last_seq
        segments = self._segments()
        return (segments[-1], size) if segments else (self.folder / f"{self.last_seq + 1:016}.log", 0)


def _name(folder: Path) -> str:
    """Return the journal's own name, made once."""
    path = folder / "name"
    with contextlib.suppress(FileNotFoundError):
        if name := path.read_text().strip():
            return name
    name = new_id().hex
    draft = folder / "name.new"
    with draft.open("w") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return name
