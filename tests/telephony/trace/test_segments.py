from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.telephony.trace.messages import CARRIER, answered
from yuelai.platform.ids import new_id
from yuelai.telephony.trace.segments import NotASegment, SegmentReader, SegmentWriter, Traced, TraceKey

KEY = TraceKey(new_id(), bytes(range(32)))


def traced(call_id: str, at: float) -> list[Traced]:
    return [
        Traced(at + index / 100, sent, str(hop), call_id, data)
        for index, (hop, data, sent) in enumerate(answered(call_id, CARRIER))
    ]


def written(folder: Path, *chunks: list[Traced]) -> Path:
    segment = SegmentWriter(folder, KEY, 1000.0)
    for chunk in chunks:
        segment.write(chunk)
    segment.close()
    return segment.path


def test_the_messages_of_one_call_are_found_among_others(tmp_path: Path) -> None:
    a, b, c = traced("a", 1000.0), traced("b", 1000.001), traced("c", 1010.0)
    path = written(tmp_path, a[:3] + b, a[3:], c)
    with SegmentReader(path, KEY) as segment:
        assert list(segment.find(["a"], 0, 2000)) == a
    with SegmentReader(path, KEY) as segment:
        assert list(segment.find(["c", "a"], 1005, 2000)) == c
    with SegmentReader(path, KEY) as segment:
        assert list(segment.find(["nobody"], 0, 2000)) == []
        assert segment.damaged == 0


def test_only_chunks_that_hold_the_call_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, *(traced(f"call-{number}", 1000.0 + number) for number in range(50)))
    opened = []
    real = SegmentReader._open
    monkeypatch.setattr(SegmentReader, "_open", lambda self, *args: opened.append(args) or real(self, *args))
    with SegmentReader(path, KEY) as segment:
        assert len(list(segment.find(["call-7"], 0, 2000))) == 7
    assert len(opened) == 1


def test_nothing_can_be_read_off_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, traced("secret-call", 1000.0))
    data = path.read_bytes()
    assert b"secret-call" not in data
    assert b"INVITE" not in data
    assert path.stat().st_mode & 0o077 == 0


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, traced("a", 1000.0))
    with pytest.raises(NotASegment):
        SegmentReader(path, TraceKey(new_id(), KEY.plain))
    with SegmentReader(path, TraceKey(KEY.id, bytes(32))) as segment:
        assert list(segment.find(["a"], 0, 2000)) == []


def test_a_file_cut_off_at_any_byte_reads_up_to_its_last_whole_chunk(tmp_path: Path) -> None:
    chunks = [traced("a", 1000.0)[:2], traced("a", 1000.0)[2:4], traced("a", 1000.0)[4:]]
    path = written(tmp_path, *chunks)
    data = path.read_bytes()
    seen = set()
    for length in range(48, len(data) + 1):
        path.write_bytes(data[:length])
        with SegmentReader(path, KEY) as segment:
            found = list(segment.find(["a"], 0, 2000))
            assert segment.damaged == 0
        assert found in ([], chunks[0], chunks[0] + chunks[1], chunks[0] + chunks[1] + chunks[2])
        seen.add(len(found))
    assert seen == {0, 2, 4, 7}


def test_tampered_files_never_show_what_was_not_written_and_never_break_the_reader(tmp_path: Path) -> None:
    honest = traced("a", 1000.0) + traced("b", 1001.0)
    path = written(tmp_path, honest[:5], honest[5:9], honest[9:])
    data, dice = path.read_bytes(), random.Random(4475)
    lost = 0
    for _ in range(1500):
        changed = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            kind = dice.random()
            at = dice.randrange(len(changed))
            if kind < 0.6:
                changed[at] ^= 1 << dice.randrange(8)
            elif kind < 0.8:
                del changed[at : at + dice.randint(1, 40)]
            else:
                changed[at:at] = dice.randbytes(dice.randint(1, 40))
        path.write_bytes(changed)
        try:
            with SegmentReader(path, KEY) as segment:
                found = list(segment.find(["a", "b"], 0, 2000))
        except NotASegment:
            lost += 1
            continue
        assert all(message in honest for message in found)
        lost += len(found) < len(honest)
    assert lost > 1400
