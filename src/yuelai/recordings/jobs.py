"""What recordings leave to the worker: a capture becomes the file that is kept, once its call is over."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter

from yuelai.platform.config import Settings
from yuelai.platform.db import Database
from yuelai.platform.jobs import Jobs
from yuelai.platform.key_file import BadKeyFile
from yuelai.recordings import repository
from yuelai.recordings.chunks import Tampered
from yuelai.recordings.errors import KeyMissing
from yuelai.recordings.events import RecordingState
from yuelai.recordings.finishing import Made, NotReadable, Task, make
from yuelai.recordings.keys import RecordingKeys

log = structlog.get_logger()

_SOUND = Counter("yuelai_recordings_finished_seconds_total", "Seconds of sound that captures were finished of.")
_SPENT = Counter("yuelai_recordings_finishing_seconds_total", "CPU seconds that finishing captures took.")

_AT_ONCE = max(1, (os.cpu_count() or 1) // 2)
_NICE = 10
_SWEPT = 500
_BACKUP_OVER = 24 * 3600.0
"""Seconds after which the folder of a backup is one that was killed."""


def register(jobs: Jobs, settings: Settings) -> None:
    """Recordings as they end; every few minutes those that a killed worker or a full disk left."""
    finisher = Finisher(settings)

    async def finish(database: Database, payload: dict[str, Any]) -> None:
        if "recording_id" in payload:
            await finisher.finish(database, UUID(payload["recording_id"]))
        else:
            await finisher.finish_all(database)

    jobs.register(repository.FINISH_JOB, finish)
    jobs.register("recordings.finish_left", _left, schedule="*/3 * * * *")


async def _left(database: Database, payload: dict[str, Any]) -> None:
    async with database.transaction(None) as conn:
        for id_ in await repository.unfinished(conn, _SWEPT):
            await repository.put_down(conn, id_, again=True)


class Finisher:
    """Makes the files in threads of low priority, as many at once as half of the cores."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="finishing", initializer=_step_back)
        self._busy: set[UUID] = set()

    async def finish(self, database: Database, id_: UUID) -> None:
        """Finish one recording if that is still to be done. Raises OSError and NotReadable: to be tried again."""
        if id_ in self._busy:
            return
        self._busy.add(id_)
        try:
            async with database.transaction(None) as conn:
                recording = await repository.locked(conn, id_)
            if recording is not None and recording.format == "capture":
                await self._make(database, recording)
            await self._clear(database, id_)
        finally:
            self._busy.discard(id_)

    async def finish_all(self, database: Database) -> None:
        """Finish whatever is completed. One that fails does not keep the others waiting: it has its own job then."""
        after: UUID | None = None
        while True:
            async with database.transaction(None) as conn:
                found = await repository.unfinished(conn, _SWEPT, since=timedelta(0), after=after)
            for id_ in found:
                try:
                    await self.finish(database, id_)
                except (OSError, NotReadable) as error:
                    log.warning("recording_to_be_tried_again", recording_id=str(id_), error=str(error))
                    async with database.transaction(None) as conn:
                        await repository.put_down(conn, id_)
            if len(found) < _SWEPT:
                return
            after = found[-1]

    async def _make(self, database: Database, recording: repository.Recording) -> None:
        if recording.state is RecordingState.CAPTURING or not recording.duration_ms or not recording.wrapped_key:
            return
        try:
            keys = RecordingKeys.load(self._settings)
            key = keys.unwrap(recording.id, recording.wrapped_key)
        except (BadKeyFile, KeyMissing) as error:
            log.error("recording_not_finished", recording_id=str(recording.id), error=str(error))
            return  # it is looked for again once the key may be back
        capture = self._settings.folder / recording.file
        task = Task(recording.id, capture, recording.duration_ms, key, self._settings.recording_format)
        try:
            made = await self._in_thread(task)
        except (Tampered, FileNotFoundError) as error:
            log.error("recording_spoilt", recording_id=str(recording.id), error=str(error))
            task.part.unlink(missing_ok=True)
            async with database.transaction(None) as conn:
                await repository.spoilt(conn, recording.id, str(error))
            return
        await self._adopt(database, task, made)

    async def _in_thread(self, task: Task) -> Made:
        told_to_end = threading.Event()

        def work() -> Made:
            before = time.thread_time()
            made = make(task, told_to_end)
            _SOUND.inc(task.duration_ms / 1000)
            _SPENT.inc(time.thread_time() - before)
            return made

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except asyncio.CancelledError:
            told_to_end.set()
            raise

    async def _adopt(self, database: Database, task: Task, made: Made) -> None:
        async with database.transaction(None) as conn:
            now = await repository.locked(conn, task.recording)
            if now is None or not now.wrapped_key or now.format != "capture":
                made.part.unlink(missing_ok=True)  # erased meanwhile
                return
            # Should this transaction fail, the file lies there until the next attempt writes it once more.
            await asyncio.to_thread(_name, made.part, task.target)
            await repository.finished(
                conn,
                now,
                file=task.target.relative_to(self._settings.folder).as_posix(),
                format_=task.format,
                size=made.size,
                peaks=made.peaks,
                pauses=made.pauses,
            )

    async def _clear(self, database: Database, id_: UUID) -> None:
        """Remove the capture, unless a backup is under way whose instant may still name it."""
        async with database.transaction(None) as conn:
            recording = await repository.locked(conn, id_)
            if recording is None or recording.leftover is None or _backup_under_way(self._settings.folder):
                return
            (self._settings.folder / recording.leftover).unlink(missing_ok=True)
            await repository.leftover_removed(conn, id_)


def _name(part: Path, target: Path) -> None:
    os.replace(part, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _backup_under_way(home: Path) -> bool:
    for folder in home.glob(".backup-*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime < _BACKUP_OVER:
                return True
    return False


def _step_back() -> None:
    """Where threads have a priority of their own (Linux), calls and screens come first."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
