"""The recognising service, against a server of HTTP that answers as it likes."""

from __future__ import annotations

import io
import json
import re
import wave
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.media import speech_server
from tests.media.speech_server import Service
from yuelai.media.asr import Heard, RecogniserFailed
from yuelai.media.asr import remote as remote_module
from yuelai.media.asr.chosen import recogniser
from yuelai.media.asr.remote import RemoteRecogniser
from yuelai.platform.config import Settings

KEY = "sk-hush"
TONE = (8000 * np.sin(np.arange(8000) * 0.4)).astype(np.int16)


def give(handler: BaseHTTPRequestHandler, content: object) -> None:
    speech_server.give(handler, content if isinstance(content, bytes) else json.dumps(content).encode())


def asked(service: Service) -> dict[str, bytes]:
    """Return the only form that was sent."""
    ((_, headers, body),) = service.requests
    return parts(body, headers["Content-Type"].partition("boundary=")[2].encode())


def parts(body: bytes, mark: bytes) -> dict[str, bytes]:
    found = {}
    for part in body.split(b"--" + mark)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb' name="([^"]+)"', head)
        assert name
        found[name[1].decode()] = content.removesuffix(b"\r\n")
    return found


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service(lambda handler: give(handler, {"text": " 余额。 "}))
    yield service
    service.close()


async def hear(
    service: Service, sound: Any = TONE, language: str = "zh-CN", hints: tuple[str, ...] = (), **options: Any
) -> Heard:
    ear = RemoteRecogniser(service.url, KEY, **options)
    try:
        return await ear.recognise(sound, language, hints)
    finally:
        await ear.close()


async def test_it_is_asked_as_openai_is(service: Service) -> None:
    assert await hear(service, hints=("余额", "账单"), model="base") == Heard("余额。")
    form = asked(service)
    assert service.requests[0][0] == "/v1/audio/transcriptions"
    with wave.open(io.BytesIO(form.pop("file"))) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
        assert sound.readframes(8000) == TONE.astype("<i2").tobytes()
    assert {name: value.decode() for name, value in form.items()} == {
        "model": "base",
        "language": "zh",
        "temperature": "0",
        "response_format": "verbose_json",
        "prompt": "余额，账单",
    }


async def test_how_sure_it_is_comes_from_its_segments(service: Service) -> None:
    segments = [
        {"text": " Balance,", "avg_logprob": -0.1, "no_speech_prob": 0.01},
        {"text": " please.", "avg_logprob": -0.3, "no_speech_prob": 0.02},
        {"text": " Thank you for watching!", "avg_logprob": -0.9, "no_speech_prob": 0.9},
    ]
    service.answer = lambda handler: give(handler, {"text": "…", "segments": segments, "duration": 1.0})
    heard = await hear(service, language="en")
    assert heard.text == "Balance, please.", "what it made of silence is left out"
    assert heard.confidence == pytest.approx(np.exp(-0.2))
    assert asked(service)["language"] == b"en"
    assert "prompt" not in asked(service)


async def test_models_that_have_no_segments_are_not_asked_for_them(service: Service) -> None:
    assert (await hear(service, model="gpt-4o-transcribe")).confidence is None
    assert asked(service)["response_format"] == b"json"


async def test_hints_have_a_bound(service: Service) -> None:
    await hear(service, hints=tuple(f"word{n}" for n in range(200)), language="en")
    prompt = asked(service)["prompt"].decode()
    assert 150 < len(prompt) <= 200
    assert prompt.split(", ") == [f"word{n}" for n in range(len(prompt.split(", ")))]


@pytest.mark.parametrize("sound", [np.zeros(0, np.int16), TONE[:700], np.zeros(8000, np.int16)])
async def test_for_silence_nobody_is_asked(service: Service, sound: Any) -> None:
    assert await hear(service, sound) == Heard("")
    assert service.requests == []


async def test_what_is_too_long_is_refused_unasked(service: Service) -> None:
    with pytest.raises(RecogniserFailed, match="longer than 30 s"):
        await hear(service, np.tile(TONE, 31))
    assert service.requests == []


@pytest.mark.parametrize("answer", [b"<html>", b"", b'{"error": 1}', b'{"text": null}', b'{"text": "\xff"}', b"[]"])
async def test_rubbish_is_no_transcription(service: Service, answer: bytes) -> None:
    service.answer = lambda handler: give(handler, answer)
    with pytest.raises(RecogniserFailed, match="no transcription"):
        await hear(service)


async def test_an_answer_has_a_bound(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_module, "MAX_ANSWER", 1000)
    service.answer = lambda handler: give(handler, {"text": "a" * 2000})
    with pytest.raises(RecogniserFailed, match="too much"):
        await hear(service)


async def test_the_settings_say_who_hears(tmp_path: Path) -> None:
    assert recogniser(Settings(home=tmp_path)) is None
    ear = recogniser(Settings(home=tmp_path, asr_url="https://speech.example.com/v1", asr_model="base"))
    assert ear is not None
    assert ear.engine == "openai https://speech.example.com/v1 base"
    await ear.close()
