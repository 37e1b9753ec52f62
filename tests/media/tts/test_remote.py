"""The speech service, against a server of HTTP that answers as it likes."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
import time
import wave
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

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


class Service:
    """`answer` is given the handler after each request was noted."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = self.sound
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.requests.append((self.path, dict(self.headers), body))
                service.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @staticmethod
    def sound(handler: BaseHTTPRequestHandler) -> None:
        Service.give(handler, 200, tone_in_wav())

    @staticmethod
    def give(handler: BaseHTTPRequestHandler, status: int, content: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
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
    ((path, headers, body),) = service.requests
    assert path == "/v1/audio/speech"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body == {
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
    service.answer = lambda handler: service.give(handler, 200, bytes(whole))
    assert len(await speak(service)) == 4000


@pytest.mark.parametrize("status", [400, 401, 429, 500, 302])
async def test_a_refusal_is_told_without_what_it_says(
    service: Service, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.answer = lambda handler: service.give(handler, status, f"bad key {KEY}".encode())
    with pytest.raises(VoiceFailed, match=f"answered {status}") as refusal:
        await speak(service)
    assert KEY not in str(refusal.value)
    assert KEY not in caplog.text
    assert len(service.requests) == 1


async def test_what_is_no_sound_is_refused(service: Service) -> None:
    service.answer = lambda handler: service.give(handler, 200, b'{"error": "nothing"}')
    with pytest.raises(VoiceFailed, match="neither WAV, Ogg nor FLAC"):
        await speak(service)


async def test_an_answer_has_a_bound(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_module, "MAX_ANSWER", 10_000)
    with pytest.raises(VoiceFailed, match="too much"):
        await speak(service)


async def test_an_answer_that_trickles_is_not_waited_for(service: Service) -> None:
    gone = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        while not gone.wait(0.02):
            handler.wfile.write(b"x")

    service.answer = trickle
    began = time.monotonic()
    with pytest.raises(VoiceFailed, match="did not answer"):
        await speak(service, timeout=0.2)
    gone.set()
    assert time.monotonic() - began < 5


async def test_nobody_there_is_told_at_once(service: Service) -> None:
    service.close()
    with pytest.raises(VoiceFailed, match="cannot be reached"):
        await speak(service)


async def test_the_service_is_asked_few_things_at_once(service: Service) -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.03)
        with lock:
            under_way -= 1
        service.sound(handler)

    service.answer = slow
    voice = RemoteVoice(service.url)
    await asyncio.gather(*(voice.synthesise(str(n), "en", "", 1.0) for n in range(12)))
    await voice.close()
    assert most <= 4
    assert "Authorization" not in service.requests[0][1]
