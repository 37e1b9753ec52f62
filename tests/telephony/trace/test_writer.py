from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from tests.telephony.trace.messages import CARRIER, answered, message
from yuelai.platform.clock import VirtualClock
from yuelai.platform.ids import new_id
from yuelai.telephony.hops import Hop
from yuelai.telephony.trace import writer as writing
from yuelai.telephony.trace.book import Line
from yuelai.telephony.trace.reader import Window, find
from yuelai.telephony.trace.segments import SUFFIX, Traced, TraceKey
from yuelai.telephony.trace.writer import TraceWriter

KEY = TraceKey(new_id(), bytes(32))


def dropped(why: str) -> float:
    return REGISTRY.get_sample_value("yuelai_sip_trace_dropped_total", {"why": why}) or 0.0


def found(folder: Path, *call_ids: str) -> list[Traced]:
    result = find(folder, {KEY.id: KEY}, [Window(call_id, 0, 1e11) for call_id in call_ids])
    assert result.damaged == 0
    return list(result.messages)


def feed(writer: TraceWriter, *sent: tuple[Hop, bytes, bool]) -> None:
    for hop, data, out in sent:
        writer.tap(hop, data, out)


def test_what_was_tapped_is_found_again_and_its_calls_are_told(tmp_path: Path) -> None:
    clock, lines = VirtualClock(), list[Line]()
    writer = TraceWriter(tmp_path, KEY, 1, clock, lines.extend)
    feed(writer, *answered("a"), *answered("b"))
    writer.work()
    assert [(each.sent, each.data) for each in found(tmp_path, "b")] == [(out, data) for _, data, out in answered("b")]
    assert sorted(line.call_id for line in lines) == ["a", "b"]


def test_the_thread_writes_by_itself_and_all_at_the_end(tmp_path: Path) -> None:
    writer = TraceWriter(tmp_path, KEY, 1, VirtualClock(), chunk_seconds=0.05)
    writer.start()
    feed(writer, *answered("a"))
    deadline = time.monotonic() + 5
    while not found(tmp_path, "a") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(found(tmp_path, "a")) == 7
    feed(writer, *answered("b"))
    writer.close()
    assert len(found(tmp_path, "b")) == 7


def test_what_is_too_much_is_dropped_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", 10_000)
    writer, before = TraceWriter(tmp_path, KEY, 1, VirtualClock()), dropped("slow")
    data = message("OPTIONS sip:x SIP/2.0", cseq="1 OPTIONS", call_id="many", body="x" * 900)
    for _ in range(100):
        writer.tap(CARRIER, data, False)
    writer.work()
    kept = len(found(tmp_path, "many"))
    assert 5 <= kept < 10
    assert dropped("slow") - before == 100 - kept
    writer.tap(CARRIER, data, False)
    writer.work()
    assert len(found(tmp_path, "many")) == kept + 1


def test_segments_change_with_time_and_old_ones_go_whole(tmp_path: Path) -> None:
    clock = VirtualClock()
    writer = TraceWriter(tmp_path, KEY, 1, clock, segment_seconds=600)
    for number in range(12):
        feed(writer, *answered(f"c{number}"))
        writer.work()
        for path in tmp_path.glob(f"*{SUFFIX}"):
            started = float(path.name.partition("-")[0])
            os.utime(path, (started, started))  # the file system knows nothing of virtual time
        clock.advance(601)
    feed(writer, *answered("last"))
    writer.work()
    assert found(tmp_path, "c0", "c5") == []
    assert len(found(tmp_path, "c7")) == 7
    assert len(list(tmp_path.glob(f"*{SUFFIX}"))) == 6


def test_more_than_fits_goes_too_the_oldest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = VirtualClock()
    writer = TraceWriter(tmp_path, KEY, 1000, clock, segment_seconds=10)
    feed(writer, *answered("old"))
    writer.work()
    size = next(tmp_path.glob(f"*{SUFFIX}")).stat().st_size
    monkeypatch.setattr(writing, "MOST_KEPT", int(size * 2.5))
    for name in ("middle", "new"):
        clock.advance(61)
        feed(writer, *answered(name))
        writer.work()
    assert found(tmp_path, "old") == []
    assert len(found(tmp_path, "middle", "new")) == 14


def test_a_disk_that_fails_costs_messages_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, before = list[Line](), dropped("disk")
    writer = TraceWriter(tmp_path / "file" / "in-the-way", KEY, 1, VirtualClock(), lines.extend)
    (tmp_path / "file").write_text("")
    feed(writer, *answered("a"))
    writer.work()
    assert dropped("disk") - before == 7
    assert [line.call_id for line in lines] == ["a"]
    (tmp_path / "file").unlink()
    monkeypatch.setattr(writer, "_broken_until", 0.0)
    feed(writer, *answered("b"))
    writer.work()
    assert len(found(tmp_path / "file" / "in-the-way", "b")) == 7


def test_a_nearly_full_disk_is_left_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LEAST_FREE", 1 << 60)
    writer, before = TraceWriter(tmp_path, KEY, 1, VirtualClock()), dropped("disk")
    feed(writer, *answered("a"))
    writer.work()
    assert dropped("disk") - before == 7
    assert list(tmp_path.glob(f"*{SUFFIX}")) == []
