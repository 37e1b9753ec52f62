"""The speech service, asked for a voice and for what was said: whatever it does, an answer or a clear failure."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from tests.media.speech_server import Service, give
from yuelai.media.asr import RecogniserFailed
from yuelai.media.ports import MediaError
from yuelai.media.speech_service import SpeechService
from yuelai.media.tts import VoiceFailed

KEY = "sk-hush"


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service(lambda handler: give(handler, b"yes"))
    yield service
    service.close()


def client(
    service: Service,
    *,
    seconds: float = 5.0,
    most_bytes: int = 1000,
    key: str | None = KEY,
    failed: type[MediaError] = VoiceFailed,
) -> SpeechService:
    return SpeechService(service.url, key, seconds=seconds, most_bytes=most_bytes, at_once=4, failed=failed)


async def ask(asked: SpeechService) -> bytes:
    try:
        return await asked.post("/audio/speech", json={"input": "hello"})
    finally:
        await asked.close()


async def test_it_is_asked_with_the_key(service: Service) -> None:
    assert await ask(client(service)) == b"yes"
    ((path, headers, body),) = service.requests
    assert (path, body) == ("/v1/audio/speech", b'{"input":"hello"}')
    assert headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("failed", [VoiceFailed, RecogniserFailed])
@pytest.mark.parametrize("status", [400, 401, 429, 500, 302])
async def test_a_refusal_is_told_without_what_it_says(
    service: Service, status: int, failed: type[MediaError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service.answer = lambda handler: give(handler, f"bad key {KEY}".encode(), status)
    with pytest.raises(failed, match=f"answered {status}") as refusal:
        await ask(client(service, failed=failed))
    assert KEY not in str(refusal.value)
    assert KEY not in caplog.text
    assert len(service.requests) == 1


async def test_an_answer_has_a_bound(service: Service) -> None:
    service.answer = lambda handler: give(handler, b"a" * 1000)
    assert len(await ask(client(service))) == 1000
    with pytest.raises(VoiceFailed, match="too much"):
        await ask(client(service, most_bytes=999))


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
    with pytest.raises(VoiceFailed, match=r"did not answer within 0\.2 s"):
        await ask(client(service, seconds=0.2, most_bytes=100_000))
    gone.set()
    assert time.monotonic() - began < 5


async def test_nobody_there_is_told_at_once(service: Service) -> None:
    service.close()
    with pytest.raises(VoiceFailed, match="cannot be reached"):
        await ask(client(service))


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
        give(handler, b"yes")

    service.answer = slow
    asked = client(service, key=None)
    await asyncio.gather(*(asked.post("/audio/speech", json={"input": str(n)}) for n in range(12)))
    await asked.close()
    assert 1 < most <= 4
    assert "Authorization" not in service.requests[0][1]


async def test_who_waits_for_their_turn_waits_no_longer_than_for_an_answer(service: Service) -> None:
    gone = threading.Event()
    service.answer = lambda handler: (gone.wait(5), give(handler, b"yes"))[1]
    asked = client(service, seconds=0.3)
    began = time.monotonic()
    answers = await asyncio.gather(
        *(asked.post("/audio/speech", json={"input": str(n)}) for n in range(8)), return_exceptions=True
    )
    gone.set()
    await asked.close()
    assert all(isinstance(answer, VoiceFailed) for answer in answers)
    assert time.monotonic() - began < 2
