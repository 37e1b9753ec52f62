"""Files that are none, or are meant to hurt: refused by name, and nothing of them stays."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.customers.imports.conftest import PATH, Desk, counts
from tests.support.web import Site, add_person

TABLE = "姓名,手机号码\n" + "".join(f"王小芳{number},138{number:08}\n" for number in range(30))


async def test_every_usual_encoding_is_read(desk: Desk) -> None:
    for number, encoding in enumerate(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"), 1):
        document = await desk.upload(TABLE.encode(encoding))
        assert (document["encoding"], document["columns"]) == (encoding, ["姓名", "手机号码"])
        assert counts(await desk.imported(TABLE.encode(encoding), on_match="add")) == (30, 0, 0, 0, 0)
        assert len(await desk.fetch("SELECT id FROM customers WHERE name = '王小芳7'")) == number


async def test_every_usual_delimiter_is_found(desk: Desk) -> None:
    for delimiter in (",", ";", "\t", "|"):
        rows = (["姓名", "电话", "地址"], ["李雷", "13900000001", '"a,b;c|d\te"'])
        document = await desk.upload("\r\n".join(delimiter.join(cells) for cells in rows))
        assert (document["delimiter"], document["sample"]) == (delimiter, [["李雷", "13900000001", "a,b;c|d\te"]])


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def bomb() -> bytes:
    """A workbook whose shared texts unpack to 300 MB."""
    made = io.BytesIO(workbook(["name"], ["x"]))
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(b"\0" * 1024 * 1024)
    return made.getvalue()


def damaged_workbook() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["name"], ["x"]))) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, data[: len(data) // 2] if "sheet1" in part.filename else data)
    return made.getvalue()


def entities() -> bytes:
    """A workbook with the billion laughs in its sheet."""
    made = io.BytesIO()
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(io.BytesIO(workbook(["name"], ["x"]))) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, laughs.encode() + data if "sheet1" in part.filename else data)
    return made.getvalue()


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        new.writestr("readme.txt", "not a workbook")
    return made.getvalue()


WRONG: list[tuple[bytes, str, dict[str, Any]]] = [
    (b"", "empty_file", {}),
    (b"\n\n , ,\n", "empty_file", {}),
    (b"name,phone\n", "no_rows", {}),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not_a_table", {}),
    (b"%PDF-1.7 ...", "not_a_table", {}),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_a_table", {}),
    (b"name,phone\nabc,\xff\xfe\xfd\n", "unreadable_encoding", {"line": 2, "offset": 15}),
    (TABLE.encode() + b"\xe7\x8e\xff,1\n", "unreadable_encoding", {"line": 32, "encoding": "utf-8"}),
    (TABLE.encode("gb18030") + b"\n\xc4", "unreadable_encoding", {"line": 33, "encoding": "gb18030"}),
    (b"\xff\xfeA\x00\n\x00\x00\xd8A\x00", "unreadable_encoding", {"line": 2, "encoding": "utf-16"}),
    (b"a,b\n1,\x00\x012\n", "unreadable_encoding", {"line": 2, "offset": 6}),
    (",".join(map(str, range(10_000))).encode() + b"\n1\n", "too_many_columns", {"most": 200}),
    (b'"' + b"x" * 5_000_000 + b'",b\n1,2\n', "not_a_table", {"reason": "line_too_long"}),
    (archive(), "not_a_table", {}),
    (damaged_workbook(), "not_a_table", {}),
    (entities(), "not_a_table", {}),
    (bomb(), "unsafe_workbook", {}),
    (workbook(["name"]), "no_rows", {}),
    (workbook(), "empty_file", {}),
    (workbook([str(number) for number in range(300)], ["x"]), "too_many_columns", {}),
    (workbook(["name"], ["x"])[:-200], "not_a_table", {}),
]


async def test_what_is_no_table_is_refused_by_name(desk: Desk) -> None:
    for content, code, extra in WRONG:
        answer = await desk.send(content)
        assert (answer.status_code, answer.json()["code"]) == (422, code), (content[:40], answer.text)
        assert answer.json() | extra == answer.json()
        assert not list((desk.site.settings.folder / "imports").iterdir())
    assert (await desk.http.get(PATH)).json()["items"] == []


async def test_broken_rows_are_told_by_their_physical_line_and_the_others_come_in(desk: Desk) -> None:
    long = "x" * 5_000_000
    text = (
        "name,phone,email,address\r\n"
        "李雷,13900000001,,\r\n"  # 2
        '韩梅梅,13900000002,,"杭州市\r\n西湖区"\r\n'  # 3 and 4
        "\r\n"
        "张三,12345,,\r\n"  # 6
        "赵四,13900000004,nonsense,\r\n"  # 7
        "王五,13900000005\r\n"  # 8
        "钱六,13900000006,,,extra\r\n"  # 9
        f'孙七,13900000007,,"{long}"\r\n'  # 10
        "周八,1.39E+10,,\r\n"  # 11
        ",13900000009,,\r\n"  # 12
        "吴九,,a@b.cn,\r\n"  # 13
        f"{'郑' * 300},13900000010,,\r\n"  # 14
        '陈十,13900000011,,"开口\r\n'  # 15
        "林一,13900000012,,\r\n"  # 16
    )
    import_id = await desk.mapped(text)
    assert counts(await desk.run(import_id, dry=True)) == (3, 0, 0, 0, 10)
    assert counts(await desk.run(import_id)) == (3, 0, 0, 0, 10)
    assert [(each["line"], each["code"], each["column"]) for each in await desk.errors(import_id)] == [
        (6, "not_a_phone_number", "phone"),
        (7, "bad_email", "email"),
        (8, "wrong_number_of_columns", None),
        (9, "wrong_number_of_columns", None),
        (10, "line_too_long", None),
        (11, "number_damaged", "phone"),
        (12, "name_missing", None),
        (13, "key_missing", "phone"),
        (14, "too_long", "name"),
        (15, "unclosed_quote", None),
    ]
    assert [each["name"] for each in (await desk.state())[0]] == ["李雷", "林一", "韩梅梅"]


async def test_values_of_rejected_rows_are_masked_and_their_file_runs_nothing(desk: Desk) -> None:
    text = "name,phone,email\n李雷,13900000001,\"=cmd|'/c calc'!A0 13812345678\"\n韩,@SUM(1+1)*13912345678,\n"
    import_id = await desk.mapped(text)
    await desk.run(import_id, dry=True)
    assert "12345678" not in str(await desk.errors(import_id))
    answer = await desk.http.get(f"{PATH}/{import_id}/errors.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "line,column,code,value,message"
    assert lines[1].startswith("2,email,bad_email,'=c")
    assert lines[2].startswith("3,phone,not_a_phone_number,'@S")


async def test_a_workbook_gives_values_not_formulas_and_rows_by_their_number(desk: Desk) -> None:
    content = workbook(
        ["姓名", "电话", "开户日期", "账号"],
        ["李雷", 13900000001, "2020-02-03", 330100200001],
        [],
        ["=HYPERLINK(1)", 13900000002, None, None],
        ["王五", 13900000003.0, "2021年2月3日", "=1+1"],
        ["赵六", "#N/A", None, None],
        ["孙七", 1.39e22, None, None],
    )
    import_id = await desk.mapped(content)
    assert counts(await desk.run(import_id)) == (2, 0, 0, 0, 3)
    assert [(each["line"], each["code"]) for each in await desk.errors(import_id)] == [
        (4, "name_missing"),
        (6, "spreadsheet_error"),
        (7, "number_damaged"),
    ]
    rows = await desk.fetch("SELECT value FROM customer_identities ORDER BY kind, value")
    assert [each["value"] for each in rows] == ["330100200001", "+8613900000001", "+8613900000003"]


async def test_a_mapping_that_cannot_be_is_refused(desk: Desk) -> None:
    import_id = (await desk.upload("name,phone,a,b\n1,2,3,4\n"))["id"]
    for mapping, key in (
        ({"name": "name", "nope": "phone"}, "none"),
        ({"name": "name", "phone": "shoe_size"}, "none"),
        ({"name": "name", "a": "name"}, "none"),
        ({"name": "name"}, "phone"),
        ({"phone": "phone"}, "none"),
        ({}, "none"),
        ({"name": "custom.unknown"}, "none"),
    ):
        body = {"mapping": mapping, "key": key, "on_match": "update"}
        answer = await desk.http.put(f"{PATH}/{import_id}/mapping", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_mapping"), mapping
    answer = await desk.http.post(f"{PATH}/{import_id}/run", json={"dry": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


async def test_forms_that_are_none_are_refused(desk: Desk) -> None:
    for how in (
        {"content": b"x", "headers": {"Content-Type": "text/csv"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"content": b"--b\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"files": {"other": ("a.csv", b"name\nx\n")}},
        {"data": {"file": "name"}, "files": {"other": ("a.csv", b"x")}},
        {"files": [("file", ("a.csv", b"name\nx\n")), ("file", ("b.csv", b"name\nx\n"))]},
    ):
        answer = await desk.http.post(PATH, **how)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_upload"), how
    assert not list((desk.site.settings.folder / "imports").iterdir())


async def test_only_the_upload_may_be_long_and_it_has_its_bound(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await desk.http.put(f"{PATH}/x/mapping", content=b" " * 1_100_000)
    assert answer.status_code == 413
    text = "name,address\n" + "".join(f"n{number},{'x' * 100}\n" for number in range(20_000))
    assert (await desk.send(text)).status_code == 201
    monkeypatch.setattr("yuelai.customers.imports.uploads.MOST_BYTES", 1_000_000)
    answer = await desk.send(text)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert len(list((desk.site.settings.folder / "imports").iterdir())) == 1
    reader, writer = await asyncio.open_connection("127.0.0.1", desk.site.port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {3 * 1024**3}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    assert b" 413 " in await reader.readline()
    writer.close()


async def test_an_upload_that_breaks_off_leaves_nothing(desk: Desk, site: Site, tmp_path: Path) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", site.port)
    token = desk.http.headers["authorization"]
    writer.write(
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: 9000000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
        + b"x" * 2_000_000
    )
    await writer.drain()
    folder = site.settings.folder / "imports"
    async with asyncio.timeout(5):
        while not (folder.exists() and list(folder.iterdir())):
            await asyncio.sleep(0.01)
    writer.close()
    async with asyncio.timeout(5):
        while list(folder.iterdir()):
            await asyncio.sleep(0.01)


async def test_nobody_uploads_without_the_right_to(desk: Desk, site: Site) -> None:
    await add_person(site.database, "teller", "agent", number="9002")
    async with await site.client("teller") as http:
        for method, path in (("POST", PATH), ("GET", PATH), ("GET", f"{PATH}/{'0' * 8}-0000-0000-0000-{'0' * 12}")):
            assert (await http.request(method, path)).status_code == 403
    assert (await site.http.post(PATH, files={"file": ("a.csv", b"name\nx\n")})).status_code == 401
