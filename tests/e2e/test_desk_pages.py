"""The states of the desk, for people who cannot see, point or tell colours apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_popping import WAIT, at_work, rings, state
from tests.support.accessibility import violations
from tests.support.centre import Centre

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def desk(browser: Browser, centre: Centre) -> Iterator[Page]:
    page = at_work(browser, centre, "agent01")
    yield page
    page.context.close()


def test_waiting_and_all_shortcuts(desk: Page) -> None:
    assert violations(desk) == []
    desk.keyboard.press("F1")
    expect(desk.get_by_test_id("key-note")).to_be_visible()
    assert violations(desk) == []


def test_a_shortcut_is_changed_and_works_at_once(desk: Page, centre: Centre) -> None:
    desk.keyboard.press("F1")
    row = desk.get_by_test_id("key-palette")
    row.get_by_role("button").click()
    desk.keyboard.press("F2")
    expect(row).to_contain_text("已用于“接听”")
    row.get_by_role("button").click()
    desk.keyboard.press("Control+J")
    expect(row).to_contain_text("Ctrl J")
    desk.keyboard.press("Escape")
    expect(row).to_have_count(0)
    expect(desk.locator(".footer-keys")).to_contain_text("Ctrl J")
    desk.keyboard.press("Control+J")
    expect(desk.get_by_role("combobox")).to_be_focused()


@pytest.mark.parametrize(
    ("number", "shown"), [("13800000001", "why"), ("13800000002", "candidate"), ("13700009813", "new-customer")]
)
def test_ringing(desk: Page, centre: Centre, number: str, shown: str) -> None:
    rings(desk, centre, number)
    expect(desk.get_by_test_id(shown).first).to_be_visible(timeout=WAIT)
    assert violations(desk) == []


def test_a_very_important_customer_rings(browser: Browser, centre: Centre) -> None:
    page = at_work(browser, centre, "agent02")
    rings(page, centre, "13800000003")
    expect(page.get_by_test_id("customer-name").first).to_be_visible(timeout=WAIT)
    assert violations(page) == []
    page.context.close()


def test_the_network_is_lost_in_a_call(desk: Page, centre: Centre) -> None:
    rings(desk, centre, "13800000001")
    desk.keyboard.press("F2")
    state(desk, "talking")
    desk.context.set_offline(True)
    expect(desk.get_by_test_id("offline")).to_be_visible(timeout=30_000)
    assert violations(desk) == []
    desk.context.set_offline(False)
    expect(desk.get_by_test_id("offline")).to_have_count(0, timeout=30_000)


def test_in_a_call_with_all_tools_and_in_wrap_up(desk: Page, centre: Centre) -> None:
    rings(desk, centre, "13800000001")
    desk.keyboard.press("F2")
    state(desk, "talking")
    for tool in desk.locator(".rail-item").all():
        if tool.get_attribute("aria-pressed") == "false":
            tool.click()
    # At most two stand above each other.
    expect(desk.locator(".panel-tool")).to_have_count(2)
    assert violations(desk) == []
    desk.keyboard.press("Shift+F2")
    state(desk, "wrapup")
    expect(desk.get_by_test_id("wrapup-form")).to_be_visible(timeout=WAIT)
    assert violations(desk) == []
