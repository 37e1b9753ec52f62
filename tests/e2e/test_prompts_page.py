"""A prompt is brought, heard, said by a published flow, and what callers hear is that sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.media.tts.test_levels import wav
from tests.support.accessibility import violations
from tests.support.centre import Centre
from yuelai.platform.ids import new_id

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]

WAIT = 20_000
"""Milliseconds; the machine may be busy."""
HERTZ = 1000.0
NUMBER = "10097"


@pytest.fixture
def page(browser: Browser, centre: Centre) -> Iterator[Page]:
    """The page of prompts, open for the administrator; complaints of the page fail the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill("admin")
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    page.get_by_test_id("nav-prompts").click(timeout=WAIT)
    expect(page.get_by_test_id("prompts-row").first).to_be_visible(timeout=WAIT)
    yield page
    context.close()
    assert troubles == []


def tone(folder: Path) -> Path:
    t = np.arange(4 * 44100) / 44100
    file = folder / "Spring Offer.wav"
    file.write_bytes(wav(0.4 * np.sin(2 * np.pi * HERTZ * t), 44100).getvalue())
    return file


def say_it(centre: Centre, name: str) -> None:
    """Publish a flow that says the prompt, and lead a number to it."""
    http = centre.person("admin").http
    code = f"says_{name}"
    document = {
        "start": "hello",
        "handlers": {"failed": "end", "error": "end"},
        "nodes": {
            "hello": {"kind": "notice", "say": [name], "next": "end"},
            "end": {"kind": "hangup", "served": True},
        },
    }
    assert http.post("/api/v1/flows", json={"code": code, "name": "试听"}).status_code == 201
    rev = http.get(f"/api/v1/flows/{code}").json()["rev"]
    saved = http.put(f"/api/v1/flows/{code}/draft", json={"document": document, "rev": rev}).json()
    answer = http.post(f"/api/v1/flows/{code}/publish", json={"rev": saved["rev"]})
    assert answer.status_code == 200, answer.text
    assert http.put(f"/api/v1/access-numbers/{NUMBER}", json={"flow": code}).status_code in (200, 201)


def test_callers_hear_what_was_brought(page: Page, centre: Centre, tmp_path: Path) -> None:
    name = f"e2e_{new_id().hex[-10:]}"
    page.get_by_test_id("prompt-new").click()
    page.get_by_test_id("prompt-file").set_input_files(tone(tmp_path))
    page.get_by_test_id("prompt-name").fill(name)
    page.get_by_test_id("prompt-words").fill("春季优惠")
    page.get_by_test_id("prompt-make").click()
    sheet = page.get_by_test_id("prompt-sheet")
    expect(sheet.get_by_test_id("sound-zh")).to_contain_text("4.1 s", timeout=WAIT)
    sheet.get_by_test_id("sheet-play-zh").click()
    expect(sheet.get_by_test_id("sheet-play-zh")).to_have_attribute("aria-label", f"停止试听 {name}（中文）")
    assert violations(page) == []

    say_it(centre, name)
    heard = centre.called(
        "--from", "13900000097", "--to", NUMBER, "--hold", "4", "--tone", "0", "--expect-tone", "1000"
    )
    assert heard["calls"][0]["status"] == 200, heard
    assert heard["calls"][0]["expected_tone_heard"] is True, heard

    # What a flow says is not deleted.
    sheet.get_by_test_id("remove-zh").click()
    page.locator(".remove-zh-yes").click()
    expect(sheet.get_by_role("alert")).to_contain_text(f"says_{name}", timeout=WAIT)

    # The browser's microphone makes the next version.
    sheet.get_by_test_id("mic-start").first.click()
    expect(sheet.get_by_test_id("mic-stop")).to_be_visible(timeout=WAIT)
    page.wait_for_timeout(1500)
    sheet.get_by_test_id("mic-stop").click()
    sheet.get_by_test_id("mic-keep").click()
    expect(sheet.get_by_test_id("sound-zh")).to_contain_text("麦克风", timeout=WAIT)
