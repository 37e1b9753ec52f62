"""From an uploaded file to customers who are found."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from tests.customers.imports.conftest import PATH, Desk, counts
from yuelai.customers.imports.files import path_of

FIXTURE = Path(__file__).parents[2] / "fixtures" / "imports" / "customers.csv"


async def test_the_example_of_the_how_to_becomes_customers(desk: Desk) -> None:
    uploaded = await desk.upload(FIXTURE)
    assert (uploaded["encoding"], uploaded["delimiter"], uploaded["state"]) == ("utf-8-sig", ",", "uploaded")
    assert uploaded["suggested"] == {
        "姓名": "name",
        "手机号码": "phone",
        "备用电话": "phone",
        "邮箱": "email",
        "性别": "gender",
        "出生日期": "birth_year",
        "客户级别": "class",
        "身份证号": "id_number",
        "户号": "account",
        "装机地址": "address.install",
        "标签": "tags",
        "开户日期": "since",
    }
    assert uploaded["sample"][0][:2] == ["王小芳", "138 0013 8000"]
    import_id = await desk.mapped(FIXTURE)
    dry = await desk.run(import_id, dry=True)
    assert (dry["state"], counts(dry)) == ("checked", (4, 0, 0, 0, 2))
    assert await desk.fetch("SELECT id FROM customers") == []
    done = await desk.run(import_id)
    assert (done["state"], counts(done), done["rows"], done["progress"]) == ("done", (4, 0, 0, 0, 2), 6, 1.0)
    assert [(each["line"], each["column"], each["code"]) for each in await desk.errors(import_id)] == [
        (6, "身份证号", "bad_id_number"),
        (8, "手机号码", "duplicate_in_file"),
    ]
    found = await desk.http.get("/api/v1/customers", params={"q": "小芳"})
    [card] = found.json()["items"]
    assert (card["name"], card["class"], card["phones"]) == ("王小芳", "gold", ["13800138000", "057187654321"])
    assert not path_of(desk.site.settings, UUID(import_id)).exists()


async def test_a_second_run_of_the_same_file_changes_nothing(desk: Desk) -> None:
    text = "name,phone,address,tags\n李雷,13900000001,浙江省杭州市西湖区1号,a、b\n韩梅梅,13900000002,,\n"
    assert counts(await desk.imported(text)) == (2, 0, 0, 0, 0)
    before = await desk.state()
    assert counts(await desk.imported(text)) == (0, 0, 2, 0, 0)
    assert counts(await desk.imported(text, on_match="skip")) == (0, 0, 0, 2, 0)
    assert await desk.state() == before
    assert counts(await desk.imported(text, on_match="add")) == (2, 0, 0, 0, 0)
    assert len((await desk.state())[0]) == 4


async def test_a_match_gets_what_the_file_says_and_keeps_what_it_does_not_say(desk: Desk) -> None:
    await desk.imported("name,phone,gender,tags,address\n李雷,13900000001,男,old,浙江省杭州市1号\n")
    again = "姓名,电话,性别,标签,地址,邮箱,级别\n李磊,+86 139 0000 0001/02887654321,,new,浙江省杭州市2号,L@X.com,VIP\n"
    assert counts(await desk.imported(again)) == (0, 1, 0, 0, 0)
    customers, identities, addresses, tags = await desk.state()
    assert [(each["name"], each["gender"], each["class"]) for each in customers] == [("李磊", "male", "vip")]
    assert [each["value"] for each in identities] == ["l@x.com", "+8613900000001", "+862887654321"]
    assert [each["text"] for each in addresses] == ["浙江省杭州市2号"]
    assert [each["tag"] for each in tags] == ["new", "old"]
    [history] = await desk.fetch(
        "SELECT changes FROM customer_changes WHERE action = 'imported' ORDER BY id DESC LIMIT 1"
    )
    assert {each["field"] for each in history["changes"]} == {
        "name", "class", "address.home", "email", "phone", "tags",
    }  # fmt: skip
    assert "2号" not in str(history["changes"])
    assert (await desk.http.get("/api/v1/customers", params={"q": "李磊"})).json()["items"]


async def test_the_one_fact_of_an_import_names_it(desk: Desk) -> None:
    document = await desk.imported("name,phone\n李雷,13900000001\n韩梅梅,13900000002\n")
    facts = await desk.fetch("SELECT type, fact FROM outbox WHERE type LIKE 'customer%'")
    assert [(each["type"], each["fact"]["import_id"]) for each in facts] == [("customers.imported.v1", document["id"])]


async def test_the_list_shows_the_newest_first_and_pages(desk: Desk) -> None:
    ids = [(await desk.upload("name\nx\n"))["id"] for _ in range(3)]
    first = (await desk.http.get(PATH, params={"limit": 2})).json()
    rest = (await desk.http.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in [*first["items"], *rest["items"]]] == ids[::-1]
    assert rest["next_cursor"] is None
