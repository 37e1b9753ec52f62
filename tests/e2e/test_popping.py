"""While it rings the screen says who calls: one of several, somebody new, somebody important."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_an_agent_at_the_screen import sign_in, state
from tests.support.centre import Centre

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]

WAIT = 20_000


def at_work(browser: Browser, centre: Centre, username: str) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    sign_in(page, centre, username)
    centre.person(username).be_ready("browser")
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "ready", timeout=WAIT)
    return page


@pytest.fixture
def desk(browser: Browser, centre: Centre) -> Iterator[Page]:
    page = at_work(browser, centre, "agent01")
    yield page
    page.context.close()


def rings(page: Page, centre: Centre, number: str) -> None:
    centre.call("--from", number, "--to", "10000", "--dtmf", "0", "--hold", "90", "--hold-from", "answer")
    state(page, "ringing")


def test_those_who_share_a_number_are_told_apart_by_an_answer_and_a_key(desk: Page, centre: Centre) -> None:
    rings(desk, centre, "13800000002")
    rows = desk.get_by_test_id("candidate")
    expect(rows).to_have_count(2, timeout=WAIT)
    expect(rows.first).to_contain_text("机主")
    question = desk.get_by_test_id("question-product")
    question.get_by_role("button", name="家庭宽带").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("李强")
    desk.get_by_role("button", name="重来").click()
    expect(rows).to_have_count(2)

    rows.first.focus()
    desk.keyboard.press("1")
    name = desk.get_by_test_id("customer-name")
    expect(name).to_contain_text(re.compile("李强|李敏"), timeout=WAIT)
    first = name.inner_text()

    # The wrong one: chosen again, and this time somebody speaks for them.
    desk.get_by_test_id("choose-again").click()
    desk.get_by_test_id("on-behalf").click()
    rows.filter(has_not_text=first).click()
    expect(name).not_to_contain_text(first, timeout=WAIT)
    expect(desk.locator("[data-region=identity]")).to_contain_text("代办", timeout=WAIT)


def test_a_road_is_compared_and_never_shown(desk: Page, centre: Centre) -> None:
    rings(desk, centre, "13800000002")
    expect(desk.get_by_test_id("candidate")).to_have_count(2, timeout=WAIT)
    assert "解放路" not in desk.content()
    current = centre.person("agent01").state()["interaction_id"]
    http = centre.person("agent01").http
    found = http.post(
        f"/api/v1/interactions/{current}/candidates/compare", json={"kind": "road", "answer": "解放路"}
    ).json()
    assert (len(found["matching"]), found["unknown"]) == (2, [])


def test_a_new_number_has_its_form_filled_in_and_warns_of_somebody_known(desk: Page, centre: Centre) -> None:
    rings(desk, centre, "13700009812")
    form = desk.get_by_test_id("new-customer")
    expect(form).to_be_visible(timeout=WAIT)
    expect(form.locator("#create-phones")).to_have_value("137 0000 9812")
    expect(desk.locator("[data-region=identity]")).to_contain_text("移动电话", timeout=WAIT)
    form.locator("#create-name").fill("王芳")
    similar = desk.get_by_test_id("similar")
    expect(similar).to_contain_text("王芳", timeout=WAIT)
    similar.get_by_role("button").first.click()
    expect(desk.get_by_test_id("customer-name")).to_contain_text("王芳", timeout=WAIT)


def test_somebody_important_comes_with_their_manager_and_warnings(browser: Browser, centre: Centre) -> None:
    page = at_work(browser, centre, "agent02")
    try:
        rings(page, centre, "13800000003")
        strip = page.locator("[data-region=identity]")
        expect(strip).to_contain_text("陈国华", timeout=WAIT)
        for words in ("VIP", "客户经理 8002", "由客户经理专人服务"):
            expect(strip).to_contain_text(words)
    finally:
        page.context.close()


def test_whoever_tries_the_demo_plays_the_customer_in_another_window(desk: Page, centre: Centre) -> None:
    visitor = desk.context.new_page()
    visitor.goto(f"{centre.base}/try")
    visitor.get_by_test_id("try-call").click()
    expect(visitor.get_by_test_id("try-state")).to_have_attribute("data-state", "answered", timeout=WAIT)
    visitor.get_by_test_id("try-0").click()
    state(desk, "ringing")
    expect(desk.get_by_test_id("customer-name").first).to_contain_text("王芳", timeout=WAIT)
    visitor.get_by_test_id("try-hangup").click()
    expect(visitor.get_by_test_id("try-state")).to_have_attribute("data-state", "ended", timeout=WAIT)
