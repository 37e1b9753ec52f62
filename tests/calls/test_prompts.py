"""A prompt is recorded at the telephone of whoever asks for it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from tests.support.centre import Centre, Person
from yuelai.entrypoints.caller import sources
from yuelai.entrypoints.caller.phone import Phone
from yuelai.media.embedded.files import decode
from yuelai.platform.ids import SAMPLE_TENANT

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(120)]

HERTZ = 700.0
PATH = "/api/v1/prompts/spoken_at_the_phone/zh-CN"


@pytest.fixture
def leader(centre: Centre) -> Iterator[Person]:
    """Somebody with a work number who may write prompts, for as long as this takes."""
    centre.ask(
        "INSERT INTO grants (person_id, tenant_id, role) SELECT id, $1, 'editor' FROM people WHERE username = $2",
        SAMPLE_TENANT,
        "leader01",
    )
    person = centre.person("leader01")
    yield person
    person.http.delete(PATH)
    centre.ask(
        "DELETE FROM grants WHERE role = 'editor' AND person_id = (SELECT id FROM people WHERE username = $1)",
        "leader01",
    )


async def test_what_is_said_after_the_tone_is_kept(centre: Centre, leader: Person) -> None:
    async with httpx.AsyncClient(base_url=centre.base, headers=leader.http.headers, timeout=20) as http:
        refused = await http.post(f"{PATH}/record", json={"text": "话机录音"})
        assert (refused.status_code, refused.json()["code"]) == (409, "no_seat")
        phone = Phone(("127.0.0.1", centre.sip_port), "8101", "demo", source=lambda: sources.tone(HERTZ))
        async with phone:
            begun = await http.post(f"{PATH}/record", json={"text": "话机录音"})
            assert begun.status_code == 202, begun.text
            busy = await http.post(f"{PATH}/record", json={"text": "话机录音"})
            assert busy.json()["code"] == "seat_busy"
            await _until(http, begun.json()["take_id"], "recording")
            # A key ends the words; the tone that follows takes half a second.
            await asyncio.sleep(0.5)
            await phone.calls[0].sound.press("1")
            await asyncio.sleep(2.5)
            await phone.calls[0].sound.press("#")
            await asyncio.sleep(0.5)
            await phone.calls[0].sound.press("1")
            state = await _until(http, begun.json()["take_id"], "kept")
            assert state["warnings"] == []
        found = (await http.get("/api/v1/prompts", params={"q": "spoken_at_the_phone"})).json()["items"][0]
        assert (found["text_zh"], found["languages"]["zh"]["source"]) == ("话机录音", "phone")
        assert 1.0 < found["languages"]["zh"]["seconds"] < 3.0
        sound = decode(io.BytesIO((await http.get(f"{PATH}/audio")).content), "a").astype(float)
    spectrum = np.abs(np.fft.rfft(sound))
    assert np.fft.rfftfreq(len(sound), 1 / 8000)[spectrum.argmax()] == pytest.approx(HERTZ, abs=5)


async def _until(http: httpx.AsyncClient, take: str, wanted: str) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for _ in range(60):
        state = (await http.get(f"/api/v1/prompts/takes/{take}")).json()
        if state["state"] == wanted:
            break
        await asyncio.sleep(0.25)
    assert state["state"] == wanted, state
    return state
