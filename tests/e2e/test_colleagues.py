"""Colleagues at the desk: an expert is asked, a bulletin is read and counted, the wrap-up knows what was done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.centre import Centre, eventually

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]

WAIT = 20_000


def sign_in(browser: Browser, centre: Centre, username: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill(username)
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("rail-colleagues")).to_be_visible(timeout=WAIT)
    return page


def state(page: Page, name: str, timeout: float = WAIT) -> None:
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", name, timeout=timeout)


@pytest.fixture
def desk(browser: Browser, centre: Centre) -> Iterator[Page]:
    """The desk of agent01, ready in the browser."""
    page = sign_in(browser, centre, "agent01")
    expect(page.get_by_test_id("phone-registered")).to_have_attribute("data-registered", "true", timeout=WAIT)
    centre.person("agent01").be_ready("browser")
    state(page, "ready")
    yield page
    page.context.close()


def answered(desk: Page, centre: Centre) -> dict[str, Any]:
    """Let 王芳 call and answer; return the contact."""
    centre.call("--from", "13800000001", "--to", "10000", "--dtmf", "0", "--hold", "120")
    state(desk, "ringing", 40_000)
    desk.keyboard.press("F2")
    state(desk, "talking")
    held = centre.person("agent01").state()["interaction_id"]
    return dict(eventually(lambda: centre.person("agent01").get(f"/interactions/{held}"), 15))


def test_an_expert_is_asked_with_the_trail_and_the_answer_stands_on_it(
    desk: Page, browser: Browser, centre: Centre
) -> None:
    contact = answered(desk, centre)
    desk.keyboard.press("Alt+x")
    question = desk.get_by_test_id("expert-question")
    expect(question).to_be_focused()
    question.fill("漫游费 48.60 元能否减免")
    desk.get_by_test_id("expert-search").fill("8002")
    desk.get_by_test_id("expert-8002").click()
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_test_id("chat-message")).to_contain_text("漫游费", timeout=WAIT)
    expert = sign_in(browser, centre, "agent02")
    try:
        expect(expert.locator("[data-testid=rail-colleagues] .badge")).to_have_text("1", timeout=WAIT)
        expert.get_by_test_id("rail-colleagues").click()
        expert.get_by_test_id("chat-row").filter(has_text="漫游费").first.click()
        expert.get_by_test_id("chat-field").fill("权限内可以减免，上限 50 元")
        expert.keyboard.press("Enter")
        # Live, where the question was asked, and in the trail beside it.
        expect(desk.get_by_test_id("chat-message").filter(has_text="上限 50 元")).to_be_visible(timeout=WAIT)
        line = desk.get_by_test_id("trail-line").filter(has_text="8002 答复")
        expect(line).to_contain_text("上限 50 元", timeout=WAIT)
        # They took no part in the call, and may read it because they were asked.
        expert.get_by_test_id("chat-contact").click()
        expect(expert.get_by_test_id("customer-name").first).to_contain_text("王芳", timeout=WAIT)
        expect(expert.get_by_test_id("trail-line").filter(has_text="求助 8002")).to_be_visible(timeout=WAIT)
    finally:
        expert.context.close()
    stranger = centre.person("agent03").http.get(f"/api/v1/interactions/{contact['id']}")
    assert stranger.status_code == 404


def test_a_bulletin_stands_at_the_foot_of_the_roster_until_it_is_read_and_is_counted(
    browser: Browser, centre: Centre
) -> None:
    leader = centre.person("leader01")
    reader = centre.person("agent01")
    # What others left unread comes first only if it is important, too.
    for left in reader.get("/bulletins", limit=100)["items"]:
        reader.http.put(f"/api/v1/bulletins/{left['id']}/read", json={"confirm": True})
    page = sign_in(browser, centre, "agent01")
    try:
        title = "滨江区长河街道宽带大面积故障"
        made = leader.http.post(
            "/api/v1/bulletins",
            json={"title": title, "text": "预计 12:30 恢复，勿派单。", "importance": "important", "must_confirm": True},
        )
        assert made.status_code == 201, made.text
        foot = page.get_by_test_id("bulletin-foot")
        expect(foot).to_contain_text(title, timeout=WAIT)
        before = leader.get(f"/bulletins/{made.json()['id']}")["receipts"]
        page.get_by_test_id("bulletin-read").click()
        expect(foot.filter(has_text=title)).to_have_count(0, timeout=WAIT)
        after = leader.get(f"/bulletins/{made.json()['id']}")["receipts"]
        assert (after["read"], after["confirmed"]) == (before["read"] + 1, before["confirmed"] + 1)
        assert after["meant"] > after["read"]
        leader.http.post(f"/api/v1/bulletins/{made.json()['id']}/withdraw")
    finally:
        page.context.close()


def test_the_wrap_up_proposes_what_was_done_and_a_callback_is_booked_in_it(desk: Page, centre: Centre) -> None:
    contact = answered(desk, centre)
    agent = centre.person("agent01")
    opened = agent.http.post(
        "/api/v1/businesses/openings", json={"interaction_id": contact["id"], "kind": "broadband_move"}
    )
    assert opened.status_code == 204, opened.text
    expect(desk.get_by_test_id("trail-line").filter(has_text="宽带移机")).to_be_visible(timeout=WAIT)
    desk.keyboard.press("Shift+F2")
    state(desk, "wrapup")
    expect(desk.get_by_test_id("disposition-business_install")).to_have_attribute("aria-checked", "true", timeout=WAIT)
    desk.get_by_test_id("wrapup-callback").click()
    expect(desk.get_by_test_id("callback-number")).to_have_value("13800000001", timeout=WAIT)
    desk.get_by_role("dialog").get_by_role("button", name="登记回拨").click()
    expect(desk.get_by_role("dialog")).to_have_count(0, timeout=WAIT)
    expect(desk.get_by_test_id("trail-line").filter(has_text="已约回拨")).to_be_visible(timeout=WAIT)
    owed = [
        one
        for one in agent.get("/callbacks", state="open")["items"]
        if one["interaction_id"] == contact["id"] and one["number"].endswith("13800000001")
    ]
    assert len(owed) == 1
    agent.http.patch(f"/api/v1/callbacks/{owed[0]['id']}", json={"version": owed[0]["version"], "state": "cancelled"})
    # A digit chooses anew where the focus is; then back to what was proposed.
    desk.get_by_test_id("disposition-business_install").focus()
    desk.keyboard.press("1")
    expect(desk.get_by_test_id("disposition-business_plan")).to_have_attribute("aria-checked", "true")
    desk.keyboard.press("2")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_test_id("wrapup-form")).to_have_count(0, timeout=WAIT)

    def closed() -> dict[str, Any] | None:
        page = centre.person("leader01").get(f"/interactions/{contact['id']}")
        return page if page["state"] == "closed" else None

    assert eventually(closed, 15)["disposition"] == "business_install"
