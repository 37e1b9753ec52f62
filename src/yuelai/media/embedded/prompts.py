"""Prompts and music: WAV files held in memory as samples, played to one leg each."""

from __future__ import annotations

import wave
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt

from yuelai.media.embedded.jitter import FRAME
from yuelai.media.ports import MediaError
from yuelai.wire.g711 import Samples

MAX_CACHED = 256 * 1024 * 1024
"""Bytes of sound kept in memory; beyond that the least recently used file goes (about 4.5 hours fit)."""


def read_wav(path: Path) -> Samples:
    """Return int16 (samples,). Raises MediaError: no such file, or not mono 16-bit PCM at 8 kHz."""
    try:
        with wave.open(str(path), "rb") as file:
            shape = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise MediaError(f"cannot play {path.name}: {error}") from None
    if shape != (1, 2, 8000):
        raise MediaError(f"cannot play {path.name}: it must be mono, 16 bit, 8 kHz")
    return np.frombuffer(data, "<i2").astype(np.int16, copy=False)


class PromptCache:
    """Reads each file once, and again when it has changed."""

    def __init__(self, limit: int = MAX_CACHED) -> None:
        self._limit, self._size = limit, 0
        self._held: OrderedDict[Path, tuple[tuple[int, int], Samples]] = OrderedDict()

    def get(self, path: Path) -> Samples:
        """Return int16 (samples,). Raises MediaError as `read_wav` does."""
        try:
            stat = path.stat()
        except OSError as error:
            raise MediaError(f"cannot play {path.name}: {error.strerror}") from None
        version = stat.st_mtime_ns, stat.st_size
        held = self._held.get(path)
        if held is not None and held[0] == version:
            self._held.move_to_end(path)
            return held[1]
        samples = read_wav(path)
        if held is not None:
            self._size -= held[1].nbytes
        self._held[path] = version, samples
        self._held.move_to_end(path)
        self._size += samples.nbytes
        while self._size > self._limit and len(self._held) > 1:
            self._size -= self._held.popitem(last=False)[1][1].nbytes
        return samples


class Play:
    """One `play`: pieces one after the other without a gap, once or for ever."""

    def __init__(self, id_: UUID, pieces: Sequence[Samples], *, loop: bool, gain: float) -> None:
        self.id = id_
        self._pieces = [piece for piece in pieces if len(piece)]
        self._loop, self._gain = loop and bool(self._pieces), gain
        self._piece = self._position = 0

    @property
    def ended(self) -> bool:
        return self._piece >= len(self._pieces)

    def mix_into(self, heard: npt.NDArray[np.float32]) -> None:
        """Add the next FRAME samples to `heard`, float32 (FRAME,); the last frame may be shorter."""
        filled = 0
        while filled < FRAME and not self.ended:
            piece = self._pieces[self._piece]
            part = piece[self._position : self._position + FRAME - filled]
            heard[filled : filled + len(part)] += part * np.float32(self._gain)
            filled += len(part)
            self._position += len(part)
            if self._position >= len(piece):
                self._position = 0
                self._piece += 1
                if self._loop and self.ended:
                    self._piece = 0
