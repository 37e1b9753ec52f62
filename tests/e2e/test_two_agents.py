"""Two agents with a browser each and one customer: held, asked about, handed over, three at once, served to the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import HUM
from tests.support.centre import Centre, eventually
from tests.support.chromium import heard

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(240)]

TONE = 440.0
"""What the caller sends (Hz)."""
SOON = 20000
"""Milliseconds that a busy machine may take."""
NOTE = "核对十月账单，身份已验证"

Desks = tuple[Page, Page]


def sign_in(browser: Browser, centre: Centre, username: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill(username)
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=SOON)
    return page


@pytest.fixture
def desks(browser: Browser, centre: Centre) -> Iterator[Desks]:
    """The desks of agent01, ready, and agent02, signed in; complaints of the pages fail the test."""
    troubles: list[str] = []
    pages = sign_in(browser, centre, "agent01"), sign_in(browser, centre, "agent02")
    for page in pages:
        page.on("pageerror", lambda error: troubles.append(str(error)))
    be_ready(pages[0], centre, "agent01")
    yield pages
    for page in pages:
        page.context.close()
    assert troubles == []


def be_ready(page: Page, centre: Centre, username: str) -> None:
    centre.person(username).be_ready("browser")
    state(page, "ready")


def state(page: Page, *names: str) -> None:
    def shown() -> bool:
        return page.get_by_test_id("agent-state").get_attribute("data-state") in names

    eventually(shown, SOON / 1000)


def call_state(page: Page, name: str) -> None:
    expect(page.get_by_test_id("call-block")).to_have_attribute("data-state", name, timeout=SOON)


def hears(page: Page, hz: float) -> None:
    eventually(lambda: page.get_by_test_id("remote-audio").evaluate("one => !!one.srcObject"), SOON / 1000)
    eventually(lambda: abs(heard(page)[0] - hz) < 15, SOON / 1000)


def slot(page: Page, name: str) -> Locator:
    return page.get_by_test_id(f"phone-{name}")


def talk(page: Page, centre: Centre) -> Any:
    """A customer calls and agent01 answers, seeing the name before."""
    call = centre.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "120", "--tone", str(TONE))
    state(page, "ringing")
    expect(page.get_by_test_id("customer-name").first).to_contain_text("王芳")
    page.keyboard.press("F2")
    state(page, "talking")
    call_state(page, "talk")
    hears(page, TONE)
    return call


def ask(page: Page, typed: str, note: str = "") -> None:
    """Ask by the keys alone: directory, a name, a note, Enter."""
    page.keyboard.press("F9")
    expect(page.get_by_test_id("directory-field")).to_be_focused()
    page.keyboard.type(typed)
    entry = page.locator("[data-testid=directory-entry][aria-selected=true]")
    expect(entry).to_contain_text("8002", timeout=SOON)
    expect(page.get_by_test_id("directory-entry")).to_have_count(1)
    if note:
        page.keyboard.press("Tab")
        page.keyboard.type(note)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("directory")).to_have_count(0, timeout=SOON)


def consult(desks: Desks, centre: Centre, note: str = "") -> None:
    """agent01 asks agent02, who answers; the two hear each other."""
    one, two = desks
    be_ready(two, centre, "agent02")
    ask(one, "8002", note)
    call_state(one, "consult")
    state(two, "ringing")
    expect(two.get_by_test_id("customer-name").first).to_contain_text("王芳")
    two.keyboard.press("F2")
    expect(one.get_by_test_id("asked")).to_have_attribute("data-state", "talking", timeout=SOON)
    hears(two, HUM)
    hears(one, HUM)


def wrap_up(page: Page) -> None:
    state(page, "wrapup")
    page.get_by_test_id("disposition-inquiry").click()
    page.get_by_test_id("wrapup-submit").click()
    state(page, "ready")


def test_a_customer_is_held_asked_about_and_handed_over(desks: Desks, centre: Centre) -> None:
    one, two = desks
    call = talk(one, centre)
    one.keyboard.press("F4")
    call_state(one, "hold")
    one.keyboard.press("F4")
    call_state(one, "talk")
    hears(one, TONE)
    one.get_by_test_id("note-field").fill("客户问十月账单")
    one.get_by_test_id("note-field").press("Enter")
    one.keyboard.press("Escape")

    consult(desks, centre, NOTE)
    one.keyboard.press("F4")  # back to the customer, and to the colleague again
    hears(one, TONE)
    one.keyboard.press("F4")
    hears(one, HUM)
    one.keyboard.press("Shift+F9")
    state(one, "wrapup")
    call_state(two, "talk")
    hears(two, TONE)
    expect(two.get_by_test_id("trail-line").filter(has_text="客户问十月账单")).to_have_count(1)
    expect(two.get_by_test_id("trail-line").filter(has_text=NOTE)).to_have_count(1)
    wrap_up(one)

    two.reload(wait_until="commit")
    hears(two, TONE)
    call_state(two, "talk")
    two.keyboard.press("Shift+F2")
    wrap_up(two)
    summary = json.loads(call.communicate(timeout=30)[0])["calls"][0]
    assert summary["ended_by"] == "remote"
    assert any(abs(tone["hz"] - HUM) < 15 and tone["seconds"] > 0.3 for tone in summary["tones"]), summary["tones"]

    record = centre.person("leader01").interaction(ani="13800000001")
    kinds = [segment["kind"] for segment in record["segments"]]
    assert kinds[:4] == ["ivr", "queue", "ring", "talk"]
    assert {"hold", "consult"} <= set(kinds)
    assert len(record["recordings"]) == 2, "one for each agent"
    for recording in record["recordings"]:
        audio = centre.person("leader01").http.get(f"/api/v1/recordings/{recording['id']}/audio?format=wav")
        assert audio.status_code == 200
        assert len(audio.content) > 16000


def test_three_speak_and_the_first_one_leaves(desks: Desks, centre: Centre) -> None:
    one, two = desks
    call = talk(one, centre)
    consult(desks, centre)
    one.keyboard.press("Shift+F8")
    call_state(one, "conference")
    call_state(two, "conference")
    hears(two, TONE)
    one.keyboard.press("Shift+F8")
    expect(one.get_by_test_id("member")).to_have_count(3)
    expect(one.get_by_test_id("member-drop")).to_have_count(1)
    one.keyboard.press("Escape")
    one.keyboard.press("Shift+F9")
    state(one, "wrapup")
    call_state(two, "talk")
    hears(two, TONE)
    assert call.poll() is None
    two.keyboard.press("Shift+F2")
    wrap_up(two)
    wrap_up(one)


def test_a_colleague_who_declines_leaves_the_customer_on_hold(desks: Desks, centre: Centre) -> None:
    one, two = desks
    talk(one, centre)
    be_ready(two, centre, "agent02")
    ask(one, "8002")
    state(two, "ringing")
    two.keyboard.press("Shift+F2")
    call_state(one, "hold")
    expect(one.get_by_text("客户仍在保持中").first).to_be_visible()
    one.keyboard.press("F4")
    call_state(one, "talk")
    hears(one, TONE)


def test_a_customer_is_sent_on_at_once_with_a_note(desks: Desks, centre: Centre) -> None:
    one, two = desks
    talk(one, centre)
    be_ready(two, centre, "agent02")
    one.keyboard.press("F9")
    one.keyboard.type("8002")
    expect(one.locator("[data-testid=directory-entry][aria-selected=true]")).to_contain_text("8002", timeout=SOON)
    expect(one.get_by_test_id("directory-entry")).to_have_count(1)
    one.get_by_test_id("directory-note").fill(NOTE)
    one.keyboard.press("Control+Enter")
    state(one, "wrapup")
    state(two, "ringing")
    expect(two.get_by_test_id("call-second")).to_contain_text(f"由 8001 转来：{NOTE}")
    two.keyboard.press("F2")
    call_state(two, "talk")
    hears(two, TONE)


def test_headset_and_network_are_checked_and_the_result_is_kept(desks: Desks) -> None:
    one, _ = desks
    one.get_by_test_id("first-check").click()
    expect(one.get_by_test_id("microphone-meter")).to_have_attribute("data-state", "heard", timeout=SOON)
    one.get_by_test_id("check-speaker").click()
    expect(one.get_by_test_id("network-check")).to_have_attribute("data-state", "good", timeout=SOON)
    expect(one.get_by_test_id("network-check")).to_contain_text("经中继")
    one.get_by_test_id("check-done").click()
    expect(one.get_by_test_id("device-check")).to_have_count(0)
    expect(one.get_by_test_id("first-check")).to_have_count(0)
    one.reload()
    expect(one.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=SOON)
    expect(one.get_by_test_id("call-out")).to_be_visible()
    expect(one.get_by_test_id("first-check")).to_have_count(0)


def test_a_number_is_called_and_what_came_of_it_is_told(desks: Desks) -> None:
    one, _ = desks
    one.keyboard.press("F9")
    expect(one.get_by_test_id("dial-field")).to_be_focused()
    one.keyboard.press("Enter")
    expect(one.get_by_test_id("dial")).to_contain_text("请填写号码")
    one.keyboard.type("13900000009")
    one.keyboard.press("Enter")
    expect(one.get_by_test_id("dial")).to_have_count(0, timeout=SOON)
    # The demo has no line outside: my phone was called, theirs was not.
    expect(one.get_by_text("客户未接通").first).to_be_visible(timeout=SOON)
    wrap_up(one)
    one.keyboard.press("F9")
    expect(one.get_by_test_id("redial")).to_have_text("139 0000 0009")
