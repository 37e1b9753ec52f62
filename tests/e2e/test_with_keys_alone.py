"""A whole call without a mouse, in English: nothing that work needs may ask for one."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.centre import Centre

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(120)]


IN_CALL = {"ringing": "ring", "talking": "talk", "hold": "hold", "wrapup": "wrapup"}


def state(page: Page, name: str) -> None:
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", name, timeout=20000)
    if name in IN_CALL:  # agent and call are two documents, and the keys follow the call
        expect(page.get_by_test_id("call-block")).to_have_attribute("data-state", IN_CALL[name])


def go_to_region(page: Page, selector: str) -> None:
    """Press F6 until the focus is where it is wanted, once round the screen at most."""
    for _ in range(8):
        page.keyboard.press("F6")
        if page.evaluate("(selector) => !!document.activeElement.closest(selector)", selector):
            return
    raise AssertionError(f"F6 does not lead to {selector}")


def test_a_call_is_served_with_keys_alone_in_english(browser: Browser, centre: Centre) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    keys = page.keyboard
    page.goto(centre.base)
    expect(page.get_by_test_id("signin-username")).to_be_focused()
    for key in ("Tab", "Tab", "Tab", "Enter", "Shift+Tab", "Shift+Tab", "Shift+Tab"):  # to the switch of language, back
        keys.press(key)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    keys.type("agent02")
    keys.press("Tab")
    keys.type("demo")
    keys.press("Enter")
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=15000)
    try:
        go_to_region(page, "[data-testid=become-ready]")
        keys.press("Enter")
        state(page, "ready")
        call = centre.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "60")
        state(page, "ringing")
        expect(page.get_by_test_id("customer-name").first).to_contain_text("王芳")
        keys.press("F2")
        state(page, "talking")
        keys.press("F4")
        state(page, "hold")
        keys.press("F4")
        state(page, "talking")
        keys.press("Alt+n")
        keys.type("asks about the October bill")
        keys.press("Enter")
        expect(page.get_by_test_id("trail-line").last).to_contain_text("asks about the October bill")
        keys.press("Escape")
        keys.press("Shift+F2")
        state(page, "wrapup")
        assert json.loads(call.communicate(timeout=30)[0])["calls"][0]["ended_by"] == "remote"
        go_to_region(page, "[data-testid=wrapup-form]")
        keys.press("ArrowRight")
        expect(page.get_by_role("radio", name="Billing")).to_be_checked()
        keys.press("Control+Enter")
        state(page, "ready")
    finally:
        centre.person("agent02").be("offline")
        context.close()
    assert centre.person("leader01").interaction(ani="13800000001")["disposition"] == "billing"
