"""A menu is drawn from nothing and answers calls: a call keeps the version it began with, the next one gets the new
one, what was published comes back, and the nodes show who went where and who stands there now."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_flow_designer import WAIT, kept, page, publish, saved, with_a_menu
from tests.support.accessibility import violations
from tests.support.centre import Centre, eventually
from yuelai.platform.ids import new_id

__all__ = ["page"]

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.calls, pytest.mark.timeout(240)]

NUMBER = "19008"
CALLER = "13912340008"


@pytest.fixture
def code(page: Page, centre: Centre) -> Iterator[str]:
    """The code of a flow that is new, open in the designer; afterwards neither it nor its number is there."""
    code = f"calls_{new_id().hex[-12:]}"
    page.get_by_test_id("flow-new").click()
    page.locator("#flow-name").fill("画好就用")
    page.locator("#flow-code").fill(code)
    page.get_by_test_id("flow-save").click()
    expect(page.get_by_test_id("node-goodbye")).to_be_visible(timeout=WAIT)
    yield code
    http = centre.person("admin").http
    http.delete(f"/api/v1/access-numbers/{NUMBER}")
    http.delete(f"/api/v1/flows/{code}")


def call(centre: Centre, keys: str) -> subprocess.Popen[str]:
    """Call, press the keys (a comma is a pause) and stay until the flow hangs up."""
    return centre.call("--from", CALLER, "--to", NUMBER, "--dtmf", keys, "--hold", "20", "--hold-from", "digits")


def answered(caller: subprocess.Popen[str]) -> None:
    out, errors = caller.communicate(timeout=60)
    assert out, errors
    assert json.loads(out)["calls"][0]["status"] == 200


def walks(centre: Centre, count: int) -> list[list[str]]:
    """Return the nodes each of so many contacts has passed, the first contact first; staying at one counts once."""
    leader = centre.person("leader01")

    def closed() -> list[dict[str, Any]]:
        items = leader.interactions(ani=CALLER)
        return items if len(items) == count and all(item["state"] == "closed" for item in items) else []

    found = [leader.get(f"/interactions/{item['id']}") for item in reversed(eventually(closed, 20))]
    return [
        list(dict.fromkeys(line["data"]["node"] for line in one["trail"] if "node" in line["data"])) for one in found
    ]


def say_before_goodbye(page: Page) -> None:
    """To the exit of the menu that is open: a node that says something, after which who hangs up was served."""
    page.get_by_test_id("node-menu").click()
    page.get_by_test_id("node-menu").press("a")
    page.get_by_test_id("flow-add").get_by_role("textbox").fill("say")
    page.keyboard.press("Enter")
    page.get_by_test_id("flow-say-add").click()
    page.get_by_test_id("flow-say-0").get_by_role("combobox").fill("goodbye")
    page.get_by_role("switch", name="到此算办妥").click()
    lead(page, "target-next", "结束")


def lead(page: Page, target: str, name: str) -> None:
    page.get_by_test_id(target).click()
    page.get_by_test_id(target).get_by_role("combobox").fill(name)
    page.keyboard.press("Enter")


def test_what_is_drawn_answers_calls(page: Page, centre: Centre, code: str) -> None:
    admin = centre.person("admin").http
    # Drawn; what is broken names its node.
    with_a_menu(page)
    expect(page.locator("[data-testid=flow-problem][data-node=menu][data-code=open_exit]")).to_contain_text("试试菜单")
    say_before_goodbye(page)
    expect(page.get_by_test_id("errors-menu")).to_have_count(0, timeout=WAIT)
    expect(page.get_by_test_id("errors-say")).to_have_count(0, timeout=WAIT)

    page.get_by_test_id("flow-simulate").click()
    page.get_by_test_id("sim-start").click()
    page.get_by_test_id("sim-key-1").click(timeout=WAIT)
    expect(page.get_by_test_id("sim-ended")).to_contain_text("已办妥", timeout=WAIT)
    expect(page.get_by_test_id("node-say")).to_have_attribute("data-walked", "through")
    page.get_by_test_id("flow-simulate").click()
    publish(page, "第一版")
    eventually(lambda: (kept(centre, code)["published"] or {}).get("version") == 1, 10)
    assert admin.put(f"/api/v1/access-numbers/{NUMBER}", json={"flow": code}).status_code == 200

    # A caller stands at the menu: seen on the node while the next version is published.
    waiting = call(centre, ",,,,,,,,,,,,1")
    page.get_by_test_id("flow-traffic-open").click()
    expect(page.get_by_test_id("live-menu")).to_contain_text("1 ·", timeout=WAIT)
    expect(page.get_by_test_id("traffic-live")).to_contain_text("现在 1 个")
    page.get_by_test_id("traffic-close").click()
    page.get_by_test_id("node-menu").click()
    lead(page, "target-choices.1", "结束")
    page.get_by_test_id("node-say").click()
    page.get_by_test_id("node-remove").click()
    saved(page)
    page.get_by_test_id("flow-compare-open").click()
    expect(page.get_by_test_id("change-menu")).to_be_visible(timeout=WAIT)
    assert waiting.poll() is None
    publish(page, "第二版")
    eventually(lambda: kept(centre, code)["published"]["version"] == 2, 10)
    assert waiting.poll() is None, "the call was over before the new version was there"
    assert (kept(centre, code)["running"] or {}).get("1") == 1

    # The next one gets the new version; the one that waited went through what it began with.
    answered(call(centre, ",1"))
    answered(waiting)
    first, second = walks(centre, 2)
    assert first == ["menu", "say", "goodbye"]
    assert second == ["menu", "goodbye"]

    # What was published before comes back.
    page.get_by_test_id("flow-versions-open").click()
    page.get_by_test_id("version-1-restore").click(timeout=WAIT)
    page.locator(".version-1-restore-yes").click()
    expect(page.get_by_test_id("version-3")).to_contain_text("使用中", timeout=WAIT)
    expect(page.get_by_test_id("node-say")).to_be_visible(timeout=WAIT)
    eventually(lambda: kept(centre, code)["published"]["version"] == 3, 10)
    answered(call(centre, ",1"))
    assert walks(centre, 3)[2] == ["menu", "say", "goodbye"]

    # Who went where, of all versions and of one; what stands out leads to its node.
    eventually(lambda: admin.get(f"/api/v1/flows/{code}/traffic").json()["walks"] == 3, 15)
    page.get_by_test_id("flow-traffic-open").click()
    expect(page.get_by_test_id("node-menu")).to_have_attribute("data-entered", "3", timeout=WAIT)
    expect(page.get_by_test_id("node-say")).to_have_attribute("data-entered", "2")
    expect(page.get_by_test_id("traffic-served")).to_contain_text("2")
    expect(page.get_by_test_id("flow-rates")).to_contain_text("67%", timeout=WAIT)
    page.get_by_test_id("traffic-version").click()
    page.get_by_title("v2", exact=True).click()
    expect(page.get_by_test_id("node-menu")).to_have_attribute("data-entered", "1", timeout=WAIT)
    expect(page.get_by_test_id("node-say")).to_have_attribute("data-entered", "0")
    assert violations(page) == []
