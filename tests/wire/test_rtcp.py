from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelai.wire.rtcp import (
    Reception,
    ReportBlock,
    RtcpPacket,
    SenderInfo,
    report,
    report_blocks,
    round_trip,
    split,
)
from yuelai.wire.rtp import RtpPacket


def packet(sequence: int, timestamp: int = 0, ssrc: int = 9) -> RtpPacket:
    return RtpPacket(0, sequence & 0xFFFF, timestamp, ssrc, b"")


def test_a_sender_report_carries_time_counts_and_name() -> None:
    sr, sdes = split(report(5, "yuelai", SenderInfo(1.5, 800, 10, 1600), []))
    assert (sr.kind, sr.blocks) == (200, 0)
    assert sr.body.hex() == "00000005" + "83aa7e81" + "80000000" + "00000320" + "0000000a" + "00000640"
    assert sdes.kind == 202
    assert sdes.body[4:12] == b"\x01\x06yuelai"
    assert len(sdes.body) % 4 == 0


def test_a_receiver_reports_loss_since_the_last_report_and_in_all() -> None:
    reception = Reception()
    for sequence in range(0xFFF0, 0xFFF0 + 40):
        if sequence % 4:
            reception.packet(packet(sequence), 0)
    first = reception.block(0)
    assert first is not None
    assert (first.ssrc, first.lost) == (9, 9)
    assert first.highest_sequence == 0xFFF0 + 39
    for sequence in range(0xFFF0 + 40, 0xFFF0 + 50):
        reception.packet(packet(sequence), 0)
    second = reception.block(0)
    assert second is not None
    assert (second.fraction_lost, second.lost) == (0, 9)


def test_jitter_is_zero_for_an_even_stream_and_grows_with_an_uneven_one() -> None:
    even, uneven = Reception(), Reception()
    for n in range(100):
        even.packet(packet(n, n * 160), n * 160)
        uneven.packet(packet(n, n * 160), n * 160 + (n % 2) * 80)
    blocks = even.block(0), uneven.block(0)
    assert blocks[0] is not None
    assert blocks[0].jitter == 0
    assert blocks[1] is not None
    assert 70 <= blocks[1].jitter <= 80


def test_the_delay_since_the_last_sender_report_is_told() -> None:
    reception = Reception()
    reception.packet(packet(1), 0)
    sr = split(report(9, "x", SenderInfo(1.5, 0, 0, 0), []))[0]
    reception.sender_report(sr.body, 10.0)
    block = reception.block(10.5)
    assert block is not None
    assert block.last_sr == 0x7E818000
    assert block.delay_since_last_sr == 32768


def test_nothing_is_reported_before_the_first_packet() -> None:
    assert Reception().block(0) is None


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
    reception = Reception()
    reception.packet(packet(1), 0)
    reception.sender_report(split(report(9, "x", SenderInfo(sent_at, 0, 0, 0), []))[0].body, 50.0)
    block = reception.block(52.0)
    assert block is not None
    assert round_trip(block, sent_at + 2.125) == pytest.approx(0.125, abs=1e-4)
    assert round_trip(block, sent_at + 1.5) is None
    assert round_trip(block, sent_at + 200) is None
    assert round_trip(block._replace(last_sr=0), sent_at + 2.125) is None
