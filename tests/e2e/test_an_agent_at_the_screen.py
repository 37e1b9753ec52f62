"""An agent with a headset and a browser: who calls is on screen while it rings, and the call is served there."""

from __future__ import annotations

import io
import json
import time
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import HUM
from tests.support.centre import Centre, eventually
from tests.support.chromium import heard

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]

TONE = 440.0
"""What the caller sends (Hz)."""


def sign_in(page: Page, centre: Centre, username: str) -> None:
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill(username)
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=15000)


@pytest.fixture
def desk(browser: Browser, centre: Centre) -> Iterator[Page]:
    """The desk of agent01, ready in the browser; complaints of the page fail the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    sign_in(page, centre, "agent01")
    agent = centre.person("agent01")
    agent.be_ready("browser")
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "ready")
    yield page
    current = agent.state()["interaction_id"]
    if current:
        agent.http.post(f"/api/v1/interactions/{current}/hangup")
        agent.http.post(f"/api/v1/interactions/{current}/wrapup", json={"disposition": "solved", "note": ""})
    agent.be("offline")
    context.close()
    assert troubles == []


def state(page: Page, name: str, timeout: float = 20000) -> None:
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", name, timeout=timeout)


def tones_at_the_end(centre: Centre, record: dict[str, Any]) -> tuple[float, float]:
    """Return the loudest frequencies of the recording's last two seconds: what the customer said, and heard."""
    (recording,) = record["recordings"]
    audio = centre.person("leader01").http.get(f"/api/v1/recordings/{recording['id']}/audio?format=wav")
    with wave.open(io.BytesIO(audio.content)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)[-16000:]
    spectra = np.abs(np.fft.rfft(samples.astype(float), axis=0))
    said, heard_back = np.argmax(spectra, axis=0) * 8000 / len(samples)
    return float(said), float(heard_back)


def test_a_call_is_answered_held_and_finished_in_the_browser(desk: Page, centre: Centre) -> None:
    call = centre.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "60", "--tone", str(TONE))
    state(desk, "ringing")
    # Before it is answered.
    expect(desk.get_by_test_id("customer-name").first).to_contain_text("王芳")
    expect(desk.get_by_test_id("why")).to_contain_text("人工")
    desk.keyboard.press("F2")
    state(desk, "talking")
    hz, level = eventually(lambda: (found := heard(desk))[1] > -60 and found, 10)
    assert abs(hz - TONE) < 15, f"the page hears {hz} Hz at {level} dB"

    desk.keyboard.press("F4")
    state(desk, "hold")
    desk.keyboard.press("F4")
    state(desk, "talking")
    hz, _ = eventually(lambda: abs((found := heard(desk))[0] - TONE) < 15 and found, 10)

    pause = desk.get_by_test_id("recording-pause-toggle")
    pause.click()
    expect(pause).to_have_attribute("aria-pressed", "true")
    time.sleep(0.5)  # in which a card number is read out
    pause.click()
    expect(pause).to_have_attribute("aria-pressed", "false")

    time.sleep(2)  # of talk after the hold, for the recording

    desk.get_by_test_id("note-field").fill("客户问十月账单")
    desk.get_by_test_id("note-field").press("Enter")
    expect(desk.get_by_test_id("trail-line").last).to_contain_text("客户问十月账单")

    desk.keyboard.press("Shift+F2")
    state(desk, "wrapup")
    summary = json.loads(call.communicate(timeout=30)[0])["calls"][0]
    assert summary["ended_by"] == "remote"
    assert any(abs(tone["hz"] - HUM) < 15 and tone["seconds"] > 0.3 for tone in summary["tones"]), summary["tones"]

    expect(desk.get_by_test_id("wrapup-form")).to_be_visible()
    desk.get_by_test_id("disposition-inquiry").click()
    desk.get_by_test_id("wrapup-submit").click()
    state(desk, "ready")

    record = centre.person("leader01").interaction(ani="13800000001")
    assert [segment["kind"] for segment in record["segments"]] == [
        "ivr", "queue", "ring", "talk", "hold", "talk", "wrapup",
    ]  # fmt: skip
    said, heard_back = tones_at_the_end(centre, record)
    assert abs(said - TONE) < 15
    assert abs(heard_back - HUM) < 15, "the customer does not hear the agent after the hold"
    desk.get_by_test_id("nav-interactions").click()
    desk.get_by_test_id("interaction-row").first.click()
    expect(desk.get_by_test_id("recording-wave")).to_have_attribute("aria-busy", "false")
    expect(desk.get_by_test_id("recording-pause")).to_have_count(1)
    desk.get_by_test_id("recording-play").click()
    played = "() => document.querySelector('[data-testid=recording-audio]')?.currentTime > 0.5"
    eventually(lambda: desk.evaluate(played), 15)
    desk.get_by_test_id("recording-wave").focus()
    desk.keyboard.press("End")
    at = "() => document.querySelector('[data-testid=recording-audio]').currentTime"
    desk.get_by_test_id("recording-wave").click(position={"x": 1, "y": 5})
    eventually(lambda: 0 <= desk.evaluate(at) < 1.5, 5)


def test_a_reload_during_a_call_gives_the_same_call_back_with_sound(desk: Page, centre: Centre) -> None:
    call = centre.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "60", "--tone", str(TONE))
    state(desk, "ringing")
    desk.keyboard.press("F2")
    state(desk, "talking")
    eventually(lambda: abs(heard(desk)[0] - TONE) < 15, 10)
    begun = time.monotonic()
    desk.reload(wait_until="commit")
    sound = "() => !!document.querySelector('[data-testid=remote-audio]')?.srcObject"
    eventually(lambda: desk.evaluate(sound), 10)
    eventually(lambda: abs(heard(desk, 0.3)[0] - TONE) < 30, 10)
    took = time.monotonic() - begun
    assert took < 3, f"{took:.1f} s from the reload to the customer's voice"
    state(desk, "talking")
    assert call.poll() is None
    desk.keyboard.press("Shift+F2")
    state(desk, "wrapup")
    assert json.loads(call.communicate(timeout=30)[0])["calls"][0]["ended_by"] == "remote"


def test_a_call_in_the_browser_outlives_the_web_process(desk: Page, centre: Centre) -> None:
    call = centre.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "60", "--tone", str(TONE))
    state(desk, "ringing")
    desk.keyboard.press("F2")
    state(desk, "talking")
    eventually(lambda: abs(heard(desk)[0] - TONE) < 15, 10)
    centre.kill("web")
    assert abs(heard(desk, 1.5)[0] - TONE) < 15, "the sound does not pass through the web process"
    expect(desk.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=20000)
    state(desk, "talking")
    assert abs(heard(desk)[0] - TONE) < 15
    assert call.poll() is None
    eventually(lambda: desk.get_by_test_id("offline").count() == 0, 20)
    desk.keyboard.press("Shift+F2")
    state(desk, "wrapup")
    assert json.loads(call.communicate(timeout=30)[0])["calls"][0]["ended_by"] == "remote"


@pytest.mark.parametrize(
    ("ani", "element", "count"), [("13800000002", "candidate", 2), ("13800009999", "new-customer", 1)]
)
def test_who_is_not_certain_is_said_while_it_rings(
    desk: Page, centre: Centre, ani: str, element: str, count: int
) -> None:
    call = centre.call("--from", ani, "--to", "10000", "--dtmf", "0", "--hold", "8", "--hold-from", "digits")
    state(desk, "ringing")
    expect(desk.get_by_test_id(element)).to_have_count(count)
    call.wait(20)
    state(desk, "ready")
