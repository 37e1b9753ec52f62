"""Customers in the browser: found as one types, changed, merged and split, brought in from a file and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.centre import Centre, Person

pytestmark = [pytest.mark.centre, pytest.mark.browser, pytest.mark.timeout(120)]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
BROKEN_LINES = (4, 7)
PREFER = """
theme => localStorage.setItem(
  'yuelai.prefs', JSON.stringify({ ...JSON.parse(localStorage.getItem('yuelai.prefs') ?? '{}'), theme }))
"""


@pytest.fixture
def page(browser: Browser, centre: Centre) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    sign_in(page, centre, "admin")
    yield page
    context.close()


def sign_in(page: Page, centre: Centre, username: str) -> None:
    page.goto(centre.base)
    page.get_by_test_id("signin-username").fill(username)
    page.get_by_test_id("signin-password").fill("demo")
    page.get_by_test_id("signin-password").press("Enter")
    page.get_by_test_id("nav-customers").click()
    expect(page.get_by_test_id("customer-row").first).to_be_visible(timeout=15000)


def search(page: Page, text: str) -> None:
    """Type letter by letter, as people do."""
    field = page.get_by_test_id("customers-search")
    field.fill("")
    field.press_sequentially(text, delay=15)


def made(admin: Person, name: str, *phones: str, **more: Any) -> dict[str, Any]:
    answer = admin.http.post("/api/v1/customers", json={"name": name, "phones": list(phones), **more})
    answer.raise_for_status()
    return dict(answer.json())


def violations(page: Page) -> list[str]:
    """Return what axe finds serious or critical on the page as it is."""
    if page.evaluate("() => !window.axe"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def test_customers_are_found_by_any_part_of_what_is_known_of_them(page: Page) -> None:
    for text, field, shown in [("wf", "拼音", "王芳"), ("王芳", "姓名", "王芳"), ("0001", "电话", "138 0000 0001")]:
        search(page, text)
        row = page.get_by_test_id("customer-row").filter(has_text="138 0000 0001")
        expect(row).to_contain_text(shown)
        expect(row.get_by_test_id("found")).to_contain_text(field)
        assert f"q={text}" in page.evaluate("decodeURIComponent(location.search)")
    expect(page.locator("mark").first).to_have_text("0001")
    search(page, "没有这个人%_")
    expect(page.get_by_text("没有找到")).to_be_visible()


def test_the_list_is_worked_with_keys_and_stays_where_it_was(page: Page) -> None:
    keys = page.keyboard
    page.get_by_test_id("customers-search").press("ArrowDown")
    for _ in range(30):
        keys.press("ArrowDown")
    active = page.locator(".table-row:focus")
    expect(active).to_have_attribute("data-index", "30")
    name = active.locator("b").inner_text()
    place = page.evaluate("document.querySelector('.table-body').scrollTop")
    assert place > 0
    keys.press("Enter")
    expect(page.get_by_test_id("customer-name")).to_have_text(name)
    keys.press("Escape")
    expect(active).to_have_attribute("data-index", "30")
    assert page.evaluate("document.querySelector('.table-body').scrollTop") == place
    keys.press("/")
    expect(page.get_by_test_id("customers-search")).to_be_focused()


def test_a_customer_is_changed_and_another_change_meanwhile_is_met_kindly(page: Page, centre: Centre) -> None:
    admin = centre.person("admin")
    card = made(admin, "郑改", "13611112222")
    page.goto(f"{centre.base}/customers/{card['id']}")
    page.get_by_test_id("record-edit").click()
    page.get_by_test_id("edit-name").fill("郑小改")
    page.wait_for_timeout(700)  # the pause after which a draft is kept
    page.reload()
    page.get_by_test_id("record-edit").click()
    expect(page.get_by_test_id("edit-name")).to_have_value("郑小改")

    leader = centre.person("leader01")
    theirs = {"version": leader.get(f"/customers/{card['id']}")["version"], "name": "郑大改", "birth_year": 1980}
    assert leader.http.patch(f"/api/v1/customers/{card['id']}", json=theirs).status_code == 200

    page.get_by_test_id("edit-save").click()
    conflict = page.get_by_test_id("conflict")
    expect(conflict).to_contain_text("郑大改")
    expect(conflict).to_contain_text(leader.session["person"]["name"])
    expect(conflict).to_contain_text("出生年份")
    assert not violations(page)
    page.get_by_test_id("edit-save").click()
    expect(page.get_by_test_id("edit-panel")).to_have_count(0)
    expect(page.get_by_test_id("customer-name")).to_have_text("郑小改")
    kept = admin.get(f"/customers/{card['id']}")
    assert (kept["name"], kept["birth_year"]) == ("郑小改", 1980)

    page.get_by_test_id("identity-add").click()
    page.get_by_test_id("identity-value").fill("0571-88126620")
    page.get_by_test_id("identity-value").press("Enter")
    expect(page.get_by_test_id("identity").filter(has_text="0571-8812 6620")).to_be_visible()
    page.get_by_test_id("identity").filter(has_text="0571-8812 6620").hover()
    page.get_by_test_id("identity").filter(has_text="0571-8812 6620").get_by_test_id("identity-remove").click()
    expect(page.get_by_test_id("identity")).to_have_count(1)
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_test_id("identity")).to_have_count(2)


def test_masked_data_is_shown_for_a_reason_and_all_of_it_can_be_handed_out_or_erased(
    page: Page, centre: Centre
) -> None:
    admin = centre.person("admin")
    card = made(admin, "钱隐私", "13688887777", address="浙江省杭州市西湖区文三路 77 号 3 单元")
    page.goto(f"{centre.base}/customers/{card['id']}")
    masked = page.get_by_test_id("masked").filter(has_text="西湖区")
    expect(masked).not_to_contain_text("77 号")
    masked.get_by_test_id("reveal").click()
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.get_by_text("请填写原因")).to_be_visible()
    page.get_by_test_id("reveal-reason").fill("核对装机地址")
    page.get_by_test_id("reveal-reason").press("Enter")
    expect(masked).to_contain_text("77 号 3 单元")
    masked.get_by_role("button", name="秒后遮盖").click()
    expect(masked).not_to_contain_text("77 号")

    page.get_by_test_id("record-more").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="导出全部资料").click()
    assert "文三路 77 号" in Path(download.value.path()).read_text()
    page.get_by_test_id("record-more").click()
    page.get_by_role("menuitem", name="删除个人资料").click()
    page.get_by_test_id("reason-confirm").click()
    expect(page.get_by_text("请填写原因")).to_be_visible()
    assert not violations(page)
    page.get_by_label("原因").fill("客户本人来电要求")
    page.get_by_test_id("reason-confirm").click()
    expect(page.get_by_test_id("record")).to_have_count(0)
    assert not found(centre, "13688887777")
    assert admin.http.get(f"/api/v1/customers/{card['id']}").status_code == 410


def test_two_records_become_one_and_two_again(page: Page, centre: Centre) -> None:
    admin = centre.person("admin")
    keep = made(admin, "孙合并", "13722223333", gender="female")
    drop = made(admin, "孙合并", "13722223333", "13722224444")
    admin.http.patch(f"/api/v1/customers/{drop['id']}", json={"version": 1, "birth_year": 1979}).raise_for_status()
    page.goto(f"{centre.base}/customers/{keep['id']}?tab=duplicates")
    expect(page.get_by_test_id("duplicate")).to_contain_text("电话相同")
    page.get_by_test_id("compare").click()
    expect(page.get_by_test_id("result-birth_year")).to_have_text("1979")
    assert not violations(page)
    page.get_by_test_id("merge").click()
    expect(page.get_by_test_id("identity").filter(has_text="137 2222 4444")).to_be_visible()
    assert admin.get(f"/customers/{drop['id']}")["id"] == keep["id"]
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已拆分")).to_be_visible()
    assert admin.get(f"/customers/{drop['id']}")["id"] == drop["id"]
    expect(page.get_by_test_id("identity").filter(has_text="137 2222 4444")).to_have_count(0)
    page.get_by_test_id("record-tab-history").click()
    expect(page.get_by_test_id("change").filter(has_text="拆分")).to_be_visible()


def test_a_file_is_tried_imported_and_taken_back(page: Page, centre: Centre, tmp_path: Path) -> None:
    lines = ["客户名称,手机号码,性别,家庭住址"]
    lines += [f"周导入{n:02d},139700000{n:02d},女,浙江省杭州市西湖区文三路 {n} 号" for n in range(1, 13)]
    lines[BROKEN_LINES[0] - 1] = "周坏号,12345,女,浙江省杭州市"
    lines[BROKEN_LINES[1] - 1] = "周坏性别,13970000099,外星,浙江省杭州市"
    file = tmp_path / "老客户.csv"
    file.write_bytes("\r\n".join(lines).encode("gb18030"))

    page.get_by_test_id("customers-nav-imports").click()
    page.get_by_test_id("import-file").set_input_files(file)
    imported = page.get_by_test_id("import-page")
    expect(imported).to_contain_text("GB18030")
    expect(imported).to_contain_text("周导入01")
    assert not violations(page)
    page.get_by_test_id("import-check").click()
    state = page.get_by_test_id("import-state")
    expect(state).to_have_attribute("data-state", "checked", timeout=20000)
    assert count(page, "created") == 10
    refused = page.get_by_test_id("import-error")
    expect(refused).to_have_count(2)
    for row, (line, why) in enumerate(zip(BROKEN_LINES, ("不是完整的电话号码", "无法识别的性别"), strict=True)):
        expect(refused.nth(row)).to_contain_text(f"{line}")
        expect(refused.nth(row)).to_contain_text(why)
    assert not violations(page)
    assert not found(centre, "13970000001"), "a trial changes nobody"
    with page.expect_download() as download:
        page.get_by_test_id("import-errors-csv").click()
    assert download.value.suggested_filename == "老客户-不合格.csv"

    page.get_by_test_id("import-run").click()
    expect(state).to_have_attribute("data-state", "done", timeout=20000)
    assert count(page, "created") == 10
    assert [each["name"] for each in found(centre, "13970000001")] == ["周导入01"]
    page.get_by_test_id("import-undo").click()
    page.locator(".ant-popconfirm").get_by_role("button", name="撤销导入").click()
    expect(state).to_have_attribute("data-state", "undone", timeout=20000)
    assert not found(centre, "13970000001")


def count(page: Page, name: str) -> int:
    return int(page.locator(f"[data-count={name}]").get_attribute("data-value") or 0)


def found(centre: Centre, phone: str) -> list[dict[str, Any]]:
    return list(centre.person("admin").get("/customers", phone=phone)["items"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_can_be_read_by_everybody(page: Page, centre: Centre, theme: str) -> None:
    page.evaluate(PREFER, theme)
    card = centre.person("admin").get("/customers", phone="13800000001")["items"][0]
    places = {
        "/customers": "[data-testid=customer-row]",
        "/customers?q=wf": "mark",
        f"/customers/{card['id']}": "[data-testid=identity]",
        f"/customers/{card['id']}?tab=history": ".record-history",
        "/customers/new": "#create-name",
        "/customers/merges": ".section-page .page-title",
        "/customers/imports": ".drop",
        "/customers/settings": "[data-testid=class-row]",
        "/customers/sources": ".section-page .page-title",
        "/customers/conflicts": ".section-page .page-title",
    }
    for path, sign in places.items():
        page.goto(centre.base + path)
        page.locator(sign).first.wait_for()
        page.wait_for_timeout(300)
        assert not violations(page), path
