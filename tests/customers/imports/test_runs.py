"""Runs that are killed, cancelled, tried dry: every row is counted once, and done once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.customers.imports.conftest import PATH, Desk, counts
from tests.support.web import Site, add_person, add_tenant
from yuelai.customers.imports import runs
from yuelai.platform import jobs
from yuelai.platform.db import Database


def table(rows: int) -> str:
    return "name,phone,tags\n" + "".join(f"王{number},138{number:08},t{number % 7}\n" for number in range(rows))


def random_table(seed: int) -> tuple[str, int]:
    """Return rows good and bad, some the same as others, and how many there are."""
    rng = random.Random(seed)
    phones = [f"139{number:08}" for number in range(40)] + ["", "12", "1.39E+10", "0571-87654321"]
    names = ["王小芳"] * 9 + ["李雷", "韩梅梅", "", " ", "#N/A", "x" * 300]
    lines = ["name,phone,phone2,email,birth,id number,no,tags"]
    count = rng.randrange(30, 90)
    for _ in range(count):
        cells = [
            rng.choice(names),
            rng.choice(phones),
            rng.choice([*phones[:20], *[""] * 60]),
            rng.choice(["a@b.cn", *[""] * 8, "nonsense"]),
            rng.choice(["1980", *[""] * 8, "80", "1980-13-01"]),
            rng.choice([*[""] * 5, "11010519491231002X", "A1234567", "B1234567", "110105194912310021"]),
            rng.choice([*[""] * 5, "A1", "A2", "A3", "C000000001"]),
            rng.choice([*[""] * 4, "a、b", '"x\ny"', "c"]),
        ]
        if not any(cell.strip() for cell in cells):
            cells[0] = "x"
        if rng.random() < 0.05:
            cells = cells[: rng.randrange(1, 8)] or ["x"]
            cells[0] = cells[0].strip() or "x"
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n", count


RANDOM_MAPPING = {
    "name": "name", "phone": "phone", "phone2": "phone", "email": "email", "birth": "birth_year",
    "id number": "id_number", "no": "no", "tags": "tags",
}  # fmt: skip


async def test_no_row_is_ever_lost_and_a_dry_run_counts_what_the_real_one_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = [0] * 5
    for seed in range(14):
        monkeypatch.setattr(runs, "BATCH_ROWS", random.Random(seed).choice([1, 3, 17, 5_000]))
        text, count = random_table(seed)
        key = ("phone", "no", "id_number", "none")[seed % 4]
        on_match = ("update", "skip", "add")[seed % 3]
        import_id = await desk.mapped(text, key=key, on_match=on_match, mapping=RANDOM_MAPPING)
        before = await desk.state()
        dry = await desk.run(import_id, dry=True)
        assert (dry["state"], sum(counts(dry)), dry["rows"]) == ("checked", count, count)
        assert len(await desk.errors(import_id)) == dry["rejected"]
        assert await desk.state() == before
        errors = await desk.errors(import_id)
        real = await desk.run(import_id)
        assert (real["state"], counts(real)) == ("done", counts(dry)), (seed, key, on_match)
        assert await desk.errors(import_id) == errors
        if (key, on_match) != ("none", "add"):
            total = [a + b for a, b in zip(total, counts(real), strict=True)]
        assert await desk.fetch("SELECT 1 FROM customer_import_claims") == []
    assert min(total) > 0, "the random files try everything"


async def test_two_rows_about_one_customer_are_not_both_done(desk: Desk) -> None:
    await desk.imported(
        "name,phone\n李雷,13900000001/13900000002\n王五,13900000005\n赵六,13900000005\n", on_match="add"
    )
    text = "name,phone\nA,13900000001\nB,13900000002\nC,13900000003/13900000004\nD,13900000004\nE,13900000005\n"
    import_id = await desk.mapped(text)
    done = await desk.run(import_id)
    assert counts(done) == (1, 1, 0, 0, 3)
    assert [(each["line"], each["code"]) for each in await desk.errors(import_id)] == [
        (3, "duplicate_in_file"),
        (5, "duplicate_in_file"),
        (6, "several_customers"),
    ]


async def test_a_run_that_is_cancelled_ends_after_its_batch_and_can_be_undone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "BATCH_ROWS", 10)
    import_id = await desk.mapped(table(100))
    await desk.start(import_id)
    applied = runs.batches.apply

    async def and_cancel(*args: Any) -> Any:
        outcome = await applied(*args)
        asyncio.get_running_loop().create_task(desk.http.post(f"{PATH}/{import_id}/cancel"))
        await asyncio.sleep(0)
        return outcome

    monkeypatch.setattr(runs.batches, "apply", and_cancel)
    done = await desk.work(import_id)
    assert done["state"] == "cancelled"
    assert 0 < done["created"] < 100
    assert (await desk.undo(import_id))["undone"] == done["created"]
    assert (await desk.state())[0] == []


async def test_a_row_that_the_database_refuses_stands_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk.database.transaction(None) as conn:
        await conn.execute("ALTER TABLE customers ADD CONSTRAINT no_seven CHECK (name <> '王77')")
    import_id = await desk.mapped(table(200))
    done = await desk.run(import_id)
    assert (done["state"], counts(done)) == ("done", (199, 0, 0, 0, 1))
    assert [(each["line"], each["code"]) for each in await desk.errors(import_id)] == [(79, "database_refused")]


async def test_one_tenants_imports_are_nothing_to_another(desk: Desk, site: Site) -> None:
    done = await desk.imported(table(3))
    other = await add_tenant(site.database, "other")
    await add_person(site.database, "stranger", "admin", number="9900", tenant=other)
    async with await site.client("stranger") as http:
        assert (await http.get(PATH)).json()["items"] == []
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/errors", None),
            ("GET", "/errors.csv", None),
            ("GET", "/kept", None),
            ("POST", "/run", {"dry": True}),
            ("POST", "/undo", None),
            ("POST", "/cancel", None),
            ("PUT", "/mapping", {"mapping": {"name": "name"}, "key": "none", "on_match": "add"}),
        ):
            answer = await http.request(method, f"{PATH}/{done['id']}{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_import"), path
        theirs = Desk(site, http, other)
        assert counts(await theirs.imported(table(3))) == (3, 0, 0, 0, 0)
    assert len((await desk.state())[0]) == 3
    assert counts(await desk.imported(table(3))) == (0, 0, 3, 0, 0)


async def worker(site: Site) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "yuelai", "run", "worker",
        env=os.environ | {"YUELAI_HOME": str(site.settings.folder), "YUELAI_DATABASE_URL": site.database.dsn},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


async def done_rows(database: Database) -> int:
    async with database.transaction(None) as conn:
        found: int = await conn.fetchval("SELECT done FROM customer_imports")
    return found


@pytest.mark.timeout(120)
async def test_a_killed_worker_leaves_whole_batches_and_the_next_one_goes_on(desk: Desk, site: Site) -> None:
    rows = 20_000
    import_id = await desk.mapped(table(rows))
    first = await worker(site)
    second = None
    try:
        await desk.start(import_id)
        async with asyncio.timeout(40):
            while await done_rows(site.database) == 0:
                await asyncio.sleep(0.02)
        first.send_signal(signal.SIGKILL)
        await first.wait()
        done = await done_rows(site.database)
        assert 0 < done < rows
        assert done % runs.BATCH_ROWS == 0
        assert len(await desk.fetch("SELECT id FROM customers")) == done
        second = await worker(site)
        # What the clock would do within the minute.
        async with site.database.transaction(None) as conn:
            await jobs.enqueue(conn, "customers.resume_imports")
        async with asyncio.timeout(50):
            while (document := await desk.get(import_id))["state"] == "running":
                await asyncio.sleep(0.1)
    finally:
        for process in (first, second):
            if process is not None and process.returncode is None:
                process.terminate()
                await process.wait()
    assert (document["state"], counts(document)) == ("done", (rows, 0, 0, 0, 0))
    assert [each["n"] for each in await desk.fetch("SELECT count(DISTINCT value) AS n FROM customer_identities")] == [
        rows
    ]
    assert [each["n"] for each in await desk.fetch("SELECT count(*) AS n FROM customers")] == [rows]
    assert not (Path(site.settings.folder) / "imports" / f"{import_id}.upload").exists()
