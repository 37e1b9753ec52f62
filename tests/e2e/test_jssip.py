"""JsSIP in Chromium as it comes, by WS and WSS: registers, calls, is called, holds, transfers through the switch."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.support import jssip
from tests.support.certificates import Authority
from tests.support.jssip import JsPhone
from tests.support.switched import Switched, switched

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

USERS = ("8001", "8002", "8003")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with jssip.browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return jssip.bundle(tmp_path_factory.mktemp("jssip"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_switch() -> AsyncIterator[Switched]:
    words = [word for user in USERS for word in ("--user", f"{user}:secret")]
    async with switched(*words) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def switch(module_switch: Switched) -> AsyncIterator[Switched]:
    yield module_switch
    await module_switch.quiet()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["ws", "wss"])
async def phones(
    request: pytest.FixtureRequest,
    module_switch: Switched,
    chromium: Browser,
    script: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[list[JsPhone]]:
    """Three pages with a phone each, registered as 8001 to 8003."""
    tls = None
    if request.param == "wss":
        pair = Authority(tmp_path_factory.mktemp("ca")).issue("localhost", addresses=("127.0.0.1",))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pair.cert, pair.key)
    async with jssip.websocket(module_switch.telephony, tls) as server:
        found = [await JsPhone.open(chromium, script, server, user, "secret") for user in USERS]
        await asyncio.gather(*(phone.wait("registered") for phone in found))
        yield found
        await asyncio.gather(*(phone.close() for phone in found))


async def talking(one: JsPhone, two: JsPhone) -> tuple[int, int]:
    """Let one call two; return the numbers of their sessions."""
    await one.call(two.user)
    here = (await one.wait("session", originator="local"))["n"]
    there = (await two.wait("session", originator="remote"))["n"]
    await one.wait("progress", n=here, status=180)
    await two.do("answer", there)
    await asyncio.gather(one.wait("confirmed", n=here), two.wait("confirmed", n=there))
    return here, there


async def test_it_calls_is_heard_holds_and_hangs_up(switch: Switched, phones: list[JsPhone]) -> None:
    one, two, _ = phones
    here, there = await talking(one, two)
    await asyncio.gather(sounds(one, here), sounds(two, there))
    await one.do("hold", here)
    await two.wait("hold", n=there, originator="remote")
    await one.do("unhold", here)
    await two.wait("unhold", n=there, originator="remote")
    await asyncio.gather(sounds(one, here), sounds(two, there))
    await two.do("hold", there)
    await one.wait("hold", n=here, originator="remote")
    await two.do("unhold", there)
    await one.wait("unhold", n=here, originator="remote")
    await two.do("end", there)
    assert (await one.wait("ended", n=here))["cause"] == "Terminated"
    assert [await phone.do("alive") for phone in phones] == [0, 0, 0]


async def sounds(phone: JsPhone, n: int) -> None:
    """Packets arrive, and go on arriving."""
    before = await phone.do("packets", n)
    async with asyncio.timeout(10):
        while await phone.do("packets", n) < before + 10:
            await asyncio.sleep(0.1)


async def test_it_transfers_blindly(switch: Switched, phones: list[JsPhone]) -> None:
    one, two, three = phones
    here, there = await talking(one, two)
    await two.do("refer", there, "sip:8003@127.0.0.1", None)
    third = (await three.wait("session", originator="remote"))["n"]
    await three.do("answer", third)
    await two.wait("refer accepted", n=there)
    await asyncio.gather(sounds(one, here), sounds(three, third))
    if await two.do("alive"):
        await two.do("end", there)
    await asyncio.sleep(0.3)
    assert [await phone.do("alive") for phone in phones] == [1, 0, 1]
    await three.do("end", third)
    await one.wait("ended", n=here)


async def test_it_transfers_after_asking(switch: Switched, phones: list[JsPhone]) -> None:
    one, two, three = phones
    here, there = await talking(one, two)
    await two.do("hold", there)
    await one.wait("hold", n=here, originator="remote")
    asking, third = await talking(two, three)
    await two.do("refer", there, "sip:8003@127.0.0.1", asking)
    await two.wait("refer accepted", n=there)
    await asyncio.gather(sounds(one, here), sounds(three, third))
    for session in (there, asking):
        if session in await two.do("standing"):
            await two.do("end", session)
    await asyncio.sleep(0.3)
    assert [await phone.do("alive") for phone in phones] == [1, 0, 1]
    await one.do("end", here)
    await three.wait("ended", n=third)


async def test_a_call_that_is_declined_and_one_that_is_given_up(switch: Switched, phones: list[JsPhone]) -> None:
    one, two, _ = phones
    await one.call("8002")
    here = (await one.wait("session"))["n"]
    there = (await two.wait("session"))["n"]
    await two.do("end", there)
    assert (await one.wait("failed", n=here))["cause"] in ("Busy", "Rejected", "Unavailable")
    await one.call("8002")
    here = (await one.wait("session"))["n"]
    there = (await two.wait("session"))["n"]
    await one.wait("progress", n=here)
    await one.do("end", here)
    assert (await two.wait("failed", n=there))["cause"] == "Canceled"


async def test_a_wrong_password_is_refused(switch: Switched, chromium: Browser, script: Path) -> None:
    async with jssip.websocket(switch.telephony) as server:
        phone = await JsPhone.open(chromium, script, server, "8001", "guess")
        assert (await phone.wait("registrationFailed"))["cause"] in ("Rejected", "Authentication Error")
        await phone.close()
