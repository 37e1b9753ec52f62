"""A script is read by keys, an editor publishes its next version, and one thing is offered in a contact."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.centre import Centre, eventually
from yuelai.platform.ids import new_id

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(240)]

WAIT = 20_000
"""Milliseconds; the machine may be busy."""


def signed_in(browser: Browser, centre: Centre, username: str, size: tuple[int, int] = (1440, 900)) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    page = context.new_page()
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill(username)
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    return page


@pytest.fixture
def desk(browser: Browser, centre: Centre) -> Iterator[Page]:
    """The desk of agent01, ready in the browser; complaints of the page fail the test."""
    page = signed_in(browser, centre, "agent01")
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=WAIT)
    centre.person("agent01").be_ready("browser")
    state(page, "ready")
    yield page
    page.context.close()
    assert troubles == []


def state(page: Page, name: str, timeout: float = WAIT) -> None:
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", name, timeout=timeout)


def a_customer(centre: Centre) -> str:
    """Add somebody nobody else calls as; return their number."""
    number = f"139{new_id().int % 10**8:08d}"
    added = centre.person("admin").http.post(
        "/api/v1/customers", json={"name": "周晓燕", "gender": "female", "phones": [number]}
    )
    assert added.status_code == 201, added.text
    return number


def a_script(centre: Centre, text: str) -> tuple[str, str]:
    """Publish a script for whoever is known; return its id and code."""
    code = f"e2e-{new_id().hex[-12:]}"
    steps: list[dict[str, Any]] = [
        {"id": "ask", "text": text, "branches": [{"label": "好了", "next": "end"}, {"label": "没有", "next": "visit"}]},
        {"id": "visit", "text": "马上派人上门。", "branches": [{"label": "好的", "next": "end"}]},
        {"id": "end", "text": "还有别的事吗？", "branches": [
            {"label": "没有了", "effect": {"kind": "result", "code": "solved"}},
        ]},
    ]  # fmt: skip
    editor = centre.person("editor01").http
    body = {"steps": steps, "entry": {"matches": ["one"], "queues": ["general"]}}
    made = editor.post("/api/v1/scripts", json={"code": code, "name": "回访", "position": 0, "body": body}).json()
    published = editor.post(f"/api/v1/scripts/{made['id']}/versions", json={"rev": 1})
    assert published.status_code == 201, published.text
    return made["id"], code


@pytest.fixture
def script(centre: Centre) -> Iterator[str]:
    """Read in every call of a known customer while it is there; its id."""
    made, _ = a_script(centre, "{customer.honorific}，上次的事办好了吗？")
    yield made
    centre.person("editor01").http.delete(f"/api/v1/scripts/{made}")


def called(desk: Page, centre: Centre, number: str) -> subprocess.Popen[str]:
    """Call and answer. A key that a busy machine did not hear is asked for once more by the menu."""
    call = centre.call("--from", number, "--to", "10000", "--dtmf", "0,,,,,,,,0", "--hold", "120")
    state(desk, "ringing", 2 * WAIT)
    desk.keyboard.press("F2")
    state(desk, "talking")
    return call


def over(desk: Page) -> None:
    desk.keyboard.press("Shift+F2")
    state(desk, "wrapup")
    desk.get_by_test_id("disposition-inquiry").click()
    desk.get_by_test_id("wrapup-submit").click()
    state(desk, "ready")


def test_a_script_is_read_by_keys_and_survives_a_reload(desk: Page, centre: Centre, script: str) -> None:
    called(desk, centre, a_customer(centre))
    tool = desk.get_by_test_id("script-tool")
    expect(tool.get_by_test_id("spoken")).to_have_text("周女士，上次的事办好了吗？", timeout=WAIT)
    expect(tool.get_by_test_id("script-place")).to_have_text("v1 · 1/3")
    desk.keyboard.press("Alt+s")
    desk.keyboard.press("2")
    expect(tool.get_by_test_id("spoken")).to_have_text("马上派人上门。", timeout=WAIT)
    desk.keyboard.press("Backspace")
    expect(tool.get_by_test_id("script-place")).to_have_text("v1 · 1/3", timeout=WAIT)
    desk.keyboard.press("2")
    expect(tool.get_by_test_id("script-place")).to_have_text("v1 · 2/3", timeout=WAIT)
    desk.reload()
    expect(tool.get_by_test_id("script-place")).to_have_text("v1 · 2/3", timeout=WAIT)
    lines = desk.get_by_test_id("trail-line")
    expect(lines.filter(has_text="话术").filter(has_text="没有").first).to_be_visible(timeout=WAIT)
    desk.keyboard.press("Alt+s")
    desk.keyboard.press("1")
    expect(tool.get_by_test_id("spoken")).to_have_text("还有别的事吗？", timeout=WAIT)
    desk.keyboard.press("1")
    expect(tool.get_by_test_id("script-list")).to_be_visible(timeout=WAIT)
    usage = centre.person("editor01").http.get(f"/api/v1/scripts/{script}/usage").json()
    assert (usage["runs"], usage["completed"]) == (1, 1)
    assert usage["outcomes"] == [{"outcome": "solved", "runs": 1}]
    state(desk, "talking")
    over(desk)


def test_an_editor_publishes_and_the_next_contact_gets_it(
    desk: Page, browser: Browser, centre: Centre, script: str
) -> None:
    called(desk, centre, a_customer(centre))
    tool = desk.get_by_test_id("script-tool")
    expect(tool.get_by_test_id("script-place")).to_have_text("v1 · 1/3", timeout=WAIT)
    desk.keyboard.press("Alt+s")
    desk.keyboard.press("2")
    expect(tool.get_by_test_id("script-place")).to_have_text("v1 · 2/3", timeout=WAIT)

    editor = signed_in(browser, centre, "editor01")
    expect(editor.get_by_test_id("nav-scripts").or_(editor.get_by_test_id("nav-knowledge")).first).to_be_visible(
        timeout=WAIT
    )
    editor.goto(f"{centre.base}/scripts/{script}")
    text = editor.get_by_test_id("step-1-text")
    expect(text).to_have_value("{customer.honorific}，上次的事办好了吗？", timeout=WAIT)
    text.fill("{customer.nmae}，问题解决了吗？")
    expect(editor.get_by_test_id("step-1")).to_contain_text("customer.nmae", timeout=WAIT)
    expect(editor.get_by_test_id("script-publish")).to_be_disabled()
    text.fill("{customer.name}，问题解决了吗？")
    expect(editor.get_by_test_id("script-preview").get_by_test_id("spoken")).to_have_text(
        "王芳，问题解决了吗？", timeout=WAIT
    )
    expect(editor.get_by_test_id("script-publish")).to_be_enabled(timeout=WAIT)
    editor.get_by_test_id("script-publish").click()
    editor.locator(".script-publish-yes").click()
    expect(editor.get_by_test_id("script-editor")).to_contain_text("v2", timeout=WAIT)
    editor.context.close()

    desk.get_by_test_id("script-answer-1").click()
    expect(tool.get_by_test_id("script-place")).to_have_text("v1 · 3/3", timeout=WAIT)
    over(desk)
    called(desk, centre, a_customer(centre))
    expect(tool.get_by_test_id("spoken")).to_have_text("周晓燕，问题解决了吗？", timeout=WAIT)
    expect(tool.get_by_test_id("script-place")).to_have_text("v2 · 1/3")
    over(desk)


def test_one_thing_is_offered_once_the_matter_is_settled(desk: Page, centre: Centre) -> None:
    admin = centre.person("admin").http
    offer = {"code": f"e2e-{new_id().hex[-12:]}", "name": "续约礼", "text": "{customer.honorific}，续约送月费。"}
    made = admin.post("/api/v1/offers", json={**offer, "priority": 9999}).json()
    try:
        called(desk, centre, a_customer(centre))
        desk.get_by_test_id("rail-offer").click()
        tool = desk.get_by_test_id("offer-tool")
        expect(tool.get_by_test_id("offer-held")).to_contain_text("先把来电事由办妥", timeout=WAIT)
        tool.get_by_test_id("offer-settled").click()
        expect(tool.get_by_test_id("spoken")).to_have_text("周女士，续约送月费。", timeout=WAIT)
        expect(tool.get_by_test_id("offer-refused")).to_be_enabled(timeout=WAIT)
        tool.get_by_test_id("offer-refused").click()
        tool.get_by_test_id("offer-reason-too_expensive").click()
        expect(tool.get_by_test_id("offer-reason-too_expensive")).to_have_attribute(
            "aria-pressed", "true", timeout=WAIT
        )
        path = f"/api/v1/offers/{made['id']}"
        figures = eventually(lambda: (found := admin.get(path).json()["figures"])["refused"] == 1 and found, 10)
        assert (figures["shown"], figures["open"]) == (1, 0)
        reasons = admin.get(f"{path}/reasons").json()["items"]
        assert reasons == [{"result": "refused", "reason": "too_expensive", "times": 1}]
        over(desk)
    finally:
        admin.delete(f"/api/v1/offers/{made['id']}")
