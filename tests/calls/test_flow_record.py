"""A caller leaves a message in a flow: it is somebody's to answer, it is what was said, and they were served."""

from __future__ import annotations

import asyncio
import io
import json
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.calls.test_waiting_sound import alike
from tests.support.centre import Centre, Person, eventually
from yuelai.channels.voice.speech import prompt_path
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.useragent import UserAgent
from yuelai.media.embedded.files import read

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(120)]

CALLER, NUMBER, CODE = "13700000047", "10047", "left_in_a_flow"
FLOW: dict[str, Any] = {
    "id": CODE,
    "version": 1,
    "start": "leave",
    "handlers": {"failed": "agent", "error": "agent"},
    "nodes": {
        "leave": {
            "kind": "record", "say": ["leave_message"], "queue": "complaint", "save": "left", "served": True,
            "business": "complaint", "next": "kept", "failed": "agent",
        },
        "kept": {"kind": "say", "say": ["message_saved"], "next": "more"},
        "more": {"kind": "menu", "say": ["main_menu"], "first_timeout": 30, "choices": {"0": {"next": "agent"}}},
        "agent": {"kind": "queue", "queue": "general"},
    },
}  # fmt: skip


def sound(name: str) -> np.ndarray:
    return read(prompt_path(name, "zh-CN")).astype(float)


def pcm(data: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(data)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples.reshape(-1, file.getnchannels())[:, 0].astype(float)


def drawn(admin: Person) -> None:
    made = admin.http.post("/api/v1/flows/import", json={"text": json.dumps(FLOW), "code": CODE, "name": "留言"})
    assert made.status_code == 201, made.text
    published = admin.http.post(f"/api/v1/flows/{CODE}/publish", json={"rev": made.json()["rev"]})
    assert published.status_code == 200, published.text
    assert admin.http.put(f"/api/v1/access-numbers/{NUMBER}", json={"flow": CODE}).status_code == 200


async def leaves_a_message(centre: Centre, folder: Path) -> None:
    """They speak, end it by the hash, keep it, hear that it is kept, and hang up without pressing anything more."""
    agent = await UserAgent.open(("127.0.0.1", centre.sip_port), user=CALLER)
    try:
        call = await agent.invite(NUMBER, keep_sound=True)
        await asyncio.wait_for(call.final.wait(), 20)
        assert call.status == 200
        await asyncio.wait_for(call.sound.audible.wait(), 5)
        await asyncio.sleep(len(sound("leave_message")) / 8000 + 1.5)
        call.sound.speak(sources.files([prompt_path("demo_caller_1", "zh-CN")]))
        await asyncio.sleep(len(sound("demo_caller_1")) / 8000 + 1)
        await call.sound.press("#")
        await asyncio.sleep(2)
        await call.sound.press("1")
        await asyncio.sleep(len(sound("message_saved")) / 8000 + 1.5)
        assert not call.ended.is_set(), "the flow goes on"
        call.sound.save(folder / "heard.wav")
        await call.hangup()
    finally:
        await agent.close()


def test_a_message_left_in_a_flow_is_owed_and_can_be_heard_and_its_caller_was_served(
    centre: Centre, tmp_path: Path
) -> None:
    admin, leader = centre.person("admin"), centre.person("leader01")
    drawn(admin)
    time.sleep(1)
    asyncio.run(leaves_a_message(centre, tmp_path))
    heard = pcm((tmp_path / "heard.wav").read_bytes())
    for name in ("leave_message", "message_saved"):
        assert alike(heard, sound(name))[0] > 0.8, f"{name} was not heard"
    interaction = leader.interaction(ani=CALLER)
    try:
        assert interaction["end_reason"] == "served"
        assert [segment["kind"] for segment in interaction["segments"]] == ["ivr", "message", "ivr"]
        (recording,) = interaction["recordings"]
        audio = leader.http.get(f"/api/v1/recordings/{recording['id']}/audio?format=wav")
        assert audio.status_code == 200
        assert alike(pcm(audio.content), sound("demo_caller_1"))[0] > 0.8, "the message is not what was said"
        items = [item for item in leader.get("/callbacks")["items"] if item["interaction_id"] == interaction["id"]]
        assert [(item["kind"], item["queue"]["code"], item["recording"]["id"]) for item in items] == [
            ("voicemail", "complaint", recording["id"])
        ]
        traffic = eventually(lambda: walks if (walks := admin.get(f"/flows/{CODE}/traffic"))["walks"] else None, 10)
        assert (traffic["walks"], traffic["served"], traffic["left"]) == (1, 1, 0)
    finally:
        # Nobody of the other tests is to be rung about it.
        for item in leader.get("/callbacks")["items"]:
            if item["interaction_id"] == interaction["id"]:
                leader.http.patch(f"/api/v1/callbacks/{item['id']}", json={"version": item["version"], "state": "done"})
        admin.http.delete(f"/api/v1/access-numbers/{NUMBER}")
