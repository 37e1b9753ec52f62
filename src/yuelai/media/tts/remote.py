"""A voice elsewhere: anything that speaks OpenAI's `POST /audio/speech`."""

from __future__ import annotations

import asyncio
import io

import httpx

from yuelai.media.embedded.files import decode
from yuelai.media.ports import MediaError
from yuelai.media.tts.ports import VoiceFailed
from yuelai.wire.g711 import Samples

TIMEOUT = 30.0
"""Seconds for the whole of an answer: a caller waits for it."""

CONNECT_TIMEOUT = 5.0

MAX_ANSWER = 32 * 1024 * 1024
"""Bytes; five minutes of 24 kHz PCM are 15 MB."""

AT_ONCE = 4
"""Requests under way; the others wait their turn."""


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
        self._url, self._model, self._voice, self._timeout = url.rstrip("/"), model, voice, timeout
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT)),
            limits=httpx.Limits(max_connections=AT_ONCE),
            transport=transport,
        )
        self._turns = asyncio.Semaphore(AT_ONCE)

    @property
    def engine(self) -> str:
        return f"openai {self._url} {self._model} {self._voice}"

    async def synthesise(self, text: str, language: str, voice: str, speed: float) -> Samples:
        body = {
            "model": self._model,
            "input": text,
            "voice": voice or self._voice,
            "speed": speed,
            "response_format": "wav",
        }
        async with self._turns:
            try:
                async with asyncio.timeout(self._timeout):
                    content = await self._ask(body)
            except TimeoutError:
                raise VoiceFailed(f"the speech service did not answer within {self._timeout:.0f} s") from None
            except httpx.TimeoutException:
                raise VoiceFailed(f"the speech service did not answer within {self._timeout:.0f} s") from None
            except httpx.HTTPError as error:
                raise VoiceFailed(f"the speech service cannot be reached: {type(error).__name__}") from None
        try:
            return await asyncio.to_thread(decode, io.BytesIO(content), "the answer of the speech service")
        except MediaError as error:
            raise VoiceFailed(str(error)) from None

    async def _ask(self, body: dict[str, object]) -> bytes:
        async with self._client.stream("POST", f"{self._url}/audio/speech", json=body) as response:
            if response.status_code != httpx.codes.OK:
                # Its words might repeat what it was sent, the key included: they are passed on to nobody.
                raise VoiceFailed(
                    f"the speech service answered {response.status_code} {response.reason_phrase}".rstrip()
                )
            content = bytearray()
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > MAX_ANSWER:
                    raise VoiceFailed("the speech service answered with too much")
            return bytes(content)

    async def close(self) -> None:
        await self._client.aclose()
