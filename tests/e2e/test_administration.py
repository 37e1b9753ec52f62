"""Running the centre in the browser: letting people in and out, who may do what, and what was done by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.accessibility import violations
from tests.support.centre import Centre

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]

PAGES = (
    "/interactions", "/queues", "/people", "/people/new", "/roles", "/organisation", "/skills", "/system", "/audit",
    "/tenants", "/profile",
)  # fmt: skip
OWN_PASSWORD = "quiet-lantern-orbit-42"


def new_context(browser: Browser, **more: Any) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, **more)
    prefs = '{"theme": "light", "language": "zh"}'
    context.add_init_script(
        f"if (!localStorage.getItem('yuelai.prefs')) localStorage.setItem('yuelai.prefs', '{prefs}')"
    )
    return context


def sign_in(page: Page, username: str, password: str = "demo") -> None:
    page.get_by_test_id("signin-username").fill(username)
    page.get_by_test_id("signin-password").fill(password)
    page.get_by_test_id("signin-submit").click()


@pytest.fixture
def page(browser: Browser, centre: Centre) -> Iterator[Page]:
    """The administrator's screen; whatever goes wrong in the page itself fails the test."""
    context = new_context(browser)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(centre.base)
    sign_in(page, "admin")
    expect(page.get_by_test_id("nav-people")).to_be_visible(timeout=15000)
    yield page
    context.close()
    assert troubles == []


def made(centre: Centre, **more: Any) -> dict[str, Any]:
    """Make a person over HTTP; return the answer with the first password."""
    name = f"test-{uuid4().hex[:8]}"
    body = {"username": name, "name": f"试用{name[-4:]}", "grants": [{"role": "planner"}], **more}
    answer = centre.person("admin").http.post("/api/v1/people", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def make_own_password(page: Page, first: str) -> None:
    page.get_by_test_id("password-old").fill(first)
    page.get_by_test_id("password-next").fill(OWN_PASSWORD)
    page.get_by_test_id("password-again").fill(OWN_PASSWORD)
    page.get_by_test_id("password-submit").click()


def test_a_wrong_password_is_said_in_the_language_of_the_screen(browser: Browser, centre: Centre) -> None:
    context = new_context(browser)
    page = context.new_page()
    page.goto(centre.base)
    sign_in(page, "nobody-here", "wrong")
    expect(page.get_by_test_id("signin-problem")).to_have_text("用户名或密码不正确")
    page.get_by_test_id("language").click()
    expect(page.get_by_test_id("signin-problem")).to_have_text("The user name or the password is wrong")
    expect(page.get_by_test_id("signin-username")).to_have_value("nobody-here")
    context.close()


def test_a_person_is_made_signs_in_and_has_to_choose_a_password(page: Page, browser: Browser, centre: Centre) -> None:
    username = f"li-{uuid4().hex[:8]}"
    page.get_by_test_id("nav-people").click()
    page.get_by_test_id("person-new").click()
    page.get_by_test_id("person-save").click()
    expect(page.get_by_text("请填写用户名")).to_be_visible()
    expect(page.get_by_test_id("person-username")).to_be_focused()
    page.get_by_test_id("person-username").fill(username)
    page.get_by_test_id("person-name").fill("李试用")
    page.get_by_test_id("person-save").click()
    first = page.get_by_test_id("secret-1").inner_text()
    page.get_by_test_id("secret-done").click()
    expect(page.get_by_test_id("person-sheet")).to_contain_text("李试用")

    theirs = new_context(browser)
    other = theirs.new_page()
    other.goto(f"{centre.base}/interactions")
    sign_in(other, username, first)
    expect(other.get_by_test_id("forced-password")).to_be_visible()
    other.get_by_test_id("password-old").fill(first)
    other.get_by_test_id("password-next").fill("password1234")
    other.get_by_test_id("password-again").fill("password1234")
    other.get_by_test_id("password-submit").click()
    expect(other.get_by_text("过于常见")).to_be_visible()
    make_own_password(other, first)
    expect(other.get_by_test_id("nav-desk")).to_be_visible()
    assert other.url.endswith("/interactions")
    theirs.close()

    page.get_by_test_id("people-search").fill("李试用")
    row = page.locator(f'[data-testid=people-row]:has-text("{username}"), [data-testid=people-row]:has-text("李试用")')
    expect(row.first).to_be_visible()
    page.get_by_test_id("nav-system").click()
    page.get_by_test_id("page-audit").click()
    lines = page.get_by_test_id("audit")
    expect(lines).to_contain_text("新建人员")
    expect(lines).to_contain_text("更改密码")
    page.get_by_test_id("audit-row").filter(has_text="新建人员").first.click()
    sheet = page.get_by_test_id("audit-sheet")
    expect(sheet).to_contain_text("系统管理员")
    assert len(sheet.get_by_test_id("audit-request").inner_text()) >= 16


def test_what_was_typed_is_still_there_after_the_session_ended(page: Page, centre: Centre) -> None:
    page.get_by_test_id("nav-people").click()
    page.get_by_test_id("person-new").click()
    page.get_by_test_id("people-search").fill("林")
    expect(page.get_by_test_id("people-row").first).to_contain_text("林晓雨")
    page.get_by_test_id("person-name").fill("半途而止")
    token = page.evaluate("JSON.parse(localStorage.getItem('yuelai.session')).token")
    gone = centre.person("admin").http.delete("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert gone.status_code == 204
    expect(page.get_by_test_id("signin-expired")).to_be_visible(timeout=15000)
    expect(page.get_by_test_id("person-name")).not_to_be_visible()
    assert not violations(page)
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("person-name")).to_have_value("半途而止")
    expect(page.get_by_test_id("people-row").first).to_contain_text("林晓雨")
    assert "/people/new" in page.url
    page.get_by_test_id("people-search").fill("周")
    expect(page.get_by_test_id("people-row").first).to_contain_text("周建国")


def test_the_palette_leads_everywhere_by_keys_alone(page: Page) -> None:
    keys = page.keyboard
    page.get_by_test_id("nav-people").click()
    search = page.get_by_test_id("people-search")
    search.focus()
    keys.press("Control+k")
    expect(page.get_by_test_id("palette-field")).to_be_focused()
    keys.press("Escape")
    expect(search).to_be_focused()

    for typed, path in (("sj", "/audit"), ("jse", "/roles"), ("队列", "/queues"), ("tenan", "/tenants")):
        keys.press("Control+k")
        keys.type(typed)
        keys.press("Enter")
        page.wait_for_url(f"**{path}")
    keys.press("Control+k")
    keys.type("english")
    keys.press("Enter")
    expect(page.get_by_test_id("nav-people")).to_have_text("People")
    expect(page.get_by_role("heading", name="Tenants")).to_be_visible()
    keys.press("Control+k")
    keys.type("dark")
    keys.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    keys.press("Control+k")
    keys.type("王芳")
    expect(page.get_by_test_id("palette-entry").first).to_contain_text("王芳")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/customers/[0-9a-f-]{36}"))


def test_a_role_of_ones_own_is_made_and_changed(page: Page, centre: Centre) -> None:
    code = f"night-{uuid4().hex[:6]}"
    page.get_by_test_id("nav-people").click()
    page.get_by_test_id("page-roles").click()
    expect(page.get_by_test_id("role-admin")).to_contain_text("内置")
    page.get_by_test_id("role-new").click()
    page.locator("#role-name").fill("夜班值守")
    page.locator("#role-code").fill(code)
    page.get_by_test_id("role-save").click()
    tick = page.get_by_test_id(f"tick-{code}-queues.read")
    tick.check()
    page.get_by_test_id(f"role-save-{code}").click()
    expect(page.get_by_test_id("roles-foot")).to_have_count(0)
    roles = centre.person("admin").get("/roles")["items"]
    assert next(role for role in roles if role["code"] == code)["permissions"] == ["queues.read"]
    page.reload()
    expect(tick).to_be_checked()


def test_a_second_factor_is_put_on_asked_for_and_taken_off(browser: Browser, centre: Centre) -> None:
    person = made(centre)
    context = new_context(browser)
    page = context.new_page()
    page.goto(centre.base)
    sign_in(page, person["username"], person["initial_password"])
    make_own_password(page, person["initial_password"])
    page.get_by_test_id("nav-profile").click()
    page.get_by_test_id("totp-start").click()
    expect(page.get_by_test_id("totp-qr").locator("svg")).to_be_visible()
    assert not violations(page)
    secret = page.get_by_test_id("totp-secret").inner_text()
    page.get_by_test_id("totp-digits").fill(pyotp.TOTP(secret).now())
    page.get_by_test_id("totp-confirm").click()
    recovery = page.get_by_test_id("secret-0").inner_text().split()
    page.get_by_test_id("secret-done").click()
    expect(page.get_by_test_id("totp-stop")).to_be_visible()
    page.get_by_test_id("signout").click()

    sign_in(page, person["username"], OWN_PASSWORD)
    page.get_by_test_id("signin-otp").fill("000000")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("signin-problem")).to_contain_text("动态口令不正确")
    page.get_by_test_id("signin-otp").fill(recovery[0])
    page.get_by_test_id("signin-submit").click()
    page.get_by_test_id("totp-stop").click()
    page.get_by_test_id("totp-password").fill(OWN_PASSWORD)
    page.get_by_test_id("totp-password").press("Enter")
    expect(page.get_by_test_id("totp-start")).to_be_visible()
    context.close()


def test_a_queue_gets_a_member_who_can_be_taken_out_again(page: Page, centre: Centre) -> None:
    admin = centre.person("admin")
    queue = admin.get("/queues")["items"][0]
    before = len(admin.get(f"/queues/{queue['id']}/members")["items"])
    page.get_by_test_id("nav-queues").click()
    page.get_by_test_id("queues-row").first.click()
    members = page.get_by_test_id("members").locator(".line")
    expect(members).to_have_count(before)
    members.first.get_by_role("button", name="删除").click()
    expect(members).to_have_count(before - 1)
    page.get_by_role("button", name="撤销").click()
    expect(members).to_have_count(before)


def test_no_page_shuts_anybody_out_in_light_or_dark(browser: Browser, centre: Centre) -> None:
    # Without motion a colour is at once what it will be.
    context = new_context(browser, reduced_motion="reduce")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    found: list[str] = []

    def look() -> None:
        """In the light with every rule; in the dark only the colours are others."""
        found.extend(violations(page))
        page.get_by_test_id("theme").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        found.extend(violations(page, "color-contrast"))
        page.get_by_test_id("theme").click()

    page.goto(centre.base)
    page.get_by_test_id("signin-username").wait_for()
    look()
    sign_in(page, "admin")
    page.get_by_test_id("nav-people").wait_for()
    for path in PAGES:
        page.evaluate("(to) => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')) }", path)
        page.wait_for_function("() => document.querySelector('h1') && !document.querySelector('.skeleton')")
        page.wait_for_timeout(200)  # what follows the first rows: figures, names of things
        look()
    page.keyboard.press("Control+k")
    found += violations(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("bell").click()
    page.get_by_test_id("notices").wait_for()
    found += violations(page)
    context.close()
    assert found == []
    assert refused == []
