"""What a caller hears and may do while waiting, in a whole centre, by what was really heard and kept."""

from __future__ import annotations

import asyncio
import io
import itertools
import socket
import threading
import time
import wave
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from tests.calls.test_waiting_sound import alike
from tests.support.agents import finish_wrapup, phone, ready_agent
from tests.support.centre import Centre, Person, eventually, free_port, free_sip_port, running_centre
from tests.support.sipp import Sipp
from yuelai.channels.voice.speech import digits, prompt_path
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.call import Call
from yuelai.entrypoints.caller.useragent import UserAgent
from yuelai.media.embedded.files import read
from yuelai.wire.g711 import Law, decode

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(180)]

CHINESE = "zh-CN"
TRIES = itertools.count(10)


@pytest.fixture(scope="module")
def own() -> Iterator[Centre]:
    """A centre of its own: what is owed here must not ring at the agents of other tests."""
    with running_centre() as running:
        yield running


def sound(*names: str) -> np.ndarray:
    return np.concatenate([read(prompt_path(name, CHINESE)) for name in names]).astype(float)


def called(centre: Centre, number: str, script: Callable[[Call], Awaitable[None]], folder: Path) -> np.ndarray:
    """Call 10000 and follow the script until the centre hangs up; return what was heard."""

    async def run() -> None:
        agent = await UserAgent.open(("127.0.0.1", centre.sip_port), user=number)
        try:
            call = await agent.invite("10000", keep_sound=True)
            await asyncio.wait_for(call.final.wait(), 20)
            assert call.status == 200
            await script(call)
            await asyncio.wait_for(call.ended.wait(), 45)
            call.sound.save(folder / "heard.wav")
        finally:
            await agent.close()

    asyncio.run(run())
    with wave.open(str(folder / "heard.wav")) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


async def comes_to(leader: Person, number: str, state: str) -> None:
    def there() -> bool:
        items = leader.interactions(ani=number)
        return bool(items) and items[0]["state"] == state

    await asyncio.to_thread(eventually, there, 20)


class Ear:
    """A socket for RTP that remembers what came and when."""

    def __init__(self) -> None:
        self.port = free_port(socket.SOCK_DGRAM)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", self.port))
        self._socket.settimeout(0.2)
        self.packets: list[tuple[float, bytes]] = []
        self._listening = True
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while self._listening:
            try:
                data = self._socket.recv(2000)
            except TimeoutError:
                continue
            if len(data) == 172 and data[1] & 0x7F == Law.PCMA:
                self.packets.append((time.time(), data[12:]))

    def close(self) -> None:
        self._listening = False
        self._thread.join()
        self._socket.close()

    def until(self, moment: float) -> np.ndarray:
        codes = b"".join(payload for at, payload in self.packets if at < moment)
        return decode(codes, Law.PCMA).astype(float)


def test_a_greeting_is_heard_before_the_call_is_answered_and_the_agent_answers_it(own: Centre) -> None:
    admin = own.person("admin")
    assert admin.http.put("/api/v1/access-numbers/10010", json={"flow": "early"}).status_code == 200
    time.sleep(1)
    ear = Ear()
    try:
        with phone(own, "8001") as telephone, ready_agent(own, "agent01") as agent01:
            words = {
                "CALLED": "10010",
                "CALLER": "13700000023",
                "MILLISECONDS": "1500",
                "audio 6000": f"audio {ear.port}",
            }
            caller = Sipp("hears", own.sip_port, port=free_sip_port(), words=words)
            caller.wait()
            telephone.wait()
            finish_wrapup(agent01)
    finally:
        ear.close()
    interaction = own.person("leader01").interaction(ani="13700000023")
    talk = next(segment for segment in interaction["segments"] if segment["kind"] == "talk")
    early = ear.until(datetime.fromisoformat(talk["started_at"]).timestamp())
    for name in ("welcome", "recording_notice"):
        assert alike(early, sound(name))[0] > 0.8, f"{name} was not heard before the answer"
    assert [segment["kind"] for segment in interaction["segments"]][:4] == ["ivr", "queue", "ring", "talk"]


def test_a_message_is_left_and_is_what_was_said(own: Centre, tmp_path: Path) -> None:
    leader, number = own.person("leader01"), "13700000021"

    async def script(call: Call) -> None:
        await asyncio.wait_for(call.sound.audible.wait(), 5)
        await call.sound.press("3")
        await comes_to(leader, number, "queue")
        await call.sound.press("2")
        await comes_to(leader, number, "message")
        await asyncio.sleep(len(sound("leave_message")) / 8000 + 1.5)
        call.sound.speak(sources.files([prompt_path("demo_caller_1", CHINESE)]))
        await asyncio.sleep(len(sound("demo_caller_1")) / 8000 + 1)
        await call.sound.press("#")
        await asyncio.sleep(2)
        await call.sound.press("1")

    heard = called(own, number, script, tmp_path)
    for name in ("leave_message", "message_saved"):
        assert alike(heard, sound(name))[0] > 0.8, f"{name} was not heard"
    interaction = leader.interaction(ani=number)
    assert interaction["end_reason"] == "message_left"
    assert [segment["kind"] for segment in interaction["segments"]] == ["ivr", "queue", "message"]
    assert interaction["queue"]["code"] == "complaint"
    (recording,) = interaction["recordings"]
    audio = leader.http.get(f"/api/v1/recordings/{recording['id']}/audio?format=wav")
    assert audio.status_code == 200
    with wave.open(io.BytesIO(audio.content)) as file:
        said = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)[:, 0].astype(float)
    assert alike(said, sound("demo_caller_1"))[0] > 0.8, "the message is not what was said"
    assert abs(len(said) / 8000 - recording["duration_ms"] / 1000) < 0.2
    owed = [item for item in leader.get("/callbacks")["items"] if item["interaction_id"] == interaction["id"]]
    assert [(item["kind"], item["recording"]["id"]) for item in owed] == [("voicemail", recording["id"])]


def test_who_would_rather_be_called_back_hears_the_number_and_is_owed_a_call(own: Centre, tmp_path: Path) -> None:
    # Whoever is owed a call is not owed another one: each try has a number of its own.
    leader, number = own.person("leader01"), f"137000022{next(TRIES):02d}"

    async def script(call: Call) -> None:
        await asyncio.wait_for(call.sound.audible.wait(), 5)
        await call.sound.press("0")
        await comes_to(leader, number, "queue")
        await asyncio.sleep(1)
        await call.sound.press("1")
        own_number = sound("callback_number_is", *digits(number, CHINESE), "callback_confirm")
        await asyncio.sleep(len(own_number) / 8000 + 1)
        await call.sound.press("1")

    heard = called(own, number, script, tmp_path)
    assert alike(heard, sound(*digits(number, CHINESE)))[0] > 0.8, "the number was not read back"
    assert alike(heard, sound("callback_booked"))[0] > 0.8
    interaction = leader.interaction(ani=number)
    assert interaction["end_reason"] == "callback_booked"
    owed = [item for item in leader.get("/callbacks")["items"] if item["interaction_id"] == interaction["id"]]
    assert [(item["kind"], item["number"]) for item in owed] == [("callback", number)]
