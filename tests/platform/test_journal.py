"""What the journal has acknowledged is there after any death of the process."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuelai.platform import journal_writer
from yuelai.platform.journal import Entry, Journal, JournalBroken, JournalBusy, JournalFull

from .happenings import Happened, happened


def numbers(entries: list[Entry]) -> list[int]:
    return [entry.fact.number for entry in entries if isinstance(entry.fact, Happened)]


async def test_entries_come_back_in_order_with_their_private_part(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "j", owner="core")
    assert await journal.append(happened(1, name="王芳"), happened(2)) == 2
    assert await journal.append(happened(3)) == 3
    entries = journal.read(0)
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert numbers(entries) == [1, 2, 3]
    assert entries[0].private == {"name": "王芳"}
    assert entries[0].type == "test.happened.v1"
    assert journal.read(2) == entries[2:]
    await journal.close()


async def test_a_journal_goes_on_where_it_ended(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "j", owner="core")
    await journal.append(happened(1))
    await journal.close()
    again = await Journal.open(tmp_path / "j", owner="core")
    assert again.key == journal.key
    assert await again.append(happened(2)) == 2
    assert numbers(again.read(0)) == [1, 2]
    await again.close()


async def test_appends_that_wait_together_share_a_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from yuelai.platform import journal_writer

    syncs = 0
    real = journal_writer._sync

    def counting(file: int) -> None:
        nonlocal syncs
        syncs += 1
        real(file)

    monkeypatch.setattr(journal_writer, "_sync", counting)
    journal = await Journal.open(tmp_path / "j", owner="core")
    seqs = await asyncio.gather(*(journal.append(happened(n)) for n in range(200)))
    assert seqs == list(range(1, 201))
    assert syncs < 50
    assert numbers(journal.read(0)) == list(range(200))
    await journal.close()


async def test_a_second_owner_is_kept_out(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "j", owner="core")
    with pytest.raises(JournalBusy):
        await Journal.open(tmp_path / "j", owner="core")
    await journal.close()


async def test_followed_segments_are_forgotten_and_numbers_go_on(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "j", owner="core", segment_bytes=1000)
    for n in range(50):
        await journal.append(happened(n))
    assert len(list((tmp_path / "j").glob("*.log"))) > 5
    journal.forget(50)
    assert len(list((tmp_path / "j").glob("*.log"))) == 1
    assert journal.unfollowed_bytes == 0
    await journal.close()
    again = await Journal.open(tmp_path / "j", owner="core", segment_bytes=1000)
    assert await again.append(happened(50)) == 51
    await again.close()


async def test_what_is_followed_is_gone_from_the_disk_after_an_hour_however_little_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yuelai.platform import journal_writer

    journal = await Journal.open(tmp_path / "j", owner="core")
    for n in range(3):
        await journal.append(happened(n))
    journal.forget(3)
    assert len(list((tmp_path / "j").glob("*.log"))) == 1
    monkeypatch.setattr(journal_writer, "SEGMENT_SECONDS", 0.0)
    await journal.append(happened(3))
    journal.forget(4)
    [left] = (tmp_path / "j").glob("*.log")
    assert left.name == "0000000000000004.log"
    assert numbers(journal.read(0)) == [3]
    await journal.close()
    again = await Journal.open(tmp_path / "j", owner="core")
    assert await again.append(happened(4)) == 5
    await again.close()


async def test_nothing_unfollowed_is_forgotten(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "j", owner="core", segment_bytes=1000)
    for n in range(50):
        await journal.append(happened(n))
    journal.forget(23)
    assert numbers(journal.read(23)) == list(range(23, 50))
    await journal.close()


async def test_a_journal_nobody_follows_becomes_full_and_new_work_is_refused_before(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "j", owner="core", max_bytes=20_000)
    refused_new_work_at = None
    with pytest.raises(JournalFull):
        for n in range(1000):
            await journal.append(happened(n))
            if refused_new_work_at is None and not journal.accepts_new_work:
                refused_new_work_at = journal.last_seq
    full_at = journal.last_seq
    assert refused_new_work_at is not None
    assert refused_new_work_at < full_at
    journal.forget(full_at)
    assert journal.accepts_new_work
    assert await journal.append(happened(0)) == full_at + 1
    await journal.close()


async def test_the_last_tenth_is_for_what_has_begun(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "j", owner="core", max_bytes=20_000)
    with pytest.raises(JournalFull):
        for n in range(1000):
            await journal.append(happened(n), urgent=False)
    assert 18_000 <= journal.unfollowed_bytes < 20_000
    began = journal.last_seq
    assert await journal.append(happened(0)) == began + 1
    with pytest.raises(JournalFull):
        await journal.append(happened(0), urgent=False)
    journal.forget(began)
    assert await journal.append(happened(0), urgent=False) == began + 2
    await journal.close()


@pytest.mark.parametrize("fails", ["write", "sync", "taking back after a full disk"])
async def test_a_failing_disk_is_told_once_and_for_all_and_nobody_is_left_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    import errno
    import os

    from yuelai.platform import journal_writer

    def failing(code: int) -> Callable[..., int]:
        def fail(*_: object) -> int:
            raise OSError(code, os.strerror(code))

        return fail

    journal = await Journal.open(tmp_path / "j", owner="core")
    await journal.append(happened(1))
    if fails == "write":
        monkeypatch.setattr(os, "write", failing(errno.EIO))
    elif fails == "sync":
        monkeypatch.setattr(journal_writer, "_sync", failing(errno.EIO))
    else:
        monkeypatch.setattr(os, "write", failing(errno.ENOSPC))
        monkeypatch.setattr(os, "ftruncate", failing(errno.ENOSPC))
    results = await asyncio.gather(*(journal.append(happened(n)) for n in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [JournalBroken] * 5
    assert journal.broken.is_set()
    monkeypatch.undo()
    with pytest.raises(JournalBroken):
        await journal.append(happened(2))
    await journal.close()


async def test_a_full_disk_refuses_and_loses_nothing_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import os

    journal = await Journal.open(tmp_path / "j", owner="core")
    await journal.append(happened(1))
    real = os.write

    def full(file: int, data: bytes) -> int:
        real(file, data[:7])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(JournalFull):
        await journal.append(happened(2))
    monkeypatch.undo()
    await journal.append(happened(3))
    assert numbers(journal.read(0)) == [1, 3]
    await journal.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=12), st.data())
def test_however_the_tail_is_torn_every_whole_append_before_it_stays(sizes: list[int], data: st.DataObject) -> None:
    async def run(folder: Path) -> None:
        journal = await Journal.open(folder, owner="core")
        ends: list[tuple[int, int]] = []  # file size and last number after each append
        (path,) = folder.glob("*.log")
        for size in sizes:
            last = await journal.append(*(happened(n) for n in range(size)))
            ends.append((path.stat().st_size, last))
        await journal.close()
        cut = data.draw(st.integers(0, ends[-1][0]))
        garbage = data.draw(st.binary(max_size=20))
        content = path.read_bytes()[:cut] + garbage
        path.write_bytes(content)
        whole = max([last for size, last in ends if size <= cut], default=0)
        again = await Journal.open(folder, owner="core")
        assert [entry.seq for entry in again.read(0)][:whole] == list(range(1, whole + 1))
        before = again.last_seq
        assert before == whole
        assert await again.append(happened(0)) == before + 1
        assert again.read(before)[0].seq == before + 1
        await again.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder) / "j"))


WRITER = """
import asyncio, sys
from pathlib import Path
from tests.platform.happenings import happened
from yuelai.platform.journal import Journal

async def one(journal, n):
    while True:
        seq = await journal.append(happened(n), happened(n))
        sys.stdout.write(f"{seq}\\n"); sys.stdout.flush()

async def main():
    journal = await Journal.open(Path(sys.argv[1]), owner="core", segment_bytes=20000)
    await asyncio.gather(*(one(journal, n) for n in range(8)))

asyncio.run(main())
"""


async def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    acknowledged = 0
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "j")], stdout=subprocess.PIPE, cwd=root, text=True
        )
        assert writer.stdout is not None
        for _ in range(400):
            acknowledged = max(acknowledged, int(writer.stdout.readline()))
        writer.send_signal(signal.SIGKILL)
        rest = [line for line in writer.stdout.read().splitlines() if line]
        acknowledged = max([acknowledged, *map(int, rest[:-1])])
        writer.wait()
        journal = await Journal.open(tmp_path / "j", owner="core", segment_bytes=20000)
        seqs: list[int] = []
        while batch := journal.read(seqs[-1] if seqs else 0):
            seqs += [entry.seq for entry in batch]
        assert seqs == list(range(1, len(seqs) + 1))
        assert len(seqs) >= acknowledged > 0
        await journal.close()


async def test_what_is_appended_in_one_go_shares_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    real = journal_writer._sync

    def counted(file: int) -> None:
        syncs.append(file)
        real(file)

    journal = await Journal.open(tmp_path / "j", owner="core")
    monkeypatch.setattr(journal_writer, "_sync", counted)
    await asyncio.gather(*(journal.append(happened(n)) for n in range(20)))
    assert len(syncs) == 1
    assert [entry.seq for entry in journal.read(0)] == list(range(1, 21))
    await journal.close()
