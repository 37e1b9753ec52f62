"""Descriptions that change within a call: another law, another codec, reports on the port of the sound."""

from __future__ import annotations

import pytest

from tests.media.codec_phone import CodecPhone
from tests.media.party import join
from tests.media.rtp_phone import Phone
from yuelai.media.ports import LegOptions, MediaEngine, MediaUnfit
from yuelai.wire.g711 import Law
from yuelai.wire.sdp import parse_sdp


async def test_a_phone_may_change_its_law_within_a_call(engine: MediaEngine) -> None:
    async with Phone(Law.PCMU) as one, Phone(Law.PCMU) as other:
        first, second = await join(engine, one), await join(engine, other)
        await engine.bridge(first.leg, second.leg)
        one.frequency, other.frequency = 700, 1100
        await other.hears(700)
        one.law = Law.PCMA
        one.take(await engine.reoffer(first.leg, one.describe()))
        assert one.answer is not None
        assert one.answer.audio.payload_types == [8, 101]
        await other.hears(700, but_not=(1100,))
        await one.hears(1100, but_not=(700,))
        assert {packet.payload_type for packet in one.heard} == {8}


async def test_our_new_offer_may_put_another_codec_in_front(engine: MediaEngine) -> None:
    async with Phone(Law.PCMA) as one, CodecPhone("G722") as other:
        first, second = await join(engine, one), await join(engine, other)
        await engine.bridge(first.leg, second.leg)
        offered = parse_sdp(await engine.offer(first.leg, LegOptions(codecs=("PCMU", "PCMA")))).audio
        assert offered.payload_types == [0, 8, 101]
        one.law = Law.PCMU
        await engine.answer(first.leg, one.describe())
        one.frequency, other.frequency = 700, 1100
        await other.hears(700, but_not=(1100,))
        await one.hears(1100, but_not=(700,))
        assert {packet.payload_type for packet in one.heard} == {0}


async def test_a_refused_new_offer_changes_nothing(engine: MediaEngine) -> None:
    async with Phone() as one, Phone() as other:
        first, second = await join(engine, one), await join(engine, other)
        await engine.bridge(first.leg, second.leg)
        with pytest.raises(MediaUnfit):
            await engine.reoffer(
                first.leg, one.describe().replace("PCMU/8000", "GSM/8000").replace("PCMA/8000", "x/8000")
            )
        one.frequency, other.frequency = 700, 1100
        await other.hears(700)
        await one.hears(1100)


async def test_reports_come_on_the_port_of_the_sound_where_that_was_offered(engine: MediaEngine) -> None:
    class Muxed(Phone):
        muxed = 0

        def describe(self, direction: str = "sendrecv") -> str:
            return super().describe(direction) + "a=rtcp-mux\r\n"

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            if 192 <= data[1] <= 223:
                self.muxed += 1
            super().datagram_received(data, addr)

    async with Muxed() as one, Phone() as other:
        first, second = await join(engine, one), await join(engine, other)
        assert one.answer is not None
        assert one.answer.audio.rtcp_mux
        await engine.bridge(first.leg, second.leg)
        one.frequency = other.frequency = 700
        for _ in range(80):
            await one.listen(0.1)
            if one.muxed:
                break
        assert one.muxed
        assert one.reports == 0
