from __future__ import annotations

import pytest

from yuelai.wire.rtcp import Reception, SenderInfo, report, split
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
