"""What a listener is given of a recording: bytes of a file that may not exist as such."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from yuelai.recordings import opus, wav
from yuelai.recordings.chunks import CaptureFile, Tampered
from yuelai.recordings.peaks import Meter
from yuelai.recordings.repository import Recording
from yuelai.recordings.sealed_file import Content, SealedFile
from yuelai.recordings.sound import pauses, prove, samples_of, sound


class Audio(Protocol):
    """All may take a while (a tenth of a second for an hour, or a second where it is decoded): not for the loop."""

    media_type: str
    length: int

    def prove(self, start: int, end: int) -> None:
        """Make sure that these bytes can be read. Raises Tampered."""
        ...

    def read(self, start: int, end: int) -> Iterator[bytes]: ...
    def close(self) -> None: ...


class Stored:
    """The file as it is kept."""

    def __init__(self, file: SealedFile) -> None:
        self._file = file
        self.media_type = opus.MEDIA_TYPE if file.content is Content.OPUS else wav.MEDIA_TYPE
        self.length = file.length
        self.prove, self.read, self.close = file.prove, file.read, file.close


class Unpacked:
    """Ogg Opus given as WAV."""

    media_type = wav.MEDIA_TYPE

    def __init__(self, file: SealedFile, duration_ms: int) -> None:
        self._file, self._samples = file, samples_of(duration_ms)
        self.length = wav.size(self._samples)

    def prove(self, start: int, end: int) -> None:
        self._file.prove(0, self._file.length)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        begin = max(start - wav.HEADER_SIZE, 0) // wav.FRAME
        yield from wav.read(opus.decode(self._file.reader(), begin), self._samples, start, end, begin=begin)

    def close(self) -> None:
        self._file.close()


class Laid:
    """A capture laid out as WAV, while the worker has not got to it."""

    media_type = wav.MEDIA_TYPE

    def __init__(self, file: CaptureFile, duration_ms: int) -> None:
        # Of a partial one, what was found true at its end; it may go on behind that, but not as it was written.
        self._file, self._duration_ms = file, duration_ms
        self.length = wav.size(samples_of(duration_ms))

    def prove(self, start: int, end: int) -> None:
        prove(self._file, self._duration_ms)

    def read(self, start: int, end: int) -> Iterator[bytes]:
        yield from wav.read(sound(self._file, self._duration_ms), samples_of(self._duration_ms), start, end)

    def close(self) -> None:
        self._file.close()


def open_audio(home: Path, recording: Recording, key: bytes, *, as_wav: bool) -> Audio:
    """Raises Tampered and OSError."""
    duration_ms = recording.duration_ms or 0
    path = home / recording.file
    if recording.format == "capture":
        return Laid(_capture(path, recording, key), duration_ms)
    file = SealedFile(path, recording.id, key)
    if as_wav and file.content is Content.OPUS:
        return Unpacked(file, duration_ms)
    return Stored(file)


def measure(home: Path, recording: Recording, key: bytes) -> tuple[bytes, list[int]]:
    """Return the peaks of a capture, and from when to when nothing was kept. Raises Tampered and OSError."""
    duration_ms = recording.duration_ms or 0
    with _capture(home / recording.file, recording, key) as file:
        meter = Meter(duration_ms)
        for _ in meter.watch(sound(file, duration_ms)):
            pass
        return meter.peaks, [edge for pause in pauses(file, duration_ms) for edge in pause]


def _capture(path: Path, recording: Recording, key: bytes) -> CaptureFile:
    file = CaptureFile(path, key)
    if file.header.recording != recording.id or file.duration_ms < (recording.duration_ms or 0):
        file.close()
        raise Tampered("shorter than it was, or another")
    return file
