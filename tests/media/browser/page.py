"""A page of Chromium with a leg of the engine, by WebRTC alone: what it says, and what it hears."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import Browser, Page, Route, async_playwright

from tests.media.rtp_phone import eventually
from tests.support.chromium import QUIET
from tests.support.link import Link
from yuelai.media.ports import Digit, LegKind, LegOptions, MediaEngine, MediaEvent
from yuelai.platform.ids import LegId, new_id
from yuelai.wire.sdp import parse_sdp

PAGE = Path(__file__).with_name("page.html")
ORIGIN = "http://localhost/"
"""Given by the test itself; what records needs a secure context."""


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "chromium is missing: `make test` installs it"
    arguments = [
        "--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required", *QUIET,
    ]  # fmt: skip
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


class Caller:
    """A page with its leg."""

    def __init__(self, page: Page) -> None:
        self.page, self.leg = page, LegId(new_id())
        self.events: list[MediaEvent] = []

    @classmethod
    async def open(cls, browser: Browser, configuration: dict[str, Any] | None = None) -> Caller:
        """`configuration` is that of its RTCPeerConnection."""
        page = await browser.new_page()

        async def give(route: Route) -> None:
            await route.fulfill(path=PAGE)

        await page.route(ORIGIN, give)
        caller = cls(page)
        await caller.load(configuration)
        return caller

    async def load(self, configuration: dict[str, Any] | None = None) -> None:
        """Open the page, or reload it: without a farewell, as people do."""
        await self.page.goto(ORIGIN)
        await self.js("start", configuration)

    async def js(self, call: str, *arguments: Any) -> Any:
        return await self.page.evaluate(f"{call}({', '.join(json.dumps(each) for each in arguments)})")

    @property
    def digits(self) -> str:
        return "".join(event.digit for event in self.events if isinstance(event, Digit))

    async def call(self, engine: MediaEngine, options: LegOptions | None = None) -> str:
        """The page offers, as when it calls."""
        sdp = await engine.create_leg(
            self.leg, LegKind.BROWSER, self.events.append, offer=await self.js("offer"), options=options
        )
        await self.js("take", sdp)
        return sdp

    async def call_through(
        self, engine: MediaEngine, stack: AsyncExitStack, options: LegOptions | None = None, seed: int = 1
    ) -> Link:
        """The same, with a link before our port; it is clear until its weather is changed."""
        offer = await self.js("offer")
        answer = await engine.create_leg(self.leg, LegKind.BROWSER, self.events.append, offer=offer, options=options)
        port = parse_sdp(answer).audio.port
        link = await stack.enter_async_context(Link(port, seed=seed))
        await self.js("take", answer.replace(f" {port} typ", f" {link.port} typ"))
        return link

    async def be_called(self, engine: MediaEngine, options: LegOptions | None = None) -> str:
        """We offer, as when the page is called."""
        sdp = await engine.create_leg(self.leg, LegKind.BROWSER, self.events.append, options=options)
        await engine.answer(self.leg, await self.js("answer", sdp))
        return sdp

    async def reports(self) -> dict[str, Any]:
        """What the page's statistics say."""
        return dict(await self.js("reports"))

    async def listen(self, seconds: float) -> np.ndarray:
        """Return what is heard from now on, int16 at 8 kHz."""
        return np.frombuffer(base64.b64decode(await self.js("record", seconds)), "<i2")

    async def hears(self, frequency: float, *, yes: bool = True, within: float = 8.0) -> None:
        async def right() -> bool:
            await asyncio.sleep(0.1)
            level = await self.js("loud", frequency)
            return bool(level > -45 if yes else level < -60)

        await eventually(right, within, lambda: f"{frequency} Hz {'not heard' if yes else 'heard'}")
