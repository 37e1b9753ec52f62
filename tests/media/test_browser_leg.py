"""A leg of a real browser: Chromium on the loopback interface, without microphone permission, against real phones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.media.party import join
from tests.media.rtp_phone import Phone, eventually, levels
from yuelai.media.ports import Digit, LegKind, MediaEngine, MediaError, MediaEvent
from yuelai.platform.ids import LegId, RecordingId, new_id
from yuelai.recordings.chunks import CaptureFile
from yuelai.wire.g711 import decode
from yuelai.wire.sdp import parse_sdp

pytestmark = pytest.mark.browser

Until = Callable[[Callable[[], bool]], Awaitable[None]]

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]

PAGE = """
<audio id=out autoplay></audio>
<script>
const context = new AudioContext();
const oscillator = new OscillatorNode(context, {frequency: 1500});
const loudness = new GainNode(context, {gain: 0.3});
const mouth = context.createMediaStreamDestination();
oscillator.connect(loudness).connect(mouth);
oscillator.start();
const analyser = new AnalyserNode(context, {fftSize: 8192, smoothingTimeConstant: 0});
const pc = new RTCPeerConnection();
const sender = pc.addTrack(mouth.stream.getTracks()[0], mouth.stream);
pc.ontrack = event => {
  out.srcObject = event.streams[0];
  context.createMediaStreamSource(event.streams[0]).connect(analyser);
};
async function gathered() {
  while (pc.iceGatheringState !== 'complete') await new Promise(r => setTimeout(r, 5));
  return pc.localDescription.sdp;
}
async function offer(direction) {
  pc.getTransceivers()[0].direction = direction || 'sendrecv';
  await pc.setLocalDescription(await pc.createOffer());
  return gathered();
}
async function answer(sdp) {
  await pc.setRemoteDescription({type: 'offer', sdp});
  await pc.setLocalDescription(await pc.createAnswer());
  return gathered();
}
const take = sdp => pc.setRemoteDescription({type: 'answer', sdp});
const press = keys => sender.dtmf.insertDTMF(keys, 120, 80);
function loud(frequency) {
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  const at = Math.round(frequency * analyser.fftSize / context.sampleRate);
  return Math.max(...bins.slice(at - 3, at + 4), -200);
}
async function reports() {
  const stats = [...(await pc.getStats()).values()];
  const inbound = stats.find(s => s.type === 'inbound-rtp'), remote = stats.find(s => s.type === 'remote-inbound-rtp');
  return {lost: inbound && inbound.packetsLost, received: inbound && inbound.packetsReceived,
          codec: stats.filter(s => s.type === 'codec').map(s => s.mimeType), told: remote && remote.roundTripTime,
          remoteLost: remote && remote.packetsLost};
}
</script>
"""


@pytest.fixture(scope="module")
def chromium_path() -> str:
    path = Path("/usr/bin/chromium")
    assert path.exists(), "chromium is missing: `make test` installs it"
    return str(path)


@pytest.fixture
async def chromium(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        await browser.close()


class Caller:
    """A page with its leg."""

    def __init__(self, page: Page) -> None:
        self.page, self.leg = page, LegId(new_id())
        self.events: list[MediaEvent] = []

    async def js(self, call: str, *arguments: Any) -> Any:
        return await self.page.evaluate(f"{call}({', '.join(json.dumps(a) for a in arguments)})")

    @property
    def digits(self) -> str:
        return "".join(event.digit for event in self.events if isinstance(event, Digit))

    async def call(self, engine: MediaEngine) -> str:
        """The page offers, as when it calls."""
        offer = await self.js("offer")
        sdp = await engine.create_leg(self.leg, LegKind.BROWSER, self.events.append, offer=offer)
        await self.js("take", sdp)
        return sdp

    async def be_called(self, engine: MediaEngine) -> None:
        """We offer, as when the page is called."""
        sdp = await engine.create_leg(self.leg, LegKind.BROWSER, self.events.append)
        await engine.answer(self.leg, await self.js("answer", sdp))

    async def hears(self, frequency: float, *, yes: bool = True) -> None:
        async def right() -> bool:
            await asyncio.sleep(0.2)
            level = await self.js("loud", frequency)
            return bool(level > -45 if yes else level < -60)

        await eventually(right, 8, lambda: f"{frequency} Hz {'not heard' if yes else 'heard'}")


@pytest.fixture
async def caller(chromium: Browser) -> Caller:
    page = await chromium.new_page()
    await page.set_content(PAGE)
    return Caller(page)


async def test_a_page_that_calls_and_a_phone_hear_each_other(
    engine: MediaEngine, caller: Caller, tmp_path: Path
) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        answer = parse_sdp(await caller.call(engine))
        assert answer.audio.rtcp_mux
        assert answer.setup(answer.audio) == "passive"
        assert [(c.name, c.rate) for c in answer.audio.codecs] == [("PCMU", 8000), ("telephone-event", 8000)]
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))
        path, recording = tmp_path / "a.yrec", RecordingId(new_id())
        await engine.record(recording, caller.leg, path, bytes(32))
        await asyncio.sleep(1.5)
        await engine.stop_recording(recording)
        with CaptureFile(path, bytes(32)) as file:
            said, heard = (decode(part, file.header.law) for part in next(file.chunks()))
        assert levels(said, 1500)[0] > -20
        assert levels(heard, 700)[0] > -12


async def test_a_page_that_is_called_and_a_phone_hear_each_other(engine: MediaEngine, caller: Caller) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        await caller.be_called(engine)
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))


async def test_keys_pressed_on_the_page_are_told_once_each(engine: MediaEngine, caller: Caller, until: Until) -> None:
    await caller.call(engine)
    async with Phone() as phone:
        other = await join(engine, phone)
        await engine.bridge(caller.leg, other.leg)
        await phone.hears(1500, within=8)
        await caller.js("press", "120#99")
        await until(lambda: len(caller.digits) >= 6)
        await asyncio.sleep(0.3)
        assert caller.digits == "120#99"


async def test_the_page_may_hold_and_come_back_on_the_same_transport(engine: MediaEngine, caller: Caller) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        first = parse_sdp(await caller.call(engine))
        await engine.bridge(caller.leg, other.leg)
        await caller.hears(700)
        held = await engine.reoffer(caller.leg, await caller.js("offer", "sendonly"))
        await caller.js("take", held)
        session = parse_sdp(held)
        assert session.direction(session.audio) == "recvonly"
        assert session.setup(session.audio) == "passive"
        assert session.fingerprint(session.audio) == first.fingerprint(first.audio)
        assert session.version > first.version
        await caller.hears(700, yes=False)
        await caller.js("take", await engine.reoffer(caller.leg, await caller.js("offer", "sendrecv")))
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))


async def test_after_a_reload_the_page_comes_back_as_a_new_leg(
    engine: MediaEngine, caller: Caller, chromium: Browser
) -> None:
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        await caller.call(engine)
        await engine.bridge(caller.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), caller.hears(700))
        await caller.page.reload()
        await caller.page.set_content(PAGE)
        again = Caller(caller.page)
        with pytest.raises(MediaError):
            await engine.reoffer(caller.leg, await again.js("offer"))
        await engine.close(caller.leg)
        await again.call(engine)
        await engine.bridge(again.leg, other.leg)
        await asyncio.gather(phone.hears(1500, within=8), again.hears(700))


async def test_the_page_gets_our_reports_and_loses_nothing(engine: MediaEngine, caller: Caller) -> None:
    await caller.call(engine)

    async def told() -> bool:
        await asyncio.sleep(0.3)
        return (await caller.js("reports"))["told"] is not None

    await eventually(told, 15, lambda: "no receiver report came")
    stats = await caller.js("reports")
    assert stats["received"] > 100
    assert stats["lost"] == stats["remoteLost"] == 0
    assert set(stats["codec"]) == {"audio/PCMU"}


async def test_a_page_with_another_certificate_than_it_said_gets_no_sound(engine: MediaEngine, caller: Caller) -> None:
    offer: str = await caller.js("offer")
    line = next(part for part in offer.split("\r\n") if part.startswith("a=fingerprint:"))
    forged = offer.replace(line, line[:-5] + ("00:00" if not line.endswith("00:00") else "11:11"))
    await caller.js("take", await engine.create_leg(caller.leg, LegKind.BROWSER, caller.events.append, offer=forged))
    async with Phone() as phone:
        other = await join(engine, phone)
        phone.frequency = 700
        await engine.bridge(caller.leg, other.leg)
        await asyncio.sleep(2)
        await phone.hears(but_not=(1500,))
        await caller.hears(700, yes=False)
