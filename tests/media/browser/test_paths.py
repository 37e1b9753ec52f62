"""How a page reaches us: directly, through coturn, and by another way in the middle of a call."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser

from tests.media.browser.page import Caller
from tests.media.conftest import Rig
from tests.media.party import join
from tests.media.rtp_phone import Phone, levels
from tests.support.coturn import Coturn, coturn
from yuelai.identity.relays import ice_servers
from yuelai.media.ports import LegOptions, MediaEngine
from yuelai.wire.sdp import parse_sdp

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn(tmp_path_factory.mktemp("coturn")) as running:
        yield running


def through(turn: Coturn, *, secret: str | None = None) -> dict[str, Any]:
    """The configuration of a page that may speak through the relay only, as the console makes it."""
    servers, _ = ice_servers(turn.urls, secret or turn.secret, uuid4(), datetime.now(UTC))
    return {"iceServers": [asdict(server) for server in servers], "iceTransportPolicy": "relay"}


@pytest.mark.parametrize("codec", ["PCMU", "opus"])
async def test_a_page_and_a_phone_hear_each_other_through_coturn(
    engine: MediaEngine, chromium: Browser, turn: Coturn, codec: str
) -> None:
    caller = await Caller.open(chromium, through(turn))
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        await caller.call(engine, LegOptions(codecs=(codec, "PCMU")))
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))
        reports = await caller.reports()
        assert reports["path"] == "relay"
        assert reports["says"] == reports["hears"] == f"audio/{codec}"
        assert turn.relayed
    await caller.page.close()


async def test_a_relay_lets_nobody_through_without_the_secret(chromium: Browser, turn: Coturn) -> None:
    before = turn.relayed
    caller = await Caller.open(chromium, through(turn, secret="guess"))
    offer = parse_sdp(await caller.js("offer"))
    assert offer.media[0].candidates == []
    assert turn.relayed == before
    await caller.page.close()


async def test_the_page_may_restart_ice_and_the_sound_goes_on(engine: MediaEngine, caller: Caller) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        first = parse_sdp(await caller.call(engine))
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))
        await asyncio.sleep(0.5)
        listening = asyncio.ensure_future(asyncio.gather(phone.listen(2.0), caller.listen(2.0)))
        again = parse_sdp(await engine.reoffer(caller.leg, await caller.js("offer", {"iceRestart": True})))
        assert again.ice(again.audio) != first.ice(first.audio)
        assert again.fingerprint(again.audio) == first.fingerprint(first.audio)
        assert again.setup(again.audio) == first.setup(first.audio)
        await caller.js("take", str(again))
        said, heard = await listening
        for sound, frequency in ((said, 1500), (heard, 700)):
            assert min(levels(sound[at : at + 800], frequency)[0] for at in range(0, 14_400, 800)) > -30
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))


async def test_the_page_takes_the_address_that_works_ipv6_too_within_the_range_of_ports(chromium: Browser) -> None:
    rig = await asyncio.to_thread(Rig, "::1", "203.0.113.5")
    try:
        engine = await rig.connect()
        one, other = [await Caller.open(chromium) for _ in range(2)]
        await other.js("say", 700)
        low, high = rig.settings.rtp_range
        for page in (one, other):
            session = parse_sdp(await page.call(engine))
            addresses = [candidate.split()[4:6] for candidate in session.audio.candidates]
            assert [address for address, _ in addresses] == ["203.0.113.5", "::1"]
            assert all(low <= int(port) <= high for _, port in addresses)
        await engine.bridge(one.leg, other.leg)
        await asyncio.gather(one.hears(700), other.hears(1500))
        assert (await one.reports())["far"] == "::1"
        await engine.disconnect()
        await asyncio.gather(one.page.close(), other.page.close())
    finally:
        await asyncio.to_thread(rig.clear)
