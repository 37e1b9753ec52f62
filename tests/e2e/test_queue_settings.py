"""Queues, hours and outcomes in the browser: set up, saved, refused in words, seen by core, usable by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.accessibility import violations
from tests.support.centre import Centre

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]


def new_context(browser: Browser, theme: str = "light", language: str = "zh") -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    prefs = f'{{"theme": "{theme}", "language": "{language}"}}'
    context.add_init_script(f"localStorage.setItem('yuelai.prefs', '{prefs}')")
    return context


def sign_in(page: Page, centre: Centre) -> None:
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill("admin")
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    page.get_by_test_id("nav-queues").click(timeout=15000)


@pytest.fixture
def page(browser: Browser, centre: Centre) -> Iterator[Page]:
    """The administrator's screen at the queues; whatever goes wrong in the page itself fails the test."""
    context = new_context(browser)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    sign_in(page, centre)
    yield page
    context.close()
    assert troubles == []


@pytest.fixture
def admin(centre: Centre) -> Any:
    return centre.person("admin")


def choose(page: Page, select: Locator, option: str) -> None:
    select.click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(has_text=option).first.click()


def test_a_queue_is_set_up_over_its_tabs_and_saved_at_once(page: Page, admin: Any) -> None:
    code = f"q{uuid4().hex[:8]}"
    admin.http.post("/api/v1/queues", json={"code": code, "name": f"试用 {code}"}).raise_for_status()
    page.reload()
    page.get_by_test_id("queues-row").filter(has_text=code).click()
    sheet = page.get_by_test_id("queue-sheet")
    page.get_by_test_id("queue-tab-whom").click()
    choose(page, page.get_by_test_id("queue-strategy"), "轮流")
    choose(page, page.get_by_test_id("queue-add-skill"), "英语服务")
    page.get_by_test_id("queue-skills").get_by_text("优先").click()
    page.get_by_test_id("queue-tab-overflow").click()
    page.get_by_test_id("queue-add-rule").click()
    page.get_by_test_id("queue-add-rule").click()
    choose(page, sheet.get_by_label("2 怎么办"), "也请队列帮忙")
    page.get_by_test_id("queue-settings-save").click()
    expect(sheet.get_by_text("请选择转到哪里")).to_be_visible()
    choose(page, sheet.get_by_label("2 转到哪里"), "综合服务")
    sheet.get_by_label("2 上移").click()
    page.get_by_test_id("queue-settings-save").click()
    expect(sheet.get_by_text("已保存")).to_be_visible()
    (queue,) = [one for one in admin.get("/queues")["items"] if one["code"] == code]
    assert queue["strategy"] == "round_robin"
    assert [(wish["required"], wish["relax_after"]) for wish in queue["skills"]] == [(False, 30)]
    assert [(rule["to"], rule["target"]) for rule in queue["overflows"]] == [("queue", "general"), ("voicemail", "")]


def test_queues_that_would_send_callers_round_are_refused_in_words_where_it_was_set(page: Page, admin: Any) -> None:
    one, other = f"a{uuid4().hex[:8]}", f"b{uuid4().hex[:8]}"
    admin.http.post("/api/v1/queues", json={"code": one, "name": one}).raise_for_status()
    back = {"when": "nobody", "to": "queue", "target": one}
    admin.http.post("/api/v1/queues", json={"code": other, "name": other, "overflows": [back]}).raise_for_status()
    page.reload()
    page.get_by_test_id("queues-row").filter(has_text=one).click()
    sheet = page.get_by_test_id("queue-sheet")
    page.get_by_test_id("queue-tab-overflow").click()
    page.get_by_test_id("queue-add-rule").click()
    choose(page, sheet.get_by_label("1 什么时候"), "没有人签入")
    choose(page, sheet.get_by_label("1 怎么办"), "转到队列")
    choose(page, sheet.get_by_label("1 转到哪里"), other)
    page.get_by_test_id("queue-tab-basics").click()
    page.get_by_test_id("queue-settings-save").click()
    expect(sheet.get_by_text("这样几个队列会互相转来转去")).to_be_visible()
    expect(page.get_by_test_id("queue-rules")).to_be_visible()


def test_a_calendar_shows_the_year_and_a_day_is_made_different_with_keys_alone(page: Page, admin: Any) -> None:
    code = f"c{uuid4().hex[:8]}"
    page.get_by_test_id("page-calendars").click()
    page.get_by_test_id("calendar-new").click()
    page.locator("#calendar-name").last.fill(f"试用 {code}")
    page.locator("#calendar-code").fill(code)
    page.get_by_test_id("calendar-save").last.click()
    card = page.get_by_test_id("calendars").get_by_role("button").filter(has_text=code)
    expect(card).to_have_attribute("aria-current", "true")
    week = page.get_by_test_id("calendar-week")
    week.get_by_label("周六 添加时段").click()
    week.get_by_label("周六 1 结束").fill("830")
    week.get_by_label("周六 1 开始").focus()
    expect(week.get_by_text("结束要晚于开始")).to_be_visible()
    week.get_by_label("周六 1 结束").fill("12")
    week.get_by_label("周六 1 开始").focus()
    page.get_by_test_id("calendar-save").click()
    expect(week.get_by_text("已保存")).to_be_visible()
    year = page.get_by_test_id("calendar-year")
    while int(year.get_by_role("heading").first.inner_text()) > 2026:
        year.get_by_label("上一年").click()
    expect(year.get_by_label("2026 年 10 月 10 日 周六 调休上班 09:00–18:00")).to_be_visible()
    national = year.locator("[data-date='2026-10-01']")
    expect(national).to_have_attribute("aria-label", "2026 年 10 月 1 日 周四 国庆节 休息")
    national.focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):  # 8, 9 October
        page.keyboard.press(key)
    page.locator("#day-name").fill("年会")
    page.keyboard.press("Enter")
    party = year.locator("[data-date='2026-10-09']")
    expect(party).to_have_attribute("aria-label", "2026 年 10 月 9 日 周五 年会 休息")
    expect(page.get_by_test_id("calendar-own-days").get_by_text("年会")).to_be_visible()
    (made,) = [one for one in admin.get("/calendars")["items"] if one["code"] == code]
    assert made["weekly"][5] == [["09:00", "12:00"]]
    page.get_by_test_id("calendar-own-days").get_by_text("年会").click()
    page.get_by_test_id("day-ordinary").click()
    expect(party).to_have_attribute("aria-label", "2026 年 10 月 9 日 周五 09:00–18:00")


def test_an_outcome_is_made_below_another_and_switched_off(page: Page, admin: Any) -> None:
    code = f"d{uuid4().hex[:8]}"
    page.get_by_test_id("page-dispositions").click()
    page.get_by_label("在下级新增 故障申告").click()
    page.locator("#disposition-name").fill(f"光猫 {code}")
    page.locator("#disposition-code").fill(code)
    page.get_by_label("必须写备注").click()
    page.get_by_test_id("disposition-save").click()
    row = page.get_by_test_id("dispositions-row").filter(has_text=code)
    expect(row.get_by_text("要备注")).to_be_visible()
    row.click()
    page.get_by_label("在用").click()
    page.get_by_test_id("disposition-save").click()
    expect(row.get_by_text("已停用")).to_be_visible()
    (made,) = [one for one in admin.get("/dispositions")["items"] if one["code"] == code]
    assert (made["needs_note"], made["active"], made["parent_id"] is not None) == (True, False, True)


@pytest.mark.parametrize(("theme", "language"), [("light", "zh"), ("dark", "en")])
def test_the_pages_are_for_everybody(browser: Browser, centre: Centre, theme: str, language: str) -> None:
    context = new_context(browser, theme, language)
    page = context.new_page()
    sign_in(page, centre)
    page.get_by_test_id("queues-row").filter(has_text="fault").first.click()
    found = []
    for tab in ("members", "basics", "whom", "waiting", "overflow", "after"):
        page.get_by_test_id(f"queue-tab-{tab}").click()
        page.wait_for_timeout(300)
        found += violations(page)
    page.get_by_test_id("page-calendars").click()
    expect(page.locator("[data-date]").first).to_be_visible()
    found += violations(page)
    page.get_by_test_id("page-dispositions").click()
    expect(page.get_by_test_id("dispositions-row").first).to_be_visible()
    found += violations(page)
    context.close()
    assert found == []
