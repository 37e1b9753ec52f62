"""What has begun can end while the journal is full, and is written in order when it takes again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuelai.platform.facts import Record
from yuelai.platform.journal import Entry, Journal, JournalBroken, JournalFull
from yuelai.platform.overflow import Overflow

from .happenings import Happened, happened


def numbers(entries: list[Entry]) -> list[int]:
    return [entry.fact.number for entry in entries if isinstance(entry.fact, Happened)]


async def test_records_wait_in_memory_while_the_bound_is_reached_and_are_then_written_in_order(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "j", owner="core", max_bytes=2_000)
    overflow = Overflow(journal.append, pause_seconds=0.001)
    for n in range(0, 400, 2):
        await overflow.append(happened(n), happened(n + 1))
    kept = overflow.waiting
    assert 0 < kept < 400
    on_disk = journal.last_seq
    assert on_disk + kept == 400
    journal.forget(on_disk)
    async with asyncio.timeout(5):
        while overflow.waiting:
            journal.forget(journal.durable_seq)
            await asyncio.sleep(0.001)
    journal.forget(journal.durable_seq)
    assert await overflow.append(happened(400)) == 401
    assert numbers([e for e in journal.read(0, 1000) if e.seq > on_disk]) == list(range(on_disk, 401))
    await overflow.close()
    await journal.close()


class Gate:
    """A journal that can be shut, and says when a record reaches it."""

    def __init__(self) -> None:
        self.full, self.broken = True, False
        self.slow: asyncio.Event | None = None
        self.written: list[int] = []

    async def append(self, *records: Record) -> int:
        if self.broken:
            raise JournalBroken
        if self.full:
            raise JournalFull
        if self.slow is not None:
            await self.slow.wait()
        self.written += [record.fact.number for record in records if isinstance(record.fact, Happened)]
        return len(self.written)


async def test_too_many_are_refused_all_or_none() -> None:
    gate = Gate()
    overflow = Overflow(gate.append, most=3)
    await overflow.append(happened(1), happened(2))
    with pytest.raises(JournalFull):
        await overflow.append(happened(3), happened(4))
    await overflow.append(happened(5))
    gate.full = False
    await overflow.close()
    assert gate.written == [1, 2, 5]


async def test_what_comes_later_does_not_overtake_what_waits() -> None:
    gate = Gate()
    overflow = Overflow(gate.append, pause_seconds=0.001)
    await overflow.append(happened(1))
    gate.full = False
    assert await overflow.append(happened(2)) == 0
    async with asyncio.timeout(5):
        while overflow.waiting:
            await asyncio.sleep(0.001)
    assert await overflow.append(happened(3)) == 3
    assert gate.written == [1, 2, 3]
    await overflow.close()


async def test_closing_in_the_middle_of_writing_writes_nothing_twice() -> None:
    gate = Gate()
    gate.slow = asyncio.Event()
    overflow = Overflow(gate.append, pause_seconds=0.001)
    await overflow.append(happened(1))
    gate.full = False
    await asyncio.sleep(0.02)
    closing = asyncio.ensure_future(overflow.close())
    await asyncio.sleep(0.01)
    gate.slow.set()
    await closing
    assert gate.written == [1]
    assert overflow.waiting == 0


async def test_a_broken_journal_is_told_at_once_to_whoever_appends_and_ends_the_waiting() -> None:
    gate = Gate()
    overflow = Overflow(gate.append, pause_seconds=0.001)
    await overflow.append(happened(1))
    gate.broken = True
    async with asyncio.timeout(5):
        while overflow.waiting:
            await asyncio.sleep(0.001)
    with pytest.raises(JournalBroken):
        await overflow.append(happened(2))
    await overflow.close()
