"""A voice elsewhere: anything that speaks OpenAI's `POST /audio/speech`."""

from __future__ import annotations

import asyncio
import io

import httpx

from yuelai.media.embedded.files import decode
from yuelai.media.ports import MediaError
from yuelai.media.speech_service import SpeechService
from yuelai.media.tts.ports import VoiceFailed
from yuelai.wire.g711 import Samples

TIMEOUT = 30.0
"""Seconds for the whole of an answer: a caller waits for it."""

MAX_ANSWER = 32 * 1024 * 1024
"""Bytes; five minutes of 24 kHz PCM are 15 MB."""

AT_ONCE = 4
"""Requests under way; the others wait their turn, within their time."""


class RemoteVoice:
    """`url` ends before `/audio/speech`, as in `https://speech.example.com/v1`. The key is sent, and told to nobody."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        model: str = "tts-1",
        voice: str = "alloy",
        timeout: float = TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._model, self._voice = model, voice
        self._service = SpeechService(
            url, key, seconds=timeout, most_bytes=MAX_ANSWER, at_once=AT_ONCE, failed=VoiceFailed, transport=transport
        )

    @property
    def engine(self) -> str:
        return f"openai {self._service.url} {self._model} {self._voice}"

    async def synthesise(self, text: str, language: str, voice: str, speed: float) -> Samples:
        body = {
            "model": self._model,
            "input": text,
            "voice": voice or self._voice,
            "speed": speed,
            "response_format": "wav",
        }
        content = await self._service.post("/audio/speech", json=body)
        try:
            return await asyncio.to_thread(decode, io.BytesIO(content), "the answer of the speech service")
        except MediaError as error:
            raise VoiceFailed(str(error)) from None

    async def close(self) -> None:
        await self._service.close()
