"""A recogniser elsewhere: anything that speaks OpenAI's `POST /audio/transcriptions`."""

from __future__ import annotations

import asyncio
import io
import math
import wave
from collections.abc import Sequence

import httpx
import msgspec

from yuelai.media.asr.ports import LONGEST, RATE, SHORTEST, Heard, RecogniserFailed
from yuelai.wire.g711 import Samples

TIMEOUT = 10.0
"""Seconds for the whole of an answer: a caller waits for it in silence."""

CONNECT_TIMEOUT = 3.0

MAX_ANSWER = 256 * 1024
"""Bytes; half a minute of speech with its segments is a few thousand."""

AT_ONCE = 8
"""Requests under way; the others wait their turn, within their time."""

MAX_HINTS = 200
"""Characters of hints; Whisper looks at some 220 tokens."""

SILENCE = 0.6
"""From this probability of no speech on, what the model writes is its own invention."""


class _Segment(msgspec.Struct):
    text: str = ""
    avg_logprob: float | None = None
    no_speech_prob: float = 0.0


class _Answer(msgspec.Struct):
    text: str
    segments: list[_Segment] | None = None


class RemoteRecogniser:
    """`url` ends before `/audio/transcriptions`, as in `https://speech.example.com/v1`. The key is told to nobody."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        model: str = "whisper-1",
        timeout: float = TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url, self._model, self._timeout = url.rstrip("/"), model, timeout
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT)),
            limits=httpx.Limits(max_connections=AT_ONCE),
            transport=transport,
        )
        self._turns = asyncio.Semaphore(AT_ONCE)

    @property
    def engine(self) -> str:
        return f"openai {self._url} {self._model}"

    async def recognise(self, samples: Samples, language: str, hints: Sequence[str] = ()) -> Heard:
        if len(samples) > LONGEST * RATE:
            raise RecogniserFailed(f"what was said is longer than {LONGEST:.0f} s")
        if len(samples) < SHORTEST * RATE or not samples.any():
            return Heard("")
        form = {
            "model": self._model,
            "language": language.partition("-")[0],
            "temperature": "0",
            # Only Whisper says how sure it is.
            "response_format": "json" if self._model.startswith("gpt-") else "verbose_json",
        }
        if hints:
            form["prompt"] = _joined(hints, "，" if language == "zh-CN" else ", ")
        try:
            async with asyncio.timeout(self._timeout), self._turns:
                content = await self._ask(form, _wav(samples))
        except (TimeoutError, httpx.TimeoutException):
            raise RecogniserFailed(f"the speech service did not answer within {self._timeout:g} s") from None
        except httpx.HTTPError as error:
            raise RecogniserFailed(f"the speech service cannot be reached: {type(error).__name__}") from None
        try:
            return _heard(msgspec.json.decode(content, type=_Answer))
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise RecogniserFailed("the speech service answered what is no transcription") from None

    async def _ask(self, form: dict[str, str], wav: bytes) -> bytes:
        files = {"file": ("speech.wav", wav, "audio/wav")}
        async with self._client.stream("POST", f"{self._url}/audio/transcriptions", data=form, files=files) as response:
            if response.status_code != httpx.codes.OK:
                # Its words might repeat what it was sent, the key included: they are passed on to nobody.
                raise RecogniserFailed(
                    f"the speech service answered {response.status_code} {response.reason_phrase}".rstrip()
                )
            content = bytearray()
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > MAX_ANSWER:
                    raise RecogniserFailed("the speech service answered with too much")
            return bytes(content)

    async def close(self) -> None:
        await self._client.aclose()


def _joined(hints: Sequence[str], comma: str) -> str:
    """As many whole hints as there is room for."""
    out = ""
    for hint in hints:
        if len(out) + len(hint) + len(comma) > MAX_HINTS:
            break
        out += (comma if out else "") + hint
    return out


def _heard(answer: _Answer) -> Heard:
    if not answer.segments:
        return Heard(answer.text.strip())
    spoken = [segment for segment in answer.segments if segment.no_speech_prob < SILENCE]
    said = [segment.avg_logprob for segment in spoken if segment.avg_logprob is not None]
    confidence = min(1.0, math.exp(sum(said) / len(said))) if said else None
    return Heard("".join(segment.text for segment in spoken).strip(), confidence)


def _wav(samples: Samples) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()
