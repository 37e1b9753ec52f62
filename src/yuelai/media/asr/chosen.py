"""Which recogniser hears, as the settings say."""

from __future__ import annotations

from yuelai.media.asr.ports import Recogniser
from yuelai.media.asr.remote import RemoteRecogniser
from yuelai.platform.config import Settings


def recogniser(settings: Settings) -> Recogniser | None:
    """The service at `asr_url`, else none."""
    if not settings.asr_url:
        return None
    return RemoteRecogniser(settings.asr_url, settings.asr_key, model=settings.asr_model)
