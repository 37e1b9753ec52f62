"""Whole calls without a mouse, in English: nothing that work needs may ask for one."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.centre import Centre

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(120)]


IN_CALL = {"ringing": "ring", "talking": "talk", "hold": "hold", "consult": "consult", "wrapup": "wrapup"}


def state(page: Page, name: str) -> None:
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", name, timeout=20000)
    if name in IN_CALL:  # agent and call are two documents, and the keys follow the call
        expect(page.get_by_test_id("call-block")).to_have_attribute("data-state", IN_CALL[name])


def tabs_to(page: Page, words: str) -> int:
    """Press Tab until what says so has the focus; return how often."""
    for count in range(1, 9):
        page.keyboard.press("Tab")
        if words in page.evaluate("() => document.activeElement.textContent"):
            return count
    raise AssertionError(f"Tab does not lead to {words}")


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
    away = tabs_to(page, "English")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    for _ in range(away):
        keys.press("Shift+Tab")
    expect(page.get_by_test_id("signin-username")).to_be_focused()
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
        billing = page.get_by_role("radio", name="Billing")
        for _ in range(8):
            keys.press("ArrowRight")
            if billing.is_checked():
                break
        expect(billing).to_be_checked()
        keys.press("Control+Enter")
        state(page, "ready")
    finally:
        centre.person("agent02").be("offline")
        context.close()
    assert centre.person("leader01").interaction(ani="13800000001")["disposition"] == "billing"


def sign_in(browser: Browser, centre: Centre, username: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.add_init_script("localStorage.setItem('yuelai.prefs', JSON.stringify({ language: 'en' }))")
    page = context.new_page()
    page.goto(centre.base)
    expect(page.get_by_test_id("signin-username")).to_be_focused()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type("demo")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=15000)
    return page


def become_ready(page: Page) -> None:
    go_to_region(page, "[data-testid=become-ready]")
    page.keyboard.press("Enter")
    state(page, "ready")


def finish(page: Page, arrows: int) -> None:
    """Choose an outcome and close the wrap-up."""
    state(page, "wrapup")
    go_to_region(page, "[data-testid=wrapup-form]")
    for _ in range(arrows):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    state(page, "ready")


def test_a_colleague_is_asked_brought_in_and_left_with_the_customer_by_keys_alone(
    browser: Browser, centre: Centre
) -> None:
    one, two = sign_in(browser, centre, "agent02"), sign_in(browser, centre, "agent04")
    try:
        become_ready(one)
        call = centre.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "90")
        state(one, "ringing")
        one.keyboard.press("F2")
        state(one, "talking")
        become_ready(two)
        one.keyboard.press("F9")
        expect(one.get_by_test_id("directory-field")).to_be_focused()
        one.keyboard.type("zhr")  # 郑浩然, by the initials
        chosen = one.locator("[data-testid=directory-entry][aria-selected=true]")
        expect(chosen).to_contain_text("8004", timeout=15000)
        one.keyboard.press("Tab")
        one.keyboard.type("is this fee right?")
        one.keyboard.press("Enter")
        state(one, "consult")
        state(two, "ringing")
        expect(two.get_by_test_id("call-second")).to_contain_text("8002 asks: is this fee right?")
        two.keyboard.press("F2")
        asked = one.get_by_test_id("asked")
        expect(asked).to_have_attribute("data-state", "talking", timeout=20000)
        one.keyboard.press("F4")  # to the customer, and back
        state(one, "talking")
        expect(asked).to_have_attribute("data-state", "waiting")
        one.keyboard.press("F4")
        state(one, "consult")
        one.keyboard.press("Shift+F8")
        for page in (one, two):
            expect(page.get_by_test_id("call-block")).to_have_attribute("data-state", "conference", timeout=20000)
        one.keyboard.press("Shift+F9")
        finish(one, 1)
        state(two, "talking")
        two.keyboard.press("Shift+F2")
        finish(two, 1)
        assert json.loads(call.communicate(timeout=30)[0])["calls"][0]["ended_by"] == "remote"
    finally:
        for page in (one, two):
            page.context.close()


def test_a_question_is_taken_back_and_a_customer_is_sent_to_a_queue_by_keys_alone(
    browser: Browser, centre: Centre
) -> None:
    one, two = sign_in(browser, centre, "agent02"), sign_in(browser, centre, "agent04")
    try:
        become_ready(one)
        centre.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "90")
        state(one, "ringing")
        one.keyboard.press("F2")
        state(one, "talking")
        become_ready(two)
        one.keyboard.press("F9")
        one.keyboard.type("8004")
        expect(one.locator("[data-testid=directory-entry][aria-selected=true]")).to_contain_text("8004", timeout=15000)
        one.keyboard.press("Enter")
        state(two, "ringing")
        one.keyboard.press("F9")  # back to the customer
        state(one, "talking")
        state(two, "ready")
        one.keyboard.press("Shift+F9")
        expect(one.get_by_test_id("directory-field")).to_be_focused()
        one.keyboard.press("Escape")
        expect(one.get_by_test_id("directory")).to_have_count(0)
        one.keyboard.press("F9")
        one.keyboard.type("general")
        queue = one.locator("[data-testid=directory-entry][data-group=queues][aria-selected=true]")
        expect(queue).to_be_visible(timeout=15000)
        one.keyboard.press("Control+Enter")
        state(one, "wrapup")
        state(two, "ringing")
    finally:
        for page in (one, two):
            page.context.close()
