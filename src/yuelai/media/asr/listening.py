"""A leg listened to while a menu waits: its sound cut into utterances, each recognised and matched to the menu."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping, Sequence
from types import TracebackType

import numpy as np
import structlog
import webrtcvad
from prometheus_client import Counter, Histogram

from yuelai.media.asr.menu import MAX_TEXT, choose
from yuelai.media.asr.ports import RATE, Recogniser, RecogniserFailed
from yuelai.media.ports import MediaEngine, MediaError, TapFrame
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.g711 import Samples

log = structlog.get_logger()

PIECE = 160
"""Samples of a piece: 20 ms."""
STRICTNESS = 2
"""0 to 3: how sure the detector of voices must be."""
QUIETEST = 32768.0 * 10**-2.5
"""RMS (50 dB below full scale) under which nothing is a voice."""
BEGIN, RECENT = 6, 8
"""So many of the recent pieces with a voice begin an utterance: a click or a cough's edge does not."""
BEFORE = 20
"""Pieces kept from before that: words begin softly."""
PAUSE = 35
"""Pieces without a voice that end it: 0.7 s."""
LONGEST = 500
"""Pieces; whoever talks on for longer is asked again."""
STALLED = 0.7
"""Seconds without any piece that end an utterance, too: some telephones send nothing while nobody speaks."""
WAITING = 2
"""Utterances that wait to be recognised; what more is said meanwhile is passed over."""


_UTTERANCES = Counter("yuelai_media_asr_utterances_total", "What callers said to menus, by what came of it", ["result"])
_SECONDS = Histogram("yuelai_media_asr_seconds", "How long a recogniser took", buckets=(0.1, 0.3, 1, 2, 3, 5, 10))


class Utterances:
    """Pieces of a tap in, utterances out. Pure but for the detector, which has no clock either."""

    def __init__(self) -> None:
        self._detector = webrtcvad.Vad(STRICTNESS)
        self._before: deque[bytes] = deque(maxlen=BEFORE)
        self._voiced: deque[bool] = deque(maxlen=RECENT)
        self._said: list[bytes] = []
        self._quiet = 0

    @property
    def speaking(self) -> bool:
        return bool(self._said)

    def feed(self, pcm: bytes) -> Samples | None:
        """Take 20 ms, int16 at 8 kHz; return int16 (samples,) when an utterance has ended with it."""
        voice = self._is_voice(pcm)
        if not self._said:
            self._before.append(pcm)
            self._voiced.append(voice)
            if sum(self._voiced) >= BEGIN:
                self._said, self._quiet = list(self._before), 0
            return None
        self._said.append(pcm)
        self._quiet = 0 if voice else self._quiet + 1
        return None if self._quiet < PAUSE and len(self._said) < LONGEST else self.end()

    def end(self) -> Samples | None:
        """Return the utterance that is under way as it is, if there is one."""
        if not self._said:
            return None
        whole = np.frombuffer(b"".join(self._said), "<i2").astype(np.int16)
        self._said = []
        self._before.clear()
        self._voiced.clear()
        return whole

    def _is_voice(self, pcm: bytes) -> bool:
        if len(pcm) != 2 * PIECE:
            return False
        loud = np.sqrt((np.frombuffer(pcm, "<i2").astype(np.float64) ** 2).mean())
        return bool(loud > QUIETEST and self._detector.is_speech(pcm, RATE))


class Listening:
    """`async with`: from its beginning to its end the leg is listened to. A recogniser that fails, or a tap that is
    refused, is as if nothing were said: keys go on."""

    def __init__(
        self, media: MediaEngine, leg: LegId, recogniser: Recogniser, words: Mapping[str, Sequence[str]], language: str
    ) -> None:
        """`words` are, by key, what may be said."""
        self._media, self._leg, self._recogniser, self._language = media, leg, recogniser, language
        self._choices = words
        self._tap = new_id()
        self._cutting = Utterances()
        self._waiting: asyncio.Queue[Samples] = asyncio.Queue(WAITING)
        self._stalled: asyncio.TimerHandle | None = None
        self._at_ms = 0
        self._recognising = False
        self._task: asyncio.Task[None] | None = None
        self.understood = asyncio.Event()
        self.key, self.text = "", ""
        """What was chosen, and how the recogniser wrote it; once `understood` is set."""
        self.missed = 0
        """Utterances that fitted no choice."""

    @property
    def busy(self) -> bool:
        """Whether somebody speaks, or what was said is not recognised yet: who waits should wait a little longer."""
        return self._cutting.speaking or self._recognising or not self._waiting.empty()

    async def __aenter__(self) -> Listening:
        try:
            await self._media.tap(self._tap, self._leg, self._piece)
        except MediaError as error:
            log.warning("menu_not_listened_to", error=str(error))
        else:
            self._task = asyncio.ensure_future(self._recognise())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is None:
            return
        self._task.cancel()
        if self._stalled is not None:
            self._stalled.cancel()
        with contextlib.suppress(MediaError):
            await self._media.untap(self._tap)

    def _piece(self, piece: TapFrame) -> None:
        missing = max(0, piece.at_ms - self._at_ms) // 20 if self._cutting.speaking else 0
        for _ in range(min(missing, PAUSE)):
            self._keep(self._cutting.feed(bytes(2 * PIECE)))
        for at in range(0, len(piece.pcm), 2 * PIECE):
            self._keep(self._cutting.feed(piece.pcm[at : at + 2 * PIECE]))
        self._at_ms = piece.at_ms + len(piece.pcm) // (2 * PIECE) * 20
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        if self._cutting.speaking:
            self._stalled = asyncio.get_running_loop().call_later(STALLED, lambda: self._keep(self._cutting.end()))

    def _keep(self, utterance: Samples | None) -> None:
        if utterance is not None:
            with contextlib.suppress(asyncio.QueueFull):
                self._waiting.put_nowait(utterance)

    async def _recognise(self) -> None:
        hints = [word for words in self._choices.values() for word in words]
        while not self.understood.is_set():
            sound = await self._waiting.get()
            self._recognising = True
            try:
                with _SECONDS.time():
                    heard = await self._recogniser.recognise(sound, self._language, hints)
                text = heard.text[:MAX_TEXT]
                # Every word is looked for at every place: calls go on meanwhile.
                key = await asyncio.to_thread(choose, text, self._choices, self._language)
            except RecogniserFailed as failure:
                _UTTERANCES.labels("failed").inc()
                log.warning("recogniser_failed", error=str(failure))
                continue
            finally:
                self._recognising = False
            if key is None:
                _UTTERANCES.labels("missed").inc()
                self.missed += 1
                continue
            _UTTERANCES.labels("understood").inc()
            self.key, self.text = key, text
            self.understood.set()
