"""What a recogniser is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from yuelai.media.ports import MediaError
from yuelai.wire.g711 import Samples

RATE = 8000
SHORTEST, LONGEST = 0.1, 30.0
"""Seconds: less holds no word, more is no answer to a menu."""

NONE_SET = "no recogniser is set: set asr_url"


class NoRecogniser(MediaError):
    """No speech recognition is set: callers choose by keys."""


class RecogniserFailed(MediaError):
    """The recogniser did not answer in time, refused, or answered what is no answer; or the sound is too long."""


@dataclass(frozen=True)
class Heard:
    """What was said, as the recogniser writes it; empty when nothing was. Not to be trusted without `menu`."""

    text: str
    confidence: float | None = None
    """0 to 1 as the recogniser sees itself; None when it does not say. Not comparable between recognisers."""


class Recogniser(Protocol):
    @property
    def engine(self) -> str: ...

    async def recognise(self, samples: Samples, language: str, hints: Sequence[str] = ()) -> Heard:
        """`samples` int16 (samples,) at 8 kHz; `language` is `zh-CN` or `en`; `hints` are words that are likely.

        Raises RecogniserFailed.
        """
        ...

    async def close(self) -> None: ...
