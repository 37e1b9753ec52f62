"""A recogniser elsewhere: anything that speaks OpenAI's `POST /audio/transcriptions`."""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Sequence

import httpx
import msgspec

from yuelai.media.asr.ports import LONGEST, RATE, SHORTEST, Heard, RecogniserFailed
from yuelai.media.speech_service import SpeechService
from yuelai.wire.g711 import Samples

TIMEOUT = 10.0
"""Seconds for the whole of an answer: a caller waits for it in silence."""

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
        self._model = model
        self._service = SpeechService(
            url,
            key,
            seconds=timeout,
            most_bytes=MAX_ANSWER,
            at_once=AT_ONCE,
            failed=RecogniserFailed,
            transport=transport,
        )

    @property
    def engine(self) -> str:
        return f"openai {self._service.url} {self._model}"

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
        files = {"file": ("speech.wav", _wav(samples), "audio/wav")}
        content = await self._service.post("/audio/transcriptions", data=form, files=files)
        try:
            return _heard(msgspec.json.decode(content, type=_Answer))
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise RecogniserFailed("the speech service answered what is no transcription") from None

    async def close(self) -> None:
        await self._service.close()


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
