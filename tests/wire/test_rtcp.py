from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.wire.rtcp import (
    ReportBlock,
    RtcpPacket,
    SenderInfo,
    report,
    report_blocks,
    round_trip,
    split,
)


def test_a_sender_report_carries_time_counts_and_name() -> None:
    sr, sdes = split(report(5, "yuelai", SenderInfo(1.5, 800, 10, 1600), []))
    assert (sr.kind, sr.blocks) == (200, 0)
    assert sr.body.hex() == "00000005" + "83aa7e81" + "80000000" + "00000320" + "0000000a" + "00000640"
    assert sdes.kind == 202
    assert sdes.body[4:12] == b"\x01\x06yuelai"
    assert len(sdes.body) % 4 == 0


def test_a_cut_off_compound_is_refused() -> None:
    with pytest.raises(ValueError):
        split(report(5, "yuelai", None, [])[:-1])


_WORD = st.integers(0, 2**32 - 1)
_BLOCKS = st.builds(
    ReportBlock, _WORD, st.integers(0, 255), st.integers(-0x800000, 0x7FFFFF), _WORD, _WORD, _WORD, _WORD
)


@given(st.lists(_BLOCKS, max_size=31), st.booleans())
def test_report_blocks_are_read_as_they_were_written(blocks: list[ReportBlock], sending: bool) -> None:
    sender = SenderInfo(1.5, 0, 0, 0) if sending else None
    assert report_blocks(split(report(5, "x", sender, blocks))[0]) == blocks


@given(st.integers(0, 255), st.integers(0, 31), st.binary(max_size=80))
def test_reading_blocks_of_what_is_cut_off_never_fails(kind: int, count: int, body: bytes) -> None:
    assert len(report_blocks(RtcpPacket(kind, count, body))) <= count


def test_the_round_trip_is_what_the_peer_did_not_spend_itself() -> None:
    sent_at = 1_700_000_000.25
    body = split(report(9, "x", SenderInfo(sent_at, 0, 0, 0), []))[0].body
    held = 2 * 65536
    block = ReportBlock(9, 0, 0, 0, 0, int.from_bytes(body[6:10], "big"), held)
    assert round_trip(block, sent_at + 2.125) == pytest.approx(0.125, abs=1e-4)
    assert round_trip(block, sent_at + 1.5) is None
    assert round_trip(block, sent_at + 200) is None
    assert round_trip(block._replace(last_sr=0), sent_at + 2.125) is None
