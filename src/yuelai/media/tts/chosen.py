"""Which voice speaks, as the settings say."""

from __future__ import annotations

from yuelai.media.tts import local
from yuelai.media.tts.ports import Voice
from yuelai.media.tts.remote import RemoteVoice
from yuelai.media.tts.speaker import Speaker
from yuelai.platform.config import Settings


def voice(settings: Settings) -> Voice | None:
    """The service at `tts_url`, else the local voice, else none."""
    if settings.tts_url:
        return RemoteVoice(settings.tts_url, settings.tts_key, model=settings.tts_model, voice=settings.tts_voice)
    return local.LocalVoice() if local.installed() else None


def speaker(settings: Settings) -> Speaker:
    return Speaker(voice(settings), settings.home / "tts")
