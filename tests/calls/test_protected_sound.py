"""Telephones that want SRTP by keys in the description (RFC 4568), and other codecs: heard by seats and by trunks."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from tests.media.crew import Crew
from tests.support.baresip import Baresip
from tests.support.switch import Users
from tests.telephony.world import MemoryBindings, MemoryJournal
from yuelai.bootstrap.station_calls import StationCalls
from yuelai.media.ports import Srtp
from yuelai.platform.clock import SystemClock
from yuelai.platform.config import Settings
from yuelai.platform.ids import new_id
from yuelai.telephony.guards import Toll
from yuelai.telephony.ports import Leg
from yuelai.telephony.service import SipTelephony
from yuelai.telephony.trunks.manager import Trunks
from yuelai.telephony.trunks.model import Route, Trunk

pytestmark = [pytest.mark.calls, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

SEATS = {"8001": "secret", "8002": "secret"}
OUTSIDE = "13800000009"
ONE, TWO = 400, 500
"""What the caller and the called say, in Hz."""


class House:
    """The seats of a centre, its media engine and its trunks; no contacts."""

    def __init__(self, crew: Crew) -> None:
        self.settings = Settings(home=crew.settings.home, bind="127.0.0.1", trunks="", sip_trace_hours=0)
        self.crew, self.clock = crew, SystemClock()
        self.trunks = Trunks(self.clock, dice=random.Random(1))

    async def start(self) -> None:
        self.media = await self.crew.connect()
        self.telephony = SipTelephony(self.settings, self.clock, Users(SEATS), MemoryJournal(), MemoryBindings())
        await self.telephony.start(port=0)
        self.telephony.carry(self.trunks)
        self.stations = StationCalls(
            self.telephony,
            self.media,
            self.telephony.timers,
            self.trunks,
            Toll(self.clock),
            self._voice,
            lambda _: False,
            host="127.0.0.1",
            names={seat: seat for seat in SEATS},
        )
        self.telephony.on_call(self.stations.take)

    async def _voice(self, leg: Leg) -> None:
        await leg.hangup(404)

    def lead(self, port: int, **settings: Any) -> None:
        """Numbers outside go to a carrier at this port."""
        trunk = Trunk(new_id(), "east", "east", host="127.0.0.1", port=port, options_seconds=0, **settings)
        self.trunks.follow([trunk], [Route(new_id(), "")])

    async def close(self) -> None:
        await self.stations.close()
        self.trunks.close()
        await self.telephony.close()
        await self.media.disconnect()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    assert shutil.which("baresip"), "baresip is missing: `make test` installs it"
    crew = Crew(1)
    running = House(crew)
    await running.start()
    try:
        yield running
    finally:
        await running.close()
        crew.clear()


@asynccontextmanager
async def phones(
    house: House, number: str, ours: dict[str, Any], theirs: dict[str, Any]
) -> AsyncIterator[tuple[Baresip, Baresip]]:
    """The seat 8001, and who has this number."""
    port = house.telephony.port
    async with AsyncExitStack() as stack:
        found = []
        for user, words in (("8001", {"tone": ONE, **ours}), (number, {"tone": TWO, **theirs})):
            phone = await asyncio.to_thread(Baresip, port, user, SEATS.get(user, ""), registers=user in SEATS, **words)
            stack.push_async_callback(asyncio.to_thread, phone.stop)
            found.append(phone)
        for phone in found:
            if phone.user in SEATS:
                await asyncio.to_thread(phone.registered)
        yield found[0], found[1]


async def talk(one: Baresip, two: Baresip, seconds: float = 1.5) -> None:
    """Let one call two, and both talk for a while."""
    await asyncio.to_thread(one.call, two.user)
    await asyncio.to_thread(two.rings)
    await asyncio.to_thread(two.answer)
    await asyncio.gather(asyncio.to_thread(one.talks), asyncio.to_thread(two.talks))
    await asyncio.sleep(seconds)
    await asyncio.to_thread(one.hangup)
    await asyncio.gather(asyncio.to_thread(one.over), asyncio.to_thread(two.over))


def hears(phone: Baresip, tone: int, rate: int = 8000) -> bool:
    """Some fifth of a second of what it heard is that tone, and little else."""
    sound = phone.heard().astype(np.float64)
    size = rate // 5
    for start in range(0, len(sound) - size, size // 2):
        spectrum = np.abs(np.fft.rfft(sound[start : start + size] * np.hanning(size)))
        if spectrum.max() > 1000 * size / 4 and abs(int(spectrum.argmax()) * 5 - tone) <= 5:
            return True
    return False


@pytest.mark.parametrize(
    ("ours", "theirs"), [("srtp-mand", ""), ("srtp-mandf", "srtp"), ("srtp", "")], ids=lambda each: each or "clear"
)
async def test_a_seat_that_asks_for_srtp_and_another_hear_each_other(house: House, ours: str, theirs: str) -> None:
    async with phones(house, "8002", {"srtp": ours}, {"srtp": theirs}) as (one, two):
        await talk(one, two)
        assert "SRTP is Enabled" in one.log
        assert hears(one, TWO)
        assert hears(two, ONE)


@pytest.mark.parametrize(
    ("wish", "theirs"), [(Srtp.REQUIRE, "srtp-mand"), (Srtp.ACCEPT, ""), (Srtp.OFF, "")], ids=lambda each: str(each)
)
async def test_a_seat_that_asks_for_srtp_is_heard_through_a_trunk(house: House, wish: Srtp, theirs: str) -> None:
    async with phones(house, OUTSIDE, {"srtp": "srtp-mand"}, {"srtp": theirs}) as (one, carrier):
        house.lead(carrier.port, srtp=wish)
        await talk(one, carrier)
        assert ("SRTP is Enabled" in carrier.log) is (wish is Srtp.REQUIRE)
        assert hears(one, TWO)
        assert hears(carrier, ONE)


@pytest.mark.parametrize(
    ("codec", "name", "rate"), [("opus/48000/2", "opus", 48_000), ("g722/16000/1", "G722", 16_000)]
)
async def test_a_carrier_of_another_codec_is_offered_it_and_heard(
    house: House, codec: str, name: str, rate: int
) -> None:
    async with phones(house, OUTSIDE, {}, {"codec": codec}) as (one, carrier):
        house.lead(carrier.port, codecs=(name, "PCMA"))
        await talk(one, carrier)
        assert hears(one, TWO)
        assert hears(carrier, ONE, rate)
