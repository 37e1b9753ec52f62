"""Capture: what is decided about a recording, from its key to its end. Core owns it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from yuelai.interactions.events import InteractionRecorded
from yuelai.media.ports import MediaEngine, MediaError
from yuelai.platform.clock import Clock
from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.errors import Refusal
from yuelai.platform.facts import Record
from yuelai.platform.ids import InteractionId, LegId, RecordingId, new_id
from yuelai.recordings import repository
from yuelai.recordings.chunks import Found, Tampered, examine
from yuelai.recordings.events import RecordingCompleted, RecordingStarted, RecordingState
from yuelai.recordings.keys import RecordingKeys

log = structlog.get_logger()

_NOTHING = Found(0, 0, False)


@dataclass(frozen=True)
class _Running:
    interaction_id: UUID
    tenant_id: UUID
    file: Path
    key: bytes = field(repr=False)
    found: Found | None = None
    """What there is of it, once nothing more is recorded."""


class Recordings:
    """`append` puts records into the journal of core; the projector makes rows of them."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        media: MediaEngine,
        append: Callable[..., Awaitable[Any]],
        clock: Clock,
    ) -> None:
        """Makes the master key in home if none is set. Raises BadKeyFile."""
        self._home, self._database, self._media = settings.folder, database, media
        self._append, self._clock = append, clock
        self._keys = RecordingKeys.load(settings, create=True)
        self._running: dict[RecordingId, _Running] = {}

    async def start(self, interaction_id: InteractionId, tenant_id: UUID, leg: LegId) -> RecordingId:
        """Record a leg from now on. Raises MediaError; the recording is then completed with nothing in it."""
        recording_id, now = RecordingId(new_id()), self._clock.now()
        key = self._keys.new(recording_id)
        file = f"recordings/{now:%Y/%m/%d}/{recording_id}.yrec"
        started = RecordingStarted(
            at=now,
            tenant_id=tenant_id,
            recording_id=recording_id,
            interaction_id=interaction_id,
            file=file,
            key_version=key.version,
        )
        # The key must be safe before the first second is sealed with it.
        await self._append(Record(started, {"wrapped_key": base64.b64encode(key.wrapped).decode()}))
        running = _Running(interaction_id, tenant_id, self._home / file, key.plain)
        try:
            await self._media.record(recording_id, leg, running.file, key.plain)
        except MediaError:
            await self._append(Record(self._completed(recording_id, running, _NOTHING)))
            raise
        self._running[recording_id] = running
        return recording_id

    async def pause(self, recording_id: RecordingId, paused: bool) -> None:
        """Keep nothing of either side until told otherwise; the recording's time runs on. Raises MediaError."""
        if recording_id not in self._running:
            raise MediaError(f"recording {recording_id} does not run")
        await self._media.pause_recording(recording_id, paused)

    async def cut(self, recording_id: RecordingId) -> int:
        """Record no more, and return the length in milliseconds; `stop` or `discard` says what becomes of it.

        If the engine died, the file tells how much there is. Raises MediaError when it does not run.
        """
        running = self._running.get(recording_id)
        if running is None:
            raise MediaError(f"recording {recording_id} does not run")
        if running.found is None:
            found = await self._end(recording_id, running)
            self._running[recording_id] = replace(running, found=found)
            return found.duration_ms
        return running.found.duration_ms

    async def stop(self, recording_id: RecordingId) -> int:
        """Complete a recording and return its length in milliseconds. Raises MediaError when it holds nothing."""
        running = self._running.pop(recording_id, None)
        if running is None:
            raise MediaError(f"recording {recording_id} does not run")
        found = running.found or await self._end(recording_id, running)
        await self._append(Record(self._completed(recording_id, running, found)))
        if not found.duration_ms and not found.whole:
            raise MediaError(f"recording {recording_id} holds nothing")
        return found.duration_ms

    async def _end(self, recording_id: RecordingId, running: _Running) -> Found:
        try:
            end = await self._media.stop_recording(recording_id)
        except MediaError as error:
            log.warning("recording_cut", recording_id=str(recording_id), error=str(error))
            return await _look_into(running.file, running.key)
        return Found(end.duration_ms, end.bytes, True)

    async def discard(self, recording_id: RecordingId) -> None:
        """End a recording, if it still runs, and keep nothing of it: its row tells of no second, its file is gone."""
        running = self._running.pop(recording_id, None)
        if running is None:
            return
        if running.found is None:
            with contextlib.suppress(MediaError):
                await self._media.stop_recording(recording_id)
        await self._append(Record(self._completed(recording_id, running, _NOTHING)))
        await asyncio.to_thread(running.file.unlink, missing_ok=True)

    async def recover(self) -> int:
        """Complete what an earlier life of core left open, from the files; return how many there were.

        Call it once the projector has caught up and before calls are taken.
        """
        async with self._database.transaction(None) as conn:
            left = await repository.capturing(conn)
        for recording in left:
            found = _NOTHING
            try:
                key = self._keys.unwrap(recording.id, recording.wrapped_key)
                found = await _look_into(self._home / recording.file, key)
            except Refusal as refusal:
                log.error("recording_not_recovered", recording_id=str(recording.id), error=refusal.detail)
            running = _Running(recording.interaction_id, recording.tenant_id, self._home / recording.file, b"")
            records = [Record(self._completed(recording.id, running, found))]
            if found.duration_ms:
                recorded = InteractionRecorded(
                    at=self._clock.now(),
                    tenant_id=recording.tenant_id,
                    interaction_id=recording.interaction_id,
                    recording_id=recording.id,
                    duration_ms=found.duration_ms,
                )
                records.append(Record(recorded))
            await self._append(*records)
        if left:
            log.warning("recordings_recovered", count=len(left))
        return len(left)

    def _completed(self, recording_id: UUID, running: _Running, found: Found) -> RecordingCompleted:
        return RecordingCompleted(
            at=self._clock.now(),
            tenant_id=running.tenant_id,
            recording_id=recording_id,
            interaction_id=running.interaction_id,
            state=RecordingState.COMPLETE if found.whole else RecordingState.PARTIAL,
            duration_ms=found.duration_ms,
            bytes=found.bytes,
        )


async def _look_into(file: Path, key: bytes) -> Found:
    try:
        # An hour takes a tenth of a second: not on the loop that carries signalling.
        return await asyncio.to_thread(examine, file, key)
    except FileNotFoundError:
        return _NOTHING
    except (Tampered, OSError) as error:
        log.error("recording_unreadable", file=file.name, error=str(error))
        return _NOTHING
