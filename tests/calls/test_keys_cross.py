"""Keys pressed on one seat's telephone reach the other's, in the sound where both know telephone events."""

from __future__ import annotations

import asyncio

import pytest

from tests.media.rtp_phone import Phone
from tests.support.agents import phone
from tests.support.centre import Centre, free_sip_port
from tests.support.sipp import Sipp, register
from yuelai.wire.dtmf import KeyReceiver
from yuelai.wire.g711 import Law

pytestmark = [pytest.mark.centre, pytest.mark.calls, pytest.mark.timeout(180)]


def _answered(caller: Sipp) -> str | None:
    """The description in the 200 to its INVITE, once that has come."""
    for message in caller.messages.split("SIP/2.0 200")[1:]:
        _, _, body = message.partition("\n\nv=0")
        if body:
            return "v=0" + body.split("\n\n", 1)[0]
    return None


async def test_a_key_crosses_a_call_between_seats_and_comes_back_from_who_echoes_it(centre: Centre) -> None:
    port = free_sip_port()
    await asyncio.to_thread(register, centre.sip_port, "8005", "demo", port)
    async with Phone(Law.PCMA) as caller:
        with phone(centre, "8006"):
            words = {
                "CALLER": "8005",
                "PASSWORD": "demo",
                "sip:10000@": "sip:8006@",
                "m=audio 6000": f"m=audio {caller.port}",
                'pause milliseconds="200"': 'pause milliseconds="4000"',
            }
            signals = Sipp("phone_calls", centre.sip_port, port=port, words=words, options=("-trace_msg",))
            try:
                async with asyncio.timeout(20):
                    while (answer := _answered(signals)) is None:
                        await asyncio.sleep(0.05)
                caller.take(answer)
                caller.frequency = 1000
                await asyncio.sleep(0.3)
                for key in "42#":
                    await caller.press(key)
                    await asyncio.sleep(0.1)
                await asyncio.sleep(0.3)
                await signals.done()
            finally:
                signals.stop()
        receiver = KeyReceiver()
        events = [packet for packet in caller.heard if packet.payload_type == 101]
        assert "".join(filter(None, map(receiver.receive, events))) == "42#"
        assert len({packet.ssrc for packet in caller.heard}) == 1
