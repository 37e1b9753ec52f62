"""What was spoken once is kept as a file, and spoken again from there."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from prometheus_client import Counter, Histogram

from yuelai.media.tts import ogg
from yuelai.media.tts.ports import MAX_TEXT, NONE_INSTALLED, NoVoice, Voice, VoiceFailed
from yuelai.media.tts.spoken import in_words
from yuelai.platform.ids import new_id
from yuelai.wire.g711 import Samples

MAX_BYTES = 512 * 1024 * 1024
"""Of all files together; beyond that the least recently spoken go (about 45 hours fit)."""

SPEEDS = (0.5, 2.0)

MAX_WAITING = 32
"""Texts being made at once, in all; more are refused, as nobody would wait for the last."""

_SPOKEN = Counter("yuelai_media_tts_texts_total", "Texts to be spoken, by where their sound came from", ["source"])
_SECONDS = Histogram("yuelai_media_tts_seconds", "How long a voice took for a text", buckets=(0.1, 0.3, 1, 3, 10, 30))


class Speaker:
    """Texts to files. Belongs to one event loop; no other process writes into `folder`."""

    def __init__(self, voice: Voice | None, folder: Path, limit: int = MAX_BYTES) -> None:
        self._voice, self._folder, self._limit = voice, folder, limit
        self._held: OrderedDict[str, int] | None = None
        """Bytes by name, the least recently spoken first; None until the folder was looked through."""
        self._making: dict[str, asyncio.Future[Path]] = {}
        self._looking = asyncio.Lock()

    @property
    def available(self) -> bool:
        return self._voice is not None

    async def file(self, text: str, language: str, *, voice: str = "", speed: float = 1.0) -> Path:
        """Return an Ogg Opus file that says the text, its numbers in words; whoever asks for the same at the same time
        shares the making.

        Raises NoVoice; VoiceFailed, also for a text that is empty or longer than `MAX_TEXT`.
        """
        text = " ".join(text.split())
        if self._voice is None:
            raise NoVoice(NONE_INSTALLED)
        if not text or len(text) > MAX_TEXT:
            raise VoiceFailed(f"a text to be spoken has 1 to {MAX_TEXT} characters")
        # The voice is given words, and what sounds alike is one file: ¥48.60 and 48.60元.
        text = in_words(text, language)
        speed = round(min(max(speed, SPEEDS[0]), SPEEDS[1]), 2)
        name = _name(self._voice.engine, language, voice, speed, text)
        held = await self._files()
        path = self._folder / name
        if name in held:
            held.move_to_end(name)
            if await asyncio.to_thread(_use, path):
                _SPOKEN.labels("cache").inc()
                return path
            held.pop(name, None)
        making = self._making.get(name)
        if making is None:
            if len(self._making) >= MAX_WAITING:
                raise VoiceFailed("too many texts are waiting to be spoken")
            making = self._making[name] = asyncio.ensure_future(
                self._make(self._voice, path, text, language, voice, speed)
            )
            making.add_done_callback(lambda done: self._made(name, done))
        # Shielded: the one who asked first may hang up without harm to the second.
        return await asyncio.shield(making)

    def _made(self, name: str, done: asyncio.Future[Path]) -> None:
        self._making.pop(name, None)
        if not done.cancelled():
            done.exception()  # Told to those who wait; nobody may be left.

    async def _make(self, engine: Voice, path: Path, text: str, language: str, voice: str, speed: float) -> Path:
        with _SECONDS.time():
            sound = await engine.synthesise(text, language, voice, speed)
        if not len(sound) or not sound.any():
            raise VoiceFailed("the voice made no sound")
        size = await asyncio.to_thread(_write, path, sound)
        _SPOKEN.labels("voice").inc()
        held = await self._files()
        held[path.name] = size
        held.move_to_end(path.name)
        await self._make_room(held)
        return path

    async def _make_room(self, held: OrderedDict[str, int]) -> None:
        size, gone = sum(held.values()), []
        while size > self._limit and len(held) > 1:
            name, freed = held.popitem(last=False)
            size -= freed
            gone.append(self._folder / name)
        if gone:
            await asyncio.to_thread(_remove, gone)

    async def _files(self) -> OrderedDict[str, int]:
        async with self._looking:
            if self._held is None:
                self._held = await asyncio.to_thread(_look, self._folder)
            return self._held

    async def close(self) -> None:
        for making in list(self._making.values()):
            making.cancel()
        if self._voice is not None:
            await self._voice.close()


def _name(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest() + ".opus"


def _use(path: Path) -> bool:
    """Note that it was used, for the next start; what was changed when stays: players keep files by that."""
    try:
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
    except OSError:
        return False
    return True


def _write(path: Path, sound: Samples) -> int:
    """Whole or not at all: a crash leaves no half file under the name."""
    half = path.with_name(f"{new_id()}.half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(half, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            ogg.write(file, sound)
        size = half.stat().st_size
        half.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise VoiceFailed(f"spoken text cannot be kept: {error.strerror}") from None
    return size


def _look(folder: Path) -> OrderedDict[str, int]:
    found = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.suffix == ".half":
                path.unlink(missing_ok=True)
            elif path.suffix == ".opus":
                stat = path.stat()
                found.append((stat.st_atime_ns, path.name, stat.st_size))
    return OrderedDict((name, size) for _, name, size in sorted(found))


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
