"""JsSIP in headless Chromium as a foreign browser phone, and a WebSocket door to telephony in the test's own loop."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Route, async_playwright
from websockets.asyncio.server import ServerConnection, serve

from tests.support.chromium import QUIET
from yuelai.telephony.service import SipTelephony

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "tests" / "e2e" / "phone"
_flows = itertools.count(1)


def bundle(folder: Path) -> Path:
    """Make one script of the JsSIP that the console uses, as it comes."""
    out = folder / "jssip.js"
    command = [
        str(ROOT / "tools" / "with_node.sh"), "npx", "rolldown", "node_modules/jssip/lib/JsSIP.js",
        "--format", "iife", "--name", "JsSIP", "--platform", "browser", "--file", str(out),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT / "web", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium with a microphone that beeps; it takes any certificate."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "chromium is missing: `make test` installs it"
    arguments = [
        "--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required",
        # The page is given by the test and has no address; Chromium would not let it speak to this machine.
        "--disable-features=LocalNetworkAccessChecks", *QUIET,
    ]  # fmt: skip
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=found, args=arguments)
        try:
            yield started
        finally:
            await started.close()


@asynccontextmanager
async def websocket(telephony: SipTelephony, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Carry WebSockets to telephony as the web process does; yield the door's address (`ws://…` or `wss://…`)."""

    async def carry(connection: ServerConnection) -> None:
        flow = f"test{next(_flows)}"
        outbox: asyncio.Queue[bytes] = asyncio.Queue()

        async def send() -> None:
            while True:
                await connection.send((await outbox.get()).decode())

        sender = asyncio.ensure_future(send())
        telephony.ws_open(flow, outbox.put_nowait)
        try:
            async for message in connection:
                telephony.ws_frame(flow, message.encode() if isinstance(message, str) else message)
        finally:
            telephony.ws_close(flow)
            sender.cancel()

    async with serve(carry, "127.0.0.1", 0, subprotocols=["sip"], ssl=tls) as server:  # type: ignore[list-item]
        port = server.sockets[0].getsockname()[1]
        yield f"{'wss' if tls else 'ws'}://127.0.0.1:{port}/ws/sip"


class JsPhone:
    """One page with one JsSIP user agent. What it tells are dicts with `what`; sessions have numbers from 0."""

    def __init__(self, page: Page, server: str, user: str) -> None:
        self.page, self.server, self.user = page, server, user
        self._seen = 0

    @classmethod
    async def open(cls, browser: Browser, script: Path, server: str, user: str, password: str) -> JsPhone:
        """Open the page at the server's own origin and start to register."""
        context = await browser.new_context(ignore_https_errors=True)
        page = await context.new_page()
        origin = server.replace("ws", "http", 1).rpartition("/ws/sip")[0]

        async def give(route: Route) -> None:
            name = route.request.url.rpartition("/")[2] or "index.html"
            await route.fulfill(path=script if name == "jssip.js" else PAGE / name)

        for name in ("phone/index.html", "phone.js", "jssip.js"):
            await page.route(f"{origin}/{name}", give)
        await page.goto(f"{origin}/phone/index.html")
        options = {"server": server, "uri": f"sip:{user}@127.0.0.1", "user": user, "password": password}
        await page.evaluate("(options) => phone.start(options)", options)
        return cls(page, server, user)

    async def do(self, name: str, *arguments: Any) -> Any:
        """Press one of the page's buttons."""
        return await self.page.evaluate("([name, args]) => phone[name](...args)", [name, list(arguments)])

    async def call(self, user: str) -> None:
        await self.do("call", f"sip:{user}@127.0.0.1")

    async def told(self) -> list[dict[str, Any]]:
        return list(await self.page.evaluate("phone.told"))

    async def wait(self, what: str, timeout: float = 15, **wanted: Any) -> dict[str, Any]:
        """Return the next thing of this kind that it told and nobody waited for yet."""

        def fits(one: dict[str, Any]) -> bool:
            return one["what"] == what and all(one.get(key) == value for key, value in wanted.items())

        return await self._find(fits, f"{what} {wanted}", timeout)

    async def _find(self, fits: Callable[[dict[str, Any]], bool], what: str, timeout: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while True:
            told = await self.told()
            for index in range(self._seen, len(told)):
                if fits(told[index]):
                    self._seen = index + 1
                    return told[index]
            assert time.monotonic() < deadline, f"JsSIP {self.user} did not tell {what}; it told {told}"
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Say goodbye and close the page."""
        await self.page.evaluate("phone.stop()")
        await asyncio.sleep(0.1)
        await self.page.context.close()
