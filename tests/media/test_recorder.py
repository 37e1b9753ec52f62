"""The recorder by itself: its clock is the test's, its disk may fail."""

from __future__ import annotations

import errno
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from yuelai.media.capture import Coding, Kind
from yuelai.media.embedded.recorder import Recorder
from yuelai.media.ports import MediaError
from yuelai.platform.ids import RecordingId, new_id
from yuelai.recordings.chunks import CaptureFile, Chunk, examine

KEY = bytes(range(32))
FRAME = bytes(160)


class AtOnce(Executor):
    """Does each job as it is handed over."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Later(Executor):
    """A disk that hangs."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Any, tuple[Any, ...]]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.jobs.append((fn, args))
        return Future()


def recorder(path: Path, writer: Executor | None = None, now: float = 100.0) -> Recorder:
    return Recorder(RecordingId(new_id()), path, KEY, writer or AtOnce(), now)


def chunks(path: Path) -> list[Chunk]:
    with CaptureFile(path, KEY) as file:
        return list(file.chunks())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.yrec"


def speak(to: Recorder, begin: float, seconds: float) -> None:
    for n in range(round(seconds * 50)):
        to.packet(0, Coding.PCMA, n * 160, begin + n * 0.02, FRAME)
        to.packet(1, Coding.PCMU, n * 160, begin + n * 0.02, FRAME)


def test_chunks_are_written_within_a_second_while_somebody_speaks(path: Path) -> None:
    taken = recorder(path)
    speak(taken, 100.0, 5)
    found = examine(path, KEY)
    assert 4000 <= found.duration_ms <= 5000
    before = 0
    for chunk in chunks(path):
        assert chunk.until - before <= 1000
        assert all(before <= entry.arrival <= chunk.until for entry in chunk.entries)
        before = chunk.until


def test_in_silence_each_beat_writes(path: Path) -> None:
    taken = recorder(path)
    taken.packet(0, Coding.PCMA, 0, 100.1, FRAME)
    for second in range(1, 5):
        taken.beat(100.0 + second)
        assert examine(path, KEY).duration_ms == second * 1000
    taken.beat(104.1)
    assert len(chunks(path)) == 4


def test_the_end_mark_ends_it_and_the_length_is_the_time_that_passed(path: Path) -> None:
    taken = recorder(path)
    speak(taken, 100.0, 1.5)
    end = taken.finish(107.25).result()
    found = examine(path, KEY)
    assert (found.duration_ms, found.bytes, found.whole) == (7250, path.stat().st_size, True)
    assert (end.duration_ms, end.bytes) == (7250, found.bytes)


def test_nothing_that_comes_in_a_pause_is_kept(path: Path) -> None:
    taken = recorder(path)
    speak(taken, 100.0, 1)
    taken.pause(True, 101.0)
    taken.pause(True, 101.2)
    speak(taken, 101.0, 2)
    taken.beat(102.0)
    taken.pause(False, 103.0)
    speak(taken, 103.0, 1)
    taken.finish(104.0).result()
    entries = [entry for chunk in chunks(path) for entry in chunk.entries]
    marks = [(entry.kind, entry.arrival) for entry in entries if entry.kind in (Kind.PAUSE, Kind.RESUME)]
    assert marks == [(Kind.PAUSE, 1000), (Kind.RESUME, 3000)]
    assert not [entry for entry in entries if 1000 <= entry.arrival < 3000 and entry.payload]
    assert len([entry for entry in entries if entry.payload]) == 200


def test_another_sender_is_a_run_of_its_own(path: Path) -> None:
    taken = recorder(path)
    taken.packet(0, Coding.PCMA, 5, 100.0, FRAME)
    taken.source(0)
    taken.packet(0, Coding.PCMA, 5, 100.1, FRAME)
    taken.packet(1, Coding.PCMA, 5, 100.1, FRAME)
    taken.finish(101.0).result()
    assert [(entry.kind, entry.source) for entry in chunks(path)[0].entries] == [(0, 0), (0, 1), (1, 0)]


def test_a_full_disk_ends_the_recording_and_nothing_else(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = recorder(path)
    speak(taken, 100.0, 2)
    kept = examine(path, KEY)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(taken._chunks, "write", full)
    speak(taken, 102.0, 30)
    assert len(taken._gathered) < 200
    monkeypatch.undo()
    with pytest.raises(MediaError, match="no space left"):
        taken.finish(132.0).result()
    assert examine(path, KEY) == kept


def test_a_disk_that_hangs_is_given_up_before_it_eats_the_memory(path: Path) -> None:
    disk = Later()
    taken = recorder(path, disk)
    speak(taken, 100.0, 300)
    assert sum(len(entries) for _, (entries, *_) in disk.jobs) < 10_000
    assert len(taken._gathered) < 200


def test_a_flood_makes_chunks_the_reader_takes(path: Path) -> None:
    taken = recorder(path)
    for _ in range(3000):
        taken.packet(0, Coding.L16_WIDE, 0, 100.0, bytes(1400))
    taken.finish(101.0).result()
    assert sum(len(chunk.entries) for chunk in chunks(path)) == 3000


def test_a_packet_costs_the_tick_microseconds(path: Path) -> None:
    with ThreadPoolExecutor(1) as writer:
        taken = recorder(path, writer)
        best = min(_cost(taken, 100.0 + n) for n in range(10))
        taken.finish(200.0).result()
    assert best < 5e-6


def _cost(taken: Recorder, begin: float) -> float:
    """Return CPU seconds of this thread for a packet, over a second's packets of both channels."""
    before = time.thread_time()
    speak(taken, begin, 1)
    return (time.thread_time() - before) / 100
