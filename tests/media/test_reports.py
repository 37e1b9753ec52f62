"""Reports both ways, over real sockets and in virtual time, and what is told of a link by them."""

from __future__ import annotations

import struct

import pytest

from tests.media.test_path import Party, World, world
from yuelai.media.ports import LegOptions, QualityChanged
from yuelai.wire.g711 import Law
from yuelai.wire.rtcp import ReportBlock, report, report_blocks, split

__all__ = ["world"]


def compounds(party: Party) -> list[bytes]:
    taken, party.reports = party.reports, []
    return taken


def complain(party: Party, ssrc: int, loss: float, jitter: int) -> None:
    """Report that so much of what we send is lost."""
    block = ReportBlock(ssrc, int(loss * 256), 10, 100, jitter)
    party.sock.sendto(report(7, "phone", None, [block]), ("127.0.0.1", party.port))


@pytest.mark.parametrize("relayed", [False, True])
def test_the_peer_gets_a_report_every_five_seconds_about_what_it_sent(world: World, relayed: bool) -> None:
    ann, bob = world.party(Law.PCMU, mux=True), world.party()
    if relayed:
        world.engine.bridge(ann.leg, bob.leg)
    world.run(250, ann, bob)
    compounds(ann)
    world.run(1000, ann, bob)
    assert world.relayed == (2 if relayed else 0)
    sent = compounds(ann)
    assert 3 <= len(sent) <= 5
    first, _ = split(sent[-1])
    assert first.kind == 200
    ssrc, _, _, timestamp, packets, octets = struct.unpack_from("!IIIIII", first.body)
    assert (ssrc, octets) == (ann.heard[-1].ssrc, packets * 160)
    assert 0 <= len(ann.heard) - packets <= 251
    assert (ann.heard[-1].timestamp - timestamp) % 2**32 <= 160 * 251
    (block,) = report_blocks(first)
    assert (block.ssrc, block.fraction_lost, block.lost) == (7, 0, 0)


def test_quality_says_what_came_and_what_the_peer_says_of_ours(world: World) -> None:
    ann, bob = world.party(Law.PCMU, mux=True), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    world.run(100, ann, bob)
    ann.sequence += 10
    world.run(90, ann, bob)
    complain(ann, ann.heard[-1].ssrc, 0.1, 80)
    world.run(300, ann, bob)
    quality = world.engine.quality(ann.leg)
    assert (quality.codec, quality.in_packets, quality.in_lost) == ("PCMU", 490, 10)
    assert quality.in_loss == pytest.approx(0.02)
    assert quality.out_packets == len(ann.heard)
    assert quality.out_loss is not None
    assert quality.out_loss > 0
    assert quality.out_jitter_ms == pytest.approx(10)
    assert 1.0 <= quality.mos < 4.4


def test_a_link_that_becomes_poor_is_told_once_and_so_is_its_recovery(world: World) -> None:
    ann, bob = world.party(Law.PCMU, LegOptions(), mux=True), world.party()
    world.engine.bridge(ann.leg, bob.leg)
    world.run(50, ann, bob)
    for loss in (0.2, 0.0):
        for _ in range(5):
            complain(ann, ann.heard[-1].ssrc, loss, 0)
            world.run(250, ann, bob)
    changes = [event.poor for event in ann.told if isinstance(event, QualityChanged)]
    assert changes == [True, False]


def test_reports_about_others_and_rubbish_change_nothing(world: World) -> None:
    ann = world.party(Law.PCMU, mux=True)
    world.run(50, ann)
    complain(ann, 1234, 0.5, 800)
    for rubbish in (b"\x80\xc9\xff\xff" + bytes(8), b"\x81\xc9\x00\x01" + bytes(4), b"\x80\xcd\x00\x00"):
        ann.sock.sendto(rubbish, ("127.0.0.1", ann.port))
    world.run(50, ann)
    assert world.engine.quality(ann.leg).out_loss is None
