"""Recordings made through the real journal and database, with an engine that writes files without sound cards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.recordings.captures import SECOND, write
from yuelai.media.capture import ChunkWriter, Coding
from yuelai.media.ports import MediaError, RecordingEnd
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.facts import Fact
from yuelai.platform.ids import SAMPLE_TENANT, InteractionId, LegId, RecordingId, new_id
from yuelai.platform.journal import Journal
from yuelai.platform.projector import Projector
from yuelai.recordings import repository
from yuelai.recordings.jobs import Finisher
from yuelai.recordings.service import Recordings

SAID, HEARD = bytes(range(250)) * 32, bytes(range(249, -1, -1)) * 32
"""One second of each channel."""


class WritingEngine:
    """Only the two verbs of the port that recordings uses; a test says what became of the file."""

    def __init__(self) -> None:
        self.seconds = 2
        self.tail = 400
        self.refuses = self.dies = False
        self._writers: dict[RecordingId, ChunkWriter] = {}

    async def record(self, recording: RecordingId, leg: LegId, file: Path, key: bytes) -> None:
        if self.refuses:
            raise MediaError("unknown leg")
        file.parent.mkdir(parents=True, exist_ok=True)
        writer = ChunkWriter(file.open("xb", buffering=0), recording, key)
        self._writers[recording] = writer
        for second in range(self.seconds):
            write(writer, SAID, HEARD, second * SECOND, Coding.PCMU)

    async def stop_recording(self, recording: RecordingId) -> RecordingEnd:
        writer = self._writers.pop(recording)
        if self.dies:
            raise MediaError("the other process went away")
        at = self.seconds * SECOND
        write(writer, SAID[: self.tail], HEARD[: self.tail], at, Coding.PCMU, end=True)
        return RecordingEnd(recording, (at + self.tail) // 8, writer.bytes)


class Archive:
    """Core's end: recordings, its journal, and what the journal was told."""

    def __init__(self, settings: Settings, database: Database, journal: Journal, projector: Projector) -> None:
        self.settings, self.database, self._journal, self._projector = settings, database, journal, projector
        self.engine: Any = WritingEngine()
        self.facts: list[Fact] = []
        self.recordings = Recordings(settings, database, self.engine, journal.append, SystemClock())
        projector.on_projected.append(lambda entry: self.facts.append(entry.fact))

    async def start(self, interaction_id: InteractionId | None = None) -> RecordingId:
        interaction = interaction_id or InteractionId(new_id())
        return await self.recordings.start(interaction, SAMPLE_TENANT, LegId(new_id()))

    async def settled(self) -> None:
        await self._projector.caught_up()

    async def row(self, recording: RecordingId) -> dict[str, Any]:
        await self.settled()
        async with self.database.transaction(None) as conn:
            return dict(await conn.fetchrow("SELECT * FROM recordings WHERE id = $1", recording))

    async def finish(self, recording: RecordingId) -> dict[str, Any]:
        """Do the worker's job; return the row then."""
        await self.settled()
        await Finisher(self.settings).finish(self.database, recording)
        return await self.row(recording)

    async def path(self, recording: RecordingId) -> Path:
        return self.settings.folder / (await self.row(recording))["file"]


@asynccontextmanager
async def archive(database: Database, home: Path, **settings_: Any) -> AsyncIterator[Archive]:
    """One life of core."""
    settings = Settings(home=home, **settings_)
    journal = await Journal.open(home / "journal", owner="core")
    projector = Projector(journal, database)
    for kind, handler in repository.PROJECTIONS.items():
        projector.register(kind, handler)
    made = Archive(settings, database, journal, projector)
    await projector.start()
    await projector.caught_up()
    try:
        yield made
    finally:
        await projector.close()
        await journal.close()


Change = Callable[[bytes], bytes]


def damage(path: Path, change: Change) -> None:
    path.write_bytes(change(path.read_bytes()))
