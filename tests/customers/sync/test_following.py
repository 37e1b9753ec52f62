"""Customers of another system are followed, and files that appear in a folder."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.customers.sync.conftest import PATH, World, counts
from tests.support.web import add_person, add_tenant
from yuelai.customers.sealing import Vault
from yuelai.customers.sync import jobs as sync_jobs
from yuelai.customers.sync import runs


async def test_all_is_read_once_then_only_what_changed(world: World) -> None:
    for number in range(5):
        world.crm.set(f"1390000000{number}", f"王{number}", level="gold", home="浙江省杭州市1号")
    source = await world.add()
    first = await world.run(source)
    assert (first["state"], first["full"], counts(first)) == ("done", True, (5, 0, 0, 0, 0)), first["failure"]
    assert (first["source_total"], first["ours_total"], first["missing"], first["checksum_equal"]) == (5, 5, 0, True)
    assert first["fresh_as_of"]
    world.system.asked.clear()
    world.crm.set("13900000002", "王二", level="VIP")
    world.crm.set("13900000009", "新人")
    second = await world.run(source)
    assert (second["full"], counts(second)) == (False, (1, 1, 0, 0, 0))
    assert (second["source_total"], second["ours_total"], second["missing"]) == (6, 6, 0)
    assert [query.get("since") for _, query in world.system.asked] == ["5"]
    assert ("王二", "vip") in await world.names()
    third = await world.run(source, full=True)
    assert (counts(third), third["checksum_equal"]) == ((0, 0, 6, 0, 0), True)
    history = await world.fetch("SELECT DISTINCT action, person_id FROM customer_changes")
    assert history == [{"action": "synced", "person_id": None}]


async def test_what_the_source_has_and_we_refuse_is_missing(world: World) -> None:
    world.crm.set("13900000001", "王一")
    world.crm.set("12", "坏号码")
    run = await world.run(await world.add())
    assert counts(run) == (1, 0, 0, 0, 1)
    assert (run["source_total"], run["ours_total"], run["missing"], run["checksum_equal"]) == (2, 1, 1, False)
    assert [each["code"] for each in run["rejections"]] == ["not_a_phone_number"]


async def test_an_agents_change_is_kept_until_people_decide(world: World) -> None:
    world.crm.set("13900000001", "王一", level="gold", doc="A1234567")
    source = await world.add()
    await world.run(source)
    await world.edit("王一", "王依依")
    world.crm.set("13900000001", "王壹", level="silver", doc="B7654321")
    run = await world.run(source)
    assert counts(run) == (0, 1, 0, 1, 0)
    assert await world.names() == [("王依依", "silver")]
    [conflict] = await world.conflicts()
    assert (conflict["field"], conflict["ours"], conflict["theirs"]) == ("name", "王依依", "王壹")
    # The same value again does not ask again; ours is kept for good, until the source says something else.
    answer = await world.http.post(f"{PATH}/conflicts/{conflict['id']}", json={"take": "ours"})
    assert answer.status_code == 204
    assert (await world.http.post(f"{PATH}/conflicts/{conflict['id']}", json={"take": "theirs"})).status_code == 409
    world.crm.set("13900000001", "王壹", level="gold")
    await world.run(source)
    assert (await world.conflicts(), await world.names()) == ([], [("王依依", "gold")])
    world.crm.set("13900000001", "王意")
    await world.run(source)
    [conflict] = await world.conflicts()
    answer = await world.http.post(f"{PATH}/conflicts/{conflict['id']}", json={"take": "theirs"})
    assert answer.status_code == 204
    assert await world.names() == [("王意", "gold")]
    # From now on the source may change the name again.
    world.crm.set("13900000001", "王义")
    assert counts(await world.run(source)) == (0, 1, 0, 0, 0)


async def test_the_higher_source_wins_and_the_lower_one_asks(world: World) -> None:
    world.crm.set("13900000001", "低", level="silver")
    low = await world.add("low", precedence=10)
    await world.run(low)
    world.crm.set("13900000001", "高", level="gold")
    high = await world.add("high", precedence=60)
    assert counts(await world.run(high)) == (0, 1, 0, 0, 0)
    assert await world.names() == [("高", "gold")]
    world.crm.set("13900000001", "低低", level="gold")
    assert counts(await world.run(low)) == (0, 0, 1, 1, 0)
    assert await world.names() == [("高", "gold")]
    await world.edit("高", "人")
    world.crm.set("13900000001", "至高", level="gold")
    highest = await world.add("highest", precedence=200)
    await world.run(highest)
    assert await world.names() == [("至高", "gold")]


async def test_an_id_number_in_conflict_is_shown_to_nobody_and_taken_sealed(world: World) -> None:
    world.crm.set("13900000001", "王一", doc="A1234567")
    low, high = await world.add("low", precedence=10), await world.add("high", precedence=60)
    await world.run(high)
    world.crm.set("13900000001", "王一", doc="B7654321")
    await world.run(low)
    [conflict] = await world.conflicts()
    assert "B7654321" not in str(conflict)
    stored = await world.fetch("SELECT theirs::text AS t FROM customer_conflicts")
    assert "B7654321" not in stored[0]["t"]
    assert (await world.http.post(f"{PATH}/conflicts/{conflict['id']}", json={"take": "theirs"})).status_code == 204
    [row] = await world.fetch("SELECT id, id_number_sealed AS sealed FROM customers")
    async with world.site.database.transaction(world.tenant) as conn:
        keys = await Vault(world.site.settings).keys(conn, world.tenant)
    assert keys.open(row["id"], row["sealed"]) == "B7654321"


async def test_a_run_that_fails_says_why_and_the_next_one_begins_anew(world: World) -> None:
    for number in range(5):
        world.crm.set(f"1390000000{number}", f"王{number}")
    source = await world.add()
    world.crm.broken_at = "2"
    run = await world.run(source)
    assert (run["state"], run["failure"]["code"], run["created"]) == ("failed", "connector_failed", 2)
    world.crm.broken_at = None
    run = await world.run(source)
    assert (run["state"], counts(run)) == ("done", (3, 0, 2, 0, 0))


async def test_a_run_that_was_cut_off_goes_on_behind_its_last_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        world.crm.set(f"1390000000{number}", f"王{number}")
    source = await world.add()
    applied, calls = runs.apply, 0

    class Killed(BaseException):
        pass

    async def twice(*args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Killed
        await applied(*args)

    monkeypatch.setattr(runs, "apply", twice)
    with pytest.raises(Killed):
        await world.run(source)
    assert (await world.last(source))["created"] == 4
    monkeypatch.setattr(runs, "apply", applied)
    world.system.asked.clear()
    await world.work(source)
    run = await world.last(source)
    assert (run["state"], run["created"], run["checksum_equal"]) == ("done", 6, True)
    assert [query.get("cursor") for _, query in world.system.asked] == ["4"]


async def test_files_in_the_folder_are_read_and_put_away(world: World, home: Path) -> None:
    source = await world.add(
        "files", kind="csv_folder", url=None, folder="crm", mapping={"姓名": "name", "电话": "phone"}
    )
    folder = home / "sources" / "main" / "crm"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_bytes("姓名,电话,别的\n王一,13900000001,x\n坏,12,\n".encode("gb18030"))
    (folder / "b.csv").write_text("姓名,电话\n王二,13900000002\n")
    (folder / "now.csv").write_text("姓名,电话\n半,139")
    for name in ("a.csv", "b.csv"):
        os.utime(folder / name, (time.time() - 60,) * 2)
    run = await world.run(source)
    assert (run["state"], counts(run)) == ("done", (2, 0, 0, 0, 1)), run["failure"]
    assert sorted(each.name.partition("-")[2] for each in (folder / "done").iterdir()) == ["a.csv", "b.csv"]
    assert (folder / "now.csv").exists()
    (folder / "bad.csv").write_bytes(b"\x89PNG")
    os.utime(folder / "bad.csv", (time.time() - 60,) * 2)
    run = await world.run(source)
    assert (run["state"], run["failure"]["code"]) == ("failed", "not_a_table")
    assert len(list((folder / "failed").iterdir())) == 1


async def test_a_source_that_leads_elsewhere_is_refused(world: World, home: Path) -> None:
    body = {"code": "x", "name": "x", "kind": "http_json", "url": "http://169.254.169.254/", "precedence": 5,
            "mapping": {"a": "phone"}, "key": "phone"}  # fmt: skip
    outside = home / "outside"
    outside.mkdir()
    (home / "sources" / "main").mkdir(parents=True)
    (home / "sources" / "main" / "link").symlink_to(outside)
    folder = {"kind": "csv_folder", "url": None}
    for change, code in (
        ({}, "host_not_allowed"),
        ({"url": None}, "bad_source"),
        ({"url": world.system.url, "schedule": "every day"}, "bad_source"),
        (folder | {"folder": "../other"}, "bad_source"),
        (folder | {"folder": "/etc"}, "bad_source"),
        (folder | {"folder": "link"}, "bad_source"),
        (folder | {"folder": "."}, "bad_source"),
        ({"url": world.system.url, "mapping": {"a": "name"}}, "bad_mapping"),
    ):
        answer = await world.http.post(f"{PATH}/sources", json=body | change)
        assert (answer.status_code, answer.json()["code"]) == (422, code), change
    source = await world.add()
    answer = await world.http.patch(f"{PATH}/sources/{source}", json={"url": "http://localhost/"})
    assert answer.json()["code"] == "host_not_allowed"
    answer = await world.http.post(f"{PATH}/sources", json=body | {"code": "crm", "url": world.system.url})
    assert (answer.status_code, answer.json()["code"]) == (409, "source_exists")


async def test_the_clock_starts_what_is_due_and_only_that(world: World) -> None:
    due = await world.add("due", schedule="*/5 * * * *")
    later = await world.add("later", schedule="0 3 * * *")
    off = await world.add("off", schedule="*/5 * * * *", active=False)
    async with world.site.database.transaction(None) as conn:
        await conn.execute("UPDATE customer_sources SET next_run_at = now() - interval '1 s' WHERE code <> 'later'")
    await sync_jobs._due(world.site.database, {})
    for source, began in ((due, 1), (later, 0), (off, 0)):
        items = (await world.http.get(f"{PATH}/sources/{source}/runs")).json()["items"]
        assert len(items) == began
    [row] = await world.fetch("SELECT next_run_at > now() AS ahead FROM customer_sources WHERE code = 'due'")
    assert row["ahead"]
    assert await world.fetch("SELECT 1 FROM pgqueuer WHERE entrypoint = 'customers.run_source'")


async def test_sources_and_conflicts_of_one_tenant_are_nothing_to_another(world: World) -> None:
    world.crm.set("13900000001", "王一")
    source = await world.add()
    await world.run(source)
    await world.edit("王一", "王依")
    world.crm.set("13900000001", "王壹")
    await world.run(source)
    [conflict] = await world.conflicts()
    other = await add_tenant(world.site.database, "other")
    await add_person(world.site.database, "stranger", "admin", number="9900", tenant=other)
    async with await world.site.client("stranger") as http:
        assert (await http.get(f"{PATH}/sources")).json()["items"] == []
        assert (await http.get(f"{PATH}/conflicts")).json()["items"] == []
        for method, path, body in (
            ("GET", f"/sources/{source}/runs", None),
            ("POST", f"/sources/{source}/run", None),
            ("PATCH", f"/sources/{source}", {"name": "mine"}),
            ("DELETE", f"/sources/{source}", None),
            ("POST", f"/conflicts/{conflict['id']}", {"take": "theirs"}),
        ):
            assert (await http.request(method, f"{PATH}{path}", json=body)).status_code == 404, path
    assert (await world.http.delete(f"{PATH}/sources/{source}")).status_code == 204
    assert await world.names() == [("王依", "normal")]
