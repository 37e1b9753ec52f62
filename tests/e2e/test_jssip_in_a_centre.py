"""Foreign phones of three makes in a whole centre: a browser over WSS, baresip over UDP, linphone over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support import jssip
from tests.support.baresip import Baresip
from tests.support.centre import Centre, running_centre
from tests.support.certificates import Authority
from tests.support.jssip import JsPhone
from tests.support.linphone import Linphone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def secure_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A centre whose web port speaks HTTPS."""
    pair = Authority(tmp_path_factory.mktemp("ca")).issue("localhost", addresses=("127.0.0.1",))
    with running_centre(extra={"YUELAI_TLS_CERT": str(pair.cert), "YUELAI_TLS_KEY": str(pair.key)}) as running:
        yield running


@dataclass
class Phones:
    page: JsPhone
    baresip: Baresip
    linphone: Linphone


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phones(secure_centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Phones]:
    script = jssip.bundle(Path(tmp_path_factory.mktemp("jssip")))
    port = secure_centre.sip_port
    baresip = await asyncio.to_thread(Baresip, port, "8002", "demo")
    linphone = await asyncio.to_thread(Linphone, port, "8003", "demo", transport="tcp")
    try:
        async with jssip.browser() as browser:
            server = f"wss://127.0.0.1:{secure_centre.http_port}/ws/sip"
            page = await JsPhone.open(browser, script, server, "8001", "demo")
            await page.wait("registered")
            await asyncio.to_thread(baresip.registered)
            await asyncio.to_thread(linphone.registered)
            yield Phones(page, baresip, linphone)
            await page.close()
    finally:
        await asyncio.to_thread(baresip.stop)
        await asyncio.to_thread(linphone.stop)


async def sounds(page: JsPhone, n: int) -> None:
    before = await page.do("packets", n)
    async with asyncio.timeout(10):
        while await page.do("packets", n) < before + 10:
            await asyncio.sleep(0.1)


async def test_the_browser_calls_a_telephone_and_both_hear(phones: Phones) -> None:
    page, phone = phones.page, phones.baresip
    await page.call("8002")
    n = (await page.wait("session", originator="local"))["n"]
    await asyncio.to_thread(phone.rings)
    await asyncio.to_thread(phone.answer)
    await asyncio.to_thread(phone.talks)
    await page.wait("confirmed", n=n)
    await sounds(page, n)
    await page.do("hold", n)
    await page.wait("hold", n=n)
    await page.do("unhold", n)
    await page.wait("unhold", n=n)
    await sounds(page, n)
    await asyncio.to_thread(phone.hangup)
    await page.wait("ended", n=n)
    sent, received = phone.packets()
    assert sent > 20
    assert received > 20


async def test_a_telephone_calls_the_browser_which_transfers_it(phones: Phones) -> None:
    page, phone, other = phones.page, phones.baresip, phones.linphone
    await asyncio.to_thread(phone.call, "8001")
    n = (await page.wait("session", originator="remote"))["n"]
    await page.do("answer", n)
    await asyncio.to_thread(phone.talks)
    await page.wait("confirmed", n=n)
    await page.do("refer", n, "sip:8003@127.0.0.1", None)
    await asyncio.to_thread(other.rings)
    await asyncio.to_thread(other.answer)
    await asyncio.to_thread(other.talks)
    await page.wait("refer accepted", n=n)
    await asyncio.to_thread(other.hears)
    await asyncio.to_thread(other.hangup)
    await asyncio.to_thread(phone.over)
    await asyncio.to_thread(other.over)
    if await page.do("alive"):
        await page.do("end", n)
    assert await page.do("alive") == 0
