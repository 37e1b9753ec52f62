"""Asking an engine elsewhere that speaks OpenAI's HTTP: within a time, for an answer of a size, few things at once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from yuelai.media.ports import MediaError

CONNECT_SECONDS = 3.0


class SpeechService:
    """`url` ends before the engine's own path, as in `https://speech.example.com/v1`; the key is told to nobody.

    `seconds` are for the whole of an answer, the wait for one's turn among `at_once` requests included: a caller waits
    for it. An answer has `most_bytes` at most. Whatever goes wrong is raised as `failed`, without the service's words.
    """

    def __init__(
        self,
        url: str,
        key: str | None,
        *,
        seconds: float,
        most_bytes: int,
        at_once: int,
        failed: type[MediaError],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._seconds, self._most_bytes, self._failed = seconds, most_bytes, failed
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
            limits=httpx.Limits(max_connections=at_once),
            transport=transport,
        )
        self._turns = asyncio.Semaphore(at_once)

    async def post(self, path: str, **content: Any) -> bytes:
        """Return what it answers; `content` as httpx takes it (`json`, or `data` and `files`)."""
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                return await self._asked(path, content)
        except (TimeoutError, httpx.TimeoutException):
            raise self._failed(f"the speech service did not answer within {self._seconds:g} s") from None
        except httpx.HTTPError as error:
            raise self._failed(f"the speech service cannot be reached: {type(error).__name__}") from None

    async def _asked(self, path: str, content: dict[str, Any]) -> bytes:
        async with self._client.stream("POST", self.url + path, **content) as response:
            if response.status_code != httpx.codes.OK:
                # Its words might repeat what it was sent, the key included: they are passed on to nobody.
                raise self._failed(
                    f"the speech service answered {response.status_code} {response.reason_phrase}".rstrip()
                )
            answer = bytearray()
            async for piece in response.aiter_bytes():
                answer += piece
                if len(answer) > self._most_bytes:
                    raise self._failed("the speech service answered with too much")
            return bytes(answer)

    async def close(self) -> None:
        await self._client.aclose()
