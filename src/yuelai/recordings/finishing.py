"""What becomes of a capture once the call is over: Ogg Opus or WAV, sealed, in place of it.

The capture goes only when the new file was read back whole and the row names it. Everything can be done again after a
crash at any point: an unfinished file has a name of its own (`.part`), which the next attempt overwrites.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

import av

from yuelai.recordings import opus, wav
from yuelai.recordings.chunks import CaptureFile, Tampered
from yuelai.recordings.peaks import Meter
from yuelai.recordings.sealed_file import Content, SealedFile, SealedWriter
from yuelai.recordings.sound import pauses, samples_of, sound
from yuelai.wire.g711 import Samples

Format = Literal["opus", "wav"]
SUFFIX = ".ysnd"
TOO_SHORT_MS = 3
"""So little sound does not come out of the decoder's filters whole: a call that ended as it was answered."""


class NotReadable(Exception):
    """What was just written does not read as it should: the disk, or a library, is not to be trusted."""


class Abandoned(Exception):
    """The worker has to end; another one does it again."""


@dataclass(frozen=True)
class Made:
    """`part` is complete, but does not yet have its name."""

    part: Path
    size: int
    peaks: bytes
    pauses: list[int]


@dataclass(frozen=True)
class Task:
    """One recording to be finished. `duration_ms` is what its row says."""

    recording: UUID
    capture: Path
    duration_ms: int
    key: bytes
    format: Format

    @property
    def target(self) -> Path:
        return self.capture.with_suffix(SUFFIX)

    @property
    def part(self) -> Path:
        return self.target.with_name(self.target.name + ".part")


def make(task: Task, told_to_end: threading.Event) -> Made:
    """Write and prove the new file. Takes some 5 ms for each second of sound.

    Raises Tampered or FileNotFoundError for the capture, Abandoned, NotReadable, and OSError (a full disk).
    """
    meter = Meter(task.duration_ms)
    content = Content.OPUS if task.format == "opus" else Content.WAV
    with CaptureFile(task.capture, task.key) as capture:
        if capture.header.recording != task.recording or capture.duration_ms < task.duration_ms:
            raise Tampered("shorter than it was, or another")
        silent = pauses(capture, task.duration_ms)
        passing = meter.watch(_unless(told_to_end, sound(capture, task.duration_ms)))
        with open(task.part, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            writer = SealedWriter(file, task.recording, task.key, content)
            _write(passing, writer, task)
            writer.close()
    _prove(task, told_to_end)
    return Made(task.part, writer.bytes, meter.peaks, [edge for pause in silent for edge in pause])


def _write(passing: Iterable[Samples], writer: SealedWriter, task: Task) -> None:
    if task.format == "opus":
        opus.encode(passing, writer)
        return
    samples = samples_of(task.duration_ms)
    for data in wav.read(passing, samples, 0, wav.size(samples)):
        writer.write(data)


def _prove(task: Task, told_to_end: threading.Event) -> None:
    """Read the whole file as a listener will."""
    expected = samples_of(task.duration_ms)
    try:
        with SealedFile(task.part, task.recording, task.key) as file:
            if file.content is Content.OPUS:
                found = sum(len(block) for block in _unless(told_to_end, opus.decode(file.reader())))
            else:
                file.prove(0, file.length)
                found = (file.length - wav.HEADER_SIZE) // wav.FRAME
    except (Tampered, av.FFmpegError) as error:
        raise NotReadable(str(error)) from error
    if found != expected and task.duration_ms > TOO_SHORT_MS:
        raise NotReadable(f"{found} samples instead of {expected}")


def _unless(told_to_end: threading.Event, blocks: Iterable[Samples]) -> Iterator[Samples]:
    for block in blocks:
        if told_to_end.is_set():
            raise Abandoned
        yield block
