"""The web process with a certificate, as a process of its own: HTTPS, WSS, and a renewal without a restart."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.support.centre import eventually, free_port
from tests.support.certificates import Authority, Pair
from tests.support.web import FakeCore, Site


class Web:
    def __init__(self, home: Path, pair: Pair, authority: Authority) -> None:
        self.port, self.pair, self.authority = free_port(), pair, authority
        self.context = ssl.create_default_context(cafile=authority.file)
        environment = os.environ | {
            "YUELAI_HOME": str(home),
            "YUELAI_HTTP_PORT": str(self.port),
            "YUELAI_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "YUELAI_TLS_CERT": str(pair.cert),
            "YUELAI_TLS_KEY": str(pair.key),
        }
        self.process = subprocess.Popen([sys.executable, "-m", "yuelai", "run", "web"], env=environment)

    def health(self) -> int:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"https://127.0.0.1:{self.port}/health", verify=self.context, timeout=5).status_code
        return 0

    def serial(self) -> str:
        """Of the certificate that is shown now."""
        return ssl.get_server_certificate(("127.0.0.1", self.port))


@pytest.fixture
def web(home: Path, tmp_path: Path) -> Iterator[Web]:
    authority = Authority(tmp_path / "ca")
    web = Web(home, authority.issue("localhost", addresses=("127.0.0.1",)), authority)
    try:
        eventually(web.health, 30)
        yield web
    finally:
        web.process.terminate()
        assert web.process.wait(20) in (0, -signal.SIGTERM)  # uvicorn ends in good order, then by the signal


async def test_https_wss_and_a_renewed_certificate(web: Web, core: FakeCore) -> None:
    await asyncio.to_thread(eventually, lambda: web.health() in (200, 503))  # it serves; the database is away
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{web.port}/health", timeout=5)

    async with connect(
        f"wss://127.0.0.1:{web.port}/ws/sip", subprotocols=[Subprotocol("sip")], ssl=web.context
    ) as socket:
        await socket.send("OPTIONS sip:yuelai SIP/2.0\r\n\r\n")
        await asyncio.wait_for(core.frames.get(), 5)
        assert [(opened["secure"], opened["remote"]) for opened in core.opened] == [(True, "127.0.0.1")]

        before = await asyncio.to_thread(web.serial)
        web.authority.issue("localhost", addresses=("127.0.0.1",), into=web.pair)
        after = await asyncio.to_thread(eventually, lambda: (now := web.serial()) != before and now)
        assert after == web.pair.cert.read_text()
        assert await asyncio.to_thread(web.health) in (200, 503)
        await socket.send("OPTIONS sip:yuelai SIP/2.0\r\n\r\n")  # what stood goes on
        await asyncio.wait_for(core.frames.get(), 5)


async def test_without_a_certificate_a_flow_is_not_secure(bare_site: Site, core: FakeCore) -> None:

    await bare_site.app.state.core.connected.wait()
    async with connect(bare_site.ws("/ws/sip"), subprotocols=[Subprotocol("sip")]) as socket:
        await socket.send("x")
        await asyncio.wait_for(core.frames.get(), 5)
        assert [opened["secure"] for opened in core.opened] == [False]
