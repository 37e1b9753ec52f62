"""SRTP of plain legs: what one side seals the other opens, also across new keys and wrapped numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yuelai.media.embedded.protection import MOST_SOURCES, Protection
from yuelai.media.embedded.terms import Crypto
from yuelai.media.ports import MediaError
from yuelai.wire.rtp import RtpPacket
from yuelai.wire.sdes import SUITES, new_key

RTCP = bytes([0x80, 201, 0, 1, 0, 0, 0, 7])


def pair(suite: str = SUITES[0]) -> tuple[Crypto, Crypto]:
    one, other = new_key(suite), new_key(suite)
    return Crypto(1, suite, one, other), Crypto(1, suite, other, one)


def packet(sequence: int) -> bytes:
    return bytes(RtpPacket(0, sequence & 0xFFFF, sequence * 160, 7, bytes(160)))


@pytest.mark.parametrize("suite", SUITES)
def test_what_one_side_seals_the_other_opens(suite: str) -> None:
    here, there = (Protection(crypto) for crypto in pair(suite))
    sealed = here.protect(memoryview(packet(1)))
    assert bytes(160) not in sealed
    assert there.unprotect(sealed) == packet(1)
    assert there.unprotect_rtcp(here.protect_rtcp(RTCP)) == RTCP


def test_what_was_changed_repeated_or_is_too_short_is_dropped() -> None:
    here, there = (Protection(crypto) for crypto in pair())
    sealed = here.protect(packet(1))
    assert there.unprotect(sealed[:-1] + bytes([sealed[-1] ^ 1])) is None
    assert there.unprotect(sealed) is not None
    assert there.unprotect(sealed) is None
    assert there.unprotect(packet(2)) is None
    assert there.unprotect(b"\x80") is None
    assert there.unprotect_rtcp(RTCP) is None


def test_a_direction_whose_key_stays_goes_on_counting_when_the_other_gets_a_new_one() -> None:
    ours, theirs = pair()
    here, there = Protection(ours), Protection(theirs)
    for sequence in range(65_530, 65_540):
        assert there.unprotect(here.protect(packet(sequence))) == packet(sequence)
    fresh = new_key(ours.suite)
    here = Protection(replace(ours, theirs=fresh), here)
    assert there.unprotect(here.protect(packet(65_540))) == packet(65_540)
    there = Protection(replace(theirs, ours=fresh), there)
    assert here.unprotect(there.protect(packet(1))) == packet(1)


def test_who_changes_its_source_with_every_packet_is_not_remembered_for_ever() -> None:
    here, there = (Protection(crypto) for crypto in pair())
    opened = [there.unprotect(here.protect(bytes(RtpPacket(0, 1, 1, ssrc, b"x")))) for ssrc in range(MOST_SOURCES + 50)]
    assert [one is not None for one in opened] == [True] * MOST_SOURCES + [False] * 50
    assert there.unprotect_rtcp(here.protect_rtcp(bytes([0x80, 201, 0, 1, 1, 0, 0, 0]))) is None
    assert there.unprotect(here.protect(bytes(RtpPacket(0, 2, 2, 5, b"x")))) is not None


def test_what_cannot_be_opened_takes_no_sources_place() -> None:
    here, there = (Protection(crypto) for crypto in pair())
    for ssrc in range(2 * MOST_SOURCES):
        assert there.unprotect(bytes(RtpPacket(0, 1, 1, ssrc, bytes(20)))) is None
    assert there.unprotect(here.protect(packet(1))) == packet(1)


def test_a_key_that_does_not_fit_is_refused() -> None:
    with pytest.raises(MediaError):
        Protection(Crypto(1, SUITES[0], b"short", b"short"))
    with pytest.raises(MediaError):
        Protection(Crypto(1, "ROT13", bytes(30), bytes(30)))
