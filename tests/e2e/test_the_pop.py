"""What is on screen while it rings: the customer at once, then section by section, and nothing that moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.bss import bss_of
from tests.support.centre import Centre, eventually

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]

SOON = 20000
"""Milliseconds that a busy machine may take."""
BUSINESS = ("products", "money", "payments", "orders")
OWN = ("contacts", "callbacks", "relations", "consents", "records")

# In each frame: where the boxes are, beside where each was in the frame it came in.
WATCH = """
() => {
  const seen = (window.__pop = { first: null, boxes: [], moved: [], late: [], name: '', ready: {} });
  const places = new Map();
  const look = () => {
    const now = performance.now();
    const boxes = [...document.querySelectorAll('[data-box]')];
    if (boxes.length && seen.first === null) {
      seen.first = now;
      seen.boxes = boxes.map((box) => box.dataset.box);
      seen.name = document.querySelector('[data-testid=customer-name]')?.textContent ?? '';
    }
    for (const box of boxes) {
      const { x, y, width, height } = box.getBoundingClientRect();
      const at = [x, y, width, height].map(Math.round).join(' ');
      if (!places.has(box.dataset.box)) {
        if (now > seen.first) seen.late.push(box.dataset.box);
        places.set(box.dataset.box, at);
      } else if (places.get(box.dataset.box) !== at) {
        seen.moved.push([box.dataset.box, places.get(box.dataset.box), at]);
        places.set(box.dataset.box, at);
      }
      const rows = [...box.querySelectorAll('.box-rows')];
      if (rows.every((one) => one.dataset.state === 'ready')) seen.ready[box.dataset.box] ??= now - seen.first;
    }
    requestAnimationFrame(look);
  };
  look();
}
"""


@pytest.fixture
def desk(browser: Browser, centre: Centre) -> Iterator[Page]:
    """The desk of agent01, ready and watched; complaints of the page fail the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill("agent01")
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=SOON)
    centre.person("agent01").be_ready("browser")
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "ready", timeout=SOON)
    page.evaluate(WATCH)
    yield page
    context.close()
    assert troubles == []


@pytest.fixture(autouse=True)
def _bss_is_well_again(centre: Centre) -> Iterator[None]:
    yield
    bss_of(centre, "ok")


def rings(page: Page, centre: Centre, ani: str) -> None:
    centre.call("--from", ani, "--to", "10000", "--dtmf", "0", "--hold", "60")
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "ringing", timeout=SOON)
    expect(page.get_by_test_id("boxes")).to_be_visible(timeout=SOON)


def seen(page: Page) -> dict[str, Any]:
    return dict(page.evaluate("() => window.__pop"))


def box(page: Page, name: str) -> Any:
    return page.get_by_test_id(f"box-{name}")


def all_ready(page: Page) -> bool:
    found = seen(page)
    return set(found["ready"]) >= set(found["boxes"])


def nothing_moved(page: Page) -> None:
    found = seen(page)
    assert found["moved"] == []
    assert found["late"] == []


def test_who_calls_is_there_with_the_first_paint_and_every_section_comes_into_its_place(
    desk: Page, centre: Centre
) -> None:
    rings(desk, centre, "13800000001")
    assert seen(desk)["name"] == "王芳"
    expect(box(desk, "products")).to_contain_text("5G 畅享", timeout=SOON)
    expect(box(desk, "money")).to_contain_text("¥ 48.60")
    expect(box(desk, "money").locator(".months i")).to_have_count(6)
    expect(box(desk, "contacts").get_by_test_id("past-contact")).to_have_count(3)
    expect(box(desk, "consents")).to_contain_text("电话营销")
    expect(box(desk, "value")).to_contain_text("月均")
    eventually(lambda: all_ready(desk), 20)
    assert desk.get_by_test_id("trouble").count() == 0
    nothing_moved(desk)
    desk.keyboard.press("F2")
    expect(desk.get_by_test_id("agent-state")).to_have_attribute("data-state", "talking", timeout=SOON)
    nothing_moved(desk)


def test_whoever_is_very_important_comes_with_manager_value_and_warnings_first(desk: Page, centre: Centre) -> None:
    rings(desk, centre, "13800000003")
    vip = desk.get_by_test_id("vip")
    expect(vip).to_contain_text("8002", timeout=SOON)
    expect(vip).to_contain_text("月均")
    expect(vip).to_contain_text("由客户经理专人服务")
    first = seen(desk)
    assert first["boxes"][0] == "vip"
    eventually(lambda: all_ready(desk), 20)
    nothing_moved(desk)


def test_with_a_business_system_that_hangs_the_rest_comes_as_ever_and_what_is_missing_is_said(
    desk: Page, centre: Centre
) -> None:
    bss_of(centre, "hanging")
    rings(desk, centre, "13800000003")
    assert seen(desk)["name"] == "陈国华"
    for name in BUSINESS:
        expect(box(desk, name).get_by_test_id("trouble").first).to_be_visible(timeout=SOON)
    expect(box(desk, "contacts").get_by_test_id("past-contact")).to_have_count(3)
    expect(desk.get_by_test_id("vip")).to_contain_text("8002")
    ready = seen(desk)["ready"]
    for name in OWN:
        assert ready[name] < 1400, f"{name} waited for a system that it does not need: {ready}"
    assert set(ready).isdisjoint(BUSINESS)
    nothing_moved(desk)

    bss_of(centre, "ok")

    def asked_again() -> bool:
        retry = box(desk, "products").get_by_test_id("trouble").get_by_role("button")
        if retry.count() and retry.is_enabled():
            retry.click()
        return "products" in seen(desk)["ready"]

    eventually(asked_again, 20, 0.5)
    expect(box(desk, "products")).to_contain_text("5G 畅享")
    nothing_moved(desk)
