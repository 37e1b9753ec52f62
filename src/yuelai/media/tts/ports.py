"""What a voice is."""

from __future__ import annotations

from typing import Protocol

from yuelai.media.ports import MediaError
from yuelai.wire.g711 import Samples

MAX_TEXT = 1000
"""Characters of one utterance: about four minutes of Mandarin."""


NONE_INSTALLED = "no voice is installed: pip install 'yuelai[voice]', or set tts_url"


class NoVoice(MediaError):
    """No voice is installed, and no speech service is set: text cannot be spoken."""


class VoiceFailed(MediaError):
    """The voice did not answer in time, refused, or made no sound."""


class UnfitSound(MediaError):
    """What was recorded cannot be a prompt; says why. `code` is that reason for programs: `nothing` is heard, `short`,
    `long`, `large`, `format`, `damaged`."""

    def __init__(self, why: str, code: str = "damaged") -> None:
        super().__init__(why)
        self.code = code


class StudioFull(MediaError):
    """As many sounds wait to become prompts as may: refuse politely, and try again later."""


class Voice(Protocol):
    @property
    def engine(self) -> str:
        """What tells its sound from that of any other: the same engine, voice, speed and text sound the same."""
        ...

    async def synthesise(self, text: str, language: str, voice: str, speed: float) -> Samples:
        """Return int16 (samples,) at 8 kHz.

        `language` is `zh-CN` or `en`; `voice` a name of the engine's, or empty for its own choice; `speed` 0.5–2.0.
        Raises VoiceFailed.
        """
        ...

    async def close(self) -> None: ...
