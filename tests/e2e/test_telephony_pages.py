"""Lines of the centre in the browser: trunks and the way out, calls as they were on the wire, and who is shut out."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.accessibility import violations
from tests.support.centre import Centre, eventually, free_sip_port

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(180)]


def new_context(browser: Browser, theme: str = "light") -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    prefs = f'{{"theme": "{theme}", "language": "zh"}}'
    context.add_init_script(f"localStorage.setItem('yuelai.prefs', '{prefs}')")
    return context


def sign_in(page: Page, centre: Centre) -> None:
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill("admin")
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-submit").click()
    expect(page.get_by_test_id("nav-telephony")).to_be_visible(timeout=15000)


@pytest.fixture
def page(browser: Browser, centre: Centre) -> Iterator[Page]:
    """The administrator's screen; whatever goes wrong in the page itself fails the test."""
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
    return centre.person("admin").http


def rows(page: Page, of: str, text: str) -> Any:
    return page.get_by_test_id(f"{of}-row").filter(has_text=text)


def test_a_trunk_is_made_its_trouble_is_seen_and_it_is_changed(page: Page, admin: Any) -> None:
    code = f"t{uuid4().hex[:8]}"
    page.get_by_test_id("nav-telephony").click()
    page.get_by_test_id("trunk-new").click()
    sheet = page.get_by_test_id("trunk-sheet")
    page.get_by_test_id("trunk-code").fill("No Such Code")
    page.get_by_test_id("trunk-register").check()
    page.get_by_test_id("trunk-save").click()
    for text in ("请填写名称", "编码用小写字母", "要注册，请填写主机", "请填写用户名", "请填写密码"):
        expect(sheet.get_by_text(text, exact=False).first).to_be_visible()
    page.get_by_test_id("trunk-register").uncheck()
    page.get_by_test_id("trunk-name").fill(f"试用线路 {code}")
    page.get_by_test_id("trunk-code").fill(code)
    page.get_by_test_id("trunk-host").fill("127.0.0.1")
    sheet.get_by_label("端口").fill(str(free_sip_port()))
    sheet.get_by_text("UDP", exact=True).click()
    page.locator("#trunk-options_seconds").fill("5")
    page.get_by_test_id("trunk-save").click()
    # Nothing listens there: the trunk finds out by itself, and the open page hears of it.
    expect(page.get_by_test_id("trunk-life")).to_contain_text("不通", timeout=40000)
    expect(page.get_by_test_id("trunk-error")).to_be_visible()
    expect(page.get_by_test_id(f"trouble-{code}")).to_be_visible()

    page.get_by_test_id("trunk-name").fill(f"改名线路 {code}")
    expect(sheet.get_by_text("有未保存的修改")).to_be_visible()
    page.get_by_test_id("trunk-save").click()
    expect(sheet.get_by_text("已保存")).to_be_visible()
    expect(rows(page, "trunks", f"改名线路 {code}")).to_be_visible()
    trunk = next(one for one in admin.get("/api/v1/trunks").json()["items"] if one["code"] == code)
    assert (trunk["name"], trunk["host"], trunk["options_seconds"]) == (f"改名线路 {code}", "127.0.0.1", 5)

    page.get_by_test_id("trunk-test").click()
    page.get_by_test_id("test-number").fill("057188126620")
    page.get_by_test_id("test-call").click()
    expect(page.get_by_test_id("test-steps")).to_contain_text("未接通", timeout=60000)
    page.get_by_role("button", name="查看信令").click()
    expect(rows(page, "calls", "0571").first).to_be_visible()
    assert trunk["id"] in page.url

    page.get_by_test_id("page-trunks").click()
    rows(page, "trunks", code).click()
    page.get_by_test_id("trunk-remove").click()
    page.locator(".trunk-remove-yes").click()
    expect(rows(page, "trunks", code)).to_have_count(0)


def test_a_secret_is_kept_and_never_shown(page: Page, admin: Any) -> None:
    code = f"s{uuid4().hex[:8]}"
    body = {
        "code": code, "name": code, "host": "192.0.2.9", "register": True, "username": "u", "secret": "hush-hush",
        "options_seconds": 0,
    }  # fmt: skip
    made = admin.post("/api/v1/trunks", json=body)
    assert made.status_code == 201, made.text
    page.get_by_test_id("nav-telephony").click()
    rows(page, "trunks", code).click()
    sheet = page.get_by_test_id("trunk-sheet")
    expect(sheet.get_by_text("已保存，不显示")).to_be_visible()
    expect(page.get_by_test_id("trunk-secret")).to_have_value("")
    assert "hush-hush" not in page.content()
    page.get_by_test_id("trunk-secret").fill("another one")
    page.wait_for_timeout(800)  # drafts are put away half a second after the last key
    assert "another one" not in str(page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"))
    admin.delete(f"/api/v1/trunks/{made.json()['id']}")


def test_the_way_of_a_number_is_explained(page: Page, admin: Any) -> None:
    ids = []
    for code, price in ((f"a{uuid4().hex[:8]}", 90_000), (f"b{uuid4().hex[:8]}", 60_000)):
        body = {
            "code": code, "name": f"线路{code}", "host": "192.0.2.9", "options_seconds": 0,
            "rates": [{"prefix": "852", "per_minute_micro": price}],
        }  # fmt: skip
        made = admin.post("/api/v1/trunks", json=body)
        assert made.status_code == 201, made.text
        ids.append(made.json()["id"])
    page.get_by_test_id("nav-telephony").click()
    page.get_by_test_id("tab-routes").click()
    page.get_by_test_id("route-new").click()
    page.get_by_test_id("route-prefix").fill("852x")
    page.get_by_test_id("route-save").click()
    expect(page.get_by_text("前缀只用数字")).to_be_visible()
    page.get_by_test_id("route-prefix").fill("852")
    page.get_by_test_id("route-save").click()
    expect(rows(page, "routes", "+852")).to_be_visible()
    page.get_by_test_id("explain-number").fill("0085223456789")

    def cheaper_first() -> bool:
        page.get_by_test_id("explain").click()
        answer = page.get_by_test_id("explanation")
        expect(answer).to_contain_text("+85223456789")
        # Core follows the directory within a second.
        return "¥ 0.06/分钟" in answer.inner_text() and "+852" in answer.inner_text()

    eventually(cheaper_first, every=0.3)
    answer = page.get_by_test_id("explanation").inner_text()
    assert answer.index("¥ 0.06/分钟") < answer.index("¥ 0.09/分钟")
    assert "最便宜" in answer
    rows(page, "routes", "+852").click()
    page.get_by_test_id("route-remove").click()
    page.locator(".route-remove-yes").click()
    expect(rows(page, "routes", "+852")).to_have_count(0)
    for id_ in ids:
        admin.delete(f"/api/v1/trunks/{id_}")


def test_the_ladder_of_a_call_is_seen_and_its_messages_are_read(page: Page, centre: Centre, admin: Any) -> None:
    number = f"139{uuid4().int % 10**8:08}"
    summary = centre.called("--from", number, "--to", "10000", "--hold", "1")
    assert summary["totals"]["answered"] == 1, summary
    page.get_by_test_id("nav-telephony").click()
    page.get_by_test_id("page-sip/calls").click()
    page.get_by_test_id("calls-number").fill(number[-8:])
    page.get_by_test_id("calls-number").press("Enter")
    expect(page).to_have_url(re.compile(rf"number=.*{number[-8:]}"))
    row = page.get_by_test_id("calls-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("已接通")
    row.click()
    arrows = page.get_by_test_id("ladder").locator("[data-index]")
    expect(arrows.first).to_be_visible()
    words = arrows.locator(".what").all_text_contents()
    assert words[0] == "INVITE (SDP)"
    assert "200 OK (SDP)" in words
    assert words[-2:] == ["BYE", "200 OK"]

    arrows.first.click()
    message = page.get_by_test_id("message-text")
    expect(message).to_contain_text("INVITE sip:10000@")
    expect(message).to_contain_text(number)
    page.keyboard.press("ArrowDown")
    expect(message).to_contain_text("SIP/2.0 100")
    with page.expect_download() as download:
        page.get_by_test_id("call-pcap").click()
    capture = download.value.path().read_bytes()
    assert struct.unpack_from("!I", capture)[0] == 0xA1B2C3D4
    assert capture.count(b"Call-ID:") == len(words)
    lines = admin.get("/api/v1/audit", params={"action": "sip_call.read"}).json()["items"]
    assert {"ladder", "messages", "pcap"} <= {line["data"]["as"] for line in lines}

    page.get_by_test_id("call-interaction").click()
    expect(page.get_by_text(number[-4:]).first).to_be_visible()
    page.get_by_test_id("interaction-sip").click()
    expect(page).to_have_url(re.compile("correlation="))
    expect(row.first).to_be_visible()


def test_an_address_is_banned_released_and_banned_again_by_undo(page: Page, admin: Any) -> None:
    address = f"198.51.100.{uuid4().int % 254 + 1}"
    page.get_by_test_id("nav-telephony").click()
    page.get_by_test_id("page-sip/guards").click()
    page.get_by_test_id("ban-new").click()
    page.get_by_test_id("ban-address").fill("198.51.100")
    page.get_by_test_id("ban-address").press("Enter")
    expect(page.get_by_text("请填写 IP 地址")).to_be_visible()
    page.get_by_test_id("ban-address").fill(address)
    page.get_by_test_id("ban-address").press("Enter")
    row = rows(page, "bans", address)
    expect(row).to_contain_text("人工封禁")
    page.get_by_test_id(f"release-{address}").click()
    expect(row).to_have_count(0)
    page.get_by_text("撤销", exact=True).click()
    expect(row).to_have_count(1)
    admin.delete(f"/api/v1/sip/bans/{address}")


def test_a_toll_rule_is_made_and_tried(page: Page, admin: Any) -> None:
    name = f"规则{uuid4().hex[:6]}"
    page.get_by_test_id("nav-telephony").click()
    page.get_by_test_id("page-sip/guards").click()
    page.get_by_test_id("tab-toll").click()
    page.get_by_test_id("toll-new").click()
    page.get_by_test_id("toll-save").click()
    expect(page.get_by_text("请填写名称")).to_be_visible()
    page.get_by_test_id("toll-name").fill(name)
    page.locator("#toll-prefixes").fill("86571")
    page.locator("#toll-prefixes").press("Enter")
    page.get_by_test_id("toll-save").click()
    expect(rows(page, "toll", name)).to_contain_text("+86571")
    page.get_by_test_id("check-user").fill("8001")
    page.get_by_test_id("check-number").fill("057188126620")
    page.get_by_test_id("toll-check").click()
    verdict = page.get_by_test_id("toll-verdict")
    expect(verdict).to_contain_text("会被拦下")
    expect(verdict).to_contain_text(name)
    rows(page, "toll", name).click()
    page.get_by_test_id("toll-remove").click()
    page.locator(".toll-remove-yes").click()
    expect(rows(page, "toll", name)).to_have_count(0)
    page.get_by_test_id("toll-check").click()
    expect(verdict).to_contain_text("可以拨出")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_can_be_used_by_everybody(browser: Browser, centre: Centre, admin: Any, theme: str) -> None:
    centre.called("--from", "13800000001", "--to", "10000", "--hold", "1")
    trunk = admin.get("/api/v1/trunks").json()["items"][0]["id"]
    answered = {"status": "answered"}
    call = eventually(lambda: admin.get("/api/v1/sip/calls", params=answered).json()["items"])[0]["id"]
    context = new_context(browser, theme)
    page = context.new_page()
    sign_in(page, centre)
    found = []
    for path in (
        "/trunks", f"/trunks/{trunk}", "/trunks/new", "/trunks?tab=routes", "/sip/calls", f"/sip/calls/{call}",
        "/sip/guards", "/sip/guards?tab=access", "/sip/guards?tab=toll",
    ):  # fmt: skip
        page.goto(centre.base + path)
        page.wait_for_function("() => document.querySelector('h1') && !document.querySelector('.skeleton')")
        if path.startswith("/sip/calls/"):
            page.get_by_test_id("ladder").locator("[data-index]").first.click()
            page.get_by_test_id("message-text").wait_for()
        page.wait_for_timeout(300)
        found += violations(page) if theme == "light" else violations(page, "color-contrast")
    context.close()
    assert found == []
