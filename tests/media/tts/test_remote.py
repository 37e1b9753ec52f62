"""The speech service, against a server of HTTP that answers as it likes."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.media.speech_server import Service, give
from yuelai.media.tts import VoiceFailed
from yuelai.media.tts import remote as remote_module
from yuelai.media.tts.remote import RemoteVoice

KEY = "sk-hush"


def tone_in_wav(rate: int = 24000, seconds: float = 0.5) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(
            (8000 * np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 500 / rate)).astype("<i2").tobytes()
        )
    return file.getvalue()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service(lambda handler: give(handler, tone_in_wav()))
    yield service
    service.close()


async def speak(service: Service, **options: Any) -> np.ndarray:
    voice = RemoteVoice(service.url, KEY, **options)
    try:
        return await voice.synthesise("你好", "zh-CN", "", 1.1)
    finally:
        await voice.close()


async def test_it_is_asked_as_openai_is_and_heard_at_8_khz(service: Service) -> None:
    sound = await speak(service, model="kokoro", voice="zf_xiaoxiao")
    ((path, _, body),) = service.requests
    assert path == "/v1/audio/speech"
    assert json.loads(body) == {
        "model": "kokoro",
        "input": "你好",
        "voice": "zf_xiaoxiao",
        "speed": 1.1,
        "response_format": "wav",
    }
    assert len(sound) == 4000
    assert np.argmax(np.abs(np.fft.rfft(sound))) * 2 == 500


async def test_a_wav_of_unknown_length_is_heard_too(service: Service) -> None:
    # What is streamed gives its length as the greatest there is.
    whole = bytearray(tone_in_wav())
    whole[4:8] = whole[40:44] = b"\xff\xff\xff\xff"
    service.answer = lambda handler: give(handler, bytes(whole))
    assert len(await speak(service)) == 4000


async def test_what_is_no_sound_is_refused(service: Service) -> None:
    service.answer = lambda handler: give(handler, b'{"error": "nothing"}')
    with pytest.raises(VoiceFailed, match="neither WAV, Ogg nor FLAC"):
        await speak(service)


async def test_an_answer_has_a_bound(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_module, "MAX_ANSWER", 10_000)
    with pytest.raises(VoiceFailed, match="too much"):
        await speak(service)
