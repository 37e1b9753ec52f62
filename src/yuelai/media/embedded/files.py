"""Sound files, whatever their rate and channels, as 8 kHz samples in memory. All reading is done by threads: no tick
ever waits for a disk or a decoder."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.container
import av.error
import numpy as np
import numpy.typing as npt
import soxr

from yuelai.media.embedded.frames import RATE
from yuelai.media.ports import MediaError
from yuelai.wire.g711 import Samples

MAX_CACHED = 256 * 1024 * 1024
"""Bytes of sound kept in memory; beyond that the least recently used file goes (about 4.5 hours fit)."""

MAX_SECONDS = 30 * 60.0
"""Of one file."""

MAX_BYTES = 512 * 1024 * 1024
"""Of one file on disk; 30 minutes of stereo at 48 kHz and 24 bits are less."""

LONG_BYTES = 256 * 1024
"""Files larger than this are read by a process of their own (`long_files`): 100 s of our Opus, 16 s of 8 kHz WAV."""

RATES = range(4000, 192_001)
CHANNELS = 8

_KINDS = {b"RIFF": "wav", b"RF64": "wav", b"OggS": "ogg", b"fLaC": "flac"}
"""By their first bytes. Anything else is not shown to the demuxers, some of which open further files and addresses
that are named in the first."""

_DECODERS = 2
"""Files decoded at once: one that is long must not keep a short prompt waiting."""


class TooLong(MediaError):
    """It lasts longer than it may."""


def read(path: Path) -> Samples:
    """Return int16 (samples,) at 8 kHz, channels averaged. Takes about 1 ms for a second of Opus.

    Raises MediaError: no such file, not WAV, Ogg (Opus, Vorbis, FLAC) or FLAC, damaged, or over one of the bounds.
    """
    try:
        with path.open("rb") as file:
            return decode(file, path.name)
    except OSError as error:
        raise _refused(path.name, error.strerror or "it cannot be read") from None


def decode(file: BinaryIO, name: str) -> Samples:
    """`read` for what is open or in memory already; `name` is for the refusal."""
    kind = _KINDS.get(file.read(4))
    if kind is None:
        raise _refused(name, "it is neither WAV, Ogg nor FLAC")
    if file.seek(0, 2) > MAX_BYTES:
        raise _refused(name, f"it is larger than {MAX_BYTES // 1024**2} MB")
    return decode_as(kind, file, name, longest=MAX_SECONDS)


def decode_as(
    kind: str, file: BinaryIO, name: str, *, longest: float, options: Mapping[str, str] | None = None
) -> Samples:
    """Read a file by the demuxer `kind` and none other, `longest` seconds of it at most.

    Raises MediaError; OSError of the disk.
    """
    file.seek(0)
    try:
        with av.open(file, "r", format=kind, metadata_errors="replace", options=dict(options or {})) as container:
            return _decoded(name, container, longest)
    except (av.error.FFmpegError, ValueError, MemoryError):
        # PyAV's own errors are OSErrors, ValueErrors or both; an OSError of the disk is for the caller.
        raise _refused(name, "it is damaged") from None


def _refused(name: str, why: str) -> MediaError:
    return MediaError(f"cannot play {name}: {why}")


def _decoded(name: str, container: av.container.InputContainer, longest: float) -> Samples:
    if not container.streams.audio:
        raise _refused(name, "it holds no sound")
    stream = container.streams.audio[0]
    rate, channels = stream.rate or 0, stream.channels
    if rate not in RATES or not 1 <= channels <= CHANNELS:
        raise _refused(name, f"it has {channels} channels at {rate} Hz")
    # Streamed, so that no more than a packet is ever held at its own rate.
    narrow = soxr.ResampleStream(rate, RATE, 1, dtype="float32") if rate != RATE else None
    pieces, length = [], 0
    for chunk in _chunks(name, container, rate, channels):
        piece = chunk if narrow is None else narrow.resample_chunk(chunk)
        length += len(piece)
        if length > longest * RATE:
            raise TooLong(f"cannot play {name}: it is longer than {longest / 60:.0f} minutes")
        pieces.append(_whole(piece))
    if narrow is not None:
        pieces.append(_whole(narrow.resample_chunk(np.zeros(0, np.float32), last=True)))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


def _whole(sound: npt.NDArray[np.float32]) -> Samples:
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def _chunks(
    name: str, container: av.container.InputContainer, rate: int, channels: int
) -> Iterator[npt.NDArray[np.float32]]:
    """Yield float32 (samples,) in steps of 16 bits, mono, at the file's own rate."""
    for frame in container.decode(audio=0):
        if (frame.sample_rate, frame.layout.nb_channels) != (rate, channels):
            raise _refused(name, "its rate or channels change midway")
        sound: npt.NDArray[Any] = frame.to_ndarray()
        if not frame.format.is_planar:
            sound = sound.reshape(-1, channels).T
        yield _in_steps(sound).mean(axis=0, dtype=np.float32)


def _in_steps(sound: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Scale any sample format to steps of 16 bits."""
    if sound.dtype.kind == "f":
        # A file may say "not a number", or be as loud as it likes.
        loud: npt.NDArray[np.float32] = np.nan_to_num(np.clip(sound, -4.0, 4.0) * 32768.0).astype(np.float32)
        return loud
    if sound.dtype == np.uint8:
        return (sound.astype(np.float32) - 128.0) * 256.0
    return sound.astype(np.float32) * np.float32(2.0 ** (16 - 8 * sound.dtype.itemsize))


class Files:
    """Reads each file once, and again when it has changed; two that want one at the same time share the reading.

    Belongs to one event loop; `get` and `all` are for its coroutines only.
    """

    def __init__(self, limit: int = MAX_CACHED) -> None:
        self._limit, self._size = limit, 0
        self._held: OrderedDict[Path, tuple[tuple[int, int], Samples]] = OrderedDict()
        self._reading: dict[Path, tuple[tuple[int, int], asyncio.Future[Samples]]] = {}
        # One more thread than decoders: a look whether a file has changed never waits for them.
        self._threads = ThreadPoolExecutor(_DECODERS + 1, thread_name_prefix="files")
        self._decoders = asyncio.Semaphore(_DECODERS)

    async def all(self, paths: Sequence[Path]) -> list[Samples]:
        """`get` for several; raises what the first of them raises."""
        versions = await self._run(_versions, paths)
        return [await self._get(path, version) for path, version in zip(paths, versions, strict=True)]

    async def get(self, path: Path) -> Samples:
        """Return int16 (samples,), not to be written to. Raises MediaError as `read` does."""
        return (await self.all([path]))[0]

    async def _get(self, path: Path, version: tuple[int, int]) -> Samples:
        held = self._held.get(path)
        if held is not None and held[0] == version:
            self._held.move_to_end(path)
            return held[1]
        under_way = self._reading.get(path)
        if under_way is None or under_way[0] != version:
            reading = asyncio.ensure_future(self._read(path, version))
            under_way = self._reading[path] = version, reading
            reading.add_done_callback(lambda done: self._read_over(path, done))
        # Shielded: the one who asked first may go away without harm to the second.
        return await asyncio.shield(under_way[1])

    async def _read(self, path: Path, version: tuple[int, int]) -> Samples:
        async with self._decoders:
            samples: Samples = await self._run(_read, path, version[1])
        samples.flags.writeable = False
        self._keep(path, version, samples)
        return samples

    def _read_over(self, path: Path, done: asyncio.Future[Samples]) -> None:
        if (under_way := self._reading.get(path)) and under_way[1] is done:
            del self._reading[path]
        if not done.cancelled():
            done.exception()  # Told to those who wait; nobody may be left.

    def _keep(self, path: Path, version: tuple[int, int], samples: Samples) -> None:
        if held := self._held.pop(path, None):
            self._size -= held[1].nbytes
        self._held[path] = version, samples
        self._size += samples.nbytes
        while self._size > self._limit and len(self._held) > 1:
            self._size -= self._held.popitem(last=False)[1][1].nbytes

    async def _run(self, call: Any, *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, *args)

    def close(self) -> None:
        """Wait for nothing: a reading under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _read(path: Path, size: int) -> Samples:
    if size <= LONG_BYTES:
        return read(path)
    from yuelai.media.embedded.long_files import read_apart

    return read_apart(path)


def _versions(paths: Sequence[Path]) -> list[tuple[int, int]]:
    versions = []
    for path in paths:
        try:
            stat = path.stat()
        except (OSError, ValueError) as error:
            raise _refused(path.name, getattr(error, "strerror", None) or "no such file") from None
        versions.append((stat.st_mtime_ns, stat.st_size))
    return versions
