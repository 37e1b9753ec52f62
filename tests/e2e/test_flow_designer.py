"""A flow is drawn from nothing: what is broken says where, it is tried out, published, compared and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.accessibility import violations
from tests.support.centre import Centre, eventually
from yuelai.platform.ids import new_id

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]

WAIT = 20_000
"""Milliseconds; the machine may be busy."""


@pytest.fixture
def page(browser: Browser, centre: Centre) -> Iterator[Page]:
    """The console of the administrator; complaints of the page fail the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill("admin")
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    page.get_by_test_id("nav-flows").click(timeout=WAIT)
    yield page
    context.close()
    assert troubles == []


@pytest.fixture
def code(page: Page, centre: Centre) -> Iterator[str]:
    """A new flow that says good-bye, open in the designer."""
    code = f"e2e_{new_id().hex[-12:]}"
    page.get_by_test_id("flow-new").click()
    page.locator("#flow-name").fill("试画的流程")
    page.locator("#flow-code").fill(code)
    assert violations(page) == []
    page.get_by_test_id("flow-save").click()
    expect(page.get_by_test_id("node-goodbye")).to_be_visible(timeout=WAIT)
    yield code
    centre.person("admin").http.delete(f"/api/v1/flows/{code}")


def saved(page: Page) -> None:
    expect(page.get_by_test_id("flow-designer")).to_have_attribute("data-saving", "saved", timeout=WAIT)


def kept(centre: Centre, code: str) -> dict[str, Any]:
    flow: dict[str, Any] = centre.person("admin").http.get(f"/api/v1/flows/{code}").json()
    return flow


def with_a_menu(page: Page) -> None:
    """Draw a menu with one choice that leads nowhere yet, by keys, and begin with it."""
    page.keyboard.press("a")
    page.get_by_test_id("flow-add").get_by_role("textbox").fill("menu")
    page.keyboard.press("Enter")
    page.get_by_test_id("flow-label").fill("试试菜单")
    page.get_by_test_id("flow-say-add").click()
    page.get_by_test_id("flow-say-0").get_by_role("combobox").fill("main_menu")
    page.get_by_role("button", name="设为开始").click()


def publish(page: Page, note: str, *, looked_at: bool = False) -> None:
    saved(page)
    page.get_by_test_id("flow-publish").click(timeout=WAIT)
    page.get_by_test_id("publish-note").fill(note)
    if looked_at:
        assert violations(page) == []
    page.get_by_test_id("publish-yes").click()
    expect(page.get_by_test_id("publish-yes")).to_have_count(0, timeout=WAIT)


def test_a_flow_is_drawn_tried_published_compared_and_taken_back(page: Page, centre: Centre, code: str) -> None:
    with_a_menu(page)

    # What is broken says where: at the node, in the list, and on the button that does not publish.
    expect(page.get_by_test_id("errors-menu")).to_be_visible(timeout=WAIT)
    problem = page.locator("[data-testid=flow-problem][data-node=menu][data-code=open_exit]")
    expect(problem).to_contain_text("试试菜单", timeout=WAIT)
    expect(page.get_by_test_id("flow-publish")).to_contain_text("先改 1 个错误再发布", timeout=WAIT)
    saved(page)
    draft = kept(centre, code)["draft"]
    assert [one["exit"] for one in draft["problems"] if one["severity"] == "error"] == ["choices.1"]

    problem.get_by_test_id("flow-repair").click()
    expect(page.get_by_test_id("errors-menu")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("errors-menu")).to_be_visible()
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_test_id("errors-menu")).to_have_count(0)
    saved(page)

    # The real engine walks it; the way is marked on the canvas.
    page.get_by_test_id("flow-simulate").click()
    page.get_by_test_id("sim-start").click()
    expect(page.get_by_test_id("sim-waiting")).to_be_visible(timeout=WAIT)
    expect(page.get_by_test_id("node-menu")).to_have_attribute("data-walked", "here")
    page.get_by_test_id("sim-key-1").click()
    expect(page.get_by_test_id("sim-ended")).to_contain_text("未办妥", timeout=WAIT)
    expect(page.get_by_test_id("node-menu")).to_have_attribute("data-walked", "through")
    expect(page.get_by_test_id("edge-menu.choices.1")).to_have_attribute("data-walked", "true")
    assert violations(page) == []

    publish(page, "第一版", looked_at=True)
    eventually(lambda: (kept(centre, code)["published"] or {}).get("version") == 1, 10)

    # A change is seen against what is published, and can be taken back.
    page.get_by_test_id("flow-simulate").click()
    page.get_by_test_id("node-goodbye").click()
    page.get_by_test_id("flow-label").fill("再会")
    saved(page)
    page.get_by_test_id("flow-compare-open").click()
    expect(page.get_by_test_id("change-goodbye")).to_contain_text("再会", timeout=WAIT)
    assert violations(page) == []
    publish(page, "第二版")
    eventually(lambda: kept(centre, code)["published"]["version"] == 2, 10)
    page.get_by_test_id("flow-versions-open").click()
    expect(page.get_by_test_id("version-1")).to_contain_text("第一版", timeout=WAIT)
    page.get_by_test_id("version-1-restore").click()
    expect(page.locator(".version-1-restore-yes")).to_be_visible()
    assert violations(page) == []
    page.locator(".version-1-restore-yes").click()
    expect(page.get_by_test_id("version-3")).to_contain_text("使用中", timeout=WAIT)
    assert "再会" not in str(kept(centre, code)["published"]["document"])
    expect(page.get_by_test_id("node-goodbye")).not_to_contain_text("再会", timeout=WAIT)


def test_two_who_draw_at_once_lose_nothing(page: Page, centre: Centre, code: str) -> None:
    page.get_by_test_id("node-goodbye").click()
    page.get_by_test_id("flow-label").fill("我的")
    saved(page)
    now = kept(centre, code)
    document = now["draft"]["document"]
    document["nodes"]["goodbye"]["label"] = "对方的"
    path = f"/api/v1/flows/{code}/draft"
    assert centre.person("admin").http.put(path, json={"document": document, "rev": now["rev"]}).status_code == 200
    page.get_by_test_id("flow-label").fill("我又改了")
    conflict = page.get_by_test_id("flow-conflict")
    expect(conflict).to_be_visible(timeout=WAIT)
    assert kept(centre, code)["draft"]["document"]["nodes"]["goodbye"]["label"] == "对方的"
    conflict.get_by_role("button", name="载入对方的").click()
    expect(page.get_by_test_id("node-goodbye")).to_contain_text("对方的", timeout=WAIT)
