"""What people bring becomes a prompt, in a process of its own: `making`. Nothing heavy is loaded here."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass

from yuelai.media.tts.ports import StudioFull, UnfitSound

MOST_BYTES = 10 * 1024 * 1024
"""Of what is sent."""
SECONDS = 40.0
"""That making a prompt may take; five minutes of sound take about three."""
AT_ONCE = 2
MOST_WAITING = 8
"""Beyond those; each holds what was sent in memory."""
REFUSED = 3
"""The exit status when the refusal stands on stdout."""
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
"""What the process may know of ours: nothing of databases, keys or providers."""


@dataclass(frozen=True)
class Made:
    """`opus` is a whole file; `warnings` are codes: `clipped`, `quiet`."""

    opus: bytes
    seconds: float
    warnings: tuple[str, ...]


class Studio:
    """Makes prompts of files, two at a time. Belongs to one event loop."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._most = AT_ONCE + most_waiting
        self._here = 0

    @property
    def full(self) -> bool:
        return self._here >= self._most

    async def make(self, source: bytes) -> Made:
        """Make a prompt of WAV, MP3, Ogg, FLAC, M4A (AAC) or WebM. Raises UnfitSound, with the reason for the person
        who sent it, and StudioFull."""
        if len(source) > MOST_BYTES:
            raise UnfitSound(f"the file is larger than {MOST_BYTES // 1024**2} MB", "large")
        if self.full:
            raise StudioFull("too many sounds are waiting")
        self._here += 1
        try:
            async with self._room:
                code, said = await _apart(source)
        finally:
            self._here -= 1
        if code == REFUSED:
            refusal = json.loads(said)
            raise UnfitSound(refusal["why"], refusal["code"])
        head, newline, opus = said.partition(b"\n")
        if code != 0 or not newline:
            raise UnfitSound("the file cannot be read as sound")
        told = json.loads(head)
        return Made(opus, float(told["seconds"]), tuple(told["warnings"]))


async def _apart(source: bytes) -> tuple[int, bytes]:
    """Return the exit status and what was written; -1 for who took too long."""
    known = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "yuelai.media.tts.making",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**known, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate(source)
    except TimeoutError:
        return -1, b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said
